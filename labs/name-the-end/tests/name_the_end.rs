//! What the program must do, seen from the services that it talks to. Each of
//! them ends in a way of its own.
//!
//! Each test is a script: it starts a service, then your program, types for
//! it, and notes what happens. `tests/snapshots/NAME.snap` holds what must
//! have happened: read it first, it is the specification.

use harness::{Check, Payload, Program};

harness::lab!("name-the-end");

/// A line to type, or for a service to say.
fn line(check: &Check, name: &str) -> Payload {
    check.line(name, 20).said
}

/// What the service has said comes out as it was.
fn prints(program: &mut Program, said: &Payload) {
    program.prints(String::from_utf8_lossy(said.bytes()).trim_end_matches('\n'), said.name());
}

#[test]
fn names_the_end_of_the_stream() {
    LAB.check("names_the_end_of_the_stream", |check| {
        let (p1, p2, a1) = (line(check, "P1"), line(check, "P2"), line(check, "A1"));
        let service = check.service("service");
        let mut program = check.start_with_typist(&[service.addr()]);
        let mut conversation = service.accept(&program);
        for said in [&p1, &p2] {
            program.types(said);
            conversation.recv(said);
        }
        program.ends_input();
        conversation.recv_eof();
        check.main_point();
        conversation.send(&a1).close();
        prints(&mut program, &a1);
        program.prints_line("EOF, by the peer's program");
        program.ends();
    });
}

#[test]
fn loses_no_byte() {
    LAB.check("loses_no_byte", |check| {
        // An empty line, one that is no text, a long one, and a last one without its end.
        let long = check.text("long", 4_000_017);
        let p1 = Payload::fixed("P1", [b"\n\xff\xfe\n", long.bytes(), b"\n\xf0\x9f"].concat());
        let a1 = Payload::fixed("A1", [b"\xff\xfe\n", check.text("more", 20).bytes()].concat());
        let a2 = line(check, "A2");
        let end = Payload::fixed("\"EOF, by the peer's program\"", "EOF, by the peer's program\n");
        let service = check.service_slow("service");
        let mut program = check.start_with_input(&[service.addr()], &p1);
        let mut conversation = service.accept(&program);
        check.nothing_else();
        conversation.recv_with_interruptions(&p1).recv_eof();
        conversation.send(&a1);
        // The rest must not be there when this is read.
        program.settle();
        conversation.send(&a2).close();
        program.prints_bytes(&[&a1, &a2, &end]);
        program.ends();
    });
}

#[test]
fn names_a_refusal() {
    LAB.check("names_a_refusal", |check| {
        let nobody = check.nobody("service");
        let mut program = check.start_with_typist(&[nobody.addr()]);
        check.main_point();
        program.prints_line("ECONNREFUSED, by the peer's kernel");
        program.ends_in_failure();
    });
}

#[test]
fn names_a_reset() {
    LAB.check("names_a_reset", |check| {
        let (p1, a1) = (line(check, "P1"), line(check, "A1"));
        let service = check.service("service");
        let mut program = check.start_with_typist(&[service.addr()]);
        let mut conversation = service.accept(&program);
        program.types(&p1);
        program.ends_input();
        conversation.recv(&p1).recv_eof();
        conversation.send(&a1);
        // So that the reset meets a program that has it, and waits for more.
        program.settle();
        check.main_point();
        conversation.reset();
        // At once or when all is over: what came is not lost.
        prints(&mut program, &a1);
        program.prints_line("ECONNRESET, by the peer or its kernel");
        program.ends_in_failure();
    });
}

#[test]
fn names_a_reset_for_unread_bytes() {
    LAB.check("names_a_reset_for_unread_bytes", |check| {
        let (p1, p2, p3) = (line(check, "P1"), line(check, "P2"), line(check, "P3"));
        let service = check.service("service");
        let mut program = check.start_with_typist(&[service.addr()]);
        let mut conversation = service.accept(&program);
        program.types(&p1);
        conversation.recv(&p1);
        program.types(&p2);
        // P2 has to be there, and unread, when the service goes.
        program.settle();
        check.main_point();
        conversation.close();
        // The program is still at its input, and hears nothing of it.
        program.settle();
        program.types(&p3);
        program.prints_line("ECONNRESET, by the peer or its kernel");
        program.ends_in_failure();
        // The same without another line: shutdown finds no connection any more,
        // and it is the read that says why.
        let service = check.service("service 2");
        let mut program = check.start_with_typist(&[service.addr()]);
        let mut conversation = service.accept(&program);
        program.types(&p1);
        conversation.recv(&p1);
        program.types(&p2);
        program.settle();
        conversation.close();
        program.settle();
        program.ends_input();
        program.prints_line("ECONNRESET, by the peer or its kernel");
        program.ends_in_failure();
    });
}

#[test]
fn names_a_write_after_the_end() {
    LAB.check("names_a_write_after_the_end", |check| {
        let (p1, p2, p3) = (line(check, "P1"), line(check, "P2"), line(check, "P3"));
        let service = check.service("service");
        let mut program = check.start_with_typist(&[service.addr()]);
        let mut conversation = service.accept(&program);
        program.types(&p1);
        conversation.recv(&p1);
        check.main_point();
        conversation.close();
        program.settle();
        // The kernel takes it, and gets a reset for it.
        program.types(&p2);
        program.settle();
        program.types(&p3);
        program.prints_line("EPIPE, by the peer or its kernel");
        program.ends_in_failure();
    });
}

#[test]
fn hears_the_last_words() {
    LAB.check("hears_the_last_words", |check| {
        let (p1, p2, p3) = (line(check, "P1"), line(check, "P2"), line(check, "P3"));
        let a1 = line(check, "A1");
        let service = check.service("service");
        let mut program = check.start_with_typist(&[service.addr()]);
        let mut conversation = service.accept(&program);
        program.types(&p1);
        conversation.recv(&p1);
        check.main_point();
        conversation.send(&a1).close();
        program.settle();
        program.types(&p2);
        program.settle();
        program.types(&p3);
        prints(&mut program, &a1);
        program.prints_line("EPIPE, by the peer or its kernel");
        program.ends_in_failure();
    });
}

#[test]
fn waits_for_a_silent_service() {
    LAB.check("waits_for_a_silent_service", |check| {
        let (p1, a1) = (line(check, "P1"), line(check, "A1"));
        let service = check.service("service");
        let mut program = check.start_with_typist(&[service.addr()]);
        let mut conversation = service.accept(&program);
        program.types(&p1);
        program.ends_input();
        conversation.recv(&p1).recv_eof();
        check.main_point();
        // Nothing but an answer may wake the program.
        conversation.is_silent(&program).send(&a1).close();
        prints(&mut program, &a1);
        program.prints_line("EOF, by the peer's program");
        program.ends();
    });
}

#[test]
fn gives_up_on_a_peer_that_vanished() {
    LAB.check("gives_up_on_a_peer_that_vanished", |check| {
        let (p1, p2) = (line(check, "P1"), line(check, "P2"));
        let service = check.service("service");
        let mut program = check.start_with_typist(&[service.addr()]);
        let mut conversation = service.accept(&program);
        program.types(&p1);
        conversation.recv(&p1);
        check.main_point();
        conversation.vanish();
        program.types(&p2);
        program.ends_input();
        program.prints_line("ETIMEDOUT, by this kernel");
        program.ends_in_failure();
    });
}

#[test]
fn gives_up_on_a_host_that_never_answers() {
    LAB.check("gives_up_on_a_host_that_never_answers", |check| {
        let service = check.service("service");
        service.vanish();
        let mut program = check.start_with_typist(&[service.addr()]);
        check.main_point();
        program.prints_line("ETIMEDOUT, by this kernel");
        program.ends_in_failure();
    });
}
