//! IP packets as bytes: reading, building, naming. Nothing here trusts a length
//! that it has not checked, since raw sockets can send anything.

mod build;
mod fragment;
mod summary;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(crate) use build::sum;
pub use build::{
    checksum_is_good, echo_reply, echo_request_v4, finish_icmpv6, icmp_error, ip, reset_for, udp, with_ttl,
};
pub use fragment::{Reassembler, split};
pub use summary::{Summary, Transport, flag_names, icmp_name};

/// Protocol numbers of the IP header (IANA).
pub mod protocol {
    /// ICMP for IPv4.
    pub const ICMP: u8 = 1;
    /// TCP.
    pub const TCP: u8 = 6;
    /// UDP.
    pub const UDP: u8 = 17;
    /// The fragment header of IPv6 (RFC 8200 section 4.5).
    pub const FRAGMENT: u8 = 44;
    /// ICMP for IPv6.
    pub const ICMPV6: u8 = 58;
    /// `IPPROTO_RAW`: the program writes the IP header (raw(7)).
    pub const RAW: u8 = 255;
}

/// Flags of the TCP header (RFC 9293 section 3.1).
pub mod flag {
    #![allow(missing_docs)]
    pub const FIN: u8 = 0x01;
    pub const SYN: u8 = 0x02;
    pub const RST: u8 = 0x04;
    pub const PSH: u8 = 0x08;
    pub const ACK: u8 = 0x10;
}

/// A kind of packet, as scripts name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Any packet.
    Packet,
    /// A TCP segment with SYN and without ACK.
    Syn,
    /// A TCP segment with SYN and ACK.
    SynAck,
    /// A TCP segment that only acknowledges: no data, no SYN, FIN or RST.
    Ack,
    /// A TCP segment with data.
    Data,
    /// A TCP segment with FIN.
    Fin,
    /// A TCP segment with RST.
    Rst,
    /// A UDP datagram (or its first fragment).
    Udp,
    /// An ICMP message, of either version.
    Icmp,
}

impl Kind {
    /// Every kind with its name in scripts.
    pub const ALL: &'static [(Kind, &'static str)] = &[
        (Kind::Packet, "packet"),
        (Kind::Syn, "SYN"),
        (Kind::SynAck, "SYN-ACK"),
        (Kind::Ack, "ACK"),
        (Kind::Data, "data"),
        (Kind::Fin, "FIN"),
        (Kind::Rst, "RST"),
        (Kind::Udp, "UDP"),
        (Kind::Icmp, "ICMP"),
    ];

    /// The name in scripts.
    #[must_use]
    pub fn name(self) -> &'static str {
        Kind::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    /// Whether `packet` is of this kind.
    #[must_use]
    pub fn fits(self, packet: &[u8]) -> bool {
        if self == Kind::Packet {
            return true;
        }
        let Some(header) = Header::read(packet) else { return false };
        let body = header.payload(packet);
        if header.fragment.is_some_and(|piece| piece.offset > 0) {
            return false;
        }
        match self {
            Kind::Packet => true,
            Kind::Udp => header.protocol == protocol::UDP,
            Kind::Icmp => matches!(header.protocol, protocol::ICMP | protocol::ICMPV6),
            _ => {
                let Some(tcp) = Tcp::read(body).filter(|_| header.protocol == protocol::TCP) else { return false };
                let payload = body.len() - tcp.header_len;
                match self {
                    Kind::Syn => tcp.flags & (flag::SYN | flag::ACK) == flag::SYN,
                    Kind::SynAck => tcp.flags & (flag::SYN | flag::ACK) == flag::SYN | flag::ACK,
                    Kind::Fin => tcp.flags & flag::FIN != 0,
                    Kind::Rst => tcp.flags & flag::RST != 0,
                    Kind::Data => payload > 0,
                    _ => payload == 0 && tcp.flags & (flag::SYN | flag::FIN | flag::RST | flag::ACK) == flag::ACK,
                }
            }
        }
    }
}

/// A piece of a packet that was cut up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Tells the packets of one sender apart.
    pub id: u32,
    /// Where in the payload this piece belongs.
    pub offset: usize,
    /// Whether more pieces follow.
    pub more: bool,
}

/// What an IPv4 (RFC 791 section 3.1) or IPv6 header (RFC 8200 section 3) says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Sender.
    pub source: IpAddr,
    /// Receiver.
    pub destination: IpAddr,
    /// Protocol of the payload.
    pub protocol: u8,
    /// Time to live, or hop limit.
    pub ttl: u8,
    /// Set if this is a fragment.
    pub fragment: Option<Piece>,
    start: usize,
    end: usize,
}

impl Header {
    /// Reads the header of `packet`. `None` if any length in it cannot be, or the
    /// checksum is wrong.
    #[must_use]
    pub fn read(packet: &[u8]) -> Option<Header> {
        match packet.first()? >> 4 {
            4 => Header::read_v4(packet),
            6 => Header::read_v6(packet),
            _ => None,
        }
    }

    fn read_v4(packet: &[u8]) -> Option<Header> {
        let start = usize::from(packet.first()? & 15) * 4;
        let head = packet.get(..start).filter(|head| head.len() >= 20)?;
        let end = usize::from(be16(head, 2));
        if end < start || end > packet.len() || build::sum(head, 0) != 0xffff {
            return None;
        }
        let bits = be16(head, 6);
        let (offset, more) = (usize::from(bits & 0x1fff) * 8, bits & 0x2000 != 0);
        Some(Header {
            source: IpAddr::V4(Ipv4Addr::new(head[12], head[13], head[14], head[15])),
            destination: IpAddr::V4(Ipv4Addr::new(head[16], head[17], head[18], head[19])),
            protocol: head[9],
            ttl: head[8],
            fragment: (offset > 0 || more).then(|| Piece { id: u32::from(be16(head, 4)), offset, more }),
            start,
            end,
        })
    }

    fn read_v6(packet: &[u8]) -> Option<Header> {
        let head = packet.get(..40)?;
        let address = |at: usize| {
            let octets: [u8; 16] = head.get(at..at + 16)?.try_into().ok()?;
            Some(IpAddr::V6(Ipv6Addr::from(octets)))
        };
        let end = 40 + usize::from(be16(head, 4));
        if end > packet.len() {
            return None;
        }
        let mut header = Header {
            source: address(8)?,
            destination: address(24)?,
            protocol: head[6],
            ttl: head[7],
            fragment: None,
            start: 40,
            end,
        };
        if header.protocol == protocol::FRAGMENT {
            let extra = packet.get(40..48).filter(|_| end >= 48)?;
            let bits = be16(extra, 2);
            let id = u32::from_be_bytes(extra.get(4..8)?.try_into().ok()?);
            header.fragment = Some(Piece { id, offset: usize::from(bits & 0xfff8), more: bits & 1 != 0 });
            header.protocol = extra[0];
            header.start = 48;
        }
        Some(header)
    }

    /// The payload of the packet that this header was read from.
    #[must_use]
    pub fn payload<'a>(&self, packet: &'a [u8]) -> &'a [u8] {
        packet.get(self.start..self.end).unwrap_or_default()
    }

    /// Length of the header of the packet.
    #[must_use]
    pub fn length(&self) -> usize {
        self.start
    }

    /// Length of header and payload.
    #[must_use]
    pub fn total(&self) -> usize {
        self.end
    }
}

/// What a TCP header says (RFC 9293 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tcp {
    /// Source port.
    pub source: u16,
    /// Destination port.
    pub destination: u16,
    /// Sequence number.
    pub seq: u32,
    /// Acknowledgment number.
    pub ack: u32,
    /// Control bits.
    pub flags: u8,
    /// Window, not scaled.
    pub window: u16,
    /// Length with options.
    pub header_len: usize,
}

impl Tcp {
    /// Reads the header at the start of `segment`.
    #[must_use]
    pub fn read(segment: &[u8]) -> Option<Tcp> {
        let head = segment.get(..20)?;
        let header_len = usize::from(head[12] >> 4) * 4;
        if header_len < 20 || header_len > segment.len() {
            return None;
        }
        Some(Tcp {
            source: be16(head, 0),
            destination: be16(head, 2),
            seq: be32(head, 4),
            ack: be32(head, 8),
            flags: head[13],
            window: be16(head, 14),
            header_len,
        })
    }

    /// Whether all of `flags` are set.
    #[must_use]
    pub fn has(&self, flags: u8) -> bool {
        self.flags & flags == flags
    }

    /// How much of the sequence space a segment of `length` bytes takes: its
    /// data, and one each for SYN and FIN (RFC 9293 section 3.4).
    #[must_use]
    pub fn sequence_length(&self, length: usize) -> u32 {
        let data = length.saturating_sub(self.header_len) as u32;
        data + u32::from(self.has(flag::SYN)) + u32::from(self.has(flag::FIN))
    }
}

/// What a UDP header says (RFC 768).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Udp {
    /// Source port.
    pub source: u16,
    /// Destination port.
    pub destination: u16,
    /// Header and data.
    pub length: usize,
}

impl Udp {
    /// Length of the header.
    pub const HEADER: usize = 8;

    /// Reads the header at the start of `datagram`.
    #[must_use]
    pub fn read(datagram: &[u8]) -> Option<Udp> {
        let head = datagram.get(..Udp::HEADER)?;
        let length = usize::from(be16(head, 4));
        if length < Udp::HEADER || length > datagram.len() {
            return None;
        }
        Some(Udp { source: be16(head, 0), destination: be16(head, 2), length })
    }
}

/// Two bytes in network order; the caller has checked that they are there.
fn be16(bytes: &[u8], at: usize) -> u16 {
    match bytes.get(at..at + 2) {
        Some(two) => u16::from_be_bytes([two[0], two[1]]),
        None => 0,
    }
}

/// Four bytes in network order; the caller has checked that they are there.
fn be32(bytes: &[u8], at: usize) -> u32 {
    (u32::from(be16(bytes, at)) << 16) | u32::from(be16(bytes, at + 2))
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::rng::Rng;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_datagram_that_was_built_can_be_read() {
        for (a, b) in [("10.0.0.1:1000", "10.0.0.2:53"), ("[fd00::1]:1000", "[fd00::2]:53")] {
            let (a, b) = (address(a), address(b));
            let packet = ip(a.ip(), b.ip(), protocol::UDP, 64, 7, &udp(a, b, b"hello"));
            let header = Header::read(&packet).unwrap();
            assert_eq!((header.source, header.destination, header.ttl), (a.ip(), b.ip(), 64));
            assert!(checksum_is_good(&header, header.payload(&packet)));
            let datagram = Udp::read(header.payload(&packet)).unwrap();
            assert_eq!((datagram.source, datagram.destination, datagram.length), (1000, 53, 13));
            assert!(Kind::Udp.fits(&packet) && Kind::Packet.fits(&packet) && !Kind::Syn.fits(&packet));
        }
    }

    #[test]
    fn no_bytes_make_the_readers_panic() {
        let mut rng = Rng::new(1, 0);
        let (a, b) = (address("10.0.0.1:1"), address("10.0.0.2:2"));
        let good = ip(a.ip(), b.ip(), protocol::UDP, 64, 7, &udp(a, b, &[7; 100]));
        for round in 0..20_000u32 {
            let mut packet: Vec<u8> = if round % 2 == 0 {
                (0..rng.below(80)).map(|_| rng.draw() as u8).collect()
            } else {
                let mut copy = good.clone();
                copy.truncate(rng.below(200) as usize);
                copy
            };
            if let Some(first) = packet.first_mut() {
                *first = if rng.below(2) == 0 { 0x40 | (rng.below(16) as u8) } else { 0x60 };
            }
            for (kind, _) in Kind::ALL {
                assert!(*kind != Kind::Packet || kind.fits(&packet));
            }
            if let Some(header) = Header::read(&packet) {
                assert!(header.payload(&packet).len() <= packet.len());
                assert!(Summary::of(&packet).is_some());
            }
            assert!(Tcp::read(&packet).is_none_or(|tcp| tcp.header_len <= packet.len()));
            assert!(Udp::read(&packet).is_none_or(|udp| udp.length <= packet.len()));
        }
    }
}
