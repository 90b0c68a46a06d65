//! What each program is there to show, in Korean.
//!
//! Programs speak of themselves in English, like all code; the table of proof
//! is a page of both editions.

use std::collections::BTreeMap;
use std::path::Path;

use crate::data::{self, DataError};

/// Lab, program, sentence.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(transparent)]
pub struct Ideas(pub BTreeMap<String, BTreeMap<String, String>>);

impl Ideas {
    /// Reads `tests/subjects/ideas.ko.toml` below `root`.
    ///
    /// # Errors
    ///
    /// See [`data::load`].
    pub fn load(root: &Path) -> Result<Ideas, DataError> {
        data::load(&root.join("tests/subjects/ideas.ko.toml"))
    }

    /// The sentence about `program` of `lab`.
    #[must_use]
    pub fn of(&self, lab: &str, program: &str) -> Option<&str> {
        self.0.get(lab)?.get(program).map(String::as_str)
    }
}
