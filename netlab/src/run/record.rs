//! The record of a run: everything that happened, in order, with its time.

use super::Run;
use super::plan::Plan;
use crate::json::Part::{N, Q};
use crate::json::{hex, number, put};
use crate::packet::Summary;
use crate::wire::Fate;
use crate::world::Happening;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// When, in microseconds of virtual time.
    pub at: u64,
    /// What.
    pub event: Event,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A program began a step.
    Call {
        /// Index of the program.
        program: usize,
        /// Line of the script.
        line: u32,
        /// The step as written.
        text: String,
    },
    /// The step could not be finished at once.
    Blocks {
        /// Index of the program.
        program: usize,
        /// Line of the script.
        line: u32,
    },
    /// The step is done.
    Result {
        /// Index of the program.
        program: usize,
        /// Line of the script.
        line: u32,
        /// The result, as the transcript spells it, but with real ports.
        text: String,
    },
    /// Something happened in the network.
    Network(Happening),
}

/// A record as JSON lines: one object a line, times in microseconds.
#[must_use]
pub fn json(plan: &Plan, records: &[Record]) -> String {
    let mut out = String::new();
    for record in records {
        write_json(plan, &mut out, record);
        out.push('\n');
    }
    out
}

impl Run {
    /// The record as JSON lines: [`json`].
    #[must_use]
    pub fn json(&self) -> String {
        json(&self.plan, &self.records)
    }

    /// The packets as a capture file: [`pcap`].
    #[must_use]
    pub fn pcap(&self) -> Vec<u8> {
        pcap(&self.plan, &self.records)
    }
}

/// One record as a JSON object.
pub(crate) fn write_json(plan: &Plan, out: &mut String, Record { at, event }: &Record) {
    let program = |index: usize| Q(plan.programs.get(index).map_or("", |program| &program.name));
    let node = |index: usize| Q(node_name(plan, index));
    put(out, "{\"at\":%,\"event\":", &[number(*at)]);
    let packet = match event {
        Event::Call { program: p, line, text } => {
            let parts = [program(*p), N((*line).into()), Q(text)];
            put(out, "\"call\",\"program\":%,\"line\":%,\"text\":%", &parts);
            None
        }
        Event::Blocks { program: p, line } => {
            put(out, "\"blocks\",\"program\":%,\"line\":%", &[program(*p), N((*line).into())]);
            None
        }
        Event::Result { program: p, line, text } => {
            let parts = [program(*p), N((*line).into()), Q(text)];
            put(out, "\"result\",\"program\":%,\"line\":%,\"text\":%", &parts);
            None
        }
        Event::Network(Happening::Wire(seen)) => {
            put(out, "\"sent\",\"from\":%,\"to\":%", &[node(seen.from), node(seen.to)]);
            Some((&seen.packet, Some(seen.fate)))
        }
        Event::Network(Happening::Loopback(_, host, bytes)) => {
            put(out, "\"loopback\",\"host\":%", &[node(*host)]);
            Some((bytes, None))
        }
        Event::Network(Happening::Arrival(_, host, bytes)) => {
            put(out, "\"arrived\",\"host\":%", &[node(*host)]);
            Some((bytes, None))
        }
        Event::Network(Happening::State(host, change)) => {
            let local = change.local.to_string();
            let remote = change.remote.map_or_else(String::new, |remote| remote.to_string());
            let parts = [node(*host), Q(&local), Q(&remote), Q(change.from.name()), Q(change.to.name())];
            put(out, "\"state\",\"host\":%,\"local\":%,\"remote\":%,\"from\":%,\"to\":%", &parts);
            None
        }
    };
    if let Some((bytes, fate)) = packet {
        let summary = Summary::of(bytes).map_or_else(String::new, |summary| summary.to_string());
        put(out, ",\"packet\":%,\"bytes\":\"", &[Q(&summary)]);
        hex(out, bytes);
        out.push('"');
        if let Some(fate) = fate {
            write_fate(out, fate);
        }
    }
    out.push('}');
}

/// The name of a node: hosts first, then routers.
fn node_name(plan: &Plan, index: usize) -> &str {
    let mut nodes = plan.hosts.iter().chain(&plan.routers);
    nodes.nth(index).map_or("", |node| &node.name)
}

/// The packets as a capture file (pcap, `LINKTYPE_RAW`): each as its sender
/// put it on the wire, also those that were lost afterwards. What routers
/// pass on is not repeated.
#[must_use]
pub fn pcap(plan: &Plan, records: &[Record]) -> Vec<u8> {
    let mut out = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 262_144, 101] {
        out.extend(word.to_le_bytes());
    }
    for Record { at, event } in records {
        let packet = match event {
            Event::Network(Happening::Wire(seen)) if is_own(plan, seen.from, &seen.packet) => &seen.packet,
            Event::Network(Happening::Loopback(_, _, packet)) => packet,
            _ => continue,
        };
        let length = packet.len() as u32;
        for word in [(at / 1_000_000) as u32, (at % 1_000_000) as u32, length, length] {
            out.extend(word.to_le_bytes());
        }
        out.extend(packet);
    }
    out
}

/// Whether a node is the first to send a packet: every host is, a router
/// only with its own address.
fn is_own(plan: &Plan, node: usize, packet: &[u8]) -> bool {
    let Some(router) = node.checked_sub(plan.hosts.len()) else { return true };
    let header = crate::packet::Header::read(packet);
    let own = plan.routers.get(router).map(|router| &router.addresses);
    header.zip(own).is_some_and(|(header, own)| own.contains(&header.source))
}

/// What became of a packet, as the rest of its JSON object.
fn write_fate(out: &mut String, fate: Fate) {
    let word = match fate {
        Fate::Arrives(_) => "arrives",
        Fate::Twice(..) => "twice",
        Fate::Lost => "lost",
        Fate::QueueFull => "queue-full",
        Fate::Dropped => "dropped",
        Fate::NoRoute => "no-route",
        Fate::Expired => "expired",
    };
    put(out, ",\"fate\":%", &[Q(word)]);
    if let Fate::Arrives(at) | Fate::Twice(at, _) = fate {
        put(out, ",\"arrives\":%", &[number(at)]);
    }
    if let Fate::Twice(_, again) = fate {
        put(out, ",\"again\":%", &[number(again)]);
    }
}
