//! Directives: paragraphs of one link whose title says what to put there.
//! Plain mdBook leaves them as the links they are.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use mdbook_driver::book::Book;
use mdbook_preprocessor::errors::Result;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::fault::Fault;
use super::fragment::{self, Cards};
use super::include::{self, Broken};
use super::outline::{Outline, page_of};
use super::project::Project;
use crate::data::line_of;
use crate::text::{Lang, say};

/// What a link title asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Directive {
    /// A vote on a claim.
    Vote(String),
    /// The card of a lab.
    Lab(String),
    /// A group of questions: page and group.
    Quiz(String, String),
    /// One older question: page and id.
    Review(String, String),
    /// Every claim.
    AllClaims,
    /// Every lab.
    AllLabs,
    /// Every term.
    AllTerms,
    /// The table of proof.
    Verdicts,
}

impl Directive {
    /// Reads a link. `None` is an ordinary link; `Err` a directive that says
    /// nothing.
    fn of(url: &str, title: &str) -> Option<Result<Directive, ()>> {
        let id = url.split_once('#').map(|(_, id)| id.to_string());
        let two = |text: &str, at: char| text.split_once(at).map(|(a, b)| (a.to_string(), b.to_string()));
        let directive = match title {
            "vote" => id.and_then(|id| id.strip_prefix('c').map(|id| Directive::Vote(id.to_string()))),
            "lab" => id.map(Directive::Lab),
            "all-claims" => Some(Directive::AllClaims),
            "all-labs" => Some(Directive::AllLabs),
            "all-terms" => Some(Directive::AllTerms),
            "verdicts" | "all-verdicts" => Some(Directive::Verdicts),
            _ => {
                if let Some(address) = title.strip_prefix("quiz:") {
                    // The page has slashes of its own; the group has none.
                    let (page, group) = address.rsplit_once('/').unwrap_or((address, ""));
                    Some(Directive::Quiz(page.to_string(), group.to_string()))
                } else if let Some(address) = title.strip_prefix("review:") {
                    two(address, '#').map(|(page, id)| Directive::Review(page, id))
                } else {
                    return None;
                }
            }
        };
        Some(directive.ok_or(()))
    }
}

/// A directive in a text.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    /// The paragraph, in bytes.
    range: std::ops::Range<usize>,
    /// What it asks for.
    directive: Result<Directive, ()>,
    /// The link's title, for messages.
    title: String,
}

/// Finds the directives of `text`.
fn find(text: &str) -> Vec<Place> {
    let mut found = Vec::new();
    let mut events = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter().peekable();
    while let Some((event, range)) = events.next() {
        if !matches!(event, Event::Start(Tag::Paragraph)) {
            continue;
        }
        let Some((Event::Start(Tag::Link { dest_url, title, .. }), _)) = events.peek() else { continue };
        let Some(directive) = Directive::of(dest_url, title) else { continue };
        let title = title.to_string();
        // The link must be all there is.
        for (event, _) in events.by_ref() {
            if matches!(event, Event::End(TagEnd::Link)) {
                break;
            }
        }
        if matches!(events.peek(), Some((Event::End(TagEnd::Paragraph), _))) {
            found.push(Place { range, directive, title });
        }
    }
    found
}

/// The preprocessor: checks includes, replaces directives. It runs before the
/// includes are resolved, so that lines are those of the file.
pub(super) struct Directives {
    pub(super) lang: Lang,
    /// The language of messages.
    pub(super) speak: Lang,
    pub(super) src: PathBuf,
    pub(super) project: Arc<Project>,
    pub(super) outline: Outline,
    pub(super) faults: Rc<RefCell<Vec<Fault>>>,
    pub(super) slots: Slots,
}

/// Cards that wait for mdBook to be done. A card is HTML already: reading and
/// writing it again would take mdBook longer than the text does, and a blank
/// line in a listing would end it.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots(Rc<RefCell<Vec<String>>>);

impl Slots {
    /// Keeps `html` and returns what stands in its place.
    fn put(&self, html: String) -> String {
        let mut cards = self.0.borrow_mut();
        cards.push(html);
        format!("\n\n{}{}{}\n\n", Slots::BEFORE, cards.len() - 1, Slots::AFTER)
    }

    const BEFORE: &str = "<div data-card=\"";
    const AFTER: &str = "\"></div>";

    /// Puts the cards of a page where they belong.
    pub(super) fn fill(&self, html: &str) -> String {
        let cards = self.0.borrow();
        let mut pieces = html.split(Slots::BEFORE);
        let mut out = pieces.next().unwrap_or_default().to_string();
        for piece in pieces {
            let (card, rest) = piece.split_once(Slots::AFTER).unwrap_or(("", piece));
            out.push_str(card.parse().ok().and_then(|at: usize| cards.get(at)).map_or("", String::as_str));
            out.push_str(rest);
        }
        out
    }
}

impl Preprocessor for Directives {
    fn name(&self) -> &str {
        "sockets"
    }

    fn run(&self, context: &PreprocessorContext, mut book: Book) -> Result<Book> {
        book.for_each_chapter_mut(|chapter| {
            let Some(path) = chapter.source_path.clone() else { return };
            self.check_includes(&context.root, &path, &chapter.content);
            chapter.content = self.replace(&path, &chapter.content);
        });
        Ok(book)
    }
}

impl Directives {
    fn fault(&self, path: &Path, line: usize, id: &str, what: &str) {
        let message = say(self.speak, id, &[("what", &what)]);
        self.faults.borrow_mut().push(Fault { file: self.src.join(path), line, message });
    }

    fn check_includes(&self, root: &Path, path: &Path, text: &str) {
        let file = root.join(&self.src).join(path);
        let folder = file.parent().unwrap_or(root);
        for include in include::all(text) {
            let id = match include.check(folder) {
                Ok(()) => continue,
                Err(Broken::NoFile) => "site.fault.no-include",
                Err(Broken::NoAnchor) => "site.fault.no-anchor",
                Err(Broken::Empty) => "site.fault.empty-include",
            };
            let what = match include.part {
                Some(part) => format!("{}:{part}", include.path),
                None => include.path.to_string(),
            };
            self.fault(path, line_of(text, include.start), id, &what);
        }
    }

    fn replace(&self, path: &Path, text: &str) -> String {
        let page = page_of(path);
        let cards = Cards::new(self.lang, &page, &self.project, &self.outline);
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for place in find(text) {
            let html = match &place.directive {
                Ok(directive) => fragment::render(&cards, directive),
                Err(()) => None,
            };
            match html {
                Some(html) => {
                    out.push_str(&text[from..place.range.start]);
                    out.push_str(&self.slots.put(html));
                    from = place.range.end;
                }
                None => {
                    let source = &text[place.range.clone()];
                    let what = format!("{} ({})", source.trim(), place.title);
                    self.fault(path, line_of(text, place.range.start), "site.fault.unknown", &what);
                }
            }
        }
        out.push_str(&text[from..]);
        out
    }
}

/// Takes the lines that only mark anchors out of code that was included whole.
pub(super) struct Unmark;

impl Preprocessor for Unmark {
    fn name(&self) -> &str {
        "sockets-unmark"
    }

    fn run(&self, _: &PreprocessorContext, mut book: Book) -> Result<Book> {
        book.for_each_chapter_mut(|chapter| {
            if chapter.content.contains("ANCHOR") {
                let kept = chapter.content.split_inclusive('\n').filter(|line| !include::is_mark(line));
                chapter.content = kept.collect();
            }
        });
        Ok(book)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_link_alone_in_its_paragraph_is_a_directive() {
        let text = "# A\n\n[Claim 1-16: x `y`](../claims.md#c1-16 \"vote\")\n\nsee [it](../claims.md#c1-1 \"vote\")\n\n\
                    [Q](../labs.md \"quiz:tcp/connection/handshake\")\n\n[a](b.md)\n\n[a](../labs.md \"lab\")\n";
        let found = find(text);
        let directives: Vec<_> = found.iter().map(|place| &place.directive).collect();
        assert_eq!(
            directives,
            [
                &Ok(Directive::Vote("1-16".into())),
                &Ok(Directive::Quiz("tcp/connection".into(), "handshake".into())),
                &Err(())
            ]
        );
        assert_eq!(line_of(text, found[0].range.start), 3);
    }

    #[test]
    fn a_review_names_a_page_and_a_question() {
        let url = "../start/opening-a-socket.md";
        assert_eq!(
            Directive::of(url, "review:start/opening-a-socket#descriptor-number"),
            Some(Ok(Directive::Review("start/opening-a-socket".into(), "descriptor-number".into())))
        );
    }
}
