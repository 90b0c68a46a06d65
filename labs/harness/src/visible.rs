//! What a program has said, fit to be shown: a terminal obeys what is not text.

use std::fmt::Write as _;

/// From so many times the same in a row on, they are counted.
const MANY: usize = 4;

/// `text` with a name for each character that a terminal would swallow or
/// obey: `\0`, `\t`, `\x1b`. Many of the same in a row are `\0×88`; a program
/// that has named them itself is read alike.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (same, name) = match (spelled(rest), is_hidden(c)) {
            (Some(spelled), _) => (spelled, spelled.to_string()),
            (None, true) => (&rest[..c.len_utf8()], name(c)),
            (None, false) => {
                shown.push(c);
                rest = &rest[c.len_utf8()..];
                continue;
            }
        };
        let mut times = 0;
        while let Some(next) = rest.strip_prefix(same) {
            (rest, times) = (next, times + 1);
        }
        match times {
            MANY.. => write!(shown, "{name}×{times}").expect("a String takes everything"),
            _ => shown.push_str(&name.repeat(times)),
        }
    }
    shown
}

/// The `\x00` that `text` begins with.
fn spelled(text: &str) -> Option<&str> {
    let is_one = text.starts_with("\\x") && text.bytes().skip(2).take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    is_one.then(|| &text[..4])
}

/// Controls, and what changes the direction of the text around it or has no
/// width of its own.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn name(c: char) -> String {
    match c {
        '\0' => "\\0".to_string(),
        '\t' => "\\t".to_string(),
        '\n' => "\\n".to_string(),
        '\r' => "\\r".to_string(),
        c if c < '\u{100}' => format!("\\x{:02x}", c as u32),
        c => format!("\\u{{{:x}}}", c as u32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_a_terminal_that_it_would_obey() {
        assert_eq!(visible("hello\0"), "hello\\0");
        assert_eq!(visible(&format!("hello{}", "\0".repeat(88))), "hello\\0×88");
        assert_eq!(visible(&format!("hello{}.", "\\x00".repeat(987))), "hello\\x00×987.");
        assert_eq!(visible("\x1b[2Jgone\x07\r"), "\\x1b[2Jgone\\x07\\r");
        assert_eq!(visible("a\u{9b}b\u{202e}c"), "a\\x9bb\\u{202e}c");
        assert_eq!(visible("소켓 → \"a\\b\""), "소켓 → \"a\\b\"");
    }
}
