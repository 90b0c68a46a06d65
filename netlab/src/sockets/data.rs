//! Bytes of a stream: send(2) and recv(2) on TCP.

use super::{Received, Result};
use crate::errno::Errno;
use crate::host::{Host, TcpPart};
use crate::script::ast::{Flags, SocketKind, TcpState};

impl Host {
    /// send(2) with `MSG_NOSIGNAL`. Takes as much as there is room for.
    ///
    /// # Errors
    ///
    /// `EAGAIN` if there is no room, `EPIPE`, `ECONNRESET`, `EDESTADDRREQ`, …
    pub fn send(&mut self, process: usize, fd: i32, data: &[u8]) -> Result<usize> {
        let id = self.id(process, fd)?;
        let socket = self.socket_ref(id)?;
        if socket.kind != SocketKind::Stream {
            return self.send_datagram(id, data, None);
        }
        let TcpPart::Connection(conn) = socket.tcp else { return Err(Errno::EPIPE) };
        self.with_conn(conn, |conn, _| {
            if conn.error.is_some() || conn.write_shut {
                return Err(conn.error.take().unwrap_or(Errno::EPIPE));
            }
            match conn.state {
                TcpState::SynSent | TcpState::SynReceived => Err(Errno::EAGAIN),
                TcpState::Established | TcpState::CloseWait if data.is_empty() => Ok(0),
                TcpState::Established | TcpState::CloseWait => match conn.engine.write(data) {
                    0 => Err(Errno::EAGAIN),
                    taken => Ok(taken),
                },
                _ => Err(Errno::EPIPE),
            }
        })
        .unwrap_or(Err(Errno::EPIPE))
    }

    /// recv(2) and recvfrom(2).
    ///
    /// # Errors
    ///
    /// `EAGAIN` if nothing is there, `ENOTCONN`, `ECONNRESET`, `ECONNREFUSED`, …
    pub fn recv(&mut self, process: usize, fd: i32, most: usize, flags: Flags) -> Result<Received> {
        let id = self.id(process, fd)?;
        let socket = self.socket_ref(id)?;
        if socket.kind != SocketKind::Stream {
            return self.receive_datagram(id, most, flags);
        }
        let TcpPart::Connection(conn) = socket.tcp else {
            let over = socket.read_shut && matches!(socket.tcp, TcpPart::Fresh);
            let nothing = Received { number: 0, data: Vec::new(), from: None };
            return if over { Ok(nothing) } else { Err(Errno::ENOTCONN) };
        };
        let read = self.with_conn(conn, |conn, _| {
            // What is here is read first, whatever happened after it.
            let here = conn.engine.readable();
            let all = flags.has(Flags::MSG_WAITALL) && !flags.has(Flags::MSG_PEEK);
            let ended = conn.finished || conn.read_shut || conn.error.is_some() || conn.state == TcpState::Closed;
            let room = conn.engine.send_capacity();
            if here > 0 && !(all && here < most && !ended && here < room) {
                return Ok(conn.engine.read(most, flags.has(Flags::MSG_PEEK)));
            }
            if conn.finished {
                return Ok(Vec::new());
            }
            if let Some(error) = conn.error.take() {
                return Err(error);
            }
            match conn.state {
                _ if conn.read_shut => Ok(Vec::new()),
                TcpState::Closed => Err(Errno::ENOTCONN),
                _ => Err(Errno::EAGAIN),
            }
        });
        let data = read.unwrap_or(Err(Errno::ENOTCONN))?;
        Ok(Received { number: data.len(), data, from: None })
    }

    /// Bytes that can be read at once: `FIONREAD`. Of a UDP socket, the length of
    /// the first datagram (udp(7)).
    ///
    /// # Errors
    ///
    /// `EBADF`; `EINVAL` on a listening socket.
    pub fn readable(&self, process: usize, fd: i32) -> Result<usize> {
        let id = self.id(process, fd)?;
        let socket = self.socket_ref(id)?;
        match &socket.tcp {
            TcpPart::Connection(conn) => {
                Ok(self.conns.get(*conn).and_then(Option::as_ref).map_or(0, |conn| conn.engine.readable()))
            }
            TcpPart::Listening { .. } => Err(Errno::EINVAL),
            TcpPart::Fresh => Ok(socket.queue.front().map_or(0, |first| first.data.len())),
        }
    }
}
