//! What `lab.toml` says of a lab and its checks.

use toml_span::Value;

use crate::data;
use crate::words::{Words, words};

/// A lab, as its tests declare it with [`crate::lab!`].
#[derive(Clone, Copy, Debug)]
pub struct Lab {
    /// Text of `lab.toml`.
    #[doc(hidden)]
    pub manifest: &'static str,
    /// The student's program.
    #[doc(hidden)]
    pub exe: &'static str,
    /// Folder of the lab.
    #[doc(hidden)]
    pub dir: &'static str,
    /// Name of the package.
    #[doc(hidden)]
    pub id: &'static str,
    /// A folder for files that a check leaves behind.
    #[doc(hidden)]
    pub tmp: &'static str,
}

/// Declares `const LAB: Lab` for the lab whose program is called `$name`.
///
/// The texts come with the test executable, so that it can judge anywhere.
#[macro_export]
macro_rules! lab {
    ($name:literal) => {
        const LAB: $crate::Lab = $crate::Lab {
            manifest: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/lab.toml")),
            exe: env!(concat!("CARGO_BIN_EXE_", $name)),
            dir: env!("CARGO_MANIFEST_DIR"),
            id: $name,
            tmp: env!("CARGO_TARGET_TMPDIR"),
        };
    };
}

/// What is told to a student whose program fails a check.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    /// From 1.
    pub(crate) stage: u8,
    /// How many stages the lab has.
    pub(crate) stages: u8,
    /// The check to begin with: the first of the first stage.
    pub(crate) first: String,
    /// What must hold.
    pub(crate) says: Words,
    /// `tcp/connection#short-write`.
    pub(crate) read: String,
    /// A command to see it by hand.
    pub(crate) by_hand: String,
    /// From a nudge to nearly the answer.
    pub(crate) hints: Vec<Words>,
}

impl Lab {
    /// The texts of `check`.
    ///
    /// # Panics
    ///
    /// If `lab.toml` cannot be read or has no such check.
    pub(crate) fn texts(&self, check: &str) -> Texts {
        let file = data::parse(self.manifest).unwrap_or_else(|wrong| panic!("{}/lab.toml: {wrong}", self.id));
        let checks = data::list(&file, "check");
        let stage =
            |entry: &Value<'_>| data::number(entry, "stage").and_then(|stage| u8::try_from(stage).ok()).unwrap_or(1);
        let stages = checks.iter().map(stage).max().unwrap_or(1);
        let first = checks.iter().min_by_key(|entry| stage(entry));
        let entry = checks.iter().find(|entry| data::text(entry, "name") == check);
        let entry = entry.unwrap_or_else(|| panic!("{}/lab.toml has no check `{check}`", self.id));
        Texts {
            stage: stage(entry),
            stages,
            first: first.map_or_else(String::new, |first| data::text(first, "name").to_string()),
            says: data::get(entry, "says").map(words).unwrap_or_default(),
            read: data::text(entry, "read").to_string(),
            by_hand: data::text(entry, "by_hand").to_string(),
            hints: data::list(entry, "hints").iter().map(words).collect(),
        }
    }
}
