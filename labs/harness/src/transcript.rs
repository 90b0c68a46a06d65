//! What was seen on the wire, one line per step.

use std::sync::Mutex;

use crate::diff::Window;
use crate::kind::Kind;
use crate::payload::Payload;
use crate::record::{MOST_BYTES, Record};
use crate::words::{Words, say};

/// One step: a line of the transcript, and for the record what moved.
#[derive(Clone, Debug, Default)]
pub(crate) struct Step {
    pub(crate) line: Words,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) what: &'static str,
    pub(crate) bytes: Vec<u8>,
    /// Of a failure, if it is of one that has a hint of its own.
    pub(crate) kind: Option<Kind>,
}

impl Step {
    /// Something `from` did to `to`; `what` is one word: `connect`, `bytes` …
    pub(crate) fn new(line: Words, from: &str, to: &str, what: &'static str) -> Step {
        Step { line, from: from.into(), to: to.into(), what, bytes: Vec::new(), kind: None }
    }

    /// `payload` on the program's standard input.
    pub(crate) fn typed(payload: &Payload) -> Step {
        let line = say("wire.types", &[("what", &payload.words())]);
        Step::new(line, "", "program", "input").bytes(payload.bytes())
    }

    /// A failure of this kind.
    pub(crate) fn kind(mut self, kind: Option<Kind>) -> Step {
        self.kind = kind;
        self
    }

    /// With the bytes that moved, as far as a record holds them.
    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Step {
        self.bytes = bytes[..bytes.len().min(MOST_BYTES)].to_vec();
        self
    }
}

/// What stands below the step that failed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Detail {
    /// Rows for a terminal, such as bytes side by side.
    pub(crate) rows: Vec<Words>,
    /// The bytes themselves, around the first that differs.
    pub(crate) bytes: Option<Window>,
}

/// A growing list of steps, shared by the programs and peers of a check.
#[derive(Debug)]
pub(crate) struct Transcript {
    inner: Mutex<Inner>,
    record: Record,
}

#[derive(Debug, Default)]
struct Inner {
    lines: Vec<Words>,
    /// Below the last line.
    detail: Detail,
    /// Set by the first step whose outcome never came. Later steps are not
    /// carried out: they would say nothing new.
    stopped: bool,
    /// Of the step that ended it.
    kind: Option<Kind>,
}

impl Transcript {
    pub(crate) fn new(record: Record) -> Transcript {
        Transcript { inner: Mutex::default(), record }
    }

    /// Appends a step that went well. Whatever is shown of a program passes here:
    /// no line leaves with what a terminal would obey.
    pub(crate) fn step(&self, mut step: Step) {
        step.line = step.line.visible();
        let mut inner = self.inner.lock().expect("no step panics while it writes");
        if !inner.stopped {
            inner.lines.push(step.line.clone());
            self.record.step(inner.lines.len(), &step);
        }
    }

    /// Appends the line that ends the transcript early.
    pub(crate) fn stop(&self, step: Step, detail: Detail) {
        let kind = step.kind;
        self.step(step);
        let mut inner = self.inner.lock().expect("no step panics while it writes");
        if !inner.stopped {
            inner.stopped = true;
            inner.detail = Detail { rows: detail.rows.iter().map(Words::visible).collect(), ..detail };
            inner.kind = kind;
        }
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.inner.lock().expect("no step panics while it writes").stopped
    }

    /// What kind of failure ended it, if that is known.
    pub(crate) fn kind(&self) -> Option<Kind> {
        self.inner.lock().expect("no step panics while it writes").kind
    }

    /// The lines, and what stands below the last one.
    pub(crate) fn read(&self) -> (Vec<Words>, Detail) {
        let inner = self.inner.lock().expect("no step panics while it writes");
        (inner.lines.clone(), inner.detail.clone())
    }

    pub(crate) fn record(&self) -> &Record {
        &self.record
    }
}
