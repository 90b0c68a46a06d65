//! Colours for listings, made while building: no script, nothing to load.

use super::markdown::escape;

/// The words that Rust keeps for itself.
const KEYWORDS: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false", "fn",
    "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self", "Self",
    "static", "struct", "super", "trait", "true", "type", "unsafe", "use", "where", "while",
];

/// `code` as HTML with `<span class="…">` around what deserves a colour.
#[must_use]
pub(super) fn highlight(language: &str, code: &str) -> String {
    match language {
        "rust" => rust(code),
        "console" | "shell" | "bash" | "sh" => lines(code, console_line),
        "toml" => lines(code, toml_line),
        "sock" => lines(code, sock_line),
        _ => escape(code),
    }
}

fn lines(code: &str, line: fn(&str, &mut String)) -> String {
    let mut out = String::new();
    for one in code.split_inclusive('\n') {
        let (body, end) = one.strip_suffix('\n').map_or((one, ""), |body| (body, "\n"));
        line(body, &mut out);
        out.push_str(end);
    }
    out
}

/// A prompt is what nobody types, the rest of its line is.
fn console_line(line: &str, out: &mut String) {
    match line.split_once("$ ") {
        Some(("", command)) => {
            span(out, "c", "$ ");
            span(out, "f", command);
        }
        _ if line.starts_with('#') => span(out, "c", line),
        _ => out.push_str(&escape(line)),
    }
}

/// Words of socket scripts that are no calls.
const SOCK_WORDS: &[&str] = &[
    "because",
    "count",
    "delay",
    "drop",
    "duplicate",
    "end",
    "every",
    "from",
    "host",
    "limit",
    "link",
    "loss",
    "on",
    "queue",
    "queued",
    "rate",
    "reorder",
    "repeat",
    "router",
    "see",
    "wait",
];

/// A line of a socket script or of its transcript. `experiment-editor.js`
/// colours what a reader types in the same way.
fn sock_line(line: &str, out: &mut String) {
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let (class, length) = match first {
            '#' => ("c", rest.len()),
            '"' => ("s", string_length(rest).unwrap_or(rest.len())),
            '-' if rest.starts_with("->") => ("k", 2),
            c if c.is_ascii_digit() => {
                ("n", rest.find(|c: char| !c.is_ascii_alphanumeric() && !".:%".contains(c)).unwrap_or(rest.len()))
            }
            c if c.is_alphabetic() => {
                let end = rest.find(|c: char| !c.is_alphanumeric() && !"_-".contains(c)).unwrap_or(rest.len());
                let word = &rest[..end];
                let constant = word.len() > 1 && !word.contains(|c: char| c.is_lowercase());
                let class = if rest[end..].starts_with('(') {
                    "f"
                } else if SOCK_WORDS.contains(&word) {
                    "k"
                } else if constant {
                    "t"
                } else {
                    ""
                };
                (class, end)
            }
            c => ("", c.len_utf8()),
        };
        let (token, tail) = rest.split_at(length);
        match class {
            "" => out.push_str(&escape(token)),
            class => span(out, class, token),
        }
        rest = tail;
    }
}

fn toml_line(line: &str, out: &mut String) {
    if line.trim_start().starts_with('#') {
        span(out, "c", line);
    } else if line.trim_start().starts_with('[') {
        span(out, "k", line);
    } else if let Some((key, value)) = line.split_once('=') {
        span(out, "t", key);
        out.push('=');
        span(out, "s", value);
    } else {
        out.push_str(&escape(line));
    }
}

fn span(out: &mut String, class: &str, text: &str) {
    out.push_str("<span class=\"");
    out.push_str(class);
    out.push_str("\">");
    out.push_str(&escape(text));
    out.push_str("</span>");
}

fn rust(code: &str) -> String {
    let mut out = String::with_capacity(code.len() * 2);
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let (class, length) = rust_token(first, rest);
        let (token, tail) = rest.split_at(length);
        match class {
            "" => out.push_str(&escape(token)),
            class => span(&mut out, class, token),
        }
        rest = tail;
    }
    out
}

/// The class and the length in bytes of the token at the start of `rest`.
fn rust_token(first: char, rest: &str) -> (&'static str, usize) {
    if rest.starts_with("//") {
        return ("c", rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return ("c", rest.find("*/").map_or(rest.len(), |at| at + 2));
    }
    if rest.starts_with("#[") || rest.starts_with("#![") {
        return ("a", rest.find(']').map_or(rest.len(), |at| at + 1));
    }
    if let Some(length) = string_length(rest) {
        return ("s", length);
    }
    if first.is_ascii_digit() {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        return ("n", end);
    }
    if first.is_alphabetic() || first == '_' {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        return (word_class(&rest[..end], &rest[end..]), end);
    }
    if first == '\'' {
        return quote(rest);
    }
    ("", first.len_utf8())
}

fn word_class(word: &str, after: &str) -> &'static str {
    if KEYWORDS.contains(&word) {
        "k"
    } else if after.starts_with('!') && !after.starts_with("!=") {
        "m"
    } else if word.starts_with(char::is_uppercase) {
        "t"
    } else if after.starts_with('(') {
        "f"
    } else {
        ""
    }
}

/// Length of a string literal (`"…"`, `b"…"`, `r#"…"#`), if one starts here.
fn string_length(rest: &str) -> Option<usize> {
    let prefix = rest.len() - rest.trim_start_matches(['b', 'c', 'r']).len();
    if prefix > 2 {
        return None;
    }
    let raw = rest[..prefix].contains('r');
    let hashes = if raw { rest[prefix..].bytes().take_while(|&byte| byte == b'#').count() } else { 0 };
    let open = prefix + hashes;
    if !rest[open..].starts_with('"') {
        return None;
    }
    let body = &rest[open + 1..];
    if raw {
        let close = format!("\"{}", "#".repeat(hashes));
        return Some(body.find(&close).map_or(rest.len(), |at| open + 1 + at + close.len()));
    }
    let mut escaped = false;
    for (at, byte) in body.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(open + 1 + at + 1),
            _ => {}
        }
    }
    Some(rest.len())
}

/// A character literal or a lifetime.
fn quote(rest: &str) -> (&'static str, usize) {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => ("s", rest[2..].find('\'').map_or(rest.len(), |at| at + 3)),
        Some((_, c)) => match chars.next() {
            Some((at, '\'')) => ("s", at + 1),
            _ if c.is_alphabetic() || c == '_' => {
                let end = rest[1..].find(|c: char| !c.is_alphanumeric() && c != '_').map_or(rest.len(), |at| at + 1);
                ("a", end)
            }
            _ => ("", 1),
        },
        None => ("", 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text behind the colours.
    fn plain(html: &str) -> String {
        let mut out = String::new();
        let mut inside = false;
        for c in html.chars() {
            match c {
                '<' => inside = true,
                '>' if inside => inside = false,
                _ if !inside => out.push(c),
                _ => {}
            }
        }
        super::super::markdown::unescape(&out)
    }

    #[test]
    fn colours_change_no_character() {
        let code = "#[test]\nfn a<'a>(x: &'a str) -> Vec<u8> {\n    let q = b\"\\\"x\"; // \"no\n    \
                    println!(\"{}\", r#\"a\"b\"#);\n    let c = '\\''; let d = '가'; 0x1f_u8 != 3\n}\n/* open";
        assert_eq!(plain(&highlight("rust", code)), code);
        let console = "$ cargo test\nok > all\n# note";
        assert_eq!(plain(&highlight("console", console)), console);
    }

    #[test]
    fn a_quote_inside_a_comment_opens_no_string() {
        assert_eq!(highlight("rust", "// \"\nlet"), "<span class=\"c\">// &quot;</span>\n<span class=\"k\">let</span>");
    }
}
