//! What goes between the command and the process that holds the hosts: one line
//! of JSON in, one out.

use netlab::run::{End, Failure};
use netlab::script::ast::Pos;
use netlab::time::Micros;
use serde::{Deserialize, Serialize};

/// What is to be played.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    /// The script.
    pub(super) script: String,
    /// The seed of the wire.
    pub(super) seed: u64,
    /// Whether calls and packets are to be kept.
    pub(super) record: bool,
    /// Time of the wire's clock that it may take, in microseconds.
    pub(super) patience: Micros,
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    /// It was played.
    Played(Report),
    /// A host could not be made: the step and its errno.
    NotRun(Step, i32),
}

/// A step towards hosts that stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Step {
    /// A user namespace, and root in it.
    User,
    /// A network namespace.
    Network,
    /// `/dev/net/tun`.
    Tun,
    /// Bringing an interface up.
    Interface,
    /// Giving it addresses.
    Address,
    /// A process of its own for each program.
    Program,
}

/// A script that was played on Linux.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Report {
    /// The script with its results filled in.
    pub(crate) transcript: String,
    /// The result of each line, as `netlab::run::lines` orders them.
    pub(crate) results: Vec<Option<String>>,
    /// What was not as the script says.
    pub(super) failures: Vec<Missed>,
    /// How it ended.
    pub(super) end: Ended,
    /// Everything recorded, as JSON lines.
    pub(crate) events: String,
    /// The packets, as a capture file.
    pub(crate) capture: Vec<u8>,
}

/// [`Failure`], as it can be sent.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Missed {
    line: u32,
    column: u32,
    program: String,
    step: String,
    expected: Option<String>,
    got: Option<String>,
}

/// [`End`], as it can be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Ended {
    #[default]
    Finished,
    OutOfTime(Micros),
    TooManySteps(u64),
    TooManyRecords(usize),
    TooManyBytes(usize),
}

impl Report {
    /// Whether everything was as the script says.
    pub(crate) fn passed(&self) -> bool {
        self.end == Ended::Finished && self.failures.is_empty()
    }

    pub(super) fn set(&mut self, end: End, failures: Vec<Failure>) {
        self.end = match end {
            End::Finished => Ended::Finished,
            // Nobody can know that of a kernel; time ends the waiting.
            End::Blocked => Ended::OutOfTime(0),
            End::OutOfTime(limit) => Ended::OutOfTime(limit),
            End::TooManySteps(limit) => Ended::TooManySteps(limit),
            End::TooManyRecords(limit) => Ended::TooManyRecords(limit),
            End::TooManyBytes(limit) => Ended::TooManyBytes(limit),
        };
        let missed = |failure: Failure| Missed {
            line: failure.pos.line,
            column: failure.pos.column,
            program: failure.program,
            step: failure.step,
            expected: failure.expected,
            got: failure.got,
        };
        self.failures = failures.into_iter().map(missed).collect();
    }

    /// How it ended.
    pub(crate) fn end(&self) -> End {
        match self.end {
            Ended::Finished => End::Finished,
            Ended::OutOfTime(limit) => End::OutOfTime(limit),
            Ended::TooManySteps(limit) => End::TooManySteps(limit),
            Ended::TooManyRecords(limit) => End::TooManyRecords(limit),
            Ended::TooManyBytes(limit) => End::TooManyBytes(limit),
        }
    }

    /// What was not as the script says.
    pub(crate) fn failures(&self) -> Vec<Failure> {
        let failure = |missed: &Missed| Failure {
            pos: Pos { line: missed.line, column: missed.column },
            program: missed.program.clone(),
            step: missed.step.clone(),
            expected: missed.expected.clone(),
            got: missed.got.clone(),
            difference_gone: false,
        };
        self.failures.iter().map(failure).collect()
    }
}
