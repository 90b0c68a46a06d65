//! Labs: one card each. On the static site it shows commands to copy; served
//! by `cargo run`, a script makes the same card live.

use super::Cards;
use crate::manifest::{Check, Lab, Needs, Peer, System};
use crate::site::markdown::{block, escape, inline};

/// The card of one lab.
pub(super) fn card(cards: &Cards<'_>, lab: &Lab) -> String {
    // On the page of all labs the card is the permanent anchor of the lab.
    let id = if cards.page == "labs" { cards.id(&lab.id) } else { cards.id(&format!("lab-{}", lab.id)) };
    let mut out = format!(
        "<section class=\"card lab\" id=\"{id}\" data-testid=\"lab-card\" data-lab=\"{lab_id}\" aria-labelledby=\"{id}-title\">\
         <p class=\"card-kind\">{kind} <code>{lab_id}</code></p><h3 id=\"{id}-title\">{title}</h3>{goal}",
        lab_id = escape(&lab.id),
        kind = cards.say("site.lab.lab"),
        title = inline(lab.title.get(cards.lang)),
        goal = block(lab.goal.get(cards.lang)),
    );
    facts(cards, lab, &mut out);
    commands(cards, lab, &mut out);
    out.push_str("<div class=\"live\" data-live hidden></div>");
    checks(cards, lab, &mut out);
    peers(cards, &lab.peer, &mut out);
    out.push_str("</section>");
    out
}

/// Every lab, easiest first.
pub(super) fn all(cards: &Cards<'_>) -> String {
    cards.project.labs.iter().map(|lab| card(cards, lab)).collect()
}

fn facts(cards: &Cards<'_>, lab: &Lab, out: &mut String) {
    let mut rows: Vec<(&str, String)> = vec![
        ("site.lab.time", cards.say_with("site.lab.minutes", &[("n", &lab.minutes)])),
        ("site.lab.level", level(cards, lab.level)),
    ];
    let edit: Vec<_> =
        lab.edit.iter().map(|file| format!("<code>my-labs/{}/{}</code>", lab.id, file.display())).collect();
    rows.push(("site.lab.edit", edit.join(" ")));
    rows.push(("site.lab.systems", systems(&lab.systems)));
    if lab.needs == Needs::PrivateNetwork {
        let setup = match cards.outline.has("start/setup#private-networks") {
            true => format!(
                "<a href=\"{}\">{}</a>",
                cards.href("start/setup#private-networks"),
                cards.say("site.lab.private-network")
            ),
            false => cards.say("site.lab.private-network"),
        };
        rows.push(("site.lab.needs", setup));
    }
    let chapter = lab.chapter.split('#').next().unwrap_or(&lab.chapter);
    if chapter != cards.page && cards.outline.has_page(chapter) {
        rows.push(("site.lab.chapter", cards.link(&lab.chapter)));
    }
    out.push_str("<dl class=\"facts\">");
    for (name, value) in rows {
        put!(out, "<div><dt>{}</dt><dd>{value}</dd></div>", cards.say(name));
    }
    out.push_str("</dl>");
}

fn level(cards: &Cards<'_>, level: u8) -> String {
    let dots: String = (1..=5).map(|n| if n <= level { "●" } else { "○" }).collect();
    format!(
        "<span class=\"level\" role=\"img\" aria-label=\"{}\">{dots}</span>",
        cards.say_with("site.lab.of-five", &[("n", &level)])
    )
}

fn systems(systems: &[System]) -> String {
    let names: Vec<_> = systems
        .iter()
        .map(|system| match system {
            System::Linux => "Linux, WSL2",
            System::Macos => "macOS",
            System::Windows => "Windows",
        })
        .collect();
    names.join(", ")
}

fn commands(cards: &Cards<'_>, lab: &Lab, out: &mut String) {
    put!(
        out,
        "<div class=\"commands\" data-commands><p>{}</p><pre><code class=\"language-console\">$ cargo run -- lab start\n\
         $ cd my-labs\n$ cargo test -p {}</code></pre></div>",
        cards.say("site.lab.commands"),
        escape(&lab.id)
    );
}

fn checks(cards: &Cards<'_>, lab: &Lab, out: &mut String) {
    put!(out, "<div class=\"checks\"><h4>{}</h4>", cards.say("site.lab.checks"));
    let mut stages: Vec<u8> = lab.check.iter().map(|check| check.stage).collect();
    stages.sort_unstable();
    stages.dedup();
    for stage in stages {
        put!(out, "<p class=\"stage\">{}</p><ul>", cards.say_with("site.lab.stage", &[("n", &stage)]));
        for check in lab.check.iter().filter(|check| check.stage == stage) {
            one_check(cards, check, out);
        }
        out.push_str("</ul>");
    }
    out.push_str("</div>");
}

fn one_check(cards: &Cards<'_>, check: &Check, out: &mut String) {
    put!(
        out,
        "<li data-check=\"{name}\"><p><span class=\"state\" data-state></span>{says}</p><p class=\"fine\"><code>{name}</code>",
        name = escape(&check.name),
        says = inline(check.says.get(cards.lang)),
    );
    let page = check.read.split('#').next().unwrap_or(&check.read);
    if cards.outline.has_page(page) {
        put!(out, " · {} {}", cards.say("site.lab.read"), cards.link(&check.read));
    }
    out.push_str("</p>");
    // Each hint opens the way to the next, so that nobody reads the last one
    // by accident.
    for (n, hint) in check.hints.iter().enumerate() {
        let name = cards.say_with("site.lab.hint", &[("n", &(n + 1))]);
        put!(out, "<details class=\"hint\"><summary>{name}</summary>{}", block(hint.get(cards.lang)));
    }
    out.push_str(&"</details>".repeat(check.hints.len()));
    out.push_str("</li>");
}

fn peers(cards: &Cards<'_>, peers: &[Peer], out: &mut String) {
    if peers.is_empty() {
        return;
    }
    put!(out, "<details class=\"peers\"><summary>{}</summary><ul>", cards.say("site.lab.peers"));
    for peer in peers {
        let commands = [Some(&peer.run), peer.calls.as_ref()];
        let commands: String =
            commands.into_iter().flatten().map(|line| format!("<code>{}</code><br>", escape(line))).collect();
        put!(out, "<li>{commands}{}</li>", inline(peer.shows.get(cards.lang)));
    }
    out.push_str("</ul></details>");
}
