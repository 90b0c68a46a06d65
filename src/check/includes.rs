//! What is put in from other files is there, and says something; and what was
//! written to be put in is.
//!
//! mdBook logs a file that is missing and exits 0; of an anchor that is missing
//! it says nothing and leaves an empty block.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Book, Finding, links, load};
use crate::book::include::IncludeError;

pub(super) fn check(book: &Book) -> Vec<Finding> {
    let mut findings = Vec::new();
    for page in book.pages() {
        let folder = book.root.join(&page.file);
        let folder = folder.parent().unwrap_or(&book.root);
        let finding = |at: usize, id| Finding::new(&page.file, page.line(at), id);
        for include in &page.includes {
            let at = include.range.start;
            let error = match include.resolve(folder) {
                Ok(_) => continue,
                Err(error) => error,
            };
            findings.push(match error {
                IncludeError::NoFile(_) => finding(at, "check.includes.no-file").with("path", &include.path),
                IncludeError::NoAnchor(name) => {
                    finding(at, "check.includes.no-anchor").with("path", &include.path).with("name", name)
                }
                IncludeError::Empty => finding(at, "check.includes.empty").with("path", &include.path),
                IncludeError::NoSuchKind(kind) => finding(at, "check.includes.no-such-kind").with("kind", kind),
            });
        }
        let open = page.text.match_indices("{{#").map(|(at, _)| at);
        let open = open.filter(|at| !page.text[..*at].ends_with('\\'));
        let open = open.filter(|at| !page.includes.iter().any(|include| include.range.contains(at)));
        findings.extend(open.map(|at| finding(at, "check.includes.open")));
        let empty = page.code.iter().filter(|code| code.text.trim().is_empty());
        findings.extend(empty.map(|code| finding(code.range.start, "check.includes.empty-block")));
    }
    findings.extend(unshown(book));
    findings
}

/// Programs and transcripts that an edition does not show: both are read by
/// people who know one of them only.
fn unshown(book: &Book) -> Vec<Finding> {
    let mut files = load::files_below(&book.root, "book/listings/src/bin", "rs");
    files.extend(load::files_below(&book.root, "book/listings/transcripts", "txt"));
    let mut findings = Vec::new();
    for edition in &book.editions {
        let shown: BTreeSet<PathBuf> = edition
            .pages
            .iter()
            .flat_map(|page| {
                let folder = page.file.parent().unwrap_or(Path::new(""));
                page.includes.iter().filter_map(|include| links::normal(&folder.join(&include.path)))
            })
            .collect();
        let missing = files.iter().filter(|file| !shown.contains(*file));
        findings.extend(
            missing.map(|file| Finding::new(file, 1, "check.includes.unshown").with("lang", edition.lang.code())),
        );
    }
    findings
}
