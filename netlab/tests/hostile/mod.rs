//! Random programs and random packets. Whatever they do, the answer is an errno
//! or an error: never a panic, never a run that does not end.

pub(crate) mod input;

use std::net::SocketAddr;

use netlab::packet::{Header, Tcp, protocol};
use netlab::rng::Rng;
use netlab::run::{End, Limits, Options, run};
use netlab::script::ast::{Family, Flags, How, Link, Node, OptValue, PollFlags, SockOpt, SocketKind, TcpState};
use netlab::script::{parse, print};
use netlab::show::{Figure, Played};
use netlab::wire::LinkSpec;
use netlab::world::{Happening, World};

/// Addresses that a random program may name.
const ADDRESSES: &[&str] = &[
    "10.0.0.1:80",
    "10.0.0.2:80",
    "10.0.0.2:81",
    "127.0.0.1:80",
    "127.0.0.2:80",
    "0.0.0.0:80",
    "0.0.0.0:0",
    "10.0.0.2:0",
    "[::]:80",
    "[::1]:80",
    "[fd00::1]:80",
    "[fd00::2]:80",
    "[::ffff:10.0.0.2]:80",
    "255.255.255.255:9",
    "10.0.0.255:9",
    "127.255.255.255:9",
    "224.0.0.1:9",
    "[ff02::1]:9",
    "8.8.8.8:53",
    "10.0.0.2:33000",
    "10.0.0.1:33000",
];

fn pick<T: Copy>(rng: &mut Rng, list: &[T]) -> T {
    list[rng.below(list.len() as u32) as usize]
}

/// The result does not matter: that there is one does.
fn done<T>(_result: T) {}

fn world(seed: u64, rng: &mut Rng) -> World {
    let node = |name: &str, ips: [&str; 2]| Node {
        name: name.to_owned(),
        addresses: ips.iter().map(|ip| ip.parse().unwrap()).collect(),
    };
    let spec = LinkSpec {
        delay: 1_000,
        loss: pick(rng, &[0, 0, 100_000, 300_000]),
        duplicate: pick(rng, &[0, 100_000]),
        reorder: pick(rng, &[0, 100_000]),
        ..LinkSpec::default()
    };
    let hosts = [node("a", ["10.0.0.1", "fd00::1"]), node("b", ["10.0.0.2", "fd00::2"])];
    let link = Link { a: "a".to_owned(), b: "b".to_owned(), spec };
    World::new(&hosts, &[], &[link], &[], seed)
}

/// One random call by one random process.
fn call(world: &mut World, rng: &mut Rng) {
    let which = rng.below(2) as usize;
    let host = &mut world.hosts[which];
    let process = rng.below(2) as usize;
    let fd = rng.below(12) as i32;
    let to: SocketAddr = pick(rng, ADDRESSES).parse().unwrap();
    let length = pick(rng, &[0, 1, 10, 1_500, 5_000, 65_507, 65_536, 100_000]);
    let flags = Flags(pick(rng, &[0, 0, 0, 2, 0x20, 0x22, 0x100]));
    let family = pick(rng, &[Family::Inet, Family::Inet, Family::Inet6]);
    let kind = pick(rng, &[SocketKind::Stream, SocketKind::Stream, SocketKind::Dgram, SocketKind::Raw]);
    let number = pick(rng, &[0, 0, 0, 1, 6, 17, 58, 255]);
    let option = pick(rng, SockOpt::ALL).0;
    match rng.below(27) {
        // Most calls in a random order get nowhere, so some begin what can succeed.
        24..=26 => {
            let to = pick(rng, &["10.0.0.1:80", "10.0.0.2:80", "[fd00::2]:81", "[fd00::1]:81", "127.0.0.1:80"]);
            let to: SocketAddr = to.parse().unwrap();
            let family = if to.is_ipv4() { Family::Inet } else { Family::Inet6 };
            if let Ok(fd) = host.socket(process, family, SocketKind::Stream, 0) {
                done(host.connect(process, fd, Some(to)));
            }
        }
        0..=2 => done(host.socket(process, family, kind, number)),
        3 | 4 => done(host.bind(process, fd, to)),
        5 | 6 => done(host.listen(process, fd, pick(rng, &[-1, 0, 1, 5]))),
        7 | 8 => done(host.accept(process, fd)),
        9..=11 => done(host.connect(process, fd, (rng.below(8) > 0).then_some(to))),
        12 | 13 => done(host.send(process, fd, &vec![7; length])),
        14 => done(host.sendto(process, fd, &vec![0x45; length], to)),
        15 | 16 => done(host.recv(process, fd, length, flags)),
        17 => done(host.shutdown(process, fd, pick(rng, &[How::Read, How::Write, How::Both]))),
        18 | 19 => done(host.close(process, fd)),
        20 => done(host.dup(process, fd)),
        21 => {
            let value = match rng.below(4) {
                0 => OptValue::Linger((rng.below(2) == 0).then_some(0)),
                1 => OptValue::Time(1_000),
                _ => OptValue::Int(pick(rng, &[-1, 0, 1, 64, 256, 4_096, i32::MAX, i32::MIN])),
            };
            done(host.setsockopt(process, fd, option, value));
        }
        22 => done(host.getsockopt(process, fd, option)),
        _ => {
            done((host.getsockname(process, fd), host.getpeername(process, fd)));
            done((host.poll(process, fd, PollFlags(0xffff)), host.readable(process, fd)));
        }
    }
    world.settle(which);
    if rng.below(200) == 0 {
        world.hosts[which].exit(process);
        world.settle(which);
    }
}

/// A packet that was seen, changed somewhere, with checksums that hold again.
fn changed(rng: &mut Rng, packet: &[u8]) -> Vec<u8> {
    let mut packet = packet.to_vec();
    let Some(header) = Header::read(&packet) else { return packet };
    let body = header.payload(&packet).to_vec();
    let mut body = body;
    if header.protocol == protocol::TCP && Tcp::read(&body).is_some() {
        let near = |rng: &mut Rng, at: usize, body: &mut [u8]| {
            let old = u32::from_be_bytes([body[at], body[at + 1], body[at + 2], body[at + 3]]);
            let by = pick(rng, &[1_u32, 1_000, 65_535, 70_000, 0x8000_0000, 0x7fff_ffff]);
            let new = if rng.below(2) == 0 { old.wrapping_add(by) } else { old.wrapping_sub(by) };
            body[at..at + 4].copy_from_slice(&new.to_be_bytes());
        };
        for _ in 0..=rng.below(3) {
            match rng.below(7) {
                0 => body[13] = rng.draw() as u8,
                1 => body[13] ^= 1 << rng.below(6),
                2 => near(rng, 4, &mut body),
                3 => near(rng, 8, &mut body),
                4 => body[14..16].copy_from_slice(&pick(rng, &[0_u16, 1, 65_535]).to_be_bytes()),
                5 => body.extend(vec![1; rng.below(3_000) as usize]),
                _ => body[12] = (rng.below(16) as u8) << 4,
            }
        }
        fix_tcp(&header, &mut body);
    } else {
        for _ in 0..=rng.below(4) {
            let at = rng.below(body.len().max(1) as u32) as usize;
            if let Some(byte) = body.get_mut(at) {
                *byte = rng.draw() as u8;
            }
        }
    }
    packet = netlab::packet::ip(header.source, header.destination, header.protocol, header.ttl, 7, &body);
    if rng.below(10) == 0 {
        let at = rng.below(packet.len() as u32) as usize;
        packet[at] = rng.draw() as u8;
    }
    if rng.below(10) == 0 {
        packet.truncate(rng.below(packet.len() as u32 + 1) as usize);
    }
    packet
}

fn fix_tcp(header: &Header, body: &mut [u8]) {
    body[16..18].fill(0);
    let mut sum = 0_u64;
    let mut add = |bytes: &[u8]| {
        for pair in bytes.chunks(2) {
            sum += u64::from(pair[0]) << 8 | u64::from(pair.get(1).copied().unwrap_or(0));
        }
    };
    for address in [header.source, header.destination] {
        match address {
            std::net::IpAddr::V4(ip) => add(&ip.octets()),
            std::net::IpAddr::V6(ip) => add(&ip.octets()),
        }
    }
    add(&[0, protocol::TCP]);
    add(&(body.len() as u32).to_be_bytes());
    add(body);
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    body[16..18].copy_from_slice(&(!(sum as u16)).to_be_bytes());
}

/// A world in which anything is called and anything arrives. Tells how many
/// ends of connections were established in it.
pub(crate) fn calls_and_packets(seed: u64, calls: u32) -> usize {
    let mut rng = Rng::new(seed, 77);
    let mut world = world(seed, &mut rng);
    for host in &mut world.hosts {
        host.spawn();
        host.spawn();
        for (family, at) in [(Family::Inet, "0.0.0.0:80"), (Family::Inet6, "[::]:81")] {
            let fd = host.socket(0, family, SocketKind::Stream, 0).unwrap();
            host.bind(0, fd, at.parse().unwrap()).unwrap();
            host.listen(0, fd, 5).unwrap();
        }
    }
    let mut seen: Vec<(usize, Vec<u8>)> = Vec::new();
    let mut established = 0;
    for _ in 0..calls {
        call(&mut world, &mut rng);
        for happening in world.take_happenings() {
            match happening {
                Happening::Wire(sighting) => seen.push((sighting.from, sighting.packet)),
                Happening::State(_, change) => established += usize::from(change.to == TcpState::Established),
                Happening::Loopback(..) | Happening::Arrival(..) => {}
            }
        }
        if seen.len() > 200 {
            seen.drain(..100);
        }
        if rng.below(3) == 0 && !seen.is_empty() {
            let (from, packet) = seen[rng.below(seen.len() as u32) as usize].clone();
            let packet = changed(&mut rng, &packet);
            let now = world.now();
            world.network.send(now, from, packet);
        }
        for _ in 0..rng.below(4) {
            if let Some(due) = world.due() {
                let now = world.now();
                world.advance(due.max(now + 1));
            }
        }
    }
    // Left alone, the world comes to rest: every timer ends.
    for process in 0..2 {
        world.hosts[0].exit(process);
        world.hosts[1].exit(process);
    }
    world.settle(0);
    world.settle(1);
    let mut events = 0;
    while let Some(due) = world.due() {
        let now = world.now();
        world.advance(due.max(now + 1));
        events += 1;
        assert!(events < 200_000, "seed {seed}: the world does not come to rest");
    }
    for host in &world.hosts {
        assert!(host.listing().is_empty(), "seed {seed}: left over: {:?}", host.listing());
    }
    established
}

/// Lines of real scripts in any order.
pub(crate) fn scripts(seed: u64, scripts: &[String]) {
    let mut rng = Rng::new(seed, 78);
    let one = &scripts[rng.below(scripts.len() as u32) as usize];
    let other = &scripts[rng.below(scripts.len() as u32) as usize];
    let spare: Vec<&str> = other.lines().collect();
    let mut lines: Vec<&str> = one.lines().collect();
    for _ in 0..=rng.below(6) {
        let at = rng.below(lines.len().max(1) as u32) as usize;
        match rng.below(4) {
            _ if lines.is_empty() => lines.push("host a 10.0.0.1"),
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, spare[rng.below(spare.len() as u32) as usize]),
            2 => {
                let with = rng.below(lines.len() as u32) as usize;
                lines.swap(at, with);
            }
            _ => lines.insert(at, lines[rng.below(lines.len() as u32) as usize]),
        }
    }
    let text = lines.join("\n");
    let Ok(script) = parse(&text) else { return };
    assert_eq!(parse(&print(&script)).map(|again| print(&again)), Ok(print(&script)), "seed {seed}");
    let limits = Limits { steps: 50_000, records: 50_000, bytes: 16 << 20 };
    let run = run(&script, Options { seed, limits, ..Options::default() });
    let known = [End::Finished, End::Blocked, End::TooManySteps(50_000), End::TooManyRecords(50_000)];
    let timely = matches!(run.end, End::OutOfTime(_) | End::TooManyBytes(_));
    assert!(timely || known.contains(&run.end), "seed {seed}: {}", run.end);
    drop((run.transcript(), run.json(), run.pcap()));
    if seed.is_multiple_of(4) {
        // What a page does with it: everything at once, and a question about a moment of it.
        let played = Played::new(&text, seed);
        let json = played.json(&Figure::default());
        assert!(json.starts_with("{\"ok\":true,") && json.ends_with("</svg>\"}"), "seed {seed}: {json:.300}");
        done((played.sockets(rng.below(200) as usize), played.pcap()));
    }
}
