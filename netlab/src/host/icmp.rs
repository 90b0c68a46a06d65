//! ICMP messages that arrive: echo requests are answered, errors go to the
//! socket whose packet they quote.

use std::net::{IpAddr, SocketAddr};

use super::Host;
use crate::errno::Errno;
use crate::packet::{self, Header, protocol};
use crate::script::ast::{SocketKind, TcpState};

/// What an error means for a socket: the errno, and whether it is fatal
/// (`icmp_err_convert` of Linux, RFC 1122 section 4.2.3.9).
fn meaning(version4: bool, kind: u8, code: u8) -> Option<(Errno, bool)> {
    Some(match (version4, kind, code) {
        (true, 3, 0) | (false, 1, 0) => (Errno::ENETUNREACH, false),
        (true, 3, 1) | (false, 1, 3) => (Errno::EHOSTUNREACH, false),
        (true, 3, 2) => (Errno::EPROTO, true),
        (true, 3, 3) | (false, 1, 4) => (Errno::ECONNREFUSED, true),
        (true, 11, _) | (false, 3, _) => (Errno::EHOSTUNREACH, false),
        _ => return None,
    })
}

impl Host {
    pub(super) fn input_icmp(&mut self, header: &Header, packet: &[u8]) {
        let message = header.payload(packet);
        // Nobody answers a ping to everybody: Linux's icmp_echo_ignore_broadcasts.
        if !self.is_broadcast(header.destination)
            && let Some(reply) = packet::echo_reply(header, message)
        {
            self.emit(reply);
            return;
        }
        let version4 = header.protocol == protocol::ICMP;
        let Some([kind, code]) = message.get(..2).map(|head| [head[0], head[1]]) else { return };
        let Some((error, fatal)) = meaning(version4, kind, code) else { return };
        let Some((source, destination, number, ports)) = message.get(8..).and_then(quoted) else { return };
        let (local, remote) = (SocketAddr::new(source, ports.0), SocketAddr::new(destination, ports.1));
        match number {
            protocol::UDP => self.datagram_error(local, remote, error, fatal),
            protocol::TCP => self.connection_error(local, remote, error),
            _ => {}
        }
    }

    /// udp(7) promises errors to unconnected sockets too; Linux reports them only
    /// to connected ones, and to those that set `IP_RECVERR`.
    fn datagram_error(&mut self, local: SocketAddr, remote: SocketAddr, error: Errno, fatal: bool) {
        for socket in self.sockets.iter_mut().flatten() {
            let own = socket.local.is_some_and(|own| own.port() == local.port()) && socket.takes(local.ip());
            if socket.kind != SocketKind::Dgram || !own || socket.peer.is_some_and(|peer| peer != remote) {
                continue;
            }
            if socket.options.receive_errors || (socket.peer.is_some() && fatal) {
                socket.error = Some(error);
            }
        }
    }

    /// An unreachable destination ends an attempt to connect; an established
    /// connection takes it for a passing trouble (RFC 1122 section 4.2.3.9).
    fn connection_error(&mut self, local: SocketAddr, remote: SocketAddr, error: Errno) {
        let Some(id) = self.index.get(&(local, remote)).copied() else { return };
        self.with_conn(id, |conn, _| {
            if conn.state == TcpState::SynSent {
                conn.fail(error);
            }
        });
    }
}

/// Addresses, protocol and ports of the packet that an ICMP error quotes. The
/// quotation may be cut off anywhere, so lengths in it are not believed.
fn quoted(packet: &[u8]) -> Option<(IpAddr, IpAddr, u8, (u16, u16))> {
    let v4 = packet.first()? >> 4 == 4;
    let ip = |at: usize| -> Option<IpAddr> {
        if v4 {
            let octets: [u8; 4] = packet.get(at..at + 4)?.try_into().ok()?;
            Some(IpAddr::from(octets))
        } else {
            let octets: [u8; 16] = packet.get(at..at + 16)?.try_into().ok()?;
            Some(IpAddr::from(octets))
        }
    };
    let (source, destination, number, start) = if v4 {
        (ip(12)?, ip(16)?, *packet.get(9)?, usize::from(packet.first()? & 15) * 4)
    } else {
        (ip(8)?, ip(24)?, *packet.get(6)?, 40)
    };
    let ports = packet.get(start..start + 4)?;
    let ports = (u16::from_be_bytes([ports[0], ports[1]]), u16::from_be_bytes([ports[2], ports[3]]));
    Some((source, destination, number, ports))
}
