//! Builds what is judged and what judges, and finds it again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::manifest::Lab;

/// Everything that a proof runs.
#[derive(Debug)]
pub struct Built {
    /// The labs of the handout, in the order of the book.
    pub labs: Vec<Lab>,
    /// The test executable of each lab.
    pub tests: BTreeMap<String, PathBuf>,
    /// The program of each lab as students get it.
    pub starters: BTreeMap<String, PathBuf>,
    /// The programs in `tests/subjects`, by the name of the binary.
    pub subjects: BTreeMap<String, PathBuf>,
    /// Warnings of the compiler about the handout.
    pub warnings: Vec<String>,
}

impl Built {
    /// Builds the handout in `root/labs` and the subjects.
    ///
    /// # Errors
    ///
    /// A `lab.toml` that cannot be read, or a program that does not compile;
    /// the error holds the compiler's words.
    pub fn all(root: &Path) -> anyhow::Result<Built> {
        let labs = Lab::all(&root.join("labs")).into_iter().collect::<Result<Vec<_>, _>>()?;
        let handout = cargo(&root.join("labs"), &["test", "--workspace", "--no-run"])?;
        let subjects = cargo(root, &["build", "-p", "subjects"])?;
        Ok(Built {
            labs,
            tests: executables(&handout, "test"),
            starters: executables(&handout, "bin"),
            subjects: executables(&subjects, "bin"),
            warnings: warnings(&handout),
        })
    }

    /// The test executable of `lab`.
    ///
    /// # Errors
    ///
    /// If the lab has none.
    pub fn test(&self, lab: &str) -> anyhow::Result<&Path> {
        let path = self.tests.get(lab).with_context(|| format!("labs/{lab} has no test called {lab}"))?;
        Ok(path)
    }

    /// The program `name`: `starter`, or one of the subjects.
    ///
    /// # Errors
    ///
    /// If it has not been built: `tests/subjects/Cargo.toml` lacks it.
    pub fn program(&self, lab: &str, name: &str) -> anyhow::Result<&Path> {
        let binary = format!("{lab}--{name}");
        let path = if name == "starter" { self.starters.get(lab) } else { self.subjects.get(&binary) };
        let path = path.with_context(|| format!("tests/subjects/Cargo.toml has no [[bin]] called {binary}"))?;
        Ok(path)
    }
}

/// Runs cargo in `dir`; its messages.
fn cargo(dir: &Path, args: &[&str]) -> anyhow::Result<Vec<Value>> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(args).args(["--message-format=json", "--quiet"]).current_dir(dir);
    // The folder decides; what the outer cargo was told does not concern it.
    command.env_remove("CARGO_TARGET_DIR").env_remove("CARGO_BUILD_TARGET_DIR");
    let output = command.output().with_context(|| format!("cargo in {}", dir.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let messages: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if !output.status.success() {
        let rendered: Vec<&str> = messages.iter().filter_map(|m| m["message"]["rendered"].as_str()).collect();
        bail!("{}{}", rendered.concat(), String::from_utf8_lossy(&output.stderr));
    }
    Ok(messages)
}

/// Executables of `kind`, by the name of their target as a lab spells it.
fn executables(messages: &[Value], kind: &str) -> BTreeMap<String, PathBuf> {
    let artifacts = messages.iter().filter(|m| m["reason"] == "compiler-artifact" && m["target"]["kind"][0] == kind);
    // A binary is built twice: once as it is, and once to hold its unit tests.
    let wanted = artifacts.filter(|m| (m["profile"]["test"] == true) == (kind == "test"));
    wanted
        .filter_map(|m| {
            let name = m["target"]["name"].as_str()?;
            let name = if kind == "test" { name.replace('_', "-") } else { name.to_string() };
            Some((name, PathBuf::from(m["executable"].as_str()?)))
        })
        .collect()
}

fn warnings(messages: &[Value]) -> Vec<String> {
    let is_warning = |m: &&Value| m["reason"] == "compiler-message" && m["message"]["level"] == "warning";
    messages.iter().filter(is_warning).filter_map(|m| Some(m["message"]["rendered"].as_str()?.to_string())).collect()
}
