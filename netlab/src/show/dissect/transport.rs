//! TCP (RFC 9293 section 3.1) with its options, and UDP (RFC 768).

use super::Dissection;
use super::ip::Inside;

/// Control bits with their masks in the 16 bits of data offset and flags.
const FLAGS: &[(&str, u32)] = &[
    ("CWR", 0x80),
    ("ECE", 0x40),
    ("URG", 0x20),
    ("ACK", 0x10),
    ("PSH", 0x08),
    ("RST", 0x04),
    ("SYN", 0x02),
    ("FIN", 0x01),
];

/// A TCP segment, or as much of it as is there.
pub(super) fn tcp(d: &mut Dissection<'_>, Inside { from: at, to, good, .. }: Inside) {
    if to - at < 20 {
        d.layer("TCP", at, to);
        // An ICMP error has to quote only 8 bytes (RFC 792).
        if to - at >= 8 {
            d.decimal("Source Port", at, at + 2);
            d.decimal("Destination Port", at + 2, at + 4);
            d.decimal("Sequence Number", at + 4, at + 8);
        }
        d.cut_off(at, to, 20);
        return;
    }
    let words = (d.number(at + 12, at + 13) >> 4) as usize;
    let head = at + words * 4;
    let whole = words >= 5 && head <= to;
    d.layer("TCP", at, if whole { head } else { at + 20 });
    d.decimal("Source Port", at, at + 2);
    d.decimal("Destination Port", at + 2, at + 4);
    d.decimal("Sequence Number", at + 4, at + 8);
    d.decimal("Acknowledgment Number", at + 8, at + 12);
    d.add_bits("Data Offset", format!("{words} ({} bytes)", words * 4), at + 12, at + 13, 0xf0);
    let reserved = d.number(at + 12, at + 13) & 15;
    d.add_bits("Reserved", reserved.to_string(), at + 12, at + 13, 0x0f);
    for (name, mask) in FLAGS {
        d.flag(name, at + 13, at + 14, *mask);
    }
    d.decimal("Window", at + 14, at + 16);
    d.checksum("Checksum", at + 16, good);
    d.decimal("Urgent Pointer", at + 18, at + 20);
    if !whole {
        d.cut_off(at, to, words * 4);
        d.data("Data", at + 20, to);
        return;
    }
    options(d, at + 20, head);
    d.data("Data", head, to);
}

/// The options: kinds of the IANA registry that are met on the way.
fn options(d: &mut Dissection<'_>, from: usize, to: usize) {
    let mut at = from;
    while at < to {
        let kind = d.number(at, at + 1);
        match kind {
            0 => {
                d.add("End of Option List", "", at, at + 1);
                d.text("Padding", at + 1, to);
                return;
            }
            1 => {
                d.add("No-Operation", "", at, at + 1);
                at += 1;
                continue;
            }
            _ => {}
        }
        let length = d.number(at + 1, at + 2) as usize;
        let end = at + length;
        if at + 2 > to || length < 2 || end > to {
            d.add(format!("Option {kind}"), "cut off", at, to);
            return;
        }
        let name = match (kind, length) {
            (2, 4) => "Maximum Segment Size",
            (3, 3) => "Window Scale",
            (4, 2) => "SACK Permitted",
            (5, _) => "SACK",
            (8, 10) => "Timestamps",
            (28, 4) => "User Timeout",
            (34, _) => "TCP Fast Open",
            _ => "",
        };
        let value = match (kind, length) {
            (2, 4) => d.number(at + 2, end).to_string(),
            (3, 3) => {
                let shift = d.number(at + 2, end);
                format!("{shift} (times {})", 1_u64 << shift.min(14))
            }
            // RFC 2018: pairs of left and right edge.
            (5, _) => {
                let edges = (at + 2..end).step_by(8).filter(|edge| edge + 8 <= end);
                let blocks = edges.map(|at| format!("{}-{}", d.number(at, at + 4), d.number(at + 4, at + 8)));
                blocks.collect::<Vec<_>>().join(", ")
            }
            // RFC 7323 section 3.2.
            (8, 10) => format!("TSval {}, TSecr {}", d.number(at + 2, at + 6), d.number(at + 6, end)),
            _ => {
                let mut hex = String::new();
                crate::json::hex(&mut hex, d.bytes(at + 2, end));
                hex
            }
        };
        if name.is_empty() {
            d.add(format!("Option {kind}"), value, at, end);
        } else {
            d.add(name, value, at, end);
        }
        at = end;
    }
}

/// A UDP datagram, or as much of it as is there.
pub(super) fn udp(d: &mut Dissection<'_>, Inside { from: at, to, good, .. }: Inside) {
    d.layer("UDP", at, to.min(at + 8));
    if to - at < 8 {
        d.cut_off(at, to, 8);
        return;
    }
    d.decimal("Source Port", at, at + 2);
    d.decimal("Destination Port", at + 2, at + 4);
    let length = d.decimal("Length", at + 4, at + 6) as usize;
    if d.number(at + 6, at + 8) == 0 {
        d.add("Checksum", "0x0000 (none)", at + 6, at + 8);
    } else {
        d.checksum("Checksum", at + 6, good);
    }
    let end = if length >= 8 { (at + length).min(to) } else { to };
    d.data("Data", at + 8, end);
    d.data("Trailing Data", end, to);
}
