//! What the program must do, seen from the other end of the wire.
//!
//! Each test is a script: it starts your program, plays its clients, and notes
//! what happens. `tests/snapshots/NAME.snap` holds what must have happened:
//! read it first, it is the specification.

use std::net::{Ipv4Addr, SocketAddr};

harness::lab!("tcp-echo");

#[test]
fn answers_one_client() {
    LAB.check("answers_one_client", |check| {
        let (p1, p2) = (check.text("P1", 37), check.text("P2", 5));
        let program = check.serve();
        let mut a = program.connect("a");
        a.send(&p1).recv(&p1);
        a.send(&p2).recv(&p2);
    });
}

#[test]
fn echoes_every_byte() {
    LAB.check("echoes_every_byte", |check| {
        let p1 = check.bytes("P1", 4_000_000);
        let program = check.serve();
        program.connect_slow("a").flood(&p1).recv_with_interruptions(&p1).quiet();
    });
}

#[test]
fn keeps_a_dribble_in_order() {
    LAB.check("keeps_a_dribble_in_order", |check| {
        let p1 = check.text("P1", 6);
        let program = check.serve();
        program.connect("a").dribble(&p1).recv(&p1).quiet();
    });
}

#[test]
fn answers_after_half_close() {
    LAB.check("answers_after_half_close", |check| {
        let p1 = check.text("P1", 20);
        let program = check.serve();
        program.connect("a").send(&p1).half_close().recv(&p1).recv_eof();
    });
}

#[test]
fn survives_a_client_that_says_nothing() {
    LAB.check("survives_a_client_that_says_nothing", |check| {
        let p1 = check.text("P1", 20);
        let program = check.serve();
        program.connect("mute").half_close().recv_eof();
        program.settle();
        program.connect("b").send(&p1).recv(&p1);
    });
}

#[test]
fn serves_others_while_one_is_silent() {
    LAB.check("serves_others_while_one_is_silent", |check| {
        let (p1, p2, p3) = (check.text("P1", 20), check.text("P2", 20), check.text("P3", 20));
        let program = check.serve();
        // The last to come is served first: whoever is served in the order of
        // arrival cannot tell a server of many from a queue before a server of one.
        let mut a = program.connect("a");
        let mut b = program.connect("b");
        let mut c = program.connect("c");
        c.send(&p1).recv(&p1);
        b.send(&p2).recv(&p2);
        a.send(&p3).recv(&p3);
    });
}

#[test]
fn survives_a_reset() {
    LAB.check("survives_a_reset", |check| {
        let (p1, p2) = (check.text("P1", 20), check.text("P2", 20));
        let program = check.serve();
        let mut rude = program.connect("rude");
        rude.send(&p1).recv(&p1);
        rude.reset();
        program.settle();
        program.connect("b").send(&p2).recv(&p2);
    });
}

#[test]
fn restarts_on_its_port() {
    LAB.check("restarts_on_its_port", |check| {
        let (p1, p2) = (check.text("P1", 20), check.text("P2", 20));
        // An address of its own: on 127.0.0.1 another program could take the
        // port between the two runs. macOS knows 127.0.0.1 only.
        let ip = if cfg!(target_os = "linux") {
            Ipv4Addr::new(127, 1 + check.below(250) as u8, check.below(250) as u8, 1 + check.below(250) as u8)
        } else {
            Ipv4Addr::LOCALHOST
        };
        let mut first = check.serve_on(SocketAddr::from((ip, 0)));
        let mut a = first.connect("a");
        a.send(&p1).recv(&p1);
        first.kill();
        a.recv_eof();
        a.close();
        first.leaves_time_wait();
        let Some(addr) = first.addr() else { return };
        let second = check.serve_again_on(addr);
        second.connect("b").send(&p2).recv(&p2);
    });
}
