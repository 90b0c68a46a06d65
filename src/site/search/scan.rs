//! Sections of a chapter as plain text.

use std::collections::BTreeSet;

use crate::site::kept::{Keep, Reader, Writer};
use crate::site::markdown::unescape;

/// What stands between one heading and the next.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::site) struct Section {
    /// The id of its heading; empty for what stands before the first.
    pub(in crate::site) id: String,
    /// `h1`, `h2`, …
    pub(in crate::site) kind: &'static str,
    /// Its heading.
    pub(in crate::site) title: String,
    /// Its text; a line break where a block ends.
    pub(in crate::site) text: String,
    /// Its listings.
    pub(in crate::site) code: String,
}

impl Keep for Vec<Section> {
    fn write(&self, out: &mut Writer) {
        out.number(self.len());
        for Section { id, kind, title, text, code } in self {
            [id, *kind, title, text, code].into_iter().for_each(|part| out.text(part));
        }
    }

    fn read(from: &mut Reader<'_>) -> Option<Vec<Section>> {
        let sections = (0..from.number()?).map(|_| {
            let (id, kind) = (from.text()?, from.text()?);
            let kind = if kind.is_empty() { "" } else { HEADINGS.into_iter().find(|heading| *heading == kind)? };
            Some(Section { id, kind, title: from.text()?, text: from.text()?, code: from.text()? })
        });
        sections.collect()
    }
}

/// The headings that begin a section.
const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];

/// What a word goes through: any other tag ends it.
const INSIDE_A_WORD: &[&str] =
    &["a", "abbr", "b", "code", "del", "em", "i", "kbd", "mark", "s", "small", "span", "strong", "sub", "sup", "u"];

/// Where text goes at the moment.
#[derive(Clone, Copy)]
enum Into {
    Title,
    Text,
    Code,
}

/// The sections of `html`, as mdBook writes it. Drawings, scripts, styles and
/// the numbers of settled claims hold no text to be found.
pub(in crate::site) fn sections(html: &str) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut section = Section::default();
    let mut into = Into::Text;
    let mut rest = html;
    loop {
        let (text, tag) = rest.split_once('<').unwrap_or((rest, ""));
        section.add(into, text);
        if tag.is_empty() {
            break;
        }
        if let Some(comment) = tag.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        rest = after;
        let is_end = tag.starts_with('/');
        let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        match name {
            "svg" | "script" | "style" if !is_end => {
                let end = format!("</{name}>");
                rest = rest.split_once(&end).map_or("", |(_, rest)| rest);
            }
            "details" if !is_end && tag.contains("class=\"settled\"") => {
                section.end_block(into);
                rest = rest.split_once("</details>").map_or("", |(_, rest)| rest);
            }
            // Nobody looks for the clocks and numbers of packets.
            "pre" if rest.starts_with("<code class=\"language-capture") => {
                section.end_block(into);
                rest = rest.split_once("</pre>").map_or("", |(_, rest)| rest);
            }
            "pre" => {
                section.end_block(into);
                into = if is_end { Into::Text } else { Into::Code };
            }
            _ => match HEADINGS.iter().find(|&&heading| heading == name) {
                Some(_) if is_end => into = Into::Text,
                Some(&kind) => {
                    section.close(&mut sections);
                    let id = tag.split_once("id=\"").and_then(|(_, id)| id.split_once('"')).map_or("", |(id, _)| id);
                    section = Section { id: unescape(id), kind, ..Section::default() };
                    into = Into::Title;
                }
                None if INSIDE_A_WORD.contains(&name) => {}
                None => section.end_block(into),
            },
        }
    }
    section.close(&mut sections);
    sections
}

impl Section {
    fn part(&mut self, into: Into) -> &mut String {
        match into {
            Into::Title => &mut self.title,
            Into::Text => &mut self.text,
            Into::Code => &mut self.code,
        }
    }

    /// Adds text, with its spaces and line breaks as a reader sees them.
    fn add(&mut self, into: Into, html: &str) {
        let part = self.part(into);
        let is_code = matches!(into, Into::Code);
        for c in unescape(html).chars() {
            match c {
                '\n' if is_code => {
                    if !part.is_empty() && !part.ends_with('\n') {
                        part.push('\n');
                    }
                }
                // Typed quotation marks are straight.
                '“' | '”' => part.push('"'),
                '‘' | '’' => part.push('\''),
                c if c.is_whitespace() => {
                    if !part.is_empty() && !part.ends_with([' ', '\n']) {
                        part.push(' ');
                    }
                }
                c => part.push(c),
            }
        }
    }

    fn end_block(&mut self, into: Into) {
        let part = self.part(into);
        part.truncate(part.trim_end_matches(' ').len());
        if !part.is_empty() && !part.ends_with('\n') {
            part.push('\n');
        }
    }

    fn close(&mut self, sections: &mut Vec<Section>) {
        for part in [&mut self.title, &mut self.text] {
            part.truncate(part.trim_end().len());
        }
        self.code = worth_finding(&self.code);
        if !(self.title.is_empty() && self.text.is_empty() && self.code.is_empty()) {
            sections.push(std::mem::take(self));
        }
    }
}

/// `code` without the lines that say nothing, or nothing new: nobody looks for a
/// brace, and one find of a line is enough.
pub(super) fn worth_finding(code: &str) -> String {
    let mut said = BTreeSet::new();
    let lines = code.lines().map(str::trim_end);
    let lines = lines.filter(|line| line.contains(char::is_alphanumeric) && said.insert(*line));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_have_title_text_and_code_apart() {
        let html = "<h1 id=\"t\"><a class=\"header\" href=\"#t\">A <code>b()</code>&amp;c</a></h1>\n<p>One  “two”\n three.</p>\
                    <ul><li>x</li><li><em>y</em>z</li></ul><pre><code class=\"language-rust\">let a;\n\n  b &lt; 1;\n</code></pre>\
                    <svg><text>no</text></svg><!-- <p>no</p> --><h2 id=\"u\">U</h2>";
        let found = sections(html);
        assert_eq!(
            found,
            [
                Section {
                    id: "t".into(),
                    kind: "h1",
                    title: "A b()&c".into(),
                    text: "One \"two\" three.\nx\nyz".into(),
                    code: "let a;\nb < 1;".into(),
                },
                Section { id: "u".into(), kind: "h2", title: "U".into(), ..Section::default() },
            ]
        );
    }

    #[test]
    fn packets_are_not_looked_for() {
        let found = sections("<p>a</p><pre><code class=\"language-capture\">1 0.0 TSval=7\n</code></pre><p>b</p>");
        assert_eq!((found[0].text.as_str(), found[0].code.as_str()), ("a\nb", ""));
    }

    #[test]
    fn code_is_kept_once_and_without_mere_braces() {
        let found = sections("<pre>{\n  read();\n  read();\n}</pre><p>and</p><pre>read();\n</pre>");
        assert_eq!(found[0].code, "read();");
    }

    #[test]
    fn numbers_of_settled_claims_are_left_out() {
        let html = "<p>before</p><details class=\"settled\"><summary>Claims settled here</summary><p><a>0-3</a></p></details>\
                    <details><summary>What happened</summary><p>this</p></details>";
        assert_eq!(sections(html)[0].text, "before\nWhat happened\nthis");
    }

    #[test]
    fn text_without_a_heading_is_not_lost() {
        assert_eq!(sections("only <b>this</b>")[0].text, "only this");
        assert_eq!(sections(""), []);
        assert_eq!(sections("<p")[..], []);
    }
}
