//! Datagrams: sendto(2) and recvfrom(2) on UDP and raw sockets.

use std::net::{IpAddr, SocketAddr};

use super::{Received, Result};
use crate::errno::Errno;
use crate::host::{Host, Socket, charge};
use crate::packet::{self, Header, protocol};
use crate::script::ast::{Family, Flags, SocketKind};

/// The longest datagram: 65,535 less the headers. Over IPv6 the IP header does
/// not count (RFC 8200 section 3).
const MOST: (usize, usize) = (65_507, 65_527);

impl Host {
    /// sendto(2). On a connected stream Linux ignores the address.
    ///
    /// # Errors
    ///
    /// As [`Host::send`], and `EMSGSIZE`, `EACCES` for a broadcast without
    /// `SO_BROADCAST`, `EINVAL` for port 0.
    pub fn sendto(&mut self, process: usize, fd: i32, data: &[u8], to: SocketAddr) -> Result<usize> {
        let id = self.id(process, fd)?;
        if self.socket_ref(id)?.kind == SocketKind::Stream {
            return self.send(process, fd, data);
        }
        self.send_datagram(id, data, Some(to))
    }

    pub(super) fn send_datagram(&mut self, id: usize, data: &[u8], to: Option<SocketAddr>) -> Result<usize> {
        let udp = self.socket_ref(id)?.kind == SocketKind::Dgram;
        if udp {
            // Linux chooses the port before it looks at anything else.
            self.autobind(id)?;
        }
        let socket = self.socket_ref(id)?;
        let to = match (to, socket.peer) {
            (Some(to), _) => to,
            (None, Some(peer)) => socket.spell(peer),
            (None, None) => return Err(Errno::EDESTADDRREQ),
        };
        if udp && data.len() > 65_535 {
            return Err(Errno::EMSGSIZE);
        }
        if udp && to.port() == 0 {
            return Err(Errno::EINVAL);
        }
        let (to, from) = self.route(id, to)?;
        if self.is_broadcast(to.ip()) && !self.socket_ref(id)?.options.broadcast {
            return Err(Errno::EACCES);
        }
        if udp && data.len() > if to.is_ipv4() { MOST.0 } else { MOST.1 } {
            return Err(Errno::EMSGSIZE);
        }
        if udp {
            let local = self.autobind(id)?;
            // An error that waits is told instead of sending (E3).
            if let Some(error) = self.socket_mut(id)?.error.take() {
                return Err(error);
            }
            if self.socket_ref(id)?.write_shut {
                return Err(Errno::EPIPE);
            }
            let ttl = self.socket_ref(id)?.options.ttl;
            let datagram = packet::udp(SocketAddr::new(from, local.port()), to, data);
            self.emit_ip(from, to.ip(), protocol::UDP, ttl, &datagram);
            return Ok(data.len());
        }
        self.send_raw(id, data, from, to.ip())
    }

    /// raw(7): the host writes the IP header, unless `IP_HDRINCL` says that the
    /// program has.
    fn send_raw(&mut self, id: usize, data: &[u8], from: IpAddr, to: IpAddr) -> Result<usize> {
        let socket = self.socket_mut(id)?;
        if let Some(error) = socket.error.take() {
            return Err(error);
        }
        if socket.write_shut {
            return Err(Errno::EPIPE);
        }
        let (number, ttl, family) = (socket.protocol, socket.options.ttl, socket.family);
        if socket.options.header_included && family == Family::Inet {
            if data.len() > 1_500 {
                return Err(Errno::EMSGSIZE);
            }
            let packet = self.complete(data, from).ok_or(Errno::EINVAL)?;
            self.emit(packet);
            return Ok(data.len());
        }
        if data.len() > 65_515 {
            return Err(Errno::EMSGSIZE);
        }
        if number == protocol::ICMPV6 {
            // RFC 3542 section 3.1: the kernel fills in this checksum.
            let mut message = data.to_vec();
            packet::finish_icmpv6(from, to, &mut message);
            self.emit_ip(from, to, number, ttl, &message);
        } else {
            self.emit_ip(from, to, number, ttl, data);
        }
        Ok(data.len())
    }

    /// What `IP_HDRINCL` leaves to the kernel: total length and checksum always,
    /// the source if it is 0 (raw(7)).
    fn complete(&mut self, data: &[u8], from: IpAddr) -> Option<Vec<u8>> {
        let mut packet = data.to_vec();
        let first = *packet.first()?;
        let head = usize::from(first & 15) * 4;
        if first >> 4 != 4 || head < 20 || packet.len() < head {
            return None;
        }
        let length = u16::try_from(packet.len()).ok()?;
        packet[2..4].copy_from_slice(&length.to_be_bytes());
        if packet[12..16] == [0; 4]
            && let IpAddr::V4(from) = from
        {
            packet[12..16].copy_from_slice(&from.octets());
        }
        let ttl = packet[8];
        let packet = packet::with_ttl(packet, ttl);
        Header::read(&packet).map(|_| packet)
    }

    pub(super) fn receive_datagram(&mut self, id: usize, most: usize, flags: Flags) -> Result<Received> {
        let socket = self.socket_mut(id)?;
        // An error comes before data that waits (`__skb_recv_udp`).
        if let Some(error) = socket.error.take() {
            return Err(error);
        }
        let next = if flags.has(Flags::MSG_PEEK) { socket.queue.front().cloned() } else { socket.queue.pop_front() };
        let Some(datagram) = next else {
            // Who would not wait is told nothing of shutdown(2).
            let waits = !socket.nonblock && !flags.has(Flags::MSG_DONTWAIT);
            if socket.read_shut && waits {
                return Ok(Received { number: 0, data: Vec::new(), from: None });
            }
            return Err(Errno::EAGAIN);
        };
        if !flags.has(Flags::MSG_PEEK) {
            socket.queued = socket.queued.saturating_sub(charge(datagram.data.len()));
        }
        let length = datagram.data.len();
        let mut data = datagram.data;
        // What does not fit is thrown away (recv(2)).
        data.truncate(most);
        let number = if flags.has(Flags::MSG_TRUNC) { length } else { data.len() };
        let from = self.spell_for(id, datagram.from);
        Ok(Received { number, data, from: Some(from) })
    }

    fn spell_for(&self, id: usize, address: SocketAddr) -> SocketAddr {
        self.socket_ref(id).map_or(address, |socket: &Socket| socket.spell(address))
    }
}
