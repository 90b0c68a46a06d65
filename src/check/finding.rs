//! One thing that is wrong, and where.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use crate::data::DataError;
use crate::text::{Lang, say};

/// Something that a gate found. Sorts by place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Below the root of the project.
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// Which gate found it.
    pub gate: &'static str,
    /// Id of the words for it, in `src/text/check.toml`.
    pub id: &'static str,
    /// What the words name.
    pub values: Vec<(&'static str, String)>,
}

impl Finding {
    /// `id` is wrong at `file:line`.
    #[must_use]
    pub fn new(file: impl AsRef<Path>, line: usize, id: &'static str) -> Finding {
        // A file that cannot be read at all has no line; its first is the place.
        Finding { file: file.as_ref().to_path_buf(), line: line.max(1), gate: "", id, values: Vec::new() }
    }

    /// Names a value of the words.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Finding {
        self.values.push((name, value.to_string()));
        self
    }

    /// A data file that cannot be used; its path is told from `root`.
    #[must_use]
    pub fn from_data(root: &Path, error: &DataError) -> Finding {
        let file = error.path.strip_prefix(root).unwrap_or(&error.path);
        Finding::new(file, error.line, "check.data").with("why", &error.message)
    }

    /// What is wrong, in words.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        let values: Vec<(&str, &dyn Display)> =
            self.values.iter().map(|(name, value)| (*name, value as &dyn Display)).collect();
        say(lang, self.id, &values)
    }

    /// `book/ko/tcp/connection.md:12: links: …`: editors open such a line.
    #[must_use]
    pub fn line_for_people(&self, lang: Lang) -> String {
        format!("{}:{}: {}: {}", self.file.display(), self.line, self.gate, self.message(lang))
    }

    /// The same as one JSON object.
    #[must_use]
    pub fn json(&self, lang: Lang) -> String {
        serde_json::json!({
            "file": self.file.to_string_lossy(),
            "line": self.line,
            "gate": self.gate,
            "id": self.id,
            "message": self.message(lang),
        })
        .to_string()
    }
}
