//! ICMP (RFC 792) and ICMPv6 (RFC 4443), with the packets they quote.

use super::ip::{self, Inside};
use super::{DEEPEST, Dissection};
use crate::packet::icmp_name;

/// A message of the ICMP of this version of IP.
pub(super) fn message(d: &mut Dissection<'_>, Inside { from: at, to, good, depth }: Inside, version: u8) {
    d.layer(if version == 4 { "ICMP" } else { "ICMPv6" }, at, to.min(at + 8));
    if to - at < 8 {
        d.cut_off(at, to, 8);
        return;
    }
    let (kind, code) = (d.number(at, at + 1), d.number(at + 1, at + 2));
    let known = icmp_name(version, kind as u8, code as u8);
    let name = known.map_or_else(|| type_name(version, kind).to_owned(), |name| format!(" ({name})"));
    d.add("Type", format!("{kind}{name}"), at, at + 1);
    d.decimal("Code", at + 1, at + 2);
    d.checksum("Checksum", at + 2, good);
    match (version, kind, code) {
        (4, 0 | 8, _) | (6, 128 | 129, _) => {
            d.decimal("Identifier", at + 4, at + 6);
            d.decimal("Sequence Number", at + 6, at + 8);
            d.data("Data", at + 8, to);
            return;
        }
        // RFC 1191 section 4.
        (4, 3, 4) => {
            d.hexadecimal("unused", at + 4, at + 6);
            d.decimal("Next-Hop MTU", at + 6, at + 8);
        }
        (4, 5, _) => {
            let gateway = std::net::Ipv4Addr::from(d.number(at + 4, at + 8));
            d.add("Gateway Internet Address", gateway.to_string(), at + 4, at + 8);
        }
        (4, 12, _) => {
            d.decimal("Pointer", at + 4, at + 5);
            d.hexadecimal("unused", at + 5, at + 8);
        }
        (6, 2, _) => drop(d.decimal("MTU", at + 4, at + 8)),
        (6, 4, _) => drop(d.decimal("Pointer", at + 4, at + 8)),
        _ => d.hexadecimal("unused", at + 4, at + 8),
    }
    let quotes = matches!((version, kind), (4, 3 | 4 | 5 | 11 | 12) | (6, 1..=4));
    if quotes && depth < DEEPEST && at + 8 < to {
        let first = d.layers.len();
        ip::packet(d, at + 8, to, depth + 1);
        // The packet that the message is about is not one that is on its way.
        for layer in &mut d.layers[first..] {
            layer.name.push_str(" (quoted)");
        }
    } else {
        d.data("Data", at + 8, to);
    }
}

/// Types whose codes are not told apart here.
fn type_name(version: u8, kind: u32) -> &'static str {
    match (version, kind) {
        (4, 3) | (6, 1) => " (destination unreachable)",
        (4, 4) => " (source quench)",
        (4, 5) | (6, 137) => " (redirect)",
        (4, 11) | (6, 3) => " (time exceeded)",
        (4, 12) | (6, 4) => " (parameter problem)",
        (6, 2) => " (packet too big)",
        (6, 133) => " (router solicitation)",
        (6, 134) => " (router advertisement)",
        (6, 135) => " (neighbor solicitation)",
        (6, 136) => " (neighbor advertisement)",
        _ => "",
    }
}
