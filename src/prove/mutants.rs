//! cargo-mutants changes the solution in small ways, one at a time; a change
//! that no check notices is a gap in the checks, or changes nothing.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::Value;
use walkdir::WalkDir;

use crate::cli::Context;
use crate::data;
use crate::manifest::Lab;
use crate::text::say;

/// `tests/subjects/LAB/equivalent-mutants.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Equivalent {
    #[serde(default)]
    mutant: Vec<Explained>,
}

/// A change that changes nothing that can be seen.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Explained {
    /// As cargo-mutants prints it, without file and line.
    name: String,
    /// Why nothing can be seen of it.
    reason: String,
}

/// Looks for mutants of the solution of `lab` that survive; whether each has
/// an explanation.
pub(super) fn hunt(context: &Context, lab: &Lab) -> anyhow::Result<bool> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let version =
        Command::new(&cargo).args(["mutants", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !version.is_ok_and(|status| status.success()) {
        println!("{}", say(context.lang, "prove.mutants-absent", &[("lab", &lab.id)]));
        return Ok(true);
    }
    let dir = tempfile::tempdir().context("a folder for the mutants")?;
    overlay(&context.root, lab, dir.path())?;
    let mut command = Command::new(&cargo);
    // In place: the overlay is ours alone, and a copy of it would be built anew.
    command.args(["mutants", "--in-place", "--colors=never", "--no-shuffle", "--package", &lab.id]);
    command.args(["--test-package", &lab.id, "--timeout", "60", "--output"]).arg(dir.path());
    command.current_dir(dir.path().join("labs")).env("LAB_DEADLINE_MS", "1500");
    command.env("CARGO_TARGET_DIR", context.root.join("target/mutants")).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().context("cargo mutants")?;
    let path = dir.path().join("mutants.out/outcomes.json");
    let text = fs::read_to_string(&path).context("cargo mutants left no outcomes: does the solution pass?")?;
    let outcomes: Value = serde_json::from_str(&text).context("outcomes.json of cargo mutants")?;
    report(context, lab, &outcomes)
}

/// The handout with the solution in the place of the starter.
fn overlay(root: &Path, lab: &Lab, to: &Path) -> anyhow::Result<()> {
    let from = root.join("labs");
    let files = WalkDir::new(&from).into_iter().filter_entry(|entry| entry.file_name() != "target");
    for entry in files {
        let entry = entry?;
        let there = to.join("labs").join(entry.path().strip_prefix(&from)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(&there)?;
        } else if entry.file_type().is_file() {
            fs::copy(entry.path(), &there)?;
        }
    }
    let solution = root.join("tests/subjects").join(&lab.id).join("solution.rs");
    fs::copy(&solution, to.join("labs").join(&lab.id).join("src/main.rs"))?;
    Ok(())
}

fn report(context: &Context, lab: &Lab, outcomes: &Value) -> anyhow::Result<bool> {
    let path = context.root.join("tests/subjects").join(&lab.id).join("equivalent-mutants.toml");
    let equivalent: Equivalent = if path.is_file() { data::load(&path)? } else { Equivalent::default() };
    let count = |key: &str| outcomes[key].as_u64().unwrap_or(0);
    let (caught, missed) = (count("caught") + count("timeout"), count("missed"));
    println!(
        "{}",
        say(
            context.lang,
            "prove.mutants",
            &[("lab", &lab.id), ("caught", &caught), ("viable", &(caught + missed)), ("unviable", &count("unviable"))]
        )
    );
    let missed = outcomes["outcomes"].as_array().into_iter().flatten().filter(|o| o["summary"] == "MissedMutant");
    let mut explained = true;
    for outcome in missed {
        let name = outcome["scenario"]["Mutant"]["name"].as_str().unwrap_or_default();
        // `tcp-echo/src/main.rs:40:9: replace …`
        let what = name.splitn(4, ':').nth(3).unwrap_or(name).trim();
        match equivalent.mutant.iter().find(|mutant| mutant.name == what) {
            Some(mutant) => println!("  ≡ {name}\n      {}", mutant.reason),
            None => {
                println!("  ✗ {name}");
                explained = false;
            }
        }
    }
    Ok(explained)
}
