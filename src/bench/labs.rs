//! Every lab: from a saved edit to the verdict, and how long its wrong programs
//! keep a student waiting, those that hang among them.

use std::cmp::Ordering;
use std::fs;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::stopwatch::{Beside, Row};
use super::verdict::edit_and_test;
use crate::cli::Context;
use crate::lab;
use crate::prove::build::Built;
use crate::prove::judge::{Order, judge};
use crate::prove::subject::{Kind, Subject};

/// Seconds from a saved edit to the verdict on the solution.
const EDIT: f64 = 0.3;
/// The same where tokio is linked.
const EDIT_TOKIO: f64 = 0.5;
/// Seconds until the check meant for a wrong program has caught it.
const CAUGHT: f64 = 1.0;

/// Two rows a lab: its solution, edited and tested in a student's copy; and of
/// its wrong programs the one that is caught last, by its median.
pub(super) fn measure(context: &Context, runs: usize) -> anyhow::Result<Vec<Row>> {
    let built = Built::all(&context.root)?;
    let temp = tempfile::tempdir()?;
    let copy = temp.path().join("labs");
    lab::start(&context.root.join("labs"), &copy)?;
    let mut rows = Vec::new();
    for lab in &built.labs {
        let subjects = Subject::of(&context.root, &lab.id)?;
        let solution = subjects.iter().find(|subject| subject.kind == Kind::Solution);
        let solution = solution.with_context(|| format!("{} has no solution", lab.id))?;
        let solution = fs::read_to_string(&solution.source).context(solution.source.display().to_string())?;
        let wait = |run| edit_and_test(&copy, &lab.id, &solution, run, true);
        // The first time also builds the checks.
        wait(0)?;
        let times = (1..=runs).map(wait).collect::<anyhow::Result<_>>()?;
        let uses_tokio = fs::read_to_string(copy.join(&lab.id).join("Cargo.toml"))?.contains("tokio");
        let bar = if uses_tokio { EDIT_TOKIO } else { EDIT };
        rows.push(Row::new("lab-right", times, Some(Beside::Bar(bar))).of(&lab.id));

        let wrong = subjects.iter().filter(|subject| subject.kind == Kind::Wrong);
        let mut caught: Vec<Row> = Vec::new();
        for subject in wrong {
            let order = Order {
                test: built.test(&lab.id)?,
                program: built.program(&lab.id, &subject.name)?,
                check: subject.caught_by.as_deref(),
                seed: None,
                lang: context.lang,
            };
            let once = |_| -> anyhow::Result<Duration> {
                let begun = Instant::now();
                judge(&order)?;
                Ok(begun.elapsed())
            };
            let times = (0..runs).map(once).collect::<anyhow::Result<_>>()?;
            caught.push(Row::new("lab-slowest", times, Some(Beside::Bar(CAUGHT))).of(&subject.binary()));
        }
        rows.extend(caught.into_iter().max_by(|a, b| a.median().partial_cmp(&b.median()).unwrap_or(Ordering::Equal)));
    }
    Ok(rows)
}
