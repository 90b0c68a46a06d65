//! The glossary as a page.

use super::Cards;
use crate::book::glossary::Term;
use crate::site::markdown::{escape, inline};
use crate::text::Lang;

/// Every term, in the order of the edition's own words.
pub(super) fn all(cards: &Cards<'_>) -> String {
    let words = |term: &Term| match cards.lang {
        Lang::En => (term.en.clone(), term.ko.clone()),
        Lang::Ko => (term.ko.clone(), term.en.clone()),
    };
    let mut terms: Vec<_> = cards.project.glossary.term.iter().map(|term| (words(term), term)).collect();
    terms.sort_by_key(|((own, _), _)| own.to_lowercase());
    let twin = cards.lang.twin().code();
    let mut out = String::from("<dl class=\"terms\">");
    for ((own, other), term) in terms {
        // `ACK` is the same word everywhere.
        let other = if other == own { String::new() } else { other };
        put!(
            out,
            "<div id=\"{id}\"><dt>{own} <span class=\"twin\" lang=\"{twin}\">{other}</span></dt><dd>{definition}</dd></div>",
            id = escape(&term.id),
            own = escape(&own),
            other = escape(&other),
            definition = inline(term.definition.get(cards.lang)),
        );
    }
    out.push_str("</dl>");
    out
}
