//! One word for each thing: no rival of a representative word, and its
//! original where a word is introduced.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{Book, Finding, Passage};
use crate::book::glossary::Glossary;
use crate::book::page::{Block, CODE, Link};
use crate::book::words::{is_hangul, occurrences};
use crate::text::Lang;

const FILE: &str = "book/glossary.toml";

pub(super) fn check(book: &Book) -> Vec<Finding> {
    let Some(glossary) = &book.glossary else { return Vec::new() };
    let mut findings = Vec::new();
    for words in Lang::ALL.map(|lang| Words::of(glossary, lang)) {
        let passages: Vec<_> = book.passages().filter(|passage| passage.page.lang == words.lang).collect();
        let words = words.met_in(&passages);
        findings.extend(passages.iter().flat_map(|passage| banned(&words, passage)));
    }
    findings.extend(introductions(book, glossary));
    findings.extend(conflicts(book, glossary));
    findings
}

/// The words of one language, in lower case: of ASCII only, whose case does not
/// change the length, so that offsets hold.
struct Words<'a> {
    lang: Lang,
    /// Representative words.
    terms: Vec<String>,
    /// Rival, as it is searched and as it is written, and what to say instead.
    rivals: Vec<(String, &'a str, &'a str)>,
}

impl<'a> Words<'a> {
    fn of(glossary: &'a Glossary, lang: Lang) -> Words<'a> {
        let (mut terms, mut rivals) = (Vec::new(), Vec::new());
        for term in &glossary.term {
            let (word, banned) = (term.word(lang), term.rivals(lang));
            terms.push(word.to_ascii_lowercase());
            rivals.extend(banned.iter().map(|rival| (rival.to_ascii_lowercase(), rival.as_str(), word)));
        }
        Words { lang, terms, rivals }
    }

    /// Without the rivals that no text has: thousands of short texts are not
    /// searched for hundreds of words that are nowhere.
    fn met_in(mut self, passages: &[Passage<'_>]) -> Words<'a> {
        let all: String = passages.iter().map(|passage| passage.page.text.to_ascii_lowercase()).collect();
        // Of several words, the next may stand on the next line.
        self.rivals.retain(|(searched, ..)| all.contains(searched.split(' ').next().unwrap_or(searched)));
        self
    }
}

fn banned(words: &Words<'_>, passage: &Passage<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for prose in &passage.page.prose {
        let plain = passage.page.own_words(prose);
        let text = plain.text.to_ascii_lowercase();
        let mut found: Vec<(Range<usize>, &str, &str)> = Vec::new();
        for (searched, rival, word) in &words.rivals {
            let hits = occurrences(&text, searched, words.lang);
            found.extend(hits.into_iter().map(|hit| (hit, *rival, *word)));
        }
        // A rival inside a representative word is that word; a rival inside a
        // longer rival is the longer one.
        let is_inside = |hit: &Range<usize>, start: usize, end: usize| {
            start <= hit.start && hit.end <= end && end - start > hit.len()
        };
        let is_term = |hit: &Range<usize>| {
            let places = words.terms.iter().flat_map(|term| text.match_indices(term.as_str()));
            places.into_iter().any(|(at, term)| is_inside(hit, at, at + term.len()))
        };
        for (hit, rival, word) in &found {
            if !is_term(hit) && !found.iter().any(|(other, ..)| is_inside(hit, other.start, other.end)) {
                let finding = passage.finding(plain.source(hit.start), "check.glossary.banned");
                findings.push(finding.with("found", rival).with("word", word));
            }
        }
    }
    findings
}

/// Where the Korean edition first uses a word that needs its original, and
/// does not give it.
fn introductions(book: &Book, glossary: &Glossary) -> Vec<Finding> {
    let Some(edition) = book.edition(Lang::Ko) else { return Vec::new() };
    // The front matter invites; the numbered chapters, list items in the table
    // of contents, introduce.
    let summary = &edition.summary;
    let is_numbered = |link: &Link| summary.text[..link.range.start].trim_end_matches(' ').ends_with(['-', '*']);
    let numbered: Vec<_> = summary.links.iter().filter(|link| is_numbered(link)).map(|link| &link.target).collect();
    let pages = || edition.pages.iter().filter(|page| numbered.contains(&&format!("{}.md", page.path)));
    let mut findings = Vec::new();
    for term in &glossary.term {
        let Some(original) = &term.original else { continue };
        let longer: Vec<&str> = glossary.term.iter().map(|other| other.ko.as_str()).collect();
        let longer: Vec<&str> = longer.into_iter().filter(|ko| ko.contains(&term.ko) && **ko != *term.ko).collect();
        let expected = format!("({original})");
        let first = pages().find_map(|page| {
            let words = page.prose.iter().filter(|prose| matches!(prose.block, Block::Paragraph | Block::Item));
            words.filter(|prose| !page.is_directive(prose)).find_map(|prose| {
                let plain = page.own_words(prose);
                let (at, given) = uses(&plain.text, &term.ko, &longer).find_map(|at| {
                    let after = &plain.text[at + term.ko.len()..];
                    let given = after.get(..expected.len()).is_some_and(|given| given.eq_ignore_ascii_case(&expected))
                        || after.starts_with(&format!("({CODE})"));
                    // A link without it names a place where the word is explained.
                    (given || prose.runs[plain.run(at)].link.is_none()).then_some((at, given))
                })?;
                Some((page, plain.source(at), given))
            })
        });
        let Some((page, at, given)) = first else { continue };
        if !given {
            let finding = Finding::new(&page.file, page.line(at), "check.glossary.introduce");
            findings.push(finding.with("word", &term.ko).with("form", format!("{}{expected}", term.ko)));
        }
    }
    findings
}

/// Where `word` stands that is not part of one of the `longer` words.
fn uses(text: &str, word: &str, longer: &[&str]) -> impl Iterator<Item = usize> {
    let covered: Vec<Range<usize>> =
        longer.iter().flat_map(|longer| text.match_indices(longer).map(|(at, longer)| at..at + longer.len())).collect();
    let uses = text.match_indices(word).map(|(at, _)| at);
    let uses = uses.filter(|at| !text[..*at].chars().next_back().is_some_and(is_hangul));
    let uses: Vec<_> = uses.filter(|at| !covered.iter().any(|range| range.contains(at))).collect();
    uses.into_iter()
}

/// Ids that stand twice, and words that two terms claim: whoever searches for
/// one could not be led to the other.
fn conflicts(book: &Book, glossary: &Glossary) -> Vec<Finding> {
    let text = std::fs::read_to_string(book.root.join(FILE)).unwrap_or_default();
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for (at, term) in glossary.term.iter().enumerate().filter(|(_, term)| !seen.insert(term.id.as_str())) {
        findings.push(Finding::new(FILE, line(&text, at, &term.id), "check.glossary.doubled").with("id", &term.id));
    }
    for lang in Lang::ALL {
        let mut owners: BTreeMap<String, &str> = BTreeMap::new();
        // The words first, whatever their order: a variant yields to a word.
        let terms = || glossary.term.iter().enumerate();
        let words = terms().map(|(at, term)| (at, term, term.word(lang)));
        let variants =
            terms().flat_map(|(at, term)| term.rivals(lang).iter().map(move |word| (at, term, word.as_str())));
        for (at, term, word) in words.chain(variants) {
            match owners.entry(word.to_lowercase()) {
                Entry::Vacant(free) => {
                    free.insert(&term.id);
                }
                Entry::Occupied(owner) => findings.push(
                    Finding::new(FILE, line(&text, at, word), "check.glossary.conflict")
                        .with("id", &term.id)
                        .with("word", word)
                        .with("other", owner.get()),
                ),
            }
        }
    }
    findings
}

/// The line of the glossary on which the term at `at` says `word`.
fn line(text: &str, at: usize, word: &str) -> usize {
    let entries = text.lines().enumerate().skip_while(|(_, line)| *line != "[[term]]");
    let entries = entries.scan(0, |n, (number, line)| {
        *n += usize::from(line == "[[term]]");
        Some((*n, number + 1, line))
    });
    let quoted = format!("\"{word}\"");
    // A variant may be the very word of its own term, which stands before it.
    let said = entries.filter(|(n, _, line)| *n == at + 1 && line.contains(&quoted)).last();
    said.map_or(1, |(_, number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_word_is_no_first_use() {
        assert_eq!(uses("원시 소켓과 소켓", "소켓", &["원시 소켓"]).next(), Some("원시 소켓과 ".len()));
        assert_eq!(uses("원시 소켓", "소켓", &["원시 소켓"]).next(), None);
    }
}
