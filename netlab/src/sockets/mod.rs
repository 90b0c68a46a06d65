//! The calls of Berkeley sockets on a [`Host`]. Each answers at once: a call that
//! would block gives `EAGAIN` (connect: `EINPROGRESS`, later `EALREADY`), and it
//! is the program that waits and tries again.
//!
//! Behaviour is Linux's. Where POSIX and Linux differ, the comment says so.

mod data;
mod datagram;
mod name;
mod open;
mod options;
mod ready;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;

use crate::errno::Errno;
use crate::host::{Host, Socket};

/// What a call gives.
pub type Result<T> = std::result::Result<T, Errno>;

/// What recv(2) and recvfrom(2) bring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// What the call returns: with `MSG_TRUNC` the length of the datagram.
    pub number: usize,
    /// The bytes.
    pub data: Vec<u8>,
    /// Who sent them; nobody for a stream.
    pub from: Option<SocketAddr>,
}

impl Host {
    /// The socket that a descriptor names.
    pub(crate) fn id(&self, process: usize, fd: i32) -> Result<usize> {
        let table = self.processes.get(process).ok_or(Errno::EBADF)?;
        // 0, 1 and 2 are open, but they are no sockets.
        if (0..3).contains(&fd) {
            return Err(Errno::ENOTSOCK);
        }
        let slot = usize::try_from(fd).ok().and_then(|at| table.get(at));
        slot.copied().flatten().ok_or(Errno::EBADF)
    }

    pub(crate) fn socket_mut(&mut self, id: usize) -> Result<&mut Socket> {
        self.sockets.get_mut(id).and_then(Option::as_mut).ok_or(Errno::EBADF)
    }

    pub(crate) fn socket_ref(&self, id: usize) -> Result<&Socket> {
        self.sockets.get(id).and_then(Option::as_ref).ok_or(Errno::EBADF)
    }

    /// Whether calls on this descriptor block, fcntl(2).
    ///
    /// # Errors
    ///
    /// `EBADF`
    pub fn blocks(&self, process: usize, fd: i32) -> Result<bool> {
        let id = self.id(process, fd)?;
        Ok(!self.socket_ref(id)?.nonblock)
    }
}
