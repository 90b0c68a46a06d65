//! Names of both ends: bind(2), listen(2), connect(2), getsockname(2),
//! getpeername(2).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::Result;
use crate::errno::Errno;
use crate::host::conn::Conn;
use crate::host::{Host, MOST_CONNECTIONS, Socket, TcpPart};
use crate::script::ast::{Family, SocketKind, TcpState};

/// `net.core.somaxconn`, the most that listen(2) grants.
const SOMAXCONN: usize = 4_096;

impl Host {
    fn wish(&self, id: usize, local: SocketAddr) -> Result<crate::host::Wish> {
        let socket = self.socket_ref(id)?;
        Ok(crate::host::Wish {
            kind: socket.kind,
            local,
            only_v6: socket.options.only_v6,
            reuse_address: socket.options.reuse_address,
            reuse_port: socket.options.reuse_port,
            socket: id,
        })
    }

    /// bind(2).
    ///
    /// # Errors
    ///
    /// `EINVAL` if it is bound already, `EADDRNOTAVAIL` for a foreign address,
    /// `EADDRINUSE`, `EAFNOSUPPORT`.
    pub fn bind(&mut self, process: usize, fd: i32, to: SocketAddr) -> Result<()> {
        let id = self.id(process, fd)?;
        let socket = self.socket_ref(id)?;
        match (socket.family, to.ip()) {
            (Family::Inet, IpAddr::V6(_)) => return Err(Errno::EAFNOSUPPORT),
            // A sockaddr_in is too short for an AF_INET6 socket.
            (Family::Inet6, IpAddr::V4(_)) => return Err(Errno::EINVAL),
            _ => {}
        }
        let asked = Socket::plain(to);
        let mut to = asked;
        if socket.kind == SocketKind::Raw {
            if !self.may_bind(to.ip(), socket.kind) {
                return Err(Errno::EADDRNOTAVAIL);
            }
            self.socket_mut(id)?.local = Some(SocketAddr::new(to.ip(), 0));
            return Ok(());
        }
        let free = match socket.tcp {
            TcpPart::Fresh => true,
            TcpPart::Connection(conn) => self.is_over(conn),
            TcpPart::Listening { .. } => false,
        };
        if self.held(socket).is_some() || !free {
            return Err(Errno::EINVAL);
        }
        if !self.may_bind(to.ip(), socket.kind) {
            return Err(Errno::EADDRNOTAVAIL);
        }
        if to.port() == 0 {
            let wish = self.wish(id, to)?;
            to.set_port(self.free_port(&wish)?);
        } else if self.conflicts(&self.wish(id, to)?) {
            return Err(Errno::EADDRINUSE);
        }
        let socket = self.socket_mut(id)?;
        socket.local = Some(to);
        // A port that the host chose does not stay, an address does.
        let lasting = asked.port() != 0 || !asked.ip().is_unspecified();
        socket.named = lasting.then_some(to);
        Ok(())
    }

    /// Gives the socket a port of its own if it has none.
    pub(crate) fn autobind(&mut self, id: usize) -> Result<SocketAddr> {
        if let Some(local) = self.socket_ref(id)?.local {
            return Ok(local);
        }
        let any = self.socket_ref(id)?.any();
        let wish = self.wish(id, any)?;
        let local = SocketAddr::new(any.ip(), self.free_port(&wish)?);
        self.socket_mut(id)?.local = Some(local);
        Ok(local)
    }

    /// listen(2). Without bind(2) the host chooses the port.
    ///
    /// # Errors
    ///
    /// `EOPNOTSUPP` for another kind of socket, `EINVAL` on a connection,
    /// `EADDRINUSE` if another socket listens on the port.
    pub fn listen(&mut self, process: usize, fd: i32, backlog: i32) -> Result<()> {
        let id = self.id(process, fd)?;
        // A negative backlog counts as a very large one.
        let backlog = usize::try_from(backlog).unwrap_or(SOMAXCONN).min(SOMAXCONN);
        if self.socket_ref(id)?.kind != SocketKind::Stream {
            return Err(Errno::EOPNOTSUPP);
        }
        match &mut self.socket_mut(id)?.tcp {
            TcpPart::Listening { backlog: old, .. } => {
                *old = backlog;
                return Ok(());
            }
            TcpPart::Connection(_) => return Err(Errno::EINVAL),
            TcpPart::Fresh => {}
        }
        let local = self.autobind(id)?;
        if self.conflicts(&self.wish(id, local)?) {
            return Err(Errno::EADDRINUSE);
        }
        self.socket_mut(id)?.tcp = TcpPart::Listening { backlog, queue: std::collections::VecDeque::new() };
        Ok(())
    }

    /// Checks the family of a peer's address, and turns "any" into "myself" as
    /// Linux does.
    fn peer(&self, id: usize, to: SocketAddr) -> Result<SocketAddr> {
        let socket = self.socket_ref(id)?;
        match (socket.family, to.ip(), socket.kind) {
            (Family::Inet, IpAddr::V6(_), _) => return Err(Errno::EAFNOSUPPORT),
            (Family::Inet6, IpAddr::V4(_), SocketKind::Stream) => return Err(Errno::EINVAL),
            (Family::Inet6, IpAddr::V4(_), _) if socket.options.only_v6 => return Err(Errno::ENETUNREACH),
            _ => {}
        }
        let plain = Socket::plain(to);
        if plain.is_ipv4() && to.is_ipv6() && socket.options.only_v6 {
            return Err(Errno::ENETUNREACH);
        }
        let ip = match plain.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        Ok(SocketAddr::new(ip, plain.port()))
    }

    /// The address of the peer, and the one to send from.
    pub(crate) fn route(&self, id: usize, to: SocketAddr) -> Result<(SocketAddr, IpAddr)> {
        let to = self.peer(id, to)?;
        let from = match self.socket_ref(id)?.local.map(|local| local.ip()) {
            Some(ip)
                if !ip.is_unspecified()
                    && ip.is_ipv4() == to.is_ipv4()
                    && !self.is_broadcast(ip)
                    && !ip.is_multicast() =>
            {
                // Bound to one address; still something has to lead there.
                if !self.is_own(to.ip()) && !self.linked {
                    return Err(Errno::ENETUNREACH);
                }
                ip
            }
            Some(ip) if !ip.is_unspecified() && ip.is_ipv4() != to.is_ipv4() => return Err(Errno::ENETUNREACH),
            _ => self.source_for(to.ip())?,
        };
        Ok((to, from))
    }

    /// connect(2). For a stream it starts the handshake; called again, it tells
    /// how that went. `None` dissolves the association of a datagram socket.
    ///
    /// # Errors
    ///
    /// `EINPROGRESS` when the handshake has begun, `EALREADY` while it goes on,
    /// then what came of it; `EISCONN`, `EADDRNOTAVAIL`, `ENETUNREACH`, …
    pub fn connect(&mut self, process: usize, fd: i32, to: Option<SocketAddr>) -> Result<()> {
        let id = self.id(process, fd)?;
        if self.socket_ref(id)?.kind == SocketKind::Stream {
            return self.connect_stream(id, to);
        }
        let Some(to) = to else {
            let socket = self.socket_mut(id)?;
            socket.peer = None;
            socket.error = None;
            socket.local = socket.named;
            return Ok(());
        };
        let (to, from) = self.route(id, to)?;
        if self.is_broadcast(to.ip()) && !self.socket_ref(id)?.options.broadcast {
            return Err(Errno::EACCES);
        }
        let raw = self.socket_ref(id)?.kind == SocketKind::Raw;
        let local = if raw { SocketAddr::new(from, 0) } else { self.autobind(id)? };
        let socket = self.socket_mut(id)?;
        if !raw && (local.ip().is_unspecified() || socket.named.is_none()) {
            socket.local = Some(SocketAddr::new(from, local.port()));
        }
        socket.peer = Some(to);
        Ok(())
    }

    fn connect_stream(&mut self, id: usize, to: Option<SocketAddr>) -> Result<()> {
        match &self.socket_ref(id)?.tcp {
            _ if self.socket_ref(id)?.wrecked => return Err(Errno::EINVAL),
            TcpPart::Listening { .. } => return Err(Errno::EISCONN),
            TcpPart::Connection(conn) => return self.connect_again(id, *conn),
            TcpPart::Fresh => {}
        }
        // Linux: connect(AF_UNSPEC) on an unconnected stream does nothing.
        let Some(to) = to else { return Ok(()) };
        let (to, from) = self.route(id, to)?;
        // RFC 9293 section 3.9.1.1: no OPEN to many. TCP has one peer.
        if self.is_broadcast(to.ip()) || to.ip().is_multicast() {
            return Err(Errno::ENETUNREACH);
        }
        if self.live_conns() >= MOST_CONNECTIONS {
            return Err(Errno::ENOBUFS);
        }
        let socket = self.socket_ref(id)?;
        let (options, shut) = (socket.options.clone(), (socket.read_shut, socket.write_shut));
        let local = match socket.local {
            Some(local) => SocketAddr::new(from, local.port()),
            None => {
                let wish = self.wish(id, SocketAddr::new(from, 0))?;
                SocketAddr::new(from, self.port_towards(from, to, &wish)?)
            }
        };
        if self.index.contains_key(&(local, to)) {
            return Err(Errno::EADDRNOTAVAIL);
        }
        if to.port() == 0 {
            // Nobody can listen on port 0; Linux sends the SYN and is refused.
            return Err(Errno::ECONNREFUSED);
        }
        let setup = self.setup(&options, local, to);
        let mut conn = Conn::connect(&setup, self.now).ok_or(Errno::EADDRNOTAVAIL)?;
        conn.owner = Some(id);
        conn.reuse_address = options.reuse_address;
        conn.reuse_port = options.reuse_port;
        conn.patience = options.patience;
        (conn.read_shut, conn.write_shut) = shut;
        if options.keepalive {
            conn.engine.set_keepalive(Some(super::options::KEEPALIVE));
        }
        let conn_id = self.add_conn(conn);
        self.with_conn(conn_id, |conn, now| conn.notice(now));
        let socket = self.socket_mut(id)?;
        socket.tcp = TcpPart::Connection(conn_id);
        socket.local = Some(local);
        Err(Errno::EINPROGRESS)
    }

    fn connect_again(&mut self, id: usize, conn_id: usize) -> Result<()> {
        let Some(Some(conn)) = self.conns.get_mut(conn_id) else { return Err(Errno::EINVAL) };
        match conn.state {
            TcpState::SynSent => Err(Errno::EALREADY),
            TcpState::SynReceived if !conn.connected => Err(Errno::EALREADY),
            _ if conn.connected => Err(Errno::EISCONN),
            TcpState::Closed => {
                // The error is told here, unless SO_ERROR told it before. The
                // socket is as good as new then.
                let error = conn.error.take().unwrap_or(Errno::ECONNABORTED);
                conn.owner = None;
                self.forget(conn_id);
                let socket = self.socket_mut(id)?;
                socket.tcp = TcpPart::Fresh;
                socket.old_port = socket.local.map_or(0, |local| local.port());
                socket.local = socket.named;
                (socket.read_shut, socket.write_shut) = (false, false);
                Err(error)
            }
            _ => {
                conn.connected = true;
                Ok(())
            }
        }
    }

    /// getsockname(2): before bind(2) the wildcard and port 0.
    ///
    /// # Errors
    ///
    /// `EBADF`
    pub fn getsockname(&self, process: usize, fd: i32) -> Result<SocketAddr> {
        let id = self.id(process, fd)?;
        let socket = self.socket_ref(id)?;
        let local = match socket.local {
            Some(local) if socket.kind == SocketKind::Raw => SocketAddr::new(local.ip(), u16::from(socket.protocol)),
            None if socket.kind == SocketKind::Raw => SocketAddr::new(socket.any().ip(), u16::from(socket.protocol)),
            Some(local) => local,
            None => SocketAddr::new(socket.any().ip(), socket.old_port),
        };
        Ok(if local.ip().is_unspecified() {
            SocketAddr::new(socket.any().ip(), local.port())
        } else {
            socket.spell(local)
        })
    }

    /// getpeername(2).
    ///
    /// # Errors
    ///
    /// `ENOTCONN`
    pub fn getpeername(&self, process: usize, fd: i32) -> Result<SocketAddr> {
        let id = self.id(process, fd)?;
        let socket = self.socket_ref(id)?;
        let peer = match &socket.tcp {
            TcpPart::Connection(conn) => {
                let conn = self.conns.get(*conn).and_then(Option::as_ref).ok_or(Errno::ENOTCONN)?;
                let gone = matches!(conn.state, TcpState::Closed | TcpState::SynSent | TcpState::SynReceived);
                (!gone).then_some(conn.remote)
            }
            _ => socket.peer,
        };
        peer.map(|peer| socket.spell(peer)).ok_or(Errno::ENOTCONN)
    }
}
