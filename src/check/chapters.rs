//! What each chapter asks: older questions first, and its votes twice.

use super::{Book, Finding};
use crate::book::directive::Directive;
use crate::book::page::Page;

/// A chapter begins with so many questions from earlier ones.
const OLDER: usize = 2;

/// From how far back they are.
const BACK: usize = 2;

pub(super) fn check(book: &Book) -> Vec<Finding> {
    let mut findings = Vec::new();
    for edition in &book.editions {
        // What votes is a chapter.
        let chapters: Vec<&Page> = edition.pages.iter().filter(|page| first_vote(page).is_some()).collect();
        for (at, page) in chapters.iter().enumerate() {
            let older = &chapters[..(at + 1).saturating_sub(BACK)];
            findings.extend(older_questions(book, page, older));
        }
        findings.extend(edition.pages.iter().filter_map(second_vote));
        findings.extend(unmixed(&edition.pages, &chapters));
    }
    findings
}

fn first_vote(page: &Page) -> Option<usize> {
    let vote = |directive: &Option<Directive>| matches!(directive, Some(Directive::Vote { .. }));
    page.directives.iter().position(|found| vote(&found.directive))
}

/// Whoever has voted votes again at the end.
fn second_vote(page: &Page) -> Option<Finding> {
    let again = page.directives.iter().position(|found| found.directive == Some(Directive::VotesAgain));
    let finding = |at: usize, id| Finding::new(&page.file, page.line(page.directives[at].range.start), id);
    match (first_vote(page), again) {
        (Some(vote), None) => Some(finding(vote, "check.chapters.no-second-vote")),
        (vote, Some(again)) if vote.is_none_or(|vote| vote > again) => {
            Some(finding(again, "check.chapters.nothing-to-vote"))
        }
        _ => None,
    }
}

/// A part, but for a first one of a single chapter, ends with a mixed review.
fn unmixed(pages: &[Page], chapters: &[&Page]) -> Vec<Finding> {
    let part = |page: &Page| page.path.split_once('/').map(|(part, _)| part.to_string());
    let ends = |at: usize| chapters.get(at + 1).is_none_or(|next| part(next) != part(chapters[at]));
    let mut findings = Vec::new();
    for (_, page) in chapters.iter().enumerate().skip(1).filter(|(at, _)| ends(*at)) {
        let Some(part) = part(page) else { continue };
        let review = Directive::Mixed { part: part.clone() };
        let after = pages.iter().skip_while(|one| one.path != page.path);
        if !after.flat_map(|page| &page.directives).any(|found| found.directive.as_ref() == Some(&review)) {
            findings.push(Finding::new(&page.file, 1, "check.chapters.no-mixed").with("part", part));
        }
    }
    findings
}

/// Where chapters that are far enough back have questions, two of them come
/// before the votes.
fn older_questions(book: &Book, page: &Page, older: &[&Page]) -> Option<Finding> {
    let is_older = |of: &str| older.iter().any(|page| page.path == of);
    let there: usize =
        book.quizzes.iter().filter(|(of, ..)| is_older(of)).map(|(_, _, quiz)| quiz.question.len()).sum();
    let vote = first_vote(page)?;
    let asked = page.directives[..vote]
        .iter()
        .filter(|found| matches!(&found.directive, Some(Directive::Review { page, .. }) if is_older(page)));
    let count = asked.count();
    if count >= OLDER.min(there) {
        return None;
    }
    let line = page.line(page.directives[0].range.start);
    Some(Finding::new(&page.file, line, "check.chapters.older").with("count", count))
}
