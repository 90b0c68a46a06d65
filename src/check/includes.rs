//! What is put in from other files is there, and says something.
//!
//! mdBook logs a file that is missing and exits 0; of an anchor that is missing
//! it says nothing and leaves an empty block.

use super::{Book, Finding};
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
    findings
}
