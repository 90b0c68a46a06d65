//! What the sources of an edition hold, known before a page is rendered:
//! which pages there are, their headings, and where a listing is shown.

use std::collections::BTreeMap;
use std::path::Path;

use mdbook_driver::book::Book;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::include;
use crate::book::PagePath;

/// The pages of one edition, by path (`tcp/connection`, `README`).
#[derive(Debug, Default)]
pub(super) struct Outline {
    pages: BTreeMap<PagePath, Page>,
    /// The pages as they are read.
    order: Vec<PagePath>,
    /// Listing → page and section that show it first.
    listings: BTreeMap<String, PagePath>,
}

/// A page: its name in the contents, and its headings.
#[derive(Debug)]
struct Page {
    name: String,
    headings: Vec<Heading>,
}

/// A heading with an explicit id.
#[derive(Debug, PartialEq, Eq)]
struct Heading {
    id: String,
    /// The byte at which it starts.
    at: usize,
    /// Its text, without markup.
    title: String,
}

impl Outline {
    /// Reads the outline of `book` as it was loaded, before any preprocessor.
    pub(super) fn of(book: &Book) -> Outline {
        let mut outline = Outline::default();
        for chapter in book.chapters() {
            let Some(path) = &chapter.source_path else { continue };
            let page = page_of(path);
            let headings = headings(&chapter.content);
            for include in include::all(&chapter.content) {
                let Some(name) = include.path.split("listings/src/bin/").nth(1) else { continue };
                let Some(name) = name.strip_suffix(".rs") else { continue };
                let section = headings.iter().rev().find(|heading| heading.at <= include.start);
                let address = section.map_or(page.clone(), |heading| format!("{page}#{}", heading.id));
                outline.listings.entry(name.to_string()).or_insert(address);
            }
            outline.order.push(page.clone());
            outline.pages.insert(page, Page { name: chapter.name.clone(), headings });
        }
        outline
    }

    /// The pages, in the order in which they are read.
    pub(super) fn order(&self) -> &[PagePath] {
        &self.order
    }

    /// Whether there is such a page.
    pub(super) fn has_page(&self, page: &str) -> bool {
        self.pages.contains_key(page)
    }

    /// Whether `page#section` (or just `page`) can be linked to.
    pub(super) fn has(&self, address: &str) -> bool {
        self.title(address).is_some()
    }

    /// The title of `page#section` (or of `page`), if there is one.
    pub(super) fn title(&self, address: &str) -> Option<&str> {
        match address.split_once('#') {
            None => self.pages.get(address).map(|page| page.name.as_str()),
            Some((page, id)) => {
                let heading = self.pages.get(page)?.headings.iter().find(|heading| heading.id == id)?;
                Some(&heading.title)
            }
        }
    }

    /// The page and section that show a listing.
    pub(super) fn listing(&self, name: &str) -> Option<&str> {
        self.listings.get(name).map(String::as_str)
    }
}

/// `tcp/connection` of `tcp/connection.md`.
pub(super) fn page_of(path: &Path) -> PagePath {
    path.with_extension("").to_string_lossy().replace('\\', "/")
}

/// The address of `target` (`tcp/connection#x`) as a link from `page`.
pub(super) fn href(page: &str, target: &str) -> String {
    let (path, fragment) = target.split_once('#').map_or((target, String::new()), |(p, id)| (p, format!("#{id}")));
    if path == page && !fragment.is_empty() {
        return fragment;
    }
    let up = "../".repeat(page.matches('/').count());
    format!("{up}{}{fragment}", html_path(path))
}

/// Where a page lands: `README` is the first page of its folder.
pub(super) fn html_path(page: &str) -> String {
    match page.strip_suffix("README") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => format!("{folder}index.html"),
        _ => format!("{page}.html"),
    }
}

fn headings(text: &str) -> Vec<Heading> {
    let mut headings: Vec<Heading> = Vec::new();
    let mut open = false;
    for (event, range) in Parser::new_ext(text, Options::ENABLE_HEADING_ATTRIBUTES).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { id: Some(id), .. }) => {
                open = true;
                headings.push(Heading { id: id.to_string(), at: range.start, title: String::new() });
            }
            Event::End(TagEnd::Heading(_)) => open = false,
            Event::Text(part) | Event::Code(part) if open => {
                if let Some(heading) = headings.last_mut() {
                    heading.title.push_str(&part);
                }
            }
            _ => {}
        }
    }
    headings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_have_their_place_and_their_words() {
        let found = headings("# A {#a}\n\n## B `c` *d* {#b}\ntext\n\n## no id\n");
        let found: Vec<_> =
            found.iter().map(|heading| (heading.id.as_str(), heading.at, heading.title.as_str())).collect();
        assert_eq!(found, [("a", 0, "A"), ("b", 10, "B c d")]);
    }

    #[test]
    fn links_are_relative_to_the_page_they_stand_on() {
        assert_eq!(href("tcp/connection", "udp/datagrams#loss"), "../udp/datagrams.html#loss");
        assert_eq!(href("tcp/connection", "tcp/connection#reset"), "#reset");
        assert_eq!(href("labs", "README"), "index.html");
    }
}
