//! What the program must do, seen from the other end of the wire.
//!
//! A line is called `l1` where it is sent, and `L1` where it comes back in
//! upper case. `tests/snapshots/NAME.snap` holds what must have happened.

use harness::Payload;

harness::lab!("tokio-lines");

#[test]
fn answers_a_line() {
    LAB.check("answers_a_line", |check| {
        let (l1, l2) = (check.line("l1", 30), check.line("l2", 12));
        let program = check.serve();
        let mut a = program.connect("a");
        a.send(&l1.said).recv_only(&l1.loud);
        a.send(&l2.said).recv_only(&l2.loud);
    });
}

#[test]
fn puts_split_lines_together() {
    LAB.check("puts_split_lines_together", |check| {
        let (l1, l2) = (check.line("l1", 20), check.line("l2", 10));
        let (head, tail) = (l1.said.part("start of l1", 0..9), l1.said.part("rest of l1", 9..20));
        let program = check.serve();
        let mut a = program.connect("a");
        a.send(&head).quiet().send(&tail).recv(&l1.loud);
        a.dribble(&l2.said).recv(&l2.loud).quiet();
    });
}

#[test]
fn cuts_joined_lines_apart() {
    LAB.check("cuts_joined_lines_apart", |check| {
        let (l1, l2, l3) = (check.line("l1", 20), check.line("l2", 1), check.line("l3", 25));
        let (head, tail) = (l3.said.part("start of l3", 0..11), l3.said.part("rest of l3", 11..25));
        let program = check.serve();
        let mut a = program.connect("a");
        a.send_joined(&[&l1.said, &l2.said, &head]).recv_all(&[&l1.loud, &l2.loud]).quiet();
        a.send(&tail).recv(&l3.loud).quiet();
    });
}

#[test]
fn answers_an_unfinished_last_line() {
    LAB.check("answers_an_unfinished_last_line", |check| {
        let (l1, l2, l3) = (check.line("l1", 20), check.line("l2", 20), check.line("l3", 20));
        let (said, loud) = (l3.said.part("l3 without its end", 0..19), l3.loud.part("L3 without its end", 0..19));
        let program = check.serve();
        let mut a = program.connect("a");
        // A program that reads to the end before it answers stops here.
        a.send(&l1.said).recv_only(&l1.loud);
        check.main_point();
        a.send_joined(&[&l2.said, &said]).half_close().recv_all(&[&l2.loud, &loud]).recv_eof();
    });
}

#[test]
fn serves_many_on_one_thread() {
    LAB.check("serves_many_on_one_thread", |check| {
        let (l1, l2) = (check.line("l1", 20), check.line("l2", 20));
        let (l3, l4) = (check.line("l3", 20), check.line("l4", 20));
        let program = check.serve();
        // The last to come is served first: a queue cannot do that.
        let mut a = program.connect("a");
        let mut b = program.connect("b");
        let mut c = program.connect("c");
        c.send(&l1.said).recv_only(&l1.loud);
        b.send(&l2.said).recv_only(&l2.loud);
        a.send(&l3.said).recv_only(&l3.loud);
        c.send(&l4.said).recv_only(&l4.loud);
        program.has_threads(1);
    });
}

#[test]
fn a_slow_reader_stops_nobody() {
    LAB.check("a_slow_reader_stops_nobody", |check| {
        /// What the program may need for its own buffers, in kB.
        const ROOM: u64 = 3_000;
        let (l1, l2) = (check.line("l1", 1_000), check.line("l2", 20));
        let many = Payload::fixed("many lines", l1.said.bytes().repeat(10_000));
        let program = check.serve();
        let mut slow = program.connect_slow("slow");
        let before = program.memory_kb();
        slow.flood(&many);
        program.connect("b").send(&l2.said).recv(&l2.loud);
        program.grew_at_most(before, ROOM);
        slow.recv(&l1.loud);
    });
}

#[test]
fn survives_a_reset() {
    LAB.check("survives_a_reset", |check| {
        let (l1, l2, l3) = (check.line("l1", 20), check.line("l2", 20), check.line("l3", 20));
        let program = check.serve();
        let mut rude = program.connect("rude");
        rude.send(&l1.said).recv_only(&l1.loud);
        rude.send(&l2.said).recv_only(&l2.loud);
        check.main_point();
        rude.reset();
        program.settle();
        program.connect("b").send(&l3.said).recv_only(&l3.loud);
    });
}
