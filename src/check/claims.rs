//! Every claim whose chapter is written is treated there, in both editions, and
//! whatever is to show it exists.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Book, Finding};
use crate::book::claims::{Claim, Claims, Evidence, Status};
use crate::book::directive::{Directive, claim_anchor};
use crate::book::page::Page;

const FILE: &str = "book/claims.toml";

pub(super) fn check(book: &Book) -> Vec<Finding> {
    let Some(claims) = &book.claims else { return Vec::new() };
    let mut findings = Vec::new();
    let mut ids = BTreeSet::new();
    for claim in &claims.claim {
        let line = book.line_of_entry(Path::new(FILE), "id", &claim.id);
        let finding = |id| Finding::new(FILE, line, id).with("claim", &claim.id);
        if !ids.insert(&claim.id) {
            findings.push(finding("check.claims.doubled"));
        }
        findings.extend(
            claim
                .shown_by
                .iter()
                .filter(|evidence| !exists(book, evidence))
                .map(|evidence| finding("check.claims.no-evidence").with("evidence", written(evidence))),
        );
        match claim.status {
            Status::Planned => {
                findings.extend(book.pages().filter_map(|page| Some((page, treated(page, claim)?))).map(
                    |(page, at)| {
                        Finding::new(&page.file, page.line(at), "check.claims.still-planned").with("claim", &claim.id)
                    },
                ));
                // A vote on it has just been reported.
                let chapters = book.editions.iter().filter_map(|edition| edition.page(&claim.chapter));
                findings.extend(
                    chapters
                        .filter(|page| treated(page, claim).is_none())
                        .map(|page| finding("check.claims.forgotten").with("path", page.file.display())),
                );
                continue;
            }
            Status::Sourced if claim.source.iter().all(|source| source.trim().is_empty()) => {
                findings.push(finding("check.claims.no-source"));
            }
            Status::Shown if claim.shown_by.is_empty() => findings.push(finding("check.claims.not-shown")),
            Status::Sourced | Status::Shown => {}
        }
        for edition in &book.editions {
            let path = format!("book/{}/{}.md", edition.lang.code(), claim.chapter);
            match edition.page(&claim.chapter) {
                None => findings.push(finding("check.claims.no-chapter").with("path", path)),
                Some(page) if mentioned(page, claim).is_none() => {
                    findings.push(finding("check.claims.not-treated").with("path", path));
                }
                Some(_) => {}
            }
        }
    }
    findings.extend(book.pages().flat_map(|page| labels(page, claims)));
    findings
}

/// A vote reads like its claim, for readers whose build knows no votes:
/// `Claim 1-16: connect() waits for accept()`.
fn labels(page: &Page, claims: &Claims) -> Vec<Finding> {
    let mut findings = Vec::new();
    for found in &page.directives {
        let Some(Directive::Vote { claim }) = &found.directive else { continue };
        let Some(claim) = claims.get(claim) else { continue };
        let words = claim.claim.get(page.lang).replace('`', "");
        let (name, label) = found.label.split_once(": ").unwrap_or(("", &found.label));
        if !name.ends_with(&claim.id) || label != words {
            let line = page.line(found.range.start);
            findings.push(
                Finding::new(&page.file, line, "check.claims.label").with("claim", &claim.id).with("words", words),
            );
        }
    }
    findings
}

/// Where the page has a vote on the claim.
fn treated(page: &Page, claim: &Claim) -> Option<usize> {
    let vote = Directive::Vote { claim: claim.id.clone() };
    page.directives.iter().find(|found| found.directive.as_ref() == Some(&vote)).map(|found| found.range.start)
}

/// Where the page has a vote on the claim, or a link to it.
fn mentioned(page: &Page, claim: &Claim) -> Option<usize> {
    let end = format!("claims.md#{}", claim_anchor(&claim.id));
    let link = page.links.iter().find(|link| link.target.ends_with(&end)).map(|link| link.range.start);
    treated(page, claim).or(link)
}

fn exists(book: &Book, evidence: &Evidence) -> bool {
    match evidence {
        Evidence::Listing(name) => {
            let programs = book.root.join("book/listings/src/bin");
            programs.join(format!("{name}.rs")).is_file() || programs.join(name).join("main.rs").is_file()
        }
        Evidence::Experiment(name) => book.root.join(format!("book/experiments/{name}.sock")).is_file(),
        Evidence::Lab(name) => {
            let (lab, check) = name.split_once('/').map_or((name.as_str(), None), |(lab, check)| (lab, Some(check)));
            let lab = book.labs.iter().find(|known| known.id == lab);
            lab.is_some_and(|lab| check.is_none_or(|name| lab.check.iter().any(|check| check.name == name)))
        }
    }
}

/// The evidence as the file writes it.
fn written(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Listing(name) => format!("listing:{name}"),
        Evidence::Lab(name) => format!("lab:{name}"),
        Evidence::Experiment(name) => format!("experiment:{name}"),
    }
}
