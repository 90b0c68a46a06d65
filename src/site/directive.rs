//! Directives: paragraphs of one link whose title says what to put there.
//! Plain mdBook leaves them as the links they are.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use mdbook_driver::book::Book;
use mdbook_preprocessor::errors::Result;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

use super::fault::Fault;
use super::fragment::{self, Cards};
use super::include::{self, Broken};
use super::outline::{Outline, page_of};
use super::project::Project;
use crate::book::directive::{Directive, read};
use crate::book::known;
use crate::data::line_of;
use crate::text::{Lang, say};

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

    /// A directive that is wrong as the gates would find it, in their words.
    fn misdirected(&self, path: &Path, line: usize, id: &str, title: &str, target: &str) {
        let message = say(self.speak, id, &[("title", &title), ("target", &target)]);
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
        let read = read(text);
        for link in read.among {
            self.misdirected(path, line_of(text, link.at), "check.directives.among", &link.title, "");
        }
        for found in read.found {
            let line = line_of(text, found.range.start);
            if let Some(id) = known::fault(&found, &*self.project) {
                self.misdirected(path, line, id, &found.title, &found.target);
                continue;
            }
            let caption = caption(&text[found.range.clone()]);
            match found.directive.as_ref().and_then(|directive| fragment::render(&cards, directive, caption)) {
                Some(html) => {
                    out.push_str(&text[from..found.range.start]);
                    out.push_str(&self.slots.put(html));
                    from = found.range.end;
                }
                None if found.directive == Some(Directive::VotesAgain) => {
                    self.misdirected(path, line, "check.chapters.nothing-to-vote", &found.title, &found.target);
                }
                None => self.fault(path, line, "site.fault.unknown", text[found.range.clone()].trim()),
            }
        }
        out.push_str(&text[from..]);
        out
    }
}

/// The words of the one link of a paragraph, in Markdown.
fn caption(paragraph: &str) -> &str {
    let words = paragraph.trim_start().strip_prefix('[').and_then(|rest| rest.rsplit_once("]("));
    words.map_or("", |(words, _)| words)
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
