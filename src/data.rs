//! Reading the project's own data files, with errors that name the place.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// A data file that could not be used.
#[derive(Debug)]
pub struct DataError {
    /// The file at fault.
    pub path: PathBuf,
    /// Line, from 1; 0 if the fault has no line (the file cannot be read).
    pub line: usize,
    /// What is wrong, in the words of the reader of the format.
    pub message: String,
}

impl std::fmt::Display for DataError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line, self.message)
    }
}

impl std::error::Error for DataError {}

/// Reads a TOML file into `T`.
///
/// # Errors
///
/// The file cannot be read, is not TOML, has a key that `T` does not know, or
/// lacks one that it needs.
pub fn load<T: DeserializeOwned>(path: &Path) -> Result<T, DataError> {
    let text = fs::read_to_string(path).map_err(|error| DataError {
        path: path.to_path_buf(),
        line: 0,
        message: error.to_string(),
    })?;
    parse(path, &text)
}

/// [`load`] for a text that is already there; `path` is only named in errors.
///
/// # Errors
///
/// As for [`load`].
pub fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, DataError> {
    toml::from_str(text).map_err(|error| DataError {
        path: path.to_path_buf(),
        line: error.span().map_or(0, |span| line_of(text, span.start)),
        message: error.message().to_string(),
    })
}

/// The line, from 1, in which byte `offset` of `text` stands.
#[must_use]
pub fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes()[..offset.min(text.len())].iter().filter(|&&byte| byte == b'\n').count()
}

/// [`line_of`] for a text that is asked for many lines.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// Where each line but the first starts.
    starts: Vec<usize>,
}

impl Lines {
    /// Remembers where the lines of `text` start.
    #[must_use]
    pub fn of(text: &str) -> Lines {
        Lines { starts: text.match_indices('\n').map(|(at, _)| at + 1).collect() }
    }

    /// The line, from 1, in which byte `offset` stands.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        1 + self.starts.partition_point(|start| *start <= offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct One {
        #[allow(dead_code)]
        name: String,
    }

    #[test]
    fn both_ways_to_a_line_agree() {
        let text = "a\n\nbc\nd";
        let lines = Lines::of(text);
        for offset in 0..=text.len() {
            assert_eq!(lines.line(offset), line_of(text, offset), "offset {offset}");
        }
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let error = parse::<One>(Path::new("a.toml"), "name = \"x\"\nnom = 1\n").unwrap_err();
        assert_eq!((error.line, error.message.contains("nom")), (2, true), "{error}");
    }
}
