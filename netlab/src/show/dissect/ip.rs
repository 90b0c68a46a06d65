//! The headers of IPv4 (RFC 791 section 3.1, RFC 2474, RFC 3168) and IPv6
//! (RFC 8200 sections 3 and 4).

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Dissection, icmp, protocol_name, transport};
use crate::packet::{Header, checksum_is_good, protocol, sum};

/// Extension headers that are followed at most.
const MOST_EXTENSIONS: usize = 16;

/// Where a packet lies, and what is known of the one who asks.
#[derive(Clone, Copy)]
pub(super) struct Inside {
    /// Where the payload begins and ends.
    pub(super) from: usize,
    pub(super) to: usize,
    /// Whether the checksum of the payload holds; `None` if a part is missing.
    pub(super) good: Option<bool>,
    /// How deep in quotations of ICMP errors this is.
    pub(super) depth: u8,
}

/// The packet in the bytes `from..to`.
pub(super) fn packet(d: &mut Dissection<'_>, from: usize, to: usize, depth: u8) {
    match d.bytes(from, to).first().map(|first| first >> 4) {
        Some(4) => v4(d, from, to, depth),
        Some(6) => v6(d, from, to, depth),
        _ => d.data("Data", from, to),
    }
}

/// Whether the checksum above IP holds, for a whole packet.
fn judge(d: &Dissection<'_>, from: usize, to: usize, depth: u8) -> Option<bool> {
    let packet = d.bytes(from, to);
    let header = Header::read(packet).filter(|header| depth == 0 && header.fragment.is_none())?;
    Some(checksum_is_good(&header, header.payload(packet)))
}

fn v4(d: &mut Dissection<'_>, from: usize, to: usize, depth: u8) {
    let at = from;
    let words = d.number(at, at + 1) as usize & 15;
    let head = at + words * 4;
    let whole = words >= 5 && head <= to;
    d.layer("IPv4", from, if whole { head } else { to.min(from + 20) });
    if to - from < 20 {
        d.cut_off(from, to, 20);
        return;
    }
    d.add_bits("Version", "4", at, at + 1, 0xf0);
    d.add_bits("IHL", format!("{words} ({} bytes)", words * 4), at, at + 1, 0x0f);
    d.add_bits("DSCP", (d.number(at + 1, at + 2) >> 2).to_string(), at + 1, at + 2, 0xfc);
    d.add_bits("ECN", (d.number(at + 1, at + 2) & 3).to_string(), at + 1, at + 2, 0x03);
    let total = d.decimal("Total Length", at + 2, at + 4) as usize;
    d.hexadecimal("Identification", at + 4, at + 6);
    d.flag("Reserved", at + 6, at + 8, 0x8000);
    d.flag("DF", at + 6, at + 8, 0x4000);
    d.flag("MF", at + 6, at + 8, 0x2000);
    let place = d.number(at + 6, at + 8);
    let offset = (place & 0x1fff) * 8;
    d.add_bits("Fragment Offset", format!("{} ({offset} bytes)", offset / 8), at + 6, at + 8, 0x1fff);
    d.decimal("Time to Live", at + 8, at + 9);
    let number = d.number(at + 9, at + 10);
    d.add("Protocol", format!("{number}{}", protocol_name(number)), at + 9, at + 10);
    d.checksum("Header Checksum", at + 10, whole.then(|| sum(d.bytes(at, head), 0) == 0xffff));
    for (name, at) in [("Source Address", at + 12), ("Destination Address", at + 16)] {
        let address = Ipv4Addr::from(d.number(at, at + 4));
        d.add(name, address.to_string(), at, at + 4);
    }
    if !whole {
        d.cut_off(from, to, words * 4);
        d.data("Data", (from + 20).min(to), to);
        return;
    }
    d.text("Options", at + 20, head);
    let good = judge(d, from, to, depth);
    // A quotation is often cut; a length that cannot be is not believed.
    let end = if total >= words * 4 { (from + total).min(to) } else { to };
    if offset > 0 || place & 0x2000 != 0 && depth == 0 {
        fragment(d, head, end, number, offset as usize);
    } else {
        payload(d, number, Inside { from: head, to: end, good, depth });
    }
    d.data("Trailing Data", end, to);
}

/// A piece of a packet: only the first one has the header of the next layer,
/// and its checksum is about bytes that are elsewhere.
fn fragment(d: &mut Dissection<'_>, from: usize, to: usize, number: u32, offset: usize) {
    if offset > 0 {
        d.data("Fragment", from, to);
    } else {
        payload(d, number, Inside { from, to, good: None, depth: 0 });
    }
}

fn v6(d: &mut Dissection<'_>, from: usize, to: usize, depth: u8) {
    let at = from;
    d.layer("IPv6", from, to.min(from + 40));
    if to - from < 40 {
        d.cut_off(from, to, 40);
        return;
    }
    d.add_bits("Version", "6", at, at + 4, 0xf000_0000);
    let first = d.number(at, at + 4);
    d.add_bits("Traffic Class", (first >> 20 & 0xff).to_string(), at, at + 4, 0x0ff0_0000);
    d.add_bits("Flow Label", format!("0x{:05x}", first & 0xf_ffff), at, at + 4, 0x000f_ffff);
    let length = d.decimal("Payload Length", at + 4, at + 6) as usize;
    let mut number = d.number(at + 6, at + 7);
    d.add("Next Header", format!("{number}{}", protocol_name(number)), at + 6, at + 7);
    d.decimal("Hop Limit", at + 7, at + 8);
    for (name, at) in [("Source Address", at + 8), ("Destination Address", at + 24)] {
        let octets: Option<[u8; 16]> = d.bytes(at, at + 16).try_into().ok();
        let address = octets.map_or_else(String::new, |octets| Ipv6Addr::from(octets).to_string());
        d.add(name, address, at, at + 16);
    }
    let good = judge(d, from, to, depth);
    let end = (from + 40 + length).min(to);
    let mut at = from + 40;
    for _ in 0..MOST_EXTENSIONS {
        let (next, after, more) = match number {
            44 => v6_fragment(d, at, end),
            0 | 43 | 60 => extension(d, number, at, end),
            _ => break,
        };
        (number, at) = (next, after);
        if !more {
            d.data("Trailing Data", end, to);
            return;
        }
    }
    let depth_good = if at > from + 40 { None } else { good };
    payload(d, number, Inside { from: at, to: end, good: depth_good, depth });
    d.data("Trailing Data", end, to);
}

/// The fragment header; gives the next header, where it begins, and whether
/// that is to be read.
fn v6_fragment(d: &mut Dissection<'_>, at: usize, end: usize) -> (u32, usize, bool) {
    d.layer("IPv6 Fragment", at, end.min(at + 8));
    if end - at < 8 {
        d.cut_off(at, end, 8);
        return (59, end, false);
    }
    let number = d.number(at, at + 1);
    d.add("Next Header", format!("{number}{}", protocol_name(number)), at, at + 1);
    d.decimal("Reserved", at + 1, at + 2);
    let offset = d.number(at + 2, at + 4) & 0xfff8;
    d.add_bits("Fragment Offset", format!("{} ({offset} bytes)", offset / 8), at + 2, at + 4, 0xfff8);
    d.flag("M", at + 2, at + 4, 1);
    d.hexadecimal("Identification", at + 4, at + 8);
    if offset > 0 {
        d.data("Fragment", at + 8, end);
    }
    (number, at + 8, offset == 0)
}

fn extension(d: &mut Dissection<'_>, number: u32, at: usize, end: usize) -> (u32, usize, bool) {
    let length = if end - at < 2 { 2 } else { (d.number(at + 1, at + 2) as usize + 1) * 8 };
    let name = protocol_name(number).trim_matches([' ', '(', ')']);
    d.layer(format!("IPv6 {name}"), at, end.min(at + length));
    if end - at < length {
        d.cut_off(at, end, length);
        return (59, end, false);
    }
    let next = d.number(at, at + 1);
    d.add("Next Header", format!("{next}{}", protocol_name(next)), at, at + 1);
    d.decimal("Hdr Ext Len", at + 1, at + 2);
    d.text("Data", at + 2, at + length);
    (next, at + length, true)
}

fn payload(d: &mut Dissection<'_>, number: u32, inside: Inside) {
    if inside.from >= inside.to {
        return;
    }
    match u8::try_from(number) {
        Ok(protocol::TCP) => transport::tcp(d, inside),
        Ok(protocol::UDP) => transport::udp(d, inside),
        Ok(protocol::ICMP) => icmp::message(d, inside, 4),
        Ok(protocol::ICMPV6) => icmp::message(d, inside, 6),
        _ => d.data("Data", inside.from, inside.to),
    }
}
