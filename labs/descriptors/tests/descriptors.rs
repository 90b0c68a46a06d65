//! What the program must do: an order in, an answer out, and what the kernel
//! says of it.
//!
//! An answer alone proves nothing: the tests look at the numbers that the
//! program really has. `A`, `B` and `C` stand for numbers: which they are is
//! the kernel's business. `A = C` are two numbers of one socket, `#1` is the
//! first of many.
//! `tests/snapshots/NAME.snap` holds what must have happened: read it first,
//! it is the specification.

use harness::{Number, Payload, Program, Question};

harness::lab!("descriptors");

/// `close A`, and the like.
fn order(verb: &str, number: &Number, rest: &str) -> Question {
    let of = |number: &str| format!("{verb} {number}{rest}");
    Question::new(of(&number.to_string()), of(number.name()))
}

/// The program writes `text` to `number`, and all of it is taken.
fn writes(program: &mut Program, number: &Number, text: &Payload) {
    let of = |number: &str, text: &str| format!("write {number} {text}");
    let said = String::from_utf8_lossy(text.bytes());
    let question = Question::new(of(&number.to_string(), &said), of(number.name(), text.name()));
    let taken = text.bytes().len().to_string();
    program.replies(&question, &taken, &taken);
}

/// The program reads just `text` from `number`.
fn reads(program: &mut Program, number: &Number, text: &Payload) {
    let said = String::from_utf8_lossy(text.bytes());
    program.replies(&order("read", number, ""), &said, text.name());
}

/// The answer to `verb NUMBER` is `answer`.
fn says(program: &mut Program, verb: &str, number: &Number, answer: &str) {
    program.replies(&order(verb, number, ""), answer, answer);
}

/// `close NUMBER` works.
fn closes(program: &mut Program, number: &Number) {
    let (answer, name) = (format!("closed {number}"), format!("closed {}", number.name()));
    program.replies(&order("close", number, ""), &answer, &name);
}

#[test]
fn opens_a_socket() {
    LAB.check("opens_a_socket", |check| {
        let mut program = check.start_with_typist(&[] as &[&str]);
        check.main_point();
        let [a] = program.opens("udp", ["A"]);
        program.holds(&[&[&a]]);
        let [b] = program.opens("udp", ["B"]);
        program.holds(&[&[&a], &[&b]]);
        program.has_udp_at(&[&a, &b], "127.0.0.1:?");
        program.hears_no_more();
    });
}

#[test]
fn gives_a_number_back() {
    LAB.check("gives_a_number_back", |check| {
        let mut program = check.start_with_typist(&[] as &[&str]);
        let [a] = program.opens("udp", ["A"]);
        let [b] = program.opens("udp", ["B"]);
        let [c] = program.opens("udp", ["C"]);
        check.main_point();
        closes(&mut program, &a);
        program.holds(&[&[&b], &[&c]]);
        closes(&mut program, &b);
        program.holds(&[&[&c]]);
        // What is free is given again, the lowest first.
        let [d] = program.opens("udp", ["D"]);
        program.holds(&[&[&c], &[&d]]);
        // Neither is there a number that nobody has.
        for never in ["9999", "-1"] {
            program.replies_beginning(&Question::plain(&format!("close {never}")), "error: ");
        }
        closes(&mut program, &d);
        program.replies_beginning(&order("close", &d, ""), "error: ");
        program.holds(&[&[&c]]);
        program.hears_no_more();
    });
}

#[test]
fn tells_its_kind() {
    LAB.check("tells_its_kind", |check| {
        let mut program = check.start_with_typist(&[] as &[&str]);
        let [a] = program.opens("socket inet stream", ["A"]);
        let [b] = program.opens("socket inet6 dgram", ["B"]);
        let [c] = program.opens("socket unix stream", ["C"]);
        let [d] = program.opens("socket unix seqpacket", ["D"]);
        let [e] = program.opens("socket inet stream tcp", ["E"]);
        let [f] = program.opens("socket inet dgram udp", ["F"]);
        check.main_point();
        says(&mut program, "kind", &a, "AF_INET SOCK_STREAM 6");
        says(&mut program, "kind", &b, "AF_INET6 SOCK_DGRAM 17");
        says(&mut program, "kind", &c, "AF_UNIX SOCK_STREAM 0");
        says(&mut program, "kind", &d, "AF_UNIX SOCK_SEQPACKET 0");
        says(&mut program, "kind", &e, "AF_INET SOCK_STREAM 6");
        says(&mut program, "kind", &f, "AF_INET SOCK_DGRAM 17");
        program.hears_no_more();
    });
}

#[test]
fn says_why_there_is_no_socket() {
    LAB.check("says_why_there_is_no_socket", |check| {
        let mut program = check.start_with_typist(&[] as &[&str]);
        check.main_point();
        for misfit in ["socket inet stream udp", "socket inet dgram tcp", "socket unix stream tcp"] {
            program.replies(&Question::plain(misfit), "EPROTONOSUPPORT", "EPROTONOSUPPORT");
        }
        program.holds(&[]);
        for nonsense in ["socket inet", "socket inet river", "socket inet stream smoke", "fly", "kind", "kind 3 4"] {
            program.replies_beginning(&Question::plain(nonsense), "error: ");
        }
        // Bytes that are no text.
        program.replies_beginning(&Question::new(*b"fly \xff", "fly ff"), "error: ");
        let [a] = program.opens("socket inet stream tcp", ["A"]);
        program.holds(&[&[&a]]);
        program.hears_no_more();
    });
}

#[test]
fn reads_writes_and_has_no_position() {
    LAB.check("reads_writes_and_has_no_position", |check| {
        let (p1, p2, p3) = (check.text("P1", 12), check.text("P2", 7), check.text("P3", 9));
        let mut program = check.start_with_typist(&[] as &[&str]);
        let [a, b] = program.opens("pair", ["A", "B"]);
        program.holds(&[&[&a], &[&b]]);
        check.main_point();
        writes(&mut program, &a, &p1);
        reads(&mut program, &b, &p1);
        says(&mut program, "read", &b, "EAGAIN");
        writes(&mut program, &a, &p2);
        says(&mut program, "seek", &b, "ESPIPE");
        reads(&mut program, &b, &p2);
        // Both directions, and neither is in the other's way.
        writes(&mut program, &b, &p3);
        says(&mut program, "read", &b, "EAGAIN");
        reads(&mut program, &a, &p3);
        says(&mut program, "read", &a, "EAGAIN");
        // Bytes are counted, not letters.
        writes(&mut program, &a, &Payload::fixed("소켓", "소켓"));
        reads(&mut program, &b, &Payload::fixed("소켓", "소켓"));
        program.hears_no_more();
    });
}

#[test]
fn reads_what_one_read_brings() {
    LAB.check("reads_what_one_read_brings", |check| {
        let (p1, p2, p3) = (check.text("P1", 5), check.text("P2", 8), check.text("P3", 130));
        let both = Payload::fixed("P1P2", [p1.bytes(), p2.bytes()].concat());
        let mut program = check.start_with_typist(&[] as &[&str]);
        let [a, b] = program.opens("pair", ["A", "B"]);
        check.main_point();
        // Nothing stands between the one and the other.
        writes(&mut program, &a, &p1);
        writes(&mut program, &a, &p2);
        reads(&mut program, &b, &both);
        // One read is one read: the rest is for the next.
        writes(&mut program, &a, &p3);
        reads(&mut program, &b, &p3.part("P3[..100]", 0..100));
        reads(&mut program, &b, &p3.part("P3[100..]", 100..130));
        says(&mut program, "read", &b, "EAGAIN");
        program.hears_no_more();
    });
}

#[test]
fn ends_with_the_last_close() {
    LAB.check("ends_with_the_last_close", |check| {
        let p1 = check.text("P1", 10);
        let mut program = check.start_with_typist(&[] as &[&str]);
        let [a, b] = program.opens("pair", ["A", "B"]);
        check.main_point();
        let [c] = program.opens_by(&order("copy", &a, ""), ["C"]);
        program.holds(&[&[&a, &c], &[&b]]);
        closes(&mut program, &a);
        program.holds(&[&[&b], &[&c]]);
        says(&mut program, "read", &b, "EAGAIN");
        writes(&mut program, &c, &p1);
        reads(&mut program, &b, &p1);
        says(&mut program, "read", &b, "EAGAIN");
        closes(&mut program, &c);
        says(&mut program, "read", &b, "end");
        says(&mut program, "read", &b, "end");
        program.holds(&[&[&b]]);
        program.hears_no_more();
    });
}

#[test]
fn ends_for_all_numbers() {
    LAB.check("ends_for_all_numbers", |check| {
        let (p1, p2) = (check.text("P1", 10), check.text("P2", 6));
        let mut program = check.start_with_typist(&[] as &[&str]);
        let [a, b] = program.opens("pair", ["A", "B"]);
        let [c] = program.opens_by(&order("copy", &a, ""), ["C"]);
        writes(&mut program, &c, &p1);
        check.main_point();
        says(&mut program, "shutdown", &a, "done");
        // What was said before is said.
        reads(&mut program, &b, &p1);
        says(&mut program, "read", &b, "end");
        program.replies(&order("write", &c, " more"), "EPIPE", "EPIPE");
        program.replies(&order("write", &a, " more"), "EPIPE", "EPIPE");
        program.holds(&[&[&a, &c], &[&b]]);
        writes(&mut program, &b, &p2);
        reads(&mut program, &c, &p2);
        // A socket that is connected to nobody has no direction to end.
        let [d] = program.opens("udp", ["D"]);
        program.replies_beginning(&order("shutdown", &d, ""), "error: ");
        program.hears_no_more();
    });
}

#[test]
fn says_when_numbers_run_out() {
    LAB.check("says_when_numbers_run_out", |check| {
        const MOST: u64 = 16;
        let mut program = check.start_with_few_descriptors(MOST);
        let pair = program.opens("pair", ["A", "B"]);
        check.main_point();
        let all = program.opens_until("udp", "EMFILE", MOST as usize);
        program.holds_all(all.iter().chain(&pair));
        let [first, ..] = &all[..] else { return };
        // What is open can be asked, and told, without one more number.
        says(&mut program, "kind", first, "AF_INET SOCK_DGRAM 17");
        says(&mut program, "shutdown", &pair[0], "done");
        says(&mut program, "read", &pair[1], "end");
        says(&mut program, "copy", first, "EMFILE");
        program.replies(&Question::plain("pair"), "EMFILE", "EMFILE");
        closes(&mut program, first);
        // One number is free, and a pair needs two.
        program.replies(&Question::plain("pair"), "EMFILE", "EMFILE");
        program.replies(&Question::plain("socket inet stream udp"), "EPROTONOSUPPORT", "EPROTONOSUPPORT");
        let [last] = program.opens("udp", ["C"]);
        says(&mut program, "copy", &last, "EMFILE");
        program.holds_all(all[1..].iter().chain(&pair).chain([&last]));
        program.hears_no_more();
    });
}
