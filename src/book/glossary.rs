//! `book/glossary.toml`: one word for each thing, in both languages.

use std::path::Path;

use serde::Deserialize;

use crate::data::{self, DataError};
use crate::text::{Bilingual, Lang};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Glossary {
    /// Sorted by id.
    pub term: Vec<Term>,
}

/// One term.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// ASCII id: `listening-socket`.
    pub id: String,
    /// The English word.
    pub en: String,
    /// The Korean word.
    pub ko: String,
    /// What the Korean edition adds in brackets where the word first occurs:
    /// `socket` for `소켓(socket)`. Leave it out where no one needs it.
    #[serde(default)]
    pub original: Option<String>,
    /// Whether people also use the word in an everyday sense: then it is not
    /// explained in running text, where that sense may be meant.
    #[serde(default)]
    pub everyday: bool,
    /// Spellings and rivals that the text must not use, by language.
    #[serde(default)]
    pub banned: Banned,
    /// One line that a beginner understands.
    pub definition: Bilingual,
}

/// Spellings that the text must not use.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Banned {
    /// In English.
    pub en: Vec<String>,
    /// In Korean.
    pub ko: Vec<String>,
}

impl Term {
    /// The word in `lang`.
    #[must_use]
    pub fn word(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Ko => &self.ko,
        }
    }

    /// What the text of `lang` must not say for it, and people search for.
    #[must_use]
    pub fn rivals(&self, lang: Lang) -> &[String] {
        match lang {
            Lang::En => &self.banned.en,
            Lang::Ko => &self.banned.ko,
        }
    }
}

impl Glossary {
    /// Reads `book/glossary.toml` below `root`.
    ///
    /// # Errors
    ///
    /// See [`data::load`].
    pub fn load(root: &Path) -> Result<Glossary, DataError> {
        data::load(&root.join("book/glossary.toml"))
    }
}
