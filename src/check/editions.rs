//! Both editions have the same pages and the same sections, in the same order.
//!
//! The switch of language leads from a section to the same section, so their
//! ids are the contract between the editions.

use super::{Book, Finding};
use crate::book::edition::Edition;
use crate::book::page::{Heading, Page};

pub(super) fn check(book: &Book) -> Vec<Finding> {
    let mut findings: Vec<_> = book.pages().flat_map(ids).collect();
    let [one, other] = book.editions.as_slice() else { return findings };
    findings.extend(contents(one, other));
    for (here, there) in [(one, other), (other, one)] {
        for page in &here.pages {
            match there.page(&page.path) {
                Some(twin) => findings.extend(missing(page, twin)),
                None => {
                    let path = there.summary.file.with_file_name(format!("{}.md", page.path));
                    findings.push(Finding::new(&page.file, 1, "check.editions.no-page").with("path", path.display()));
                }
            }
        }
    }
    for page in &one.pages {
        findings.extend(other.page(&page.path).and_then(|twin| order(page, twin)));
        findings.extend(other.page(&page.path).and_then(|twin| directives(page, twin)));
    }
    findings
}

/// Headings without an id, or with one that is not plain ASCII.
fn ids(page: &Page) -> Vec<Finding> {
    let finding = |heading: &Heading, id| Finding::new(&page.file, page.line(heading.at), id);
    let plain = |id: &str| {
        id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let judge = |heading: &Heading| match heading.id.as_deref() {
        None => Some(finding(heading, "check.editions.no-id").with("heading", &heading.text)),
        Some(id) if !plain(id) => Some(finding(heading, "check.editions.odd-id").with("id", id)),
        Some(_) => None,
    };
    page.headings.iter().filter_map(judge).collect()
}

/// The first place where the tables of contents part.
fn contents(one: &Edition, other: &Edition) -> Option<Finding> {
    let targets =
        |edition: &Edition| -> Vec<String> { edition.summary.links.iter().map(|link| link.target.clone()).collect() };
    let (ours, theirs) = (targets(one), targets(other));
    if ours == theirs {
        return None;
    }
    let at = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
    let line = other.summary.links.get(at).map_or(1, |link| other.summary.line(link.range.start));
    let none = "-".to_string();
    Some(
        Finding::new(&other.summary.file, line, "check.editions.contents")
            .with("here", theirs.get(at).unwrap_or(&none))
            .with("there", ours.get(at).unwrap_or(&none)),
    )
}

/// Sections of `page` that `twin` does not have.
fn missing(page: &Page, twin: &Page) -> Vec<Finding> {
    let has = |id: &str| twin.headings.iter().any(|heading| heading.id.as_deref() == Some(id));
    let headings = page.headings.iter().filter_map(|heading| Some((heading.id.as_deref()?, heading)));
    let missing = headings.filter(|(id, _)| !has(id));
    missing
        .map(|(id, heading)| {
            Finding::new(&page.file, page.line(heading.at), "check.editions.no-section")
                .with("id", id)
                .with("twin", twin.file.display())
        })
        .collect()
}

/// The first section of those in both that stands at another place, or on
/// another level.
fn order(page: &Page, twin: &Page) -> Option<Finding> {
    let common = |page: &Page, twin: &Page| -> Vec<(String, u8, usize)> {
        let headings = page.headings.iter().filter_map(|h| Some((h.id.clone()?, h.level, page.line(h.at))));
        headings.filter(|(id, ..)| twin.headings.iter().any(|h| h.id.as_ref() == Some(id))).collect()
    };
    let (ours, theirs) = (common(page, twin), common(twin, page));
    let (our, their) = ours.iter().zip(&theirs).find(|(our, their)| (&our.0, our.1) != (&their.0, their.1))?;
    let id = if our.0 == their.0 { "check.editions.level" } else { "check.editions.order" };
    let place = format!("{}:{}", page.file.display(), our.2);
    Some(Finding::new(&twin.file, their.2, id).with("here", &their.0).with("there", &our.0).with("place", place))
}

/// The first directive that the other edition does not have at that place.
fn directives(page: &Page, twin: &Page) -> Option<Finding> {
    let known = |page: &Page| -> Vec<_> {
        let found = page.directives.iter().filter_map(|found| Some((found.directive.clone()?, found)));
        found.map(|(directive, found)| (directive, page.line(found.range.start), found.target.clone())).collect()
    };
    let (ours, theirs) = (known(page), known(twin));
    let at = ours.iter().zip(&theirs).take_while(|(our, their)| our.0 == their.0).count();
    let finding = |file, line, target: &str, other: &Page, place: Option<usize>| {
        let place = format!("{}:{}", other.file.display(), place.unwrap_or(1));
        Finding::new(file, line, "check.editions.directive").with("target", target).with("place", place)
    };
    match (ours.get(at), theirs.get(at)) {
        (None, None) => None,
        (Some((_, line, target)), None) => {
            Some(finding(&page.file, *line, target, twin, theirs.last().map(|last| last.1)))
        }
        (our, Some((_, line, target))) => Some(finding(&twin.file, *line, target, page, our.map(|our| our.1))),
    }
}
