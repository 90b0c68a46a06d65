//! The little JSON that is written here (RFC 8259).

/// Text as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if (c as u32) < 0x20 => {
                out.push_str("\\u00");
                hex(&mut out, &[c as u8]);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Text as a JSON string, `null` if there is none.
pub(crate) fn quoted_or_null(text: Option<&str>) -> String {
    text.map_or_else(|| "null".to_owned(), quoted)
}

/// Appends bytes as hexadecimal digits.
pub(crate) fn hex(out: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.reserve(bytes.len() * 2);
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            out.push(char::from(DIGITS[usize::from(digit)]));
        }
    }
}

/// Appends the elements of an array, each written by `write`.
pub(crate) fn array<T>(out: &mut String, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut String, T)) {
    out.push('[');
    for (n, item) in items.into_iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_json_string_may_not_hold_is_escaped() {
        assert_eq!(quoted("a\"b\\c\n\u{1f}é"), r#""a\"b\\c\u000a\u001fé""#);
        let mut out = String::new();
        hex(&mut out, &[0, 0x7f, 0xff]);
        array(&mut out, [1, 2], |out, n| out.push_str(&n.to_string()));
        assert_eq!(out, "007fff[1,2]");
    }
}
