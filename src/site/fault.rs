//! What is wrong with the book, and where.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::data::DataError;

/// One thing to mend.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// The file to mend, below the root of the project.
    pub file: PathBuf,
    /// The line, from 1; 0 if it is the whole file.
    pub line: usize,
    /// What is wrong, in the language of the command.
    pub message: String,
}

impl Fault {
    /// A fault of a data file, named from `root` on.
    #[must_use]
    pub fn of_data(root: &Path, error: &DataError) -> Fault {
        Fault { file: below(root, &error.path), line: error.line, message: error.message.clone() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file.display(), self.message),
            line => write!(f, "{}:{line}: {}", self.file.display(), self.message),
        }
    }
}

/// `path` without `root`, if it is below it.
pub(super) fn below(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).to_path_buf()
}
