//! The record of a check: JSON lines in the file that `LAB_RECORD` names.
//!
//! Whatever shows a check – terminal, live card, report – shows this record.
//! Lines are in the reader's language. The student's program never learns of
//! the file: see [`crate::limits`].

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Instant;

use crate::diff::Window;
use crate::transcript::Step;
use crate::words::{Lang, Words};

/// The environment variable that names the file.
pub(crate) const VARIABLE: &str = "LAB_RECORD";

/// At most so many bytes of a payload are written down.
pub(crate) const MOST_BYTES: usize = 256;

/// Writes the events of one check.
#[derive(Debug)]
pub(crate) struct Record {
    file: Option<Mutex<File>>,
    head: String,
    started: Instant,
    lang: Lang,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Pass,
    Fail,
    NotRun,
}

/// What the last line of a record says.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    pub(crate) expected: Vec<String>,
    pub(crate) observed: Vec<String>,
    /// From 1.
    pub(crate) first_difference: Option<usize>,
    /// The same lines as steps between two parties.
    pub(crate) expected_steps: Vec<Line>,
    pub(crate) observed_steps: Vec<Line>,
    pub(crate) bytes: Option<Window>,
    /// The first thing to look at.
    pub(crate) hint: Option<String>,
    pub(crate) todo: Option<String>,
    pub(crate) reason: Option<String>,
}

/// A line of a transcript, taken apart: who did what to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// `program`, a peer, or nobody: then it happened, or failed to, at `to`.
    pub(crate) from: String,
    /// The same; nobody if it concerns `from` alone.
    pub(crate) to: String,
    /// What is left of the line, in the reader's language.
    pub(crate) text: String,
}

impl Line {
    /// Takes a line apart: `a: connect`, `program → a: P1 (37 bytes)`,
    /// `program: listening`. Names are in the English line, which every language
    /// follows.
    pub(crate) fn of(words: &Words, lang: Lang) -> Line {
        let whole = || Line { from: String::new(), to: String::new(), text: words.get(lang).to_string() };
        let Some((head, what)) = words.en.split_once(": ") else { return whole() };
        let is_name = |name: &str| !name.is_empty() && !name.contains(' ');
        let (from, to) = match head.split_once(" → ") {
            Some((from, to)) if is_name(from) && is_name(to) => (from, to),
            None if head == "program" => (head, ""),
            // The kernel and the command line are nobody's peer.
            None if is_name(head) && head != "kernel" && head != "run" => (head, "program"),
            _ => return whole(),
        };
        // What did not come did not move either.
        let absent = to != "program" && ["nothing", "no end of stream"].iter().any(|none| what.starts_with(none));
        let from = if absent && !to.is_empty() { "" } else { from };
        let text = words.get(lang).split_once(": ").map_or(words.get(lang), |(_, text)| text);
        Line { from: from.to_string(), to: to.to_string(), text: text.to_string() }
    }

    fn json(&self) -> String {
        format!("{{\"from\":{},\"to\":{},\"text\":{}}}", string(&self.from), string(&self.to), string(&self.text))
    }
}

impl Record {
    /// Begins the record of `check` in the file of the environment, if any.
    ///
    /// # Panics
    ///
    /// If the file cannot be written: a record that was asked for and is not
    /// there would be taken for a check that never ran.
    pub(crate) fn start(lab: &str, check: &str, seed: u64) -> Record {
        let file = std::env::var_os(VARIABLE).filter(|path| !path.is_empty()).map(|path| {
            let path = PathBuf::from(path);
            let file = OpenOptions::new().create(true).append(true).open(&path);
            Mutex::new(file.unwrap_or_else(|error| panic!("{VARIABLE}={}: {error}", path.display())))
        });
        let head = format!("\"lab\":{},\"check\":{}", string(lab), string(check));
        let record = Record { file, head, started: Instant::now(), lang: Lang::of_reader() };
        record.line(&format!("{{\"event\":\"start\",{},\"seed\":{seed}}}", record.head));
        record
    }

    /// Step number `n`, from 1.
    pub(crate) fn step(&self, n: usize, step: &Step) {
        if self.file.is_none() {
            return;
        }
        let mut text =
            format!("{{\"event\":\"step\",{},\"n\":{n},\"line\":{}", self.head, string(step.line.get(self.lang)));
        for (key, value) in [("from", step.from.as_str()), ("to", step.to.as_str()), ("what", step.what)] {
            text.push_str(&format!(",\"{key}\":{}", string(value)));
        }
        if !step.bytes.is_empty() {
            text.push_str(&format!(",\"bytes\":\"{}\"", hex(&step.bytes)));
        }
        text.push('}');
        self.line(&text);
    }

    /// The verdict: the last line of a check.
    pub(crate) fn verdict(&self, outcome: &Outcome) {
        let verdict = match outcome.verdict {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::NotRun => "not-run",
        };
        let mut text = format!("{{\"event\":\"verdict\",{},\"verdict\":\"{verdict}\"", self.head);
        for (key, lines) in [("expected", &outcome.expected), ("observed", &outcome.observed)] {
            let lines: Vec<String> = lines.iter().map(|line| string(line)).collect();
            text.push_str(&format!(",\"{key}\":[{}]", lines.join(",")));
        }
        for (key, steps) in [("expected_steps", &outcome.expected_steps), ("observed_steps", &outcome.observed_steps)] {
            if !steps.is_empty() {
                let steps: Vec<String> = steps.iter().map(Line::json).collect();
                text.push_str(&format!(",\"{key}\":[{}]", steps.join(",")));
            }
        }
        if let Some(Window { from, at, expected, observed }) = &outcome.bytes {
            text.push_str(&format!(
                ",\"bytes\":{{\"from\":{from},\"at\":{at},\"expected\":\"{}\",\"observed\":\"{}\"}}",
                hex(expected),
                hex(observed)
            ));
        }
        if let Some(n) = outcome.first_difference {
            text.push_str(&format!(",\"first_difference\":{n}"));
        }
        for (key, value) in [("hint", &outcome.hint), ("todo", &outcome.todo), ("reason", &outcome.reason)] {
            if let Some(value) = value {
                text.push_str(&format!(",\"{key}\":{}", string(value)));
            }
        }
        text.push_str(&format!(",\"ms\":{}}}", self.started.elapsed().as_millis()));
        self.line(&text);
    }

    fn line(&self, line: &str) {
        let Some(file) = &self.file else { return };
        // One write per line: checks of one process and of several append to
        // the same file, and lines must not mix.
        let line = format!("{line}\n");
        file.lock().expect("no writer panics").write_all(line.as_bytes()).expect("the record can be written");
    }
}

/// `0a1f`.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `text` as a JSON string.
fn string(text: &str) -> String {
    let mut json = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            c if c < ' ' => write!(json, "\\u{:04x}", c as u32).expect("a String takes everything"),
            c => json.push(c),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_who_did_what_to_whom() {
        let line = |en: &str, ko: &str| {
            let line = Line::of(&Words { en: en.into(), ko: ko.into() }, Lang::Ko);
            (line.from, line.to, line.text)
        };
        let is = |from: &str, to: &str, text: &str| (from.to_string(), to.to_string(), text.to_string());
        assert_eq!(line("a: connect", "a: 연결"), is("a", "program", "연결"));
        assert_eq!(line("program → a: P1 (3 bytes)", "프로그램 → a: P1(3바이트)"), is("program", "a", "P1(3바이트)"));
        assert_eq!(line("program → a: nothing", "프로그램 → a: 없음"), is("", "a", "없음"));
        assert_eq!(line("program: listening", "프로그램: 리스닝"), is("program", "", "리스닝"));
        assert_eq!(line("kernel: it waits", "커널: 기다림"), is("", "", "커널: 기다림"));
        assert_eq!(line("a = 1", "a = 1"), is("", "", "a = 1"));
    }

    #[test]
    fn a_string_is_valid_json_whatever_is_in_it() {
        assert_eq!(super::string("a\"b\\c\n\u{1}→"), "\"a\\\"b\\\\c\\n\\u0001→\"");
    }
}
