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
        "text" if !has_columns(code) => code.split_inclusive('\n').map(said).collect(),
        "capture" => code.split_inclusive('\n').map(packet).collect(),
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

/// Something stands below something else, and would not if lines were broken.
fn has_columns(code: &str) -> bool {
    code.lines().any(|line| line.trim().contains("  "))
}

/// A line of a transcript: on a narrow page it goes on below.
fn said(line: &str) -> String {
    format!("<span class=\"said-line\">{}</span>", escape(line))
}

/// A line of a capture, which may be longer than a page is wide: it goes on
/// below, set in, and breaks between two fields.
fn packet(line: &str) -> String {
    let mut out = String::from("<span class=\"packet\">");
    let mut fields = line.split(' ').peekable();
    while let Some(field) = fields.next() {
        let mut whole = field.to_string();
        // `10.0.0.1 → 10.0.0.2` and `[SYN, ACK]` are one field each.
        let goes_on = |whole: &str, next: &str| {
            let flags = whole.strip_prefix('[').is_some_and(|flags| flags.ends_with(','));
            flags || next == "→" || whole.ends_with('→')
        };
        while let Some(next) = fields.next_if(|next| goes_on(&whole, next)) {
            whole.push(' ');
            whole.push_str(next);
        }
        if whole == field {
            out.push_str(&escape(field));
        } else {
            span(&mut out, "whole", &whole);
        }
        if fields.peek().is_some() {
            out.push(' ');
        }
    }
    out.push_str("</span>");
    out
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
    fn a_transcript_may_be_broken_and_a_table_not() {
        let transcript = String::from("server: read() → 5 \"<b>\"\n        open: [3]\n");
        let html = highlight("text", &transcript);
        assert_eq!((plain(&html), html.matches("said-line").count()), (transcript, 2));
        assert_eq!(highlight("text", "State   Recv-Q\nLISTEN  1\n"), "State   Recv-Q\nLISTEN  1\n");
    }

    #[test]
    fn a_packet_breaks_between_its_fields() {
        let capture = "1 0.0 10.0.0.1 → 10.0.0.2 TCP 80 → 9 [SYN, ACK] Seq=0 [a word] <b>\n2 0.1 [ACK]\n";
        let html = highlight("capture", capture);
        assert_eq!(plain(&html), capture);
        for whole in ["10.0.0.1 → 10.0.0.2", "80 → 9", "[SYN, ACK]"] {
            assert!(html.contains(&format!("<span class=\"whole\">{whole}</span>")), "{html}");
        }
        assert_eq!((html.matches("\"whole\"").count(), html.matches("\"packet\"").count()), (3, 2), "{html}");
    }

    #[test]
    fn a_quote_inside_a_comment_opens_no_string() {
        assert_eq!(highlight("rust", "// \"\nlet"), "<span class=\"c\">// &quot;</span>\n<span class=\"k\">let</span>");
    }
}
