//! Words for people. Code deals in ids; only the last step, here, turns an id
//! into Korean or English.
//!
//! Each `src/text/*.toml` holds one command's words:
//!
//! ```toml
//! [serve.listening]
//! en = "The book is at {url}"
//! ko = "책은 {url} 에 있습니다"
//! ```

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// A language of the book, the labs and the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    En,
    /// Korean.
    Ko,
}

impl Lang {
    /// Both editions, in the order in which they are listed everywhere.
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Ko];

    /// The code used in paths, attributes and `--lang`: `en` or `ko`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Ko => "ko",
        }
    }

    /// The other edition.
    #[must_use]
    pub fn twin(self) -> Lang {
        match self {
            Lang::En => Lang::Ko,
            Lang::Ko => Lang::En,
        }
    }

    /// The language that a tag such as `ko`, `ko-KR` or `ko_KR.UTF-8` asks for.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Lang> {
        let tag = tag.to_ascii_lowercase();
        let primary = tag.split(['-', '_', '.']).next().unwrap_or_default();
        Lang::ALL.into_iter().find(|lang| lang.code() == primary)
    }

    /// The language to speak when no `--lang` was given: `SOCKETS_LANG`, else
    /// `LAB_LANG`, else the locale, else English.
    #[must_use]
    pub fn of_environment() -> Lang {
        ["SOCKETS_LANG", "LAB_LANG"]
            .into_iter()
            .filter_map(|name| std::env::var(name).ok())
            .chain(sys_locale::get_locales())
            .find_map(|tag| Lang::from_tag(&tag))
            .unwrap_or(Lang::En)
    }
}

/// One text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// English.
    pub en: String,
    /// Korean.
    pub ko: String,
}

impl Bilingual {
    /// The text in `lang`.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Ko => &self.ko,
        }
    }
}

/// Add a line here with each new file.
const FILES: &[(&str, &str)] = &[
    ("bench.toml", include_str!("text/bench.toml")),
    ("check.toml", include_str!("text/check.toml")),
    ("cli.toml", include_str!("text/cli.toml")),
    ("course.toml", include_str!("text/course.toml")),
    ("diagram.toml", include_str!("text/diagram.toml")),
    ("doctor.toml", include_str!("text/doctor.toml")),
    ("experiment.toml", include_str!("text/experiment.toml")),
    ("lab.toml", include_str!("text/lab.toml")),
    ("net.toml", include_str!("text/net.toml")),
    ("progress.toml", include_str!("text/progress.toml")),
    ("prove.toml", include_str!("text/prove.toml")),
    ("search.toml", include_str!("text/search.toml")),
    ("serve.toml", include_str!("text/serve.toml")),
    ("site.toml", include_str!("text/site.toml")),
    ("twins.toml", include_str!("text/twins.toml")),
];

static TEXTS: LazyLock<BTreeMap<String, Bilingual>> = LazyLock::new(|| {
    let mut texts = BTreeMap::new();
    for (file, source) in FILES {
        let table: toml::Table = source.parse().unwrap_or_else(|e| panic!("src/text/{file}: {e}"));
        collect("", toml::Value::Table(table), &mut texts, file);
    }
    texts
});

/// A table with an `en` is a text; any other table is a part of an id.
fn collect(id: &str, value: toml::Value, texts: &mut BTreeMap<String, Bilingual>, file: &str) {
    let toml::Value::Table(table) = value else { panic!("src/text/{file}: `{id}` is no text: it needs en and ko") };
    if table.contains_key("en") || table.contains_key("ko") {
        let text = toml::Value::Table(table).try_into();
        let text = text.unwrap_or_else(|e| panic!("src/text/{file}: `{id}`: {e}"));
        assert!(texts.insert(id.to_string(), text).is_none(), "src/text/{file}: `{id}` stands twice");
        return;
    }
    for (key, value) in table {
        let id = if id.is_empty() { key } else { format!("{id}.{key}") };
        collect(&id, value, texts, file);
    }
}

/// The text `id` in `lang`, with each `{name}` replaced by its value.
///
/// # Panics
///
/// If there is no such id. Ids are literals of this crate, and a test reads
/// them all out of the sources, so this cannot reach a user.
#[must_use]
pub fn say(lang: Lang, id: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    let text = TEXTS.get(id).unwrap_or_else(|| panic!("no text `{id}` in src/text/"));
    values.iter().fold(text.get(lang).to_string(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), &value.to_string())
    })
}

/// Every text whose id begins with `prefix`, with its id.
pub fn all(prefix: &str) -> impl Iterator<Item = (&'static str, &'static Bilingual)> {
    TEXTS.iter().filter(move |(id, _)| id.starts_with(prefix)).map(|(id, text)| (id.as_str(), text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The `{name}`s of a text.
    fn holes(text: &str) -> Vec<&str> {
        let mut holes: Vec<_> =
            text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
        holes.sort_unstable();
        holes
    }

    #[test]
    fn every_text_says_the_same_things_in_both_languages() {
        for (id, text) in TEXTS.iter() {
            assert!(!text.en.trim().is_empty() && !text.ko.trim().is_empty(), "{id}: a language is missing");
            assert_eq!(holes(&text.en), holes(&text.ko), "{id}: the languages name different values");
        }
    }

    /// An id that is wrong would only be met on the day it is needed.
    #[test]
    fn every_id_in_the_sources_has_words() {
        let commands: Vec<String> = FILES.iter().map(|(file, _)| file.replace(".toml", ".")).collect();
        let is_id = |text: &str| text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c));
        let mut ids = 0;
        for entry in walkdir::WalkDir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).into_iter().flatten() {
            if entry.path().extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let source = std::fs::read_to_string(entry.path()).unwrap();
            for literal in source.split('"') {
                // File names of the same form end in one of these.
                let is_file = [".toml", ".md", ".rs", ".json", ".js", ".css"].iter().any(|end| literal.ends_with(end));
                let begins =
                    commands.iter().any(|command| literal.len() > command.len() && literal.starts_with(command));
                if begins && is_id(literal) && !literal.ends_with('.') && !is_file {
                    assert!(TEXTS.contains_key(literal), "{}: no text `{literal}`", entry.path().display());
                    ids += 1;
                }
            }
        }
        assert!(ids > 50, "found only {ids} ids");
    }

    #[test]
    fn a_locale_names_its_language() {
        assert_eq!(Lang::from_tag("ko_KR.UTF-8"), Some(Lang::Ko));
        assert_eq!(Lang::from_tag("en"), Some(Lang::En));
        assert_eq!(Lang::from_tag("kok-IN"), None);
    }
}
