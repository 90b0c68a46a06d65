//! One line between two nodes, as pure data: packets in, packets with a time of
//! arrival out. It has no clock of its own, so the same line can be driven in
//! virtual time, and in real time between two Linux hosts.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::rng::Rng;
use crate::time::{Micros, SECOND};

/// What a link does to packets, in each of its two directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkSpec {
    /// Time from the end of sending to the arrival.
    pub delay: Micros,
    /// Bits a second; `None` is as fast as one likes.
    pub rate: Option<u64>,
    /// Bytes that may wait to be sent. Only with a rate.
    pub queue: u64,
    /// Packets lost, in parts of a million.
    pub loss: u32,
    /// Packets that arrive twice, in parts of a million.
    pub duplicate: u32,
    /// Packets that are overtaken by the next ones, in parts of a million.
    pub reorder: u32,
}

impl Default for LinkSpec {
    fn default() -> LinkSpec {
        LinkSpec { delay: 1_000, rate: None, queue: 100_000, loss: 0, duplicate: 0, reorder: 0 }
    }
}

/// What became of a packet that was put on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrives at this time.
    Arrives(Micros),
    /// It arrives, and again.
    Twice(Micros, Micros),
    /// Lost by chance.
    Lost,
    /// The queue was full.
    QueueFull,
    /// A `drop` line of the script took it.
    Dropped,
    /// No node has this address, or the link does not exist.
    NoRoute,
    /// A router found no hop left for it.
    Expired,
}

/// A packet on its way. The earliest comes first; of two at the same time, the
/// one sent first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InFlight<T> {
    /// When it arrives.
    pub at: Micros,
    order: u64,
    /// The packet.
    pub packet: T,
}

impl<T: Eq> Ord for InFlight<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.order).cmp(&(self.at, self.order))
    }
}

impl<T: Eq> PartialOrd for InFlight<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Things on their way, first to arrive first.
#[derive(Clone, Debug)]
pub struct Flight<T> {
    heap: BinaryHeap<InFlight<T>>,
    order: u64,
}

impl<T: Eq> Default for Flight<T> {
    fn default() -> Self {
        Flight { heap: BinaryHeap::new(), order: 0 }
    }
}

impl<T: Eq> Flight<T> {
    /// Adds a packet that arrives at `at`.
    pub fn push(&mut self, at: Micros, packet: T) {
        self.order += 1;
        self.heap.push(InFlight { at, order: self.order, packet });
    }

    /// When the next one arrives.
    #[must_use]
    pub fn next(&self) -> Option<Micros> {
        self.heap.peek().map(|first| first.at)
    }

    /// The next one that has arrived by `now`.
    pub fn pop(&mut self, now: Micros) -> Option<T> {
        if self.next()? > now {
            return None;
        }
        self.heap.pop().map(|first| first.packet)
    }

    /// How many are on their way.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing is on its way.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}

/// One direction of a link.
#[derive(Clone, Debug)]
pub struct Lane {
    spec: LinkSpec,
    rng: Rng,
    busy_until: Micros,
}

impl Lane {
    /// A lane that behaves like `spec`; the same `seed` and `stream` lose the
    /// same packets.
    #[must_use]
    pub fn new(spec: LinkSpec, seed: u64, stream: u64) -> Lane {
        Lane { spec, rng: Rng::new(seed, stream), busy_until: 0 }
    }

    /// Decides what becomes of a packet of `length` bytes put on the lane at `now`.
    pub fn put(&mut self, now: Micros, length: usize) -> Fate {
        let spec = self.spec;
        let mut sent = now;
        if let Some(rate) = spec.rate.filter(|rate| *rate > 0) {
            let waiting_us = self.busy_until.saturating_sub(now);
            let waiting = u128::from(waiting_us) * u128::from(rate) / 8 / u128::from(SECOND);
            if waiting + length as u128 > u128::from(spec.queue).max(length as u128) {
                return Fate::QueueFull;
            }
            let takes = (length as u128 * 8 * u128::from(SECOND) / u128::from(rate)) as u64;
            sent = self.busy_until.max(now).saturating_add(takes);
            self.busy_until = sent;
        }
        if self.rng.one_in(spec.loss) {
            return Fate::Lost;
        }
        let mut arrives = sent.saturating_add(spec.delay);
        if self.rng.one_in(spec.reorder) {
            // Late enough for what is sent within the next delay to overtake it.
            arrives = arrives.saturating_add(spec.delay.max(1_000));
        }
        if self.rng.one_in(spec.duplicate) {
            return Fate::Twice(arrives, arrives.saturating_add(1));
        }
        Fate::Arrives(arrives)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fate, Flight, Lane, LinkSpec};

    #[test]
    fn a_plain_link_only_takes_time() {
        let mut lane = Lane::new(LinkSpec { delay: 10_000, ..LinkSpec::default() }, 1, 0);
        assert_eq!(lane.put(5, 1500), Fate::Arrives(10_005));
        assert_eq!(lane.put(5, 40), Fate::Arrives(10_005));
    }

    #[test]
    fn a_rate_makes_packets_wait_for_one_another_and_fills_the_queue() {
        let spec = LinkSpec { delay: 0, rate: Some(8_000_000), queue: 2_000, ..LinkSpec::default() };
        let mut lane = Lane::new(spec, 1, 0);
        assert_eq!(lane.put(0, 1000), Fate::Arrives(1_000));
        assert_eq!(lane.put(0, 1000), Fate::Arrives(2_000));
        assert_eq!(lane.put(0, 1000), Fate::QueueFull);
        assert_eq!(lane.put(1_500, 1000), Fate::Arrives(3_000));
    }

    #[test]
    fn the_same_seed_loses_the_same_packets() {
        let spec = LinkSpec { loss: 100_000, duplicate: 50_000, reorder: 50_000, ..LinkSpec::default() };
        let fates = |seed| {
            let mut lane = Lane::new(spec, seed, 3);
            (0..2000).map(|n| lane.put(n * 100, 100)).collect::<Vec<_>>()
        };
        assert_eq!(fates(7), fates(7));
        assert_ne!(fates(7), fates(8));
        let lost = fates(7).iter().filter(|fate| **fate == Fate::Lost).count();
        assert!((150..250).contains(&lost), "10 % of 2000 were {lost}");
    }

    #[test]
    fn arrivals_come_in_order_of_time_and_then_of_sending() {
        let mut flight = Flight::default();
        flight.push(20, 'c');
        flight.push(10, 'a');
        flight.push(10, 'b');
        assert_eq!(flight.pop(9), None);
        let order: Vec<char> = std::iter::from_fn(|| flight.pop(50)).collect();
        assert_eq!(order, ['a', 'b', 'c']);
    }
}
