//! The page around a chapter.
//!
//! mdBook's own frame is left out, not overridden: it is English whatever the
//! language of the book, needs a script for its contents, loads 192 KB of
//! fonts without one Hangul glyph, and breaks two accessibility rules on each
//! page. What is taken from mdBook is the chapter inside `<main>`, the part
//! least likely to change, so that an upgrade meets no fork of a template.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::content::Content;
use super::markdown::escape;
use super::outline::html_path;
use super::search::dialog;
use crate::book::PagePath;
use crate::text::{Lang, say};

/// An entry of the contents.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    /// The title of a part.
    Part(String),
    /// A page: its path, its number ("3.1.", empty if it has none), its name
    /// and how deep it lies.
    Page { page: PagePath, number: String, name: String, depth: usize },
}

/// A lab in the contents: id and title.
pub(super) type LabEntry = (String, String);

/// What all pages of an edition share.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) lang: Lang,
    /// Title of the book in this edition.
    pub(super) title: String,
    pub(super) entries: Vec<Entry>,
    pub(super) labs: Vec<LabEntry>,
    /// The file that says what there is to do on which page, below the edition.
    pub(super) parts: String,
    /// The pages that are in it.
    pub(super) counted: BTreeSet<PagePath>,
    /// Pages of the other edition.
    pub(super) twin_pages: Vec<PagePath>,
    /// Sections whose other side is newer, by page.
    pub(super) behind: BTreeMap<PagePath, Vec<String>>,
    /// Changes when a stylesheet or script does, so that no browser keeps an
    /// old one.
    pub(super) stamp: String,
    /// The file the search looks through, below the edition.
    pub(super) search: String,
    /// Where the site will be, with a `/` at its end.
    pub(super) site_url: Option<String>,
}

/// Set before anything is painted, so that the page does not flash.
pub(super) const THEME_SCRIPT: &str =
    "try{const t=localStorage.getItem('sockets-theme');if(t)document.documentElement.dataset.theme=t}catch{}";

const ICON_MENU: &str = "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M4 6h16M4 12h16M4 18h10\"/></svg>";
const ICON_SEARCH: &str = "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><circle cx=\"10.5\" cy=\"10.5\" r=\"6.5\"/>\
                           <path d=\"m15.5 15.5 5 5\"/></svg>";
const ICON_THEME: &str = "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><circle cx=\"12\" cy=\"12\" r=\"8\"/>\
                          <path d=\"M12 4a8 8 0 0 1 0 16z\" class=\"fill\"/></svg>";

impl Frame {
    fn say(&self, id: &str) -> String {
        say(self.lang, id, &[])
    }

    /// The whole page.
    pub(super) fn page(&self, page: &str, content: &Content) -> String {
        let up = "../".repeat(page.matches('/').count());
        let name = self.entries.iter().find_map(|entry| match entry {
            Entry::Page { page: one, name, .. } if one == page => Some(name.as_str()),
            _ => None,
        });
        let title = match name {
            Some(name) if name != self.title => format!("{name} · {}", self.title),
            _ => self.title.clone(),
        };
        let mut out = String::with_capacity(content.html.len() + 16 * 1024);
        self.head(&mut out, page, &up, &title, content);
        put!(out, "<body><a class=\"skip\" href=\"#main\">{}</a>", self.say("site.skip"));
        self.bar(&mut out, page, &up);
        out.push_str("<div class=\"frame\">");
        self.contents(&mut out, page, &up, content);
        put!(
            out,
            "<main id=\"main\" tabindex=\"-1\" data-page=\"{page}\" data-copy=\"{}\" data-copied=\"{}\"><article>{}</article>",
            self.say("site.copy"),
            self.say("site.copied"),
            self.with_notes(page, &up, &content.html)
        );
        self.turn(&mut out, page, &up);
        put!(out, "<footer class=\"foot\"><p>{}</p></footer></main></div>", self.say("site.foot"));
        out.push_str(&dialog(self.lang, &format!("{up}{}", self.search)));
        out.push_str("</body></html>\n");
        out
    }

    /// `html` with a note below the heading of each section that the other
    /// edition has changed since the two were last read against each other.
    fn with_notes<'a>(&self, page: &str, up: &str, html: &'a str) -> Cow<'a, str> {
        let mut html = Cow::Borrowed(html);
        let twin = self.lang.twin().code();
        for section in self.behind.get(page).into_iter().flatten() {
            let Some(start) = html.find(&format!(" id=\"{section}\"")) else { continue };
            let Some(end) =
                html[start..].find("</h").and_then(|at| html[start + at..].find('>').map(|end| start + at + end + 1))
            else {
                continue;
            };
            let note = format!(
                "<p class=\"newer\" data-testid=\"newer\">{} <a href=\"{up}../{twin}/{}#{section}\" hreflang=\"{twin}\">{}</a></p>",
                self.say("site.newer.says"),
                html_path(page),
                self.say("site.newer.link"),
            );
            html.to_mut().insert_str(end, &note);
        }
        html
    }

    fn head(&self, out: &mut String, page: &str, up: &str, title: &str, content: &Content) {
        let code = self.lang.code();
        put!(
            out,
            "<!doctype html>\n<html lang=\"{code}\" dir=\"ltr\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{}</title>\
             <meta name=\"color-scheme\" content=\"light dark\">",
            escape(title)
        );
        let summary = shorten(&content.summary);
        if !summary.is_empty() {
            put!(out, "<meta name=\"description\" content=\"{summary}\">");
        }
        put!(
            out,
            "<meta property=\"og:type\" content=\"article\"><meta property=\"og:site_name\" content=\"{}\">\
             <meta property=\"og:title\" content=\"{}\"><meta property=\"og:description\" content=\"{summary}\">\
             <meta property=\"og:locale\" content=\"{}\">",
            escape(&self.title),
            escape(title),
            self.say("site.locale")
        );
        if let Some(site) = &self.site_url {
            let address = |lang: &str| address(site, lang, page);
            put!(out, "<meta property=\"og:url\" content=\"{}\">", address(code));
            put!(out, "<link rel=\"canonical\" href=\"{}\">", address(code));
            if self.twin_pages.iter().any(|twin| twin == page) {
                for lang in Lang::ALL {
                    let lang = lang.code();
                    put!(out, "<link rel=\"alternate\" hreflang=\"{lang}\" href=\"{}\">", address(lang));
                }
                // The root asks which edition it shall be, but knows one page only.
                let neither = if page == "README" { site.clone() } else { address(Lang::En.code()) };
                put!(out, "<link rel=\"alternate\" hreflang=\"x-default\" href=\"{neither}\">");
            }
        }
        let stamp = &self.stamp;
        put!(
            out,
            "<link rel=\"icon\" href=\"{up}../theme/favicon.svg\" type=\"image/svg+xml\">\
             <link rel=\"stylesheet\" href=\"{up}../theme/book.css?{stamp}\"><script>{THEME_SCRIPT}</script>\
             <script type=\"module\" src=\"{up}../theme/book.js?{stamp}\"></script></head>"
        );
    }

    /// The page of the other edition that is nearest to `page`: the same one,
    /// or the last before it, or the first after it that the other has.
    fn nearest<'a>(&'a self, page: &'a str) -> &'a str {
        let has = |page: &str| self.twin_pages.iter().any(|one| one == page);
        if has(page) {
            return page;
        }
        let pages = self.entries.iter().filter_map(|entry| match entry {
            Entry::Page { page, .. } => Some(page.as_str()),
            Entry::Part(_) => None,
        });
        let pages: Vec<&str> = pages.collect();
        let at = pages.iter().position(|one| *one == page).unwrap_or_default();
        let (before, after) = pages.split_at(at);
        before.iter().rev().chain(after).copied().find(|page| has(page)).unwrap_or("README")
    }

    fn bar(&self, out: &mut String, page: &str, up: &str) {
        let twin = self.lang.twin();
        let there = self.nearest(page);
        // Of another page the sections are others, too.
        let elsewhere = if there == page { "" } else { " data-elsewhere" };
        put!(
            out,
            "<header class=\"bar\"><button class=\"tool menu\" type=\"button\" popovertarget=\"contents\" \
             aria-label=\"{contents}\" title=\"{contents}\">{ICON_MENU}</button>\
             <a class=\"brand\" href=\"{up}index.html\">{title}</a><div class=\"tools\">\
             <button class=\"tool\" type=\"button\" data-testid=\"search-open\" data-search-open hidden \
             aria-haspopup=\"dialog\" aria-keyshortcuts=\"/ Control+K Meta+K\" aria-label=\"{search}\" title=\"{search} (/)\">\
             {ICON_SEARCH}</button>\
             <button class=\"tool\" type=\"button\" data-theme-switch hidden aria-label=\"{theme}\" title=\"{theme}\">\
             {ICON_THEME}</button><a class=\"language\" data-testid=\"language-switch\" lang=\"{code}\" \
             hreflang=\"{code}\" href=\"{up}../{code}/{path}\"{elsewhere}>{language}</a></div></header>",
            contents = self.say("site.contents"),
            search = self.say("search.open"),
            title = escape(&self.title),
            theme = self.say("site.theme"),
            code = twin.code(),
            path = html_path(there),
            language = say(twin, "site.language", &[]),
        );
    }

    fn contents(&self, out: &mut String, page: &str, up: &str, content: &Content) {
        put!(
            out,
            "<nav id=\"contents\" class=\"contents\" popover aria-label=\"{}\" data-parts=\"{up}{}\">",
            self.say("site.contents"),
            self.parts
        );
        put!(
            out,
            "<div class=\"progress\" data-testid=\"progress\" hidden><button type=\"button\" class=\"progress-open\" \
             data-testid=\"progress-open\" data-of=\"{}\"><span>{}</span></button></div>",
            self.say("progress.of"),
            self.say("progress.open")
        );
        let mut open = false;
        for entry in &self.entries {
            match entry {
                Entry::Part(title) => {
                    if std::mem::take(&mut open) {
                        out.push_str("</ol>");
                    }
                    put!(out, "<p class=\"part\">{}</p>", escape(title));
                }
                Entry::Page { page: one, number, name, depth } => {
                    if !std::mem::replace(&mut open, true) {
                        out.push_str("<ol>");
                    }
                    let here = if one == page { " aria-current=\"page\"" } else { "" };
                    let counted =
                        if self.counted.contains(one) { format!(" data-page=\"{one}\"") } else { String::new() };
                    put!(
                        out,
                        "<li class=\"depth-{depth}\"><a href=\"{up}{}\"{here}{counted}><span class=\"number\">{number}</span>{}</a>",
                        html_path(one),
                        escape(name)
                    );
                    if one == page && content.sections.len() > 1 {
                        out.push_str("<ol class=\"sections\">");
                        for (id, title) in &content.sections {
                            put!(out, "<li><a href=\"#{id}\">{title}</a></li>");
                        }
                        out.push_str("</ol>");
                    }
                    out.push_str("</li>");
                }
            }
        }
        if open {
            out.push_str("</ol>");
        }
        self.lab_states(out, up);
        out.push_str("</nav>");
    }

    /// The state of all labs; only `cargo run` knows it and shows the list.
    fn lab_states(&self, out: &mut String, up: &str) {
        if self.labs.is_empty() {
            return;
        }
        put!(
            out,
            "<div class=\"lab-states\" data-lab-states data-testid=\"lab-states\" hidden><p class=\"part\">{}</p><ol>",
            self.say("site.lab.yours")
        );
        for (id, title) in &self.labs {
            put!(
                out,
                "<li><a href=\"{up}labs.html#{id}\" data-lab-state=\"{id}\"><span class=\"state\"></span>{}</a></li>",
                escape(title)
            );
        }
        out.push_str("</ol></div>");
    }

    /// The pages before and after.
    fn turn(&self, out: &mut String, page: &str, up: &str) {
        let pages: Vec<(&str, &str)> = self
            .entries
            .iter()
            .filter_map(|entry| match entry {
                Entry::Page { page, name, .. } => Some((page.as_str(), name.as_str())),
                Entry::Part(_) => None,
            })
            .collect();
        let Some(at) = pages.iter().position(|(one, _)| *one == page) else { return };
        put!(out, "<nav class=\"turn\" aria-label=\"{}\">", self.say("site.turn"));
        let mut link = |at: Option<usize>, rel: &str, word: &str| {
            let Some((page, name)) = at.and_then(|at| pages.get(at)) else { return };
            put!(
                out,
                "<a rel=\"{rel}\" class=\"{rel}\" href=\"{up}{}\"><span>{}</span><b>{}</b></a>",
                html_path(page),
                self.say(word),
                escape(name)
            );
        };
        link(at.checked_sub(1), "prev", "site.previous");
        link(Some(at + 1), "next", "site.next");
        out.push_str("</nav>");
    }
}

/// Where a page is on the public site: one address, though `index.html` shows
/// the first page of a folder as well.
fn address(site: &str, lang: &str, page: &str) -> String {
    let path = html_path(page);
    let path =
        path.strip_suffix("index.html").filter(|folder| folder.is_empty() || folder.ends_with('/')).unwrap_or(&path);
    format!("{site}{lang}/{path}")
}

/// At most 150 characters, on a word's end; `text` is HTML text already.
fn shorten(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('"', "&quot;");
    if text.chars().count() <= 150 {
        return text;
    }
    let cut: String = text.chars().take(150).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(head, _)| head);
    format!("{cut}…")
}

/// The page at the root: chooses an edition by the browser's language, or the
/// one that was chosen before; without a script, two links.
pub(super) fn root_page(titles: &[(Lang, String)], site_url: Option<&str>) -> String {
    let mut links = String::new();
    for (lang, title) in titles {
        let code = lang.code();
        put!(
            links,
            "<a href=\"{code}/index.html\" lang=\"{code}\" hreflang=\"{code}\"><b>{}</b><span>{}</span></a>",
            say(*lang, "site.language", &[]),
            escape(title)
        );
    }
    let mut alternates = String::new();
    if let Some(site) = site_url {
        put!(alternates, "<link rel=\"canonical\" href=\"{site}\">");
        for (lang, _) in titles {
            let code = lang.code();
            put!(alternates, "<link rel=\"alternate\" hreflang=\"{code}\" href=\"{}\">", address(site, code, "README"));
        }
        put!(alternates, "<link rel=\"alternate\" hreflang=\"x-default\" href=\"{site}\">");
    }
    let name: Vec<_> = titles.iter().map(|(_, title)| escape(title)).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>{}</title><meta name=\"color-scheme\" content=\"light dark\">\
         {alternates}<link rel=\"icon\" href=\"theme/favicon.svg\" type=\"image/svg+xml\"><script>{ROOT_SCRIPT}</script>\
         <style>{ROOT_STYLE}</style></head><body><main><h1>{}</h1><nav aria-label=\"Language · 언어\">{links}</nav></main>\
         </body></html>\n",
        name.join(" · "),
        name.join("<br>")
    )
}

/// What a static host shows for an address without a page. It is shown below
/// any path, so it can only be written for a site whose address is known.
pub(super) fn lost_page(titles: &[(Lang, String)], site_url: &str) -> String {
    let mut body = String::new();
    for (lang, title) in titles {
        let code = lang.code();
        put!(
            body,
            "<p lang=\"{code}\">{}<br><a href=\"{site_url}{code}/index.html\" hreflang=\"{code}\"><b>{}</b></a></p>",
            say(*lang, "site.lost", &[]),
            escape(title)
        );
    }
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><title>404</title>\
         <meta name=\"color-scheme\" content=\"light dark\"><style>{ROOT_STYLE}</style></head><body><main>{body}</main>\
         </body></html>\n"
    )
}

const ROOT_SCRIPT: &str = "let l;try{l=localStorage.getItem('sockets-language')}catch{}\
    if(l!=='ko'&&l!=='en'){l=(navigator.languages||[navigator.language]).map(x=>String(x).slice(0,2).toLowerCase())\
    .find(x=>x==='ko'||x==='en')||'en'}location.replace(l+'/index.html'+location.hash)";

const ROOT_STYLE: &str = ":root{color-scheme:light dark;font:1.1rem/1.6 system-ui,sans-serif}\
    body{margin:0;min-height:100vh;display:grid;place-items:center;background:light-dark(#fbfaf7,#15181c);\
    color:light-dark(#22262b,#e4e6e8)}main{padding:2rem;text-align:center}h1{font-size:1.8rem;line-height:1.4}\
    nav{display:flex;gap:1rem;flex-wrap:wrap;justify-content:center}a{display:grid;padding:1rem 1.5rem;border-radius:.75rem;\
    border:1px solid light-dark(#d5d9d4,#3a4148);color:inherit;text-decoration:none}\
    a:hover,a:focus-visible{border-color:light-dark(#0b6e6e,#5fc9c4)}span{opacity:.75}";
