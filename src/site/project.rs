//! The data that cards are made of, read once for both editions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use walkdir::WalkDir;

use super::drawing::{self, Drawing};
use super::fault::Fault;
use super::kept::Kept;
use super::outline::page_of;
use crate::book::PagePath;
use crate::book::claims::Claims;
use crate::book::experiment::Bench;
use crate::book::glossary::Glossary;
use crate::book::known::{self, Known};
use crate::book::quiz::{Question, Quiz};
use crate::data::DataError;
use crate::diagram::Diagrams;
use crate::manifest::Lab;
use crate::net::agreement::Agreement;
use crate::prove::ideas::Ideas;
use crate::prove::table::Verdicts;

/// All data files below one root.
#[derive(Debug)]
pub(super) struct Project {
    pub(super) claims: Claims,
    pub(super) glossary: Glossary,
    pub(super) quizzes: BTreeMap<PagePath, Quiz>,
    /// Socket scripts, and what they gave.
    pub(super) bench: Bench,
    /// What Linux gave, if that was recorded.
    pub(super) agreement: Option<Agreement>,
    /// Experiments that agreed as they are now.
    agreed: BTreeSet<String>,
    /// What the scripts did, by name.
    pub(super) drawings: BTreeMap<String, Drawing>,
    /// Pictures of what shows no run.
    pub(super) diagrams: Diagrams,
    pub(super) labs: Vec<Lab>,
    /// What the proof found of the programs of `tests/subjects`.
    pub(super) verdicts: Verdicts,
    /// What the programs are there to show, in Korean.
    pub(super) ideas: Ideas,
}

impl Project {
    /// Reads what is there; a file that cannot be used is a fault, and the
    /// others still count.
    pub(super) fn load(root: &Path, kept: &Kept, faults: &mut Vec<Fault>) -> Project {
        let mut keep = |error: DataError| faults.push(Fault::of_data(root, &error));
        let claims = match root.join("book/claims.toml").is_file() {
            true => Claims::load(root).map_err(&mut keep).ok(),
            false => None,
        };
        let glossary = match root.join("book/glossary.toml").is_file() {
            true => Glossary::load(root).map_err(&mut keep).ok(),
            false => None,
        };
        let folder = root.join("book/quizzes");
        let mut quizzes = BTreeMap::new();
        for entry in WalkDir::new(&folder).sort_by_file_name().into_iter().flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "toml") {
                let page = page_of(entry.path().strip_prefix(&folder).unwrap_or(entry.path()));
                if let Ok(quiz) = Quiz::load(root, &page).map_err(&mut keep) {
                    quizzes.insert(page, quiz);
                }
            }
        }
        let bench = Bench::load(root).map_err(&mut keep).unwrap_or_default();
        // A book of another's making may have none.
        let agreement = Agreement::load(root).ok();
        let labs = Lab::all(&root.join("labs")).into_iter().filter_map(|lab| lab.map_err(&mut keep).ok()).collect();
        // A book without labs has neither verdicts nor what they are about.
        let (verdicts, ideas) = match root.join(Verdicts::FILE).is_file() {
            true => (Verdicts::load(root).map_err(&mut keep).ok(), Ideas::load(root).map_err(&mut keep).ok()),
            false => (None, None),
        };
        Project {
            verdicts: verdicts.unwrap_or(Verdicts { lab: Vec::new() }),
            ideas: ideas.unwrap_or_default(),
            claims: claims.unwrap_or(Claims { claim: Vec::new() }),
            glossary: glossary.unwrap_or(Glossary { term: Vec::new() }),
            quizzes,
            agreed: agreed(root, agreement.as_ref()),
            agreement,
            drawings: drawing::draw(&bench, kept),
            bench,
            diagrams: Diagrams::load(root),
            labs,
        }
    }

    /// Whether the experiment `name`, as it is now, gave the same on Linux.
    pub(super) fn agreed(&self, name: &str) -> bool {
        self.agreed.contains(name)
    }

    /// The lab `id`.
    pub(super) fn lab(&self, id: &str) -> Option<&Lab> {
        self.labs.iter().find(|lab| lab.id == id)
    }
}

/// The experiments that were recorded to agree and have not changed since.
fn agreed(root: &Path, agreement: Option<&Agreement>) -> BTreeSet<String> {
    let recorded = agreement.iter().flat_map(|agreement| &agreement.experiment);
    let current = recorded.filter(|experiment| {
        let script = root.join(Bench::FOLDER).join(format!("{}.sock", experiment.name));
        experiment.verdict == "agrees" && Agreement::digest(&script).is_ok_and(|digest| digest == experiment.digest)
    });
    current.map(|experiment| experiment.name.clone()).collect()
}

impl Known for Project {
    fn claims(&self) -> Option<&Claims> {
        Some(&self.claims)
    }

    fn has_lab(&self, id: &str) -> bool {
        self.lab(id).is_some()
    }

    fn has_question(&self, page: &str, is: &dyn Fn(&Question) -> bool) -> bool {
        self.quizzes.get(page).is_some_and(|quiz| quiz.question.iter().any(is))
    }

    fn has_part(&self, part: &str) -> bool {
        self.quizzes.iter().any(|(page, quiz)| known::is_of(page, part) && !quiz.question.is_empty())
    }

    fn has_diagram(&self, name: &str) -> bool {
        self.diagrams.has(name)
    }

    fn bench(&self) -> &Bench {
        &self.bench
    }
}
