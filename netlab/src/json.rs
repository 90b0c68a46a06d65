//! The little JSON that is written here (RFC 8259).

/// Text as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    quote(&mut out, text);
    out
}

/// Appends text as a JSON string.
fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if (c as u32) < 0x20 => {
                out.push_str("\\u00");
                hex(out, &[c as u8]);
            }
            c => out.push(c),
        }
    }
    out.push('"');
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

/// What [`put`] puts in the place of a `%`.
#[derive(Clone, Copy)]
pub(crate) enum Part<'a> {
    /// A number.
    N(i64),
    /// Text as it is.
    S(&'a str),
    /// Text as a JSON string.
    Q(&'a str),
    /// Text as XML.
    X(&'a str),
}

/// A number that is never as large as its type allows.
pub(crate) fn number(number: u64) -> Part<'static> {
    Part::N(number as i64)
}

/// Appends `template`, its `%` replaced by the parts in turn. It does what
/// `write!` does, in less than half of the code at each place that calls it:
/// readers load that code.
pub(crate) fn put(out: &mut String, template: &str, parts: &[Part<'_>]) {
    let mut parts = parts.iter();
    for c in template.chars() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match parts.next() {
            Some(Part::N(number)) => {
                let mut digits = [0; 20];
                let mut at = digits.len();
                let mut rest = number.unsigned_abs();
                loop {
                    at -= 1;
                    digits[at] = b'0' + (rest % 10) as u8;
                    rest /= 10;
                    if rest == 0 {
                        break;
                    }
                }
                if *number < 0 {
                    out.push('-');
                }
                out.extend(digits.iter().skip(at).map(|digit| char::from(*digit)));
            }
            Some(Part::S(text)) => out.push_str(text),
            Some(Part::Q(text)) => quote(out, text),
            Some(Part::X(text)) => crate::show::escape(out, text),
            None => {}
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

    #[test]
    fn parts_are_put_in_their_places() {
        let mut out = String::new();
        let numbers = [Part::N(0), Part::N(-70), Part::N(i64::MAX), Part::N(i64::MIN)];
        put(&mut out, "%,%,%,%", &numbers);
        put(&mut out, " <%> % %%", &[Part::X("a&b"), Part::Q("c\"d"), Part::S("e")]);
        assert_eq!(out, "0,-70,9223372036854775807,-9223372036854775808 <a&amp;b> \"c\\\"d\" e");
    }
}
