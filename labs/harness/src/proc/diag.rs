//! One TCP socket, asked for by its two addresses: sock_diag(7).
//!
//! The text in `/proc/net/tcp` holds every socket of the network, and writing
//! it takes the kernel milliseconds even if there are three of them. This
//! takes microseconds.

use std::io::{self, Read as _};
use std::net::{IpAddr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};

use super::sockets::{LISTEN, Row};
use crate::listener::Listening;

/// The types of the request and of a refusal, and what a request is flagged with.
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const NLMSG_ERROR: u16 = 2;
const NLM_F_REQUEST: u16 = 1;
/// Bytes of a `struct nlmsghdr`.
const HEADER: usize = 16;
/// Bytes of a `struct inet_diag_req_v2`.
const REQUEST: usize = 56;
/// Where the fields of the answer, a `struct inet_diag_msg`, are.
const STATE: usize = HEADER + 1;
const UNREAD: usize = HEADER + 56;
const SENDING: usize = HEADER + 60;
const TIMER: usize = HEADER + 2;
/// Bytes of a `struct inet_diag_msg`; attributes follow.
const MESSAGE: usize = 72;
/// The timer of a sender whose window is closed; `ss -o` calls it `persist`.
const PERSIST: u8 = 4;
/// The attribute with a `struct tcp_info`, and how one asks for it.
const INET_DIAG_INFO: u16 = 2;
const WITH_INFO: u8 = 1 << (INET_DIAG_INFO - 1);
/// Where counts are in a `struct tcp_info`, which only grows: `tcpi_unacked`,
/// `tcpi_total_retrans`, `tcpi_data_segs_out`.
pub(super) const UNACKNOWLEDGED: usize = 24;
const AGAIN: usize = 100;
const SEGMENTS: usize = 156;

/// The socket from `local` to `remote` in the network of this thread; none if
/// there is no such socket.
///
/// # Errors
///
/// This kernel does not answer such questions.
pub(super) fn find(local: SocketAddr, remote: SocketAddr) -> io::Result<Option<Row>> {
    row(&ask(local, remote, 0)?, local, remote)
}

/// The socket from `local` to `remote` has something to send, nothing of it is
/// on its way, and it asks now and then whether there is room.
pub(crate) fn faces_a_closed_window(local: SocketAddr, remote: SocketAddr) -> bool {
    ask(local, remote, 0).is_ok_and(|answer| answer.get(TIMER) == Some(&PERSIST))
}

/// How many segments with data the socket from `local` to `remote` has sent,
/// repetitions not counted. None if this kernel does not say.
pub(crate) fn data_segments(local: SocketAddr, remote: SocketAddr) -> Option<u32> {
    let info = info(local, remote)?;
    Some(word(&info, SEGMENTS)?.saturating_sub(word(&info, AGAIN)?))
}

/// How many segments of the socket from `local` to `remote` are on their way, or
/// have arrived without an ACK coming back. None if this kernel does not say.
pub(crate) fn unacknowledged(local: SocketAddr, remote: SocketAddr) -> Option<u32> {
    word(&info(local, remote)?, UNACKNOWLEDGED)
}

/// The `struct tcp_info` of a socket.
fn info(local: SocketAddr, remote: SocketAddr) -> Option<Vec<u8>> {
    let answer = ask(local, remote, WITH_INFO).ok()?;
    let half = |at: usize| Some(u16::from_ne_bytes(answer.get(at..at + 2)?.try_into().ok()?));
    if half(4)? != SOCK_DIAG_BY_FAMILY {
        return None;
    }
    let mut at = HEADER + MESSAGE;
    loop {
        let (length, kind) = (usize::from(half(at)?), half(at + 2)?);
        if kind == INET_DIAG_INFO {
            return Some(answer.get(at + 4..)?.to_vec());
        }
        // Attributes begin at multiples of four.
        at += length.max(4).next_multiple_of(4);
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// What listens on exactly `local` in the network of this thread. None if there
/// is no such socket, or if this kernel does not answer such questions.
pub(crate) fn listening(local: SocketAddr) -> Option<Listening> {
    let anybody = SocketAddr::new(if local.is_ipv4() { [0; 4].into() } else { [0u8; 16].into() }, 0);
    let answer = ask(local, anybody, 0).ok()?;
    let is_found = answer.get(4..6) == Some(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    let is_listener = is_found && answer.get(STATE) == Some(&LISTEN);
    is_listener.then_some(Listening { waiting: word(&answer, UNREAD)?, backlog: word(&answer, SENDING)? })
}

/// The kernel's answer to a question for one socket, with the attributes that
/// `extra` asks for.
fn ask(local: SocketAddr, remote: SocketAddr, extra: u8) -> io::Result<Vec<u8>> {
    // A socket of its own each time: it belongs to the network in which it was
    // made, and threads of this process can be in several.
    let mut socket = Socket::new(
        Domain::from(libc::AF_NETLINK),
        Type::from(libc::SOCK_RAW),
        Some(Protocol::from(libc::NETLINK_SOCK_DIAG)),
    )?;
    socket.send(&request(local, remote, extra))?;
    // The kernel answers within the send; nothing is waited for.
    socket.set_nonblocking(true)?;
    let mut answer = vec![0; 2048];
    let n = socket.read(&mut answer)?;
    answer.truncate(n);
    Ok(answer)
}

/// A `nlmsghdr` and a `inet_diag_req_v2`, which ends with a `inet_diag_sockid`.
fn request(local: SocketAddr, remote: SocketAddr, extra: u8) -> Vec<u8> {
    let family = if local.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    let mut bytes = Vec::with_capacity(HEADER + REQUEST);
    bytes.extend(((HEADER + REQUEST) as u32).to_ne_bytes());
    bytes.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes.extend(NLM_F_REQUEST.to_ne_bytes());
    bytes.extend([0; 8]);
    bytes.extend([family as u8, libc::IPPROTO_TCP as u8, extra, 0]);
    bytes.extend(u32::MAX.to_ne_bytes());
    bytes.extend(local.port().to_be_bytes());
    bytes.extend(remote.port().to_be_bytes());
    for address in [local, remote] {
        match address.ip() {
            IpAddr::V4(ip) => bytes.extend([&ip.octets()[..], &[0; 12]].concat()),
            IpAddr::V6(ip) => bytes.extend(ip.octets()),
        }
    }
    // Any interface, and no cookie.
    bytes.extend([0; 4]);
    bytes.extend([0xff; 8]);
    bytes
}

fn row(answer: &[u8], local: SocketAddr, remote: SocketAddr) -> io::Result<Option<Row>> {
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let word = |at: usize| Some(u32::from_ne_bytes(answer.get(at..at + 4)?.try_into().ok()?));
    let kind = answer.get(4..6).map(|bytes| u16::from_ne_bytes([bytes[0], bytes[1]])).ok_or_else(cut)?;
    if kind == NLMSG_ERROR {
        let error = io::Error::from_raw_os_error(-(word(HEADER).ok_or_else(cut)? as i32));
        return if error.kind() == io::ErrorKind::NotFound { Ok(None) } else { Err(error) };
    }
    let state = *answer.get(STATE).ok_or_else(cut)?;
    // Where no connection fits, the kernel tells of the listener that would.
    if kind != SOCK_DIAG_BY_FAMILY || state == LISTEN {
        return Ok(None);
    }
    let (unread, sending) = (word(UNREAD).ok_or_else(cut)?, word(SENDING).ok_or_else(cut)?);
    Ok(Some(Row { local, remote, state, sending: sending.into(), unread: unread.into() }))
}
