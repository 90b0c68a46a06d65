//! Words for people: `messages.toml`, in both languages.
//!
//! A line of the transcript exists in both languages from the start. The
//! English one is compared with the snapshot; the reader sees their own.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use toml_span::Value;

use crate::data;
use crate::visible::visible;

/// A language of the labs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// English.
    En,
    /// Korean.
    Ko,
}

impl Lang {
    /// `LAB_LANG`, else the locale, else English.
    #[must_use]
    pub fn of_reader() -> Lang {
        ["LAB_LANG", "LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty())
            .map_or(Lang::En, |tag| if tag.to_ascii_lowercase().starts_with("ko") { Lang::Ko } else { Lang::En })
    }

    /// `en` or `ko`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Ko => "ko",
        }
    }
}

/// One text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// English.
    pub en: String,
    /// Korean.
    pub ko: String,
}

impl Words {
    /// The same in both languages: wire notation, a number, a program's output.
    #[must_use]
    pub fn same(text: impl Into<String>) -> Words {
        let en = text.into();
        Words { ko: en.clone(), en }
    }

    /// Both fit for a terminal: see [`visible`].
    pub(crate) fn visible(&self) -> Words {
        Words { en: visible(&self.en), ko: visible(&self.ko) }
    }

    /// The text in `lang`.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Ko => &self.ko,
        }
    }
}

/// What can fill a `{hole}`.
pub(crate) trait Fill {
    fn fill(&self, lang: Lang) -> String;
}

impl Fill for Words {
    fn fill(&self, lang: Lang) -> String {
        self.get(lang).to_string()
    }
}

macro_rules! fill_by_display {
    ($($t:ty),*) => { $(impl Fill for $t { fn fill(&self, _: Lang) -> String { self.to_string() } })* };
}
fill_by_display!(str, &str, String, usize, u64, i32, u8, u32);

static MESSAGES: LazyLock<BTreeMap<String, Words>> = LazyLock::new(|| {
    let file = data::parse(include_str!("messages.toml")).unwrap_or_else(|wrong| panic!("messages.toml: {wrong}"));
    let mut messages = BTreeMap::new();
    for (group, entries) in file.as_table().into_iter().flatten() {
        let entries = entries.as_table().into_iter().flatten();
        messages.extend(entries.map(|(name, entry)| (format!("{}.{}", group.name, name.name), words(entry))));
    }
    messages
});

/// Reads `{ en = "…", ko = "…" }`; a missing language is empty.
pub(crate) fn words(value: &Value<'_>) -> Words {
    Words { en: data::text(value, "en").to_string(), ko: data::text(value, "ko").to_string() }
}

/// The message `id` with its holes filled.
///
/// # Panics
///
/// If there is no such message: ids are literals of this crate.
pub(crate) fn say(id: &str, holes: &[(&str, &dyn Fill)]) -> Words {
    let message = MESSAGES.get(id).unwrap_or_else(|| panic!("no message `{id}` in messages.toml"));
    let fill = |lang: Lang| {
        holes.iter().fold(message.get(lang).to_string(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), &value.fill(lang))
        })
    };
    Words { en: fill(Lang::En), ko: fill(Lang::Ko) }
}

/// A line of a snapshot in both languages. Snapshots are kept in English
/// only; a line that came from a `wire` message finds its way back to it.
pub(crate) fn of_snapshot_line(line: &str) -> Words {
    let wire = MESSAGES.iter().filter(|(id, _)| id.starts_with("wire."));
    let fits = wire.filter_map(|(id, message)| Some((id, matches(&message.en, line)?)));
    // "program → a: nothing" would also fit "program → {who}: {what}": the one
    // with the most words of its own is meant.
    let best = fits.min_by_key(|(_, holes)| holes.iter().map(|(_, text)| text.len()).sum::<usize>());
    let Some((id, holes)) = best else { return Words::same(line) };
    let holes: Vec<(String, Words)> = holes.into_iter().map(|(name, text)| (name, phrase(&text))).collect();
    let holes: Vec<(&str, &dyn Fill)> = holes.iter().map(|(n, w)| (n.as_str(), w as &dyn Fill)).collect();
    say(id, &holes)
}

/// `P1 (37 bytes) + P2 (1 byte)` in both languages.
fn phrase(text: &str) -> Words {
    let mut korean = Vec::new();
    for part in text.split(" + ") {
        let found = MESSAGES.iter().filter(|(id, _)| id.starts_with("data.")).find_map(|(id, message)| {
            let holes = matches(&message.en, part)?;
            let holes: Vec<(&str, &dyn Fill)> = holes.iter().map(|(n, w)| (n.as_str(), w as &dyn Fill)).collect();
            Some(say(id, &holes).ko)
        });
        korean.push(found.unwrap_or_else(|| part.to_string()));
    }
    Words { en: text.to_string(), ko: korean.join(" + ") }
}

/// Fits `text` to `template`; what stands in the holes.
fn matches(template: &str, text: &str) -> Option<Vec<(String, String)>> {
    let mut holes = Vec::new();
    let (first, mut template) = template.split_once('{').unwrap_or((template, ""));
    let mut text = text.strip_prefix(first)?;
    while !template.is_empty() {
        let (name, rest) = template.split_once('}')?;
        let (literal, next) = rest.split_once('{').unwrap_or((rest, ""));
        let end = if literal.is_empty() { text.len() } else { text.find(literal)? };
        holes.push((name.to_string(), text[..end].to_string()));
        text = &text[end + literal.len()..];
        template = next;
    }
    text.is_empty().then_some(holes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_has_both_languages_and_the_same_holes() {
        for (id, message) in MESSAGES.iter() {
            assert!(!message.en.is_empty() && !message.ko.is_empty(), "{id}");
            let holes = |text: &str| {
                let mut names: Vec<String> =
                    text.split('{').skip(1).filter_map(|s| Some(s.split_once('}')?.0.to_string())).collect();
                names.sort();
                names
            };
            assert_eq!(holes(&message.en), holes(&message.ko), "{id}");
        }
    }

    #[test]
    fn a_snapshot_line_finds_its_korean() {
        let what = say("data.named", &[("name", &"P1"), ("n", &37usize)]);
        let line = say("wire.send", &[("who", &"a"), ("what", &what)]);
        assert_eq!(of_snapshot_line(&line.en), line);
        let nothing = say("wire.quiet", &[("who", &"a")]);
        assert_eq!(of_snapshot_line(&nothing.en), nothing, "not a payload called nothing");
    }
}
