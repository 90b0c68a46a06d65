//! Which rows a figure has, from which records.

use super::packet::identity;
use crate::host::StateChange;
use crate::map::Map;
use crate::network::{NodeId, Sighting};
use crate::run::{Event, Plan, Record};
use crate::time::Micros;
use crate::wire::Fate;
use crate::world::Happening;

/// Rows at the start of a long run, and at its end.
const FIRST: usize = 300;
const LAST: usize = 100;

/// A row.
pub(super) struct Row<'a> {
    /// Index of its record.
    pub(super) event: usize,
    /// When.
    pub(super) at: Micros,
    /// What stands in it.
    pub(super) what: What<'a>,
}

/// What stands in a row.
pub(super) enum What<'a> {
    /// A call; its result too, if that came at once.
    Call {
        program: usize,
        text: &'a str,
        result: Option<(usize, &'a str)>,
        /// The record that says that it waits.
        waits: Option<usize>,
    },
    /// The result of a call that took its time.
    Result { program: usize, name: &'a str, text: &'a str, call: usize },
    /// A packet leaves.
    Sent { seen: &'a Sighting, again: bool },
    /// A packet arrives; which record sent it.
    Arrived { host: NodeId, sent: Option<usize> },
    /// A host sent a packet to itself.
    Loopback { host: NodeId, packet: &'a [u8], again: bool },
    /// A connection changed its state.
    State { host: NodeId, change: &'a StateChange },
    /// So many records are left out.
    Gap(usize),
}

/// The rows of a figure.
pub(super) fn rows<'a>(records: &'a [Record], plan: &Plan) -> Vec<Row<'a>> {
    let calls = vec![None; plan.programs.len()];
    let mut builder = Builder { hosts: plan.hosts.len(), calls, ..Builder::default() };
    for (event, record) in records.iter().enumerate() {
        if let Some(what) = builder.what(event, records) {
            builder.rows.push(Row { event, at: record.at, what });
        }
    }
    let waits = builder.waits;
    let mut rows = builder.rows;
    for row in &mut rows {
        if let What::Call { waits: slot, .. } = &mut row.what {
            *slot = waits.get(&row.event).copied();
        }
    }
    if rows.len() > FIRST + LAST {
        let after = rows.len() - LAST;
        let (from, to) = (rows[FIRST].event, rows[after].event);
        let gap = Row { event: from, at: rows[FIRST].at, what: What::Gap(to - from) };
        rows.splice(FIRST..after, [gap]);
    }
    sink(&mut rows);
    rows
}

/// A packet that a kernel sent by itself goes below what else happened at that
/// moment, so that its arrow does not cross those words. One that a call sent
/// stays below its call.
fn sink(rows: &mut [Row<'_>]) {
    for from in (0..rows.len()).rev() {
        let Row { event, at, what: What::Sent { .. } } = rows[from] else { continue };
        let mut before = rows[..from].iter().rev();
        let cause = before.find(|row| !matches!(row.what, What::Sent { .. } | What::State { .. }));
        if matches!(cause, Some(Row { what: What::Call { .. }, .. })) {
            continue;
        }
        let mut to = from + 1;
        while let Some(row) = rows.get(to) {
            let stops = match row.what {
                What::Sent { .. } | What::Gap(_) => true,
                What::Arrived { sent, .. } => sent == Some(event),
                _ => false,
            };
            if stops || row.at != at {
                break;
            }
            rows.swap(to - 1, to);
            to += 1;
        }
    }
}

/// The result of the call in the first of `records`, if the call did not wait
/// and nothing had to arrive for it; and how many records later it is told.
fn at_once(records: &[Record], program: usize) -> Option<(usize, &str)> {
    for (n, record) in records.iter().enumerate().skip(1) {
        match &record.event {
            Event::Result { program: same, text, .. } if *same == program => return Some((n, text)),
            Event::Network(Happening::Wire(_) | Happening::State(..)) => {}
            _ => return None,
        }
    }
    None
}

#[derive(Default)]
struct Builder<'a> {
    hosts: usize,
    rows: Vec<Row<'a>>,
    /// The call that each program is in: its record and text.
    calls: Vec<Option<(usize, &'a str)>>,
    /// Calls that wait, and the records that say so.
    waits: Map<usize, usize>,
    /// Packets on their way: record, receiver, arrival.
    flying: Vec<(usize, NodeId, Micros, &'a [u8])>,
    /// Segments that were sent before.
    known: Map<(NodeId, Vec<u8>), ()>,
}

impl<'a> Builder<'a> {
    fn what(&mut self, event: usize, records: &'a [Record]) -> Option<What<'a>> {
        match &records[event].event {
            Event::Call { program, text, .. } => {
                let result = at_once(&records[event..], *program).map(|(after, text)| (event + after, text));
                if let Some(slot) = self.calls.get_mut(*program) {
                    *slot = result.is_none().then_some((event, text));
                }
                // A wait that is over at once is nothing that happened.
                if result.is_some_and(|(_, result)| result.is_empty()) {
                    return None;
                }
                Some(What::Call { program: *program, text, result, waits: None })
            }
            Event::Blocks { program, .. } => {
                let (call, _) = self.calls.get(*program).copied().flatten()?;
                self.waits.insert(call, event);
                None
            }
            Event::Result { program, text, .. } => {
                let (call, called) = self.calls.get_mut(*program)?.take()?;
                let name = called.split_once('(').map_or("", |(head, _)| head.rsplit(' ').next().unwrap_or(head));
                Some(What::Result { program: *program, name, text, call })
            }
            Event::Network(Happening::Wire(seen)) => {
                let times = match seen.fate {
                    Fate::Arrives(at) => [Some(at), None],
                    Fate::Twice(first, second) => [Some(first), Some(second)],
                    _ => [None, None],
                };
                let flies = |at| (event, seen.to, at, seen.packet.as_slice());
                // Of an arrival at a router there is no record.
                if seen.to < self.hosts {
                    self.flying.extend(times.into_iter().flatten().map(flies));
                }
                Some(What::Sent { seen, again: self.again(seen.from, &seen.packet) })
            }
            Event::Network(Happening::Arrival(at, host, packet)) => {
                let fits = |(_, to, due, sent): &(usize, NodeId, Micros, &[u8])| {
                    to == host && due <= at && *sent == packet.as_slice()
                };
                let found = self.flying.iter().position(fits);
                let sent = found.map(|found| self.flying.remove(found).0);
                Some(What::Arrived { host: *host, sent })
            }
            Event::Network(Happening::Loopback(_, host, packet)) => {
                Some(What::Loopback { host: *host, packet, again: self.again(*host, packet) })
            }
            Event::Network(Happening::State(host, change)) => Some(What::State { host: *host, change }),
        }
    }

    fn again(&mut self, from: NodeId, packet: &[u8]) -> bool {
        identity(packet).is_some_and(|identity| !self.known.insert((from, identity), ()))
    }
}
