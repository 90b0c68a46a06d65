//! What figures are made of: text that fits, and heads of arrows. The figures of
//! the book that show no run are drawn with the same.

use crate::json::Part::N;
use crate::json::put;

/// Height of letters.
pub const FONT: i32 = 20;

/// Width of a letter of a monospaced font, in tenths of a unit. Fonts have 11 to
/// 12.1; Hangul and the like are as wide as they are high.
fn tenths(c: char) -> i32 {
    if (c as u32) < 0x1100 || ('\u{2000}'..'\u{2e80}').contains(&c) { 121 } else { 200 }
}

/// How wide a text is at most.
pub fn width(text: &str) -> i32 {
    (text.chars().map(tenths).sum::<i32>() + 9) / 10
}

/// The text, cut and ended with `…` if it is wider than `most`.
pub fn fit(text: &str, most: i32) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut left = most * 10 - tenths('…');
    let mut out = String::new();
    for c in text.chars() {
        left -= tenths(c);
        if left < 0 {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// The text in two lines, the second no wider than `second` and perhaps cut; it
/// is empty if one is enough.
pub(crate) fn wrap(text: &str, most: i32, second: i32) -> (String, String) {
    let mut first = fit(text, most);
    let mut rest = String::new();
    if let Some(at) = first.rfind(' ').filter(|_| first != text) {
        rest = fit(text.get(at + 1..).unwrap_or_default(), second);
        first = fit(text.get(..at).unwrap_or_default(), most);
    }
    (first, rest)
}

/// Appends text as XML.
pub fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            // XML has no such letters, not even escaped.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

/// Appends the outline of the head of an arrow from `from` to `tip`.
pub fn head(out: &mut String, from: (i32, i32), tip: (i32, i32)) {
    const LENGTH: i32 = 14;
    const HALF: i32 = 6;
    let (dx, dy) = (tip.0 - from.0, tip.1 - from.1);
    let length = (dx * dx + dy * dy).isqrt().max(1);
    let x = |aside: i32| N((tip.0 - (dx * LENGTH + dy * aside) / length).into());
    let y = |aside: i32| N((tip.1 - (dy * LENGTH - dx * aside) / length).into());
    let parts = [x(HALF), y(HALF), N(tip.0.into()), N(tip.1.into()), x(-HALF), y(-HALF)];
    put(out, "M% %L% %L% %", &parts);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        assert_eq!(fit("connect", 85), "connect");
        assert_eq!(fit("connect", 84), "conne…");
        assert_eq!(fit("소켓", 39), "소…");
        assert_eq!(fit("abc", 0), "…");
    }

    #[test]
    fn a_long_text_goes_on_in_a_second_line() {
        let wrap = |text, most, second| {
            let (first, second) = wrap(text, most, second);
            format!("{first}/{second}")
        };
        assert_eq!(wrap("one two", 85, 85), "one two/");
        assert_eq!(wrap("one two", 84, 60), "one/two");
        assert_eq!(wrap("one two three", 61, 40), "one/tw…");
        assert_eq!(wrap("connect", 49, 0), "con…/");
    }

    #[test]
    fn markup_is_escaped() {
        let mut out = String::new();
        escape(&mut out, "<a b=\"c\">&\u{0}");
        assert_eq!(out, "&lt;a b=&quot;c&quot;&gt;&amp;\u{fffd}");
    }

    #[test]
    fn a_head_points_at_its_tip() {
        let mut out = String::new();
        head(&mut out, (0, 0), (100, 0));
        head(&mut out, (0, 0), (0, 0));
        assert_eq!(out, "M86 6L100 0L86 -6M0 0L0 0L0 0");
    }
}
