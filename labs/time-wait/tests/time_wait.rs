//! What the program must do, seen from its clients, and from the kernel that
//! keeps what it leaves behind.
//!
//! Each test is a script: it starts your program, plays its clients, and notes
//! what happens. `tests/snapshots/NAME.snap` holds what must have happened:
//! read it first, it is the specification.

use std::net::{Ipv4Addr, SocketAddr};

use harness::{Check, Payload};

harness::lab!("time-wait");

/// Any port of an address of this check's own: on 127.0.0.1 another program
/// could take the port between two runs.
fn own_address(check: &Check) -> SocketAddr {
    let part = || 1 + check.below(250) as u8;
    (Ipv4Addr::new(127, part(), part(), part()), 0).into()
}

/// A text that fits into a send buffer, and not into a small receive buffer.
fn long(check: &Check, name: &str) -> Payload {
    check.text(name, 30_000)
}

/// Whether `reason` is EADDRNOTAVAIL in any of the ways in which Rust writes it:
/// an error, its kind, its number, or the name itself.
fn says_not_available(reason: &str) -> bool {
    let reason = reason.to_lowercase();
    ["eaddrnotavail", "addrnotavailable", "not available", "cannot assign", "99"].iter().any(|way| reason.contains(way))
}

#[test]
fn closes_first() {
    LAB.check("closes_first", |check| {
        // Bytes of any value: a text in no encoding that anybody has agreed upon.
        let text = Payload::fixed("TEXT", [check.bytes("", 298).bytes(), b"\xff\x80"].concat());
        let program = check.serve_text_on(own_address(check), &text);
        let before = program.count_sockets();
        for name in ["a", "b"] {
            let mut client = program.connect(name);
            client.recv(&text);
            check.main_point();
            client.recv_eof();
            client.close();
        }
        program.leaves_time_wait();
        program.has_sockets_again(before);
    });
}

#[test]
fn loses_nothing_by_closing() {
    LAB.check("loses_nothing_by_closing", |check| {
        let text = long(check, "TEXT");
        let program = check.serve_text_on(own_address(check), &text);
        let mut a = program.connect_slow_unseen("a");
        // By now it has closed, and the kernel still has most of it.
        program.settle();
        check.main_point();
        a.recv(&text).recv_eof();
    });
}

#[test]
fn goes_on_after_a_reset() {
    LAB.check("goes_on_after_a_reset", |check| {
        // Far more than the buffers between the two hold.
        let text = Payload::fixed("TEXT", check.text("TEXT", 65_537).bytes().repeat(180));
        let program = check.serve_text_on(own_address(check), &text);
        let mut a = program.connect_slow("a");
        // By now it waits in the middle of its write.
        program.settle();
        check.main_point();
        a.reset();
        // Whom a reset ends has ended by now.
        program.settle();
        program.connect_slow("b").recv_with_interruptions(&text).recv_eof();
    });
}

#[test]
fn restarts_on_its_port() {
    LAB.check("restarts_on_its_port", |check| {
        let (old, new) = (check.text("OLD", 300), check.text("NEW", 300));
        let mut first = check.serve_text_on(own_address(check), &old);
        let mut a = first.connect("a");
        a.recv(&old).recv_eof();
        a.close();
        first.leaves_time_wait();
        first.kill();
        check.main_point();
        let Some(addr) = first.addr() else { return };
        let second = check.serve_text_again_on(addr, &new);
        second.connect("b").recv(&new).recv_eof();
    });
}

#[test]
fn restarts_while_an_old_client_still_reads() {
    LAB.check("restarts_while_an_old_client_still_reads", |check| {
        let (old, new) = (long(check, "OLD"), long(check, "NEW"));
        let mut first = check.serve_text_on(own_address(check), &old);
        let mut a = first.connect_slow_unseen("a");
        first.settle();
        first.kill();
        let Some(addr) = first.addr() else { return };
        let second = check.serve_text_again_on(addr, &new);
        second.connect("b").recv(&new).recv_eof();
        check.main_point();
        // From a program that is gone.
        a.recv(&old).recv_eof();
    });
}

#[test]
fn leaves_a_living_server_alone() {
    LAB.check("leaves_a_living_server_alone", |check| {
        let (one, two) = (check.text("ONE", 300), check.text("TWO", 300));
        let first = check.serve_text_on(own_address(check), &one);
        let Some(addr) = first.addr() else { return };
        check.main_point();
        let mut second = check.start_with_input(&[addr.to_string()], &two);
        let said = format!("{addr}: EADDRINUSE");
        let Some(line) = second.line("\"ADDRESS: EADDRINUSE\"") else { return };
        if line != said {
            // With a port in it that is another one in every run.
            return match line.strip_prefix("listening on ") {
                Some(there) if there == addr.to_string() => {
                    check.fail("program: listens, next to the first", "프로그램: 첫 번째 프로그램 옆에서 리스닝함")
                }
                Some(_) => check.fail("program: listens on another port", "프로그램: 다른 포트에서 리스닝함"),
                None => check.fail("program: gives another reason", "프로그램: 다른 까닭을 댐"),
            };
        }
        check.note_in("program: prints \"ADDRESS: EADDRINUSE\"", "프로그램: \"ADDRESS: EADDRINUSE\" 출력");
        second.ends_in_failure();
        first.connect("a").recv(&one).recv_eof();
    });
}

#[test]
fn names_another_reason() {
    LAB.check("names_another_reason", |check| {
        // RFC 5737: an address of documents, and of no machine.
        let addr = "192.0.2.1:7000";
        let text = check.text("TEXT", 300);
        check.main_point();
        let mut program = check.start_with_input(&[addr], &text);
        let Some(line) = program.line("the reason") else { return };
        match line.strip_prefix(&format!("{addr}: ")) {
            Some(reason) if reason.contains("EADDRINUSE") => {
                return check.fail("program: prints EADDRINUSE", "프로그램: EADDRINUSE 출력");
            }
            Some(reason) if says_not_available(reason) => {
                check.note_in("program: prints \"ADDRESS: …\"", "프로그램: \"ADDRESS: …\" 출력");
            }
            Some(_) => {
                return check.fail(
                    "program: prints another reason than the system has given",
                    "프로그램: 시스템이 알려 준 것과 다른 까닭 출력",
                );
            }
            None => return check.fail("program: prints no reason", "프로그램: 까닭을 출력하지 않음"),
        }
        program.ends_in_failure();
    });
}
