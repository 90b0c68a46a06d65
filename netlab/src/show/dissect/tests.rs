use std::net::SocketAddr;

use super::*;
use crate::packet::{echo_request_v4, icmp_error, ip, protocol, split, udp};
use crate::rng::Rng;

fn at(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn datagram(from: &str, to: &str, data: &[u8]) -> Vec<u8> {
    let (from, to) = (at(from), at(to));
    ip(from.ip(), to.ip(), protocol::UDP, 64, 7, &udp(from, to, data))
}

/// `layer: name value [from..to] bits` a line.
fn lines(packet: &[u8]) -> Vec<String> {
    let mut dissection = Dissection { packet, layers: Vec::new() };
    super::ip::packet(&mut dissection, 0, packet.len(), 0);
    let mut out = Vec::new();
    for Layer { name: layer, fields, .. } in &dissection.layers {
        for Field { name, value, from, to, bits } in fields {
            let bits = bits.as_ref().map_or_else(String::new, |bits| format!(" {bits}"));
            out.push(format!("{layer}: {name} {value} [{from}..{to}]{bits}"));
        }
    }
    out
}

#[test]
fn a_datagram_is_told_field_by_field() {
    let expected = [
        "IPv4: Version 4 [0..1] 0100 ....",
        "IPv4: IHL 5 (20 bytes) [0..1] .... 0101",
        "IPv4: DSCP 0 [1..2] 0000 00..",
        "IPv4: ECN 0 [1..2] .... ..00",
        "IPv4: Total Length 30 [2..4]",
        "IPv4: Identification 0x0007 [4..6]",
        "IPv4: Reserved 0 [6..8] 0... .... .... ....",
        "IPv4: DF 0 [6..8] .0.. .... .... ....",
        "IPv4: MF 0 [6..8] ..0. .... .... ....",
        "IPv4: Fragment Offset 0 (0 bytes) [6..8] ...0 0000 0000 0000",
        "IPv4: Time to Live 64 [8..9]",
        "IPv4: Protocol 17 (UDP) [9..10]",
        "IPv4: Header Checksum 0x66c6 (correct) [10..12]",
        "IPv4: Source Address 10.0.0.1 [12..16]",
        "IPv4: Destination Address 10.0.0.2 [16..20]",
        "UDP: Source Port 1000 [20..22]",
        "UDP: Destination Port 53 [22..24]",
        "UDP: Length 10 [24..26]",
        "UDP: Checksum 0x7f51 (correct) [26..28]",
        "Data: Data \"hi\" [28..30]",
    ];
    let mut packet = datagram("10.0.0.1:1000", "10.0.0.2:53", b"hi");
    assert_eq!(lines(&packet), expected);
    packet[29] ^= 1;
    assert_eq!(lines(&packet)[18], "UDP: Checksum 0x7f51 (wrong) [26..28]");
    packet.extend([0, 0]);
    assert_eq!(lines(&packet).last().unwrap(), "Trailing Data: Data \"\\0\\0\" [30..32]");
}

#[test]
fn the_json_has_places_and_bits() {
    let json = dissect(&datagram("[fd00::1]:1000", "[fd00::2]:53", b"\"\n"));
    let start = r#"[{"layer":"IPv6","from":0,"to":40,"fields":[{"name":"Version","value":"6","from":0,"to":4,"bits":"0110 .... .... .... .... .... .... ...."},"#;
    assert!(json.starts_with(start), "{json}");
    let end =
        r#"{"layer":"Data","from":48,"to":50,"fields":[{"name":"Data","value":"\"\\\"\\n\"","from":48,"to":50}]}]"#;
    assert!(json.ends_with(end), "{json}");
    assert_eq!(dissect(b""), "[]");
}

#[test]
fn a_segment_has_its_options_and_flags() {
    let (a, b) = (at("10.0.0.1:1"), at("10.0.0.2:2"));
    let mut segment = vec![0, 1, 0, 2, 0, 0, 0, 9, 0, 0, 0, 8, 0xd0, 0x12, 0xff, 0xff, 0, 0, 0, 0];
    segment
        .extend([2, 4, 5, 180, 1, 3, 3, 7, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 5, 10, 0, 0, 0, 1, 0, 0, 0, 5, 0, 9]);
    let told = lines(&ip(a.ip(), b.ip(), protocol::TCP, 64, 7, &segment));
    let expected = [
        "TCP: Sequence Number 9 [24..28]",
        "TCP: Acknowledgment Number 8 [28..32]",
        "TCP: Data Offset 13 (52 bytes) [32..33] 1101 ....",
        "TCP: ACK 1 [33..34] ...1 ....",
        "TCP: SYN 1 [33..34] .... ..1.",
        "TCP: FIN 0 [33..34] .... ...0",
        "TCP: Window 65535 [34..36]",
        "TCP: Maximum Segment Size 1460 [40..44]",
        "TCP: No-Operation  [44..45]",
        "TCP: Window Scale 7 (times 128) [45..48]",
        "TCP: SACK Permitted  [48..50]",
        "TCP: Timestamps TSval 1, TSecr 2 [50..60]",
        "TCP: SACK 1-5 [60..70]",
        "TCP: End of Option List  [70..71]",
        "TCP: Padding \"\\t\" [71..72]",
    ];
    for line in expected {
        assert!(told.iter().any(|told| told == line), "{line}: {told:#?}");
    }
}

#[test]
fn an_error_quotes_the_packet_that_it_is_about() {
    for (from, to, v) in [("10.0.0.1:1000", "10.0.0.2:53", 4), ("[fd00::1]:1000", "[fd00::2]:53", 6)] {
        let packet = icmp_error(at(to).ip(), &datagram(from, to, b"hi"), (3, 3), (1, 4)).unwrap();
        let told = lines(&packet).join("\n");
        let (outer, icmp) = if v == 4 { ("IPv4", "ICMP: Type 3") } else { ("IPv6", "ICMPv6: Type 1") };
        for part in [
            &format!("{icmp} (port unreachable)"),
            &format!("{outer} (quoted): Version {v}"),
            "UDP (quoted): Destination Port 53",
            "Data (quoted): Data \"hi\"",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
    let ping = ip(at("10.0.0.1:0").ip(), at("10.0.0.2:0").ip(), protocol::ICMP, 64, 1, &echo_request_v4(7, 1, b"x"));
    let told = lines(&ping).join("\n");
    assert!(told.contains("ICMP: Type 8 (echo request)") && told.contains("ICMP: Identifier 7"), "{told}");
}

#[test]
fn fragments_say_where_they_belong() {
    for (from, to) in [("10.0.0.1:1000", "10.0.0.2:53"), ("[fd00::1]:1000", "[fd00::2]:53")] {
        let pieces = split(datagram(from, to, &[b'x'; 2000]), 1500, 9);
        let (first, second) = (lines(&pieces[0]).join("\n"), lines(&pieces[1]).join("\n"));
        assert!(first.contains("UDP: Length 2008") && first.contains(" [26..28]") == from.starts_with('1'), "{first}");
        assert!(!first.contains("(wrong)"), "{first}");
        assert!(second.contains("Fragment: Data \"xxx") && !second.contains("UDP:"), "{second}");
        assert!(second.contains("Fragment Offset 18"), "{second}");
    }
}

/// Every byte belongs to a layer, no field leaves the packet, nothing panics.
#[test]
fn any_bytes_have_an_answer() {
    let mut rng = Rng::new(5, 0);
    let good = [
        datagram("10.0.0.1:1000", "10.0.0.2:53", &[7; 100]),
        datagram("[fd00::1]:1000", "[fd00::2]:53", &[7; 100]),
        icmp_error(at("10.0.0.2:1").ip(), &datagram("10.0.0.1:1000", "10.0.0.2:53", &[7; 100]), (3, 3), (1, 4))
            .unwrap(),
        icmp_error(at("[fd00::2]:1").ip(), &datagram("[fd00::1]:1", "[fd00::2]:53", &[7; 100]), (3, 3), (1, 4))
            .unwrap(),
    ];
    for round in 0..4_000 {
        let mut packet: Vec<u8> = if round % 2 == 0 {
            (0..rng.below(120)).map(|_| rng.draw() as u8).collect()
        } else {
            good[rng.below(4) as usize].clone()
        };
        for _ in 0..rng.below(4) {
            let at = rng.below(packet.len().max(1) as u32) as usize;
            if let Some(byte) = packet.get_mut(at) {
                *byte = rng.draw() as u8;
            }
        }
        if rng.below(3) == 0 {
            packet.truncate(rng.below(packet.len() as u32 + 1) as usize);
        }
        if let Some(first) = packet.first_mut().filter(|_| round % 4 == 0) {
            *first = if rng.below(2) == 0 { 0x40 | (rng.below(16) as u8) } else { 0x60 };
        }
        let mut dissection = Dissection { packet: &packet, layers: Vec::new() };
        super::ip::packet(&mut dissection, 0, packet.len(), 0);
        let mut reached = 0;
        for layer in &dissection.layers {
            assert!(layer.from == reached && layer.from <= layer.to && layer.to <= packet.len(), "{packet:02x?}");
            reached = layer.to;
            for field in &layer.fields {
                assert!(
                    field.from <= field.to && layer.from <= field.from && field.to <= packet.len(),
                    "{packet:02x?}"
                );
            }
        }
        assert_eq!(reached, packet.len(), "{packet:02x?}");
        assert!(dissect(&packet).starts_with('['));
    }
}
