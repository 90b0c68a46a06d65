//! What the program must do, seen from the other end of the wire.
//!
//! Each test is a script: it starts your program, plays its clients, and notes
//! what happens. `tests/snapshots/NAME.snap` holds what must have happened:
//! read it first, it is the specification.

use std::net::Ipv4Addr;

use harness::{Check, Payload};

harness::lab!("udp-rules");

#[test]
fn answers_each_datagram() {
    LAB.check("answers_each_datagram", |check| {
        let (p1, p2, p3) = (check.bytes("P1", 3), check.bytes("P2", 4), check.bytes("P3", 11));
        let program = check.serve();
        let mut a = program.udp("a");
        a.send(&p1).hears("3");
        a.send(&p2).send(&p3).hears_in_any_order(&["4", "11"]).quiet();
    });
}

#[test]
fn tells_the_true_length() {
    LAB.check("tells_the_true_length", |check| {
        let (p1, p2, p3) = (check.bytes("P1", 600), check.bytes("P2", 10_000), check.bytes("P3", 65_507));
        let program = check.serve();
        let mut a = program.udp("a");
        a.send(&p1).hears("600");
        a.send(&p2).hears("10000");
        a.send(&p3).hears("65507");
        a.send(&p1).hears("600").quiet();
    });
}

#[test]
fn answers_an_empty_datagram() {
    LAB.check("answers_an_empty_datagram", |check| {
        let (empty, p1) = (Payload::fixed("EMPTY", []), check.bytes("P1", 20));
        let program = check.serve();
        let mut a = program.udp("a");
        a.send(&empty).hears("0");
        a.send(&p1).hears("20");
        a.send(&empty).send(&empty).hears("0").hears("0").quiet();
    });
}

#[test]
fn answers_the_right_sender() {
    LAB.check("answers_the_right_sender", |check| {
        let (p1, p2, p3, p4) = (check.bytes("P1", 3), check.bytes("P2", 4), check.bytes("P3", 5), check.bytes("P4", 6));
        let program = check.serve();
        let (mut a, mut b, mut c) = (program.udp("a"), program.udp("b"), program.udp("c"));
        a.send(&p1);
        // Else a program that connects to `a` may have got the others before.
        program.settle();
        b.send(&p2);
        c.send(&p3);
        c.hears("5");
        b.hears("4");
        a.hears("3");
        b.send(&p4).hears("6").quiet();
        a.quiet();
        c.quiet();
    });
}

#[test]
fn knows_the_size_limit() {
    LAB.check("knows_the_size_limit", |check| {
        let program = check.serve();
        let mut a = program.udp("a");
        a.says("give 100").gets(100);
        check.main_point();
        a.says("give 65507").gets(65_507);
        a.says("give 65508").hears("too long");
        // More than the program may have in memory.
        a.says("give 4000000000").hears("too long");
        a.says("give as much as you can").hears("23");
        a.says("give 0").gets(0);
        a.says("give 1").gets(1).quiet();
    });
}

/// An address of its own: on 127.0.0.1 another program could get the port of
/// a peer that has gone.
fn somewhere(check: &Check) -> Ipv4Addr {
    Ipv4Addr::new(127, 1 + check.below(250) as u8, check.below(250) as u8, 1 + check.below(250) as u8)
}

#[test]
fn tells_refused_from_silent() {
    LAB.check("tells_refused_from_silent", |check| {
        let p1 = check.bytes("P1", 20);
        let program = check.serve();
        let mut a = program.udp("a");
        let mut b = program.udp_at("b", somewhere(check));
        let (Some(addr), mut c) = (b.addr(), program.udp("c")) else { return };
        let Some(silent) = c.addr() else { return };
        a.says_as(&format!("knock {addr}"), "knock ADDRESS OF b");
        b.awaits_any().answers(&p1);
        a.hears("open");
        check.main_point();
        b.close();
        a.says_as(&format!("knock {addr}"), "knock ADDRESS OF b").hears("refused");
        a.says_as(&format!("knock {silent}"), "knock ADDRESS OF c");
        c.awaits_any();
        a.hears("silent");
    });
}

#[test]
fn goes_on_after_a_refusal() {
    LAB.check("goes_on_after_a_refusal", |check| {
        let (p1, p2) = (check.bytes("P1", 20), check.bytes("P2", 30));
        let program = check.serve();
        let mut gone = program.udp_at("gone", somewhere(check));
        let Some(nobody) = gone.addr() else { return };
        let knock = format!("knock {nobody}");
        let (mut a, mut b) = (program.udp("a"), program.udp("b"));
        // Else a program that always says "refused" would be right.
        a.says_as(&knock, "knock ADDRESS OF gone");
        gone.awaits_any().answers(&p1);
        a.hears("open");
        check.main_point();
        // The answer to this one is refused.
        gone.send(&p1);
        gone.close();
        a.says_as(&knock, "knock ADDRESS OF gone").hears("refused");
        b.says_as(&knock, "knock ADDRESS OF gone").hears("refused");
        a.says_as(&knock, "knock ADDRESS OF gone").hears("refused");
        a.says("knock knock").hears("11");
        b.send(&p2).hears("30").quiet();
    });
}
