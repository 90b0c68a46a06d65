//! One page of Markdown, taken apart: headings, links, code, prose, and where
//! each of them stands.

use std::ops::Range;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

use super::PagePath;
use super::directive::{self, Among, Found, Reading};
use super::include::{self, Include};
use crate::data::Lines;
use crate::text::Lang;

/// A page of one edition.
#[derive(Debug)]
pub struct Page {
    /// `tcp/connection`.
    pub path: PagePath,
    /// The edition.
    pub lang: Lang,
    /// Below the root of the project: `book/ko/tcp/connection.md`.
    pub file: PathBuf,
    /// The text as it stands in the file.
    pub text: String,
    lines: Lines,
    /// In order.
    pub headings: Vec<Heading>,
    /// Links and images, in order.
    pub links: Vec<Link>,
    /// Fenced and indented blocks of code, in order.
    pub code: Vec<CodeBlock>,
    /// Whatever is to be read as sentences, in order.
    pub prose: Vec<Prose>,
    /// Pieces of HTML, and where they start.
    pub html: Vec<(usize, String)>,
    /// Paragraphs that are one titled link.
    pub directives: Vec<Found>,
    /// Links titled as a directive that do not stand alone.
    pub among: Vec<Among>,
    /// What is put in from other files.
    pub includes: Vec<Include>,
}

/// A heading.
#[derive(Clone, Debug)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// The id in `{#…}`, if there is one.
    pub id: Option<String>,
    /// Its words.
    pub text: String,
    /// Where it starts in the text.
    pub at: usize,
}

/// A link or an image.
#[derive(Clone, Debug)]
pub struct Link {
    /// Where it leads, as written.
    pub target: String,
    /// The title in quotes, or nothing.
    pub title: String,
    /// Whether it is an image.
    pub image: bool,
    /// Where it stands in the text.
    pub range: Range<usize>,
}

/// A block of code.
#[derive(Clone, Debug)]
pub struct CodeBlock {
    /// What stands after the fence: `rust`, `console`, `text,norun`; empty if
    /// there is nothing.
    pub info: String,
    /// The code, before anything is included.
    pub text: String,
    /// Where it stands in the text, fences and all.
    pub range: Range<usize>,
}

/// Which kind of block holds the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// A paragraph, also one in a list or a quotation.
    Paragraph,
    /// An item of a list without paragraphs of its own.
    Item,
    /// A cell of a table.
    Cell,
    /// A heading.
    Heading,
}

/// A block of words.
#[derive(Clone, Debug)]
pub struct Prose {
    /// What holds them.
    pub block: Block,
    /// Words and code, in order.
    pub runs: Vec<Run>,
}

/// A stretch of words, or of code, inside a block.
#[derive(Clone, Debug)]
pub struct Run {
    /// As it is read, without marks.
    pub text: String,
    /// Where it starts in the text of the page.
    pub at: usize,
    /// `code` between backticks.
    pub code: bool,
    /// The link it is part of: an index into [`Page::links`].
    pub link: Option<usize>,
}

/// Stands for a code span in [`Prose::plain`].
pub const CODE: char = '\u{FFFC}';

impl Page {
    /// Takes `text` apart.
    #[must_use]
    pub fn parse(path: &str, lang: Lang, file: &Path, text: String) -> Page {
        // Most texts of the data have no link; they need not be read twice.
        let read = if text.contains("](") { directive::read(&text) } else { Reading::default() };
        let Reading { found: directives, among } = read;
        let includes = include::find(&text);
        let mut reader = Reader::default();
        for (event, range) in super::markdown(&text).into_offset_iter() {
            reader.see(event, range);
        }
        reader.close();
        let Reader { headings, links, code, prose, html, .. } = reader;
        let (path, file) = (path.to_string(), file.to_path_buf());
        let lines = Lines::of(&text);
        Page { path, lang, file, text, lines, headings, links, code, prose, html, directives, among, includes }
    }

    /// The line, from 1, of an offset in the text.
    #[must_use]
    pub fn line(&self, at: usize) -> usize {
        self.lines.line(at)
    }

    /// All ids that a link to this page may name: of headings and of HTML.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let headings = self.headings.iter().filter_map(|heading| heading.id.as_deref());
        headings.chain(self.html.iter().flat_map(|(_, html)| attributes(html, "id").map(|(_, id)| id)))
    }

    /// The page cut at its headings: the id of each, and its text up to the
    /// next. A heading without an id belongs to the section before.
    #[must_use]
    pub fn sections(&self) -> Vec<(&str, Range<usize>)> {
        let mut starts = self.headings.iter().filter_map(|h| h.id.as_deref().map(|id| (id, h.at))).peekable();
        let mut sections = Vec::new();
        while let Some((id, start)) = starts.next() {
            let end = starts.peek().map_or(self.text.len(), |&(_, next)| next);
            sections.push((id, start..end));
        }
        sections
    }

    /// The words of a block that are the book's own: code, and the words of
    /// links to other sites (titles that others chose), are each one [`CODE`].
    #[must_use]
    pub fn own_words(&self, prose: &Prose) -> Plain {
        let foreign = |run: &Run| run.link.is_some_and(|link| self.links[link].target.contains("://"));
        prose.plain_without(|run| run.code || foreign(run))
    }

    /// Whether a block is a directive: its words are replaced in the build.
    #[must_use]
    pub fn is_directive(&self, prose: &Prose) -> bool {
        self.directives.iter().any(|found| found.range.contains(&prose.at()))
    }
}

impl Prose {
    /// The words in one string, each piece of code as one [`CODE`].
    #[must_use]
    pub fn plain(&self) -> Plain {
        self.plain_without(|run| run.code)
    }

    /// The words in one string, each hidden run as one [`CODE`].
    fn plain_without(&self, hidden: impl Fn(&Run) -> bool) -> Plain {
        let mut plain = Plain::default();
        for run in &self.runs {
            plain.starts.push((plain.text.len(), run.at));
            if hidden(run) { plain.text.push(CODE) } else { plain.text.push_str(&run.text) }
        }
        plain
    }

    /// Where the block starts in the text of the page.
    #[must_use]
    pub fn at(&self) -> usize {
        self.runs.first().map_or(0, |run| run.at)
    }
}

/// Words in one string that remembers where they came from.
#[derive(Clone, Debug, Default)]
pub struct Plain {
    /// The words.
    pub text: String,
    /// Start of each run here, and in the text of the page.
    starts: Vec<(usize, usize)>,
}

impl Plain {
    /// Where byte `at` of the words stands in the text of the page.
    #[must_use]
    pub fn source(&self, at: usize) -> usize {
        self.starts.get(self.run(at)).map_or(0, |(start, source)| source + (at - start))
    }

    /// Which run of the block byte `at` of the words belongs to.
    #[must_use]
    pub fn run(&self, at: usize) -> usize {
        self.starts.iter().rposition(|(start, _)| *start <= at).unwrap_or(0)
    }
}

/// The values of attribute `name` in a piece of HTML, each with its offset.
pub fn attributes<'a>(html: &'a str, name: &str) -> impl Iterator<Item = (usize, &'a str)> {
    let mut places = Vec::new();
    for (at, _) in html.match_indices(name) {
        let rest = &html[at + name.len()..];
        let before = html[..at].chars().next_back();
        if let (Some(value), true) = (rest.strip_prefix("=\""), before.is_some_and(char::is_whitespace))
            && let Some(end) = value.find('"')
        {
            places.push((at, &value[..end]));
        }
    }
    places.into_iter()
}

/// A page while it is being read.
#[derive(Default)]
struct Reader {
    headings: Vec<Heading>,
    links: Vec<Link>,
    code: Vec<CodeBlock>,
    prose: Vec<Prose>,
    html: Vec<(usize, String)>,
    /// Blocks that are open around the words.
    blocks: Vec<Block>,
    runs: Vec<Run>,
    inside_link: Option<usize>,
    inside_code: bool,
}

impl Reader {
    fn see(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.inside_code => {
                if let Some(block) = self.code.last_mut() {
                    block.text.push_str(&text);
                }
            }
            Event::Text(text) => self.run(text.into_string(), range.start, false),
            Event::Code(text) => self.run(text.into_string(), range.start, true),
            Event::SoftBreak | Event::HardBreak => self.run(" ".to_string(), range.start, false),
            Event::Html(html) | Event::InlineHtml(html) => self.html.push((range.start, html.into_string())),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        let block = match tag {
            Tag::Link { dest_url, title, .. } => return self.link(&dest_url, &title, false, range),
            Tag::Image { dest_url, title, .. } => return self.link(&dest_url, &title, true, range),
            Tag::CodeBlock(kind) => {
                let info = if let CodeBlockKind::Fenced(info) = kind { info.into_string() } else { String::new() };
                self.code.push(CodeBlock { info, text: String::new(), range });
                self.inside_code = true;
                return;
            }
            Tag::Heading { level, id, .. } => {
                let id = id.map(pulldown_cmark::CowStr::into_string);
                self.headings.push(Heading { level: level as u8, id, text: String::new(), at: range.start });
                Block::Heading
            }
            Tag::Paragraph => Block::Paragraph,
            Tag::Item | Tag::DefinitionListDefinition => Block::Item,
            Tag::TableCell | Tag::DefinitionListTitle => Block::Cell,
            _ => return,
        };
        self.close();
        self.blocks.push(block);
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Link | TagEnd::Image => self.inside_link = None,
            TagEnd::CodeBlock => self.inside_code = false,
            TagEnd::Heading(_) => {
                let text = self.runs.iter().map(|run| run.text.as_str()).collect();
                if let Some(heading) = self.headings.last_mut() {
                    heading.text = text;
                }
                self.leave();
            }
            TagEnd::Paragraph
            | TagEnd::Item
            | TagEnd::DefinitionListDefinition
            | TagEnd::TableCell
            | TagEnd::DefinitionListTitle => self.leave(),
            _ => {}
        }
    }

    fn leave(&mut self) {
        self.close();
        self.blocks.pop();
    }

    /// Ends the words of the innermost open block.
    fn close(&mut self) {
        let runs = std::mem::take(&mut self.runs);
        if !runs.is_empty() {
            let block = self.blocks.last().copied().unwrap_or(Block::Paragraph);
            self.prose.push(Prose { block, runs });
        }
    }

    fn link(&mut self, target: &str, title: &str, image: bool, range: Range<usize>) {
        self.inside_link = Some(self.links.len());
        self.links.push(Link { target: target.to_string(), title: title.to_string(), image, range });
    }

    fn run(&mut self, text: String, at: usize, code: bool) {
        self.runs.push(Run { text, at, code, link: self.inside_link });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# 연결 {#connection}\n\n`accept()`가 돌려준 **소켓**은 [새것](a.md#b)입니다.\n\n\
                        - 하나\n- 둘\n\n## 끝 {#end}\n\n```rust\n{{#include x.rs:a}}\n```\n\n| a | b |\n|---|---|\n| c | d |\n";

    fn page() -> Page {
        Page::parse("tcp/connection", Lang::Ko, Path::new("book/ko/tcp/connection.md"), TEXT.to_string())
    }

    #[test]
    fn words_remember_where_they_stand() {
        let page = page();
        let plain = page.prose[1].plain();
        assert_eq!(plain.text, "\u{FFFC}가 돌려준 소켓은 새것입니다.");
        for word in ["돌려준", "소켓", "새것", "입니다"] {
            let at = plain.source(plain.text.find(word).unwrap());
            assert!(page.text[at..].starts_with(word), "{word}");
        }
        assert_eq!(page.line(plain.source(0)), 3);
    }

    #[test]
    fn a_page_is_cut_at_its_headings() {
        let page = page();
        let ids: Vec<_> = page.sections().iter().map(|(id, _)| id.to_string()).collect();
        assert_eq!(ids, ["connection", "end"]);
        let (_, end) = page.sections()[1].clone();
        assert!(page.text[end].starts_with("## 끝"));
    }

    #[test]
    fn each_kind_of_block_is_known() {
        let page = page();
        let blocks: Vec<_> = page.prose.iter().map(|prose| prose.block).collect();
        use Block::{Cell, Heading, Item, Paragraph};
        assert_eq!(blocks, [Heading, Paragraph, Item, Item, Heading, Cell, Cell, Cell, Cell]);
        assert_eq!((page.code[0].info.as_str(), page.includes[0].part.as_deref()), ("rust", Some("a")));
        assert_eq!(page.links[0].target, "a.md#b");
    }
}
