//! Random text and random packets for what reads them.

use netlab::packet::{Header, Kind, Reassembler, Summary, Tcp, Udp, protocol};
use netlab::rng::Rng;
use netlab::rust::{Lang, missing, program};
use netlab::script::{format, parse, print};

use super::{done, pick};

/// Pieces that a script has, might have, or must not have.
const TOKENS: &[&str] = &[
    "\n",
    "\r\n",
    "  ",
    "\t",
    "#",
    "\"",
    "\\",
    "(",
    ")",
    ",",
    ":",
    "=",
    "->",
    "|",
    "*",
    "..",
    "%",
    "-",
    "0",
    "1",
    "9",
    "-1",
    "4294967296",
    "99999999999999999999",
    "0x7f",
    "1s",
    "10ms",
    "1us",
    "10%",
    "1st",
    "2nd 3rd",
    "4th+",
    "every",
    "host",
    "router",
    "link",
    "drop",
    "limit",
    "wait",
    "repeat",
    "end",
    "on sim",
    "because",
    "see",
    "from",
    "count(",
    "socket(",
    "bind(",
    "listen(",
    "accept(",
    "connect(",
    "send(",
    "sendto(",
    "recv(",
    "recvfrom(",
    "shutdown(",
    "close(",
    "dup(",
    "getsockname(",
    "getpeername(",
    "setsockopt(",
    "getsockopt(",
    "fcntl(",
    "poll(",
    "write_all(",
    "read_exact(",
    "read_to_end(",
    "AF_INET",
    "AF_INET6",
    "AF_UNSPEC",
    "SOCK_STREAM",
    "SOCK_NONBLOCK",
    "IPPROTO_TCP",
    "SO_LINGER",
    "on 0s",
    "off",
    "TCP_INFO",
    "POLLIN",
    "MSG_PEEK",
    "O_NONBLOCK",
    "SHUT_WR",
    "ECONNREFUSED",
    "ESTABLISHED",
    "bytes(",
    "hex(",
    "echo(",
    "10.0.0.1",
    "10.0.0.1:80",
    "[fd00::1]:80",
    "[::]:0",
    "a:",
    "b:80",
    "a on b:",
    "\\x",
    "\\xff",
    "\\n",
    "\u{0}",
    "\u{1}",
    "\u{7f}",
    "\u{a0}",
    "\u{200b}",
    "\u{202e}",
    "\u{2028}",
    "é",
    "한",
    "🦀",
    "\u{feff}",
    "\u{e000}",
    "\u{fffd}",
];

/// A script of the book with changes that care for no line and no word. Tells
/// whether it was still one.
pub(crate) fn text(seed: u64, scripts: &[String]) -> bool {
    let mut rng = Rng::new(seed, 79);
    let any = |rng: &mut Rng| rng.below(scripts.len() as u32) as usize;
    let mut text: Vec<char> = scripts[any(&mut rng)].chars().collect();
    let other: Vec<char> = scripts[any(&mut rng)].chars().collect();
    // One change often leaves a script, and six seldom do: both are wanted.
    for _ in 0..pick(&mut rng, &[1, 1, 2, 3, 6]) {
        let at = rng.below(text.len() as u32 + 1) as usize;
        let most = pick(&mut rng, &[2, 8, 60]);
        let length = rng.below(most) as usize;
        let end = (at + length).min(text.len());
        match rng.below(7) {
            0 => drop(text.drain(at..end)),
            1 => drop(text.splice(at..at, text[at..end].to_vec())),
            2 | 3 => drop(text.splice(at..at, pick(&mut rng, TOKENS).chars())),
            4 => drop(text.splice(at..end, pick(&mut rng, TOKENS).chars())),
            5 => {
                let from = rng.below(other.len() as u32) as usize;
                let piece = other[from..(from + length).min(other.len())].to_vec();
                drop(text.splice(at..end, piece));
            }
            _ => text.truncate(if rng.below(8) == 0 { at } else { text.len() }),
        }
    }
    let text: String = text.into_iter().collect();
    let script = match parse(&text) {
        Ok(script) => script,
        Err(error) => {
            let (line, column) = (error.pos.line as usize, error.pos.column as usize);
            let width = text.split('\n').nth(line.saturating_sub(1)).map(|line| line.chars().count());
            let inside = line > 0 && column > 0 && width.is_some_and(|width| column <= width + 1);
            assert!(inside || text.is_empty(), "seed {seed}: no such place: {error:?}\n{text}");
            return false;
        }
    };
    let neat = print(&script);
    assert_eq!(format(&neat).as_ref(), Ok(&neat), "seed {seed}: not stable");
    for lang in [Lang::En, Lang::Ko] {
        done((program(&script, lang), missing(&script, lang)));
    }
    true
}

/// A packet that may be anything, for everything that looks into packets. Tells
/// whether it could be read.
pub(crate) fn packet(seed: u64) -> bool {
    let mut rng = Rng::new(seed, 80);
    let mut pieces = Reassembler::default();
    let mut read = false;
    for now in 0..8 {
        let packet = any_packet(&mut rng);
        done(Summary::of(&packet));
        dissected(seed, &packet);
        for (kind, _) in Kind::ALL {
            done(kind.fits(&packet));
        }
        let whole = pieces.take(now * 1_000_000, packet.clone());
        for packet in [Some(packet), whole].into_iter().flatten() {
            let Some(header) = Header::read(&packet) else { continue };
            read = true;
            let body = header.payload(&packet);
            assert!(header.length() + body.len() <= packet.len(), "seed {seed}");
            done((Tcp::read(body), Udp::read(body), netlab::packet::checksum_is_good(&header, body)));
            let answers = [
                netlab::packet::reset_for(&header, body),
                netlab::packet::icmp_error(header.destination, &packet, (3, 3), (1, 4)),
                netlab::packet::echo_reply(&header, body),
            ];
            for answer in answers.iter().take(2).flatten() {
                assert!(Header::read(answer).is_some(), "seed {seed}: an answer that nobody can read");
            }
            let mtu = pick(&mut rng, &[0, 20, 28, 48, 56, 576, 1_280, 1_500]);
            for piece in netlab::packet::split(packet, mtu, 7) {
                done((Header::read(&piece), Summary::of(&piece)));
                dissected(seed, &piece);
            }
        }
    }
    read
}

/// Every field lies inside of the packet.
fn dissected(seed: u64, packet: &[u8]) {
    let number = |text: &str| text.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
    for field in netlab::show::dissect(packet).split("\"from\":").skip(1) {
        let from: usize = number(field).unwrap();
        let to: usize = field.split_once("\"to\":").and_then(|(_, to)| number(to)).unwrap();
        assert!(from <= to && to <= packet.len(), "seed {seed}: {from}..{to} of {}", packet.len());
    }
}

/// Bytes, or a packet with some of its bytes changed.
fn any_packet(rng: &mut Rng) -> Vec<u8> {
    let most = pick(rng, &[4, 24, 80, 2_000]);
    let length = rng.below(most) as usize;
    let mut body: Vec<u8> = (0..length).map(|_| rng.draw() as u8).collect();
    let known = [protocol::TCP, protocol::UDP, protocol::ICMP, protocol::ICMPV6, protocol::FRAGMENT, 0, 43, 60, 4, 41];
    let number = pick(rng, &known);
    // A TCP header with a length that is right, and options.
    if number == protocol::TCP && length > 20 {
        body[12] = (5 + rng.below((length as u32 / 4).clamp(5, 15) - 4) as u8) << 4;
        for option in body.iter_mut().skip(20).take(40) {
            *option = pick(rng, &[0, 1, 2, 3, 4, 5, 8, 10, 30, 255]);
        }
    }
    let (from, to) = pick(rng, &[("10.0.0.1", "10.0.0.2"), ("fd00::1", "fd00::2")]);
    let mut packet = match rng.below(5) {
        0 => body,
        _ => netlab::packet::ip(from.parse().unwrap(), to.parse().unwrap(), number, 64, 7, &body),
    };
    // An error quotes the packet that it is about.
    if rng.below(4) == 0 {
        let quoted = netlab::packet::icmp_error(from.parse().unwrap(), &packet, (11, 0), (3, 0));
        packet = quoted.unwrap_or(packet);
    }
    for _ in 0..rng.below(5) {
        let most = pick(rng, &[8, 48, 2_000]);
        let at = rng.below(most) as usize;
        if let Some(byte) = packet.get_mut(at) {
            *byte = pick(rng, &[0, 1, 2, 4, 6, 0x20, 0x45, 0x60, 0x7f, 0x80, 0xff, 0xa5]);
        }
    }
    if rng.below(6) == 0 {
        packet.truncate(rng.below(packet.len() as u32 + 1) as usize);
    }
    packet
}
