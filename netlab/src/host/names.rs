//! Local addresses and ports: who may bind what, and ports chosen by the host.

use std::net::{IpAddr, SocketAddr};

use super::{Host, Socket, TcpPart};
use crate::errno::Errno;
use crate::script::ast::{SocketKind, TcpState};

/// First and last port that the host chooses itself: Linux's
/// `ip_local_port_range`, ip(7). IANA's range would be 49152–65535 (RFC 6335).
pub(super) const EPHEMERAL: (u16, u16) = (32_768, 60_999);

/// Someone who already has a port.
#[derive(Clone, Copy)]
struct Holder {
    local: SocketAddr,
    only_v6: bool,
    reuse_address: bool,
    reuse_port: bool,
    listening: bool,
}

/// What a socket asks for.
#[derive(Clone, Copy)]
pub(crate) struct Wish {
    pub(crate) kind: SocketKind,
    pub(crate) local: SocketAddr,
    pub(crate) only_v6: bool,
    pub(crate) reuse_address: bool,
    pub(crate) reuse_port: bool,
    /// The socket that asks.
    pub(crate) socket: usize,
}

fn overlap(a: IpAddr, a_only_v6: bool, b: IpAddr, b_only_v6: bool) -> bool {
    match (a, b) {
        (IpAddr::V4(a), IpAddr::V4(b)) => a.is_unspecified() || b.is_unspecified() || a == b,
        (IpAddr::V6(a), IpAddr::V6(b)) => a.is_unspecified() || b.is_unspecified() || a == b,
        // [::] without IPV6_V6ONLY covers IPv4 too (ipv6(7)).
        (IpAddr::V6(a), IpAddr::V4(_)) => a.is_unspecified() && !a_only_v6,
        (IpAddr::V4(_), IpAddr::V6(b)) => b.is_unspecified() && !b_only_v6,
    }
}

impl Host {
    /// Whether the wish conflicts with a holder of the port: socket(7) on
    /// `SO_REUSEADDR` and `SO_REUSEPORT`. Linux wants an option on both sockets.
    pub(crate) fn conflicts(&self, wish: &Wish) -> bool {
        self.holders(wish).any(|holder| {
            let shares_address = wish.reuse_address && holder.reuse_address && !holder.listening;
            let shares_port = wish.reuse_port && holder.reuse_port;
            holder.local.port() == wish.local.port()
                && overlap(wish.local.ip(), wish.only_v6, holder.local.ip(), holder.only_v6)
                && !shares_address
                && !shares_port
        })
    }

    /// The name that a socket holds. A connection that failed has given its port
    /// back, unless bind(2) had named it.
    pub(crate) fn held(&self, socket: &Socket) -> Option<SocketAddr> {
        match socket.tcp {
            TcpPart::Connection(conn) if self.is_over(conn) => socket.local.filter(|_| socket.named.is_some()),
            _ => socket.local,
        }
    }

    /// Whether a connection is closed for good.
    pub(crate) fn is_over(&self, conn: usize) -> bool {
        self.conns.get(conn).and_then(Option::as_ref).is_none_or(|conn| conn.state == TcpState::Closed)
    }

    fn holders(&self, wish: &Wish) -> impl Iterator<Item = Holder> {
        let (kind, asking) = (wish.kind, wish.socket);
        let sockets = self.sockets.iter().enumerate().filter_map(move |(id, socket)| {
            let socket = socket.as_ref().filter(|socket| socket.kind == kind && id != asking)?;
            let listening = matches!(socket.tcp, TcpPart::Listening { .. });
            Some(Holder {
                local: self.held(socket)?,
                only_v6: socket.options.only_v6,
                reuse_address: socket.options.reuse_address,
                reuse_port: socket.options.reuse_port,
                listening,
            })
        });
        // A connection holds its port until TIME-WAIT is over, whoever made it.
        let conns = self.conns.iter().flatten().filter(move |conn| {
            kind == SocketKind::Stream && conn.owner != Some(asking) && conn.state != TcpState::Closed
        });
        sockets.chain(conns.map(|conn| Holder {
            local: conn.local,
            only_v6: true,
            reuse_address: conn.reuse_address,
            reuse_port: conn.reuse_port,
            listening: false,
        }))
    }

    /// A free port for bind(2) with port 0, or for listen(2) and sendto(2)
    /// without bind(2).
    ///
    /// # Errors
    ///
    /// `EADDRINUSE` if there is none.
    pub(crate) fn free_port(&mut self, wish: &Wish) -> Result<u16, Errno> {
        self.search(|host, port| {
            // Options do not count: a chosen port is a port of one's own.
            let local = SocketAddr::new(wish.local.ip(), port);
            !host.conflicts(&Wish { local, reuse_address: false, reuse_port: false, ..*wish })
        })
        .ok_or(Errno::EADDRINUSE)
    }

    /// A port for connect(2) without bind(2): it may be shared by connections to
    /// different peers, so only the pair of addresses has to be new.
    ///
    /// # Errors
    ///
    /// `EADDRNOTAVAIL` if there is none.
    pub(crate) fn port_towards(&mut self, from: IpAddr, to: SocketAddr, wish: &Wish) -> Result<u16, Errno> {
        let free = self.free_port(wish).ok();
        match free {
            Some(port) => Ok(port),
            None => self
                .search(|host, port| !host.index.contains_key(&(SocketAddr::new(from, port), to)))
                .ok_or(Errno::EADDRNOTAVAIL),
        }
    }

    fn search(&mut self, fits: impl Fn(&Host, u16) -> bool) -> Option<u16> {
        let count = EPHEMERAL.1 - EPHEMERAL.0 + 1;
        let start = self.rng.below(u32::from(count)) as u16;
        (0..count).map(|n| EPHEMERAL.0 + (start + n) % count).find(|port| fits(self, *port))
    }

    /// Whether bind(2) may name this address: ip(7), `EADDRNOTAVAIL`.
    pub(crate) fn may_bind(&self, ip: IpAddr, kind: SocketKind) -> bool {
        let many = ip.is_multicast() || self.is_broadcast(ip);
        ip.is_unspecified() || self.is_own(ip) || (many && kind != SocketKind::Stream)
    }
}
