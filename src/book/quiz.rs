//! `book/quizzes/<page>.toml`: the questions of one chapter.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use crate::data::{self, DataError};
use crate::hex::hex;
use crate::text::{Bilingual, Lang};

/// The questions of one page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quiz {
    /// In the order in which they are asked.
    pub question: Vec<Question>,
}

/// A question with one right answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Unique on its page; `tcp/connection#connect-returns` is its address.
    pub id: String,
    /// Which group of the page it is asked in (`[…](… "quiz")` names it).
    pub group: String,
    /// The question, in Markdown.
    pub prompt: Bilingual,
    /// Whether it is about something that its page shows, such as a listing: then no
    /// other page asks it again, and no mixed review.
    #[serde(default)]
    pub beside: bool,
    /// At least two; exactly one is correct.
    pub option: Vec<Choice>,
}

/// One possible answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The answer, in Markdown.
    pub text: Bilingual,
    /// Whether it is the right one.
    #[serde(default)]
    pub correct: bool,
    /// Why it is right or wrong, in Markdown.
    pub why: Bilingual,
}

impl Choice {
    /// What a reader's answer is kept by, the same in both editions: options
    /// come, go and move, and an answer stays with its words.
    #[must_use]
    pub fn key(&self) -> String {
        hex(&blake3::hash(self.text.get(Lang::En).as_bytes()).as_bytes()[..4])
    }
}

impl Quiz {
    /// Reads the questions of `page` (`tcp/connection`) below `root`.
    ///
    /// # Errors
    ///
    /// See [`data::load`]; also a question that cannot be asked: see
    /// [`Question::wrong`].
    pub fn load(root: &Path, page: &str) -> Result<Quiz, DataError> {
        let path = root.join("book/quizzes").join(format!("{page}.toml"));
        let unreadable = |error: std::io::Error| DataError { path: path.clone(), line: 0, message: error.to_string() };
        let text = std::fs::read_to_string(&path).map_err(unreadable)?;
        let quiz: Quiz = data::parse(&path, &text)?;
        for question in &quiz.question {
            if let Some(wrong) = question.wrong() {
                let line = line_of_id(&text, &question.id);
                return Err(DataError { path, line, message: format!("question `{}` {wrong}", question.id) });
            }
        }
        Ok(quiz)
    }
}

impl Question {
    /// Why it cannot be asked, if so: fewer than two answers, not exactly one
    /// that is right, or one that is not explained in both languages or
    /// stands there twice.
    #[must_use]
    pub fn wrong(&self) -> Option<&'static str> {
        let correct = self.option.iter().filter(|option| option.correct).count();
        let unexplained = |option: &Choice| Lang::ALL.iter().any(|lang| option.why.get(*lang).trim().is_empty());
        if self.option.len() < 2 {
            Some("needs two answers or more")
        } else if correct != 1 {
            Some("needs exactly one right answer")
        } else if self.option.iter().any(unexplained) {
            Some("leaves an answer unexplained")
        } else if self.option.iter().map(Choice::key).collect::<BTreeSet<_>>().len() < self.option.len() {
            Some("has the same answer twice")
        } else {
            None
        }
    }
}

/// The line of `id = "…"`; 0 if it is written in another way.
fn line_of_id(text: &str, id: &str) -> usize {
    let is = |line: &str| {
        let value = line.trim().strip_prefix("id").and_then(|rest| rest.trim_start().strip_prefix('='));
        value.is_some_and(|value| value.trim().starts_with(&format!("\"{id}\"")))
    };
    text.lines().position(is).map_or(0, |at| at + 1)
}
