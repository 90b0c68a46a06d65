//! What a socket remembers. Several descriptors may name one socket (dup(2)).

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use crate::errno::Errno;
use crate::packet::protocol;
use crate::script::ast::{Family, SocketKind};
use crate::time::Micros;

/// Linux's `SOCK_MIN_SNDBUF`, already doubled.
const LEAST_SEND_BUFFER: usize = 4_608;
/// Linux's `SOCK_MIN_RCVBUF`.
const LEAST_RECEIVE_BUFFER: usize = 2_304;
/// Linux's `net.core.wmem_max` and `rmem_max`.
const MOST_BUFFER: usize = 212_992;

/// Options, with Linux's defaults.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) reuse_address: bool,
    pub(crate) reuse_port: bool,
    pub(crate) broadcast: bool,
    pub(crate) keepalive: bool,
    pub(crate) linger: Option<u32>,
    pub(crate) receive_timeout: Option<Micros>,
    pub(crate) send_timeout: Option<Micros>,
    pub(crate) receive_buffer: Option<usize>,
    pub(crate) send_buffer: Option<usize>,
    pub(crate) nodelay: bool,
    /// `TCP_USER_TIMEOUT`; `None` is the system's.
    pub(crate) patience: Option<Micros>,
    pub(crate) ttl: u8,
    pub(crate) receive_errors: bool,
    pub(crate) header_included: bool,
    pub(crate) only_v6: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            reuse_address: false,
            reuse_port: false,
            broadcast: false,
            keepalive: false,
            linger: None,
            receive_timeout: None,
            send_timeout: None,
            receive_buffer: None,
            send_buffer: None,
            nodelay: false,
            patience: None,
            ttl: 64,
            receive_errors: false,
            header_included: false,
            only_v6: false,
        }
    }
}

/// The value that getsockopt(2) gives back for a buffer size: socket(7), "the
/// kernel doubles this value".
pub(crate) fn doubled(asked: i32, receive: bool) -> usize {
    let asked = usize::try_from(asked).unwrap_or(0).min(MOST_BUFFER);
    (asked * 2).max(if receive { LEAST_RECEIVE_BUFFER } else { LEAST_SEND_BUFFER })
}

/// A datagram, or a packet of a raw socket, that waits to be read.
#[derive(Clone, Debug)]
pub(crate) struct Datagram {
    pub(crate) data: Vec<u8>,
    pub(crate) from: SocketAddr,
}

/// The TCP side of a stream socket.
#[derive(Clone, Debug)]
pub(crate) enum TcpPart {
    /// Neither listening nor connected.
    Fresh,
    /// listen(2) was called.
    Listening {
        backlog: usize,
        /// Finished connections, not yet accepted.
        queue: VecDeque<usize>,
    },
    /// A connection, perhaps still being made.
    Connection(usize),
}

/// A socket.
#[derive(Clone, Debug)]
pub(crate) struct Socket {
    /// How many descriptors name it.
    pub(crate) references: usize,
    pub(crate) family: Family,
    pub(crate) kind: SocketKind,
    pub(crate) protocol: u8,
    pub(crate) nonblock: bool,
    pub(crate) options: Options,
    /// The local address; IPv4 in an `AF_INET6` socket is not mapped here.
    pub(crate) local: Option<SocketAddr>,
    /// What bind(2) named: an address or a port that stays when a connection
    /// fails or is dissolved (`SOCK_BINDADDR_LOCK`, `SOCK_BINDPORT_LOCK`).
    pub(crate) named: Option<SocketAddr>,
    /// The port that getsockname(2) of a stream goes on to tell when the port
    /// itself is free again, after a failed connect.
    pub(crate) old_port: u16,
    /// shutdown(2) met a connect that had failed: no connect will ever do again
    /// (`SS_DISCONNECTING`).
    pub(crate) wrecked: bool,
    /// The peer of a connected UDP or raw socket.
    pub(crate) peer: Option<SocketAddr>,
    /// `sk_err` of a UDP, raw or fresh socket.
    pub(crate) error: Option<Errno>,
    pub(crate) read_shut: bool,
    pub(crate) write_shut: bool,
    pub(crate) tcp: TcpPart,
    pub(crate) queue: VecDeque<Datagram>,
    /// What the queue counts against `SO_RCVBUF`.
    pub(crate) queued: usize,
    /// Tells sockets apart by age, for ports shared between them.
    pub(crate) age: u64,
}

impl Socket {
    pub(crate) fn new(family: Family, kind: SocketKind, protocol: u8) -> Socket {
        Socket {
            references: 1,
            family,
            kind,
            protocol,
            nonblock: false,
            options: Options { header_included: protocol == protocol::RAW, ..Options::default() },
            local: None,
            named: None,
            old_port: 0,
            wrecked: false,
            peer: None,
            error: None,
            read_shut: false,
            write_shut: false,
            tcp: TcpPart::Fresh,
            queue: VecDeque::new(),
            queued: 0,
            age: 0,
        }
    }

    pub(crate) fn kind_name(&self) -> &'static str {
        match self.kind {
            SocketKind::Stream => "tcp",
            SocketKind::Dgram => "udp",
            SocketKind::Raw => "raw",
        }
    }

    /// The address as this socket's family spells it: ipv7 says "mapped" for an
    /// IPv4 peer of an `AF_INET6` socket (RFC 4291 section 2.5.5.2).
    pub(crate) fn spell(&self, address: SocketAddr) -> SocketAddr {
        match (self.family, address.ip()) {
            (Family::Inet6, IpAddr::V4(ip)) => SocketAddr::new(ip.to_ipv6_mapped().into(), address.port()),
            _ => address,
        }
    }

    /// The address without mapping.
    pub(crate) fn plain(address: SocketAddr) -> SocketAddr {
        match address.ip() {
            IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
                Some(ip) => SocketAddr::new(ip.into(), address.port()),
                None => address,
            },
            IpAddr::V4(_) => address,
        }
    }

    /// The wildcard address of the family.
    pub(crate) fn any(&self) -> SocketAddr {
        match self.family {
            Family::Inet => SocketAddr::new(std::net::Ipv4Addr::UNSPECIFIED.into(), 0),
            Family::Inet6 => SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), 0),
        }
    }

    /// Whether the socket's local address takes what is sent to `ip`.
    pub(crate) fn takes(&self, ip: IpAddr) -> bool {
        let Some(local) = self.local else { return false };
        match (local.ip(), ip) {
            (IpAddr::V4(own), IpAddr::V4(ip)) => own.is_unspecified() || own == ip,
            (IpAddr::V6(own), IpAddr::V6(ip)) => own.is_unspecified() || own == ip,
            (IpAddr::V6(own), IpAddr::V4(_)) => own.is_unspecified() && !self.options.only_v6,
            (IpAddr::V4(_), IpAddr::V6(_)) => false,
        }
    }

    /// How many bytes the queue may hold.
    pub(crate) fn receive_room(&self) -> usize {
        self.options.receive_buffer.unwrap_or(MOST_BUFFER)
    }
}
