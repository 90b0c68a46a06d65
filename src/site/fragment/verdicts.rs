//! The table of proof: which check caught which program.

use super::Cards;
use crate::prove::subject::Kind;
use crate::prove::table::{LabVerdicts, ProgramVerdicts};
use crate::site::markdown::{escape, inline};
use crate::text::Lang;

/// The verdicts of all labs, as the proof wrote them down.
pub(super) fn all(cards: &Cards<'_>) -> String {
    let labs = &cards.project.verdicts.lab;
    if labs.is_empty() {
        return format!("<p class=\"fine\">{}</p>", cards.say("site.verdicts.none"));
    }
    labs.iter().map(|lab| table(cards, lab)).collect()
}

fn table(cards: &Cards<'_>, lab: &LabVerdicts) -> String {
    let title = cards.project.lab(&lab.id).map_or(lab.id.as_str(), |known| known.title.get(cards.lang));
    let mut out = format!(
        "<section class=\"verdicts\" id=\"verdicts-{id}\"><h3>{} <code>{id}</code></h3><p>{}</p><ol>",
        escape(title),
        score(cards, lab),
        id = escape(&lab.id),
    );
    for check in &lab.checks {
        put!(out, "<li><code>{}</code></li>", escape(check));
    }
    put!(
        out,
        "</ol><div class=\"table-wrapper\"><table><thead><tr><th scope=\"col\">{}</th>",
        cards.say("site.verdicts.program")
    );
    for n in 1..=lab.checks.len() {
        put!(out, "<th scope=\"col\">{n}</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for program in &lab.program {
        row(cards, lab, program, &mut out);
    }
    out.push_str("</tbody></table></div></section>");
    out
}

/// How many wrong programs were caught by the check meant for them.
fn score(cards: &Cards<'_>, lab: &LabVerdicts) -> String {
    let wrong: Vec<_> = lab.program.iter().filter(|program| program.kind == Kind::Wrong).collect();
    let caught =
        |program: &&&ProgramVerdicts| program.caught_by.as_ref().is_some_and(|check| program.fails.contains(check));
    let right = lab.program.iter().filter(|program| matches!(program.kind, Kind::Solution | Kind::Right));
    let (right, passed) =
        right.fold((0, 0), |(n, passed), program| (n + 1, passed + usize::from(program.fails.is_empty())));
    cards.say_with(
        "site.verdicts.score",
        &[
            ("caught", &wrong.iter().filter(caught).count()),
            ("wrong", &wrong.len()),
            ("passed", &passed),
            ("right", &right),
        ],
    )
}

/// With a capital letter: in the source the idea follows a colon.
fn sentence(idea: &str) -> String {
    let mut chars = idea.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn row(cards: &Cards<'_>, lab: &LabVerdicts, program: &ProgramVerdicts, out: &mut String) {
    put!(out, "<tr><th scope=\"row\"><code>{}</code>", escape(&program.name));
    let idea = match cards.lang {
        Lang::En => sentence(&program.idea),
        Lang::Ko => cards.project.ideas.of(&lab.id, &program.name).unwrap_or_default().to_string(),
    };
    if !idea.is_empty() {
        put!(out, "<br><span class=\"fine\">{}</span>", inline(&idea));
    }
    out.push_str("</th>");
    for check in &lab.checks {
        let is_meant = program.caught_by.as_ref() == Some(check);
        let (class, mark, word) = match (program.fails.contains(check), is_meant) {
            (false, _) => ("pass", "✓", "site.verdicts.pass"),
            (true, false) => ("fail", "✗", "site.verdicts.fail"),
            (true, true) => ("fail meant", "✗", "site.verdicts.meant"),
        };
        put!(out, "<td class=\"{class}\"><span role=\"img\" aria-label=\"{}\">{mark}</span></td>", cards.say(word));
    }
    out.push_str("</tr>");
}
