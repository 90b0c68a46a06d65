//! `book/claims.toml`: the audited claims.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::PagePath;
use crate::data::{self, DataError};
use crate::text::Bilingual;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// In the order of the audit.
    pub claim: Vec<Claim>,
}

/// One claim that is repeated about sockets, and what is true.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Permanent id, `0-1` … `4-54`.
    pub id: String,
    /// Words to find and filter it by: `tcp`, `udp`, `history`, `http` …
    pub topic: String,
    /// The claim in our own words, as one would hear it.
    pub claim: Bilingual,
    /// Whether it holds.
    pub verdict: Verdict,
    /// What is true instead, and where the claim does hold.
    pub truth: Bilingual,
    /// RFC and section, POSIX, manual page, or history.
    pub source: Vec<String>,
    /// How far the book has come with it.
    pub status: Status,
    /// Page that treats it (or will).
    pub chapter: PagePath,
    /// What shows it; needed once the status is [`Status::Shown`].
    #[serde(default)]
    pub shown_by: Vec<Evidence>,
}

/// Whether a claim holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It holds as it stands.
    Right,
    /// It holds under conditions that it does not name.
    Partly,
    /// It does not hold.
    Wrong,
    /// A question, not a claim.
    Open,
}

/// How far the book has come with a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Its chapter is not written yet.
    Planned,
    /// History or a definition: a source is enough.
    Sourced,
    /// An experiment, a listing or a lab shows it.
    Shown,
}

/// Something the reader can run: `listing:NAME`, `lab:ID` or `experiment:NAME`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Evidence {
    /// A program in `book/listings/src/bin/`.
    Listing(String),
    /// A lab, or one check of it (`tcp-echo/survives_a_reset`).
    Lab(String),
    /// A socket script in `book/experiments/`.
    Experiment(String),
}

impl TryFrom<String> for Evidence {
    type Error = String;

    fn try_from(text: String) -> Result<Evidence, String> {
        match text.split_once(':') {
            Some(("listing", name)) => Ok(Evidence::Listing(name.to_string())),
            Some(("lab", name)) => Ok(Evidence::Lab(name.to_string())),
            Some(("experiment", name)) => Ok(Evidence::Experiment(name.to_string())),
            _ => Err(format!("`{text}` is neither listing:NAME, lab:ID nor experiment:NAME")),
        }
    }
}

impl Claims {
    /// Reads `book/claims.toml` below `root`.
    ///
    /// # Errors
    ///
    /// See [`data::load`].
    pub fn load(root: &Path) -> Result<Claims, DataError> {
        data::load(&root.join("book/claims.toml"))
    }

    /// The claim `id`.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Claim> {
        self.claim.iter().find(|claim| claim.id == id)
    }
}
