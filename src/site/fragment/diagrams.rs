//! Diagrams: an inline SVG and a caption.

use super::Cards;
use crate::diagram::Diagram;
use crate::site::markdown::{escape, inline};

/// One diagram on a page; `None` if there is none of that name.
pub(super) fn one(cards: &Cards<'_>, name: &str, caption: &str) -> Option<String> {
    let diagram = cards.project.diagrams.by_name.get(name)?;
    Some(figure(cards, name, diagram, &cards.id(&format!("diagram-{name}")), caption))
}

fn figure(cards: &Cards<'_>, name: &str, diagram: &Diagram, id: &str, caption: &str) -> String {
    format!(
        "<figure class=\"diagram\" id=\"{id}\" data-testid=\"diagram\" data-diagram=\"{}\">{}<figcaption>{}</figcaption></figure>",
        escape(name),
        diagram.svg(cards.lang, id),
        inline(caption)
    )
}

/// Every diagram of the book; each has its name as a permanent anchor.
pub(super) fn all(cards: &Cards<'_>) -> String {
    let diagrams = &cards.project.diagrams.by_name;
    if diagrams.is_empty() {
        return format!("<p>{}</p>", cards.say("diagram.none"));
    }
    diagrams
        .iter()
        .map(|(name, diagram)| figure(cards, name, diagram, &cards.id(name), diagram.title.get(cards.lang)))
        .collect()
}
