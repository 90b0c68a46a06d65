//! What the search of an edition looks through.
//!
//! Here everything is only collected: places with their titles and texts, and
//! the words that mean the same. How a query is matched is decided in one
//! place alone, `book/theme/search-core.js`; a second implementation here
//! would sooner or later disagree with it.
//!
//! A place has a permanent address: a section of a chapter, a claim, a word of
//! the glossary, a lab, an experiment. What stands on cards is taken from the
//! data they are made of, and is found on the page where it has its address,
//! not in each chapter that shows the card.

mod dialog;
mod pack;
mod scan;

use std::collections::BTreeMap;

use super::content::Content;
use super::edition::named_by_content;
use super::markdown::{block, inline};
use super::outline::html_path;
use super::page::Entry;
use super::project::Project;
use crate::book::PagePath;
use crate::book::experiment::Mark;
use crate::text::Lang;
pub(super) use dialog::dialog;
use pack::Packed;
use scan::worth_finding;
pub(super) use scan::{Section, sections};

/// Everything that can be found in one edition.
#[derive(Debug)]
pub(super) struct Index {
    lang: &'static str,
    /// Address below the edition and name of each page, in reading order.
    pages: Vec<(String, String)>,
    places: Vec<Place>,
    /// Words that mean the same; first the one of this edition.
    terms: Vec<Vec<String>>,
}

/// One place: number of its page, id in it, kind, title, text, code.
#[derive(Debug)]
struct Place(usize, String, &'static str, String, String, String);

/// The kinds that are not a heading.
const CLAIM: &str = "claim";
const TERM: &str = "term";
const LAB: &str = "lab";
const EXPERIMENT: &str = "experiment";

impl Index {
    /// The index of the edition whose pages are `contents`.
    pub(super) fn of(
        lang: Lang,
        entries: &[Entry],
        contents: &BTreeMap<PagePath, Content>,
        project: &Project,
    ) -> Index {
        let mut index = Index { lang: lang.code(), pages: Vec::new(), places: Vec::new(), terms: Vec::new() };
        for entry in entries {
            let Entry::Page { page, name, .. } = entry else { continue };
            let Some(content) = contents.get(page) else { continue };
            let at = index.pages.len();
            index.pages.push((html_path(page), name.clone()));
            for section in &content.searched {
                index.places.push(Place(
                    at,
                    section.id.clone(),
                    section.kind,
                    section.title.clone(),
                    section.text.clone(),
                    section.code.clone(),
                ));
            }
            index.cards(at, page, lang, content, project);
        }
        index.terms = project.glossary.term.iter().map(|term| same_words(term, lang)).collect();
        index
    }

    /// The places of the pages that list everything of one kind.
    fn cards(&mut self, at: usize, page: &str, lang: Lang, content: &Content, project: &Project) {
        let mut place = |id: &str, kind, title: &str, text: &str, code: String| {
            // Who has no list on the page has no addresses there either.
            if content.ids.iter().any(|one| one == id) {
                self.places.push(Place(at, id.to_string(), kind, plain(title), plain(text), code));
            }
        };
        match page {
            "claims" => {
                for claim in &project.claims.claim {
                    let sources: String = claim.source.iter().map(|one| format!("<p>{}</p>", inline(one))).collect();
                    let text = format!("{}{sources}", block(claim.truth.get(lang)));
                    place(&format!("c{}", claim.id), CLAIM, &inline(claim.claim.get(lang)), &text, String::new());
                }
            }
            "glossary" => {
                for term in &project.glossary.term {
                    let (own, twin) = words(term, lang);
                    let title = if own == twin { own.to_string() } else { format!("{own} ({twin})") };
                    place(&term.id, TERM, &inline(&title), &inline(term.definition.get(lang)), String::new());
                }
            }
            "labs" => {
                for lab in &project.labs {
                    let mut text = block(lab.goal.get(lang));
                    let checks = lab.check.iter().map(|check| check.says.get(lang));
                    for says in checks.chain(lab.peer.iter().map(|peer| peer.shows.get(lang))) {
                        put!(text, "<p>{}</p>", inline(says));
                    }
                    let mut code: Vec<&str> = vec![&lab.id];
                    code.extend(lab.check.iter().map(|check| check.name.as_str()));
                    place(&lab.id, LAB, &inline(lab.title.get(lang)), &text, code.join("\n"));
                }
            }
            "bench" => {
                for (topic, entry) in project
                    .bench
                    .topics
                    .topic
                    .iter()
                    .flat_map(|topic| topic.experiment.iter().map(move |one| (topic, one)))
                {
                    let text =
                        format!("<p>{}</p><p>{}</p>", inline(entry.asks.get(lang)), inline(topic.title.get(lang)));
                    let script = project.bench.experiment(&entry.name, lang);
                    let lines = script.iter().flat_map(|script| script.body()).map(|line| Mark::strip(line).trim());
                    let lines = lines.filter(|line| !is_frame(line)).map(without_plain_result);
                    let code: Vec<&str> = std::iter::once(entry.name.as_str()).chain(lines).collect();
                    place(
                        &entry.name,
                        EXPERIMENT,
                        &inline(entry.title.get(lang)),
                        &text,
                        worth_finding(&code.join("\n")),
                    );
                }
            }
            _ => {}
        }
    }

    /// Its file, by the name that it has below the edition.
    pub(super) fn file(&self) -> anyhow::Result<(String, Vec<u8>)> {
        Ok(named_by_content("search", serde_json::to_vec(&Packed::of(self))?))
    }
}

/// The word of the edition, then that of the other one.
fn words(term: &crate::book::glossary::Term, lang: Lang) -> (&str, &str) {
    match lang {
        Lang::En => (&term.en, &term.ko),
        Lang::Ko => (&term.ko, &term.en),
    }
}

/// Whether a line of a script stands in almost every one, where nobody looks for
/// it: hosts and programs are named, they wait for each other, a link is usual.
fn is_frame(line: &str) -> bool {
    ["host ", "wait "].iter().any(|start| line.starts_with(start))
        || line.ends_with(':')
        || ["end", "link a b delay 10ms"].contains(&line)
}

/// A call of a script. Its result is looked for if it has a name, an error or a
/// state; a number or data would find every other script.
fn without_plain_result(line: &str) -> &str {
    let is_name = |result: &str| result.split(|c: char| !c.is_ascii_uppercase()).any(|word| word.len() >= 4);
    match line.split_once(" -> ") {
        Some((call, result)) if !is_name(result) => call,
        _ => line,
    }
}

/// Every way to write a term, right or wrong, in both languages.
fn same_words(term: &crate::book::glossary::Term, lang: Lang) -> Vec<String> {
    let (own, twin) = words(term, lang);
    let mut forms: Vec<String> = Vec::new();
    let rest = term.original.iter().chain(&term.banned.en).chain(&term.banned.ko).map(String::as_str);
    for form in [own, twin].into_iter().chain(rest) {
        let form = plain(&inline(form));
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

/// The text of a piece of HTML.
fn plain(html: &str) -> String {
    let mut sections = sections(html);
    sections.pop().map(|section| section.text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_result_only_a_name_is_looked_for() {
        for (line, kept) in [
            ("recv(d, 4) -> 3 \"ree\"", "recv(d, 4)"),
            ("bind(t, 0.0.0.0:80) -> EADDRINUSE", "bind(t, 0.0.0.0:80) -> EADDRINUSE"),
            ("getsockopt(c, TCP_INFO) -> FIN-WAIT-2", "getsockopt(c, TCP_INFO) -> FIN-WAIT-2"),
            ("listen(s, 5)", "listen(s, 5)"),
        ] {
            assert_eq!(without_plain_result(line), kept);
        }
        assert!(is_frame("wait d 11 bytes") && is_frame("server on b:") && !is_frame("link a b delay 10ms loss 10%"));
    }
}
