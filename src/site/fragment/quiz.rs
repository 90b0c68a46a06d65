//! Questions, with every answer explained.

use super::Cards;
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

/// One older question.
pub(super) fn review(cards: &Cards<'_>, page: &str, id: &str) -> Option<String> {
    let question = cards.project.quizzes.get(page)?.question.iter().find(|question| question.id == id)?;
    Some(form(cards, page, "quiz-group review", &[question]))
}

fn form(cards: &Cards<'_>, page: &str, class: &str, questions: &[&Question]) -> String {
    let mut out = format!("<form class=\"{class}\">");
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
    let (first, rest) = split_prompt(question.prompt.get(cards.lang));
    let mut out = format!(
        "<div class=\"card quiz\" id=\"{id}\" data-testid=\"quiz\" data-question=\"{}\"><p class=\"card-kind\">{kind}</p>\
         <fieldset><legend>{}</legend>{}<div class=\"options\">",
        escape(&address),
        inline(first),
        if rest.is_empty() { String::new() } else { block(rest) },
    );
    for (n, option) in question.option.iter().enumerate() {
        put!(
            out,
            "<label><input type=\"radio\" name=\"{id}\" value=\"{n}\" data-correct=\"{}\"> <span>{}</span></label>",
            option.correct,
            inline(option.text.get(cards.lang))
        );
    }
    put!(
        out,
        "</div></fieldset><details class=\"answer\"><summary>{}</summary><ol class=\"why\">",
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
