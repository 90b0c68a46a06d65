//! Each edition as one PDF: its chapters in order as one page without scripts,
//! printed by Chromium.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use lol_html::html_content::ContentType;
use lol_html::{RewriteStrSettings, element, rewrite_str};

use super::content::is_external;
use super::links::resolve;
use super::markdown::escape;
use super::outline::html_path;
use super::page::Entry;
use super::{Site, Volume, output};
use crate::book::PagePath;
use crate::process::Group;
use crate::text::say;

/// The longest that Chromium may take for one edition.
const PATIENCE: Duration = Duration::from_secs(900);

const STYLE: &str = include_str!("print.css");

/// Words with an outline become a font of their own for each size of a figure,
/// which was half of the file.
const NO_OUTLINES: &str = "<style>.sequence text, .drawn text { stroke: none !important; }</style>";

/// Where the PDF of an edition lies in the site.
pub(super) fn pdf_path(volume: &Volume) -> String {
    format!("sockets.{}.pdf", volume.lang.code())
}

/// Prints one edition of `site` with the Chromium at `chromium`.
///
/// # Errors
///
/// Chromium does not run, takes longer than [`PATIENCE`], or writes no PDF.
pub(super) fn pdf(site: &Site, volume: &Volume, chromium: &Path) -> anyhow::Result<Vec<u8>> {
    let work = tempfile::tempdir()?;
    let code = volume.lang.code();
    // Pictures are files of the edition; the style is that of the site.
    let folder = format!("{code}/");
    let is_shown = |path: &str| {
        let picture = path.starts_with(&folder) && [".svg", ".png"].iter().any(|end| path.ends_with(end));
        picture || path == "theme/book.css"
    };
    let shown = site.files.iter().filter(|(path, _)| is_shown(path));
    let mut files: BTreeMap<String, Vec<u8>> = shown.map(|(path, bytes)| (path.clone(), bytes.clone())).collect();
    for (_, figure) in files.iter_mut().filter(|(path, _)| path.ends_with(".svg")) {
        if let Some(text) = std::str::from_utf8(figure).ok().and_then(|text| text.trim_end().strip_suffix("</svg>")) {
            *figure = format!("{text}{NO_OUTLINES}</svg>").into_bytes();
        }
    }
    let page = format!("{code}/print.html");
    files.insert(page.clone(), page_of(site, volume)?.into_bytes());
    output::write(&Site { files, ..Site::default() }, work.path())?;
    let page = work.path().join(page);
    let out = work.path().join("out.pdf");
    let mut print = Command::new(chromium);
    print.args([
        "--headless",
        // Containers rarely allow it; only this one file of ours is opened.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--no-pdf-header-footer",
        "--generate-pdf-document-outline",
    ]);
    print.arg(format!("--user-data-dir={}", work.path().join("profile").display()));
    print.arg(format!("--print-to-pdf={}", out.display())).arg(format!("file://{}", page.display()));
    let said = tempfile::tempfile()?;
    print.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said.try_clone()?);
    let mut child = Group::spawn(&mut print).with_context(|| chromium.display().to_string())?;
    let end = Instant::now() + PATIENCE;
    while child.ended()?.is_none() {
        if Instant::now() > end {
            anyhow::bail!("{}: no PDF after {} s", chromium.display(), PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    match std::fs::read(&out) {
        Ok(pdf) if pdf.starts_with(b"%PDF-") => Ok(pdf),
        _ => {
            let mut text = String::new();
            let mut said = said;
            std::io::Seek::rewind(&mut said)?;
            std::io::Read::read_to_string(&mut said, &mut text)?;
            anyhow::bail!("{}: no PDF\n{}", chromium.display(), text.trim())
        }
    }
}

/// All chapters of an edition as one page.
fn page_of(site: &Site, volume: &Volume) -> anyhow::Result<String> {
    let code = volume.lang.code();
    let title = escape(&volume.title);
    let names: BTreeMap<String, &PagePath> =
        volume.pages().map(|(page, _, _)| (format!("{code}/{}", html_path(page)), page)).collect();
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{code}\" data-theme=\"light\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"../theme/book.css\"><style>{STYLE}</style>{NO_OUTLINES}</head><body>\
         <section class=\"cover\"><p class=\"cover-title\">{title}</p><p>{}</p></section>",
        say(volume.lang, "site.foot", &[])
    );
    contents(volume, &mut out);
    for (page, number, _) in volume.pages() {
        let path = format!("{code}/{}", html_path(page));
        let html =
            site.files.get(&path).and_then(|bytes| std::str::from_utf8(bytes).ok()).with_context(|| path.clone())?;
        let start = html.find("<article>").context("a page without <article>")? + "<article>".len();
        let end = html.rfind("</article>").context("a page without </article>")?;
        let chapter = chapter(&html[start..end], &path, number, &names, site.site_url.as_deref())?;
        put!(out, "<section class=\"chapter\" id=\"{}\">{chapter}</section>", slug(page));
    }
    out.push_str("</body></html>\n");
    Ok(out)
}

/// The contents: parts, chapters, and where they are.
fn contents(volume: &Volume, out: &mut String) {
    put!(out, "<nav class=\"print-contents\"><p class=\"cover-title\">{}</p>", say(volume.lang, "site.contents", &[]));
    let mut open = false;
    for entry in &volume.entries {
        match entry {
            Entry::Part(title) => {
                let end = if std::mem::take(&mut open) { "</ol>" } else { "" };
                put!(out, "{end}<p class=\"part\">{}</p>", escape(title));
            }
            Entry::Page { page, number, name, depth } => {
                let begin = if std::mem::replace(&mut open, true) { "" } else { "<ol>" };
                let (slug, name) = (slug(page), escape(name));
                put!(out, "{begin}<li class=\"depth-{depth}\"><a href=\"#{slug}\">{number} {name}</a></li>");
            }
        }
    }
    out.push_str(if open { "</ol></nav>" } else { "</nav>" });
}

/// A page's name as the beginning of ids.
fn slug(page: &str) -> String {
    page.replace('/', "-")
}

/// Attributes that name an id, or several.
const NAMES_IDS: &[&str] = &["for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget"];

/// What is of no use on paper: what is pressed; programs that say again what a
/// script says; on the bench, experiments that a chapter has already; and of a
/// mixed review, what is past its first round: a chapter has that, too.
const LEFT_OUT: &str =
    "script, button, select, .x-bar, .x-rust, .x-fold > section, [data-testid=playground], .mixed > .more";

/// One chapter for the page of all: ids are those of the chapter, links lead
/// to where their target stands now, and everything is unfolded.
fn chapter(
    html: &str,
    path: &str,
    number: &str,
    names: &BTreeMap<String, &PagePath>,
    site_url: Option<&str>,
) -> anyhow::Result<String> {
    let own = names.get(path).map(|page| slug(page)).unwrap_or_default();
    let numbered = RefCell::new(number.is_empty());
    let handlers = vec![
        element!("*", |el| {
            for attribute in el.attributes().iter().map(|one| (one.name(), one.value())).collect::<Vec<_>>() {
                let (name, value) = attribute;
                if name == "id" {
                    el.set_attribute("id", &format!("{own}--{value}"))?;
                } else if NAMES_IDS.contains(&name.as_str()) {
                    let ids: Vec<_> = value.split_whitespace().map(|id| format!("{own}--{id}")).collect();
                    el.set_attribute(&name, &ids.join(" "))?;
                } else if value.contains("url(#") {
                    el.set_attribute(&name, &value.replace("url(#", &format!("url(#{own}--")))?;
                }
            }
            Ok(())
        }),
        element!("[href]", |el| {
            let href = el.get_attribute("href").unwrap_or_default();
            if is_external(&href) {
                return Ok(());
            }
            let (file, id) = href.split_once('#').map_or((href.as_str(), None), |(file, id)| (file, Some(id)));
            let file = if file.is_empty() { path.to_string() } else { resolve(path, file) };
            match (names.get(&file), site_url) {
                (Some(page), _) => {
                    let id = id.map(|id| format!("--{id}")).unwrap_or_default();
                    el.set_attribute("href", &format!("#{}{id}", slug(page)))?;
                }
                // A file of the site.
                (None, Some(url)) => el.set_attribute("href", &format!("{url}{file}"))?,
                (None, None) => el.remove_attribute("href"),
            }
            Ok(())
        }),
        element!("img[src]", |el| {
            let src = el.get_attribute("src").unwrap_or_default();
            if !is_external(&src) {
                // The page of all chapters lies beside the first.
                el.set_attribute("src", &format!("../{}", resolve(path, &src)))?;
            }
            el.remove_attribute("loading");
            Ok(())
        }),
        element!("h1", |el| {
            if !numbered.replace(true) {
                el.prepend(&format!("{number} "), ContentType::Text);
            }
            Ok(())
        }),
        element!("details", |el| Ok(el.set_attribute("open", "")?)),
        element!(LEFT_OUT, |el| {
            el.remove();
            Ok(())
        }),
    ];
    let settings = handlers
        .into_iter()
        .fold(RewriteStrSettings::new(), |settings, handler| settings.append_element_content_handler(handler));
    Ok(rewrite_str(html, settings)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chapter_keeps_its_links_among_all_chapters() {
        let pages: [PagePath; 2] = ["tcp/connection".into(), "udp/datagrams".into()];
        let names = pages.iter().map(|page| (format!("en/{}", html_path(page)), page)).collect();
        let html = "<h1 id=\"top\">A</h1><a href=\"#b\">x</a><a href=\"../udp/datagrams.html#c\">y</a>\
                    <a href=\"../programs/p.rs\">z</a><a href=\"https://www.rfc-editor.org/\">r</a>\
                    <img src=\"../figures/f.svg\" loading=\"lazy\"><details><summary>s</summary></details>\
                    <svg><g marker-end=\"url(#m)\"><marker id=\"m\"></marker></g></svg>\
                    <form class=\"mixed\"><details class=\"more\">the same again</details></form>";
        let out = chapter(html, "en/tcp/connection.html", "2.", &names, None).unwrap();
        for part in [
            "<h1 id=\"tcp-connection--top\">2. A",
            "href=\"#tcp-connection--b\"",
            "href=\"#udp-datagrams--c\"",
            "<a>z</a>",
            "href=\"https://www.rfc-editor.org/\"",
            "<img src=\"../en/figures/f.svg\">",
            "<details open=\"\">",
            "url(#tcp-connection--m)",
        ] {
            assert!(out.contains(part), "{part} in {out}");
        }
        assert!(!out.contains("the same again"), "{out}");
        let published = chapter(html, "en/tcp/connection.html", "", &names, Some("https://example.org/sub/")).unwrap();
        assert!(published.contains("href=\"https://example.org/sub/en/programs/p.rs\""), "{published}");
    }
}
