//! Both editions as one static site, made in memory.
//!
//! mdBook renders the chapters; a preprocessor of ours replaces directives
//! ([`directive`]) and looks at includes, and the HTML is reworked and set into
//! our own page ([`content`], [`page`]). What is wrong with the text is
//! collected as faults, each with file and line, and never stops at the first.

/// Appends formatted text to a `String`, which cannot fail.
macro_rules! put {
    ($out:expr, $($arguments:tt)*) => { $out.push_str(&format!($($arguments)*)) };
}

mod content;
mod directive;
mod drawing;
mod edition;
mod explain;
mod fault;
mod foreign;
mod fragment;
mod highlight;
mod include;
mod kept;
mod links;
mod markdown;
mod offline;
mod outline;
mod output;
mod page;
mod print;
mod project;
mod search;
pub(crate) mod sources;
mod theme;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread::ScopedJoinHandle;
use std::time::Instant;

use anyhow::Context as _;
use clap::{Arg, ArgMatches, Command, value_parser};
use indicatif::{ProgressBar, ProgressStyle};

pub use fault::Fault;
pub use kept::Kept;
pub use offline::{MOST, Offline, keep};

use crate::book::PagePath;
use crate::book::edition::Edition as Text;
use crate::cli::Context;
use crate::data::DataError;
use crate::diagram::Diagrams;
use crate::manifest::Lab;
use crate::text::{self, Lang, say};
use crate::twins::{self, Change};
use edition::Edition;
use page::{Entry, Frame};
use sources::Sources;

/// A site that was built, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Every file by its path, `/` between folders: `en/tcp/connection.html`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// How many of them are pages of the book.
    pub pages: usize,
    /// What has to be mended; a site with faults is not to be published.
    pub faults: Vec<Fault>,
    /// What every script and stylesheet is asked for with, after a `?`.
    pub(crate) stamp: String,
    /// Where the site will be, with a `/` at its end, as an attribute has it.
    pub(crate) site_url: Option<String>,
    /// What is read in which order.
    pub(crate) volumes: Vec<Volume>,
}

/// An edition as it is read from the first page to the last.
#[derive(Clone, Debug)]
pub(crate) struct Volume {
    lang: Lang,
    title: String,
    entries: Vec<Entry>,
}

impl Volume {
    /// Its pages in order: path, number ("3.1.") and name.
    fn pages(&self) -> impl Iterator<Item = (&crate::book::PagePath, &str, &str)> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Page { page, number, name, .. } => Some((page, number.as_str(), name.as_str())),
            Entry::Part(_) => None,
        })
    }
}

/// [`rebuild`] with nothing from earlier builds.
///
/// # Errors
///
/// See [`rebuild`].
pub fn build(root: &Path, site_url: Option<&str>, speak: Lang, step: &(dyn Fn(&str) + Sync)) -> anyhow::Result<Site> {
    rebuild(root, site_url, speak, &Kept::nothing(), step)
}

/// Builds both editions of the book at `root`. Messages are in `speak`;
/// `step` hears what is being done. What is in `kept` saves time and changes
/// nothing else.
///
/// # Errors
///
/// Only what leaves no site at all: no `book.toml`, a SUMMARY that mdBook
/// cannot read, a chapter file that is missing. Faults of the text are in the
/// site.
pub fn rebuild(
    root: &Path,
    site_url: Option<&str>,
    speak: Lang,
    kept: &Kept,
    step: &(dyn Fn(&str) + Sync),
) -> anyhow::Result<Site> {
    step(&say(speak, "site.progress.read", &[]));
    let sources = Sources::of(root);
    let project = kept.last_or_make("project", &sources.of_all(speak), || {
        let mut faults = Vec::new();
        let project = Arc::new(project::Project::load(root, kept, &mut faults));
        anyhow::Ok((project, faults))
    })?;
    let (project, faults) = &*project;
    let mut faults = faults.clone();
    let theme = theme::Theme::load(root)?;
    let site_url = site_url.map(|url| format!("{}/", markdown::escape(url.trim_end_matches('/'))));

    // The editions know nothing of each other: each has a thread.
    let (built, behind) = std::thread::scope(|scope| {
        let threads = Lang::ALL.map(|lang| {
            let of = sources.of_edition(lang, speak);
            scope.spawn(move || {
                step(&say(speak, "site.progress.edition", &[("title", &say(lang, "site.title", &[]))]));
                let make = || edition::build(root, lang, speak, Arc::clone(project), kept);
                kept.last_or_make(lang.code(), &of, make).with_context(|| format!("book/{}", lang.code()))
            })
        });
        let behind = scope.spawn(|| behind(root));
        (threads.map(joined), joined(behind))
    });
    let behind = behind.unwrap_or_else(|error| {
        faults.push(Fault::of_data(root, &error));
        Behind::new()
    });
    let built = built.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    faults.extend(built.iter().flat_map(|built| built.1.iter().cloned()));
    let editions: Vec<&Edition> = built.iter().map(|built| &built.0).collect();
    faults.extend(diagrams(project, &editions, speak));
    kept.finish();
    step(&say(speak, "site.progress.links", &[]));
    links::check(root, &editions, speak, &mut faults);

    let mut site = Site { pages: editions.iter().map(|edition| edition.pages.len()).sum(), ..Site::default() };
    let framed = std::thread::scope(|scope| {
        let threads = [0, 1].map(|at| {
            let (edition, twin) = (editions[at], editions[1 - at]);
            let (theme, behind, site_url) = (&theme, &behind, &site_url);
            scope.spawn(move || {
                let frame = frame(project, edition, twin, behind, &theme.stamp, site_url.as_deref());
                let files: BTreeMap<String, Vec<u8>> = edition.files(&frame).collect();
                let faults = foreign::check(edition, &files, speak);
                (files, faults)
            })
        });
        threads.map(joined)
    });
    for (files, found) in framed {
        site.files.extend(files);
        faults.extend(found);
    }
    let titles: Vec<_> = editions.iter().map(|edition| (edition.lang, edition.title.clone())).collect();
    site.files.insert("index.html".to_string(), page::root_page(&titles, site_url.as_deref()).into_bytes());
    if let Some(site_url) = &site_url {
        site.files.insert("404.html".to_string(), page::lost_page(&titles, site_url).into_bytes());
    }
    site.files.extend(theme.files);
    site.files.extend(words());
    site.files.extend(states());
    site.files.insert(offline::WORKER.to_string(), offline::FAREWELL.into());
    let volume = |edition: &&Edition| Volume {
        lang: edition.lang,
        title: edition.title.clone(),
        entries: edition.entries.clone(),
    };
    site.volumes = editions.iter().map(volume).collect();
    site.stamp = theme.stamp;
    site.site_url = site_url;
    faults.sort();
    faults.dedup();
    site.faults = faults;
    Ok(site)
}

/// What every page of `edition` has around its text.
fn frame(
    project: &project::Project,
    edition: &Edition,
    twin: &Edition,
    behind: &Behind,
    stamp: &str,
    site_url: Option<&str>,
) -> Frame {
    let title = |lab: &Lab| (lab.id.clone(), lab.title.get(edition.lang).to_string());
    Frame {
        search: edition.search.clone(),
        lang: edition.lang,
        title: edition.title.clone(),
        entries: edition.entries.clone(),
        labs: project.labs.iter().map(title).collect(),
        parts: edition.parts.clone(),
        counted: edition.counted.clone(),
        twin_pages: twin.pages.keys().cloned().collect(),
        behind: behind.get(&edition.lang).cloned().unwrap_or_default(),
        stamp: stamp.to_string(),
        site_url: site_url.map(str::to_string),
    }
}

/// What a thread made, or its panic.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The sections of each edition whose other side, and that alone, has changed
/// since someone read the two.
type Behind = BTreeMap<Lang, BTreeMap<PagePath, Vec<String>>>;

fn behind(root: &Path) -> Result<Behind, DataError> {
    let mut behind = Behind::new();
    // A book that keeps no record knows of no reading.
    if !root.join(twins::FILE).is_file() {
        return Ok(behind);
    }
    let record = twins::load(root)?;
    for drift in twins::drifts(&Text::load(root, Lang::En)?, &Text::load(root, Lang::Ko)?, &record) {
        if let (Change::One(lang), Some((page, id))) = (drift.change, drift.section.split_once('#')) {
            behind.entry(lang.twin()).or_default().entry(page.to_string()).or_default().push(id.to_string());
        }
    }
    Ok(behind)
}

/// What is wrong with diagrams: in themselves, or that no chapter shows them.
fn diagrams(project: &project::Project, editions: &[&Edition], speak: Lang) -> Vec<Fault> {
    let diagrams = &project.diagrams;
    let wrong = diagrams.wrong.iter();
    let mut faults: Vec<Fault> = wrong
        .map(|wrong| Fault { file: wrong.file.clone(), line: wrong.line, message: wrong.message(speak) })
        .collect();
    for edition in editions {
        let message = say(speak, "diagram.unused", &[("lang", &edition.lang.code())]);
        for name in diagrams.by_name.keys() {
            // On the page of all diagrams the id is the name alone.
            let id = format!("diagram-{name}");
            if !edition.pages.values().any(|page| page.ids.contains(&id)) {
                faults.push(Fault { file: Diagrams::file(name), line: 1, message: message.clone() });
            }
        }
    }
    faults
}

/// The words of scripts as files that they load: name of the file, and what the
/// ids of its texts begin with. The first beginning is left out of the names.
/// A text is in the first file that may have it.
const WORDS: [(&str, &[&str]); 3] =
    [("bets", &["experiment.bets."]), ("experiment", &["experiment.", "net."]), ("progress", &["progress."])];

/// [`WORDS`], one file a language.
fn words() -> impl Iterator<Item = (String, Vec<u8>)> {
    let owner = |id: &str| WORDS.iter().position(|(_, begins)| begins.iter().any(|begin| id.starts_with(begin)));
    let files = Lang::ALL.into_iter().flat_map(|lang| (0..WORDS.len()).map(move |at| (lang, at)));
    files.map(move |(lang, at)| {
        let (file, begins) = WORDS[at];
        let texts = begins.iter().flat_map(|begin| text::all(begin));
        let texts = texts.filter(|(id, _)| owner(id) == Some(at) && !id.starts_with("net.arg."));
        let texts = texts.map(|(id, text)| {
            let name = id.strip_prefix(begins[0]).unwrap_or(id).to_string();
            (name, serde_json::Value::from(text.get(lang)))
        });
        let texts: serde_json::Map<_, _> = texts.collect();
        (format!("theme/{file}.{}.json", lang.code()), serde_json::Value::from(texts).to_string().into_bytes())
    })
}

/// The states of TCP, drawn in each language; loaded by who opens them.
fn states() -> impl Iterator<Item = (String, Vec<u8>)> {
    Lang::ALL.into_iter().map(|lang| {
        let svg = netlab::show::states("tcp-states", &say(lang, "experiment.states.diagram", &[]));
        (format!("theme/tcp-states.{}.svg", lang.code()), svg.into_bytes())
    })
}

/// `sockets build` for the command line.
#[must_use]
pub fn command(lang: Lang) -> Command {
    Command::new("build")
        .about(say(lang, "site.about.build", &[]))
        .arg(
            Arg::new("out")
                .long("out")
                .value_name("DIR")
                .value_parser(value_parser!(std::path::PathBuf))
                .required(true)
                .help(say(lang, "site.arg.out", &[])),
        )
        .arg(flag("keep-going", lang))
        .arg(Arg::new("site-url").long("site-url").value_name("URL").help(say(lang, "site.arg.site-url", &[])))
        .arg(flag("pdf", lang))
        .arg(flag("no-offline", lang))
}

fn flag(name: &'static str, lang: Lang) -> Arg {
    Arg::new(name).long(name).action(clap::ArgAction::SetTrue).help(say(lang, &format!("site.arg.{name}"), &[]))
}

/// Runs `sockets build`.
///
/// # Errors
///
/// See [`build`]; also a folder that cannot be written, and `--pdf` without a
/// Chromium.
pub fn run(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let out: &std::path::PathBuf = matches.get_one("out").context("--out")?;
    let out = std::path::absolute(out)?;
    if output::holds_sources(&context.root, &out) {
        anyhow::bail!(say(context.lang, "site.out-inside", &[("out", &out.display())]));
    }
    let site_url = matches.get_one::<String>("site-url").map(String::as_str);
    if let Some(url) = site_url.filter(|url| !is_address(url)) {
        anyhow::bail!(say(context.lang, "site.site-url", &[("url", &url)]));
    }
    let chromium = match matches.get_flag("pdf") {
        true => Some(crate::chromium::find().with_context(|| say(context.lang, "site.no-chromium", &[]))?),
        false => None,
    };
    let begun = Instant::now();
    let bar = spinner();
    let kept = Kept::open(&context.root);
    let site = rebuild(&context.root, site_url, context.lang, &kept, &|what| bar.set_message(what.to_string()));
    bar.finish_and_clear();
    let mut site = site?;
    if !site.faults.is_empty() {
        for fault in &site.faults {
            eprintln!("{fault}");
        }
        let keep_going = matches.get_flag("keep-going");
        let id = if keep_going { "site.faults-kept" } else { "site.faults" };
        eprintln!("{}", say(context.lang, id, &[("n", &site.faults.len())]));
        if !keep_going {
            return Ok(ExitCode::FAILURE);
        }
    }
    publish(context, matches, &mut site, chromium.as_deref())?;
    output::write(&site, &out)?;
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("pages", &site.pages), ("ms", &begun.elapsed().as_millis()), ("out", &out.display())];
    println!("{}", say(context.lang, "site.built", &values));
    Ok(if site.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether a page can be found below `url`: search engines take no other
/// address than a whole one.
fn is_address(url: &str) -> bool {
    let rest = ["https://", "http://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    rest.is_some_and(|rest| {
        !rest.starts_with('/') && !rest.is_empty() && !rest.contains(['?', '#', ' ', '<', '>', '"'])
    })
}

/// What a site has only when it is to be published: it can be read offline,
/// and on paper.
fn publish(context: &Context, matches: &ArgMatches, site: &mut Site, chromium: Option<&Path>) -> anyhow::Result<()> {
    let mut pdfs = Vec::new();
    if let Some(chromium) = chromium {
        let bar = spinner();
        for volume in &site.volumes {
            bar.set_message(say(context.lang, "site.progress.pdf", &[("title", &volume.title)]));
            pdfs.push((print::pdf_path(volume), print::pdf(site, volume, chromium)?));
        }
        bar.finish_and_clear();
    }
    if !matches.get_flag("no-offline") {
        let tenths = |bytes: usize| format!("{:.1}", bytes as f64 / 1e6);
        let offline = keep(site).map_err(|offline| {
            let values: [(&str, &dyn std::fmt::Display); 2] = [("mb", &tenths(offline.bytes)), ("most", &tenths(MOST))];
            anyhow::anyhow!(say(context.lang, "site.offline.too-large", &values))
        })?;
        let values: [(&str, &dyn std::fmt::Display); 2] = [("n", &offline.files), ("mb", &tenths(offline.bytes))];
        println!("{}", say(context.lang, "site.offline.kept", &values));
    }
    for (path, pdf) in pdfs {
        let kb = pdf.len() / 1000;
        println!("{}", say(context.lang, "site.pdf", &[("path", &path), ("kb", &kb)]));
        site.files.insert(path, pdf);
    }
    Ok(())
}

/// A sign of life while something takes a moment; silent where no one looks.
#[must_use]
pub fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner:.cyan} {msg} ({elapsed})") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(std::time::Duration::from_millis(80));
    bar
}
