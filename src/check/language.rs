//! Each text is in its own language, and its emphasis closes.

use super::{Book, Finding, Passage};
use crate::book::page::{Plain, Prose};
use crate::book::words::is_hangul;
use crate::text::Lang;

pub(super) fn check(book: &Book) -> Vec<Finding> {
    book.passages().flat_map(|passage| check_passage(&passage)).collect()
}

fn check_passage(passage: &Passage<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for prose in &passage.page.prose {
        let own = passage.page.own_words(prose);
        findings.extend(foreign_letter(passage, prose));
        findings.extend(other_language(passage, &own));
        if let Some(at) = own.text.find("**") {
            // `**소켓(socket)**은`: stars after a bracket and before a letter
            // do not close in Markdown, and stay on the page.
            findings.push(passage.finding(own.source(at), "check.language.stars"));
        }
    }
    findings
}

/// The first Han or Kana letter of a block, code spans included.
fn foreign_letter(passage: &Passage<'_>, prose: &Prose) -> Option<Finding> {
    let (at, letter) = prose.runs.iter().find_map(|run| {
        let (at, letter) = run.text.char_indices().find(|(_, letter)| is_han_or_kana(*letter))?;
        Some((run.at + at, letter))
    })?;
    Some(passage.finding(at, "check.language.letter").with("letter", letter))
}

fn is_han_or_kana(c: char) -> bool {
    matches!(c,
        '\u{3040}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{FF66}'..='\u{FF9D}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// Fewer Latin letters than this in a Korean block may be a name or a command.
const LATIN: usize = 40;

/// Fewer Hangul syllables than this in an English block may be a name.
const HANGUL: usize = 8;

/// A block that was left in the other language.
fn other_language(passage: &Passage<'_>, own: &Plain) -> Option<Finding> {
    let hangul = own.text.chars().filter(|c| is_hangul(*c)).count();
    let latin = own.text.chars().filter(char::is_ascii_alphabetic).count();
    // A syllable says about as much as two or three letters.
    let left = match passage.page.lang {
        Lang::En => hangul >= HANGUL && hangul * 3 > latin,
        Lang::Ko => latin >= LATIN && hangul * 10 < latin,
    };
    // A line with an option is a command, the same in both languages.
    let left = left && !own.text.contains(" --");
    let at = own.text.find(|c: char| c.is_alphabetic())?;
    left.then(|| passage.finding(own.source(at), "check.language.other"))
}
