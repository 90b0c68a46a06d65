//! What the program must do, seen from the service that it talks to.
//!
//! Each test is a script: it starts a service, then your program with some
//! input, and notes what happens. `tests/snapshots/NAME.snap` holds what must
//! have happened: read it first, it is the specification.

use harness::{Check, Payload};

harness::lab!("half-close");

/// Three lines, called `name`.
fn lines(check: &Check, name: &str) -> Payload {
    let lines = [check.line("1", 7).said, check.line("2", 12).said, check.line("3", 9).said];
    let lines: Vec<u8> = lines.iter().flat_map(|line| line.bytes().to_vec()).collect();
    Payload::fixed(name, lines)
}

/// `n` times 65,537 letters: more than a connection holds that nobody reads.
fn flood(check: &Check, name: &str, n: usize) -> Payload {
    Payload::fixed(name, check.text(name, 65_537).bytes().repeat(n))
}

#[test]
fn says_that_this_was_all() {
    LAB.check("says_that_this_was_all", |check| {
        let p1 = lines(check, "P1");
        let service = check.service("service");
        let mut program = check.start_with_input(&[service.addr()], &p1);
        let mut conversation = service.accept(&program);
        conversation.recv(&p1);
        check.main_point();
        conversation.recv_eof();
        conversation.close();
        program.ends();
    });
}

#[test]
fn prints_the_answer() {
    LAB.check("prints_the_answer", |check| {
        let (p1, a1) = (lines(check, "P1"), lines(check, "A1"));
        let service = check.service("service");
        let mut program = check.start_with_input(&[service.addr()], &p1);
        let mut conversation = service.accept(&program);
        conversation.recv(&p1).recv_eof();
        // What the program does after its end shows only once it has done it.
        program.settle();
        check.main_point();
        conversation.send(&a1).close();
        program.prints_all(&a1);
        program.ends();
    });
}

#[test]
fn prints_an_answer_that_comes_in_pieces() {
    LAB.check("prints_an_answer_that_comes_in_pieces", |check| {
        let p1 = lines(check, "P1");
        let (a1, a2, a3) = (check.text("A1", 20), check.text("A2", 1), check.text("A3", 30));
        let service = check.service("service");
        let mut program = check.start_with_input(&[service.addr()], &p1);
        let mut conversation = service.accept(&program);
        conversation.recv(&p1).recv_eof();
        program.settle();
        check.main_point();
        for piece in [&a1, &a2, &a3] {
            conversation.send(piece);
            // The next piece must not be there when this one is read.
            program.settle();
        }
        conversation.close();
        program.prints_bytes(&[&a1, &a2, &a3]);
        program.ends();
    });
}

#[test]
fn hears_an_answer_that_begins_early() {
    LAB.check("hears_an_answer_that_begins_early", |check| {
        let (p1, a1) = (flood(check, "P1", 61), flood(check, "A1", 16));
        let service = check.service_slow("service");
        let mut program = check.start_with_input(&[service.addr()], &p1);
        let mut conversation = service.accept(&program);
        check.main_point();
        // It takes nothing more until somebody has taken what it says.
        conversation.send(&a1).recv(&p1).recv_eof();
        conversation.close();
        program.prints_all(&a1);
        program.ends();
    });
}

#[test]
fn goes_on_sending_after_the_answer() {
    LAB.check("goes_on_sending_after_the_answer", |check| {
        let (p1, a1) = (flood(check, "P1", 61), lines(check, "A1"));
        let service = check.service_slow("service");
        let mut program = check.start_with_input(&[service.addr()], &p1);
        let mut conversation = service.accept(&program);
        check.main_point();
        conversation.send(&a1).half_close();
        program.settle();
        // The end may come from a shutdown or from the program's own: both halves
        // have said all they have to say.
        conversation.recv(&p1).recv_eof();
        conversation.close();
        program.prints_all(&a1);
        program.ends();
    });
}

#[test]
fn tells_a_reset_from_an_end() {
    LAB.check("tells_a_reset_from_an_end", |check| {
        let (p1, a1) = (lines(check, "P1"), lines(check, "A1"));
        let service = check.service("service");
        let mut program = check.start_with_input(&[service.addr()], &p1);
        let mut conversation = service.accept(&program);
        conversation.recv(&p1).recv_eof();
        program.settle();
        conversation.send(&a1);
        program.settle();
        check.main_point();
        conversation.reset();
        program.ends_with_an_error();
        // Or of what it hears: its answer is whole, and nobody took the rest.
        let (p2, a2) = (flood(check, "P2", 61), lines(check, "A2"));
        let service = check.service_slow("service 2");
        let mut program = check.start_with_input(&[service.addr()], &p2);
        let mut conversation = service.accept(&program);
        conversation.send(&a2).half_close();
        program.settle();
        conversation.reset();
        program.ends_with_an_error();
    });
}

#[test]
fn waits_for_a_service_that_vanished() {
    LAB.check("waits_for_a_service_that_vanished", |check| {
        let (p1, a1) = (lines(check, "P1"), lines(check, "A1"));
        let service = check.service("service");
        let mut program = check.start_with_typist(&[service.addr()]);
        let mut conversation = service.accept(&program);
        conversation.send(&a1).vanish();
        check.main_point();
        // Of this nothing is acknowledged, and of A1 no end has come.
        program.types(&p1);
        program.ends_input();
        program.goes_on_waiting();
        conversation.is_given_up();
        program.ends_with_an_error();
    });
}

#[test]
fn loses_and_changes_no_byte() {
    LAB.check("loses_and_changes_no_byte", |check| {
        // Of any value; the input is so long that a write has to wait.
        let (p1, a1) = (check.bytes("P1", 4_000_017), check.bytes("A1", 997));
        let service = check.service_slow("service");
        let mut program = check.start_with_input(&[service.addr()], &p1);
        let mut conversation = service.accept(&program);
        check.nothing_else();
        conversation.recv_with_interruptions(&p1).recv_eof();
        program.settle();
        conversation.send(&a1).close();
        program.prints_all(&a1);
        program.ends();
    });
}

#[test]
fn has_nothing_to_send() {
    LAB.check("has_nothing_to_send", |check| {
        let (nothing, a1) = (Payload::fixed("EMPTY", []), lines(check, "A1"));
        let service = check.service("service");
        let mut program = check.start_with_input(&[service.addr()], &nothing);
        let mut conversation = service.accept(&program);
        check.main_point();
        conversation.recv_eof();
        program.settle();
        conversation.send(&a1).close();
        program.prints_all(&a1);
        program.ends();
    });
}
