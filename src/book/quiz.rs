//! `book/quizzes/<page>.toml`: the questions of one chapter.

use std::path::Path;

use serde::Deserialize;

use crate::data::{self, DataError};
use crate::text::Bilingual;

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

impl Quiz {
    /// Reads the questions of `page` (`tcp/connection`) below `root`.
    ///
    /// # Errors
    ///
    /// See [`data::load`]; also a question without exactly one right answer.
    pub fn load(root: &Path, page: &str) -> Result<Quiz, DataError> {
        let path = root.join("book/quizzes").join(format!("{page}.toml"));
        let quiz: Quiz = data::load(&path)?;
        for question in &quiz.question {
            let correct = question.option.iter().filter(|option| option.correct).count();
            if correct != 1 || question.option.len() < 2 {
                let message =
                    format!("question `{}` needs two answers or more and exactly one that is correct", question.id);
                return Err(DataError { path, line: 0, message });
            }
        }
        Ok(quiz)
    }
}
