//! What the program must do, seen by the kernel and by the other host.
//!
//! Each test is a script in a private network: it starts your program, looks at
//! its packets, plays the host that it pings, and notes what happens.
//! `tests/snapshots/NAME.snap` holds what must have happened: read it first, it
//! is the specification.

use std::net::Ipv4Addr;
use std::time::Duration;

use harness::{Check, Payload, Stranger};

harness::lab!("raw-ping");

/// Answered by the kernel, as the whole of 127.0.0.0/8 is. One for each check:
/// where they share a network, none sees the requests of another.
const KERNEL: [Ipv4Addr; 4] = [
    Ipv4Addr::new(127, 0, 0, 2),
    Ipv4Addr::new(127, 0, 0, 3),
    Ipv4Addr::new(127, 0, 0, 4),
    Ipv4Addr::new(127, 0, 0, 5),
];
/// Answered by the test, or not.
const HOST: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);
const SECOND: Duration = Duration::from_secs(1);

/// `n` bytes of any value that can be an argument, which zero cannot.
fn data(check: &Check, name: &str, n: usize) -> Payload {
    let bytes: Vec<u8> = check.bytes(name, n).bytes().iter().map(|&byte| byte.max(1)).collect();
    Payload::fixed(name, bytes)
}

/// 20 bytes that a stranger's packet can be made of: see [`harness::Icmp::stranger`].
fn data_for_strangers(check: &Check, name: &str) -> Payload {
    let bytes = [&[3, 1], data(check, name, 14).bytes(), &[0xaa, 0xaa, 0x55, 0x55]].concat();
    Payload::fixed(name, bytes)
}

#[test]
fn sends_an_echo_request() {
    LAB.check_in_private_network("sends_an_echo_request", |check, net| {
        let p1 = check.text("P1", 8);
        let host = KERNEL[0];
        let mut wire = net.icmp(check);
        let mut program = check.ping(host, 1, &p1, SECOND);
        wire.request(&program, host, 1, &p1);
        program.kill();
    });
}

#[test]
fn checksums_any_data() {
    // Each of these makes the sum carry twice with a third of all identifiers,
    // and together they do with each: the sum is high, and its lower half is at
    // three different places.
    let high = |name: &str, first: [u8; 2]| Payload::fixed(name, [&first[..], &[0xff; 59_998]].concat());
    LAB.check_in_private_network("checksums_any_data", |check, net| {
        let payloads = [
            check.text("EVEN", 56),
            Payload::fixed("EMPTY", []),
            data(check, "ONE", 1),
            data(check, "ODD", 57),
            data(check, "LONG", 1_400),
            high("HIGH1", [0xff, 0xff]),
            high("HIGH2", [0x8e, 0xb7]),
            high("HIGH3", [0x1d, 0x6f]),
        ];
        let host = KERNEL[1];
        let mut wire = net.icmp(check);
        for p in &payloads {
            let mut program = check.ping(host, 1, p, SECOND);
            wire.request(&program, host, 1, p).kernel_answers();
            program.kill();
        }
    });
}

#[test]
fn counts_its_sequence() {
    LAB.check_in_private_network("counts_its_sequence", |check, net| {
        let p1 = data(check, "P1", 20);
        let host = KERNEL[2];
        let mut wire = net.icmp(check);
        let mut program = check.ping(host, 3, &p1, SECOND);
        for sequence in 1..=3 {
            wire.request(&program, host, sequence, &p1).kernel_answers();
            program.prints_line(&format!("reply from {host}: seq={sequence} bytes=20"));
        }
        program.ends();
    });
}

#[test]
fn reads_a_header_of_any_length() {
    LAB.check_in_own_network("reads_a_header_of_any_length", |check, net| {
        let p1 = data(check, "P1", 20);
        let mut wire = net.icmp(check);
        wire.play_the_host(check);
        let mut program = check.ping(HOST, 3, &p1, SECOND);
        for (sequence, words) in [(1, 1), (2, 10), (3, 0)] {
            wire.request(&program, HOST, sequence, &p1).host_answers(words);
            program.prints_line(&format!("reply from {HOST}: seq={sequence} bytes=20"));
        }
        program.ends();
    });
}

#[test]
fn ignores_the_replies_of_others() {
    LAB.check_in_own_network("ignores_the_replies_of_others", |check, net| {
        let p1 = data_for_strangers(check, "P1");
        let mut wire = net.icmp(check);
        wire.play_the_host(check);
        let mut program = check.ping(HOST, 3, &p1, 2 * SECOND);
        for (sequence, stranger) in [(1, Stranger::Identifier), (2, Stranger::Sequence), (3, Stranger::Type)] {
            wire.request(&program, HOST, sequence, &p1).stranger(stranger);
            program.prints_nothing();
            wire.host_answers(0);
            program.prints_line(&format!("reply from {HOST}: seq={sequence} bytes=20"));
        }
        program.ends();
    });
}

#[test]
fn gives_up_in_time() {
    LAB.check_in_own_network("gives_up_in_time", |check, net| {
        let p1 = data_for_strangers(check, "P1");
        let patience = Duration::from_millis(300);
        let mut wire = net.icmp(check);
        wire.play_the_host(check);
        let mut program = check.ping(HOST, 4, &p1, patience);
        wire.request(&program, HOST, 1, &p1);
        program.prints_line_after("no reply: seq=1", patience);
        // Thrice: where this test itself is held up for as long as the program's
        // patience, one that begins its clock anew gets away.
        for sequence in 2..=4 {
            wire.request(&program, HOST, sequence, &p1).strangers(&mut program, patience);
            program.prints_line_after(&format!("no reply: seq={sequence}"), patience * u32::from(sequence));
        }
        program.ends();
    });
}

#[test]
fn pings_without_privilege() {
    LAB.check_in_own_network("pings_without_privilege", |check, net| {
        let p1 = data(check, "P1", 21);
        check.allow_ping_sockets();
        let host = KERNEL[3];
        let mut wire = net.icmp(check);
        let mut program = check.ping_without_privilege(host, 2, &p1, SECOND);
        for sequence in 1..=2 {
            wire.request(&program, host, sequence, &p1).kernel_answers();
            program.prints_line(&format!("reply from {host}: seq={sequence} bytes=21"));
        }
        program.ends();
    });
}
