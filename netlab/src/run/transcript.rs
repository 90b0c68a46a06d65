//! The transcript: the script with its results filled in.
//!
//! It is in the order of the file. Each program does its steps in that order,
//! and `wait` looks only upwards, so the order of the file is an order in which
//! things may have happened, and it is the same on every machine.

use std::fmt::Write;
use std::net::SocketAddr;

use super::Played;
use super::plan::{Plan, Planned};
use super::verdict::{Platform, expected};
use crate::script::ast::{Action, Expect, Outcome};
use crate::script::{expect_text, head_text, outcome_text};

/// Names for the ports that hosts chose: `P1`, `P2`, … in the order in which
/// they appear.
struct Ports<'a> {
    plan: &'a Plan,
    seen: Vec<u16>,
}

impl Ports<'_> {
    fn spell(&mut self, address: &SocketAddr) -> String {
        let port = address.port();
        if !(32_768..=60_999).contains(&port) || self.plan.ports.contains(&port) {
            return address.to_string();
        }
        let n = match self.seen.iter().position(|seen| *seen == port) {
            Some(n) => n,
            None => {
                self.seen.push(port);
                self.seen.len() - 1
            }
        };
        let text = address.to_string();
        let host = text.rsplit_once(':').map_or(text.as_str(), |(host, _)| host);
        format!("{host}:P{}", n + 1)
    }
}

/// A line of a transcript.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// Index of the program.
    pub program: usize,
    /// The step; nothing at the `end` of a repeat.
    pub planned: Option<&'a Planned>,
    /// How many repeats it stands in.
    pub depth: usize,
    /// The step as written, without its result.
    pub text: String,
    /// Its result; empty for a wait, nothing if it was not reached.
    pub result: Option<String>,
}

/// The lines of a transcript. `played` holds what each step gave, in the order
/// of [`Plan::order`]; a step that was not reached has nothing. Where an arrow
/// leaves the result open, a line has what `came`, or what the arrow says.
#[must_use]
pub fn lines<'a>(plan: &'a Plan, played: &[Vec<Played>], platform: Platform, came: bool) -> Vec<Line<'a>> {
    let mut out = Vec::new();
    let mut ports = Ports { plan, seen: Vec::new() };
    for (program, number) in &plan.order {
        let (Some(of), Some(results)) = (plan.programs.get(*program), played.get(*program)) else { continue };
        let empty = Played::default();
        let played = results.get(*number).unwrap_or(&empty);
        add(&mut out, &mut ports, *program, &of.steps[*number], played, (platform, came), 0);
    }
    out
}

/// The transcript of a script, of its [`lines`].
#[must_use]
pub fn transcript(plan: &Plan, played: &[Vec<Played>], platform: Platform) -> String {
    let mut out = String::new();
    let mut current = None;
    for line in lines(plan, played, platform, false) {
        if current != Some(line.program) {
            let header = plan.programs[line.program].header(plan);
            let on = if header.name == header.host { String::new() } else { format!(" on {}", header.host) };
            writeln!(out, "{}{on}:", header.name).ok();
            current = Some(line.program);
        }
        let result = match line.result {
            None => " -> not reached".to_owned(),
            Some(result) if result.is_empty() => result,
            Some(result) => format!(" -> {result}"),
        };
        writeln!(out, "{:indent$}{}{result}", "", line.text, indent = 2 + 2 * line.depth).ok();
    }
    out
}

fn add<'a>(
    out: &mut Vec<Line<'a>>,
    ports: &mut Ports<'_>,
    program: usize,
    planned: &'a Planned,
    played: &Played,
    (platform, came): (Platform, bool),
    depth: usize,
) {
    let step = &planned.step;
    let text = head_text(step);
    if let Action::Repeat(..) = step.action {
        let result = Some(String::new());
        out.push(Line { program, planned: Some(planned), depth, text, result: result.clone() });
        for (n, inner) in planned.body.iter().enumerate() {
            let empty = Played::default();
            add(out, ports, program, inner, played.body.get(n).unwrap_or(&empty), (platform, came), depth + 1);
        }
        out.push(Line { program, planned: None, depth, text: "end".to_owned(), result });
        return;
    }
    let expected = expected(step, platform).filter(|expect| !came || !is_open(expect));
    let result = played.outcome.as_ref().map(|outcome| result(ports, outcome, expected, played.varied));
    out.push(Line { program, planned: Some(planned), depth, text, result });
}

/// Whether an expectation leaves the result open.
fn is_open(expect: &Expect) -> bool {
    matches!(expect, Expect::Any | Expect::Range(..))
}

fn result(ports: &mut Ports<'_>, outcome: &Outcome, expected: Option<&Expect>, varied: bool) -> String {
    match (outcome, expected) {
        (Outcome::Done, _) => String::new(),
        // What may be anything is not pinned.
        (_, Some(expect)) if is_open(expect) => expect_text(expect),
        (outcome, Some(Expect::Value { number, data, from })) => {
            // What the arrow names is shown, and nothing else: the rest may
            // differ from machine to machine.
            let text = outcome_text(&pinned(outcome, data.is_some(), from.is_some()), &mut |at| ports.spell(at));
            match number {
                None => text.split_once(' ').map_or_else(|| text.clone(), |(_, rest)| rest.to_owned()),
                Some(_) => text,
            }
        }
        _ if varied => "varies".to_owned(),
        (outcome, _) => outcome_text(outcome, &mut |address| ports.spell(address)),
    }
}

/// The outcome without the parts that are not pinned.
fn pinned(outcome: &Outcome, data_too: bool, from_too: bool) -> Outcome {
    match outcome {
        Outcome::Fd(fd, peer) => Outcome::Fd(*fd, peer.filter(|_| from_too)),
        Outcome::Data { number, data, from } => Outcome::Data {
            number: *number,
            data: if data_too { data.clone() } else { Vec::new() },
            from: from.filter(|_| from_too),
        },
        other => other.clone(),
    }
}
