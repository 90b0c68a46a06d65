//! The index as it is sent.
//!
//! It is nearly all text, and gzip forgets what stood more than 32 KB before: a
//! word that is on every page is sent again and again, and each syllable of
//! Hangul takes three bytes. So the most frequent words, and all letters beyond
//! ASCII, are one character of two bytes each; which is which says the alphabet
//! in front. What stands in one column is alike, and is sent together.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde::Serialize;

use super::{Index, Place};

/// The characters that stand for others: all that UTF-8 writes as two bytes.
const SIGNS: std::ops::Range<u32> = 0x80..0x800;

/// How many words at most are one character. More would weigh in the alphabet
/// what they save in the text.
const MOST_WORDS: usize = 400;

/// What `book/theme/search-core.js` takes apart.
#[derive(Debug, Serialize)]
pub(super) struct Packed<'a> {
    lang: &'a str,
    pages: &'a [(String, String)],
    terms: &'a [Vec<String>],
    /// What the characters of [`SIGNS`] stand for, in their order.
    alphabet: Vec<&'a str>,
    places: Columns<'a>,
}

/// All places; what is a `String` is written in the alphabet.
#[derive(Debug, Serialize)]
struct Columns<'a> {
    page: Vec<usize>,
    id: Vec<&'a str>,
    kind: Vec<&'a str>,
    title: Vec<String>,
    text: Vec<String>,
    code: Vec<String>,
}

impl<'a> Packed<'a> {
    /// `index`, to be sent.
    pub(super) fn of(index: &'a Index) -> Packed<'a> {
        let Index { lang, pages, places, terms } = index;
        let alphabet = alphabet(places.iter().flat_map(|Place(.., title, text, code)| [title, text, code]));
        let signs = Signs::of(&alphabet);
        let written = |part: fn(&Place) -> &String| places.iter().map(|place| signs.write(part(place))).collect();
        let columns = Columns {
            page: places.iter().map(|place| place.0).collect(),
            id: places.iter().map(|place| place.1.as_str()).collect(),
            kind: places.iter().map(|place| place.2).collect(),
            title: written(|place| &place.3),
            text: written(|place| &place.4),
            code: written(|place| &place.5),
        };
        Packed { lang, pages, terms, alphabet, places: columns }
    }
}

/// What is worth a sign: words by what they save, letters by how often they are.
fn alphabet<'a>(texts: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let (mut words, mut letters) = (HashMap::<&str, usize>::new(), HashMap::<&str, usize>::new());
    for run in texts.flat_map(|text| runs(text)) {
        if run.len() > 3 && is_word(run) {
            *words.entry(run).or_default() += 1;
        }
        if !run.is_ascii() {
            let ends = run.char_indices().map(|(at, letter)| &run[at..at + letter.len_utf8()]);
            ends.filter(|letter| !letter.is_ascii()).for_each(|letter| *letters.entry(letter).or_default() += 1);
        }
    }
    // A letter that is a sign itself has to have one; another may stay as it is.
    let mut letters: Vec<_> = letters.into_iter().map(|(letter, n)| (letter.len() > 2, Reverse(n), letter)).collect();
    letters.sort_unstable();
    letters.truncate(SIGNS.len());
    let mut words: Vec<_> = words.into_iter().map(|(word, n)| (Reverse((word.len() - 2) * n), word)).collect();
    words.sort_unstable();
    words.truncate(MOST_WORDS.min(SIGNS.len() - letters.len()));
    let words = words.into_iter().map(|(_, word)| word);
    words.chain(letters.into_iter().map(|(.., letter)| letter)).collect()
}

/// The kind of character a word is made of; 0 is between words.
fn kind(c: char) -> u8 {
    match c {
        '_' => 1,
        '가'..='힣' => 2,
        c if c.is_ascii_alphabetic() => 1,
        _ => 0,
    }
}

fn is_word(run: &str) -> bool {
    run.chars().next().is_some_and(|c| kind(c) > 0)
}

/// `text` cut into words and what stands between them.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = kind(rest.chars().next()?);
        let (run, after) = rest.split_at(rest.find(|c| kind(c) != first).unwrap_or(rest.len()));
        rest = after;
        Some(run)
    })
}

/// The signs by what they stand for.
struct Signs<'a>(HashMap<&'a str, char>);

impl<'a> Signs<'a> {
    fn of(alphabet: &[&'a str]) -> Signs<'a> {
        let signs = SIGNS.filter_map(char::from_u32);
        Signs(alphabet.iter().copied().zip(signs).collect())
    }

    fn write(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for run in runs(text) {
            if let Some(sign) = self.0.get(run) {
                out.push(*sign);
            } else if run.is_ascii() {
                out.push_str(run);
            } else {
                let mut buffer = [0; 4];
                out.extend(run.chars().map(|c| self.0.get(&*c.encode_utf8(&mut buffer)).copied().unwrap_or(c)));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the script of the page reads it.
    fn read(alphabet: &[&str], written: &str) -> String {
        let whole = |c: char| match SIGNS.contains(&u32::from(c)) {
            true => alphabet[(u32::from(c) - SIGNS.start) as usize].to_string(),
            false => c.to_string(),
        };
        written.chars().map(whole).collect()
    }

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let texts =
            ["소켓은 소켓이 아니라 socket_fd 소켓은", "TcpListener::bind(), TcpListener·é§ …→ 한글", "", "🦀 a b"];
        let texts = texts.map(str::to_string);
        let alphabet = alphabet(texts.iter());
        assert_eq!(alphabet[..2], ["TcpListener", "소켓은"], "{alphabet:?}");
        let signs = Signs::of(&alphabet);
        for text in &texts {
            let written = signs.write(text);
            assert_eq!(&read(&alphabet, &written), text);
            assert!(written.len() <= text.len());
        }
        assert_eq!(signs.write("소켓은").chars().count(), 1);
    }

    #[test]
    fn letters_that_are_signs_come_before_all_others() {
        let many: String = (0x80..0x2000).filter_map(char::from_u32).collect();
        let texts = [many.repeat(2)];
        let alphabet = alphabet(texts.iter());
        assert_eq!(alphabet.len(), SIGNS.len());
        assert_eq!(read(&alphabet, &Signs::of(&alphabet).write(&texts[0])), texts[0]);
    }
}
