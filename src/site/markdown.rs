//! The small pieces of Markdown and HTML that data files and cards are made of.

use std::borrow::Cow;

use pulldown_cmark::{Options, Parser, html};

/// Markdown from a data file as HTML blocks.
#[must_use]
pub(super) fn block(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_SMART_PUNCTUATION;
    let mut out = String::new();
    let markdown = one_line(markdown);
    html::push_html(&mut out, Parser::new_ext(&markdown, options));
    out.trim_end().to_string()
}

/// An answer such as `0. The end` or `- 1` is a sentence, not a list: a text
/// of one line is always a paragraph.
fn one_line(markdown: &str) -> Cow<'_, str> {
    let text = markdown.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if text.contains('\n') {
        return Cow::Borrowed(markdown);
    }
    if digits > 0 && text[digits..].starts_with(['.', ')']) {
        return Cow::Owned(format!("{}\\{}", &text[..digits], &text[digits..]));
    }
    if text.starts_with(['-', '+', '#', '>']) || text.starts_with("* ") {
        return Cow::Owned(format!("\\{text}"));
    }
    Cow::Borrowed(text)
}

/// Markdown of one paragraph without the paragraph around it, for a heading
/// or a label; several paragraphs stay as they are.
#[must_use]
pub(super) fn inline(markdown: &str) -> String {
    let html = block(markdown);
    match html.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>")) {
        Some(inner) if !inner.contains("<p>") => inner.to_string(),
        _ => html,
    }
}

/// `text` as HTML text or attribute value.
#[must_use]
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(char),
        }
    }
    out
}

/// The text behind the entities that mdBook's serializer writes.
#[must_use]
pub(super) fn unescape(html: &str) -> String {
    // `&amp;` last: `&amp;lt;` is the text `&lt;`.
    html.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_has_no_paragraph_of_its_own() {
        assert_eq!(inline("a `b` c"), "a <code>b</code> c");
        assert!(inline("one\n\ntwo").contains("<p>two</p>"));
        assert_eq!(inline("0. The end"), "0. The end");
        assert_eq!(inline("-1, and `b`"), "-1, and <code>b</code>");
        assert!(block("- a\n- b").starts_with("<ul>"));
    }

    #[test]
    fn escaping_is_undone_exactly() {
        let text = "a < b && \"c\" > &lt;";
        assert_eq!(unescape(&escape(text)), text);
    }
}
