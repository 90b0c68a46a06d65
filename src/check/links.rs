//! Every link, anchor and asset leads somewhere.
//!
//! Links to other sites are not followed: a gate that needs the network would
//! fail for reasons that are not the book's.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::{Book, Finding};
use crate::book::directive::{Directive, claim_anchor};
use crate::book::edition::Edition;
use crate::book::page::{self, Page};

pub(super) fn check(book: &Book) -> Vec<Finding> {
    let mut findings = Vec::new();
    for edition in &book.editions {
        for page in [&edition.summary].into_iter().chain(&edition.pages) {
            for (at, target) in targets(page) {
                let finding = |id| Finding::new(&page.file, page.line(at), id).with("target", target);
                findings.extend(judge(book, edition, page, target).err().map(finding));
            }
            findings.extend(half_written(page));
        }
        findings.extend(forgotten(edition));
        findings.extend(edition.pages.iter().flat_map(doubled_ids));
    }
    for passage in book.outside() {
        for (at, target) in targets(passage.page) {
            let wrong = judge_outside(book, passage.page, target).err();
            findings.extend(wrong.map(|id| passage.finding(at, id).with("target", target)));
        }
    }
    findings
}

/// The same for a text that is no page: a README leads to files of the project,
/// and a text of the data, which several pages may show, to other sites only.
fn judge_outside(book: &Book, page: &Page, target: &str) -> Result<(), &'static str> {
    if target.contains("://") {
        return external(target);
    }
    if page.file.starts_with("src/text") {
        // The command also writes files, and only it knows beside which others.
        return Ok(());
    }
    if page.file.extension().is_none_or(|extension| extension != "md") {
        return Err("check.links.in-data");
    }
    let path = target.split('#').next().unwrap_or_default();
    let file = page.file.parent().map(|folder| folder.join(path)).and_then(|file| normal(&file));
    let exists = file.is_some_and(|file| book.root.join(file).exists());
    if exists { Ok(()) } else { Err("check.links.no-file") }
}

/// Links to other sites are https; this machine has no certificate.
fn external(target: &str) -> Result<(), &'static str> {
    let here = ["http://127.0.0.1", "http://localhost", "http://[::1]"].iter().any(|host| target.starts_with(host));
    if here || target.starts_with("https://") { Ok(()) } else { Err("check.links.not-https") }
}

/// Where the page's links, images and pieces of HTML lead.
fn targets(page: &Page) -> Vec<(usize, &str)> {
    let mut targets: Vec<_> = page.links.iter().map(|link| (link.range.start, link.target.as_str())).collect();
    for (start, html) in &page.html {
        for name in ["href", "src"] {
            targets.extend(page::attributes(html, name).map(|(at, target)| (start + at, target)));
        }
    }
    targets
}

/// The id of what is wrong with a link, if something is.
fn judge(book: &Book, edition: &Edition, page: &Page, target: &str) -> Result<(), &'static str> {
    if target.contains("://") {
        return external(target);
    }
    let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    if path.is_empty() && anchor.is_none_or(str::is_empty) {
        return Err("check.links.empty");
    }
    if path.starts_with('/') || path.contains(':') {
        return Err("check.links.absolute");
    }
    let to = if path.is_empty() {
        page
    } else {
        let below = Path::new("book").join(edition.lang.code());
        let file = below.join(&page.path).parent().map(|folder| folder.join(path)).and_then(|file| normal(&file));
        // mdBook copies what is in the edition's own folder, and nothing else.
        let file = file.filter(|file| file.starts_with(&below)).ok_or("check.links.outside")?;
        match edition.pages.iter().find(|page| page.file == file) {
            Some(to) => to,
            None if file.extension().is_some_and(|extension| extension == "md") => return Err("check.links.no-page"),
            None if book.root.join(&file).is_file() && anchor.is_none() => return Ok(()),
            None => return Err("check.links.no-file"),
        }
    };
    match anchor {
        Some(anchor) if !to.ids().any(|id| id == anchor) && !generated_ids(book, to).contains(anchor) => {
            Err("check.links.no-anchor")
        }
        _ => Ok(()),
    }
}

/// `a/b/../c` is `a/c`; `None` above the start.
pub(super) fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => normal.pop().then_some(())?,
            Component::CurDir => {}
            part => normal.push(part),
        }
    }
    Some(normal)
}

/// Ids that the build puts on a page in place of its directives.
fn generated_ids(book: &Book, page: &Page) -> BTreeSet<String> {
    let lists = |list: &Directive| page.directives.iter().any(|found| found.directive.as_ref() == Some(list));
    let mut ids = BTreeSet::new();
    if lists(&Directive::AllClaims) {
        ids.extend(book.claims.iter().flat_map(|claims| &claims.claim).map(|claim| claim_anchor(&claim.id)));
    }
    if lists(&Directive::AllLabs) {
        ids.extend(book.labs.iter().map(|lab| lab.id.clone()));
    }
    if lists(&Directive::AllExperiments) {
        ids.extend(book.bench.experiments.keys().cloned());
    }
    if lists(&Directive::AllDiagrams) {
        ids.extend(book.diagrams.by_name.keys().cloned());
    }
    if lists(&Directive::AllTerms) {
        ids.extend(book.glossary.iter().flat_map(|glossary| &glossary.term).map(|term| term.id.clone()));
    }
    ids
}

/// `[words](no link` and `[words][nowhere]` come out as they were typed.
fn half_written(page: &Page) -> Vec<Finding> {
    let plains = page.prose.iter().map(|prose| prose.plain());
    let found = plains.filter_map(|plain| {
        let at = ["](", "]["].iter().find_map(|mark| plain.text.find(mark))?;
        Some(Finding::new(&page.file, page.line(plain.source(at)), "check.links.half-written"))
    });
    found.collect()
}

/// Pages that the table of contents does not name are not built.
fn forgotten(edition: &Edition) -> Vec<Finding> {
    let listed: BTreeSet<_> = edition.summary.links.iter().map(|link| link.target.as_str()).collect();
    let pages = edition.pages.iter().filter(|page| !listed.contains(format!("{}.md", page.path).as_str()));
    pages.map(|page| Finding::new(&page.file, 1, "check.links.not-listed")).collect()
}

fn doubled_ids(page: &Page) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let headings = page.headings.iter().filter_map(|heading| Some((heading.id.as_deref()?, heading.at)));
    let doubled = headings.filter(|(id, _)| !seen.insert(*id));
    doubled.map(|(id, at)| Finding::new(&page.file, page.line(at), "check.links.doubled").with("id", id)).collect()
}
