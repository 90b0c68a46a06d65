//! Every question is asked in both editions, has one right answer, and explains
//! each of them in both languages. The place of the right one tells nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Book, Finding};
use crate::book::directive::Directive;
use crate::book::quiz::{Question, Quiz};
use crate::text::{Bilingual, Lang};

pub(super) fn check(book: &Book) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (page, file, quiz) in &book.quizzes {
        findings.extend(same_place(quiz, file));
        let mut ids = BTreeSet::new();
        for question in &quiz.question {
            let line = book.line_of_entry(file, "id", &question.id);
            let finding = |id| Finding::new(file, line, id).with("question", &question.id);
            if !ids.insert(&question.id) {
                findings.push(finding("check.quizzes.doubled"));
            }
            findings.extend(answers(question, file, line));
            for edition in &book.editions {
                let asked = Directive::Quiz { page: page.clone(), group: question.group.clone() };
                let here = edition
                    .page(page)
                    .is_some_and(|page| page.directives.iter().any(|found| found.directive.as_ref() == Some(&asked)));
                if !here {
                    let path = format!("book/{}/{page}.md", edition.lang.code());
                    findings.push(finding("check.quizzes.not-asked").with("group", &question.group).with("path", path));
                }
            }
        }
    }
    findings
}

/// From this many questions on, a page's right answers must not be found by
/// their place.
const MANY: usize = 6;

/// One place at which more than half of the right answers stand.
fn same_place(quiz: &Quiz, file: &Path) -> Option<Finding> {
    let mut at = BTreeMap::new();
    for question in &quiz.question {
        *at.entry(question.option.iter().position(|choice| choice.correct)?).or_insert(0) += 1;
    }
    let (place, count) = at.into_iter().max_by_key(|(_, count)| *count)?;
    let questions = quiz.question.len();
    let finding = || Finding::new(file, 1, "check.quizzes.same-place").with("place", place + 1);
    (questions >= MANY && 2 * count > questions).then(|| finding().with("count", count).with("questions", questions))
}

fn answers(question: &Question, file: &Path, line: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    let finding = |id| Finding::new(file, line, id).with("question", &question.id);
    if question.option.len() < 2 {
        findings.push(finding("check.quizzes.one-answer"));
    }
    let correct = question.option.iter().filter(|choice| choice.correct).count();
    if correct != 1 {
        findings.push(finding("check.quizzes.correct").with("count", correct));
    }
    let empty = |text: &Bilingual| Lang::ALL.iter().any(|lang| text.get(*lang).trim().is_empty());
    if empty(&question.prompt) || question.option.iter().any(|choice| empty(&choice.text)) {
        findings.push(finding("check.quizzes.empty"));
    }
    if question.option.iter().any(|choice| empty(&choice.why)) {
        findings.push(finding("check.quizzes.unexplained"));
    }
    findings
}
