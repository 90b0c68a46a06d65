//! Korean sentences end in one style: 합니다체.
//!
//! Only whole sentences are judged, those with a full stop or a question mark:
//! headings, cells and items that are fragments have none. What stands between
//! quotation marks is someone else's. `-세요` in instructions, and questions in
//! `-ㄹ까요?`, `-나요?`, `-ㄴ가요?` or `-면요?`, go with 합니다체, and pass. So does a caption
//! of one word at the head of an item: `- **나뉜다.** 첫 읽기에는 …`.

use super::{Book, Finding};
use crate::book::page::Block;
use crate::book::words::is_hangul;
use crate::text::Lang;

/// Claims are printed as quotations, in the voice of whoever says them.
const QUOTED: &str = "claim.claim";

pub(super) fn check(book: &Book) -> Vec<Finding> {
    let mut findings = Vec::new();
    for passage in book.passages().filter(|passage| passage.page.lang == Lang::Ko && passage.key != QUOTED) {
        let page = passage.page;
        for prose in page.prose.iter().filter(|prose| matches!(prose.block, Block::Paragraph | Block::Item)) {
            if page.is_directive(prose) {
                continue;
            }
            let own = page.own_words(prose);
            for (at, word) in odd_endings(&own.text) {
                if at == 0 && prose.block == Block::Item {
                    continue;
                }
                findings.push(passage.finding(own.source(at), "check.endings.style").with("word", word));
            }
        }
    }
    findings
}

/// The last words of sentences that are in another style, with their offsets.
fn odd_endings(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (at, mark) in text.match_indices(['.', '?', '!']) {
        let ends = text[at + 1..].chars().next().is_none_or(char::is_whitespace);
        if !ends || is_quoted(&text[..at]) {
            continue;
        }
        let before = &text[..at];
        let start = before.char_indices().rev().take_while(|(_, c)| is_hangul(*c)).last().map(|(start, _)| start);
        if let Some(start) = start
            && is_odd(&before[start..], mark == "?")
        {
            found.push((start, &before[start..]));
        }
    }
    found
}

/// Whether a quotation is still open at the end of `before`.
fn is_quoted(before: &str) -> bool {
    let count = |mark| before.matches(mark).count();
    count('"') % 2 == 1 || count('“') > count('”') || count('‘') > count('’') || count('「') > count('」')
}

/// Endings of 합니다체, and what goes with it.
const FINE: &[&str] = &["니다", "니까", "시다", "시오", "세요"];

/// Questions that go with it.
const QUESTIONS: &[&str] = &["까요", "나요", "가요", "면요", "는요", "은요"];

/// Nouns that end as 해요체 does, and may end a fragment.
const NOUNS: &[&str] = &["필요", "중요", "주요", "개요", "수요", "소요", "강요"];

/// 해라체 and notes, but for `-다` and `-ㄹ까`, which are judged by their form.
const PLAIN: &[&str] = &[
    "하라", "보라", "해라", "어라", "아라", "마라", "으라", "하자", "보자", "말자", "있음", "없음", "했음", "였음",
    "었음", "됐음",
];

fn is_odd(word: &str, asks: bool) -> bool {
    let fine = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    if fine(FINE) || (asks && fine(QUESTIONS)) {
        return false;
    }
    let mut last = word.chars().rev();
    let (last, before) = (last.next(), last.next());
    // `바다.`, `판다.` could be nouns, but no sentence about sockets ends there.
    let plain = last == Some('다') && before.is_some();
    let doubts = asks && last == Some('까') && before.is_some_and(|c| final_consonant(c) == 8);
    let wonders = asks && ["는가", "은가", "인가", "던가"].iter().any(|ending| word.ends_with(ending));
    let soft = matches!(last, Some('요' | '죠')) && !NOUNS.iter().any(|noun| word.ends_with(noun));
    plain || soft || doubts || wonders || PLAIN.iter().any(|ending| word.ends_with(ending))
}

/// Number of the consonant that closes a syllable: 0 for none, 8 for ㄹ.
pub(super) fn final_consonant(syllable: char) -> u32 {
    // Syllables are laid out by initial, vowel and final, 28 finals each.
    if is_hangul(syllable) { (syllable as u32 - '가' as u32) % 28 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn expect(text: &str, words: &[&str]) {
        let found: Vec<_> = odd_endings(text).into_iter().map(|(_, word)| word).collect();
        assert_eq!(found, words, "{text}");
    }

    #[test]
    fn another_style_is_found() {
        expect("소켓을 연다. 그다음에 닫습니다.", &["연다"]);
        expect("이것은 소켓이다. 정말 그럴까? 돼요. 닫나요.", &["소켓이다", "그럴까", "돼요", "닫나요"]);
        expect("값을 확인하라. 무엇인가?", &["확인하라", "무엇인가"]);
    }

    #[test]
    fn the_style_of_the_book_passes() {
        expect("엽니다. 왜 그럴까요? 닫을 수 있습니까? 실행하세요. 봅시다. 보십시오! 있나요? 값인가요? 없다면요?", &[]);
        expect("RFC 9293 §3.5. 3.14 그리고 127.0.0.1. 다음 셋이 필요.", &[]);
        expect("\"소켓은 길이다.\" 이런 말을 듣습니다. “연결이다. 길이다.”라고 합니다.", &[]);
        expect("`read()`는 0을 돌려줍니다(상대가 닫았다). 끝났습니다.", &[]);
    }
}
