//! One host: its addresses, its processes' descriptors, its sockets, and what
//! happens to a packet that arrives. The calls themselves are in [`crate::sockets`].

pub(crate) mod conn;
pub(crate) mod engine;
mod icmp;
mod names;
mod segment;
mod tables;
mod udp;

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use conn::Conn;
pub(crate) use names::Wish;
pub(crate) use tables::{Datagram, Options, Socket, TcpPart, doubled};
pub(crate) use udp::charge;

use crate::errno::Errno;
use crate::map::{Map, sort_few};
use crate::packet::{self, Header, Reassembler, protocol};
use crate::rng::Rng;
use crate::script::ast::TcpState;
use crate::time::Micros;

/// Longest packet on a link, header included: Ethernet's 1500.
pub const LINK_MTU: usize = 1500;
/// Longest packet on the loopback interface, as on Linux.
pub const LOOPBACK_MTU: usize = 65_536;
/// Descriptors of a process; `EMFILE` after that, as with `ulimit -n 1024`.
pub const MOST_DESCRIPTORS: usize = 1_024;
/// Connections of a host, orphans and TIME-WAIT included.
pub const MOST_CONNECTIONS: usize = 512;
/// Packets that may loop inside a host within one moment.
const MOST_LOOPED: usize = 10_000;

/// A change of state of a connection, for the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateChange {
    /// When.
    pub at: Micros,
    /// This end.
    pub local: SocketAddr,
    /// The other end; none for a listening socket.
    pub remote: Option<SocketAddr>,
    /// The state it left.
    pub from: TcpState,
    /// The state it is in.
    pub to: TcpState,
}

/// What a host did, in the order in which it did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A connection changed its state.
    State(StateChange),
    /// A packet went over the loopback interface.
    Looped(Vec<u8>),
    /// A packet is for the link.
    Leaves(Vec<u8>),
}

/// One end of a connection or one socket, as `ss` would list it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// `tcp`, `udp`, `raw`.
    pub kind: &'static str,
    /// State of a TCP end.
    pub state: Option<TcpState>,
    /// Bytes not yet read; of a listening socket, connections not yet accepted.
    pub receive_queue: usize,
    /// Bytes not yet acknowledged; of a listening socket, its backlog.
    pub send_queue: usize,
    /// Local address.
    pub local: Option<SocketAddr>,
    /// Remote address.
    pub remote: Option<SocketAddr>,
    /// The process that holds it; nobody holds an orphan, or a connection that
    /// waits to be accepted.
    pub process: Option<usize>,
    /// Its descriptors in that process.
    pub fds: Vec<i32>,
}

/// A host.
pub struct Host {
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) linked: bool,
    pub(crate) now: Micros,
    pub(crate) rng: Rng,
    pub(crate) processes: Vec<Vec<Option<usize>>>,
    pub(crate) sockets: Vec<Option<Socket>>,
    pub(crate) conns: Vec<Option<Conn>>,
    pub(crate) index: Map<(SocketAddr, SocketAddr), usize>,
    pub(crate) deeds: Vec<Deed>,
    looped: VecDeque<Vec<u8>>,
    reassembler: Reassembler,
    next_id: u16,
    born: u64,
}

impl Host {
    /// A host with these addresses. `linked` tells whether a link leads away.
    #[must_use]
    pub fn new(addresses: Vec<IpAddr>, linked: bool, seed: u64, number: u64) -> Host {
        let mut rng = Rng::new(seed, 1_000 + number);
        let next_id = rng.draw() as u16;
        Host {
            addresses,
            linked,
            now: 0,
            rng,
            processes: Vec::new(),
            sockets: Vec::new(),
            conns: Vec::new(),
            index: Map::default(),
            deeds: Vec::new(),
            looped: VecDeque::new(),
            reassembler: Reassembler::default(),
            next_id,
            born: 0,
        }
    }

    /// Starts a process without sockets; 0, 1 and 2 are taken in each.
    pub fn spawn(&mut self) -> usize {
        self.processes.push(vec![None; 3]);
        self.processes.len() - 1
    }

    /// Moves the host's time on.
    pub fn set_now(&mut self, now: Micros) {
        self.now = self.now.max(now);
    }

    /// A packet arrives from the link.
    pub fn receive(&mut self, packet: Vec<u8>) {
        self.input(packet);
        self.settle();
    }

    /// Lets everything happen that is due now, inside the host.
    pub fn settle(&mut self) {
        for round in 0.. {
            for id in 0..self.conns.len() {
                self.pump(id);
            }
            if self.looped.is_empty() || round > MOST_LOOPED {
                break;
            }
            // One after the other: what a packet causes comes before the next call.
            while let Some(packet) = self.looped.pop_front() {
                self.input(packet);
            }
        }
        self.looped.clear();
        self.sweep();
    }

    /// What the host did since the last time.
    pub fn take_deeds(&mut self) -> Vec<Deed> {
        std::mem::take(&mut self.deeds)
    }

    /// When [`Host::settle`] has something to do.
    pub fn due(&mut self) -> Option<Micros> {
        let now = self.now;
        self.conns.iter_mut().flatten().filter_map(|conn| conn.next(now)).min()
    }

    /// Whether `ip` is an address of this host: its own, or 127.0.0.0/8 and ::1.
    #[must_use]
    pub fn is_own(&self, ip: IpAddr) -> bool {
        ip.is_loopback() || self.addresses.contains(&ip)
    }

    /// Whether `ip` means every host of the network (RFC 919), or all of a /24
    /// around an own address, or all of 127.0.0.0/8.
    #[must_use]
    pub fn is_broadcast(&self, ip: IpAddr) -> bool {
        let IpAddr::V4(ip) = ip else { return false };
        let own = self.addresses.iter().any(|own| match own {
            IpAddr::V4(own) => own.octets()[..3] == ip.octets()[..3] && ip.octets()[3] == 255,
            IpAddr::V6(_) => false,
        });
        own || ip.is_broadcast() || ip == Ipv4Addr::new(127, 255, 255, 255)
    }

    /// The address that packets to `to` carry as their source.
    ///
    /// # Errors
    ///
    /// `ENETUNREACH` if no interface leads there.
    pub(crate) fn source_for(&self, to: IpAddr) -> Result<IpAddr, Errno> {
        if to.is_loopback() || to == IpAddr::V4(Ipv4Addr::new(127, 255, 255, 255)) {
            return Ok(if to.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
        }
        if self.addresses.contains(&to) {
            return Ok(to);
        }
        let own = self.addresses.iter().find(|own| own.is_ipv4() == to.is_ipv4()).copied();
        own.filter(|_| self.linked).ok_or(Errno::ENETUNREACH)
    }

    /// Sends an IP packet: to itself over the loopback interface, else over the
    /// link, in pieces if it is too long.
    pub(crate) fn emit(&mut self, packet: Vec<u8>) {
        let Some(header) = Header::read(&packet) else { return };
        if self.is_own(header.destination) || header.destination == IpAddr::V4(Ipv4Addr::new(127, 255, 255, 255)) {
            self.deeds.push(Deed::Looped(packet.clone()));
            self.looped.push_back(packet);
        } else if packet.len() > LINK_MTU {
            self.next_id = self.next_id.wrapping_add(1);
            let id = u32::from(self.next_id);
            self.deeds.extend(packet::split(packet, LINK_MTU, id).into_iter().map(Deed::Leaves));
        } else {
            self.deeds.push(Deed::Leaves(packet));
        }
    }

    /// Sends `payload` in an IP packet of its own.
    pub(crate) fn emit_ip(&mut self, from: IpAddr, to: IpAddr, protocol: u8, ttl: u8, payload: &[u8]) {
        self.next_id = self.next_id.wrapping_add(1);
        let id = self.next_id;
        self.emit(packet::ip(from, to, protocol, ttl, id, payload));
    }

    fn input(&mut self, packet: Vec<u8>) {
        let Some(header) = Header::read(&packet) else { return };
        if !self.is_own(header.destination) && !self.is_broadcast(header.destination) {
            return;
        }
        // From outside nothing has a loopback address (RFC 1122 section 3.2.1.3),
        // and nobody sends from a broadcast address.
        if self.is_broadcast(header.source) || header.source.is_multicast() {
            return;
        }
        let Some(packet) = self.reassembler.take(self.now, packet) else { return };
        let Some(header) = Header::read(&packet) else { return };
        // raw(7): raw sockets get their copy before the protocol does.
        let copied = self.copy_to_raw(&header, &packet);
        let body = header.payload(&packet);
        if header.protocol != protocol::TCP && !packet::checksum_is_good(&header, body) {
            return;
        }
        match header.protocol {
            protocol::TCP => self.input_segment(&header, packet),
            protocol::UDP => self.input_datagram(&header, &packet),
            protocol::ICMP | protocol::ICMPV6 => self.input_icmp(&header, &packet),
            _ if !copied => self.refuse(&packet, (3, 2), (4, 1)),
            _ => {}
        }
    }

    /// Answers `packet` with an ICMP error.
    pub(crate) fn refuse(&mut self, packet: &[u8], v4: (u8, u8), v6: (u8, u8)) {
        let Some(header) = Header::read(packet).filter(|header| !self.is_broadcast(header.destination)) else { return };
        if let Some(error) = packet::icmp_error(header.destination, packet, v4, v6) {
            self.emit(error);
        }
    }

    /// What `ss -a` would print, sorted.
    #[must_use]
    pub fn listing(&self) -> Vec<Listing> {
        let mut rows = Vec::new();
        for (id, socket) in self.sockets.iter().enumerate() {
            let Some(socket) = socket else { continue };
            let (state, receive_queue, send_queue) = match &socket.tcp {
                TcpPart::Listening { backlog, queue, .. } => (Some(TcpState::Listen), queue.len(), *backlog),
                TcpPart::Connection(_) => continue,
                TcpPart::Fresh => (None, socket.queued, 0),
            };
            let (process, fds) = self.held_by(id);
            rows.push(Listing {
                kind: socket.kind_name(),
                state,
                receive_queue,
                send_queue,
                local: socket.local,
                remote: socket.peer,
                process,
                fds,
            });
        }
        for conn in self.conns.iter().flatten().filter(|conn| conn.state != TcpState::Closed) {
            let (process, fds) = conn.owner.map_or((None, Vec::new()), |id| self.held_by(id));
            rows.push(Listing {
                kind: "tcp",
                state: Some(conn.state),
                receive_queue: conn.engine.readable(),
                send_queue: conn.engine.unacknowledged(),
                local: Some(conn.local),
                remote: Some(conn.remote),
                process,
                fds,
            });
        }
        sort_few(&mut rows, |row| (row.kind, row.local, row.remote));
        rows
    }

    /// The process that holds a socket, and by which descriptors.
    fn held_by(&self, id: usize) -> (Option<usize>, Vec<i32>) {
        for (process, table) in self.processes.iter().enumerate() {
            let held = table.iter().enumerate().filter(|(_, slot)| **slot == Some(id));
            let fds: Vec<i32> = held.map(|(fd, _)| fd as i32).collect();
            if !fds.is_empty() {
                return (Some(process), fds);
            }
        }
        (None, Vec::new())
    }

    /// Counts sockets, so that the younger one can be told.
    pub(crate) fn next_seed_counter(&mut self) -> u64 {
        self.born += 1;
        self.born
    }

    /// A seed for the initial sequence number of the next connection.
    pub(crate) fn next_seed(&mut self) -> u64 {
        self.born += 1;
        self.rng.draw_u64() ^ self.born
    }
}
