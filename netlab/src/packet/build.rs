//! Writing packets. All of it in network byte order, checksums included.

use std::net::{IpAddr, SocketAddr};

use super::{Header, Tcp, Udp, flag, protocol};

/// The ones' complement sum of RFC 1071, not yet inverted.
pub(crate) fn sum(bytes: &[u8], start: u32) -> u16 {
    let mut sum = u64::from(start);
    let mut words = bytes.chunks_exact(2);
    for word in &mut words {
        sum += u64::from(u16::from_be_bytes([word[0], word[1]]));
    }
    if let [last] = words.remainder() {
        sum += u64::from(*last) << 8;
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}

/// The sum of the pseudo header: RFC 9293 section 3.1, RFC 8200 section 8.1.
fn pseudo(source: IpAddr, destination: IpAddr, protocol: u8, length: usize) -> u32 {
    let mut head = Vec::with_capacity(40);
    for address in [source, destination] {
        match address {
            IpAddr::V4(address) => head.extend(address.octets()),
            IpAddr::V6(address) => head.extend(address.octets()),
        }
    }
    let length = length as u32;
    head.extend(length.to_be_bytes());
    head.extend([0, protocol]);
    u32::from(sum(&head, 0))
}

/// Whether the checksum of the transport header holds. A UDP checksum of 0 over
/// IPv4 means that there is none (RFC 768).
#[must_use]
pub fn checksum_is_good(header: &Header, payload: &[u8]) -> bool {
    let start = match header.protocol {
        protocol::ICMP => 0,
        protocol::UDP => {
            let Some(udp) = Udp::read(payload) else { return false };
            if header.source.is_ipv4() && payload.get(6..8) == Some(&[0, 0]) {
                return true;
            }
            let start = pseudo(header.source, header.destination, protocol::UDP, udp.length);
            return sum(&payload[..udp.length], start) == 0xffff;
        }
        protocol::TCP | protocol::ICMPV6 => pseudo(header.source, header.destination, header.protocol, payload.len()),
        _ => return true,
    };
    sum(payload, start) == 0xffff
}

/// An IP packet around `payload`, in the version of the addresses. `id` is the
/// identification field of IPv4. A payload longer than 65,515 bytes is cut: the
/// calls have refused it before.
#[must_use]
pub fn ip(source: IpAddr, destination: IpAddr, protocol: u8, ttl: u8, id: u16, payload: &[u8]) -> Vec<u8> {
    match (source, destination) {
        (IpAddr::V6(source), IpAddr::V6(destination)) => {
            let payload = &payload[..payload.len().min(65_535)];
            let mut packet = vec![0x60, 0, 0, 0];
            packet.extend((payload.len() as u16).to_be_bytes());
            packet.extend([protocol, ttl]);
            packet.extend(source.octets());
            packet.extend(destination.octets());
            packet.extend(payload);
            packet
        }
        _ => {
            let octets = |address: IpAddr| match address {
                IpAddr::V4(address) => address.octets(),
                IpAddr::V6(address) => address.to_ipv4_mapped().map_or([0; 4], |address| address.octets()),
            };
            let payload = &payload[..payload.len().min(65_515)];
            let mut packet = vec![0x45, 0];
            packet.extend((payload.len() as u16 + 20).to_be_bytes());
            packet.extend(id.to_be_bytes());
            packet.extend([0, 0, ttl, protocol, 0, 0]);
            packet.extend(octets(source));
            packet.extend(octets(destination));
            let check = !sum(&packet, 0);
            packet[10..12].copy_from_slice(&check.to_be_bytes());
            packet.extend(payload);
            packet
        }
    }
}

/// The packet with another time to live (a router lowers it by one).
#[must_use]
pub fn with_ttl(mut packet: Vec<u8>, ttl: u8) -> Vec<u8> {
    if packet.first().is_some_and(|first| first >> 4 == 4) && packet.len() >= 20 {
        let head = usize::from(packet[0] & 15) * 4;
        packet[8] = ttl;
        packet[10..12].fill(0);
        let check = !sum(packet.get(..head).unwrap_or_default(), 0);
        packet[10..12].copy_from_slice(&check.to_be_bytes());
    } else if packet.len() >= 40 {
        packet[7] = ttl;
    }
    packet
}

/// A UDP datagram with header and checksum (RFC 768).
#[must_use]
pub fn udp(from: SocketAddr, to: SocketAddr, data: &[u8]) -> Vec<u8> {
    let length = data.len() + Udp::HEADER;
    let mut datagram = Vec::with_capacity(length);
    datagram.extend(from.port().to_be_bytes());
    datagram.extend(to.port().to_be_bytes());
    datagram.extend((length as u16).to_be_bytes());
    datagram.extend([0, 0]);
    datagram.extend(data);
    let check = !sum(&datagram, pseudo(from.ip(), to.ip(), protocol::UDP, length));
    // 0 would mean "no checksum"; both zeros of ones' complement are equal.
    let check = if check == 0 { 0xffff } else { check };
    datagram[6..8].copy_from_slice(&check.to_be_bytes());
    datagram
}

/// The answer to a segment that belongs to no connection: RFC 9293 section
/// 3.10.7.1. `None` for a RST, which is never answered.
#[must_use]
pub fn reset_for(header: &Header, segment: &[u8]) -> Option<Vec<u8>> {
    let tcp = Tcp::read(segment)?;
    if tcp.has(flag::RST) {
        return None;
    }
    let (seq, ack, flags) = if tcp.has(flag::ACK) {
        (tcp.ack, 0, flag::RST)
    } else {
        (0, tcp.seq.wrapping_add(tcp.sequence_length(segment.len())), flag::RST | flag::ACK)
    };
    let mut reset = Vec::with_capacity(20);
    reset.extend(tcp.destination.to_be_bytes());
    reset.extend(tcp.source.to_be_bytes());
    reset.extend(seq.to_be_bytes());
    reset.extend(ack.to_be_bytes());
    reset.extend([0x50, flags, 0, 0, 0, 0, 0, 0]);
    let check = !sum(&reset, pseudo(header.destination, header.source, protocol::TCP, reset.len()));
    reset[16..18].copy_from_slice(&check.to_be_bytes());
    Some(ip(header.destination, header.source, protocol::TCP, 64, 0, &reset))
}

/// An ICMP error about `packet`, from `source` to its sender: type and code of
/// RFC 792 for IPv4, of RFC 4443 for IPv6. `None` where none may be sent: about
/// an ICMP error, a later fragment, or a packet to many (RFC 1122 section 3.2.2).
#[must_use]
pub fn icmp_error(source: IpAddr, packet: &[u8], v4: (u8, u8), v6: (u8, u8)) -> Option<Vec<u8>> {
    let header = Header::read(packet)?;
    if header.fragment.is_some_and(|piece| piece.offset > 0) || header.source.is_unspecified() {
        return None;
    }
    let kind = header.payload(packet).first().copied();
    match header.source {
        IpAddr::V4(_) => {
            if header.protocol == protocol::ICMP && !matches!(kind, Some(0 | 8)) {
                return None;
            }
            // As much of the packet as fits into 576 bytes (RFC 1812 section 4.3.2.3).
            let quoted = &packet[..header.total().min(576 - 28)];
            let mut message = vec![v4.0, v4.1, 0, 0, 0, 0, 0, 0];
            message.extend(quoted);
            let check = !sum(&message, 0);
            message[2..4].copy_from_slice(&check.to_be_bytes());
            Some(ip(source, header.source, protocol::ICMP, 64, 0, &message))
        }
        IpAddr::V6(_) => {
            if header.protocol == protocol::ICMPV6 && kind.is_none_or(|kind| kind < 128) {
                return None;
            }
            // As much as fits into the smallest MTU (RFC 4443 section 2.4).
            let quoted = &packet[..header.total().min(1280 - 48)];
            let mut message = vec![v6.0, v6.1, 0, 0, 0, 0, 0, 0];
            message.extend(quoted);
            finish_icmpv6(source, header.source, &mut message);
            Some(ip(source, header.source, protocol::ICMPV6, 64, 0, &message))
        }
    }
}

/// Writes the checksum of an ICMPv6 message, which covers the addresses.
pub fn finish_icmpv6(source: IpAddr, destination: IpAddr, message: &mut [u8]) {
    if message.len() < 4 {
        return;
    }
    message[2..4].fill(0);
    let check = !sum(message, pseudo(source, destination, protocol::ICMPV6, message.len()));
    message[2..4].copy_from_slice(&check.to_be_bytes());
}

/// An ICMP echo request (RFC 792) without an IP header.
#[must_use]
pub fn echo_request_v4(id: u16, seq: u16, data: &[u8]) -> Vec<u8> {
    let mut message = vec![8, 0, 0, 0];
    message.extend(id.to_be_bytes());
    message.extend(seq.to_be_bytes());
    message.extend(data);
    let check = !sum(&message, 0);
    message[2..4].copy_from_slice(&check.to_be_bytes());
    message
}

/// The answer to an echo request of either version; `None` for anything else.
#[must_use]
pub fn echo_reply(header: &Header, message: &[u8]) -> Option<Vec<u8>> {
    let mut reply = message.to_vec();
    let (from, to) = (header.destination, header.source);
    match (header.protocol, message.get(..8)?.first()?) {
        (protocol::ICMP, 8) => {
            reply[0] = 0;
            reply[2..4].fill(0);
            let check = !sum(&reply, 0);
            reply[2..4].copy_from_slice(&check.to_be_bytes());
        }
        (protocol::ICMPV6, 128) => {
            reply[0] = 129;
            finish_icmpv6(from, to, &mut reply);
        }
        _ => return None,
    }
    Some(ip(from, to, header.protocol, 64, 0, &reply))
}
