//! Every lab is linked from the chapter that teaches it and links back, and
//! its manifest says what is so.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Book, Finding, load};
use crate::book::directive::Directive;
use crate::manifest::{Check, Lab};
use crate::text::Lang;

pub(super) fn check(book: &Book) -> Vec<Finding> {
    let mut findings = Vec::new();
    for lab in &book.labs {
        let folder = Path::new("labs").join(&lab.id);
        let file = folder.join("lab.toml");
        findings.extend(manifest(book, lab, &folder, &file));
        findings.extend(chapter(book, lab, &file));
        for check in &lab.check {
            findings.extend(one_check(book, check, &file));
        }
        findings.extend(tests(book, lab, &folder, &file));
    }
    findings
}

/// What the manifest says of the lab as a whole.
fn manifest(book: &Book, lab: &Lab, folder: &Path, file: &Path) -> Vec<Finding> {
    let mut findings = Vec::new();
    let id = book.line_of_entry(file, "id", &lab.id);
    if !(1..=5).contains(&lab.level) {
        findings.push(Finding::new(file, id, "check.labs.level").with("level", lab.level));
    }
    if lab.edit.is_empty() {
        findings.push(Finding::new(file, id, "check.labs.no-edit"));
    }
    let missing = lab.edit.iter().filter(|edit| !book.root.join(folder).join(edit).is_file());
    findings.extend(missing.map(|edit| Finding::new(file, id, "check.labs.edit").with("path", edit.display())));
    if lab.check.is_empty() {
        findings.push(Finding::new(file, id, "check.labs.no-check"));
    }
    let mut before = 0;
    for check in &lab.check {
        // Stages are climbed: none is left out, and none comes back.
        if check.stage != before && check.stage != before + 1 {
            let line = book.line_of_entry(file, "name", &check.name);
            findings.push(Finding::new(file, line, "check.labs.stage").with("stage", check.stage));
        }
        before = check.stage;
    }
    findings
}

/// The chapter exists, and has the lab's card.
fn chapter(book: &Book, lab: &Lab, file: &Path) -> Vec<Finding> {
    let mut findings = Vec::new();
    let line = book.line_of_entry(file, "chapter", &lab.chapter);
    let card = Directive::Lab { lab: lab.id.clone() };
    for edition in &book.editions {
        let path = format!("book/{}/{}.md", edition.lang.code(), lab.chapter);
        let page = edition.page(&lab.chapter);
        if page.is_none() {
            findings.push(Finding::new(file, line, "check.labs.no-chapter").with("path", path));
        } else if !page.is_some_and(|page| page.directives.iter().any(|found| found.directive.as_ref() == Some(&card)))
        {
            findings.push(Finding::new(file, line, "check.labs.no-card").with("path", path).with("lab", &lab.id));
        }
    }
    findings
}

/// A check leads to a section that exists, and helps in three steps.
fn one_check(book: &Book, check: &Check, file: &Path) -> Vec<Finding> {
    let mut findings = Vec::new();
    let line = book.line_of_entry(file, "name", &check.name);
    let finding = |id| Finding::new(file, line, id).with("check", &check.name);
    for edition in &book.editions {
        let section = check.read.split_once('#').filter(|(page, id)| {
            edition.page(page).is_some_and(|page| page.sections().iter().any(|(known, _)| known == id))
        });
        if section.is_none() {
            let lang = edition.lang.code();
            findings.push(finding("check.labs.no-section").with("section", &check.read).with("lang", lang));
        }
    }
    for lang in Lang::ALL {
        let hints: BTreeSet<_> = check.hints.iter().map(|hint| hint.get(lang).trim()).collect();
        if hints.len() < check.hints.len() || hints.contains("") {
            findings.push(finding("check.labs.hints").with("lang", lang.code()));
        }
        if check.says.get(lang).trim().is_empty() {
            findings.push(finding("check.labs.says").with("lang", lang.code()));
        }
    }
    findings
}

/// The manifest names exactly the tests that there are.
fn tests(book: &Book, lab: &Lab, folder: &Path, file: &Path) -> Vec<Finding> {
    let mut findings = Vec::new();
    let sources = load::files_below(&book.root, &folder.join("tests").to_string_lossy(), "rs");
    let tests: Vec<(String, PathBuf, usize)> = sources
        .into_iter()
        .flat_map(|source| {
            let text = fs::read_to_string(book.root.join(&source)).unwrap_or_default();
            test_names(&text).into_iter().map(move |(name, line)| (name, source.clone(), line)).collect::<Vec<_>>()
        })
        .collect();
    let mut names = BTreeSet::new();
    for check in &lab.check {
        let line = book.line_of_entry(file, "name", &check.name);
        if !names.insert(check.name.as_str()) {
            findings.push(Finding::new(file, line, "check.labs.doubled").with("check", &check.name));
        } else if !tests.iter().any(|(name, ..)| *name == check.name) {
            findings.push(Finding::new(file, line, "check.labs.no-test").with("check", &check.name));
        }
    }
    let unnamed = tests.iter().filter(|(name, ..)| !names.contains(name.as_str()));
    findings.extend(unnamed.map(|(name, source, line)| {
        Finding::new(source, *line, "check.labs.unnamed-test").with("check", name).with("lab", file.display())
    }));
    findings
}

/// The functions under `#[test]` or `#[tokio::test]`, with their lines.
fn test_names(source: &str) -> Vec<(String, usize)> {
    let mut names = Vec::new();
    let mut marked = false;
    for (index, line) in source.lines().enumerate() {
        let line = line.trim();
        marked |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        if let (true, Some((_, rest))) = (marked, line.split_once("fn ")) {
            let name = rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
            names.push((name.to_string(), index + 1));
            marked = false;
        }
    }
    names
}
