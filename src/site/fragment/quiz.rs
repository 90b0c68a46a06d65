//! Questions, with every answer explained.

use super::Cards;
use crate::book::known;
use crate::book::quiz::Question;
use crate::site::markdown::{block, escape, inline};

/// The questions of one group of a page; `None` if there are none.
pub(super) fn group(cards: &Cards<'_>, page: &str, group: &str) -> Option<String> {
    let quiz = cards.project.quizzes.get(page)?;
    let asked: Vec<_> = quiz.question.iter().filter(|question| question.group == group).collect();
    if asked.is_empty() {
        return None;
    }
    Some(form(cards, page, "quiz-group", &asked))
}

/// How many questions of a mixed review are open at first.
const ROUND: usize = 8;

/// Questions of a part and of the parts before it, mixed so that neighbours
/// come from different chapters, the newest chapter first. `None` if the part
/// has none.
pub(super) fn mixed(cards: &Cards<'_>, part: &str) -> Option<String> {
    let asked = mix(cards, part)?;
    let mut out =
        format!("<form class=\"quiz-group mixed\" autocomplete=\"off\" data-testid=\"mixed\" data-show=\"{ROUND}\">");
    let (open, folded) = asked.split_at(asked.len().min(ROUND));
    let html = |asked: &[(&str, &Question)]| -> String {
        asked.iter().map(|(page, question)| one(cards, page, question)).collect()
    };
    out.push_str(&html(open));
    if !folded.is_empty() {
        let more = cards.say_with("site.quiz.more", &[("n", &folded.len())]);
        put!(out, "<details class=\"more\"><summary>{more}</summary>{}</details>", html(folded));
    }
    out.push_str("</form>");
    Some(out)
}

/// The questions of a mixed review: the first of each chapter, the second of
/// each, and so on.
fn mix<'a>(cards: &'a Cards<'_>, part: &str) -> Option<Vec<(&'a str, &'a Question)>> {
    let order = cards.outline.order();
    let last = order.iter().rposition(|page| known::is_of(page, part) && cards.project.quizzes.contains_key(page))?;
    let alone = |questions: &'a [Question]| questions.iter().filter(|question| !question.beside).collect::<Vec<_>>();
    let chapters: Vec<_> = order[..=last]
        .iter()
        .rev()
        .filter_map(|page| Some((page.as_str(), alone(&cards.project.quizzes.get(page)?.question))))
        .collect();
    let longest = chapters.iter().map(|(_, questions)| questions.len()).max().unwrap_or_default();
    let rounds = (0..longest).flat_map(|n| {
        chapters.iter().filter_map(move |(page, questions)| questions.get(n).map(|&question| (*page, question)))
    });
    Some(rounds.collect())
}

/// One older question.
pub(super) fn review(cards: &Cards<'_>, page: &str, id: &str) -> Option<String> {
    let question = cards.project.quizzes.get(page)?.question.iter().find(|question| question.id == id)?;
    Some(form(cards, page, "quiz-group review", &[question]))
}

fn form(cards: &Cards<'_>, page: &str, class: &str, questions: &[&Question]) -> String {
    let mut out = format!("<form class=\"{class}\" autocomplete=\"off\">");
    for question in questions {
        out.push_str(&one(cards, page, question));
    }
    out.push_str("</form>");
    out
}

fn one(cards: &Cards<'_>, page: &str, question: &Question) -> String {
    let id = cards.id(&format!("q-{}", question.id));
    let address = format!("{page}#{}", question.id);
    let kind = match page == cards.page {
        true => cards.say("site.quiz.question"),
        false => {
            format!("{} · {}", cards.say("site.quiz.older"), cards.link(page))
        }
    };
    // An older question is answered anew, whatever was answered at its home.
    let place = if page == cards.page { String::new() } else { format!(" data-place=\"{}\"", escape(cards.page)) };
    let (first, rest) = split_prompt(question.prompt.get(cards.lang));
    let mut out = format!(
        "<div class=\"card quiz\" id=\"{id}\" data-testid=\"quiz\" data-question=\"{}\"{place}><p class=\"card-kind\">{kind}</p>\
         <fieldset><legend>{}</legend>{}<div class=\"options\">",
        escape(&address),
        inline(first),
        if rest.is_empty() { String::new() } else { block(rest) },
    );
    for option in &question.option {
        put!(
            out,
            "<label><input type=\"radio\" name=\"{id}\" value=\"{}\" data-correct=\"{}\"> <span>{}</span></label>",
            option.key(),
            option.correct,
            inline(option.text.get(cards.lang))
        );
    }
    put!(
        out,
        "</div></fieldset><div class=\"said\" role=\"status\"></div><details class=\"answer\"><summary>{}</summary><ol class=\"why\">",
        cards.say("site.quiz.answer")
    );
    for option in &question.option {
        let (class, word) = match option.correct {
            true => ("yes", cards.say("site.quiz.right")),
            false => ("no", cards.say("site.quiz.wrong")),
        };
        put!(
            out,
            "<li class=\"{class}\"><p class=\"option\"><b>{word}</b> {}</p>{}</li>",
            inline(option.text.get(cards.lang)),
            block(option.why.get(cards.lang))
        );
    }
    out.push_str("</ol></details></div>");
    out
}

/// A legend holds one paragraph; code and further paragraphs follow it.
fn split_prompt(prompt: &str) -> (&str, &str) {
    let prompt = prompt.trim();
    prompt.split_once("\n\n").map_or((prompt, ""), |(first, rest)| (first, rest.trim()))
}
