//! Which connection a TCP segment belongs to, and who answers if none.

use std::net::SocketAddr;

use super::conn::Conn;
use super::engine::Setup;
use super::{Deed, Host, LINK_MTU, LOOPBACK_MTU, MOST_CONNECTIONS, Options, Socket, StateChange, TcpPart};
use crate::packet::{self, Header, Tcp, flag};
use crate::script::ast::TcpState;

/// Half-open connections of one listening socket; a SYN beyond that is dropped.
const MOST_HALF_OPEN: usize = 128;

impl Host {
    /// RFC 9293 section 3.10.7: first the connection with this pair of addresses,
    /// then a listening socket, else a RST.
    pub(super) fn input_segment(&mut self, header: &Header, packet: Vec<u8>) {
        let body = header.payload(&packet);
        let Some(tcp) = Tcp::read(body) else { return };
        // TCP knows one peer: nothing sent to many is answered (section 3.9.2.3).
        let many = self.is_broadcast(header.destination) || header.source.is_unspecified();
        if many || !packet::checksum_is_good(header, body) {
            return;
        }
        let local = SocketAddr::new(header.destination, tcp.destination);
        let remote = SocketAddr::new(header.source, tcp.source);
        if let Some(id) = self.index.get(&(local, remote)).copied() {
            if self.time_wait_gives_way(id, &tcp) && self.listener_for(local, remote).is_some() {
                self.forget(id);
            } else if self.may_take(id, &tcp) {
                self.with_conn(id, |conn, now| conn.feed(now, packet));
                self.queue_if_done(id);
                return;
            } else {
                return;
            }
        }
        let opens = tcp.flags & (flag::SYN | flag::ACK | flag::RST | flag::FIN) == flag::SYN;
        if let Some(listener) = self.listener_for(local, remote).filter(|_| opens) {
            self.half_open(listener, local, remote, packet);
            return;
        }
        if let Some(reset) = packet::reset_for(header, body) {
            self.emit(reset);
        }
    }

    /// A new SYN beyond the old window ends TIME-WAIT: RFC 9293 section 3.6.1,
    /// RFC 6191.
    fn time_wait_gives_way(&self, id: usize, tcp: &Tcp) -> bool {
        self.conns[id].as_ref().is_some_and(|conn| {
            let later = tcp.seq.wrapping_sub(conn.expects) as i32 > 0;
            conn.state == TcpState::TimeWait && tcp.flags & (flag::SYN | flag::ACK | flag::RST) == flag::SYN && later
        })
    }

    /// The ACK that would finish a handshake is ignored while the queue of the
    /// listening socket is full, and with it what follows: listen(2) NOTES. The
    /// peer believes it is connected; the SYN-ACK will be sent again.
    fn may_take(&self, id: usize, tcp: &Tcp) -> bool {
        let Some(conn) = &self.conns[id] else { return false };
        if conn.state == TcpState::Closed {
            return false;
        }
        let waiting = conn.state == TcpState::SynReceived && !tcp.has(flag::RST);
        match conn.listener.filter(|_| waiting) {
            Some(listener) => !self.queue_is_full(listener),
            None => true,
        }
    }

    /// Linux lets one more wait than the backlog says (`sk_acceptq_is_full`).
    fn queue_is_full(&self, listener: usize) -> bool {
        match self.sockets.get(listener).and_then(Option::as_ref).map(|socket| &socket.tcp) {
            Some(TcpPart::Listening { backlog, queue, .. }) => queue.len() > *backlog,
            _ => true,
        }
    }

    /// The listening socket for a SYN: the one with the most exact address; of
    /// several with `SO_REUSEPORT`, one chosen by the pair of addresses.
    fn listener_for(&self, local: SocketAddr, remote: SocketAddr) -> Option<usize> {
        let fits = |socket: &Socket| {
            matches!(socket.tcp, TcpPart::Listening { .. })
                && socket.local.is_some_and(|own| own.port() == local.port())
                && socket.takes(local.ip())
        };
        let score = |socket: &Socket| match socket.local {
            Some(own) if own.ip() == local.ip() => 2,
            Some(own) if own.is_ipv4() == local.is_ipv4() => 1,
            _ => 0,
        };
        let all: Vec<(usize, &Socket)> = self
            .sockets
            .iter()
            .enumerate()
            .filter_map(|(id, socket)| Some((id, socket.as_ref().filter(|socket| fits(socket))?)))
            .collect();
        let best = all.iter().map(|(_, socket)| score(socket)).max()?;
        let equal: Vec<usize> = all.iter().filter(|(_, socket)| score(socket) == best).map(|(id, _)| *id).collect();
        equal.get(spread(local, remote) % equal.len().max(1)).copied()
    }

    fn half_open(&mut self, listener: usize, local: SocketAddr, remote: SocketAddr, packet: Vec<u8>) {
        let half = self.conns.iter().flatten().filter(|conn| conn.listener == Some(listener));
        let half = half.filter(|conn| conn.state == TcpState::SynReceived).count();
        // Silence, not a RST: the client will try again (listen(2)).
        if self.queue_is_full(listener) || half >= MOST_HALF_OPEN || self.live_conns() >= MOST_CONNECTIONS {
            return;
        }
        let Some(options) = self.sockets[listener].as_ref().map(|socket| socket.options.clone()) else { return };
        let setup = self.setup(&options, local, remote);
        let Some(mut conn) = Conn::listen(&setup, self.now) else { return };
        conn.listener = Some(listener);
        conn.reuse_address = options.reuse_address;
        conn.reuse_port = options.reuse_port;
        conn.patience = options.patience;
        let id = self.add_conn(conn);
        self.with_conn(id, |conn, now| conn.feed(now, packet));
    }

    /// How a connection of a socket with these options is set up.
    pub(crate) fn setup(&mut self, options: &Options, local: SocketAddr, remote: SocketAddr) -> Setup {
        Setup {
            local,
            remote,
            mtu: if self.is_own(remote.ip()) { LOOPBACK_MTU - 1 } else { LINK_MTU },
            // tcp(7): half of SO_RCVBUF is kept for the kernel's own bookkeeping.
            receive_buffer: options.receive_buffer.map_or(65_535, |doubled| doubled / 2),
            send_buffer: options.send_buffer.unwrap_or(87_040),
            nodelay: options.nodelay,
            ttl: options.ttl,
            seed: self.next_seed(),
        }
    }

    pub(crate) fn live_conns(&self) -> usize {
        self.index.len()
    }

    pub(crate) fn add_conn(&mut self, conn: Conn) -> usize {
        let key = (conn.local, conn.remote);
        let id = match self.conns.iter().position(Option::is_none) {
            Some(id) => id,
            None => {
                self.conns.push(None);
                self.conns.len() - 1
            }
        };
        self.conns[id] = Some(conn);
        self.index.insert(key, id);
        id
    }

    /// Removes a connection; the pair of addresses is free again.
    pub(crate) fn forget(&mut self, id: usize) {
        if let Some(conn) = self.conns[id].take() {
            self.note_change(&conn, conn.state, TcpState::Closed);
            self.unindex(id, &conn);
            if let Some(Some(socket)) = conn.owner.map(|owner| &mut self.sockets[owner]) {
                socket.tcp = TcpPart::Fresh;
            }
        }
    }

    fn unindex(&mut self, id: usize, conn: &Conn) {
        let key = (conn.local, conn.remote);
        if self.index.get(&key) == Some(&id) {
            self.index.remove(&key);
        }
    }

    /// Does something with a connection and notes how its state changed.
    pub(crate) fn with_conn<T>(&mut self, id: usize, act: impl FnOnce(&mut Conn, u64) -> T) -> Option<T> {
        let now = self.now;
        let mut conn = self.conns.get_mut(id)?.take()?;
        let before = conn.state;
        let result = act(&mut conn, now);
        self.note_change(&conn, before, conn.state);
        if conn.state == TcpState::Closed && before != TcpState::Closed {
            self.unindex(id, &conn);
        }
        self.conns[id] = Some(conn);
        Some(result)
    }

    fn note_change(&mut self, conn: &Conn, from: TcpState, to: TcpState) {
        // smoltcp's LISTEN inside one connection is not a state anyone sees.
        let hide = |state| if state == TcpState::Listen { TcpState::Closed } else { state };
        let (from, to) = (hide(from), hide(to));
        if from != to {
            let (local, remote) = (conn.local, Some(conn.remote));
            self.deeds.push(Deed::State(StateChange { at: self.now, local, remote, from, to }));
        }
    }

    /// Lets a connection send what is due.
    pub(super) fn pump(&mut self, id: usize) {
        let Some(leaving) = self.with_conn(id, |conn, now| {
            let mut leaving = conn.outgoing(now);
            leaving.extend(conn.syn_again(now));
            leaving
        }) else {
            return;
        };
        for packet in leaving {
            self.emit(packet);
        }
    }

    /// A finished handshake moves the connection into the queue of accept(2).
    fn queue_if_done(&mut self, id: usize) {
        let Some(conn) = &self.conns[id] else { return };
        let Some(listener) = conn.listener else { return };
        let done = matches!(conn.state, TcpState::Established | TcpState::CloseWait);
        let Some(Some(Socket { tcp: TcpPart::Listening { queue, .. }, .. })) = self.sockets.get_mut(listener) else {
            return;
        };
        if done && !queue.contains(&id) {
            queue.push_back(id);
        }
    }

    /// Clears away connections that are over and that nobody holds.
    pub(super) fn sweep(&mut self) {
        for id in 0..self.conns.len() {
            let Some(conn) = &self.conns[id] else { continue };
            let queued = conn.listener.is_some_and(|listener| {
                matches!(self.sockets.get(listener), Some(Some(Socket { tcp: TcpPart::Listening { queue, .. }, .. })) if queue.contains(&id))
            });
            let held = conn.owner.is_some() || queued;
            // A RST in SYN-RECEIVED sends smoltcp back to LISTEN: the connection is gone.
            let over = matches!(conn.state, TcpState::Closed | TcpState::Listen);
            if (over || conn.expired(self.now)) && !held {
                self.forget(id);
            }
        }
    }
}

/// Spreads pairs of addresses over several sockets, the same pair always alike.
pub(super) fn spread(local: SocketAddr, remote: SocketAddr) -> usize {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    for address in [local, remote] {
        address.port().to_be_bytes().into_iter().for_each(&mut add);
        match address.ip() {
            std::net::IpAddr::V4(ip) => ip.octets().into_iter().for_each(&mut add),
            std::net::IpAddr::V6(ip) => ip.octets().into_iter().for_each(&mut add),
        }
    }
    (hash >> 32) as usize
}
