//! What `lab.toml` says of a lab and its checks.

use toml::de::{DeTable, DeValue};

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
    /// What must hold.
    pub(crate) says: Words,
    /// `tcp/connection#short-write`.
    pub(crate) read: String,
    /// A command to see it by hand.
    pub(crate) by_hand: String,
    /// The first of the three hints.
    pub(crate) nudge: Words,
}

impl Lab {
    /// The texts of `check`.
    ///
    /// # Panics
    ///
    /// If `lab.toml` cannot be read or has no such check.
    pub(crate) fn texts(&self, check: &str) -> Texts {
        let table = DeTable::parse(self.manifest).unwrap_or_else(|error| panic!("{}/lab.toml: {error}", self.id));
        let checks = table.get_ref().get("check").and_then(|list| list.get_ref().as_array());
        let text = |entry: &DeValue<'_>, key: &str| {
            entry.get(key).and_then(|value| value.get_ref().as_str()).unwrap_or_default().to_string()
        };
        let both = |entry: Option<&DeValue<'_>>| entry.map(words).unwrap_or_default();
        let stage = |entry: &DeValue<'_>| {
            let number = entry.get("stage").and_then(|value| value.get_ref().as_integer());
            number.and_then(|number| number.as_str().parse::<u8>().ok()).unwrap_or(1)
        };
        let stages = checks.into_iter().flatten().map(|entry| stage(entry.get_ref())).max().unwrap_or(1);
        let entry =
            checks.into_iter().flatten().map(|entry| entry.get_ref()).find(|entry| text(entry, "name") == check);
        let entry = entry.unwrap_or_else(|| panic!("{}/lab.toml has no check `{check}`", self.id));
        let hints = entry.get("hints").and_then(|hints| hints.get_ref().as_array());
        Texts {
            stage: stage(entry),
            stages,
            says: both(entry.get("says").map(|value| value.get_ref())),
            read: text(entry, "read"),
            by_hand: text(entry, "by_hand"),
            nudge: both(hints.and_then(|hints| hints.iter().next()).map(|hint| hint.get_ref())),
        }
    }
}
