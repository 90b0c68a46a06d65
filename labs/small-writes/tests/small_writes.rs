//! What the program must send, seen from the collector, and in how many
//! segments: of these the kernel keeps count.
//!
//! Each test is a script: it starts a collector, then your program, types
//! commands, and notes what happens. `tests/snapshots/NAME.snap` holds what
//! must have happened: read it first, it is the specification.

use harness::{Check, Payload};

harness::lab!("small-writes");

/// A command that says some letters, and the message that it makes.
fn saying(check: &Check, name: &str, letters: usize) -> (Payload, Payload) {
    let text = check.text(name, letters);
    let command = [b"say ", text.bytes(), b"\n"].concat();
    (Payload::fixed(&format!("say {name}"), command), Payload::fixed(&format!("message {name}"), framed(text.bytes())))
}

fn framed(text: &[u8]) -> Vec<u8> {
    [&u32::try_from(text.len()).expect("a short text").to_be_bytes(), text].concat()
}

#[test]
fn sends_messages() {
    LAB.check("sends_messages", |check| {
        let ((say1, m1), (say2, m2)) = (saying(check, "P1", 4), saying(check, "P2", 300));
        let collector = check.service("collector");
        let mut program = check.start_with_typist(&[collector.addr()]);
        let mut stream = collector.accept(&program);
        check.main_point();
        program.types(&say1);
        stream.recv_only(&m1);
        program.types(&say2);
        stream.recv_only(&m2);
        program.ends_input();
        stream.recv_eof();
        program.ends();
    });
}

#[test]
fn sends_a_message_in_one_segment() {
    LAB.check("sends_a_message_in_one_segment", |check| {
        let ((say1, m1), (say2, m2)) = (saying(check, "P1", 7), saying(check, "P2", 900));
        let (say3, m3) = saying(check, "P3", 1);
        let collector = check.service("collector");
        let program = check.start_with_typist(&[collector.addr()]);
        let mut stream = collector.accept(&program);
        program.types(&say1);
        stream.recv_only(&m1);
        check.main_point();
        stream.has_segments(1);
        program.types(&say2);
        stream.recv_only(&m2).has_segments(2);
        program.types(&say3);
        stream.recv_only(&m3).has_segments(3);
    });
}

#[test]
fn waits_for_no_acknowledgment() {
    LAB.check("waits_for_no_acknowledgment", |check| {
        let collector = check.service("collector");
        let program = check.start_with_typist(&[collector.addr()]);
        let mut stream = collector.accept(&program);
        // A young connection acknowledges at once.
        let (say0, m0) = saying(check, "P0", 3);
        program.types(&say0);
        stream.recv_only(&m0);
        check.main_point();
        let ((say1, m1), (say2, m2)) = (saying(check, "P1", 7), saying(check, "P2", 5));
        stream.hears_both_before_its_ack([&say1, &say2], [&m1, &m2]);
    });
}

#[test]
fn counts_in_few_segments() {
    LAB.check("counts_in_few_segments", |check| {
        const N: u32 = 20_000;
        let all: Vec<u8> = (1..=N).flat_map(|n| framed(n.to_string().as_bytes())).collect();
        let all = Payload::fixed("messages 1 to 20000", all);
        let (say1, m1) = saying(check, "P1", 7);
        let collector = check.service("collector");
        let program = check.start_with_typist(&[collector.addr()]);
        let mut stream = collector.accept(&program);
        program.types(&Payload::fixed("count 20000", format!("count {N}\n")));
        stream.recv_only(&all);
        check.main_point();
        stream.has_few_segments(100);
        program.types(&say1);
        stream.recv_only(&m1);
    });
}

#[test]
fn sends_a_long_message_whole() {
    LAB.check("sends_a_long_message_whole", |check| {
        let (say1, m1) = saying(check, "P1", 7_000_003);
        let collector = check.service_slow("collector");
        let mut program = check.start_with_input(&[collector.addr()], &say1);
        let mut stream = collector.accept(&program);
        check.main_point();
        stream.recv_with_interruptions(&m1).recv_eof();
        stream.close();
        program.ends();
    });
}

#[test]
fn sends_nothing_for_nonsense() {
    LAB.check("sends_nothing_for_nonsense", |check| {
        let (say1, m1) = saying(check, "P1", 4);
        let collector = check.service("collector");
        let mut program = check.start_with_typist(&[collector.addr()]);
        let mut stream = collector.accept(&program);
        program.types(&say1);
        stream.recv_only(&m1);
        check.nothing_else();
        for nonsense in ["fly", "", "count", "count -1", "count 4294967299", "saying"] {
            program.types(&Payload::fixed(&format!("{nonsense:?}"), format!("{nonsense}\n")));
        }
        program.types(&Payload::fixed("ff fe", *b"\xff\xfe\n"));
        stream.quiet();
        // No text in any encoding, and blanks that belong to it.
        let bytes = b" \xff\xfe\x80\r";
        program.types(&Payload::fixed("say BYTES", [b"say ", &bytes[..], b"\n"].concat()));
        stream.recv_only(&Payload::fixed("message BYTES", framed(bytes)));
        // No text at all is a text, and the first 0 numbers are none.
        program.types(&Payload::fixed("say NOTHING", *b"say \n"));
        stream.recv_only(&Payload::fixed("message NOTHING", framed(b"")));
        program.types(&Payload::fixed("count 0", *b"count 0\n"));
        stream.quiet();
        program.ends_input();
        stream.recv_eof();
        program.ends();
    });
}

#[test]
fn says_that_the_collector_is_gone() {
    LAB.check("says_that_the_collector_is_gone", |check| {
        let ((say1, m1), (say2, _)) = (saying(check, "P1", 4), saying(check, "P2", 9));
        let collector = check.service("collector");
        let mut program = check.start_with_typist(&[collector.addr()]);
        let mut stream = collector.accept(&program);
        program.types(&say1);
        stream.recv_only(&m1);
        check.main_point();
        stream.reset();
        program.settle();
        program.types(&say2);
        program.ends_input();
        program.ends_in_failure();
        // The same with messages that the program collects before it writes.
        let (say3, m3) = saying(check, "P3", 6);
        let collector = check.service("collector 2");
        let mut program = check.start_with_typist(&[collector.addr()]);
        let mut stream = collector.accept(&program);
        program.types(&say3);
        stream.recv_only(&m3).reset();
        program.settle();
        program.types(&Payload::fixed("count 20", "count 20\n"));
        program.ends_input();
        program.ends_in_failure();
        // One that has closed is found out a message late.
        let ((say4, m4), (say5, _)) = (saying(check, "P4", 5), saying(check, "P5", 3));
        let (say6, _) = saying(check, "P6", 8);
        let collector = check.service("collector 3");
        let mut program = check.start_with_typist(&[collector.addr()]);
        let mut stream = collector.accept(&program);
        program.types(&say4);
        stream.recv_only(&m4).close();
        for lost in [&say5, &say6] {
            program.types(lost);
            program.settle();
        }
        program.ends_input();
        program.ends_in_failure();
    });
}
