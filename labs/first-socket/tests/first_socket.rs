//! What the program must do, and what the kernel says of it.
//!
//! What the program prints proves nothing by itself: the tests look at the
//! sockets that it really has.
//! `tests/snapshots/NAME.snap` holds what must have happened: read it first,
//! it is the specification. `A` and `B` stand for the numbers of the two
//! sockets, `P` and `Q` for their ports: they may be others in each run.

use harness::{Number, Payload, Place, Program};

harness::lab!("first-socket");

fn presses_enter(program: &Program) {
    program.types(&Payload::fixed("Enter", "\n"));
}

/// Where the program says that its sockets are.
fn addresses(program: &mut Program) -> [Place; 2] {
    let first = program.prints_address("first: 127.0.0.1:P", "127.0.0.1:P");
    let second = program.prints_address("second: 127.0.0.1:Q", "127.0.0.1:Q");
    [first, second]
}

/// Their numbers, which the program tells after Enter.
fn numbers(program: &mut Program) -> [Number; 2] {
    presses_enter(program);
    [program.prints_number("first: descriptor A", "A"), program.prints_number("second: descriptor B", "B")]
}

#[test]
fn opens_two_sockets() {
    LAB.check("opens_two_sockets", |check| {
        let mut program = check.start_with_typist(&[] as &[&str]);
        check.main_point();
        let [first, second] = addresses(&mut program);
        program.owns(&[first.udp(), second.udp()]);
    });
}

#[test]
fn tells_their_numbers() {
    LAB.check("tells_their_numbers", |check| {
        let mut program = check.start_with_typist(&[] as &[&str]);
        addresses(&mut program);
        check.main_point();
        let [a, b] = numbers(&mut program);
        program.holds(&[&[&a], &[&b]]);
        program.kill();
        // The same with a file of its parent's: the numbers are others.
        let mut program = check.start_with_number_taken(3);
        addresses(&mut program);
        let [a, b] = numbers(&mut program);
        program.holds(&[&[&a], &[&b]]);
    });
}

#[test]
fn gives_one_number_back() {
    LAB.check("gives_one_number_back", |check| {
        let mut program = check.start_with_typist(&[] as &[&str]);
        addresses(&mut program);
        let [_, b] = numbers(&mut program);
        check.main_point();
        presses_enter(&program);
        program.prints_line("first: closed");
        program.holds(&[&[&b]]);
        program.hears_no_more();
    });
}

#[test]
fn says_when_there_is_no_number() {
    LAB.check("says_when_there_is_no_number", |check| {
        // 0, 1 and 2, one socket, and the file.
        let mut program = check.start_with_few_descriptors(5);
        check.main_point();
        program.ends_with_an_error();
        // In words, by its name or by its number.
        program.has_said(&["EMFILE", "too many open files", "code: 24", "error 24"]);
    });
}
