//! Everything between the hosts: links, and routers that pass packets on.
//!
//! Pure data in, pure data out. [`Network::send`] puts a packet on the wire,
//! [`Network::next`] tells when something will arrive, [`Network::arrive`] hands
//! it over. The simulation moves time from one arrival to the next; a runner with
//! real hosts sleeps until then. Routers are part of the network in both, so a
//! path over two routers needs no routing on the real hosts.

use std::net::IpAddr;

use crate::packet::{self, Header, Kind};
use crate::script::ast::{Drop, Link, Node};
use crate::time::Micros;
use crate::wire::{Fate, Flight, Lane};

/// Index of a node: hosts first, in the order of the script, then routers.
pub type NodeId = usize;

/// Packets that may be on their way at a time, so that no script eats the memory.
pub const MOST_IN_FLIGHT: usize = 20_000;

/// Something that happened on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// When the packet was put on the link.
    pub at: Micros,
    /// Who put it there: a host or a router.
    pub from: NodeId,
    /// Who is at the other end of the link; the sender if there is no link.
    pub to: NodeId,
    /// What became of it.
    pub fate: Fate,
    /// The packet.
    pub packet: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Hop {
    to: NodeId,
    packet: Vec<u8>,
}

#[derive(Clone, Debug)]
struct Point {
    addresses: Vec<IpAddr>,
    router: bool,
    /// Neighbours and the lane that leads there.
    lanes: Vec<(NodeId, Lane)>,
}

#[derive(Clone, Debug)]
struct Rule {
    drop: Drop,
    from: NodeId,
    seen: u32,
}

/// Links and routers.
#[derive(Clone, Debug)]
pub struct Network {
    points: Vec<Point>,
    names: Vec<String>,
    rules: Vec<Rule>,
    flight: Flight<Hop>,
    /// Packets that each node has sent, by kind.
    counts: Vec<[u64; Kind::ALL.len()]>,
    sightings: Vec<Sighting>,
}

impl Network {
    /// A network of `hosts` and `routers`. Links and rules that name a node that
    /// is not there are left out: the parser has refused them.
    #[must_use]
    pub fn new(hosts: &[Node], routers: &[Node], links: &[Link], drops: &[Drop], seed: u64) -> Network {
        let nodes = || hosts.iter().chain(routers);
        let names: Vec<String> = nodes().map(|node| node.name.clone()).collect();
        let find = |name: &str| names.iter().position(|known| known == name);
        let mut points: Vec<Point> = nodes()
            .enumerate()
            .map(|(n, node)| Point { addresses: node.addresses.clone(), router: n >= hosts.len(), lanes: Vec::new() })
            .collect();
        for (n, link) in links.iter().enumerate() {
            let (Some(a), Some(b)) = (find(&link.a), find(&link.b)) else { continue };
            let stream = n as u64 * 2;
            points[a].lanes.push((b, Lane::new(link.spec, seed, stream + 1)));
            points[b].lanes.push((a, Lane::new(link.spec, seed, stream + 2)));
        }
        let counts = vec![[0; Kind::ALL.len()]; points.len()];
        let rule = |drop: &Drop| Some(Rule { drop: drop.clone(), from: find(&drop.from)?, seen: 0 });
        let rules = drops.iter().filter_map(rule).collect();
        Network { points, rules, flight: Flight::default(), counts, sightings: Vec::new(), names }
    }

    /// The node with this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<NodeId> {
        self.names.iter().position(|known| known == name)
    }

    /// The name of a node.
    #[must_use]
    pub fn name(&self, node: NodeId) -> &str {
        self.names.get(node).map_or("", String::as_str)
    }

    /// Whether the node is connected to anything.
    #[must_use]
    pub fn has_link(&self, node: NodeId) -> bool {
        self.points.get(node).is_some_and(|point| !point.lanes.is_empty())
    }

    /// Packets of a kind that a node has put on the wire so far, also those that
    /// were lost there.
    #[must_use]
    pub fn count(&self, node: NodeId, kind: Kind) -> u64 {
        self.counts.get(node).map_or(0, |counts| counts[kind as usize])
    }

    /// Puts a packet of host `from` on its link.
    pub fn send(&mut self, now: Micros, from: NodeId, packet: Vec<u8>) {
        let Some(destination) = destination(&packet) else {
            self.saw(now, from, from, Fate::NoRoute, packet);
            return;
        };
        for (kind, _) in Kind::ALL {
            if let (true, Some(counts)) = (kind.fits(&packet), self.counts.get_mut(from)) {
                counts[*kind as usize] += 1;
            }
        }
        let Some(to) = self.next_hop(from, destination) else {
            self.saw(now, from, from, Fate::NoRoute, packet);
            return;
        };
        // Every rule counts every packet it is about, also those that another rule takes.
        let mut dropped = false;
        for rule in self.rules.iter_mut().filter(|rule| rule.from == from && rule.drop.kind.fits(&packet)) {
            rule.seen += 1;
            dropped |= rule.drop.which.has(rule.seen);
        }
        let fate = if dropped {
            Fate::Dropped
        } else if self.flight.len() >= MOST_IN_FLIGHT {
            Fate::QueueFull
        } else {
            let lane = self.points[from].lanes.iter_mut().find(|(neighbour, _)| *neighbour == to);
            lane.map_or(Fate::NoRoute, |(_, lane)| lane.put(now, packet.len()))
        };
        match fate {
            Fate::Arrives(at) => self.flight.push(at, Hop { to, packet: packet.clone() }),
            Fate::Twice(first, second) => {
                self.flight.push(first, Hop { to, packet: packet.clone() });
                self.flight.push(second, Hop { to, packet: packet.clone() });
            }
            _ => {}
        }
        self.saw(now, from, to, fate, packet);
    }

    /// When the next packet arrives somewhere, at a router too.
    #[must_use]
    pub fn next(&self) -> Option<Micros> {
        self.flight.next()
    }

    /// The next packet that has arrived at a host by `now`. Routers pass on what
    /// arrives at them.
    pub fn arrive(&mut self, now: Micros) -> Option<(NodeId, Vec<u8>)> {
        loop {
            let at = self.flight.next()?;
            let Hop { to, packet } = self.flight.pop(now)?;
            if !self.points[to].router {
                return Some((to, packet));
            }
            self.forward(at, to, packet);
        }
    }

    /// What happened on the wire since the last time this was asked.
    pub fn take_sightings(&mut self) -> Vec<Sighting> {
        std::mem::take(&mut self.sightings)
    }

    /// A router: RFC 1812 section 5.2.1, as far as it matters here.
    fn forward(&mut self, now: Micros, router: NodeId, packet: Vec<u8>) {
        let Some(header) = Header::read(&packet) else { return };
        let own = self.points[router].addresses.iter().find(|ip| ip.is_ipv4() == header.source.is_ipv4()).copied();
        if self.points[router].addresses.contains(&header.destination) {
            let good = packet::checksum_is_good(&header, header.payload(&packet));
            if let Some(reply) = packet::echo_reply(&header, header.payload(&packet)).filter(|_| good) {
                self.send(now, router, reply);
            }
            return;
        }
        let error = if header.ttl <= 1 {
            Some(((11, 0), (3, 0)))
        } else if self.next_hop(router, header.destination).is_none() {
            Some(((3, 0), (1, 0)))
        } else {
            None
        };
        match error {
            None => self.send(now, router, packet::with_ttl(packet, header.ttl - 1)),
            Some((v4, v6)) => {
                let fate = if header.ttl <= 1 { Fate::Expired } else { Fate::NoRoute };
                let reply = own.and_then(|own| packet::icmp_error(own, &packet, v4, v6));
                self.saw(now, router, router, fate, packet);
                if let Some(reply) = reply {
                    self.send(now, router, reply);
                }
            }
        }
    }

    /// The neighbour of `from` on the shortest way to `destination`. On a line
    /// between two hosts everything goes to the other one, also broadcasts.
    fn next_hop(&self, from: NodeId, destination: IpAddr) -> Option<NodeId> {
        let lanes = &self.points.get(from)?.lanes;
        if let ([(only, _)], false) = (lanes.as_slice(), self.points[from].router) {
            return Some(*only);
        }
        let goal = self.points.iter().position(|point| point.addresses.contains(&destination))?;
        // Breadth first, remembering which neighbour each way began with.
        let mut first: Vec<Option<NodeId>> = vec![None; self.points.len()];
        let mut queue: std::collections::VecDeque<NodeId> = [from].into();
        while let Some(at) = queue.pop_front() {
            if at == goal {
                return first[at];
            }
            if at != from && !self.points[at].router {
                continue;
            }
            for (next, _) in &self.points[at].lanes {
                if *next != from && first[*next].is_none() {
                    first[*next] = first[at].or(Some(*next));
                    queue.push_back(*next);
                }
            }
        }
        None
    }

    fn saw(&mut self, at: Micros, from: NodeId, to: NodeId, fate: Fate, packet: Vec<u8>) {
        self.sightings.push(Sighting { at, from, to, fate, packet });
    }
}

fn destination(packet: &[u8]) -> Option<IpAddr> {
    Header::read(packet).map(|header| header.destination)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::{Transport, protocol, udp};
    use crate::script::ast::Which;
    use crate::wire::LinkSpec;

    fn node(name: &str, address: &str) -> Node {
        Node { name: name.to_owned(), addresses: vec![address.parse().unwrap()] }
    }

    fn link(a: &str, b: &str) -> Link {
        Link { a: a.to_owned(), b: b.to_owned(), spec: LinkSpec { delay: 10, ..LinkSpec::default() } }
    }

    fn datagram(from: &str, to: &str, ttl: u8) -> Vec<u8> {
        let (from, to): (std::net::SocketAddr, std::net::SocketAddr) = (from.parse().unwrap(), to.parse().unwrap());
        packet::ip(from.ip(), to.ip(), protocol::UDP, ttl, 1, &udp(from, to, b"x"))
    }

    fn two_routers(drops: &[Drop]) -> Network {
        let hosts = [node("a", "10.0.1.1"), node("b", "10.0.2.1")];
        let routers = [node("r", "10.0.9.1"), node("s", "10.0.9.2")];
        Network::new(&hosts, &routers, &[link("a", "r"), link("r", "s"), link("s", "b")], drops, 1)
    }

    #[test]
    fn a_packet_crosses_two_routers_and_loses_two_hops() {
        let mut network = two_routers(&[]);
        network.send(0, 0, datagram("10.0.1.1:5", "10.0.2.1:6", 64));
        let (host, packet) = network.arrive(1_000).unwrap();
        assert_eq!((host, Header::read(&packet).unwrap().ttl), (1, 62));
        assert_eq!(network.take_sightings().len(), 3);
    }

    #[test]
    fn the_router_where_the_last_hop_ends_says_so() {
        let mut network = two_routers(&[]);
        network.send(0, 0, datagram("10.0.1.1:5", "10.0.2.1:6", 2));
        let (host, packet) = network.arrive(1_000).unwrap();
        let summary = packet::Summary::of(&packet).unwrap();
        assert_eq!((host, summary.transport), (0, Transport::Icmp(4, 11, 0)));
        assert_eq!(summary.source, "10.0.9.2".parse::<IpAddr>().unwrap());
    }

    #[test]
    fn the_second_datagram_is_taken_and_counted() {
        let drop = Drop { which: Which::Numbers(vec![2]), kind: Kind::Udp, from: "a".to_owned() };
        let mut network = two_routers(&[drop]);
        for _ in 0..3 {
            network.send(0, 0, datagram("10.0.1.1:5", "10.0.2.1:6", 64));
        }
        let arrived = std::iter::from_fn(|| network.arrive(1_000)).count();
        assert_eq!((arrived, network.count(0, Kind::Udp)), (2, 3));
    }
}
