//! Every diagram can be drawn so that it is readable, and a chapter of each
//! edition shows it.

use super::{Book, Finding};
use crate::diagram::Diagrams;

pub(super) fn check(book: &Book) -> Vec<Finding> {
    let wrong = book.diagrams.wrong.iter();
    let mut findings: Vec<Finding> = wrong
        .map(|wrong| Finding { values: wrong.values.clone(), ..Finding::new(&wrong.file, wrong.line, wrong.id) })
        .collect();
    for edition in &book.editions {
        let directives =
            || edition.pages.iter().flat_map(|page| &page.directives).filter_map(|found| found.directive.as_ref());
        for name in book.diagrams.unused(directives()) {
            findings.push(Finding::new(Diagrams::file(name), 1, "diagram.unused").with("lang", edition.lang.code()));
        }
    }
    findings
}
