//! The verdicts of all programs, as data: `tests/verdicts.toml`.
//!
//! The file is checked in, so that the book can show it without running
//! anything; `cargo test` fails if it is not what the programs get today.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::data::{self, DataError};
use crate::prove::build::Built;
use crate::prove::judge::{Order, at_once, each, judge};
use crate::prove::subject::{Kind, Subject};
use crate::text::Lang;

/// All labs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdicts {
    /// By level.
    pub lab: Vec<LabVerdicts>,
}

/// One lab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabVerdicts {
    /// Its id.
    pub id: String,
    /// Its checks in the order of `lab.toml`.
    pub checks: Vec<String>,
    /// Its programs: starter, solution, right ones, wrong ones.
    pub program: Vec<ProgramVerdicts>,
}

/// One program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgramVerdicts {
    /// `starter`, `solution`, `right-tokio`, `wrong-short-write`.
    pub name: String,
    /// What it is there to show.
    pub kind: Kind,
    /// The misconception, or how it is built.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub idea: String,
    /// The check meant for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caught_by: Option<String>,
    /// The checks that fail, in the order of `lab.toml`.
    pub fails: Vec<String>,
}

/// What came of judging every program.
#[derive(Debug)]
pub struct Taken {
    /// The verdicts of the labs whose checks all run here.
    pub verdicts: Verdicts,
    /// The other labs, and why: a setting and the command that changes it.
    pub not_run: BTreeMap<String, String>,
}

impl Verdicts {
    /// Where the verdicts are kept.
    pub const FILE: &'static str = "tests/verdicts.toml";

    /// Reads the checked-in file.
    ///
    /// # Errors
    ///
    /// See [`data::load`].
    pub fn load(root: &Path) -> Result<Verdicts, DataError> {
        data::load(&root.join(Verdicts::FILE))
    }

    /// The verdicts of the program `name` of `lab`.
    ///
    /// # Errors
    ///
    /// If it has none yet; says how they are taken.
    pub(super) fn of(&self, lab: &str, name: &str) -> anyhow::Result<&ProgramVerdicts> {
        let program = self.lab.iter().find(|one| one.id == lab).map(|lab| &lab.program);
        let program = program.and_then(|programs| programs.iter().find(|program| program.name == name));
        let file = Verdicts::FILE;
        program.with_context(|| format!("no {name} of {lab} in {file}: INSTA_UPDATE=always cargo test --test verdicts"))
    }

    /// Judges every program of every lab once.
    ///
    /// # Errors
    ///
    /// A program that cannot be judged at all; see [`judge`].
    pub fn take(root: &Path, built: &Built) -> anyhow::Result<Taken> {
        let mut jobs = Vec::new();
        for lab in &built.labs {
            jobs.push((lab, starter(&lab.id)));
            jobs.extend(Subject::of(root, &lab.id)?.into_iter().map(|subject| (lab, subject)));
        }
        let results = each(&jobs, at_once(), |(lab, subject)| -> anyhow::Result<Result<ProgramVerdicts, String>> {
            let program = built.program(&lab.id, &subject.name)?;
            let order = Order { test: built.test(&lab.id)?, program, check: None, seed: None, lang: Lang::En };
            let judged = judge(&order)?;
            if let Some(reason) = judged.not_run() {
                return Ok(Err(reason.to_string()));
            }
            let fails = lab.check.iter().map(|check| check.name.clone());
            let fails = fails.filter(|check| !judged.passed(check)).collect();
            let Subject { name, kind, idea, caught_by, .. } = subject.clone();
            Ok(Ok(ProgramVerdicts { name, kind, idea, caught_by, fails }))
        });
        let mut taken = Taken { verdicts: Verdicts { lab: Vec::new() }, not_run: BTreeMap::new() };
        let labs = &mut taken.verdicts.lab;
        for ((lab, _), result) in jobs.iter().zip(results) {
            if labs.last().is_none_or(|last| last.id != lab.id) {
                let checks = lab.check.iter().map(|check| check.name.clone()).collect();
                labs.push(LabVerdicts { id: lab.id.clone(), checks, program: Vec::new() });
            }
            match result? {
                Ok(program) => labs.last_mut().expect("one was just pushed").program.push(program),
                Err(reason) => drop(taken.not_run.insert(lab.id.clone(), reason)),
            }
        }
        labs.retain(|lab| !taken.not_run.contains_key(&lab.id));
        Ok(taken)
    }

    /// As a table for people: a line for each program.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = String::new();
        for lab in &self.lab {
            writeln!(text, "{}", lab.id).expect("a String takes everything");
            let wide = lab.program.iter().map(|program| program.name.len()).max().unwrap_or(0);
            for program in &lab.program {
                let verdict = match (program.fails.len(), lab.checks.len()) {
                    (0, n) => format!("passes all {n}"),
                    (fails, n) if fails == n => format!("fails all {n}"),
                    _ => format!("caught by {}", program.fails.join(", ")),
                };
                writeln!(text, "  {:wide$}  {verdict}", program.name).expect("a String takes everything");
            }
        }
        text
    }
}

/// The program of the handout itself.
fn starter(lab: &str) -> Subject {
    Subject {
        lab: lab.to_string(),
        name: "starter".into(),
        kind: Kind::Starter,
        idea: String::new(),
        caught_by: None,
        source: Path::new("labs").join(lab).join("src/main.rs"),
    }
}
