//! One line about a packet, and the fields a page shows.

use std::fmt;
use std::net::IpAddr;

use super::{Header, Tcp, Udp, flag, protocol};

/// What can be said about a packet at a glance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Sender.
    pub source: IpAddr,
    /// Receiver.
    pub destination: IpAddr,
    /// Time to live.
    pub ttl: u8,
    /// The layer above.
    pub transport: Transport,
}

/// The layer above IP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A TCP segment with so many bytes of data.
    Tcp(Tcp, usize),
    /// A UDP datagram with so many bytes of data.
    Udp(Udp, usize),
    /// An ICMP message: version, type, code.
    Icmp(u8, u8, u8),
    /// A later piece of a packet: where it belongs, how long it is.
    Piece(usize, usize),
    /// Another protocol, by number.
    Other(u8),
}

impl Summary {
    /// The summary of `packet`, if it is an IP packet at all.
    #[must_use]
    pub fn of(packet: &[u8]) -> Option<Summary> {
        let header = Header::read(packet)?;
        let body = header.payload(packet);
        let transport = match header.fragment {
            Some(piece) if piece.offset > 0 => Transport::Piece(piece.offset, body.len()),
            _ => match header.protocol {
                protocol::TCP => match Tcp::read(body) {
                    Some(tcp) => Transport::Tcp(tcp, body.len() - tcp.header_len),
                    None => Transport::Other(protocol::TCP),
                },
                protocol::UDP => match body.get(..8).map(|head| (head[4], head[5])) {
                    Some((high, low)) => {
                        let udp = Udp {
                            source: super::be16(body, 0),
                            destination: super::be16(body, 2),
                            length: usize::from(u16::from_be_bytes([high, low])),
                        };
                        Transport::Udp(udp, udp.length.saturating_sub(Udp::HEADER))
                    }
                    None => Transport::Other(protocol::UDP),
                },
                number @ (protocol::ICMP | protocol::ICMPV6) => match body.get(..2) {
                    Some(head) => Transport::Icmp(if number == protocol::ICMP { 4 } else { 6 }, head[0], head[1]),
                    None => Transport::Other(number),
                },
                number => Transport::Other(number),
            },
        };
        Some(Summary { source: header.source, destination: header.destination, ttl: header.ttl, transport })
    }
}

/// The control bits in the order in which they are usually read.
#[must_use]
pub fn flag_names(flags: u8) -> String {
    let names = [(flag::SYN, "SYN"), (flag::FIN, "FIN"), (flag::RST, "RST"), (flag::PSH, "PSH"), (flag::ACK, "ACK")];
    let set: Vec<&str> = names.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| *name).collect();
    set.join(" ")
}

/// What an ICMP type and code mean (RFC 792, RFC 4443), for the common ones.
#[must_use]
pub fn icmp_name(version: u8, kind: u8, code: u8) -> Option<&'static str> {
    Some(match (version, kind, code) {
        (4, 0, _) | (6, 129, _) => "echo reply",
        (4, 8, _) | (6, 128, _) => "echo request",
        (4, 3, 0) | (6, 1, 0) => "network unreachable",
        (4, 3, 1) | (6, 1, 3) => "host unreachable",
        (4, 3, 2) => "protocol unreachable",
        (4, 3, 3) | (6, 1, 4) => "port unreachable",
        (4, 11, 0) | (6, 3, 0) => "time exceeded",
        (6, 4, 1) => "unknown next header",
        _ => return None,
    })
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (source, destination) = (self.source, self.destination);
        match &self.transport {
            Transport::Tcp(tcp, length) => {
                let (from, to) = ((source, tcp.source).into(), (destination, tcp.destination).into());
                let (from, to): (std::net::SocketAddr, std::net::SocketAddr) = (from, to);
                write!(f, "{from} > {to} {} seq {}", flag_names(tcp.flags), tcp.seq)?;
                if tcp.has(flag::ACK) {
                    write!(f, " ack {}", tcp.ack)?;
                }
                write!(f, " win {} len {length}", tcp.window)
            }
            Transport::Udp(udp, length) => {
                let from: std::net::SocketAddr = (source, udp.source).into();
                let to: std::net::SocketAddr = (destination, udp.destination).into();
                write!(f, "{from} > {to} UDP len {length}")
            }
            Transport::Icmp(version, kind, code) => {
                write!(f, "{source} > {destination} ICMP{} ", if *version == 6 { "v6" } else { "" })?;
                match icmp_name(*version, *kind, *code) {
                    Some(name) => f.write_str(name),
                    None => write!(f, "type {kind} code {code}"),
                }
            }
            Transport::Piece(offset, length) => {
                write!(f, "{source} > {destination} fragment at {offset} len {length}")
            }
            Transport::Other(number) => write!(f, "{source} > {destination} protocol {number}"),
        }
    }
}
