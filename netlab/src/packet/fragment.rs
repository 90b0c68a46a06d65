//! Cutting packets that are too long for a link, and putting them together.

use std::net::IpAddr;

use super::{Header, Piece, ip, protocol};
use crate::map::sort_few;
use crate::time::{Micros, SECOND};

/// How long the pieces of a packet are kept: 30 s, Linux's `ipfrag_time`.
const KEEP: Micros = 30 * SECOND;
/// How many packets may be in pieces at a time.
const PACKETS: usize = 16;

/// Cuts `packet` into pieces of at most `mtu` bytes: RFC 791 section 3.2, and
/// RFC 8200 section 4.5 with `id`. What fits stays as it is.
#[must_use]
pub fn split(packet: Vec<u8>, mtu: usize, id: u32) -> Vec<Vec<u8>> {
    let Some(header) = Header::read(&packet).filter(|_| packet.len() > mtu) else { return vec![packet] };
    let payload = header.payload(&packet);
    let (source, destination) = (header.source, header.destination);
    let head = if source.is_ipv4() { 20 } else { 48 };
    let step = mtu.saturating_sub(head) / 8 * 8;
    if step == 0 {
        return Vec::new();
    }
    let count = payload.len().div_ceil(step);
    let pieces = payload.chunks(step).enumerate().map(|(n, chunk)| {
        let (offset, more) = (n * step, n + 1 < count);
        match source {
            IpAddr::V4(_) => {
                let bits = (offset / 8) as u16 | if more { 0x2000 } else { 0 };
                let mut piece = ip(source, destination, header.protocol, header.ttl, id as u16, chunk);
                piece[6..8].copy_from_slice(&bits.to_be_bytes());
                super::with_ttl(piece, header.ttl)
            }
            IpAddr::V6(_) => {
                let mut body = vec![header.protocol, 0];
                body.extend((offset as u16 | u16::from(more)).to_be_bytes());
                body.extend(id.to_be_bytes());
                body.extend(chunk);
                ip(source, destination, protocol::FRAGMENT, header.ttl, 0, &body)
            }
        }
    });
    pieces.collect()
}

#[derive(Clone, Debug)]
struct Partial {
    key: (IpAddr, IpAddr, u8, u32),
    ttl: u8,
    until: Micros,
    length: Option<usize>,
    pieces: Vec<(usize, Vec<u8>)>,
}

/// Packets of which pieces have arrived.
#[derive(Clone, Debug, Default)]
pub struct Reassembler {
    partial: Vec<Partial>,
}

impl Reassembler {
    /// Takes a packet that arrived; gives back a whole one, now or later.
    pub fn take(&mut self, now: Micros, packet: Vec<u8>) -> Option<Vec<u8>> {
        let header = Header::read(&packet)?;
        let Some(Piece { id, offset, more }) = header.fragment else { return Some(packet) };
        let data = header.payload(&packet);
        let end = offset + data.len();
        // Every piece but the last is a multiple of 8 bytes, and nothing is longer than IP allows.
        if data.is_empty() || end > 65_535 || (more && data.len() % 8 != 0) {
            return None;
        }
        self.partial.retain(|partial| partial.until > now);
        let key = (header.source, header.destination, header.protocol, id);
        let at = match self.partial.iter().position(|partial| partial.key == key) {
            Some(at) => at,
            None => {
                if self.partial.len() >= PACKETS {
                    self.partial.remove(0);
                }
                let fresh = Partial { key, ttl: header.ttl, until: now + KEEP, length: None, pieces: Vec::new() };
                self.partial.push(fresh);
                self.partial.len() - 1
            }
        };
        let partial = &mut self.partial[at];
        // Overlapping pieces are an attack, not an accident: RFC 5722, and Linux since 4.20 for IPv4.
        let overlaps = partial.pieces.iter().any(|(start, piece)| offset < start + piece.len() && *start < end);
        let again = partial.pieces.iter().any(|(start, piece)| *start == offset && piece.len() == data.len());
        if again {
            return None;
        }
        if overlaps || partial.length.is_some_and(|length| end > length || !more) {
            self.partial.remove(at);
            return None;
        }
        if !more {
            partial.length = Some(end);
        }
        partial.pieces.push((offset, data.to_vec()));
        let have: usize = partial.pieces.iter().map(|(_, piece)| piece.len()).sum();
        if partial.length != Some(have) {
            return None;
        }
        let mut whole = self.partial.remove(at);
        sort_few(&mut whole.pieces, |(start, _)| *start);
        let payload: Vec<u8> = whole.pieces.into_iter().flat_map(|(_, piece)| piece).collect();
        let (source, destination, protocol, id) = whole.key;
        Some(ip(source, destination, protocol, whole.ttl, id as u16, &payload))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_in_any_order_make_the_packet_again() {
        for (a, b) in [("10.0.0.1", "10.0.0.2"), ("fd00::1", "fd00::2")] {
            let (a, b): (IpAddr, IpAddr) = (a.parse().unwrap(), b.parse().unwrap());
            let payload: Vec<u8> = (0..4000u32).map(|n| n as u8).collect();
            let packet = ip(a, b, protocol::UDP, 64, 9, &payload);
            let mut pieces = split(packet.clone(), 1500, 9);
            assert_eq!(pieces.len(), 3);
            assert!(pieces.iter().all(|piece| piece.len() <= 1500));
            pieces.rotate_left(1);
            pieces.push(pieces[0].clone());
            let mut reassembler = Reassembler::default();
            let whole: Vec<Vec<u8>> = pieces.into_iter().filter_map(|piece| reassembler.take(0, piece)).collect();
            assert_eq!(whole, [packet]);
        }
    }

    #[test]
    fn a_missing_piece_is_given_up_after_its_time() {
        let (a, b): (IpAddr, IpAddr) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let pieces = split(ip(a, b, protocol::UDP, 64, 9, &[1; 2000]), 1500, 9);
        let mut reassembler = Reassembler::default();
        assert_eq!(reassembler.take(0, pieces[0].clone()), None);
        assert_eq!(reassembler.take(KEEP + 1, pieces[1].clone()), None);
        assert_eq!(reassembler.partial.len(), 1);
    }
}
