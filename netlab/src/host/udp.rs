//! UDP datagrams that arrive, and the copies of raw sockets.

use std::net::SocketAddr;

use super::{Datagram, Host, Socket, segment};
use crate::map::sort_few;
use crate::packet::{Header, Udp, protocol};
use crate::script::ast::{Family, SocketKind};

/// What Linux charges a queue for a datagram (`skb->truesize`): the record of the
/// packet, and memory that comes in powers of two. So a socket with a small
/// `SO_RCVBUF` holds few datagrams, however short they are.
pub(crate) fn charge(length: usize) -> usize {
    const RECORD: usize = 256;
    const AROUND: usize = 400;
    const SMALL: usize = 576;
    let memory = length + AROUND;
    RECORD + if memory <= SMALL { SMALL } else { memory.next_power_of_two() }
}

impl Host {
    /// RFC 768, and RFC 1122 section 4.1.3.1 for a port that nobody has.
    pub(super) fn input_datagram(&mut self, header: &Header, packet: &[u8]) {
        let body = header.payload(packet);
        let Some(udp) = Udp::read(body) else { return };
        let local = SocketAddr::new(header.destination, udp.destination);
        let from = SocketAddr::new(header.source, udp.source);
        let data = body.get(Udp::HEADER..udp.length).unwrap_or_default();
        if self.is_broadcast(local.ip()) || local.ip().is_multicast() {
            // One copy for each.
            for id in self.datagram_sockets(local, from, true) {
                self.enqueue(id, data, from);
            }
            return;
        }
        match self.datagram_sockets(local, from, false).first().copied() {
            Some(id) => self.enqueue(id, data, from),
            None => self.refuse(packet, (3, 3), (1, 4)),
        }
    }

    /// The sockets for a datagram; unless for `many`, only the best one: a
    /// connected one before a bound one, an exact address before the wildcard.
    fn datagram_sockets(&self, local: SocketAddr, from: SocketAddr, many: bool) -> Vec<usize> {
        let fits = |socket: &Socket| {
            let own = socket.local.filter(|own| own.port() == local.port())?;
            let peer_fits = socket.peer.is_none_or(|peer| peer == from);
            let takes =
                if many { own.ip().is_unspecified() || own.ip() == local.ip() } else { socket.takes(local.ip()) };
            let exact = i32::from(own.ip() == local.ip()) + i32::from(own.is_ipv4() == local.is_ipv4());
            (socket.kind == SocketKind::Dgram && takes && peer_fits)
                .then_some(exact + 4 * i32::from(socket.peer.is_some()))
        };
        let mut all: Vec<(i32, u64, usize)> = Vec::new();
        for (id, socket) in self.sockets.iter().enumerate() {
            if let Some((score, socket)) = socket.as_ref().and_then(|socket| Some((fits(socket)?, socket))) {
                all.push((score, socket.age, id));
            }
        }
        if many {
            return all.into_iter().map(|(.., id)| id).collect();
        }
        let Some(best) = all.iter().map(|(score, ..)| *score).max() else { return Vec::new() };
        all.retain(|(score, ..)| *score == best);
        sort_few(&mut all, |one| *one);
        let ids: Vec<usize> = all.into_iter().map(|(.., id)| id).collect();
        let shared = ids.iter().all(|id| self.sockets[*id].as_ref().is_some_and(|socket| socket.options.reuse_port));
        // With SO_REUSEADDR alone the youngest socket gets everything.
        let at = if shared { segment::spread(local, from) % ids.len() } else { ids.len() - 1 };
        vec![ids[at]]
    }

    /// Puts data into the queue of a socket, or silently drops it: a full queue
    /// is an error for nobody.
    fn enqueue(&mut self, id: usize, data: &[u8], from: SocketAddr) {
        let Some(Some(socket)) = self.sockets.get_mut(id) else { return };
        // One always fits, however large.
        if socket.queued + charge(data.len()) > socket.receive_room() && !socket.queue.is_empty() {
            return;
        }
        socket.queued += charge(data.len());
        socket.queue.push_back(Datagram { data: data.to_vec(), from });
    }

    /// raw(7): every raw socket of the protocol gets a copy, and the protocol
    /// still gets the packet. Returns whether anyone took one.
    pub(super) fn copy_to_raw(&mut self, header: &Header, packet: &[u8]) -> bool {
        let mut ids = Vec::new();
        for (id, socket) in self.sockets.iter().enumerate() {
            let Some(socket) = socket else { continue };
            let family = if header.source.is_ipv4() { Family::Inet } else { Family::Inet6 };
            let wanted = socket.kind == SocketKind::Raw
                && socket.protocol == header.protocol
                && socket.protocol != protocol::RAW
                && socket.family == family
                && socket.local.is_none_or(|local| local.ip().is_unspecified() || local.ip() == header.destination)
                && socket.peer.is_none_or(|peer| peer.ip() == header.source);
            if wanted {
                ids.push(id);
            }
        }
        // AF_INET shows the IP header, AF_INET6 never does (RFC 3542 section 3).
        let data = if header.source.is_ipv4() { &packet[..header.total()] } else { header.payload(packet) };
        for id in &ids {
            self.enqueue(*id, data, SocketAddr::new(header.source, 0));
        }
        !ids.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::charge;

    /// Seen on Linux 6.18 with `SO_RCVBUF` 4096, which makes 8192: so many
    /// datagrams of a length are kept.
    #[test]
    fn a_small_buffer_holds_as_few_datagrams_as_on_linux() {
        for (length, kept) in [(1, 9), (100, 9), (500, 6), (1000, 3), (1400, 3)] {
            assert_eq!(8_192 / charge(length), kept, "{length}");
        }
    }
}
