//! One edition: mdBook makes its chapters, our pages go around them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use anyhow::Context as _;
use mdbook_driver::MDBook;
use mdbook_driver::book::BookItem;
use mdbook_driver::builtin_preprocessors::{IndexPreprocessor, LinkPreprocessor};
use mdbook_driver::config::Config;
use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

use super::content::{self, Content};
use super::directive::{Directives, Slots, Unmark};
use super::drawing;
use super::explain;
use super::fault::Fault;
use super::fragment::{drawing_path, program_path};
use super::kept::Kept;
use super::outline::{Outline, href, html_path, page_of};
use super::page::{Entry, Frame};
use super::project::Project;
use super::search;
use crate::book::PagePath;
use crate::hex::hex;
use crate::text::{Lang, say};

/// A rendered edition.
pub(super) struct Edition {
    pub(super) lang: Lang,
    /// Where its text is, below the root.
    pub(super) src: PathBuf,
    pub(super) title: String,
    pub(super) entries: Vec<Entry>,
    pub(super) pages: BTreeMap<PagePath, Content>,
    /// The file among `assets` in which the search looks.
    pub(super) search: String,
    /// The file among `assets` with what there is to do on which page.
    pub(super) parts: String,
    /// The pages that are in it.
    pub(super) counted: BTreeSet<PagePath>,
    /// Files that pages show or load: pictures and the like, below the edition.
    pub(super) assets: BTreeMap<String, Vec<u8>>,
}

/// The configuration of one edition: `book.toml` is that of the English one.
pub(super) fn config(root: &Path, lang: Lang, build_dir: &Path) -> anyhow::Result<Config> {
    let mut config = Config::from_disk(root.join("book.toml"))?;
    if lang != Lang::En {
        config.book.src = Path::new("book").join(lang.code());
        config.book.language = Some(lang.code().to_string());
        config.book.title = Some(say(lang, "site.title", &[]));
    }
    config.build.build_dir = build_dir.to_path_buf();
    Ok(config)
}

/// Builds the edition `lang` of the book at `root`, and says what is wrong
/// with it.
///
/// # Errors
///
/// There is no such edition, or mdBook gives up.
pub(super) fn build(
    root: &Path,
    lang: Lang,
    speak: Lang,
    project: Arc<Project>,
    kept: &Kept,
) -> anyhow::Result<(Edition, Vec<Fault>)> {
    let work = tempfile::tempdir().context("a folder for mdBook to build in")?;
    let target = work.path().join("html");
    let mut config = config(root, lang, &target)?;
    config.set("output.html.theme", frameless(work.path())?)?;
    // Ours have to see the text before includes are resolved, so that the
    // lines they name are those of the file.
    config.build.use_default_preprocessors = false;
    config.build.create_missing = false;
    config.set("output.html.print.enable", false)?;
    config.set("output.html.hash-files", false)?;
    let src = config.book.src.clone();
    let title = config.book.title.clone().unwrap_or_default();
    let mut book = MDBook::load_with_config(root, config)?;

    let outline = Outline::of(&book.book);
    let found = Rc::new(RefCell::new(Vec::new()));
    let slots = Slots::default();
    book.with_preprocessor(Directives {
        lang,
        speak,
        src: src.clone(),
        project: Arc::clone(&project),
        outline,
        faults: Rc::clone(&found),
        slots: slots.clone(),
    });
    book.with_preprocessor(LinkPreprocessor::new());
    book.with_preprocessor(Unmark);
    book.with_preprocessor(IndexPreprocessor::new());
    book.build()?;
    let mut faults = found.take();

    let mut mains = Vec::new();
    for chapter in book.book.chapters() {
        let Some(path) = &chapter.source_path else { continue };
        let file = target.join(html_path(&page_of(path)));
        let html = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let main = content::main_of(&html).context("a page of mdBook without <main>")?.to_string();
        mains.push((path.clone(), page_of(path), slots.fill(&main), main));
    }
    // Terms are explained on the pages before those on which they all stand.
    let terms = mains.iter().find(|(_, _, filled, _)| filled.contains(explain::LIST)).map(|(_, page, ..)| page.clone());
    let mut uses = explain::Uses::default();
    if let Some(terms) = &terms {
        let glossary = format!("{:?}", project.glossary);
        for (_, page, filled, main) in mains.iter_mut().filter(|(_, page, ..)| page != terms) {
            let to = href(page, terms);
            let glossed = kept.or_make("explained", &[main, lang.code(), &to, &glossary], || {
                Ok::<_, anyhow::Error>(explain::explain(main, &project.glossary, lang, &to))
            })?;
            uses.add(page, &glossed.uses);
            *filled = slots.fill(&glossed.html);
        }
    }

    let mut pages = BTreeMap::new();
    for (path, page, filled, main) in mains {
        let html = match terms.as_ref() == Some(&page) {
            true => uses.fill(&filled, |at| name_of(&book.book.items, at).map(|name| (href(&page, at), name))),
            false => filled,
        };
        let mut content = kept.or_make("content", &[&html, lang.code()], || content::rework(&html, lang))?;
        // Cards are not in yet: what is on them is found where it has its address.
        content.searched = kept.or_make("searched", &[&main], || Ok::<_, anyhow::Error>(search::sections(&main)))?;
        let place = |message| Fault { file: src.join(&path), line: 0, message };
        if content.empty_code > 0 {
            faults.push(place(say(speak, "site.fault.empty-code", &[])));
        }
        if let Some(at) = content.html.find("{{#") {
            let what: String = content.html[at..].chars().take(60).collect();
            faults.push(place(say(speak, "site.fault.unresolved", &[("what", &what)])));
        }
        let mut seen = BTreeSet::new();
        for id in content.ids.iter().filter(|id| !seen.insert(*id)) {
            faults.push(place(say(speak, "site.fault.double-id", &[("what", id)])));
        }
        pages.insert(page, content);
    }
    let style = drawing::style(root)?;
    let mut assets = assets(&root.join(&src))?;
    for (name, drawing) in &project.drawings {
        assets.insert(drawing_path(name), drawing.file(lang, &style));
        if let Ok(program) = drawing.rust(lang) {
            assets.insert(program_path(name), program.clone().into_bytes());
        }
    }
    let entries = entries(&book.book.items, 0);
    let (search, index) = search::Index::of(lang, &entries, &pages, &project).file()?;
    assets.insert(search.clone(), index);
    let lists = lists(&pages);
    let counted = lists.keys().cloned().collect();
    let (parts, bytes) = named_by_content("parts", serde_json::to_vec(&lists)?);
    assets.insert(parts.clone(), bytes);
    Ok((Edition { lang, src, title, entries, pages, search, parts, counted, assets }, faults))
}

/// What there is to do on each page, for who keeps count. The page itself is not
/// named again in its own list: a mixed review asks hundreds of questions.
fn lists(pages: &BTreeMap<PagePath, Content>) -> BTreeMap<PagePath, String> {
    let list = |(page, content): (&PagePath, &Content)| {
        let parts = content.parts()?.replace(&format!("{page}#"), "").replace(&format!("@{page}"), "@");
        Some((page.clone(), parts))
    };
    pages.iter().filter_map(list).collect()
}

/// A file below an edition: its name changes with what is in it, so that no
/// browser keeps an old one and no page meets one that is newer.
pub(super) fn named_by_content(name: &str, bytes: Vec<u8>) -> (String, Vec<u8>) {
    let stamp = hex(&Sha256::digest(&bytes)[..4]);
    (format!("{name}-{stamp}.json"), bytes)
}

/// A theme for mdBook that is a chapter and nothing around it: the frame is
/// ours (see [`super::page`]), and mdBook's would take most of the time of a
/// build to be made and thrown away.
fn frameless(work: &Path) -> anyhow::Result<PathBuf> {
    let theme = work.join("theme");
    std::fs::create_dir_all(theme.join("fonts"))?;
    std::fs::write(theme.join("index.hbs"), "<main>{{{ content }}}</main>")?;
    for name in ["toc.js.hbs", "toc.html.hbs", "fonts/fonts.css"] {
        std::fs::write(theme.join(name), "")?;
    }
    Ok(theme)
}

fn entries(items: &[BookItem], depth: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    for item in items {
        match item {
            BookItem::PartTitle(title) => entries.push(Entry::Part(title.clone())),
            BookItem::Separator => {}
            BookItem::Chapter(chapter) => {
                if let Some(path) = &chapter.source_path {
                    entries.push(Entry::Page {
                        page: page_of(path),
                        number: chapter.number.as_ref().map(ToString::to_string).unwrap_or_default(),
                        name: chapter.name.clone(),
                        depth,
                    });
                }
                entries.extend(self::entries(&chapter.sub_items, depth + 1));
            }
        }
    }
    entries
}

/// The name of the page of `address` (`tcp/connection#reset`), with the number
/// of its chapter.
fn name_of(items: &[BookItem], address: &str) -> Option<String> {
    let page = address.split('#').next()?;
    entries(items, 0).into_iter().find_map(|entry| match entry {
        Entry::Page { page: one, number, name, .. } if one == page => {
            Some(format!("{number} {name}").trim().to_string())
        }
        _ => None,
    })
}

/// Everything in the source folder that is not text.
fn assets(src: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let mut assets = BTreeMap::new();
    for entry in WalkDir::new(src).sort_by_file_name() {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy();
        // What editors and file managers leave behind is nobody's to publish.
        let is_litter = name.starts_with('.') || name.ends_with('~');
        if entry.file_type().is_file() && !is_litter && !name.ends_with(".md") {
            let name = entry.path().strip_prefix(src)?.to_string_lossy().replace('\\', "/");
            assets.insert(name, std::fs::read(entry.path())?);
        }
    }
    Ok(assets)
}

impl Edition {
    /// The pages as files of the site.
    pub(super) fn files(&self, frame: &Frame) -> impl Iterator<Item = (String, Vec<u8>)> {
        let code = self.lang.code();
        let pages = self.pages.iter().map(move |(page, content)| {
            (format!("{code}/{}", html_path(page)), frame.page(page, content).into_bytes())
        });
        let assets = self.assets.iter().map(move |(name, bytes)| (format!("{code}/{name}"), bytes.clone()));
        pages.chain(assets)
    }
}
