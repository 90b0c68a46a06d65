//! Hosts on a network, and the one clock they share.

use crate::host::{Deed, Host, Listing, StateChange};
use crate::network::{Network, NodeId, Sighting};
use crate::script::ast::{Drop, Link, Node};
use crate::time::Micros;

/// What happened in the network: packets and changes of state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A packet was put on a link.
    Wire(Sighting),
    /// A host sent itself a packet.
    Loopback(Micros, NodeId, Vec<u8>),
    /// A packet arrived at a host.
    Arrival(Micros, NodeId, Vec<u8>),
    /// A connection changed its state.
    State(NodeId, StateChange),
}

/// Hosts, network and time.
pub struct World {
    /// The network.
    pub network: Network,
    /// The hosts, in the order of the script.
    pub hosts: Vec<Host>,
    now: Micros,
    recording: bool,
    happenings: Vec<Happening>,
    /// Happenings that were handed out.
    taken: usize,
    /// After so many happenings, the sockets are to be listed.
    watch: Option<usize>,
    listed: Option<Vec<Vec<Listing>>>,
}

impl World {
    /// A world at time 0. The same arguments and the same calls give the same run.
    #[must_use]
    pub fn new(hosts: &[Node], routers: &[Node], links: &[Link], drops: &[Drop], seed: u64) -> World {
        let network = Network::new(hosts, routers, links, drops, seed);
        let host = |(n, node): (usize, &Node)| Host::new(node.addresses.clone(), network.has_link(n), seed, n as u64);
        let hosts = hosts.iter().enumerate().map(host).collect();
        World { network, hosts, now: 0, recording: true, happenings: Vec::new(), taken: 0, watch: None, listed: None }
    }

    /// Stops keeping packets, for runs that only want the result.
    pub fn forget_packets(&mut self) {
        self.recording = false;
    }

    /// Lists the sockets of every host once so many things have happened.
    pub fn watch(&mut self, happenings: usize) {
        self.watch = Some(happenings);
    }

    /// What [`World::watch`] asked for, once it is there.
    pub fn take_listed(&mut self) -> Option<Vec<Vec<Listing>>> {
        self.listed.take()
    }

    /// The sockets of every host, as `ss` would list them.
    #[must_use]
    pub fn listing(&self) -> Vec<Vec<Listing>> {
        self.hosts.iter().map(Host::listing).collect()
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Micros {
        self.now
    }

    /// Lets a host and the wire do what is due now. To be called after each call
    /// of a program: a kernel sends inside the call, not at the end of the turn.
    pub fn settle(&mut self, host: NodeId) {
        if let Some(host) = self.hosts.get_mut(host) {
            host.set_now(self.now);
            host.settle();
        }
        self.collect(host);
    }

    /// When something happens next; perhaps now.
    pub fn due(&mut self) -> Option<Micros> {
        let hosts = self.hosts.iter_mut().filter_map(Host::due).min();
        [hosts, self.network.next()].into_iter().flatten().min()
    }

    /// Moves time to `to` (never back) and does everything that is due by then.
    /// Gives the hosts at which something may have changed.
    pub fn advance(&mut self, to: Micros) -> Vec<NodeId> {
        self.now = self.now.max(to);
        let mut touched = vec![false; self.hosts.len()];
        for (id, touched) in touched.iter_mut().enumerate() {
            self.hosts[id].set_now(self.now);
            if self.hosts[id].due().is_some_and(|at| at <= self.now) {
                self.hosts[id].settle();
                *touched = true;
                self.collect(id);
            }
        }
        while let Some((id, packet)) = self.network.arrive(self.now) {
            self.keep(Happening::Arrival(self.now, id, packet.clone()));
            self.look();
            let Some(host) = self.hosts.get_mut(id) else { continue };
            host.receive(packet);
            touched[id] = true;
            self.collect(id);
        }
        self.drain_wire();
        touched.iter().enumerate().filter(|(_, touched)| **touched).map(|(id, _)| id).collect()
    }

    /// What happened since the last time, in order.
    pub fn take_happenings(&mut self) -> Vec<Happening> {
        self.taken += self.happenings.len();
        std::mem::take(&mut self.happenings)
    }

    fn look(&mut self) {
        if self.watch.is_some_and(|wanted| self.taken + self.happenings.len() >= wanted) {
            self.watch = None;
            self.listed = Some(self.listing());
        }
    }

    fn collect(&mut self, id: NodeId) {
        let Some(host) = self.hosts.get_mut(id) else { return };
        for deed in host.take_deeds() {
            match deed {
                Deed::State(change) => self.keep(Happening::State(id, change)),
                Deed::Looped(packet) => self.keep(Happening::Loopback(self.now, id, packet)),
                Deed::Leaves(packet) => {
                    self.network.send(self.now, id, packet);
                    self.drain_wire();
                }
            }
        }
        self.drain_wire();
    }

    fn keep(&mut self, happening: Happening) {
        if self.recording {
            self.happenings.push(happening);
        }
    }

    fn drain_wire(&mut self) {
        let sightings = self.network.take_sightings();
        if self.recording {
            self.happenings.extend(sightings.into_iter().map(Happening::Wire));
        }
        self.look();
    }
}
