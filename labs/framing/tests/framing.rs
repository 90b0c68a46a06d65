//! What the program must do, seen from the other end of the wire.
//!
//! A message is called `m1` where it is sent, and `M1` where it comes back with
//! its bytes in reverse order; lines are `l1` and `L1`, with their end, `l1\n`, where
//! that matters. `m1[..9]` are the first nine bytes of `m1`, `m1[9..]` the rest.
//! Lengths are those on the wire: a message of 37 bytes has 41 there. `tests/snapshots/NAME.snap` holds
//! what must have happened: read it first, it is the specification.

use harness::{Check, Payload};

harness::lab!("framing");

/// What is sent, and what has to come back for it.
struct Pair {
    said: Payload,
    back: Payload,
}

impl Pair {
    fn new(name: &str, said: Vec<u8>, back: Vec<u8>) -> Pair {
        Pair { said: Payload::fixed(name, said), back: Payload::fixed(&name.to_uppercase(), back) }
    }

    /// The bytes up to `at`, and those behind.
    fn split(&self, at: usize) -> (Payload, Payload) {
        let (name, end) = (self.said.name(), self.said.bytes().len());
        (self.said.part(&format!("{name}[..{at}]"), 0..at), self.said.part(&format!("{name}[{at}..]"), at..end))
    }
}

/// A message of `n` bytes of any value, whose length is `prefix` on the wire.
fn message(check: &Check, name: &str, n: usize, prefix: [u8; 4]) -> Pair {
    let bytes = check.bytes(name, n);
    let turned = bytes.bytes().iter().rev().copied();
    Pair::new(name, [&prefix, bytes.bytes()].concat(), prefix.into_iter().chain(turned).collect())
}

/// A line of `n` letters that ends with `end`.
fn line(check: &Check, name: &str, n: usize, end: &str) -> Pair {
    said_line(name, check.text(name, n).bytes(), end)
}

/// A line whose name shows its end: what is too long is the line, and not its end.
fn measured_line(check: &Check, name: &str, n: usize, end: &str) -> Pair {
    let Pair { said, back } = line(check, name, n, end);
    let shown = |payload: &Payload, end: &str| {
        Payload::fixed(&format!("{}{}", payload.name(), end.escape_default()), payload.bytes())
    };
    Pair { said: shown(&said, end), back: shown(&back, "\r\n") }
}

fn said_line(name: &str, line: &[u8], end: &str) -> Pair {
    let turned = line.iter().rev().copied();
    Pair::new(name, [line, end.as_bytes()].concat(), turned.chain(*b"\r\n").collect())
}

#[test]
fn answers_a_message() {
    LAB.check("answers_a_message", |check| {
        let m1 = message(check, "m1", 37, [0, 0, 0, 37]);
        let m2 = message(check, "m2", 300, [0, 0, 1, 44]);
        let program = check.serve();
        let mut a = program.connect("a");
        a.send(&m1.said).recv_only(&m1.back);
        a.send(&m2.said).recv_only(&m2.back);
    });
}

#[test]
fn puts_split_messages_together() {
    LAB.check("puts_split_messages_together", |check| {
        let m1 = message(check, "m1", 20, [0, 0, 0, 20]);
        let m2 = message(check, "m2", 20, [0, 0, 0, 20]);
        let m3 = message(check, "m3", 7, [0, 0, 0, 7]);
        let program = check.serve();
        check.nothing_else();
        let mut a = program.connect("a");
        // Cut in the bytes, cut in the length, cut everywhere.
        for (m, at) in [(&m1, 9), (&m2, 3)] {
            let (start, rest) = m.split(at);
            a.send(&start).quiet().send(&rest).recv_only(&m.back);
        }
        a.dribble(&m3.said).recv_only(&m3.back);
    });
}

#[test]
fn cuts_joined_messages_apart() {
    LAB.check("cuts_joined_messages_apart", |check| {
        let m1 = message(check, "m1", 20, [0, 0, 0, 20]);
        let m2 = message(check, "m2", 1, [0, 0, 0, 1]);
        let m3 = message(check, "m3", 25, [0, 0, 0, 25]);
        let (start, rest) = m3.split(11);
        let program = check.serve();
        check.nothing_else();
        let mut a = program.connect("a");
        a.send_joined(&[&m1.said, &m2.said, &start]).recv_all(&[&m1.back, &m2.back]).quiet();
        a.send(&rest).recv_only(&m3.back);
    });
}

#[test]
fn answers_an_empty_message() {
    LAB.check("answers_an_empty_message", |check| {
        let m1 = message(check, "m1", 20, [0, 0, 0, 20]);
        let m2 = message(check, "m2", 20, [0, 0, 0, 20]);
        let empty = Payload::fixed("EMPTY", [0, 0, 0, 0]);
        let program = check.serve();
        let mut a = program.connect("a");
        a.send(&m1.said).recv_only(&m1.back);
        check.nothing_else();
        a.send(&empty).recv_only(&empty);
        a.send_joined(&[&empty, &m2.said]).recv_all(&[&empty, &m2.back]).quiet();
    });
}

#[test]
fn sends_every_byte() {
    LAB.check("sends_every_byte", |check| {
        /// More than a connection holds that nobody reads.
        const MANY: usize = 64;
        let m1 = message(check, "m1", 65_000, [0, 0, 253, 232]);
        let said = Payload::fixed("64 × m1", m1.said.bytes().repeat(MANY));
        let back = Payload::fixed("64 × M1", m1.back.bytes().repeat(MANY));
        let m2 = message(check, "m2", 20, [0, 0, 0, 20]);
        let program = check.serve();
        let mut a = program.connect_slow("a");
        // A flood cuts a length now and then. A program that minds fails here,
        // and always.
        let (start, rest) = m2.split(3);
        a.send(&start).quiet().send(&rest).recv(&m2.back);
        check.nothing_else();
        a.flood(&said).recv_with_interruptions(&back);
        check.beside_the_point();
        a.quiet();
    });
}

#[test]
fn refuses_a_length_too_large() {
    LAB.check("refuses_a_length_too_large", |check| {
        let m1 = message(check, "m1", 65_536, [0, 1, 0, 0]);
        let m2 = message(check, "m2", 20, [0, 0, 0, 20]);
        let m3 = message(check, "m3", 20, [0, 0, 0, 20]);
        let one_more = Payload::fixed("00 01 00 01", [0, 1, 0, 1]);
        let largest = Payload::fixed("ff ff ff ff", [255, 255, 255, 255]);
        let mut program = check.serve();
        check.main_point();
        let mut a = program.connect("a");
        a.send(&m1.said).recv_only(&m1.back);
        // No byte of the message follows: there is nothing to wait for.
        a.send(&one_more).recv_end();
        program.prints_line("too long");
        let mut b = program.connect("b");
        b.send(&m2.said).recv_only(&m2.back);
        b.send(&largest).recv_end();
        program.prints_line("too long");
        program.connect("c").send(&m3.said).recv_only(&m3.back);
    });
}

#[test]
fn tells_an_end_from_a_cut() {
    LAB.check("tells_an_end_from_a_cut", |check| {
        let m1 = message(check, "m1", 20, [0, 0, 0, 20]);
        let m2 = message(check, "m2", 20, [0, 0, 0, 20]);
        let m3 = message(check, "m3", 20, [0, 0, 0, 20]);
        let mut program = check.serve();
        let mut a = program.connect("a");
        a.send(&m1.said).recv_only(&m1.back);
        check.main_point();
        a.half_close().recv_eof();
        program.prints_line("done");
        program.connect("mute").half_close().recv_eof();
        program.prints_line("done");
        // In the bytes, and in the length.
        for (name, m, at) in [("b", &m2, 9), ("c", &m3, 3)] {
            program.connect(name).send(&m.split(at).0).half_close().recv_eof();
            program.prints_line("cut off");
        }
    });
}

#[test]
fn tells_a_reset_from_a_cut() {
    LAB.check("tells_a_reset_from_a_cut", |check| {
        let m1 = message(check, "m1", 20, [0, 0, 0, 20]);
        let m2 = message(check, "m2", 20, [0, 0, 0, 20]);
        let (m3, m4) = (message(check, "m3", 20, [0, 0, 0, 20]), message(check, "m4", 20, [0, 0, 0, 20]));
        let mut program = check.serve();
        let mut a = program.connect("a");
        a.send(&m1.said).recv_only(&m1.back);
        check.main_point();
        a.reset();
        program.prints_line("lost");
        let mut b = program.connect("b");
        b.send(&m2.split(9).0).quiet();
        b.reset();
        program.prints_line("lost");
        // Gone before it is accepted: there is a message, and nobody to answer.
        program.settle();
        program.stands_still();
        let mut c = program.connect("c");
        c.send(&m3.said);
        c.reset();
        program.goes_on();
        program.prints_line("lost");
        program.connect("d").send(&m4.said).recv_only(&m4.back);
    });
}

#[test]
fn waits_for_a_client_that_vanished() {
    LAB.check("waits_for_a_client_that_vanished", |check| {
        let m1 = message(check, "m1", 20, [0, 0, 0, 20]);
        let m2 = message(check, "m2", 20, [0, 0, 0, 20]);
        let m3 = message(check, "m3", 20, [0, 0, 0, 20]);
        let mut program = check.serve();
        let mut a = program.connect("a");
        // When the program goes on, all this is there, and the client is gone.
        program.settle();
        program.stands_still();
        a.send_joined(&[&m1.said, &m2.split(9).0]).vanish();
        program.goes_on();
        check.main_point();
        // Nobody has ended anything. The answer M1 nobody acknowledges.
        program.goes_on_waiting();
        a.is_given_up();
        program.prints_line("lost");
        program.connect("b").send(&m3.said).recv_only(&m3.back);
    });
}

#[test]
fn cuts_lines_at_their_ends() {
    LAB.check("cuts_lines_at_their_ends", |check| {
        let (l1, l2) = (line(check, "l1", 20, "\n"), line(check, "l2", 12, "\r\n"));
        let (l3, l4) = (line(check, "l3", 20, "\r\n"), line(check, "l4", 10, "\r\n"));
        let empty = said_line("empty", b"", "\n");
        let letters = check.text("l5", 20);
        let (first, second) = letters.bytes().split_at(9);
        // Of all this only the last two bytes are its end. No UTF-8 has a byte 255.
        let l5 = said_line("l5", &[first, b"\xff\r", second, b" \r"].concat(), "\r\n");
        // Between the two bytes of its end.
        let (start, rest) = l4.split(11);
        let program = check.serve_as("lines");
        check.nothing_else();
        let mut a = program.connect("a");
        a.send(&l1.said).recv_only(&l1.back);
        a.send(&l2.said).recv_only(&l2.back);
        a.send_joined(&[&l3.said, &empty.said, &start]).recv_all(&[&l3.back, &empty.back]).quiet();
        a.send(&rest).recv_only(&l4.back);
        a.dribble(&l5.said).recv_only(&l5.back);
    });
}

#[test]
fn refuses_a_line_too_long() {
    LAB.check("refuses_a_line_too_long", |check| {
        let (l1, l2) = (measured_line(check, "l1", 1_000, "\n"), measured_line(check, "l2", 1_000, "\r\n"));
        // As many as the longest line and its end: no line end can come in time now.
        let endless = check.text("l3", 1_002);
        let (l4, l5) = (measured_line(check, "l4", 1_001, "\n"), measured_line(check, "l5", 20, "\n"));
        let mut program = check.serve_as("lines");
        check.main_point();
        let mut a = program.connect("a");
        a.send(&l1.said).recv_only(&l1.back);
        a.send(&l2.said).recv_only(&l2.back);
        a.send(&endless).recv_end();
        program.prints_line("too long");
        program.connect("b").send(&l4.said).recv_end();
        program.prints_line("too long");
        program.connect("c").send(&l5.said).recv_only(&l5.back);
    });
}

#[test]
fn takes_no_piece_for_a_line() {
    LAB.check("takes_no_piece_for_a_line", |check| {
        let (l1, l2) = (line(check, "l1", 20, "\n"), line(check, "l2", 20, "\n"));
        let (piece, _) = line(check, "l3", 20, "\n").split(15);
        let mut program = check.serve_as("lines");
        let mut a = program.connect("a");
        a.send(&l1.said).recv_only(&l1.back);
        a.half_close().recv_eof();
        program.prints_line("done");
        check.main_point();
        let mut b = program.connect("b");
        b.send_joined(&[&l2.said, &piece]).half_close().recv(&l2.back).recv_eof();
        program.prints_line("cut off");
        let mut c = program.connect("c");
        c.send(&piece).quiet();
        c.reset();
        program.prints_line("lost");
    });
}
