//! poll(2): what a socket is ready for.

use super::Result;
use crate::host::{Host, TcpPart};
use crate::script::ast::{PollFlags, SocketKind, TcpState};

impl Host {
    /// What poll(2) finds on a descriptor right now. `POLLERR`, `POLLHUP` and
    /// `POLLNVAL` are told unasked.
    ///
    /// # Errors
    ///
    /// None: a bad descriptor is `POLLNVAL`.
    pub fn poll(&self, process: usize, fd: i32, asked: PollFlags) -> Result<PollFlags> {
        let Ok(id) = self.id(process, fd) else { return Ok(PollFlags::POLLNVAL) };
        let found = self.readiness(id)?;
        let unasked = PollFlags::POLLERR.with(PollFlags::POLLHUP);
        Ok(PollFlags(found.0 & (asked.0 | unasked.0)))
    }

    /// As `tcp_poll` and `datagram_poll` of Linux.
    fn readiness(&self, id: usize) -> Result<PollFlags> {
        let socket = self.socket_ref(id)?;
        let mut found = PollFlags::default();
        let mut add = |condition: bool, flags: PollFlags| {
            if condition {
                found = found.with(flags);
            }
        };
        let read_hang_up = PollFlags::POLLIN.with(PollFlags::POLLRDHUP);
        if socket.kind != SocketKind::Stream {
            add(!socket.queue.is_empty(), PollFlags::POLLIN);
            add(true, PollFlags::POLLOUT);
            add(socket.error.is_some(), PollFlags::POLLERR);
            add(socket.read_shut, read_hang_up);
            add(socket.read_shut && socket.write_shut, PollFlags::POLLHUP);
            return Ok(found);
        }
        let conn = match &socket.tcp {
            TcpPart::Listening { queue, .. } => {
                add(!queue.is_empty(), PollFlags::POLLIN);
                return Ok(found);
            }
            TcpPart::Fresh => None,
            TcpPart::Connection(conn) => self.conns.get(*conn).and_then(Option::as_ref),
        };
        let Some(conn) = conn else {
            // A fresh socket is writable and hung up, to everyone's surprise.
            let fresh = PollFlags::POLLOUT.with(PollFlags::POLLHUP);
            return Ok(if socket.read_shut { fresh.with(read_hang_up) } else { fresh });
        };
        let read_shut = conn.read_shut || conn.finished;
        add((read_shut && conn.write_shut) || conn.state == TcpState::Closed, PollFlags::POLLHUP);
        add(read_shut, read_hang_up);
        if !matches!(conn.state, TcpState::SynSent | TcpState::SynReceived) {
            add(conn.engine.readable() > 0, PollFlags::POLLIN);
            // Linux wakes a writer only when a third of the buffer is free.
            let roomy = conn.engine.writable() * 3 >= conn.engine.send_capacity();
            add(conn.write_shut || conn.state == TcpState::Closed || roomy, PollFlags::POLLOUT);
        }
        add(conn.error.is_some(), PollFlags::POLLERR);
        Ok(found)
    }
}
