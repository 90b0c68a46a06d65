//! Korean particles agree with the sound of what stands before them, where the
//! sound is beyond doubt: `accept()가`, `SYN을`, `RST를`, `65,507을`.
//!
//! A word whose reading people differ in (`ACK`, `errno`, `IPv6`) is left alone.

use super::endings::final_consonant;
use super::{Book, Finding};
use crate::book::page::{Prose, Run};
use crate::book::words::is_hangul;
use crate::text::Lang;

/// How a word ends when read aloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sound {
    Vowel,
    Rieul,
    Consonant,
}

pub(super) fn check(book: &Book) -> Vec<Finding> {
    let mut findings = Vec::new();
    for passage in book.passages().filter(|passage| passage.page.lang == Lang::Ko) {
        for prose in &passage.page.prose {
            for (at, word, particle, right) in disagreements(prose) {
                let finding = passage.finding(at, "check.particles.disagrees");
                findings
                    .push(finding.with("found", format!("{word}{particle}")).with("right", format!("{word}{right}")));
            }
        }
    }
    findings
}

/// After a consonant, after a vowel.
const PAIRS: &[(&str, &str)] = &[
    ("은", "는"),
    ("이", "가"),
    ("을", "를"),
    ("과", "와"),
    ("이란", "란"),
    ("이라는", "라는"),
    ("이라고", "라고"),
    ("이라면", "라면"),
    ("이나", "나"),
];

/// Forms of `(으)로`: after ㄹ they go as after a vowel.
const TOWARDS: &[(&str, &str)] = &[
    ("으로", "로"),
    ("으로는", "로는"),
    ("으로도", "로도"),
    ("으로서", "로서"),
    ("으로써", "로써"),
    ("으로부터", "로부터"),
];

/// Place, word, particle, and the particle that would agree.
fn disagreements(prose: &Prose) -> Vec<(usize, String, String, &'static str)> {
    let mut found = Vec::new();
    for (index, run) in prose.runs.iter().enumerate().filter(|(_, run)| !run.code) {
        // Hangul at the start of a run belongs to the code before it.
        if let Some(before) = index.checked_sub(1).map(|before| &prose.runs[before]) {
            found.extend(judge(&last_word(before), leading_hangul(&run.text), run.at));
        }
        for (at, c) in run.text.char_indices().filter(|(at, c)| *at > 0 && is_hangul(*c)) {
            let before = &run.text[..at];
            if before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == ')') {
                debug_assert!(is_hangul(c));
                found.extend(judge(&last_of(before), leading_hangul(&run.text[at..]), run.at + at));
            }
        }
    }
    found
}

fn judge(word: &str, particle: &str, at: usize) -> Option<(usize, String, String, &'static str)> {
    let sound = sound(word)?;
    let right = PAIRS
        .iter()
        .find(|(hard, soft)| [*hard, *soft].contains(&particle))
        .map(|(hard, soft)| if sound == Sound::Vowel { *soft } else { *hard });
    let towards = TOWARDS
        .iter()
        .find(|(hard, soft)| [*hard, *soft].contains(&particle))
        .map(|(hard, soft)| if sound == Sound::Consonant { *hard } else { *soft });
    let right = right.or(towards)?;
    (right != particle).then(|| (at, word.to_string(), particle.to_string(), right))
}

/// The Hangul that `text` starts with, up to whatever else follows.
fn leading_hangul(text: &str) -> &str {
    &text[..text.find(|c| !is_hangul(c)).unwrap_or(text.len())]
}

/// The last word of a run: of code, the name that is called.
fn last_word(run: &Run) -> String {
    if run.code {
        // `listen(address, backlog)` and `socket(2)` may be read to their end.
        let name = run.text.strip_suffix("()").unwrap_or(&run.text);
        if name.contains('(') {
            return String::new();
        }
        if name.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',')) {
            return name.to_string();
        }
        // `SocketType::STREAM`, `stream.shutdown(…)`: the last name is read last.
        return name.rsplit([' ', ':', '.', '/']).next().unwrap_or_default().to_string();
    }
    last_of(&run.text)
}

/// The last word of a text; what stands in brackets is not read, so that the
/// word before them counts: `소켓(socket)을`.
fn last_of(text: &str) -> String {
    let mut text = text;
    if let Some(inside) = text.strip_suffix(')') {
        match inside.rsplit_once('(') {
            Some((before, inside)) if !inside.starts_with(|c: char| c.is_ascii_digit()) => text = before,
            // `tcp(7)` may be read with its number.
            _ => return String::new(),
        }
    }
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | ',' | '.' | '-');
    let start = text.char_indices().rev().take_while(|(_, c)| is_word(*c)).last().map_or(text.len(), |(at, _)| at);
    text[start..].to_string()
}

/// Words whose reading is not in doubt, by the sound of their last syllable.
const VOWELS: &[&str] = &[
    "tcp",
    "udp",
    "ip",
    "rst",
    "icmp",
    "dns",
    "http",
    "https",
    "rfc",
    "api",
    "cpu",
    "ssh",
    "tls",
    "mtu",
    "mss",
    "rtt",
    "rto",
    "eof",
    "posix",
    "linux",
    "rust",
    "macos",
    "ubuntu",
    "tokio",
    "accept",
    "bind",
    "connect",
    "read",
    "write",
    "send",
    "recv",
    "close",
    "fork",
    "select",
    "sendto",
    "lseek",
    "econnrefused",
    "emsgsize",
    "eaddrinuse",
    "epipe",
    "espipe",
    "time_wait",
    "cap_net_raw",
    "socket2",
    "async",
    "await",
    "future",
    "task",
    "std",
    "fd",
    "pid",
    "bsd",
    "wsl2",
    "strace",
    "ss",
    "nc",
];
const RIEULS: &[&str] = &["url", "ttl", "ihl", "poll", "epoll", "wsl", "tunnel", "kernel", "shell"];
const CONSONANTS: &[&str] = &[
    "syn",
    "fin",
    "listen",
    "socket",
    "shutdown",
    "econnreset",
    "eagain",
    "recvfrom",
    "getsockname",
    "getpeername",
    "spawn",
    "main",
    "stream",
    "datagram",
    "join",
];

fn sound(word: &str) -> Option<Sound> {
    let last = word.chars().next_back()?;
    if is_hangul(last) {
        return Some(match final_consonant(last) {
            0 => Sound::Vowel,
            8 => Sound::Rieul,
            _ => Sound::Consonant,
        });
    }
    let is_number = word.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.'));
    if is_number && last.is_ascii_digit() {
        return Some(match last {
            '1' | '7' | '8' => Sound::Rieul,
            // 영, 십, 백, 천, 만: all of them close.
            '0' | '3' | '6' => Sound::Consonant,
            _ => Sound::Vowel,
        });
    }
    let word = word.to_ascii_lowercase();
    let known = |words: &[&str]| words.contains(&word.as_str());
    if known(VOWELS) {
        Some(Sound::Vowel)
    } else if known(RIEULS) {
        Some(Sound::Rieul)
    } else {
        known(CONSONANTS).then_some(Sound::Consonant)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::book::page::Page;

    #[track_caller]
    fn expect(text: &str, wrong: &[(&str, &str)]) {
        let page = Page::parse("", Lang::Ko, Path::new("x.md"), text.to_string());
        let found: Vec<_> = page.prose.iter().flat_map(disagreements).collect();
        let found: Vec<_> = found.iter().map(|(_, word, particle, _)| (word.as_str(), particle.as_str())).collect();
        assert_eq!(found, wrong, "{text}");
    }

    #[test]
    fn a_particle_that_disagrees_is_found() {
        expect("`accept()`이 돌려줍니다. SYN를 보냅니다.", &[("accept", "이"), ("SYN", "를")]);
        expect("RST을 받고 65,507를 넘습니다. 0는 끝입니다.", &[("RST", "을"), ("65,507", "를"), ("0", "는")]);
        expect("소켓(socket)를 엽니다. `stream.shutdown()`를 부릅니다.", &[("소켓", "를"), ("shutdown", "를")]);
        expect("`poll`으로 기다립니다. `127.0.0.1`으로 보냅니다.", &[("poll", "으로"), ("127.0.0.1", "으로")]);
    }

    #[test]
    fn what_agrees_or_is_in_doubt_passes() {
        expect("`accept()`가 SYN을, RST를, 65,507을 받습니다. **소켓**(socket)을 `poll()`로 봅니다.", &[]);
        expect("ACK을 ACK를 errno는 errno은 IPv6을 IPv6를", &[]);
        expect("`read`이다 TCP입니다 3이상 1바이트", &[]);
        expect("연결(accept)된 소켓, 다섯 개(5)를, `socket(2)`는, `listen(fd, 5)`는", &[]);
    }
}
