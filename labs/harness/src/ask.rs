//! A program that is asked lines on its standard input, and answers each with
//! a line on its standard output.

use std::ffi::OsStr;

use crate::check::Check;
use crate::kind::Kind;
use crate::owners::Place;
use crate::payload::Payload;
use crate::program::Program;
use crate::record::hex;
use crate::report::columns;
use crate::transcript::{Detail, Step};
use crate::visible::visible;
use crate::wait;
use crate::words::{Fill, Words, say};

/// A line for the program, and what the transcript calls it: a line that is
/// drawn from a seed stands in no snapshot.
#[derive(Clone, Debug)]
pub struct Question {
    line: Vec<u8>,
    name: String,
    /// What is called by its name where a person reads it.
    places: Vec<Place>,
}

impl Question {
    /// `line` goes out as it is, with its `\n` added.
    #[must_use]
    pub fn new(line: impl Into<Vec<u8>>, name: impl Into<String>) -> Question {
        Question { line: line.into(), name: name.into(), places: Vec::new() }
    }

    /// Called by its own text.
    #[must_use]
    pub fn plain(line: &str) -> Question {
        Question::new(line, line)
    }

    /// In a report, addresses that have to do with `place` are called by names,
    /// in the question and in its answer.
    #[must_use]
    pub fn about(mut self, place: &Place) -> Question {
        self.places.push(place.clone());
        self
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn text(&self) -> String {
        self.named(&String::from_utf8_lossy(&self.line))
    }

    /// `text` with names for addresses, if there are any.
    fn named(&self, text: &str) -> String {
        if self.places.is_empty() {
            return text.to_string();
        }
        let places: Vec<&Place> = self.places.iter().collect();
        let named = |word: &str| word.parse().map_or_else(|_| word.to_string(), |addr| Place::name_of(&places, addr));
        text.split(' ').map(named).collect::<Vec<_>>().join(" ")
    }
}

impl Check {
    /// Starts the program with all `questions` as its standard input. It need
    /// not answer one before it reads the next.
    pub fn ask(&self, questions: &[&Question]) -> Program {
        let input: Vec<u8> = questions.iter().flat_map(|question| [&question.line[..], b"\n"].concat()).collect();
        let program = self.start_as_asked(&[] as &[&OsStr], &Payload::fixed("INPUT", input));
        program.run.note_given(|given| questions.iter().for_each(|question| given.add(&question.line)));
        self.transcript().step(Step::new(say("wire.lines", &[("n", &questions.len())]), "", "program", "input"));
        program
    }
}

impl Program {
    /// The next line of its output is `want`; the transcript calls it `name`.
    pub fn answers(&mut self, question: &Question, want: &str, name: &str) {
        self.answers_as(question, Words::same(name), |got| got == want, || want.to_string(), str::to_string);
    }

    /// Types `question` to a program that has a typist, and waits for the
    /// answer `want`; the transcript calls it `name`.
    pub fn replies(&mut self, question: &Question, want: &str, name: &str) {
        self.type_line(question);
        self.answers(question, want, name);
    }

    /// [`Program::replies`] with an answer that begins with `start`.
    pub fn replies_beginning(&mut self, question: &Question, start: &str) {
        self.type_line(question);
        self.answers_beginning(question, start);
    }

    /// Types `question`; the answer, whatever it is. `None` ends the check.
    pub(crate) fn reply(&mut self, question: &Question) -> Option<String> {
        self.type_line(question);
        if self.transcript.is_stopped() {
            return None;
        }
        self.next_line().map_err(|why| self.stays_silent(question, &why)).ok()
    }

    fn type_line(&self, question: &Question) {
        if !self.transcript.is_stopped() {
            self.run.types(&[&question.line[..], b"\n"].concat());
            self.run.note_given(|given| given.add(&question.line));
        }
    }

    /// The next line, whatever it is: the answer to `question`. It stands in no
    /// transcript; [`Check::fail`] says what is wrong with it. `None` ends the check.
    pub fn answer(&mut self, question: &Question) -> Option<String> {
        if self.transcript.is_stopped() {
            return None;
        }
        match self.next_line() {
            Ok(line) => {
                self.unseen = Some((question.text(), line.clone()));
                Some(line)
            }
            Err(why) => {
                self.stays_silent(question, &why);
                None
            }
        }
    }

    /// The last answer is what is wrong.
    pub fn fails_here(&self) {
        self.run.note_wrong_answer();
        self.fails_at_this_line();
    }

    fn fails_at_this_line(&self) {
        self.run.note_given(|given| given.fails_at(self.lines));
    }

    fn stays_silent(&self, question: &Question, why: &Words) {
        self.fails_at_this_line();
        let line = say("fail.no-answer-line", &[("what", &question.name), ("why", why)]);
        // A program that ended has ended at the one or the other.
        let before = self.unseen.as_ref().map(|(line, answer)| {
            let line = say("report.answered-line", &[("line", line), ("answer", answer)]);
            row(&say("report.answered", &[]), &line)
        });
        let asked = row(&say("report.asked", &[]), &Words::same(self.with_letters(&question.text())));
        let rows = before.into_iter().chain([asked]).collect();
        self.transcript.stop(Step::new(line, "program", "", "fail"), Detail { rows, bytes: None });
    }

    /// The next line begins with `start`: what follows is the program's own.
    pub fn answers_beginning(&mut self, question: &Question, start: &str) {
        let name = Words::same(format!("{start}…"));
        self.answers_as(question, name, |got| got.starts_with(start), || format!("{start}…"), str::to_string);
    }

    /// The next line, if `is_right` likes it; the transcript calls it `name`.
    pub fn answers_some(&mut self, question: &Question, name: &str, is_right: impl Fn(&str) -> bool) -> Option<String> {
        let line = std::cell::RefCell::new(None);
        let keep = |got: &str| {
            line.replace(Some(got.to_string()));
            is_right(got)
        };
        self.answers_as(question, Words::same(name), keep, || name.to_string(), str::to_string);
        if self.transcript.is_stopped() { None } else { line.into_inner() }
    }

    /// The next line is the hexadecimal text of `bytes`, which are the kernel's.
    pub fn answers_with_bytes(&mut self, question: &Question, bytes: &[u8]) {
        let want = hex(bytes);
        let name = say("data.kernel", &[("n", &bytes.len())]);
        self.answers_as(question, name, |got| got.eq_ignore_ascii_case(&want), || in_words(&want), in_words);
    }

    /// Types `question` and waits for its answer `want`, `times` times in a row.
    /// A failure does not show the question: it may be long.
    pub fn answers_typed(&mut self, times: usize, question: &Question, want: &str) {
        for n in 1..=times {
            self.type_line(question);
            if self.transcript.is_stopped() {
                return;
            }
            match self.next_line() {
                Ok(got) if got == want => {}
                answered => {
                    self.fails_at_this_line();
                    let (got, want) = (answered.as_ref().map(|got| format!("{got:?}")), format!("{want:?}"));
                    let mut holes: Vec<(&str, &dyn Fill)> =
                        vec![("what", &question.name), ("n", &n), ("times", &times)];
                    match &got {
                        Ok(got) => holes.extend([("got", got as &dyn Fill), ("want", &want)]),
                        Err(why) => holes.push(("why", *why)),
                    }
                    return self.fail(if got.is_ok() { "fail.typed-other" } else { "fail.typed-silent" }, &holes);
                }
            }
        }
        self.step("wire.typed", &[("n", &times), ("what", &question.name), ("answer", &want)], "stdout");
    }

    /// `shown` makes of a line what is easy to compare with the eyes.
    pub(crate) fn answers_as(
        &mut self,
        question: &Question,
        name: Words,
        is_right: impl Fn(&str) -> bool,
        want: impl Fn() -> String,
        shown: impl Fn(&str) -> String,
    ) {
        if self.transcript.is_stopped() {
            return;
        }
        let holes: [(&str, &dyn Fill); 2] = [("what", &question.name), ("answer", &name)];
        let row = |title: &Words, text: &str| row(title, &Words::same(text));
        let asked = row(&say("report.asked", &[]), &self.with_letters(&question.text()));
        match self.next_line() {
            Ok(got) if is_right(&got) => self.step("wire.answers", &holes, "stdout"),
            Ok(got) => {
                self.fails_here();
                let (want, shown) = (question.named(&want()), visible(&question.named(&shown(&got))));
                let mut rows = vec![asked, row(&say("report.expected", &[]), &want)];
                rows.push(crate::ask::row(&say("report.observed", &[]), &or_empty(&shown)));
                if !got.is_empty() {
                    let same = want.chars().zip(shown.chars()).take_while(|(a, b)| a == b);
                    let same: usize = same.map(|(a, _)| columns(a)).sum();
                    rows.push(Words::same(format!("{:10}{:same$}^", "", "")));
                }
                let line = say("fail.other-answer", &holes);
                let kind = Kind::of_answer(&question.name, &got);
                self.transcript.stop(Step::new(line, "program", "", "fail").kind(kind), Detail { rows, bytes: None });
            }
            Err(why) => self.stays_silent(question, &why),
        }
    }

    /// The next line of its output, or why there is none.
    pub(crate) fn next_line(&mut self) -> Result<String, Words> {
        let n = self.take_line();
        wait::until_prompt(&self.run, Some(self.run.stdout.more()), || self.run.stdout.line(n))
    }
}

/// `answer`, or that it is nothing.
pub(crate) fn or_empty(answer: &str) -> Words {
    if answer.is_empty() { say("report.empty-line", &[]) } else { Words::same(answer) }
}

/// A title in a column of its own, and a text.
pub(crate) fn row(title: &Words, text: &Words) -> Words {
    // A Korean letter takes two columns.
    let pad = 9usize.saturating_sub(2 * title.ko.chars().count());
    Words { en: format!("{:<9} {}", title.en, text.en), ko: format!("{}{:pad$} {}", title.ko, "", text.ko) }
}

/// Four bytes a word.
fn in_words(hex: &str) -> String {
    let letters: Vec<char> = hex.chars().collect();
    letters.chunks(8).map(|word| word.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
