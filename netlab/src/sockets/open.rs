//! Descriptors: socket(2), accept(2), dup(2), close(2), fcntl(2), shutdown(2).

use std::net::SocketAddr;

use super::Result;
use crate::errno::Errno;
use crate::host::{Host, MOST_DESCRIPTORS, Socket, TcpPart};
use crate::packet::protocol;
use crate::script::ast::{Family, How, SocketKind, TcpState};

impl Host {
    /// socket(2). The lowest free descriptor is used, as POSIX demands.
    ///
    /// # Errors
    ///
    /// `EPROTONOSUPPORT` for a protocol that this type cannot have, `EACCES` for a
    /// ping socket (`ping_group_range` allows nobody by default, icmp(7)).
    pub fn socket(&mut self, process: usize, family: Family, kind: SocketKind, protocol: u8) -> Result<i32> {
        let icmp = if family == Family::Inet { protocol::ICMP } else { protocol::ICMPV6 };
        let protocol = match (kind, protocol) {
            (SocketKind::Stream, 0 | protocol::TCP) => protocol::TCP,
            (SocketKind::Dgram, 0 | protocol::UDP) => protocol::UDP,
            (SocketKind::Dgram, number) if number == icmp => return Err(Errno::EACCES),
            (SocketKind::Raw, number) if number != 0 => number,
            _ => return Err(Errno::EPROTONOSUPPORT),
        };
        self.install(process, Socket::new(family, kind, protocol))
    }

    fn install(&mut self, process: usize, mut socket: Socket) -> Result<i32> {
        let fd = self.lowest(process)?;
        let id = match self.sockets.iter().position(Option::is_none) {
            Some(id) => id,
            None => {
                self.sockets.push(None);
                self.sockets.len() - 1
            }
        };
        socket.age = self.next_seed_counter();
        self.sockets[id] = Some(socket);
        self.name_it(process, fd, id);
        Ok(fd as i32)
    }

    fn lowest(&mut self, process: usize) -> Result<usize> {
        let table = self.processes.get(process).ok_or(Errno::EBADF)?;
        let free = (3..table.len()).find(|at| table[*at].is_none()).unwrap_or(table.len().max(3));
        if free >= MOST_DESCRIPTORS { Err(Errno::EMFILE) } else { Ok(free) }
    }

    fn name_it(&mut self, process: usize, fd: usize, id: usize) {
        let table = &mut self.processes[process];
        if table.len() <= fd {
            table.resize(fd + 1, None);
        }
        table[fd] = Some(id);
    }

    /// dup(2): another descriptor for the same socket.
    ///
    /// # Errors
    ///
    /// `EBADF`, `EMFILE`
    pub fn dup(&mut self, process: usize, fd: i32) -> Result<i32> {
        let id = self.id(process, fd)?;
        let new = self.lowest(process)?;
        self.socket_mut(id)?.references += 1;
        self.name_it(process, new, id);
        Ok(new as i32)
    }

    /// `fcntl(fd, F_SETFL, …)` with or without `O_NONBLOCK`.
    ///
    /// # Errors
    ///
    /// `EBADF`
    pub fn set_nonblock(&mut self, process: usize, fd: i32, on: bool) -> Result<()> {
        let id = self.id(process, fd)?;
        self.socket_mut(id)?.nonblock = on;
        Ok(())
    }

    /// accept(2): a descriptor for the oldest finished connection.
    ///
    /// # Errors
    ///
    /// `EAGAIN` if none is finished, `EINVAL` if the socket does not listen,
    /// `EOPNOTSUPP` if it cannot.
    pub fn accept(&mut self, process: usize, fd: i32) -> Result<(i32, SocketAddr)> {
        let id = self.id(process, fd)?;
        let listener = self.socket_ref(id)?;
        if listener.kind != SocketKind::Stream {
            return Err(Errno::EOPNOTSUPP);
        }
        if !matches!(listener.tcp, TcpPart::Listening { .. }) {
            return Err(Errno::EINVAL);
        }
        let mut socket = Socket::new(listener.family, SocketKind::Stream, listener.protocol);
        // Linux: options are inherited, O_NONBLOCK is not (accept(2) NOTES).
        socket.options = listener.options.clone();
        self.lowest(process)?;
        let next = match &mut self.socket_mut(id)?.tcp {
            TcpPart::Listening { queue, .. } => queue.pop_front(),
            _ => None,
        };
        let conn_id = next.ok_or(Errno::EAGAIN)?;
        let (local, remote) = match self.conns.get(conn_id).and_then(Option::as_ref) {
            Some(conn) => (conn.local, conn.remote),
            None => return Err(Errno::ECONNABORTED),
        };
        socket.local = Some(local);
        socket.tcp = TcpPart::Connection(conn_id);
        let peer = socket.spell(remote);
        let new = self.install(process, socket)?;
        let owner = self.id(process, new)?;
        self.with_conn(conn_id, |conn, _| {
            conn.owner = Some(owner);
            conn.listener = None;
        });
        Ok((new, peer))
    }

    /// close(2). Only the last descriptor of a socket ends anything.
    ///
    /// # Errors
    ///
    /// `EBADF`
    pub fn close(&mut self, process: usize, fd: i32) -> Result<()> {
        let id = match self.id(process, fd) {
            // close(0) of a standard descriptor is no business of sockets.
            Err(Errno::ENOTSOCK) => return Err(Errno::EBADF),
            other => other?,
        };
        self.processes[process][fd as usize] = None;
        let socket = self.socket_mut(id)?;
        socket.references -= 1;
        if socket.references > 0 {
            return Ok(());
        }
        let socket = self.sockets[id].take();
        match socket.as_ref().map(|socket| &socket.tcp) {
            Some(TcpPart::Listening { queue, .. }) => self.stop_listening(id, queue.iter().copied().collect()),
            Some(TcpPart::Connection(conn)) => {
                let linger = socket.as_ref().and_then(|socket| socket.options.linger);
                self.let_go(*conn, linger == Some(0));
            }
            _ => {}
        }
        Ok(())
    }

    /// What waits in the queue gets a RST; what is half open is forgotten.
    fn stop_listening(&mut self, listener: usize, queue: Vec<usize>) {
        if let Some(Some(socket)) = self.sockets.get_mut(listener) {
            socket.tcp = TcpPart::Fresh;
        }
        for conn in queue {
            self.with_conn(conn, |conn, _| {
                conn.listener = None;
                conn.abort();
            });
        }
        for conn in 0..self.conns.len() {
            let half = self.conns[conn].as_ref().is_some_and(|half| half.listener == Some(listener));
            if half {
                self.forget(conn);
            }
        }
    }

    /// The program lets go of a connection: FIN, or RST if data was not read
    /// (RFC 2525 section 2.17, RFC 1122 section 4.2.2.13) or `SO_LINGER` is 0.
    fn let_go(&mut self, conn: usize, reset: bool) {
        let forget = self.with_conn(conn, |conn, now| {
            conn.orphan(now);
            match conn.state {
                TcpState::SynSent => true,
                TcpState::Closed => true,
                TcpState::TimeWait => false,
                _ if reset || conn.engine.readable() > 0 => {
                    conn.abort();
                    false
                }
                _ => {
                    conn.engine.finish();
                    conn.notice(now);
                    false
                }
            }
        });
        if forget == Some(true) {
            self.forget(conn);
        }
    }

    /// A process ends: all of its descriptors are closed, lowest first.
    pub fn exit(&mut self, process: usize) {
        let count = self.processes.get(process).map_or(0, Vec::len);
        for fd in 3..count {
            if self.processes[process][fd].is_some() {
                let closed = self.close(process, fd as i32);
                debug_assert!(closed.is_ok(), "the descriptor is open");
            }
        }
    }

    /// shutdown(2): ends one direction, whatever descriptors there are.
    ///
    /// # Errors
    ///
    /// `ENOTCONN` if there is no connection.
    pub fn shutdown(&mut self, process: usize, fd: i32, how: How) -> Result<()> {
        let id = self.id(process, fd)?;
        let (read, write) = (how != How::Write, how != How::Read);
        let socket = self.socket_mut(id)?;
        match socket.tcp {
            TcpPart::Connection(conn) => {
                let failed = self.conns[conn].as_ref().is_some_and(|conn| !conn.connected);
                if failed && self.is_over(conn) {
                    self.socket_mut(id)?.wrecked = true;
                }
                // In SYN-SENT Linux gives the attempt up.
                if self.conns[conn].as_ref().is_some_and(|conn| conn.state == TcpState::SynSent) {
                    self.forget(conn);
                    return Ok(());
                }
                let connected = self.with_conn(conn, |conn, now| {
                    let connected = conn.state != TcpState::Closed;
                    conn.read_shut |= read;
                    if connected && write && !conn.write_shut {
                        conn.write_shut = true;
                        conn.engine.finish();
                        conn.notice(now);
                    }
                    connected
                });
                if connected == Some(true) { Ok(()) } else { Err(Errno::ENOTCONN) }
            }
            TcpPart::Listening { ref queue, .. } if read => {
                let queue: Vec<usize> = queue.iter().copied().collect();
                self.stop_listening(id, queue);
                let socket = self.socket_mut(id)?;
                socket.old_port = socket.local.map_or(0, |local| local.port());
                socket.local = socket.named;
                Ok(())
            }
            TcpPart::Listening { .. } => Ok(()),
            TcpPart::Fresh => {
                // Linux shuts an unconnected socket down, and still says ENOTCONN.
                let connected = socket.peer.is_some();
                socket.read_shut |= read;
                socket.write_shut |= write;
                if connected { Ok(()) } else { Err(Errno::ENOTCONN) }
            }
        }
    }
}
