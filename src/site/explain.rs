//! Terms of the glossary in running text: the first use on a page is a link to
//! the definition, and carries it for a script to show.
//!
//! A link and no button: what is inline is not torn from a Korean particle
//! behind it, and without a script it still leads to the explanation.

use super::markdown::{block, escape};
use super::outline::href;
use crate::book::glossary::{Glossary, Term};
use crate::book::words::occurrences;
use crate::text::Lang;

/// The page of all terms.
const PAGE: &str = "glossary";

/// What holds no running text, or is a link already.
const CLOSED: &[&str] = &[
    "a", "code", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "summary", "svg", "script", "style", "th", "kbd", "button",
];

/// `html` of the chapter `page`, before its cards are put in, with its first
/// uses of terms explained.
pub(super) fn explain(html: &str, page: &str, lang: Lang, glossary: &Glossary) -> String {
    // A longer term first: a listening socket is more than a socket.
    let mut left: Vec<(&Term, String)> = glossary
        .term
        .iter()
        .filter(|term| !term.everyday)
        .map(|term| (term, word(term, lang).to_lowercase()))
        .collect();
    left.sort_by_key(|(_, word)| std::cmp::Reverse(word.len()));
    let mut out = String::with_capacity(html.len() + 8 * 1024);
    let mut closed = 0_usize;
    for piece in html.split_inclusive('>') {
        let (text, tag) = piece.split_once('<').unwrap_or((piece, ""));
        match closed {
            0 => out.push_str(&explain_text(text, page, lang, &mut left)),
            _ => out.push_str(text),
        }
        if text.len() == piece.len() {
            continue;
        }
        out.push('<');
        out.push_str(tag);
        let (ends, name) = tag.strip_prefix('/').map_or((false, tag), |name| (true, name));
        let name = name.split([' ', '>', '/', '\n']).next().unwrap_or_default();
        if CLOSED.contains(&name) {
            closed = if ends { closed.saturating_sub(1) } else { closed + 1 };
        }
    }
    out
}

fn word(term: &Term, lang: Lang) -> &str {
    match lang {
        Lang::En => &term.en,
        Lang::Ko => &term.ko,
    }
}

/// A piece of text between two tags; what is explained here is no longer left.
fn explain_text(text: &str, page: &str, lang: Lang, left: &mut Vec<(&Term, String)>) -> String {
    // Lower case must not move anything.
    let lower = text.to_ascii_lowercase();
    let mut found: Vec<(std::ops::Range<usize>, &Term)> = Vec::new();
    for (term, word) in left.iter() {
        let free = |hit: &std::ops::Range<usize>| {
            found.iter().all(|(other, _)| hit.end <= other.start || other.end <= hit.start)
        };
        if let Some(hit) = occurrences(&lower, word, lang).into_iter().find(free) {
            found.push((hit, term));
        }
    }
    if found.is_empty() {
        return text.to_string();
    }
    left.retain(|(term, _)| !found.iter().any(|(_, other)| other.id == term.id));
    found.sort_by_key(|(hit, _)| hit.start);
    let mut out = String::with_capacity(text.len() + found.len() * 256);
    let mut from = 0;
    for (hit, term) in found {
        put!(
            out,
            "{}<a class=\"term\" href=\"{}\" data-definition=\"{}\">{}</a>",
            &text[from..hit.start],
            href(page, &format!("{PAGE}#{}", term.id)),
            escape(&plain(term.definition.get(lang))),
            &text[hit.clone()]
        );
        from = hit.end;
    }
    out.push_str(&text[from..]);
    out
}

/// A definition without its marks.
fn plain(definition: &str) -> String {
    let html = block(definition);
    let text: String = html.split_inclusive('>').map(|piece| piece.split('<').next().unwrap_or_default()).collect();
    super::markdown::unescape(text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glossary() -> Glossary {
        toml::from_str(
            "[[term]]\nid = \"socket\"\nen = \"socket\"\nko = \"소켓\"\ndefinition = { en = \"An `end` & more.\", ko = \"끝\" }\n\
             [[term]]\nid = \"listening-socket\"\nen = \"listening socket\"\nko = \"리스닝 소켓\"\n\
             definition = { en = \"It waits.\", ko = \"기다립니다.\" }\n\
             [[term]]\nid = \"peer\"\nen = \"peer\"\nko = \"상대\"\neveryday = true\ndefinition = { en = \"It.\", ko = \"끝\" }\n",
        )
        .unwrap()
    }

    #[test]
    fn the_first_use_is_explained_and_no_other() {
        let html = explain(
            "<h1>socket</h1><p><code>socket</code> Two <b>Sockets</b>, a socket, a peer.</p>",
            "tcp/a",
            Lang::En,
            &glossary(),
        );
        assert_eq!(
            html,
            "<h1>socket</h1><p><code>socket</code> Two <b><a class=\"term\" href=\"../glossary.html#socket\" \
             data-definition=\"An end &amp; more.\">Socket</a>s</b>, a socket, a peer.</p>"
        );
    }

    #[test]
    fn a_particle_stays_and_the_longer_term_wins() {
        let html = explain("<p>리스닝 소켓은 <a href=\"x\">소켓</a>입니다. 소켓을</p>", "a", Lang::Ko, &glossary());
        assert_eq!(
            html,
            "<p><a class=\"term\" href=\"glossary.html#listening-socket\" data-definition=\"기다립니다.\">리스닝 소켓</a>은 \
             <a href=\"x\">소켓</a>입니다. <a class=\"term\" href=\"glossary.html#socket\" data-definition=\"끝\">소켓</a>을</p>"
        );
    }
}
