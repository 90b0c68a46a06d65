//! The record of a run: everything that happened, in order, with its time.

use std::fmt::Write;

use super::Run;
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

/// Text as a JSON string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if (c as u32) < 0x20 => {
                write!(out, "\\u{:04x}", c as u32).ok();
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(out, "{byte:02x}").ok();
    }
    out
}

impl Run {
    /// The record as JSON lines: one object a line, times in microseconds.
    #[must_use]
    pub fn json(&self) -> String {
        let mut out = String::new();
        let program = |index: usize| quoted(self.plan.programs.get(index).map_or("", |program| &program.name));
        let node = |index: usize| {
            let nodes = || self.plan.hosts.iter().chain(&self.plan.routers);
            quoted(nodes().nth(index).map_or("", |node| &node.name))
        };
        let packet = |packet: &[u8]| {
            let summary = Summary::of(packet).map_or_else(String::new, |summary| summary.to_string());
            format!("\"packet\":{},\"bytes\":\"{}\"", quoted(&summary), hex(packet))
        };
        for Record { at, event } in &self.records {
            let rest = match event {
                Event::Call { program: p, line, text } => {
                    format!("\"event\":\"call\",\"program\":{},\"line\":{line},\"text\":{}", program(*p), quoted(text))
                }
                Event::Blocks { program: p, line } => {
                    format!("\"event\":\"blocks\",\"program\":{},\"line\":{line}", program(*p))
                }
                Event::Result { program: p, line, text } => {
                    format!(
                        "\"event\":\"result\",\"program\":{},\"line\":{line},\"text\":{}",
                        program(*p),
                        quoted(text)
                    )
                }
                Event::Network(Happening::Wire(seen)) => {
                    let fate = match seen.fate {
                        Fate::Arrives(at) => format!("\"arrives\",\"arrives\":{at}"),
                        Fate::Twice(first, second) => format!("\"twice\",\"arrives\":{first},\"again\":{second}"),
                        Fate::Lost => "\"lost\"".to_owned(),
                        Fate::QueueFull => "\"queue-full\"".to_owned(),
                        Fate::Dropped => "\"dropped\"".to_owned(),
                        Fate::NoRoute => "\"no-route\"".to_owned(),
                        Fate::Expired => "\"expired\"".to_owned(),
                    };
                    let (from, to) = (node(seen.from), node(seen.to));
                    format!("\"event\":\"sent\",\"from\":{from},\"to\":{to},{},\"fate\":{fate}", packet(&seen.packet))
                }
                Event::Network(Happening::Loopback(_, host, bytes)) => {
                    format!("\"event\":\"loopback\",\"host\":{},{}", node(*host), packet(bytes))
                }
                Event::Network(Happening::Arrival(_, host, bytes)) => {
                    format!("\"event\":\"arrived\",\"host\":{},{}", node(*host), packet(bytes))
                }
                Event::Network(Happening::State(host, change)) => {
                    let remote = change.remote.map_or_else(String::new, |remote| remote.to_string());
                    let (from, to) = (change.from.name(), change.to.name());
                    let (host, local) = (node(*host), change.local);
                    format!(
                        "\"event\":\"state\",\"host\":{host},\"local\":\"{local}\",\"remote\":\"{remote}\",\"from\":\"{from}\",\"to\":\"{to}\""
                    )
                }
            };
            writeln!(out, "{{\"at\":{at},{rest}}}").ok();
        }
        out
    }

    /// The packets as a capture file (pcap, `LINKTYPE_RAW`): each as its sender
    /// put it on the wire, also those that were lost afterwards. What routers
    /// pass on is not repeated.
    #[must_use]
    pub fn pcap(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 262_144, 101] {
            out.extend(word.to_le_bytes());
        }
        for Record { at, event } in &self.records {
            let packet = match event {
                Event::Network(Happening::Wire(seen)) if self.is_own(seen.from, &seen.packet) => &seen.packet,
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
    fn is_own(&self, node: usize, packet: &[u8]) -> bool {
        let Some(router) = node.checked_sub(self.plan.hosts.len()) else { return true };
        let header = crate::packet::Header::read(packet);
        let own = self.plan.routers.get(router).map(|router| &router.addresses);
        header.zip(own).is_some_and(|(header, own)| own.contains(&header.source))
    }
}
