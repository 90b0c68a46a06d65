//! Each directive is one, stands alone, and names something that exists.

use super::{Book, Finding};
use crate::book::directive::Directive;
use crate::book::page::Page;

pub(super) fn check(book: &Book) -> Vec<Finding> {
    book.pages().flat_map(|page| misplaced(page).into_iter().chain(nameless(book, page))).collect()
}

/// Links that look like a directive among other words: they would stay links.
fn misplaced(page: &Page) -> Vec<Finding> {
    let links = page.links.iter().filter(|link| Directive::parse(&link.title, &link.target).is_some());
    let alone = |at: &usize| page.directives.iter().any(|found| found.range.contains(at));
    let among = links.filter(|link| !alone(&link.range.start));
    among
        .map(|link| {
            Finding::new(&page.file, page.line(link.range.start), "check.directives.among").with("title", &link.title)
        })
        .collect()
}

/// Directives that no one knows, and those that name nothing known.
fn nameless(book: &Book, page: &Page) -> Vec<Finding> {
    let mut findings = Vec::new();
    for found in &page.directives {
        let finding = |id| Finding::new(&page.file, page.line(found.range.start), id);
        let has_question = |page: &str, is: &dyn Fn(&crate::book::quiz::Question) -> bool| {
            book.quizzes.iter().any(|(of, _, quiz)| of == page && quiz.question.iter().any(is))
        };
        findings.extend(match &found.directive {
            None => Some(finding("check.directives.unknown").with("title", &found.title)),
            Some(Directive::Vote { claim }) => match &book.claims {
                Some(claims) if claims.get(claim).is_none() => {
                    Some(finding("check.directives.no-claim").with("target", &found.target))
                }
                _ => None,
            },
            Some(Directive::Lab { lab }) => (!book.labs.iter().any(|known| known.id == *lab))
                .then(|| finding("check.directives.no-lab").with("target", &found.target)),
            Some(Directive::Quiz { page, group }) => (!has_question(page, &|question| question.group == *group))
                .then(|| finding("check.directives.no-group").with("title", &found.title)),
            Some(Directive::Review { page, question }) => (!has_question(page, &|known| known.id == *question))
                .then(|| finding("check.directives.no-question").with("title", &found.title)),
            Some(Directive::Experiment { name, .. }) => (!book.bench.experiments.contains_key(name))
                .then(|| finding("check.directives.no-experiment").with("target", &found.target)),
            Some(
                Directive::AllClaims
                | Directive::AllLabs
                | Directive::AllTerms
                | Directive::AllVerdicts
                | Directive::AllExperiments
                | Directive::Play
                | Directive::AllDifferences,
            ) => None,
        });
    }
    findings
}
