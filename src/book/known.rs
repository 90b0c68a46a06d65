//! Whether what a directive names exists, and can be shown as it asks.

use super::claims::Claims;
use super::directive::{Directive, Found};
use super::experiment::{Bench, Mark, Mode};
use super::quiz::Question;

/// What directives may name. The gates and the build have it in their own ways.
pub trait Known {
    /// The claims; `None` if they could not be read, which is told elsewhere.
    fn claims(&self) -> Option<&Claims>;
    /// Whether a lab is called so.
    fn has_lab(&self, id: &str) -> bool;
    /// Whether a question of `page` is one that is meant.
    fn has_question(&self, page: &str, is: &dyn Fn(&Question) -> bool) -> bool;
    /// Whether a page of the part has a question.
    fn has_part(&self, part: &str) -> bool;
    /// Whether a diagram is called so.
    fn has_diagram(&self, name: &str) -> bool;
    /// The experiments.
    fn bench(&self) -> &Bench;
}

/// What is wrong with a directive: the id of the words for it, of which
/// `{target}` and `{title}` are those of the link.
#[must_use]
pub fn fault(found: &Found, known: &dyn Known) -> Option<&'static str> {
    let Some(directive) = &found.directive else { return Some("check.directives.unknown") };
    let (exists, id) = match directive {
        Directive::Vote { claim } => {
            (known.claims().is_none_or(|claims| claims.get(claim).is_some()), "check.directives.no-claim")
        }
        Directive::Lab { lab } => (known.has_lab(lab), "check.directives.no-lab"),
        Directive::Quiz { page, group } => {
            (known.has_question(page, &|question| question.group == *group), "check.directives.no-group")
        }
        Directive::Review { page, question } => {
            (known.has_question(page, &|one| one.id == *question && !one.beside), "check.directives.no-question")
        }
        Directive::Mixed { part } => (known.has_part(part), "check.directives.no-part"),
        Directive::Experiment { name, mode } => match (known.bench().experiments.get(name), mode) {
            (None, _) => (false, "check.directives.no-experiment"),
            (Some(_), Mode::Run) => (true, ""),
            (Some(experiment), Mode::Predict) => (!experiment.asked().is_empty(), "check.directives.no-bet"),
            (Some(experiment), Mode::Write) => (experiment.has(Mark::Yours), "check.directives.nothing-to-write"),
        },
        Directive::Diagram { name } => (known.has_diagram(name), "check.directives.no-diagram"),
        // Whether there were votes before it is told where it stands.
        Directive::VotesAgain
        | Directive::AllDiagrams
        | Directive::AllClaims
        | Directive::AllLabs
        | Directive::AllTerms
        | Directive::AllVerdicts
        | Directive::AllExperiments
        | Directive::Play
        | Directive::AllDifferences => (true, ""),
    };
    (!exists).then_some(id)
}

/// Whether a page belongs to a part: parts are folders.
#[must_use]
pub fn is_of(page: &str, part: &str) -> bool {
    page.strip_prefix(part).is_some_and(|rest| rest.starts_with('/'))
}
