//! The HTML that stands where a directive stood. Everything here can be read
//! and used without a script; scripts only add to it.

mod claims;
mod diagrams;
mod differences;
mod experiment;
mod labs;
mod quiz;
mod terms;
mod verdicts;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Display;

pub(super) use experiment::{drawing_path, program_path};

use super::markdown::escape;
use super::outline::{Outline, href};
use super::project::Project;
use crate::book::directive::Directive;
use crate::text::{Lang, say};

/// What a card needs to know of the page it stands on.
pub(super) struct Cards<'a> {
    lang: Lang,
    page: &'a str,
    project: &'a Project,
    outline: &'a Outline,
    /// Ids given on this page: a question may be asked in two places.
    ids: RefCell<BTreeSet<String>>,
    /// Claims voted on so far, to be voted on again.
    voted: RefCell<Vec<String>>,
}

impl<'a> Cards<'a> {
    /// For the cards of one page.
    pub(super) fn new(lang: Lang, page: &'a str, project: &'a Project, outline: &'a Outline) -> Cards<'a> {
        Cards { lang, page, project, outline, ids: RefCell::default(), voted: RefCell::default() }
    }

    fn say(&self, id: &str) -> String {
        say(self.lang, id, &[])
    }

    fn say_with(&self, id: &str, values: &[(&str, &dyn Display)]) -> String {
        say(self.lang, id, values)
    }

    fn href(&self, target: &str) -> String {
        href(self.page, target)
    }

    /// A link to `page#section` by its title; to the page if it has no such
    /// section (the gates of `sockets check` name that).
    fn link(&self, target: &str) -> String {
        let page = target.split('#').next().unwrap_or(target);
        let target = if self.outline.has(target) { target } else { page };
        let title = self.outline.title(target).unwrap_or(target);
        format!("<a href=\"{}\">{}</a>", self.href(target), escape(title))
    }

    /// `wish`, or the first of `wish-2`, `wish-3`, … that is still free here.
    fn id(&self, wish: &str) -> String {
        let mut ids = self.ids.borrow_mut();
        let mut id = wish.to_string();
        let mut n = 2;
        while !ids.insert(id.clone()) {
            id = format!("{wish}-{n}");
            n += 1;
        }
        id
    }
}

/// The HTML for `directive`, whose link has the words `caption`, in Markdown;
/// `None` if it names what does not exist.
pub(super) fn render(cards: &Cards<'_>, directive: &Directive, caption: &str) -> Option<String> {
    match directive {
        Directive::Vote { claim } => cards.project.claims.get(claim).map(|claim| claims::vote(cards, claim)),
        Directive::VotesAgain => claims::votes_again(cards),
        Directive::Lab { lab } => cards.project.lab(lab).map(|lab| labs::card(cards, lab)),
        Directive::Quiz { page, group } => quiz::group(cards, page, group),
        Directive::Review { page, question } => quiz::review(cards, page, question),
        Directive::Mixed { part } => quiz::mixed(cards, part),
        Directive::Experiment { name, mode } => experiment::one(cards, name, *mode),
        Directive::Diagram { name } => diagrams::one(cards, name, caption),
        Directive::AllDiagrams => Some(diagrams::all(cards)),
        Directive::Play => Some(experiment::play(cards)),
        Directive::AllExperiments => Some(experiment::bench(cards)),
        Directive::AllDifferences => Some(differences::all(cards)),
        Directive::AllClaims => Some(claims::all(cards)),
        Directive::AllLabs => Some(labs::all(cards)),
        Directive::AllTerms => Some(terms::all(cards)),
        Directive::AllVerdicts => Some(verdicts::all(cards)),
    }
}
