//! Experiments: a script, what it gave, and where to run it.
//!
//! What stands here can be read without a script; `book/theme/experiment.js`
//! makes the same section one that runs.

use super::{Cards, differences};
use crate::book::experiment::{Experiment, Mode};
use crate::site::markdown::{escape, inline};

/// One experiment on a page; `None` if there is no such script.
pub(super) fn one(cards: &Cards<'_>, name: &str, mode: Mode) -> Option<String> {
    let experiment = &cards.project.bench.experiment(name, cards.lang)?;
    let id = cards.id(&format!("experiment-{name}"));
    let mut out = format!(
        "<section class=\"card experiment\" id=\"{id}\" data-testid=\"experiment\" aria-labelledby=\"{id}-title\"{more}>\
         <p class=\"card-kind\">{kind} <a href=\"{bench}\"><code>{name}</code></a></p>",
        name = escape(name),
        more = attributes(cards, name, experiment, mode),
        kind = cards.say(match mode {
            Mode::Run if experiment.shown().contains(" -> ") => "experiment.worked-kind",
            Mode::Run => "experiment.run-kind",
            Mode::Predict => "experiment.predict-kind",
            Mode::Write => "experiment.write-kind",
        }),
        bench = cards.href(&format!("bench#{name}")),
    );
    match cards.project.bench.entry(name) {
        Some(entry) => put!(
            out,
            "<p class=\"x-title\" id=\"{id}-title\">{}</p><p class=\"x-asks\">{}</p>",
            inline(entry.title.get(cards.lang)),
            inline(entry.asks.get(cards.lang))
        ),
        None => put!(out, "<p class=\"x-title\" id=\"{id}-title\"><code>{}</code></p>", escape(name)),
    }
    body(cards, name, experiment, mode, &mut out);
    out.push_str("</section>");
    Some(out)
}

/// What the component has to know and cannot read off the page.
fn attributes(cards: &Cards<'_>, name: &str, experiment: &Experiment, mode: Mode) -> String {
    let mut out = format!(
        " data-script=\"{}\" data-mode=\"{}\" data-bench=\"{}\" data-script-label=\"{}\" data-unavailable=\"{}\"",
        escape(name),
        mode.name(),
        cards.href("bench"),
        cards.say("experiment.script"),
        escape(&cards.say("experiment.unavailable"))
    );
    if mode == Mode::Predict {
        let asked: Vec<String> = experiment.asked().iter().map(usize::to_string).collect();
        put!(out, " data-asked=\"{}\" data-source=\"{}\"", asked.join(" "), escape(&experiment.shown()));
    }
    out
}

/// Script, buttons, results; then what else there is to see, each folded.
fn body(cards: &Cards<'_>, name: &str, experiment: &Experiment, mode: Mode, out: &mut String) {
    let visible = match mode {
        Mode::Run => experiment.shown(),
        Mode::Predict => experiment.blanked(),
        Mode::Write => experiment.unsolved(&cards.say("experiment.yours")),
    };
    put!(out, "<div class=\"x-page\" data-label=\"{}\">", cards.say("experiment.in-page"));
    out.push_str(&code("x-script", "", "sock", &visible));
    out.push_str(&bar(cards));
    if let (Mode::Write, Some(hint)) = (mode, cards.project.bench.entry(name).and_then(|entry| entry.hint.as_ref())) {
        put!(
            out,
            "<details class=\"hint x-hint\" data-testid=\"hint\"><summary>{}</summary><p>{}</p></details>",
            cards.say("experiment.hint"),
            inline(hint.get(cards.lang))
        );
    }
    let summary = cards.say(if mode == Mode::Write { "experiment.solution" } else { "experiment.results" });
    put!(out, "<details class=\"x-results\"><summary>{summary}</summary>");
    if mode == Mode::Write {
        out.push_str(&code("x-solution", "", "sock", &experiment.shown()));
    }
    put!(
        out,
        "<p class=\"x-label\">{}</p>{}",
        cards.say("experiment.transcript"),
        code("x-transcript", "data-testid=\"transcript\"", "sock", &experiment.transcript)
    );
    figure(cards, name, out);
    out.push_str("</details></div>");
    put!(
        out,
        "<details class=\"x-tab x-linux\" data-testid=\"linux\"><summary>{}</summary>{}</details>",
        cards.say("experiment.on-linux"),
        // The transcript stands above already; the component moves it here.
        differences::on_linux(cards, name, &experiment.script)
    );
    rust(cards, name, out);
}

/// The same calls as a Rust program.
fn rust(cards: &Cards<'_>, name: &str, out: &mut String) {
    let Some(drawing) = cards.project.drawings.get(name) else { return };
    let program = match drawing.rust(cards.lang) {
        // Read when it is opened: all of them would be a fifth of a page.
        Ok(_) => format!(
            "<p class=\"fine\"><a data-program href=\"{}\">{}</a></p>",
            file_href(cards.page, &program_path(name)),
            cards.say("experiment.rust.file")
        ),
        Err(not) => format!("<p>{}</p>", escape(&cards.say(&format!("net.rust-not.{not}")))),
    };
    put!(
        out,
        "<details class=\"x-tab x-rust\"><summary>{}</summary><p class=\"fine\">{}</p>{program}</details>",
        cards.say("experiment.in-rust"),
        inline(&cards.say("experiment.rust.how"))
    );
}

/// The buttons; they are shown when there is a script to press them for.
fn bar(cards: &Cards<'_>) -> String {
    let button = |class: &str, more: &str| {
        let id = format!("experiment.button.{class}");
        format!("<button type=\"button\" class=\"x-button x-{class}\"{more}>{}</button>", cards.say(&id))
    };
    format!(
        "<div class=\"x-bar\" hidden>{}{}{}{}{}<span class=\"x-status\" role=\"status\"></span></div>",
        button("run", " data-testid=\"run\""),
        button("stop", " hidden"),
        button("reset", " hidden"),
        button("edit", " hidden"),
        button("skip", " hidden"),
    )
}

/// The sequence diagram of the run, as a file of its own: a page that runs
/// experiments draws each run anew, and would have all of them for nothing. To
/// who has no scripts a browser shows it at once.
fn figure(cards: &Cards<'_>, name: &str, out: &mut String) {
    let Some(drawing) = cards.project.drawings.get(name) else { return };
    put!(
        out,
        "<p class=\"x-label\">{label}</p><div class=\"x-figure\" data-testid=\"packets\" tabindex=\"0\" \
         role=\"group\" aria-label=\"{label}\"><img src=\"{}\" alt=\"{}\" loading=\"lazy\"{}></div>",
        file_href(cards.page, &drawing_path(name)),
        cards.say("experiment.figure.title"),
        size(drawing.svg(cards.lang)),
        label = cards.say("experiment.packets"),
    );
}

/// Where the figure of an experiment lies in its edition.
pub(in crate::site) fn drawing_path(name: &str) -> String {
    format!("figures/{name}.svg")
}

/// Where the program of an experiment lies in its edition.
pub(in crate::site) fn program_path(name: &str) -> String {
    format!("programs/{name}.rs")
}

/// A file of the edition, as seen from a page.
fn file_href(page: &str, file: &str) -> String {
    format!("{}{file}", "../".repeat(page.matches('/').count()))
}

/// Width and height of a figure, so that nothing moves when it comes.
fn size(svg: &str) -> String {
    let values = svg.split_once("viewBox=\"0 0 ").and_then(|(_, rest)| rest.split_once('"'));
    let size = values.and_then(|(values, _)| values.split_once(' '));
    size.map_or_else(String::new, |(width, height)| format!(" width=\"{width}\" height=\"{height}\""))
}

fn code(class: &str, attributes: &str, language: &str, text: &str) -> String {
    format!("<pre class=\"{class}\" {attributes}><code class=\"language-{language}\">{}</code></pre>", escape(text))
}

/// A script of the reader's own, begun with two hosts.
pub(super) fn play(cards: &Cards<'_>) -> String {
    let begun = Experiment {
        script: "host a 10.0.0.1\nhost b 10.0.0.2\nlink a b delay 10ms\n\na:\n  u = socket(AF_INET, SOCK_DGRAM)\n  \
                 sendto(u, \"hello\", b:9)\n"
            .to_string(),
        transcript: String::new(),
    };
    let id = cards.id("playground");
    format!(
        "<section class=\"card experiment\" id=\"{id}\" data-testid=\"playground\" data-play aria-label=\"{label}\"{more}>\
         <p class=\"card-kind\">{label}</p><div class=\"x-page\">{script}{bar}</div></section>",
        label = cards.say("experiment.play-kind"),
        more = attributes(cards, "", &begun, Mode::Run),
        script = code("x-script", "", "sock", &begun.script),
        bar = bar(cards),
    )
}

/// The bench: every experiment by topic, each
/// folded.
pub(super) fn bench(cards: &Cards<'_>) -> String {
    let bench = &cards.project.bench;
    if bench.topics.topic.is_empty() {
        return format!("<p>{}</p>", cards.say("experiment.none"));
    }
    let mut out = String::new();
    for topic in &bench.topics.topic {
        let id = cards.id(&format!("topic-{}", topic.id));
        put!(
            out,
            "<h2 id=\"{id}\"><a class=\"header\" href=\"#{id}\">{}</a></h2>",
            inline(topic.title.get(cards.lang))
        );
        for entry in &topic.experiment {
            let Some(experiment) = &bench.experiment(&entry.name, cards.lang) else { continue };
            let id = cards.id(&entry.name);
            put!(
                out,
                "<details class=\"x-fold\" id=\"{id}\"><summary><b>{}</b> <span>{}</span></summary>\
                 <section class=\"experiment\" id=\"experiment-{id}\" data-testid=\"experiment\" aria-label=\"{}\"{}>",
                inline(entry.title.get(cards.lang)),
                inline(entry.asks.get(cards.lang)),
                escape(&entry.title.get(cards.lang).replace('`', "")),
                attributes(cards, &entry.name, experiment, Mode::Run),
            );
            body(cards, &entry.name, experiment, Mode::Run, &mut out);
            out.push_str("</section></details>");
        }
    }
    out
}
