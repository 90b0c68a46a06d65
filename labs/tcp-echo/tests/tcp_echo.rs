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
        // Each kind of failure has a hint of its own here.
        check.beside_the_point();
        let (p1, p2) = (check.text("P1", 37), check.text("P2", 5));
        let program = check.serve();
        let mut a = program.connect("a");
        a.send(&p1).recv_only(&p1);
        a.send(&p2).recv_only(&p2);
    });
}

#[test]
fn echoes_every_byte() {
    LAB.check("echoes_every_byte", |check| {
        let p1 = check.bytes("P1", 4_000_000);
        let program = check.serve();
        let mut a = program.connect_slow("a");
        a.flood(&p1).recv_with_interruptions(&p1);
        check.beside_the_point();
        a.quiet();
    });
}

#[test]
fn keeps_a_dribble_in_order() {
    LAB.check("keeps_a_dribble_in_order", |check| {
        let p1 = check.text("P1", 6);
        let program = check.serve();
        program.connect("a").dribble(&p1).recv_only(&p1);
    });
}

#[test]
fn answers_after_half_close() {
    LAB.check("answers_after_half_close", |check| {
        let (p1, p2) = (check.text("P1", 20), check.text("P2", 20));
        let program = check.serve();
        let mut a = program.connect("a");
        a.send(&p1).recv_only(&p1);
        a.send(&p2);
        check.main_point();
        a.half_close().recv(&p2).recv_eof();
    });
}

#[test]
fn survives_a_client_that_says_nothing() {
    LAB.check("survives_a_client_that_says_nothing", |check| {
        let (p1, p2, p3) = (check.text("P1", 20), check.text("P2", 20), check.text("P3", 20));
        let program = check.serve();
        // A client that talks, before and after the one that does not.
        program.connect("a").send(&p1).recv_only(&p1).send(&p2).recv_only(&p2).close();
        check.main_point();
        program.connect("mute").half_close().recv_eof();
        program.settle();
        program.connect("b").send(&p3).recv_only(&p3).close();
        // A server that keeps a descriptor of each client runs out of them.
        program.has_no_unbound_sockets();
    });
}

#[test]
fn survives_a_reset() {
    LAB.check("survives_a_reset", |check| {
        let (p1, p2, p3) = (check.text("P1", 20), check.text("P2", 20), check.text("P3", 20));
        let program = check.serve();
        let mut rude = program.connect("rude");
        rude.send(&p1).recv_only(&p1);
        rude.send(&p2).recv_only(&p2);
        check.main_point();
        rude.reset();
        // One that is gone before it is accepted.
        program.settle();
        program.stands_still();
        let mut hasty = program.connect("hasty");
        hasty.reset();
        program.goes_on();
        program.settle();
        program.connect("b").send(&p3).recv_only(&p3);
    });
}

#[test]
fn serves_others_while_one_is_silent() {
    LAB.check("serves_others_while_one_is_silent", |check| {
        let (p1, p2) = (check.text("P1", 20), check.text("P2", 20));
        let (p3, p4) = (check.text("P3", 20), check.text("P4", 20));
        let program = check.serve();
        // The last to come is served first: whoever is served in the order of
        // arrival cannot tell a server of many from a queue before a server of one.
        let mut a = program.connect("a");
        let mut b = program.connect("b");
        let mut c = program.connect("c");
        c.send(&p1).recv_only(&p1);
        b.send(&p2).recv_only(&p2);
        a.send(&p3).recv_only(&p3);
        c.send(&p4).recv_only(&p4);
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
        a.send(&p1).recv_only(&p1);
        check.main_point();
        first.kill();
        a.recv_eof();
        a.close();
        first.leaves_time_wait();
        let Some(addr) = first.addr() else { return };
        let second = check.serve_again_on(addr);
        second.connect("b").send(&p2).recv_only(&p2);
    });
}
