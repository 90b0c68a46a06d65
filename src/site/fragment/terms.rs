//! The glossary as a page.

use super::Cards;
use crate::site::explain::{FIRST, LIST};
use crate::site::markdown::{escape, inline};

/// Every term, in the order of the edition's own words.
pub(super) fn all(cards: &Cards<'_>) -> String {
    let (lang, twin) = (cards.lang, cards.lang.twin());
    let mut terms: Vec<_> = cards.project.glossary.term.iter().collect();
    terms.sort_by_key(|term| term.word(lang).to_lowercase());
    let mut out = format!("{LIST}>");
    for term in terms {
        // `ACK` is the same word everywhere.
        let other = if term.word(twin) == term.word(lang) { "" } else { term.word(twin) };
        put!(
            out,
            "<div id=\"{id}\"><dt><a class=\"header\" href=\"#{id}\">{own}</a> <span class=\"twin\" lang=\"{twin}\">{other}</span></dt>\
             <dd>{definition}</dd>",
            id = escape(&term.id),
            own = escape(term.word(lang)),
            twin = twin.code(),
            other = escape(other),
            definition = inline(term.definition.get(lang)),
        );
        let rivals = term.rivals(lang);
        if !rivals.is_empty() {
            let rivals: Vec<_> = rivals.iter().map(|rival| escape(rival)).collect();
            put!(
                out,
                "<dd class=\"fine\"><span class=\"label\">{}</span> {}</dd>",
                cards.say("site.terms.rivals"),
                rivals.join(", ")
            );
        }
        // Where that is, is known when all pages are made.
        put!(
            out,
            "{FIRST}{}--><dd class=\"fine\"><span class=\"label\">{}</span> <a></a></dd><!--/first--></div>",
            escape(&term.id),
            cards.say("site.terms.first")
        );
    }
    out.push_str("</dl>");
    out
}
