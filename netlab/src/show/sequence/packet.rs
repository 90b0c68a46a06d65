//! What an arrow says about its packet, and how it looks.

use crate::packet::{Header, Piece, Summary, Tcp, Transport, flag, icmp_name};

/// How a kind of packet is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// Its class.
    pub(super) class: &'static str,
    /// Attributes of its line.
    pub(super) stroke: &'static str,
    /// Whether its head is filled.
    pub(super) filled: bool,
}

/// How `packet` is drawn.
pub(super) fn look(packet: &[u8]) -> Look {
    let (class, stroke, filled) = match Summary::of(packet).map(|summary| summary.transport) {
        Some(Transport::Tcp(tcp, _)) if tcp.has(flag::RST) => {
            ("rst", r#"stroke-width="3" stroke-dasharray="14 5""#, true)
        }
        Some(Transport::Tcp(_, length)) if length > 0 => ("data", r#"stroke-width="3.5""#, true),
        Some(Transport::Tcp(tcp, _)) if tcp.has(flag::SYN) => ("syn", r#"stroke-width="2""#, true),
        Some(Transport::Tcp(tcp, _)) if tcp.has(flag::FIN) => ("fin", r#"stroke-width="2""#, true),
        Some(Transport::Tcp(..)) => ("ack", r#"stroke-width="1.5""#, false),
        Some(Transport::Udp(..) | Transport::Piece(..)) => {
            ("udp", r#"stroke-width="2.5" stroke-dasharray="8 5""#, true)
        }
        Some(Transport::Icmp(..)) => {
            ("icmp", r#"stroke-width="2.5" stroke-dasharray="2 5" stroke-linecap="round""#, true)
        }
        Some(Transport::Other(_)) | None => ("other", r#"stroke-width="2" stroke-dasharray="12 4 2 4""#, false),
    };
    Look { class, stroke, filled }
}

/// The words on an arrow. `ttl` asks for the time to live.
pub(super) fn label(packet: &[u8], ttl: bool) -> String {
    let Some(summary) = Summary::of(packet) else { return "?".to_owned() };
    let mut label = match summary.transport {
        Transport::Tcp(tcp, length) => segment(&tcp, length),
        Transport::Udp(_, length) => format!("UDP {length}"),
        Transport::Icmp(version, kind, code) => match icmp_name(version, kind, code) {
            Some(name) => format!("ICMP {name}"),
            None => format!("ICMP {kind}/{code}"),
        },
        Transport::Piece(offset, length) => format!("fragment {offset}+{length}"),
        Transport::Other(number) => format!("protocol {number}"),
    };
    if let Some(Header { fragment: Some(Piece { offset: 0, .. }), .. }) = Header::read(packet) {
        label.push_str(", fragment 0");
    }
    if ttl {
        label.push_str(&format!(", TTL {}", summary.ttl));
    }
    label
}

fn segment(tcp: &Tcp, length: usize) -> String {
    let mut parts = Vec::new();
    if tcp.has(flag::SYN) {
        parts.push(if tcp.has(flag::ACK) { "SYN-ACK" } else { "SYN" }.to_owned());
    }
    if length > 0 {
        parts.push(format!("data {length}"));
    }
    for (bit, name) in [(flag::FIN, "FIN"), (flag::RST, "RST")] {
        if tcp.has(bit) {
            parts.push(name.to_owned());
        }
    }
    if parts.is_empty() && tcp.has(flag::ACK) {
        parts.push("ACK".to_owned());
    }
    // A closed window is why a sender is silent.
    if tcp.window == 0 && tcp.flags & (flag::RST | flag::SYN) == 0 {
        parts.push("window 0".to_owned());
    }
    parts.join(" ")
}

/// What makes a packet the same as one that was sent before: of TCP, the bytes
/// it carries; of what carries nothing there is nothing to send again.
pub(super) fn identity(packet: &[u8]) -> Option<Vec<u8>> {
    let header = Header::read(packet)?;
    let body = header.payload(packet);
    let Some(Summary { transport: Transport::Tcp(tcp, _), .. }) = Summary::of(packet) else { return None };
    let length = tcp.sequence_length(body.len());
    if length == 0 || tcp.has(flag::RST) {
        return None;
    }
    let addresses = if header.source.is_ipv4() { 12..20 } else { 8..40 };
    let mut identity = packet.get(addresses)?.to_vec();
    // Both ports and the sequence number.
    identity.extend(body.get(..8)?);
    identity.extend(length.to_be_bytes());
    // In a simultaneous open a SYN-ACK comes after the SYN: not the same segment.
    identity.push(tcp.flags & flag::ACK);
    Some(identity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::{icmp_error, ip, protocol, udp};

    #[test]
    fn an_arrow_says_what_its_packet_is() {
        let (a, b) = ("10.0.0.1:1".parse().unwrap(), "10.0.0.2:2".parse::<std::net::SocketAddr>().unwrap());
        let a: std::net::SocketAddr = a;
        let datagram = ip(a.ip(), b.ip(), protocol::UDP, 3, 7, &udp(a, b, b"hello"));
        assert_eq!(label(&datagram, false), "UDP 5");
        assert_eq!(label(&datagram, true), "UDP 5, TTL 3");
        let error = icmp_error(b.ip(), &datagram, (3, 3), (1, 4)).unwrap();
        assert_eq!(label(&error, false), "ICMP port unreachable");
        let mut segment = vec![0, 80, 0, 81, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, flag::ACK, 0, 0, 0, 0, 0, 0];
        let tcp = |segment: &[u8]| ip(a.ip(), b.ip(), protocol::TCP, 64, 7, segment);
        assert_eq!(label(&tcp(&segment), false), "ACK window 0");
        segment[13] = flag::FIN | flag::ACK;
        segment[14] = 1;
        segment.extend(b"bye");
        assert_eq!(label(&tcp(&segment), false), "data 3 FIN");
        assert_eq!(look(&tcp(&segment)).class, "data");
        assert_eq!(label(b"nonsense", true), "?");
    }
}
