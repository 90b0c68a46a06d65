//! A script in, everything about its run out, as one JSON object.

use super::{Figure, sequence, sockets};
use crate::json::{array, quoted, quoted_or_null};
use crate::run::{End, Event, Failure, Limits, Line, Options, Platform, Run, lines, run, write_json};
use crate::rust::{Lang, program};
use crate::script::ast::{Action, Item, Node, Script, What};
use crate::script::{ScriptError, parse};
use crate::time::MILLI;
use crate::world::Happening;

/// What bounds a run in a page: about a tenth of what a command may take, so
/// that a phone stays quick.
pub const LIMITS: Limits = Limits { steps: 500_000, records: 20_000, bytes: 8 << 20 };

/// Plays a script with [`LIMITS`], and tells all about it as one JSON object;
/// its sequence diagram has English words.
///
/// A mistake in the script gives `{"ok":false,…}` with its place.
#[must_use]
pub fn play(script: &str, seed: u64) -> String {
    Played::new(script, seed).json(&Figure::default())
}

/// A script that was played, kept for questions about it.
pub struct Played {
    seed: u64,
    result: Result<(Script, Run), ScriptError>,
}

impl Played {
    /// Plays a script with [`LIMITS`].
    #[must_use]
    pub fn new(script: &str, seed: u64) -> Played {
        let options = Options { seed, record: true, limits: LIMITS };
        let result = parse(script).map(|script| {
            let run = run(&script, options);
            (script, run)
        });
        Played { seed, result }
    }

    /// All about the run. `figure` has the words of the sequence diagram.
    #[must_use]
    pub fn json(&self, figure: &Figure) -> String {
        match &self.result {
            Ok((script, run)) => good(script, run, figure),
            Err(error) => bad(error),
        }
    }

    /// The table of sockets after event `n`, as a JSON array; empty if there is
    /// no such event.
    #[must_use]
    pub fn sockets(&self, n: usize) -> String {
        match &self.result {
            Ok((script, run)) => sockets(script, run, self.seed, n),
            Err(_) => "[]".to_owned(),
        }
    }

    /// The packets as a capture file; empty if the script cannot be read.
    #[must_use]
    pub fn pcap(&self) -> Vec<u8> {
        self.result.as_ref().map_or_else(|_| Vec::new(), |(_, run)| run.pcap())
    }
}

/// A script as a Rust program with comments in `lang`, as one JSON object:
/// `{"ok":true,"rust":"…"}`; `{"ok":true,"rust":null,"rust_not":"…"}` with the
/// id of the reason if there is no such program; a mistake as [`play`] tells it.
///
/// It is not a part of [`play`], because a page needs it rarely and it would
/// double what a reader loads.
#[must_use]
pub fn rust(script: &str, lang: Lang) -> String {
    match parse(script).map(|script| program(&script, lang)) {
        Ok(Ok(program)) => format!("{{\"ok\":true,\"rust\":{}}}", quoted(&program)),
        Ok(Err(not)) => format!("{{\"ok\":true,\"rust\":null,\"rust_not\":\"{}\"}}", not.id()),
        Err(error) => bad(&error),
    }
}

fn bad(error: &ScriptError) -> String {
    let ScriptError { pos, expected, found } = error;
    let (line, column, expected, found) = (pos.line, pos.column, quoted(expected.id()), quoted(found));
    format!("{{\"ok\":false,\"line\":{line},\"column\":{column},\"expected\":{expected},\"found\":{found}}}")
}

fn good(script: &Script, run: &Run, figure: &Figure) -> String {
    let plan = &run.plan;
    let mut out = String::from("{\"ok\":true,\"hosts\":");
    array(&mut out, &plan.hosts, node);
    out.push_str(",\"routers\":");
    array(&mut out, &plan.routers, node);
    out.push_str(",\"programs\":");
    array(&mut out, &plan.programs, |out, program| {
        let header = program.header(plan);
        out.push_str(&format!("{{\"name\":{},\"host\":{}}}", quoted(&header.name), quoted(&header.host)));
    });
    out.push_str(",\"lines\":");
    array(&mut out, lines(plan, &run.played, Platform::Sim), |out, line| write_line(out, script, run, &line));
    out.push_str(",\"events\":");
    array(&mut out, &run.records, |out, record| write_json(&run.plan, out, record));
    let packets = run.records.iter().filter(|record| is_packet(&record.event)).count();
    let (end, limit) = ending(run.end);
    let limit = limit.map_or_else(|| "null".to_owned(), |limit| limit.to_string());
    out.push_str(&format!(",\"packets\":{packets},\"end\":\"{end}\",\"limit\":{limit},\"failures\":"));
    array(&mut out, &run.failures, failure);
    out.push_str(",\"svg\":");
    out.push_str(&quoted(&sequence(run, figure)));
    out.push('}');
    out
}

/// Whether an event is a packet that somebody sent.
pub(super) fn is_packet(event: &Event) -> bool {
    matches!(event, Event::Network(Happening::Wire(_) | Happening::Loopback(..)))
}

fn node(out: &mut String, node: &Node) {
    out.push_str(&format!("{{\"name\":{},\"addresses\":", quoted(&node.name)));
    array(out, &node.addresses, |out, address| out.push_str(&format!("\"{address}\"")));
    out.push('}');
}

fn write_line(out: &mut String, script: &Script, run: &Run, line: &Line<'_>) {
    let number = line.planned.map_or_else(|| "null".to_owned(), |planned| planned.pos.line.to_string());
    let program = &run.plan.programs[line.program].name;
    let step = line.planned.map(|planned| &planned.step);
    let asked = step.is_some_and(|step| step.expect.is_some());
    let wait = step.is_some_and(|step| {
        matches!(step.action, Action::WaitProgram(_) | Action::WaitTime(_) | Action::WaitSocket(..))
    });
    out.push_str(&format!(
        "{{\"line\":{number},\"program\":{},\"text\":{},\"result\":{},\"asked\":{asked},\"wait\":{wait},\"depth\":{}",
        quoted(program),
        quoted(&line.text),
        quoted_or_null(line.result.as_deref()),
        line.depth
    ));
    let mark = line.planned.and_then(|planned| mark(&script.items, planned.pos.line));
    if let Some(mark) = mark {
        out.push_str(&format!(",\"mark\":\"{mark}\""));
    }
    out.push('}');
}

/// The mark in the comment at the end of a line: `# predict` or `# yours`.
fn mark(items: &[Item], line: u32) -> Option<&'static str> {
    items.iter().find_map(|item| {
        if let What::Step(step) = &item.what
            && let Action::Repeat(_, body) = &step.action
            && item.pos.line != line
        {
            return mark(body, line);
        }
        let comment = item.comment.as_deref().filter(|_| item.pos.line == line)?;
        ["predict", "yours"].into_iter().find(|mark| comment.trim() == *mark)
    })
}

/// How a run ended, and the limit that ended it; of time in milliseconds.
fn ending(end: End) -> (&'static str, Option<u64>) {
    match end {
        End::Finished => ("finished", None),
        End::Blocked => ("blocked", None),
        End::OutOfTime(limit) => ("time", Some(limit / MILLI)),
        End::TooManySteps(limit) => ("steps", Some(limit)),
        End::TooManyRecords(limit) => ("records", Some(limit as u64)),
        End::TooManyBytes(limit) => ("bytes", Some(limit as u64)),
    }
}

fn failure(out: &mut String, failure: &Failure) {
    let Failure { pos, program, step, expected, got, difference_gone } = failure;
    out.push_str(&format!(
        "{{\"line\":{},\"column\":{},\"program\":{},\"step\":{},\"expected\":{},\"got\":{},\"gone\":{difference_gone}}}",
        pos.line,
        pos.column,
        quoted(program),
        quoted(step),
        quoted_or_null(expected.as_deref()),
        quoted_or_null(got.as_deref())
    ));
}
