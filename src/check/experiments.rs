//! Every experiment can be read, has a transcript, and is on the bench.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use netlab::script;

use super::{Book, Finding};
use crate::book::directive::Directive;
use crate::book::experiment::{Bench, Experiment, Mark};

pub(super) fn check(book: &Book) -> Vec<Finding> {
    let mut findings = order(book);
    for (name, experiment) in &book.bench.experiments {
        let file = Path::new(Bench::FOLDER).join(format!("{name}.sock"));
        if let Err(error) = script::parse(&experiment.script) {
            findings.push(
                Finding::new(&file, error.pos.line as usize, "check.experiments.script")
                    .with("expected", error.expected.english()),
            );
        }
        if experiment.transcript.is_empty() {
            findings.push(Finding::new(&file, 1, "check.experiments.no-transcript").with("name", name));
        }
        for line in experiment.vain_marks() {
            findings.push(Finding::new(&file, line, "check.experiments.vain-mark"));
        }
        // The page leaves the first line out and says it in its own language.
        if !experiment.script.starts_with("# ") || Mark::of(experiment.script.lines().next().unwrap_or("")).is_some() {
            findings.push(Finding::new(&file, 1, "check.experiments.no-sentence"));
        }
    }
    let lists = |page: &crate::book::page::Page| {
        page.directives.iter().any(|found| found.directive == Some(Directive::AllExperiments))
    };
    if !book.bench.experiments.is_empty() {
        for edition in book.editions.iter().filter(|edition| !edition.pages.iter().any(lists)) {
            findings.push(Finding::new(&edition.summary.file, 1, "check.experiments.no-bench"));
        }
    }
    findings
}

/// The order of the bench names each experiment once.
fn order(book: &Book) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut named = BTreeSet::new();
    for entry in book.bench.topics.topic.iter().flat_map(|topic| &topic.experiment) {
        let line = book.line_of_entry(Path::new(Bench::TOPICS), "name", &entry.name);
        if !book.bench.experiments.contains_key(&entry.name) {
            findings.push(Finding::new(Bench::TOPICS, line, "check.experiments.no-script").with("name", &entry.name));
        }
        let yours = |experiment: &Experiment| experiment.has(Mark::Yours);
        if entry.hint.is_none() && book.bench.experiments.get(&entry.name).is_some_and(yours) {
            findings.push(Finding::new(Bench::TOPICS, line, "check.experiments.hint").with("name", &entry.name));
        }
        let reasons = book.bench.experiments.get(&entry.name).map_or_else(BTreeSet::new, Experiment::reasons);
        let worded: BTreeSet<String> = entry.because.iter().map(|reason| reason.en.clone()).collect();
        for reason in reasons.symmetric_difference(&worded) {
            findings.push(Finding::new(Bench::TOPICS, line, "check.experiments.because").with("reason", reason));
        }
        if !named.insert(&entry.name) {
            findings.push(Finding::new(Bench::TOPICS, line, "check.experiments.doubled").with("name", &entry.name));
        }
    }
    let unnamed = book.bench.experiments.keys().filter(|name| !named.contains(name));
    findings.extend(unnamed.map(|name| {
        let file: PathBuf = Path::new(Bench::FOLDER).join(format!("{name}.sock"));
        Finding::new(file, 1, "check.experiments.no-topic").with("name", name)
    }));
    findings
}
