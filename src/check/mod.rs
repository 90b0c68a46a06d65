//! `sockets check`: the gates that hold the book together.
//!
//! Each module beside this one is a gate: it reads the [`Book`] and reports
//! [`Finding`]s, each with a file and a line. No gate needs a network, a
//! compiler or the built site, so that all of them together cost less than a
//! second and can run at every save.

mod chapters;
mod claims;
mod diagrams;
mod directives;
mod editions;
mod endings;
mod experiments;
mod finding;
mod glossary;
mod includes;
mod labs;
mod language;
mod links;
mod load;
mod particles;
mod places;
mod quizzes;
mod twins;
mod typed;

use std::path::Path;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::book::claims::Status;
use crate::cli::Context;
use crate::text::{Lang, say};

pub use finding::Finding;
pub use load::{Book, Passage};

/// Judges one thing about the whole book.
type Gate = fn(&Book) -> Vec<Finding>;

/// All gates, by the name that a finding carries.
const GATES: &[(&str, Gate)] = &[
    ("includes", includes::check),
    ("links", links::check),
    ("editions", editions::check),
    ("twins", twins::check),
    ("directives", directives::check),
    ("diagrams", diagrams::check),
    ("glossary", glossary::check),
    ("language", language::check),
    ("endings", endings::check),
    ("particles", particles::check),
    ("chapters", chapters::check),
    ("claims", claims::check),
    ("labs", labs::check),
    ("quizzes", quizzes::check),
    ("experiments", experiments::check),
    ("typed", typed::check),
    ("places", places::check),
];

/// What the book has, for the last line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Claims whose chapter is not written.
    pub planned: usize,
    /// Claims that a source settles.
    pub sourced: usize,
    /// Claims that something the reader can run settles.
    pub shown: usize,
    /// Pages of one edition.
    pub pages: usize,
    /// Sections of one edition.
    pub sections: usize,
    /// Terms of the glossary.
    pub terms: usize,
    /// Labs.
    pub labs: usize,
    /// Questions.
    pub questions: usize,
}

/// What all gates found in the book below `root`, sorted by place, and what
/// the book has. Parts that cannot be read are findings too.
#[must_use]
pub fn gates(root: &Path) -> (Vec<Finding>, Counts) {
    let (book, mut findings) = Book::load(root);
    for finding in &mut findings {
        finding.gate = "data";
    }
    for (name, gate) in GATES {
        findings.extend(gate(&book).into_iter().map(|finding| Finding { gate: name, ..finding }));
    }
    findings.sort();
    findings.dedup();
    (findings, count(&book))
}

fn count(book: &Book) -> Counts {
    let claims = |status| book.claims.iter().flat_map(|c| &c.claim).filter(|c| c.status == status).count();
    let pages = book.editions.first().map_or(&[][..], |edition| &edition.pages);
    Counts {
        planned: claims(Status::Planned),
        sourced: claims(Status::Sourced),
        shown: claims(Status::Shown),
        pages: pages.len(),
        sections: pages.iter().map(|page| page.sections().len()).sum(),
        terms: book.glossary.as_ref().map_or(0, |glossary| glossary.term.len()),
        labs: book.labs.len(),
        questions: book.quizzes.iter().map(|(_, _, quiz)| quiz.question.len()).sum(),
    }
}

/// How `check` is typed.
#[must_use]
pub fn command(lang: Lang) -> Command {
    Command::new("check")
        .about(say(lang, "check.about", &[]))
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help(say(lang, "check.json", &[])))
}

/// Runs all gates and prints what they found.
///
/// # Errors
///
/// None: what is wrong with the book is a finding, and the exit code is 1.
pub fn run(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let (findings, counts) = gates(&context.root);
    let json = matches.get_flag("json");
    for finding in &findings {
        if json {
            println!("{}", finding.json(context.lang));
        } else {
            println!("{}", finding.line_for_people(context.lang));
        }
    }
    if !json {
        let Counts { planned, sourced, shown, pages, sections, terms, labs, questions } = counts;
        let numbers: [(&str, &dyn std::fmt::Display); 8] = [
            ("planned", &planned),
            ("sourced", &sourced),
            ("shown", &shown),
            ("pages", &pages),
            ("sections", &sections),
            ("terms", &terms),
            ("labs", &labs),
            ("questions", &questions),
        ];
        println!("{}", say(context.lang, "check.counts", &numbers));
        println!("{}", say(context.lang, "check.found", &[("count", &findings.len())]));
    }
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
