//! What the relay must do, seen from both of its ends.
//!
//! Each test plays the client and the service. `tests/snapshots/NAME.snap`
//! holds what must have happened: read it first, it is the specification.

use harness::{Check, Payload};

harness::lab!("backpressure");

/// More than all buffers of the kernels hold that are between a client and a
/// service which does not read.
const FLOOD: usize = 50_000_017;

/// What the relay may need for buffers of its own, in kB.
const ROOM: u64 = 4_000;

fn flood(check: &Check, name: &str) -> Payload {
    check.bytes(name, FLOOD)
}

#[test]
fn carries_both_ways() {
    LAB.check("carries_both_ways", |check| {
        let (p1, p2) = (check.bytes("P1", 37), check.bytes("P2", 5));
        let (a1, a2) = (check.bytes("A1", 52), check.bytes("A2", 1));
        let service = check.service("service");
        let program = check.serve_for(&service.addr());
        let mut client = program.connect("client");
        let mut far = service.accept(&program);
        check.main_point();
        client.send(&p1);
        far.recv_only(&p1).send(&a1);
        client.recv_only(&a1).send(&p2);
        far.recv_only(&p2).send(&a2);
        client.recv_only(&a2);
    });
}

#[test]
fn lets_the_service_speak_first() {
    LAB.check("lets_the_service_speak_first", |check| {
        let (a1, a2, p1) = (check.bytes("A1", 20), check.bytes("A2", 11), check.bytes("P1", 30));
        let service = check.service("service");
        let program = check.serve_for(&service.addr());
        let mut client = program.connect("client");
        let mut far = service.accept(&program);
        check.main_point();
        far.send(&a1);
        client.recv_only(&a1);
        far.send(&a2);
        client.recv_only(&a2).send(&p1);
        far.recv_only(&p1);
    });
}

#[test]
fn ends_one_direction_at_a_time() {
    LAB.check("ends_one_direction_at_a_time", |check| {
        let (p1, a1) = (check.bytes("P1", 37), check.bytes("A1", 52));
        let (p2, a2) = (check.bytes("P2", 41), check.bytes("A2", 23));
        let service = check.service("service");
        let program = check.serve_for(&service.addr());
        let before = program.count_sockets();
        let mut client = program.connect("client");
        let mut far = service.accept(&program);
        client.send(&p1);
        far.recv_only(&p1);
        check.main_point();
        client.half_close();
        far.recv_eof();
        // A relay that ends everything here has done so when it sleeps again.
        program.settle();
        far.send(&a1);
        client.recv_only(&a1);
        far.close();
        client.recv_eof();
        client.close();
        // And with the service as the first to end.
        let mut client = program.connect("client 2");
        let mut far = service.accept(&program);
        far.send(&a2);
        client.recv_only(&a2);
        far.half_close();
        client.recv_eof();
        program.settle();
        client.send(&p2);
        far.recv_only(&p2);
        client.close();
        far.recv_eof();
        far.close();
        program.has_sockets_again(before);
    });
}

#[test]
fn loses_nothing_at_the_end() {
    LAB.check("loses_nothing_at_the_end", |check| {
        // So much that the relay has to wait in the middle of a write.
        let p1 = check.bytes("P1", 12_000_017);
        let service = check.service_slow("service");
        let program = check.serve_for(&service.addr());
        let mut client = program.connect("client");
        let mut far = service.accept(&program);
        // Nothing is left to wait for when the client has ended, too: by then much
        // of P1 is in the relay's kernel only.
        far.half_close();
        client.recv_eof();
        check.main_point();
        client.sends_on_and_ends(&p1);
        far.recv_slowly(&p1).recv_eof();
    });
}

#[test]
fn stops_reading_when_it_cannot_write() {
    LAB.check("stops_reading_when_it_cannot_write", |check| {
        let p1 = flood(check, "P1");
        let service = check.service_slow("service");
        let program = check.serve_for(&service.addr());
        let mut client = program.connect("client");
        let mut far = service.accept(&program);
        program.settle();
        let before = program.memory_kb();
        check.main_point();
        client.sends_on(&p1).is_stopped();
        program.grew_at_most(before, ROOM);
        far.recv_long(&p1);
    });
}

#[test]
fn stops_the_service_as_well() {
    LAB.check("stops_the_service_as_well", |check| {
        let a1 = flood(check, "A1");
        let service = check.service("service");
        let program = check.serve_for(&service.addr());
        let mut client = program.connect_slow("client");
        let mut far = service.accept(&program);
        program.settle();
        let before = program.memory_kb();
        check.main_point();
        far.sends_on(&a1).is_stopped();
        program.grew_at_most(before, ROOM);
        client.recv_long(&a1);
    });
}

#[test]
fn goes_on_in_the_other_direction() {
    LAB.check("goes_on_in_the_other_direction", |check| {
        // A2 is so long that a relay which takes a piece of P1 for each piece of
        // it comes to a write that waits, sooner or later.
        let (p1, a1, a2) = (flood(check, "P1"), check.bytes("A1", 52), check.bytes("A2", 700_017));
        let service = check.service_slow("service");
        let program = check.serve_for(&service.addr());
        let mut client = program.connect("client");
        let mut far = service.accept(&program);
        client.sends_on(&p1).is_stopped();
        check.main_point();
        far.send(&a1);
        client.recv_only(&a1);
        far.sends_on(&a2);
        client.recv_long(&a2);
    });
}

#[test]
fn serves_others_while_one_is_stopped() {
    LAB.check("serves_others_while_one_is_stopped", |check| {
        let (p1, p2, a2) = (flood(check, "P1"), check.bytes("P2", 37), check.bytes("A2", 52));
        let service = check.service_slow("service");
        let program = check.serve_for(&service.addr());
        let mut client = program.connect("client");
        let _far = service.accept(&program);
        client.sends_on(&p1).is_stopped();
        check.main_point();
        let mut other = program.connect("other");
        let mut far = service.accept(&program);
        other.send(&p2);
        far.recv_only(&p2).send(&a2);
        other.recv_only(&a2);
    });
}

#[test]
fn makes_no_end_of_a_reset() {
    LAB.check("makes_no_end_of_a_reset", |check| {
        let (p1, a1) = (check.bytes("P1", 37), check.bytes("A1", 52));
        let service = check.service("service");
        let program = check.serve_for(&service.addr());
        let mut client = program.connect("client");
        let mut far = service.accept(&program);
        client.send(&p1);
        far.recv_only(&p1);
        check.main_point();
        client.reset();
        far.recv_reset();
        let mut client = program.connect("client 2");
        let mut far = service.accept(&program);
        far.send(&a1);
        client.recv_only(&a1);
        far.reset();
        client.recv_reset();
    });
}

#[test]
fn serves_others_while_one_has_vanished() {
    LAB.check("serves_others_while_one_has_vanished", |check| {
        let (p1, a1) = (check.bytes("P1", 37), check.bytes("A1", 52));
        let (p2, a2) = (check.bytes("P2", 41), check.bytes("A2", 23));
        let service = check.service("service");
        let program = check.serve_for(&service.addr());
        let mut client = program.connect("client");
        let mut far = service.accept(&program);
        client.send(&p1);
        far.recv_only(&p1);
        check.main_point();
        client.vanish();
        // The relay hands it on, and nobody acknowledges it.
        far.send(&a1);
        let mut other = program.connect("other");
        let mut far_too = service.accept(&program);
        other.send(&p2);
        far_too.recv(&p2).send(&a2);
        other.recv(&a2);
        client.is_given_up();
        // Not the end of what the client had to say.
        far.recv_reset();
    });
}

#[test]
fn survives_a_service_that_is_gone() {
    LAB.check("survives_a_service_that_is_gone", |check| {
        let nobody = check.nobody("service");
        let program = check.serve_for(&nobody.addr());
        check.main_point();
        program.connect("client").recv_end();
        program.settle();
        program.connect("client 2").recv_end();
    });
}

#[test]
fn goes_on_when_descriptors_run_out() {
    LAB.check("goes_on_when_descriptors_run_out", |check| {
        let (p1, a1) = (check.bytes("P1", 37), check.bytes("A1", 52));
        let (p2, a2) = (check.bytes("P2", 41), check.bytes("A2", 23));
        let service = check.service("service");
        let program = check.serve_for(&service.addr());
        let mut client = program.connect("client");
        let mut far = service.accept(&program);
        client.send(&p1);
        far.recv_only(&p1);
        check.main_point();
        program.runs_out_of_descriptors();
        // An accept that waits has a number already: it is the one after it that fails.
        let mut second = program.connect("client 2");
        program.rests();
        let mut third = program.connect("client 3");
        program.rests();
        far.send(&a1);
        client.recv(&a1);
        second.reset();
        third.reset();
        program.gets_descriptors_back();
        client.close();
        far.close();
        service.lets_others_go(&program);
        let mut late = program.connect("client 4");
        let mut far = service.accept(&program);
        late.send(&p2);
        far.recv_only(&p2).send(&a2);
        late.recv_only(&a2);
    });
}
