//! Each directive is one, stands alone, and names something that exists.

use super::{Book, Finding};
use crate::book::claims::Claims;
use crate::book::experiment::Bench;
use crate::book::known::{self, Known};
use crate::book::page::Page;
use crate::book::quiz::Question;

pub(super) fn check(book: &Book) -> Vec<Finding> {
    book.pages().flat_map(|page| misplaced(page).chain(nameless(book, page))).collect()
}

/// Links that look like a directive among other words: they would stay links.
fn misplaced(page: &Page) -> impl Iterator<Item = Finding> {
    page.among
        .iter()
        .map(|link| Finding::new(&page.file, page.line(link.at), "check.directives.among").with("title", &link.title))
}

/// Directives that no one knows, and those that name nothing known.
fn nameless(book: &Book, page: &Page) -> impl Iterator<Item = Finding> {
    page.directives.iter().filter_map(move |found| {
        let id = known::fault(found, book)?;
        let finding = Finding::new(&page.file, page.line(found.range.start), id);
        Some(finding.with("title", &found.title).with("target", &found.target))
    })
}

impl Known for Book {
    fn claims(&self) -> Option<&Claims> {
        self.claims.as_ref()
    }

    fn has_lab(&self, id: &str) -> bool {
        self.labs.iter().any(|lab| lab.id == id)
    }

    fn has_question(&self, page: &str, is: &dyn Fn(&Question) -> bool) -> bool {
        self.quizzes.iter().any(|(of, _, quiz)| of == page && quiz.question.iter().any(is))
    }

    fn has_part(&self, part: &str) -> bool {
        self.quizzes.iter().any(|(page, _, quiz)| known::is_of(page, part) && !quiz.question.is_empty())
    }

    fn has_diagram(&self, name: &str) -> bool {
        self.diagrams.has(name)
    }

    fn bench(&self) -> &Bench {
        &self.bench
    }
}
