//! One program under the checks of its lab.
//!
//! The verdicts come from the record that the test process writes. That
//! process holds no student code, and the program neither learns of the file
//! nor can reach it; what either of them prints is never looked at.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::lab::{Is, Record, Verdict};
use crate::process::Group;
use crate::text::Lang;

/// Longer than any lab takes, on a machine with ten times the work.
const AT_MOST: Duration = Duration::from_secs(180);

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// The test executable of the lab.
    pub test: &'a Path,
    /// The program that it judges.
    pub program: &'a Path,
    /// Only this check; all if there is none.
    pub check: Option<&'a str>,
    /// Draws the payloads; random if there is none.
    pub seed: Option<u64>,
    /// The language of the messages.
    pub lang: Lang,
}

/// What came of it.
#[derive(Debug)]
pub struct Judged {
    /// The verdict of each check.
    pub verdicts: BTreeMap<String, Verdict>,
    /// The seed of each check.
    pub seeds: BTreeMap<String, u64>,
    /// What a student would have read.
    pub output: String,
}

impl Judged {
    /// Names of the checks that did not pass.
    #[must_use]
    pub fn failed(&self) -> Vec<&str> {
        self.verdicts.values().filter(|v| v.verdict != Is::Pass).map(|v| v.check.as_str()).collect()
    }

    /// Whether `check` passed; one without a verdict did not.
    #[must_use]
    pub fn passed(&self, check: &str) -> bool {
        self.verdicts.get(check).is_some_and(|verdict| verdict.verdict == Is::Pass)
    }

    /// Why a check could not run on this system, if one could not.
    #[must_use]
    pub fn not_run(&self) -> Option<&str> {
        let verdict = self.verdicts.values().find(|verdict| verdict.verdict == Is::NotRun)?;
        Some(verdict.reason.as_deref().unwrap_or_default())
    }

    /// The report of `check`, as it stands in the output.
    #[must_use]
    pub fn message(&self, check: &str) -> String {
        let head = format!("---- {check} stdout ----\n");
        let Some((_, text)) = self.output.split_once(&head) else { return String::new() };
        let end = text.find("\n---- ").or_else(|| text.find("\nfailures:\n")).unwrap_or(text.len());
        text[..end].trim().to_string()
    }
}

/// Carries out `order`.
///
/// # Errors
///
/// The test executable cannot be run, does not end, leaves no record, or ends
/// with a status that its record contradicts.
pub fn judge(order: &Order<'_>) -> anyhow::Result<Judged> {
    let dir = tempfile::tempdir().context("a folder for the record")?;
    let record = dir.path().join("record");
    let mut command = Command::new(order.test);
    if let Some(check) = order.check {
        command.args(["--exact", check]);
    }
    // What the caller's environment says must not change a verdict.
    for name in ["LAB_DEADLINE_MS", "LAB_ALLOW_SKIP", "LAB_SEED", "LAB_BOOK"] {
        command.env_remove(name);
    }
    command.env("LAB_BIN", order.program).env("LAB_RECORD", &record).env("LAB_LANG", order.lang.code());
    if let Some(seed) = order.seed {
        command.env("LAB_SEED", seed.to_string());
    }
    let (passed, output) = run(command)?;
    let text = fs::read_to_string(&record).with_context(|| format!("no record of {}", order.test.display()))?;
    let mut judged = Judged { verdicts: BTreeMap::new(), seeds: BTreeMap::new(), output };
    for line in text.lines() {
        match serde_json::from_str(line).with_context(|| format!("record: {line}"))? {
            Record::Start(start) => drop(judged.seeds.insert(start.check, start.seed)),
            Record::Step(_) => {}
            Record::Verdict(verdict) => drop(judged.verdicts.insert(verdict.check.clone(), *verdict)),
        }
    }
    if passed != (judged.failed().is_empty() && judged.seeds.len() == judged.verdicts.len()) {
        bail!("{}: the exit status and the record disagree\n{}", order.program.display(), judged.output);
    }
    Ok(judged)
}

/// Runs to the end; whether it was a good one, and its standard output.
fn run(mut command: Command) -> anyhow::Result<(bool, String)> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = Group::spawn(&mut command).with_context(|| format!("{command:?}"))?;
    let mut stdout = child.stdout().context("its output")?;
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        stdout.read_to_end(&mut text).map(|_| String::from_utf8_lossy(&text).into_owned())
    });
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.ended()? {
            break status;
        }
        if start.elapsed() > AT_MOST {
            bail!("{command:?} did not end in {AT_MOST:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let text = reader.join().map_err(|_| anyhow::anyhow!("the reader panicked"))??;
    Ok((status.success(), text))
}

/// Does `work` for each of `items`, `at_once` of them at a time; the results
/// in the order of the items.
pub fn each<'a, T: Sync, R: Send>(items: &'a [T], at_once: usize, work: impl Fn(&'a T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let mut results: Vec<(usize, R)> = std::thread::scope(|scope| {
        let worker = || {
            let mut done = Vec::new();
            while let Some((n, item)) =
                Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|n| Some((n, items.get(n)?)))
            {
                done.push((n, work(item)));
            }
            done
        };
        let workers: Vec<_> = (0..at_once.max(1)).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|w| w.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    results.sort_by_key(|(n, _)| *n);
    results.into_iter().map(|(_, result)| result).collect()
}

/// How many test executables to run at once: each sleeps most of its time.
#[must_use]
pub fn at_once() -> usize {
    2 * std::thread::available_parallelism().map_or(1, usize::from)
}
