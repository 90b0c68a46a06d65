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

/// The transcript of a script. `played` holds what each step gave, in the order
/// of [`Plan::order`]; a step that was not reached has nothing.
#[must_use]
pub fn transcript(plan: &Plan, played: &[Vec<Played>], platform: Platform) -> String {
    let mut out = String::new();
    let mut ports = Ports { plan, seen: Vec::new() };
    let mut current = None;
    for (program, number) in &plan.order {
        let (Some(of), Some(results)) = (plan.programs.get(*program), played.get(*program)) else { continue };
        if current != Some(*program) {
            let header = of.header(plan);
            let on = if header.name == header.host { String::new() } else { format!(" on {}", header.host) };
            writeln!(out, "{}{on}:", header.name).ok();
            current = Some(*program);
        }
        let empty = Played::default();
        line(&mut out, &mut ports, &of.steps[*number], results.get(*number).unwrap_or(&empty), platform, 2);
    }
    out
}

fn line(
    out: &mut String,
    ports: &mut Ports<'_>,
    planned: &Planned,
    played: &Played,
    platform: Platform,
    indent: usize,
) {
    let step = &planned.step;
    let head = head_text(step);
    if let Action::Repeat(..) = step.action {
        writeln!(out, "{:indent$}{head}", "").ok();
        for (n, inner) in planned.body.iter().enumerate() {
            let empty = Played::default();
            line(out, ports, inner, played.body.get(n).unwrap_or(&empty), platform, indent + 2);
        }
        writeln!(out, "{:indent$}end", "").ok();
        return;
    }
    let result = match (&played.outcome, expected(step, platform)) {
        (None, _) => " -> not reached".to_owned(),
        (Some(Outcome::Done), _) => String::new(),
        // What may be anything is not pinned.
        (Some(_), Some(expect @ (Expect::Any | Expect::Range(..)))) => format!(" -> {}", expect_text(expect)),
        (Some(outcome), Some(Expect::Value { number, data, from })) => {
            // What the arrow names is shown, and nothing else: the rest may
            // differ from machine to machine.
            let text = outcome_text(&pinned(outcome, data.is_some(), from.is_some()), &mut |at| ports.spell(at));
            let named = if number.is_none() { text.split_once(' ').map_or("", |(_, rest)| rest) } else { &text };
            format!(" -> {named}")
        }
        (Some(_), _) if played.varied => " -> varies".to_owned(),
        (Some(outcome), _) => format!(" -> {}", outcome_text(outcome, &mut |address| ports.spell(address))),
    };
    writeln!(out, "{:indent$}{head}{result}", "").ok();
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
