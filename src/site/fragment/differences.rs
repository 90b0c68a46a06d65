//! What Linux answered, and where the page differs from it.

use netlab::script::{Action, Script, Step, What, expect_text, head_text, parse};

use super::Cards;
use crate::site::markdown::{escape, inline};

/// A difference that a script declares.
struct Declared {
    /// The step as written.
    step: String,
    /// What Linux answers.
    linux: String,
    /// What the page answers.
    page: String,
    /// Why.
    because: String,
    /// Where that is written down; may be empty.
    see: String,
}

/// All differences that a script declares, in order.
fn declared(cards: &Cards<'_>, script: &str) -> Vec<Declared> {
    let Ok(Script { items }) = parse(script) else { return Vec::new() };
    let mut found = Vec::new();
    for item in &items {
        if let What::Step(step) = &item.what {
            of_step(cards, step, &mut found);
        }
    }
    found
}

fn of_step(cards: &Cards<'_>, step: &Step, found: &mut Vec<Declared>) {
    if let Some(difference) = &step.differs {
        found.push(Declared {
            step: head_text(step),
            linux: step.expect.as_ref().map_or_else(|| cards.say("net.success"), expect_text),
            page: expect_text(&difference.expect),
            because: difference.because.clone(),
            see: difference.see.clone().unwrap_or_default(),
        });
    }
    if let Action::Repeat(_, body) = &step.action {
        for item in body {
            if let What::Step(step) = &item.what {
                of_step(cards, step, found);
            }
        }
    }
}

/// What is known of an experiment on Linux: whether it was played there, on
/// which kernel, and what it declares to be different.
pub(super) fn on_linux(cards: &Cards<'_>, name: &str, script: &str) -> String {
    let declared = declared(cards, script);
    let id = match (cards.project.agreed(name), declared.is_empty()) {
        (true, true) => "experiment.linux.same",
        (true, false) => "experiment.linux.declared",
        (false, _) => "experiment.linux.not-played",
    };
    format!("<p class=\"fine\">{}</p>{}", cards.say_with(id, &[("kernel", &kernel(cards))]), list(cards, &declared))
}

fn kernel(cards: &Cards<'_>) -> String {
    let linux = cards.project.agreement.as_ref().map(|agreement| &agreement.linux);
    linux.map_or_else(String::new, |linux| escape(&format!("Linux {} ({})", linux.kernel, linux.architecture)))
}

fn list(cards: &Cards<'_>, declared: &[Declared]) -> String {
    if declared.is_empty() {
        return String::new();
    }
    let mut out = String::from("<ul class=\"x-declared\">");
    for Declared { step, linux, page, because, see } in declared {
        put!(
            out,
            "<li><code>{}</code>: {} <code>{}</code>, {} <code>{}</code>. {}{}</li>",
            escape(step),
            cards.say("experiment.linux.there"),
            escape(linux),
            cards.say("experiment.linux.here"),
            escape(page),
            escape(because),
            if see.is_empty() { String::new() } else { format!(" ({})", escape(see)) }
        );
    }
    out.push_str("</ul>");
    out
}

/// Every declared difference, and the table of agreement.
pub(super) fn all(cards: &Cards<'_>) -> String {
    let bench = &cards.project.bench;
    let (mut lists, mut rows) = (String::new(), String::new());
    let (mut agreed, mut differing) = (0, 0);
    for entry in bench.topics.topic.iter().flat_map(|topic| &topic.experiment) {
        let Some(experiment) = bench.experiment(&entry.name, cards.lang) else { continue };
        let declared = declared(cards, &experiment.script);
        let agrees = cards.project.agreed(&entry.name);
        agreed += usize::from(agrees);
        differing += usize::from(!declared.is_empty());
        let link = format!(
            "<a href=\"{}\">{}</a>",
            cards.href(&format!("bench#{}", entry.name)),
            inline(entry.title.get(cards.lang))
        );
        if !declared.is_empty() {
            put!(lists, "<p>{link}</p>{}", list(cards, &declared));
        }
        let verdict = match (agrees, declared.len()) {
            (true, 0) => format!("✓ {}", cards.say("experiment.agreement.agrees")),
            (true, n) => format!("✓ {}", cards.say_with("experiment.agreement.declared", &[("n", &n)])),
            (false, _) => format!("– {}", cards.say("experiment.agreement.not-played")),
        };
        put!(rows, "<tr><th scope=\"row\">{link}</th><td>{verdict}</td></tr>");
    }
    if lists.is_empty() {
        lists = format!("<p>{}</p>", cards.say("experiment.no-differences"));
    }
    let counts = cards.say_with(
        "experiment.agreement.counts",
        &[
            ("agreed", &agreed),
            ("all", &bench.experiments.len()),
            ("kernel", &kernel(cards)),
            ("differing", &differing),
        ],
    );
    format!(
        "{lists}<p>{counts}</p><details class=\"agreement\"><summary>{}</summary><div class=\"table-wrapper\"><table>\
         <thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead><tbody>{rows}</tbody></table></div></details>",
        cards.say("experiment.agreement.table"),
        cards.say("experiment.run-kind"),
        cards.say("experiment.on-linux"),
    )
}
