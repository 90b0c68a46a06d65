//! Where two byte strings part, in hex and text, side by side.

use std::fmt::Write as _;

/// Bytes in a row of the picture.
const ROW: usize = 8;

/// The first place where `want` and `got` differ; also where one of them ends.
pub(crate) fn first_difference(want: &[u8], got: &[u8]) -> Option<usize> {
    if want == got {
        return None;
    }
    want.iter().zip(got).position(|(a, b)| a != b).or((want.len() != got.len()).then(|| want.len().min(got.len())))
}

/// The bytes of both sides around the first that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    /// Where the window begins.
    pub(crate) from: usize,
    /// Where the first difference is.
    pub(crate) at: usize,
    pub(crate) expected: Vec<u8>,
    pub(crate) observed: Vec<u8>,
}

/// The rows that are shown: that of the difference, one before it, one after.
pub(crate) fn window(want: &[u8], got: &[u8]) -> Option<Window> {
    let at = first_difference(want, got)?;
    let from = (at / ROW).saturating_sub(1) * ROW;
    let side = |bytes: &[u8]| bytes.get(from..bytes.len().min(from + 3 * ROW)).unwrap_or_default().to_vec();
    Some(Window { from, at, expected: side(want), observed: side(got) })
}

/// Rows around the first difference, each side in hex and text; none if the
/// two are equal.
pub(crate) fn side_by_side(want: &[u8], got: &[u8], left: &str, right: &str) -> Vec<String> {
    let Some(Window { from, at, .. }) = window(want, got) else { return Vec::new() };
    let first = from / ROW;
    let mut rows = vec![format!("{:>8}  {}  {}", "", fit(left), right)];
    for row in first..first + 3 {
        let range = row * ROW..(row + 1) * ROW;
        let side = |bytes: &[u8]| bytes.get(range.start..range.end.min(bytes.len())).unwrap_or_default().to_vec();
        let (a, b) = (side(want), side(got));
        if a.is_empty() && b.is_empty() {
            break;
        }
        rows.push(format!("{:>8}  {}  {}", range.start, show(&a), show(&b).trim_end()));
        if range.contains(&at) {
            // Under the byte itself, on both sides.
            let column = 10 + 3 * (at - range.start);
            rows.push(format!("{:column$}^^{:gap$}^^", "", "", gap = width() + 2 - 2));
        }
    }
    rows
}

/// Columns of one side.
fn width() -> usize {
    3 * ROW + 2 + ROW
}

fn fit(title: &str) -> String {
    // Korean letters take two columns of a terminal.
    let columns: usize = title.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{title}{:pad$}", "", pad = width().saturating_sub(columns))
}

fn show(bytes: &[u8]) -> String {
    let mut text = String::new();
    for i in 0..ROW {
        match bytes.get(i) {
            Some(byte) => write!(text, "{byte:02x} "),
            None => write!(text, "   "),
        }
        .expect("a String takes everything");
    }
    text.push(' ');
    let readable: String =
        bytes.iter().map(|&b| if b.is_ascii_graphic() || b == b' ' { b as char } else { '.' }).collect();
    format!("{:<w$}", format!("{text}{readable}"), w = width())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_byte() {
        let rows = side_by_side(b"abcdefghij", b"abcdefghXj", "expected", "observed");
        let caret = rows.iter().position(|row| row.contains('^')).unwrap();
        let columns: Vec<usize> = rows[caret].match_indices("^^").map(|(i, _)| i).collect();
        let line = &rows[caret - 1];
        assert_eq!((&line[columns[0]..columns[0] + 2], &line[columns[1]..columns[1] + 2]), ("69", "58"), "{rows:#?}");
    }

    #[test]
    fn the_window_holds_the_difference() {
        let want: Vec<u8> = (0..100).collect();
        let mut got = want.clone();
        got[50] = 0;
        let seen = window(&want, &got).unwrap();
        assert_eq!((seen.from, seen.at, seen.expected.len()), (40, 50, 24));
        assert_eq!(seen.expected[10], 50);
        assert_eq!(window(&want, &want[..3]).unwrap().observed, [0, 1, 2]);
        assert_eq!(window(&want, &want), None);
    }

    #[test]
    fn the_end_of_one_side_is_a_difference() {
        assert_eq!(first_difference(b"abc", b"ab"), Some(2));
        assert_eq!(first_difference(b"abc", b"abc"), None);
    }
}
