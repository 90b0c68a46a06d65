//! A script in, everything about its run out, as one JSON object.

use super::{Figure, sequence, sockets};
use crate::json::Part::{self, N, Q, S};
use crate::json::{array, number, put, quoted};
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
    let mut out = String::new();
    let parts = [N(pos.line.into()), N(pos.column.into()), Q(expected.id()), Q(found)];
    put(&mut out, "{\"ok\":false,\"line\":%,\"column\":%,\"expected\":%,\"found\":%}", &parts);
    out
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
        put(out, "{\"name\":%,\"host\":%}", &[Q(&header.name), Q(&header.host)]);
    });
    out.push_str(",\"lines\":");
    array(&mut out, lines(plan, &run.played, Platform::Sim, true), |out, line| write_line(out, script, run, &line));
    out.push_str(",\"events\":");
    array(&mut out, &run.records, |out, record| write_json(&run.plan, out, record));
    let packets = run.records.iter().filter(|record| is_packet(&record.event)).count();
    let (end, limit) = ending(run.end);
    put(&mut out, ",\"packets\":%,\"end\":%,\"limit\":", &[N(packets as i64), Q(end)]);
    match limit {
        Some(limit) => put(&mut out, "%", &[number(limit)]),
        None => out.push_str("null"),
    }
    out.push_str(",\"failures\":");
    array(&mut out, &run.failures, failure);
    put(&mut out, ",\"svg\":%}", &[Q(&sequence(run, figure))]);
    out
}

/// Whether an event is a packet that somebody sent.
pub(super) fn is_packet(event: &Event) -> bool {
    matches!(event, Event::Network(Happening::Wire(_) | Happening::Loopback(..)))
}

fn node(out: &mut String, node: &Node) {
    put(out, "{\"name\":%,\"addresses\":", &[Q(&node.name)]);
    array(out, &node.addresses, |out, address| put(out, "%", &[Q(&address.to_string())]));
    out.push('}');
}

fn write_line(out: &mut String, script: &Script, run: &Run, line: &Line<'_>) {
    let program = &run.plan.programs[line.program].name;
    let step = line.planned.map(|planned| &planned.step);
    let asked = step.is_some_and(|step| step.expect.is_some());
    let wait = step.is_some_and(|step| {
        matches!(step.action, Action::WaitProgram(_) | Action::WaitTime(_) | Action::WaitSocket(..))
    });
    match line.planned {
        Some(planned) => put(out, "{\"line\":%", &[N(planned.pos.line.into())]),
        None => out.push_str("{\"line\":null"),
    }
    put(out, ",\"program\":%,\"text\":%,\"result\":%", &[Q(program), Q(&line.text), maybe(line.result.as_deref())]);
    let parts = [truth(asked), truth(wait), N(line.depth as i64)];
    put(out, ",\"asked\":%,\"wait\":%,\"depth\":%", &parts);
    let mark = line.planned.and_then(|planned| mark(&script.items, planned.pos.line));
    if let Some(mark) = mark {
        put(out, ",\"mark\":%", &[Q(mark)]);
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
    let parts = [N(pos.line.into()), N(pos.column.into()), Q(program), Q(step)];
    put(out, "{\"line\":%,\"column\":%,\"program\":%,\"step\":%", &parts);
    let parts = [maybe(expected.as_deref()), maybe(got.as_deref()), truth(*difference_gone)];
    put(out, ",\"expected\":%,\"got\":%,\"gone\":%}", &parts);
}

fn truth(value: bool) -> Part<'static> {
    S(if value { "true" } else { "false" })
}

fn maybe(text: Option<&str>) -> Part<'_> {
    text.map_or(S("null"), Q)
}
