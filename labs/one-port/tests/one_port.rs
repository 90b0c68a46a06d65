//! What the program must do, seen by the kernel.
//!
//! Each test gives orders, reads the answers, and then looks at the sockets
//! that the program really has: an answer alone proves nothing.
//! `tests/snapshots/NAME.snap` holds what must have happened: read it first,
//! it is the specification. `A:1` stands for an address and a port that are
//! others in each run; `B:1` is another address with the same port.

use std::net::SocketAddr;

use harness::{Check, Place, Program, Question};

harness::lab!("one-port");

/// `tcp ADDRESS`, and what follows it.
fn order(protocol: &str, place: &Place, rest: &str) -> Question {
    Question::new(format!("{protocol} {}{rest}", place.addr()), format!("{protocol} {}{rest}", place.name()))
        .about(place)
}

/// What the program is asked, and what it must answer.
struct Talk(Vec<(Question, String, String)>);

impl Talk {
    fn new() -> Talk {
        Talk(Vec::new())
    }

    /// The order works: number `n` is at `place`.
    fn works(self, question: Question, n: usize, place: &Place) -> Talk {
        let (answer, name) = (format!("{n} {}", place.addr()), format!("{n} {}", place.name()));
        self.with(question.about(place), answer, name)
    }

    /// Nothing else is the answer.
    fn says(self, question: Question, answer: &str) -> Talk {
        self.with(question, answer.to_string(), answer.to_string())
    }

    fn with(mut self, question: Question, answer: String, name: String) -> Talk {
        self.0.push((question, answer, name));
        self
    }

    fn with_program(&self, check: &Check) -> Program {
        let mut program = check.ask(&self.0.iter().map(|(question, ..)| question).collect::<Vec<_>>());
        for (question, answer, name) in &self.0 {
            program.answers(question, answer, name);
        }
        program
    }
}

#[test]
fn tcp_and_udp_have_the_same_number() {
    LAB.check("tcp_and_udp_have_the_same_number", |check| {
        let a = check.place("A:1");
        let talk = Talk::new().works(order("tcp", &a, ""), 1, &a).works(order("udp", &a, ""), 2, &a);
        let program = talk.with_program(check);
        program.owns(&[a.tcp(), a.udp()]);
        check.calls("a", &a);
    });
}

#[test]
fn two_addresses_have_the_same_number() {
    LAB.check("two_addresses_have_the_same_number", |check| {
        let a = check.place("A:1");
        let b = check.place_beside("B:1", &a);
        let talk = Talk::new().works(order("tcp", &a, ""), 1, &a).works(order("tcp", &b, ""), 2, &b).works(
            order("udp", &b, ""),
            3,
            &b,
        );
        let program = talk.with_program(check);
        program.owns(&[a.tcp(), b.tcp(), b.udp()]);
        check.calls("a", &a);
        check.calls("b", &b);
    });
}

#[test]
fn says_in_use_or_not_here() {
    LAB.check("says_in_use_or_not_here", |check| {
        let a = check.place("A:1");
        let b = check.place_beside("B:1", &a);
        let everywhere = Question::new(format!("tcp 0.0.0.0:{}", a.addr().port()), "tcp 0.0.0.0:1").about(&a);
        let in_ipv6 = Question::new(format!("tcp [2001:db8::7]:{}", a.addr().port()), "tcp [2001:db8::7]:1").about(&a);
        let elsewhere = Question::new(format!("udp 192.0.2.7:{}", a.addr().port()), "udp 192.0.2.7:1").about(&a);
        check.needs_ipv6();
        let _held = check.holds("somebody", &a, false);
        let talk = Talk::new()
            .says(order("tcp", &a, ""), "EADDRINUSE")
            .works(order("udp", &a, ""), 1, &a)
            .works(order("tcp", &b, ""), 2, &b)
            .says(order("tcp", &b, ""), "EADDRINUSE")
            .says(everywhere, "EADDRINUSE")
            .says(elsewhere, "EADDRNOTAVAIL")
            .says(in_ipv6, "EADDRNOTAVAIL")
            .says(order("udp", &a, ""), "EADDRINUSE");
        let program = talk.with_program(check);
        program.owns(&[a.udp(), b.tcp()]);
        program.has_no_unbound_sockets();
    });
}

#[test]
fn ipv6_is_another_address() {
    LAB.check("ipv6_is_another_address", |check| {
        let a = check.place("A:1");
        let b = check.place_in_ipv6("[::1]:1", &a);
        let talk = Talk::new()
            .works(order("tcp", &a, ""), 1, &a)
            .works(order("tcp", &b, ""), 2, &b)
            .works(order("udp", &b, ""), 3, &b)
            .says(order("tcp", &b, ""), "EADDRINUSE");
        let program = talk.with_program(check);
        program.owns(&[a.tcp(), b.tcp(), b.udp()]);
        check.calls("a", &a);
        check.calls("b", &b);
    });
}

#[test]
fn repeats_any_other_error() {
    LAB.check("repeats_any_other_error", |check| {
        check.needs_ipv6();
        let a = check.place("A:1");
        // A link-local address without its interface: EINVAL.
        let where_it_is = Question::new(format!("tcp [fe80::7]:{}", a.addr().port()), "tcp [fe80::7]:1").about(&a);
        let next = order("tcp", &a, "");
        let mut program = check.ask(&[&where_it_is, &next]);
        program.answers_some(&where_it_is, "… Invalid argument …", |line| line.contains("Invalid argument"));
        program.answers(&next, &format!("1 {}", a.addr()), "1 A:1");
        program.owns(&[a.tcp()]);
    });
}

#[test]
fn shares_if_all_agree() {
    LAB.check("shares_if_all_agree", |check| {
        let (a, b, c) = (check.place("A:1"), check.place("B:2"), check.place("C:3"));
        let _agrees = check.holds("somebody", &a, true);
        let _refuses = check.holds("somebody else", &b, false);
        let talk = Talk::new()
            .works(order("tcp", &a, " shared"), 1, &a)
            .works(order("tcp", &a, " shared"), 2, &a)
            .says(order("tcp", &a, ""), "EADDRINUSE")
            .says(order("tcp", &b, " shared"), "EADDRINUSE")
            .works(order("udp", &c, " shared"), 3, &c)
            .works(order("udp", &c, " shared"), 4, &c)
            .says(order("udp", &c, ""), "EADDRINUSE");
        let program = talk.with_program(check);
        program.owns(&[a.tcp(), a.tcp(), c.udp(), c.udp()]);
    });
}

#[test]
fn a_copy_holds_the_port() {
    LAB.check("a_copy_holds_the_port", |check| {
        let (a, b, c) = (check.place("A:1"), check.place("B:2"), check.place("C:3"));
        // Not one socket more, one descriptor more.
        let both = Talk::new().works(order("tcp", &a, ""), 1, &a).works(Question::plain("copy 1"), 2, &a);
        both.with_program(check).owns(&[a.tcp().with_descriptors(2)]);
        // One of the two is given up.
        let one = Talk::new()
            .works(order("tcp", &b, ""), 1, &b)
            .works(Question::plain("copy 1"), 2, &b)
            .says(Question::plain("close 1"), "closed 1")
            .says(order("tcp", &b, ""), "EADDRINUSE");
        one.with_program(check).owns(&[b.tcp()]);
        check.calls("b", &b);
        // And then the other.
        let none = Talk::new()
            .works(order("tcp", &c, ""), 1, &c)
            .works(Question::plain("copy 1"), 2, &c)
            .says(Question::plain("close 1"), "closed 1")
            .says(Question::plain("close 2"), "closed 2")
            .works(order("udp", &c, ""), 3, &c);
        none.with_program(check).owns(&[c.udp()]);
    });
}

#[test]
fn any_port_is_a_real_one() {
    LAB.check("any_port_is_a_real_one", |check| {
        let a = check.place("A:1");
        let ip = a.addr().ip();
        let any = |protocol: &str| Question::new(format!("{protocol} {ip}:0"), format!("{protocol} A:0")).about(&a);
        let questions = [any("tcp"), any("tcp"), any("udp")];
        let mut program = check.ask(&questions.iter().collect::<Vec<_>>());
        let mut told = Vec::new();
        for (n, question) in questions.iter().enumerate() {
            let name = format!("A:{}", n + 1);
            let place = |line: &str| {
                let addr: SocketAddr = line.strip_prefix(&format!("{} ", n + 1))?.parse().ok()?;
                (addr.ip() == ip && addr.port() != 0).then(|| Place::told(&name, addr))
            };
            let answer = format!("{} {name}", n + 1);
            let line = program.answers_some(question, &answer, |line| place(line).is_some());
            told.extend(line.as_deref().and_then(place));
        }
        let [p1, p2, p3] = &told[..] else { return };
        program.owns(&[p1.tcp(), p2.tcp(), p3.udp()]);
        check.calls("a", p1);
    });
}

#[test]
fn goes_on_after_nonsense() {
    LAB.check("goes_on_after_nonsense", |check| {
        let a = check.place("A:1");
        let none = |n: &str| format!("error: there is no {n}");
        let mut talk = Talk::new();
        for number in ["0", "1", "4000000000", "18446744073709551615"] {
            talk = talk.says(Question::plain(&format!("copy {number}")), &none(number));
            talk = talk.says(Question::plain(&format!("close {number}")), &none(number));
        }
        let talk = talk
            .works(order("tcp", &a, ""), 1, &a)
            // What is left of this in 32 bits is 1.
            .says(Question::plain("copy 4294967297").about(&a), &none("4294967297"))
            .says(Question::plain("close 4294967297").about(&a), &none("4294967297"))
            .says(Question::plain("copy 2"), &none("2"))
            .says(Question::plain("close 1"), "closed 1")
            .says(Question::plain("close 1"), &none("1"))
            .says(Question::plain("copy 1"), &none("1"))
            .works(order("tcp", &a, ""), 2, &a);
        let nonsense = [
            Question::plain("fly"),
            Question::plain("tcp"),
            Question::plain("tcp 127.0.0.1:65536"),
            Question::plain("copy -1"),
            Question::new("", "(nothing)"),
            Question::new([0xff, 0xfe, 0x00, 0x80], "(not UTF-8)"),
        ];
        let last = Question::plain("close 3");
        let mut questions: Vec<&Question> = talk.0.iter().map(|(question, ..)| question).collect();
        questions.extend(&nonsense);
        questions.push(&last);
        let mut program = check.ask(&questions);
        for (question, answer, name) in &talk.0 {
            program.answers(question, answer, name);
        }
        for question in &nonsense {
            program.answers_beginning(question, "error: ");
        }
        program.answers(&last, &none("3"), &none("3"));
        program.owns(&[a.tcp()]);
    });
}
