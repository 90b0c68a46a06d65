//! What mdBook made of a chapter, reworked: colours, names for code that can
//! be scrolled, words in the language of the page; and what is in it.

use std::cell::RefCell;

use lol_html::html_content::ContentType;
use lol_html::{RewriteStrSettings, element, rewrite_str, text};

use super::foreign;
use super::highlight::highlight;
use super::kept::{Keep, Reader, Writer};
use super::markdown::{escape, unescape};
use super::search::Section;
use crate::text::{Lang, say};

/// A chapter, ready to be set into a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    /// The HTML.
    pub(super) html: String,
    /// Every id in it, in order.
    pub(super) ids: Vec<String>,
    /// Every address it links to or loads.
    pub(super) links: Vec<String>,
    /// Its second-level headings: id and HTML text.
    pub(super) sections: Vec<(String, String)>,
    /// Claims that are voted on.
    pub(super) votes: Vec<String>,
    /// Questions; one of another page as `page#id@here`.
    pub(super) questions: Vec<String>,
    /// Experiments to run.
    pub(super) experiments: Vec<String>,
    /// The beginning of its text, for descriptions, as HTML text.
    pub(super) summary: String,
    /// What the search finds on it.
    pub(super) searched: Vec<Section>,
    /// What it says in the words that the other language's interface has.
    pub(super) foreign: Vec<String>,
    /// Code blocks without code.
    pub(super) empty_code: usize,
}

impl Content {
    /// What there is to read, run and answer, for the contents; `None` for a
    /// page that is looked things up in.
    pub(super) fn parts(&self) -> Option<String> {
        let sections: Vec<String> = self.sections.iter().map(|(id, _)| id.clone()).collect();
        let asks = !self.votes.is_empty() || !self.questions.is_empty();
        if !asks && (sections.len() < 2 || !self.experiments.is_empty()) {
            return None;
        }
        let kinds = [("s", &sections), ("v", &self.votes), ("q", &self.questions), ("e", &self.experiments)];
        let kinds = kinds.into_iter().filter(|(_, ids)| !ids.is_empty());
        let lists: Vec<String> = kinds.map(|(kind, ids)| format!("{kind}:{}", ids.join(" "))).collect();
        Some(lists.join("|"))
    }
}

impl Keep for Content {
    fn write(&self, out: &mut Writer) {
        // What is searched is not made by the rework, and not kept with it.
        let Content {
            html,
            ids,
            links,
            sections,
            votes,
            questions,
            experiments,
            summary,
            searched: _,
            foreign,
            empty_code,
        } = self;
        out.text(html);
        for texts in [ids, links, votes, questions, experiments, foreign] {
            out.texts(texts);
        }
        out.number(sections.len());
        for (id, title) in sections {
            out.text(id);
            out.text(title);
        }
        out.text(summary);
        out.number(*empty_code);
    }

    fn read(from: &mut Reader<'_>) -> Option<Content> {
        let (html, ids, links) = (from.text()?, from.texts()?, from.texts()?);
        let (votes, questions, experiments, foreign) = (from.texts()?, from.texts()?, from.texts()?, from.texts()?);
        let sections = (0..from.number()?).map(|_| Some((from.text()?, from.text()?))).collect::<Option<_>>()?;
        let (summary, empty_code) = (from.text()?, from.number()?);
        let searched = Vec::new();
        Some(Content {
            html,
            ids,
            links,
            sections,
            votes,
            questions,
            experiments,
            summary,
            searched,
            foreign,
            empty_code,
        })
    }
}

/// The part of a rendered page that is the chapter.
pub(super) fn main_of(page: &str) -> Option<&str> {
    let start = page.find("<main>")? + "<main>".len();
    let end = page.rfind("</main>")?;
    page.get(start..end)
}

/// Reworks the HTML of a chapter.
///
/// # Errors
///
/// HTML that the rewriter cannot follow.
pub(super) fn rework(html: &str, lang: Lang) -> anyhow::Result<Content> {
    let found = RefCell::new(Content::default());
    let language = RefCell::new(String::new());
    let code = RefCell::new(String::new());
    let lengths = RefCell::new(Vec::<usize>::new());
    let titles = RefCell::new(String::new());
    let label = say(lang, "site.code", &[]);
    let table = say(lang, "site.table", &[]);

    let handlers = vec![
        element!("[id]", |el| {
            found.borrow_mut().ids.extend(el.get_attribute("id"));
            Ok(())
        }),
        element!("a[href]", |el| {
            let mut href = el.get_attribute("href").unwrap_or_default();
            if is_external(&href) {
                el.set_attribute("rel", "noopener")?;
            } else if let Some(at) = href.find("README.html") {
                // mdBook renames the page, and not the links to it.
                href.replace_range(at..at + "README.html".len(), "index.html");
                el.set_attribute("href", &href)?;
            }
            found.borrow_mut().links.push(href);
            Ok(())
        }),
        element!(".vote[data-round=\"before\"]", |el| {
            found.borrow_mut().votes.extend(el.get_attribute("data-claim"));
            Ok(())
        }),
        element!(".quiz[data-question]", |el| {
            let question = el.get_attribute("data-question").unwrap_or_default();
            let place = el.get_attribute("data-place").map_or(String::new(), |place| format!("@{place}"));
            found.borrow_mut().questions.push(question + &place);
            Ok(())
        }),
        element!(".experiment[data-script]", |el| {
            found.borrow_mut().experiments.extend(el.get_attribute("data-script"));
            Ok(())
        }),
        element!("img[src]", |el| {
            found.borrow_mut().links.extend(el.get_attribute("src"));
            el.set_attribute("loading", "lazy")?;
            Ok(())
        }),
        element!("h2[id]", |el| {
            let id = el.get_attribute("id").unwrap_or_default();
            found.borrow_mut().sections.push((id, String::new()));
            Ok(())
        }),
        text!("h2[id]", |chunk| {
            if let Some((_, title)) = found.borrow_mut().sections.last_mut() {
                title.push_str(chunk.as_str());
            }
            Ok(())
        }),
        // Code and tables are wider than a telephone: whoever has only a
        // keyboard has to be able to scroll them.
        element!("pre", |el| {
            el.set_attribute("tabindex", "0")?;
            el.set_attribute("role", "group")?;
            el.set_attribute("aria-label", &label)?;
            *language.borrow_mut() = String::new();
            Ok(())
        }),
        element!(".table-wrapper", |el| {
            el.set_attribute("tabindex", "0")?;
            el.set_attribute("role", "group")?;
            el.set_attribute("aria-label", &table)?;
            Ok(())
        }),
        element!("pre > code", |el| {
            let classes = el.get_attribute("class").unwrap_or_default();
            let name = classes.split([' ', ',']).find_map(|class| class.strip_prefix("language-"));
            *language.borrow_mut() = name.unwrap_or_default().to_string();
            lengths.borrow_mut().push(0);
            if let Some(name) = name {
                el.before(
                    &format!("<span class=\"language\" aria-hidden=\"true\">{}</span>", escape(name)),
                    ContentType::Html,
                );
            }
            Ok(())
        }),
        text!("pre > code", |chunk| {
            let mut code = code.borrow_mut();
            code.push_str(chunk.as_str());
            if !chunk.last_in_text_node() {
                chunk.remove();
                return Ok(());
            }
            let plain = unescape(&std::mem::take(&mut *code));
            if let Some(length) = lengths.borrow_mut().last_mut() {
                *length += plain.trim().len();
            }
            chunk.replace(&highlight(&language.borrow(), &plain), ContentType::Html);
            Ok(())
        }),
        text!(".blockquote-tag-title", |chunk| {
            let mut title = titles.borrow_mut();
            title.push_str(chunk.as_str());
            if !chunk.last_in_text_node() {
                chunk.remove();
                return Ok(());
            }
            let word = std::mem::take(&mut *title);
            let word = match word.trim() {
                "Note" => say(lang, "site.admonition.note", &[]),
                "Tip" => say(lang, "site.admonition.tip", &[]),
                "Important" => say(lang, "site.admonition.important", &[]),
                "Warning" => say(lang, "site.admonition.warning", &[]),
                "Caution" => say(lang, "site.admonition.caution", &[]),
                _ => word,
            };
            chunk.replace(&word, ContentType::Text);
            Ok(())
        }),
    ];
    let settings = handlers
        .into_iter()
        .fold(RewriteStrSettings::new(), |settings, handler| settings.append_element_content_handler(handler));
    // Nothing is above the first column of some tables: that is no header.
    let mut html = html.replace("<th></th>", "<td></td>");
    if lang == Lang::Ko {
        html = pair_quotes(&html);
    }
    let summary = summary(&html);
    let html = rewrite_str(&html, settings)?;
    let mut content = found.into_inner();
    content.foreign = foreign::words(&html, lang);
    content.html = html;
    content.summary = summary;
    content.empty_code = lengths.into_inner().into_iter().filter(|&length| length == 0).count();
    Ok(content)
}

/// What a quotation does not go beyond.
const BLOCKS: &[&str] =
    &["p", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "legend", "summary", "label", "pre", "div"];

/// Opens and closes quotation marks in turn. Smart punctuation takes one that
/// a particle follows (`"달라"는`) for an opening one.
fn pair_quotes(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut open = false;
    for piece in html.split_inclusive('>') {
        let (text, tag) = piece.split_once('<').unwrap_or((piece, ""));
        match text.contains(['“', '”']) {
            false => out.push_str(text),
            true => out.extend(text.chars().map(|c| match c {
                '“' | '”' => {
                    open = !open;
                    if open { '“' } else { '”' }
                }
                c => c,
            })),
        }
        if text.len() < piece.len() {
            out.push('<');
            out.push_str(tag);
            let name = tag.split([' ', '>', '\n']).next().unwrap_or_default();
            if BLOCKS.contains(&name) {
                open = false;
            }
        }
    }
    out
}

/// The text of the first paragraphs, until there is enough for a description.
fn summary(html: &str) -> String {
    let mut summary = String::new();
    for paragraph in html.split("<p>").skip(1) {
        if summary.len() > 120 {
            break;
        }
        let paragraph = paragraph.split("</p>").next().unwrap_or_default();
        for piece in paragraph.split_inclusive('>') {
            summary.push_str(piece.split('<').next().unwrap_or_default());
        }
        summary.push(' ');
    }
    summary
}

/// Whether an address leaves the site.
pub(super) fn is_external(address: &str) -> bool {
    let scheme = address.split(['/', '#', '?']).next().unwrap_or_default();
    scheme.contains(':') || address.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_gets_colours_and_a_place_in_the_tab_order() {
        let html = "<pre><code class=\"language-rust\">let a = &quot;x&quot;; // &lt;</code></pre>";
        let content = rework(html, Lang::En).unwrap();
        assert!(content.html.contains("<pre tabindex=\"0\""), "{}", content.html);
        assert!(content.html.contains("<span class=\"s\">&quot;x&quot;</span>"), "{}", content.html);
        assert!(content.html.contains("<span class=\"c\">// &lt;</span>"), "{}", content.html);
        assert_eq!(content.empty_code, 0);
        assert_eq!(rework("<pre><code>\n</code></pre><pre><code></code></pre>", Lang::En).unwrap().empty_code, 2);
    }

    #[test]
    fn a_quotation_before_a_particle_is_closed() {
        let html = "<ul><li><p>“만들어 <b>달라“는</b> 부탁과 “이것“도</p></li></ul><p>“다시“는</p>";
        let korean = rework(html, Lang::Ko).unwrap().html;
        assert_eq!(korean, "<ul><li><p>“만들어 <b>달라”는</b> 부탁과 “이것”도</p></li></ul><p>“다시”는</p>");
        assert_eq!(rework(html, Lang::En).unwrap().html, html);
    }

    #[test]
    fn what_is_kept_is_the_whole_of_it() {
        let html = "<h2 id=\"a\"><a class=\"header\" href=\"#a\">A</a></h2><p>가</p><pre><code></code></pre>";
        let kept = super::super::kept::Kept::nothing();
        let first = kept.or_make("content", &[html], || rework(html, Lang::Ko)).unwrap();
        let again = kept.or_make("content", &[html], || anyhow::bail!("made twice")).unwrap();
        assert_eq!(first, again);
        assert_eq!((again.sections.len(), again.links.len(), again.empty_code), (1, 1, 1));
    }

    #[test]
    fn sections_links_and_ids_are_known() {
        let html = "<h1 id=\"t\">T</h1><h2 id=\"a\"><a class=\"header\" href=\"#a\">A <code>b</code></a></h2>\
                    <p>Text <a href=\"../README.html#x\">l</a></p><a href=\"https://example.org\">e</a>";
        let content = rework(html, Lang::En).unwrap();
        assert_eq!(content.ids, ["t", "a"]);
        assert_eq!(content.sections, [("a".to_string(), "A b".to_string())]);
        assert_eq!(content.links, ["#a", "../index.html#x", "https://example.org"]);
        assert!(content.html.contains("href=\"../index.html#x\""));
    }
}
