//! What the program must do, seen from outside and from the kernel.
//!
//! Each test is a script: it starts your program, tells it what to do line by
//! line, and asks the kernel what has become of the queue.
//! `tests/snapshots/NAME.snap` holds what must have happened: read it first,
//! it is the specification.

use std::net::Ipv4Addr;

use harness::Payload;

harness::lab!("backlog");

#[test]
fn listens_with_the_backlog_it_is_given() {
    LAB.check("listens_with_the_backlog_it_is_given", |check| {
        check.main_point();
        for backlog in [0, 1, 4, 100] {
            let mut program = check.serve_told(&[backlog.to_string()]);
            program.has_backlog(backlog);
            program.listens_only_on(Ipv4Addr::LOCALHOST.into());
            program.hears_no_more();
        }
    });
}

#[test]
fn counts_who_is_connected() {
    LAB.check("counts_who_is_connected", |check| {
        check.main_point();
        // The second number is what Linux makes of the first.
        for (backlog, places) in [(0, 1), (1, 2), (4, 5)] {
            let mut program = check.serve_told(&[backlog.to_string()]);
            program.told("fill");
            program.counts(places);
            program.has_waiting(places);
            program.has_own_clients(places);
            program.hears_no_more();
        }
    });
}

#[test]
fn counts_what_gets_in_not_what_should() {
    LAB.check("counts_what_gets_in_not_what_should", |check| {
        let mut program = check.serve_told(&["4"]);
        let _strangers = ["a", "b", "c"].map(|name| program.connect(name));
        program.has_waiting(3);
        check.main_point();
        program.told("fill");
        program.counts(2);
        program.has_waiting(5);
        program.told("fill");
        program.counts(0);
        program.has_waiting(5);
        program.hears_no_more();
    });
}

#[test]
fn leaves_nobody_outside() {
    LAB.check("leaves_nobody_outside", |check| {
        let mut program = check.serve_told(&["1"]);
        program.told("fill");
        program.counts(2);
        check.main_point();
        program.has_nobody_outside();
        program.hears_no_more();
    });
}

#[test]
fn makes_room_by_accepting() {
    LAB.check("makes_room_by_accepting", |check| {
        let mut program = check.serve_told(&["1"]);
        program.told("fill");
        program.counts(2);
        check.main_point();
        program.told("accept");
        program.prints_line("accepted");
        program.has_waiting(1);
        program.told("fill");
        program.counts(1);
        for _ in 0..2 {
            program.told("accept");
            program.prints_line("accepted");
        }
        program.has_waiting(0);
        program.told("fill");
        program.counts(2);
        program.has_waiting(2);
        // Those of before are connected still.
        program.has_own_clients(5);
        program.hears_no_more();
    });
}

#[test]
fn has_more_clients_than_its_backlog() {
    LAB.check("has_more_clients_than_its_backlog", |check| {
        let mut program = check.serve_told(&["0"]);
        check.main_point();
        let _clients = ["a", "b", "c", "d", "e"].map(|name| {
            let client = program.connect(name);
            program.told("accept");
            program.prints_line("accepted");
            client
        });
        program.has_clients(5);
        program.told("fill");
        program.counts(1);
        program.hears_no_more();
    });
}

#[test]
fn says_when_its_own_descriptors_run_out() {
    LAB.check("says_when_its_own_descriptors_run_out", |check| {
        let mut program = check.serve_told_with_few_descriptors(&["100"], 64);
        program.has_backlog(100);
        check.main_point();
        program.told("fill");
        program.ends_in_failure();
    });
}

#[test]
fn survives_a_client_that_has_gone() {
    LAB.check("survives_a_client_that_has_gone", |check| {
        let mut program = check.serve_told(&["0"]);
        let mut a = program.connect("a");
        program.has_waiting(1);
        a.reset();
        // It has gone, and still takes the only place.
        program.has_waiting(1);
        program.told("fill");
        program.counts(0);
        check.main_point();
        program.told("accept");
        program.prints_line("accepted");
        program.told("fill");
        program.counts(1);
        program.hears_no_more();
    });
}

#[test]
fn does_nothing_at_nonsense() {
    LAB.check("does_nothing_at_nonsense", |check| {
        let mut program = check.serve_told(&["4"]);
        let _a = program.connect("a");
        program.has_waiting(1);
        check.main_point();
        for nonsense in ["fly", "", "fill 3", "filled", "accept 1", "FILL"] {
            program.told(nonsense);
        }
        // A byte that is no letter of any text.
        program.types(&Payload::fixed("fill ff", *b"fill\xff\n"));
        program.settle();
        program.has_waiting(1);
        program.told("fill");
        program.counts(4);
        program.told("accept");
        program.prints_line("accepted");
        program.hears_no_more();
    });
}
