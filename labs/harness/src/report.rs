//! What a student reads when a check fails.

use std::fmt::Write as _;

use crate::lab::{Lab, Texts};
use crate::output::Todo;
use crate::section;
use crate::words::{Fill, Lang, Words, say};

/// Where the book is while `cargo run` serves it; `LAB_BOOK` changes it.
const BOOK: &str = "http://127.0.0.1:4000";

/// All that a failure shows.
#[derive(Debug)]
pub(crate) struct Failure<'a> {
    pub(crate) lab: &'a Lab,
    pub(crate) check: &'a str,
    pub(crate) texts: &'a Texts,
    /// The first thing to look at.
    pub(crate) hint: &'a Words,
    pub(crate) seed: u64,
    pub(crate) expected: &'a [Words],
    pub(crate) observed: &'a [Words],
    /// Rows below the step that failed.
    pub(crate) detail: &'a [Words],
    /// What the program wrote on standard error.
    pub(crate) stderr: &'a [String],
    /// The same, of after the step that failed.
    pub(crate) later: &'a [String],
    pub(crate) todo: Option<&'a Todo>,
    /// How to give the program the same input, if that is all there is to it.
    pub(crate) replay: Option<&'a Words>,
}

impl Failure<'_> {
    /// Index of the first line that differs.
    pub(crate) fn first_difference(&self) -> usize {
        let same = |(a, b): &(&Words, &Words)| a.en == b.en;
        self.expected.iter().zip(self.observed).take_while(same).count()
    }

    /// The whole report in `lang`.
    pub(crate) fn render(&self, lang: Lang) -> String {
        let word = |id: &str| say(id, &[]).get(lang).to_string();
        let page = page(lang, &self.texts.read);
        let title = section::title(&self.texts.read).map(|title| title.get(lang));
        let one_line = title.map_or(page.clone(), |title| format!("{title}, {page}"));
        // The address on a line of its own: nothing clings to it there.
        let where_to = title.map_or(page.clone(), |title| format!("{title}\n{page}"));
        let (stage, of) = (("stage", &self.texts.stage as &dyn Fill), ("of", &self.texts.stages as &dyn Fill));
        if let Some(todo) = self.todo {
            // A starter fails all checks at once, in no order: one tells it, the others are a line.
            if self.check == self.texts.first {
                let begin = say("report.todo-first", &[stage, of, ("page", &one_line)]);
                return format!("{}\n{}\n", todo.words().get(lang), begin.get(lang));
            }
            let later = say("report.todo-later", &[stage, of, ("place", &todo.place), ("read", &self.texts.read)]);
            return format!("{}\n", later.get(lang));
        }
        let mut text = String::new();
        let mut line = |line: String| writeln!(text, "{}", line.trim_end()).expect("a String takes everything");
        let which = say(if self.texts.stage > 1 { "report.stage" } else { "report.first-stage" }, &[stage, of]);
        line(format!("\n{} · {} · {}\n", self.lab.id, self.check, which.get(lang)));
        line(format!("{}\n  {}\n", word("report.must"), self.texts.says.get(lang)));
        line(word("report.steps"));
        let at = self.first_difference();
        for (i, step) in self.observed[..at].iter().enumerate() {
            line(format!("  {:>3}  {}", i + 1, step.get(lang)));
        }
        let none = say("report.nothing-more", &[]);
        let side = |lines: &[Words]| lines.get(at).unwrap_or(&none).get(lang).to_string();
        let (expected, observed) = (word("report.expected"), word("report.observed"));
        let wide = width(&expected).max(width(&observed));
        line(format!("✗ {:>3}  {}  {}", at + 1, padded(&expected, wide), side(self.expected)));
        line(format!("       {}  {}", padded(&observed, wide), side(self.observed)));
        if at + 1 >= self.observed.len() && !self.detail.is_empty() {
            line(String::new());
            for row in self.detail {
                line(format!("  {}", row.get(lang)));
            }
        }
        for (id, said) in [("report.said", self.stderr), ("report.said-later", self.later)] {
            if !said.is_empty() {
                line(format!("\n{}", word(id)));
                said.iter().take(8).for_each(|said| line(format!("  {said}")));
            }
        }
        line(String::new());
        let run = format!("LAB_SEED={} cargo test -p {} -- --exact {}", self.seed, self.lab.id, self.check);
        let mut by_hand = self.texts.by_hand.clone();
        // A command may say itself where its port is from.
        if by_hand.contains("PORT") && !by_hand.contains("PORT ←") {
            by_hand = format!("{by_hand}  {}", say("report.port-note", &[("lab", &self.lab.id)]).get(lang));
        }
        let replay = self.replay.map_or("", |command| command.get(lang));
        let mut rows = vec![
            ("hint", self.hint.get(lang)),
            ("read", where_to.as_str()),
            ("by-hand", by_hand.as_str()),
            ("replay", replay),
            ("again", &run),
        ];
        rows.retain(|(id, text)| *id != "replay" || !text.is_empty());
        let labels: Vec<String> = rows.iter().map(|(id, _)| word(&format!("report.{id}"))).collect();
        let wide = labels.iter().map(|label| width(label)).max().unwrap_or(0);
        for (label, (_, value)) in labels.iter().zip(rows) {
            for (i, value) in value.lines().enumerate() {
                line(format!("{}  {value}", padded(if i == 0 { label } else { "" }, wide)));
            }
        }
        text
    }
}

/// The address of a page: `tcp/connection#short-write`.
fn page(lang: Lang, read: &str) -> String {
    let book = std::env::var("LAB_BOOK").unwrap_or_else(|_| BOOK.to_string());
    let (path, section) = read.split_once('#').unwrap_or((read, ""));
    let hash = if section.is_empty() { "" } else { "#" };
    format!("{}/{}/{path}.html{hash}{section}", book.trim_end_matches('/'), lang.code())
}

/// Columns of a terminal: a Korean letter takes two.
pub(crate) fn columns(c: char) -> usize {
    if is_korean(c) { 2 } else { 1 }
}

fn is_korean(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3000}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}')
}

fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

fn padded(text: &str, wide: usize) -> String {
    format!("{text}{:pad$}", "", pad = wide.saturating_sub(width(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAB: Lab = Lab {
        manifest: "[[check]]\nname = \"later\"\nstage = 2\n[[check]]\nname = \"early\"\nstage = 1\n",
        exe: "",
        dir: "",
        tmp: "",
        id: "lab",
    };

    /// What a failure of a starter says.
    fn untouched(check: &str) -> String {
        let (texts, none) = (LAB.texts(check), Words::same(""));
        let todo = Todo::new("src/main.rs:1", Words::same("begin"));
        let failure = Failure {
            lab: &LAB,
            check,
            texts: &texts,
            hint: &none,
            seed: 1,
            expected: &[],
            observed: &[],
            detail: &[],
            stderr: &[],
            later: &[],
            todo: Some(&todo),
            replay: None,
        };
        failure.render(Lang::En)
    }

    /// All checks of a starter fail, and cargo prints them in no order.
    #[test]
    fn a_starter_says_once_with_which_check_to_begin() {
        let (early, later) = (untouched("early"), untouched("later"));
        assert!(early.contains("stage 1 of 2: begin here"), "{early}");
        assert_eq!(later.lines().collect::<Vec<_>>(), ["src/main.rs:1: still todo (stage 2 of 2; read: )"]);
    }
}
