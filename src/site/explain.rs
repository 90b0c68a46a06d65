//! Terms explained where a page first uses them.
//!
//! The word becomes a link to the page of all terms, with its definition in an
//! attribute for a script to show: no text in the sentence that a search, a copy
//! or a screen reader would stumble over, and some sixty compressed bytes a term.
//! A link and no button: what is inline is not torn from a Korean particle
//! behind it, and without a script it still leads to the explanation.

use std::collections::BTreeMap;

use crate::book::glossary::{Glossary, Term};
use crate::book::words::nouns;
use crate::text::Lang;

use super::kept::{Keep, Reader, Writer};
use super::markdown::{escape, inline};

/// Elements in which no word is explained: headings and what is pressed, code,
/// and what is folded, where a first use may never be seen.
const LEFT_OUT: &[&str] = &[
    "h1", "h2", "h3", "h4", "h5", "h6", "a", "button", "code", "pre", "kbd", "summary", "details", "th", "svg", "style",
];

/// The section that asks before anything is explained: a definition may well be
/// the answer.
const QUESTION: &str = "question";

/// Elements that hold sentences.
const SENTENCES: &[&str] = &["p", "li", "td", "dd"];

/// Elements that have no end.
const VOID: &[&str] = &["br", "hr", "img", "input", "wbr", "source", "col", "meta", "link"];

/// How the list of all terms begins.
pub(super) const LIST: &str = "<dl class=\"terms\"";

/// Stands in that list for the place where a term is used first; its id follows.
pub(super) const FIRST: &str = "<!--first:";

/// Where each term is used first, as far as the pages were looked at in the
/// order in which they are read.
#[derive(Debug, Default)]
pub(super) struct Uses(BTreeMap<String, String>);

impl Uses {
    /// Keeps what `page` is the first to use.
    pub(super) fn add(&mut self, page: &str, uses: &[(String, String)]) {
        for (term, section) in uses {
            let address = if section.is_empty() { page.to_string() } else { format!("{page}#{section}") };
            self.0.entry(term.clone()).or_insert(address);
        }
    }

    /// Puts the places into the list of all terms; `link` knows address and
    /// name of one.
    pub(super) fn fill(&self, html: &str, link: impl Fn(&str) -> Option<(String, String)>) -> String {
        let mut pieces = html.split(FIRST);
        let mut out = pieces.next().unwrap_or_default().to_string();
        for piece in pieces {
            let (id, rest) = piece.split_once("-->").unwrap_or(("", piece));
            // The words around stand between two marks of their own.
            let (words, rest) = rest.split_once("<!--/first-->").unwrap_or(("", rest));
            if let Some((address, name)) = self.0.get(id).and_then(|at| link(at)) {
                out.push_str(&words.replace("<a>", &format!("<a href=\"{address}\">{}", escape(&name))));
            }
            out.push_str(rest);
        }
        out
    }
}

/// A chapter with its terms explained: its HTML, and each term with the section
/// that uses it first.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Explained {
    pub(super) html: String,
    pub(super) uses: Vec<(String, String)>,
}

impl Keep for Explained {
    fn write(&self, out: &mut Writer) {
        let (terms, sections): (Vec<String>, Vec<String>) = self.uses.iter().cloned().unzip();
        out.text(&self.html);
        out.texts(&terms);
        out.texts(&sections);
    }

    fn read(from: &mut Reader<'_>) -> Option<Explained> {
        let (html, terms, sections) = (from.text()?, from.texts()?, from.texts()?);
        let uses = terms.into_iter().zip(sections).collect();
        Some(Explained { html, uses })
    }
}

/// Explains the terms of `glossary` in `html`, a chapter as mdBook made it,
/// before cards are in; `page` is the address of the page of all terms.
pub(super) fn explain(html: &str, glossary: &Glossary, lang: Lang, page: &str) -> Explained {
    let lower = html.to_ascii_lowercase();
    let words = glossary.term.iter().map(|term| (term, term.word(lang).to_ascii_lowercase()));
    let met: Vec<(&Term, String)> = words.filter(|(_, word)| lower.contains(word)).collect();
    let mut left: Vec<&Term> = met.iter().map(|(term, _)| *term).filter(|term| !term.everyday).collect();
    let mut out = Explained { html: String::with_capacity(html.len() + 8192), uses: Vec::new() };
    let mut open: Vec<&str> = Vec::new();
    let mut section = "";
    for piece in html.split_inclusive('>') {
        let (text, tag) = piece.split_once('<').unwrap_or((piece, ""));
        let is_prose =
            open.iter().any(|name| SENTENCES.contains(name)) && !open.iter().any(|name| LEFT_OUT.contains(name));
        match is_prose && section != QUESTION && !text.trim().is_empty() && !left.is_empty() {
            true => explain_text(&mut out, text, &mut left, &met, lang, page, section),
            false => out.html.push_str(text),
        }
        out.html.push_str(&piece[text.len()..]);
        let name = tag.trim_start_matches('/').split([' ', '>', '\n', '/']).next().unwrap_or_default();
        if let Some(end) = tag.strip_prefix('/') {
            let end = end.trim_end_matches('>').trim();
            if let Some(at) = open.iter().rposition(|name| *name == end) {
                open.truncate(at);
            }
        } else if !name.is_empty() && !name.starts_with('!') && !VOID.contains(&name) && !tag.ends_with("/>") {
            open.push(name);
            if name.len() == 2 && name.starts_with('h') {
                section = tag.split("id=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or(section);
            }
        }
    }
    out
}

/// Explains what `text` is the first to use.
fn explain_text(
    out: &mut Explained,
    text: &str,
    left: &mut Vec<&Term>,
    met: &[(&Term, String)],
    lang: Lang,
    page: &str,
    section: &str,
) {
    // Most texts hold none of the terms, which is found out fastest this way.
    let lower = text.to_ascii_lowercase();
    let here: Vec<&Term> = met.iter().filter(|(_, word)| lower.contains(word)).map(|(term, _)| *term).collect();
    let mut hits = Vec::new();
    for term in left.iter().filter(|term| here.iter().any(|other| other.id == term.id)) {
        let word = term.word(lang);
        // `raw socket` is not `socket`.
        let longer = here.iter().map(|other| other.word(lang)).filter(|other| other.len() > word.len());
        let longer: Vec<_> = longer.flat_map(|other| nouns(text, other, lang)).collect();
        let found = nouns(text, word, lang);
        let first =
            found.into_iter().find(|hit| !longer.iter().any(|other| other.start <= hit.start && hit.end <= other.end));
        hits.extend(first.map(|hit| (hit, *term)));
    }
    hits.sort_by_key(|(hit, _)| hit.start);
    let mut at = 0;
    for (hit, term) in hits {
        if hit.start < at {
            continue;
        }
        out.html.push_str(&text[at..hit.start]);
        put!(
            out.html,
            "<a class=\"term\" href=\"{page}#{id}\" data-definition=\"{means}\">{word}</a>",
            id = escape(&term.id),
            means = means(term, lang),
            word = &text[hit.clone()],
        );
        at = hit.end;
        left.retain(|other| other.id != term.id);
        out.uses.push((term.id.clone(), section.to_string()));
    }
    out.html.push_str(&text[at..]);
}

/// The definition as plain text for an attribute.
fn means(term: &Term, lang: Lang) -> String {
    let html = inline(term.definition.get(lang));
    let text: String = html.split('>').map(|piece| piece.split('<').next().unwrap_or_default()).collect();
    text.replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data;

    const TERMS: &str = r#"
[[term]]
id = "raw-socket"
en = "raw socket"
ko = "원시 소켓"
definition = { en = "One for `IP` & more.", ko = "IP를 씁니다." }
[[term]]
id = "socket"
en = "socket"
ko = "소켓"
definition = { en = "An \"end\".", ko = "끝입니다." }
[[term]]
id = "data"
en = "data"
ko = "데이터"
everyday = true
definition = { en = "Bytes.", ko = "바이트입니다." }
"#;

    fn explained(html: &str, lang: Lang) -> Explained {
        let glossary: Glossary = data::parse(std::path::Path::new("x"), TERMS).unwrap();
        explain(html, &glossary, lang, "t.html")
    }

    fn is_left(html: &str) {
        assert_eq!(explained(html, Lang::En).html, html);
    }

    #[test]
    fn the_first_use_of_a_page_is_explained_and_no_other() {
        let html =
            "<h2 id=\"a\">Socket</h2><p>A raw socket and <em>Sockets</em>, data, a socket.</p><p>A raw socket.</p>";
        let found = explained(html, Lang::En);
        assert_eq!(
            found.html,
            "<h2 id=\"a\">Socket</h2><p>A <a class=\"term\" href=\"t.html#raw-socket\" data-definition=\"One for IP &amp; \
             more.\">raw socket</a> and <em><a class=\"term\" href=\"t.html#socket\" data-definition=\"An “end”.\">Sockets</a>\
             </em>, data, a socket.</p><p>A raw socket.</p>"
        );
        let both = [("raw-socket", "a"), ("socket", "a")].map(|(id, at)| (id.to_string(), at.to_string()));
        assert_eq!(found.uses, both);
    }

    #[test]
    fn the_form_of_a_first_use_and_its_particle_stay_whole() {
        let found = explained("<p>소켓통신이 아니라 <strong>소켓</strong>(socket)을</p>", Lang::Ko);
        assert_eq!(
            found.html,
            "<p>소켓통신이 아니라 <strong><a class=\"term\" href=\"t.html#socket\" data-definition=\"끝입니다.\">소켓</a></strong>(socket)을</p>"
        );
    }

    #[test]
    fn code_links_headings_and_what_is_folded_are_left_alone() {
        is_left("<p><code>socket</code> <a href=\"x\">a socket</a> <img alt=\"socket\"></p><h3>socket</h3>");
        is_left("<pre><code>socket</code></pre><details><summary>socket</summary><p>socket</p></details>");
        is_left("<div data-card=\"1\"></div><table><thead><tr><th>socket</th></tr></thead></table>");
        is_left("<h2 id=\"question\">socket</h2><p>What is a socket?</p>");
        is_left("<p>websocket</p><p title=\"socket\">x</p>");
    }
}
