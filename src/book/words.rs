//! Words in running text, with what may stand behind them.

use std::ops::Range;

use crate::text::Lang;

/// Where `word` stands in `text` as a word of `lang`.
#[must_use]
pub fn occurrences(text: &str, word: &str, lang: Lang) -> Vec<Range<usize>> {
    let found = text.match_indices(word).map(|(at, word)| at..at + word.len());
    found
        .filter(|hit| {
            let before = text[..hit.start].chars().next_back();
            let after = &text[hit.end..];
            match lang {
                Lang::En => is_word_en(before, after),
                Lang::Ko => is_word_ko(word, before, after),
            }
        })
        .collect()
}

fn is_word_en(before: Option<char>, after: &str) -> bool {
    let open = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric());
    let plural = ["s", "es"].iter().filter_map(|ending| after.strip_prefix(ending)).any(open);
    !before.is_some_and(char::is_alphanumeric) && (open(after) || plural)
}

/// Particles and endings that may follow a noun. A short word is only matched
/// before one of these: `포트` in `포트를`, not in `포트폴리오`.
const PARTICLES: &[&str] = &[
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "에",
    "에서",
    "에게",
    "에는",
    "에서는",
    "에도",
    "로",
    "으로",
    "로는",
    "으로는",
    "로도",
    "으로도",
    "로서",
    "으로서",
    "로써",
    "으로써",
    "와",
    "과",
    "도",
    "만",
    "까지",
    "부터",
    "처럼",
    "보다",
    "나",
    "이나",
    "라",
    "이라",
    "라는",
    "이라는",
    "란",
    "이란",
    "라고",
    "이라고",
    "들",
    "들이",
    "들은",
    "들을",
    "마다",
    "밖에",
    "뿐",
    "며",
    "이며",
    "고",
    "이고",
    "인",
    "인데",
    "인가",
    "임",
    "다",
    "이다",
    "였다",
    "이었다",
    "입니다",
    "입니까",
];

/// Beginnings of verbs made from a noun: `접속하면`, `접속된`.
const VERBS: &[&str] = &["하", "한", "할", "합", "했", "되", "된", "될", "됩", "됐", "시키", "시킨", "시킬", "시킵"];

fn is_word_ko(word: &str, before: Option<char>, after: &str) -> bool {
    if !word.chars().any(is_hangul) {
        let edge = |c: Option<char>| !c.is_some_and(|c| c.is_ascii_alphanumeric());
        return edge(before) && edge(after.chars().next());
    }
    if word.chars().filter(|c| is_hangul(*c)).count() >= 3 {
        return true;
    }
    let end = after.find(|c| !is_hangul(c)).unwrap_or(after.len());
    let rest = &after[..end];
    let follows = rest.is_empty() || PARTICLES.contains(&rest) || VERBS.iter().any(|verb| rest.starts_with(verb));
    !before.is_some_and(is_hangul) && follows
}

/// Whether it is a syllable of Hangul.
#[must_use]
pub fn is_hangul(c: char) -> bool {
    ('가'..='힣').contains(&c)
}

/// Where `word` stands in `text` as a noun of its own, with the ending of the
/// plural in English, without particle in Korean. An abbreviation is found as it
/// is written; of other words the case does not matter.
#[must_use]
pub fn nouns(text: &str, word: &str, lang: Lang) -> Vec<Range<usize>> {
    let is_short = word.chars().all(|c| !c.is_lowercase());
    // Of ASCII only, whose case does not change the length.
    let found = match is_short {
        true => occurrences(text, word, lang),
        false => occurrences(&text.to_ascii_lowercase(), &word.to_ascii_lowercase(), lang),
    };
    let whole = |hit: Range<usize>| {
        let after = &text[hit.end..];
        match lang {
            Lang::En => {
                let letters = after.len() - after.trim_start_matches(char::is_alphanumeric).len();
                Some(hit.start..hit.end + letters)
            }
            Lang::Ko => {
                let rest = &after[..after.find(|c| !is_hangul(c)).unwrap_or(after.len())];
                let alone = rest.is_empty() || PARTICLES.contains(&rest);
                (alone && !text[..hit.start].ends_with(is_hangul)).then_some(hit)
            }
        }
    };
    found.into_iter().filter_map(whole).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(text: &str, word: &str, lang: Lang) -> usize {
        occurrences(text, word, lang).len()
    }

    #[test]
    fn a_korean_word_is_found_with_its_particles() {
        assert_eq!(hits("끝점을 열고 끝점은 끝점입니다. 끝점", "끝점", Lang::Ko), 4);
        assert_eq!(hits("땅끝점과 끝점수", "끝점", Lang::Ko), 0);
        assert_eq!(hits("접속하면 접속된 접속자", "접속", Lang::Ko), 2);
        assert_eq!(hits("멀티쓰레드를 쓰레드풀에", "쓰레드", Lang::Ko), 2);
        assert_eq!(hits("멀티스레드를 논블록킹으로", "논블록킹", Lang::Ko), 1);
    }

    #[test]
    fn an_english_word_is_found_in_the_plural() {
        assert_eq!(hits("a file handle, two file handles", "file handle", Lang::En), 2);
        assert_eq!(hits("a profile handler", "file handle", Lang::En), 0);
    }

    #[test]
    fn a_noun_stands_alone() {
        let first = |text: &'static str, word, lang| nouns(text, word, lang).first().map(|hit| &text[hit.clone()]);
        assert_eq!(first("소켓통신과 소켓을", "소켓", Lang::Ko), Some("소켓"));
        assert_eq!(nouns("소켓통신과 소켓을", "소켓", Lang::Ko).len(), 1);
        assert_eq!(first("연결하면 연결됩니다", "연결", Lang::Ko), None);
        assert_eq!(first("Sockets are", "socket", Lang::En), Some("Sockets"));
        assert_eq!(first("websockets, to ack", "ACK", Lang::En), None);
        assert_eq!(first("two ACKs", "ACK", Lang::En), Some("ACKs"));
    }
}
