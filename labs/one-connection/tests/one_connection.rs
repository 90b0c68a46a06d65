//! What the program must do, seen from the service that it asks.
//!
//! Each test is a script: it starts a service, then your program with some
//! questions, and notes what happens. `tests/snapshots/NAME.snap` holds what
//! must have happened: read it first, it is the specification. `Q1` stands for
//! a question with its line end, `A1` for the answer to it.

use harness::{Check, Payload, Program};

harness::lab!("one-connection");

/// As many questions as one connection should do for, and then some.
const MANY: usize = 1000;

/// Questions `Q1`, `Q2` …, and their answers.
struct Dialogue {
    questions: Vec<Payload>,
    answers: Vec<Payload>,
}

impl Dialogue {
    /// `n` short ones.
    fn short(check: &Check, n: usize) -> Dialogue {
        let line = |name: char, n: usize, len: usize| {
            let drawn = check.line(&format!("{name}{n}"), len).said;
            // Whether a blank at an end is kept, one check asks, and in every run.
            Payload::fixed(drawn.name(), [b"x", &drawn.bytes()[..len - 3], b"x\n"].concat())
        };
        Dialogue {
            questions: (1..=n).map(|n| line('Q', n, 8 + n % 23)).collect(),
            answers: (1..=n).map(|n| line('A', n, 8 + n % 19)).collect(),
        }
    }

    /// `n` questions of `of` bytes, and answers of `with` bytes.
    fn long(check: &Check, n: usize, of: usize, with: usize) -> Dialogue {
        // Drawn once: students run this without optimisation.
        let filling = check.text("FILLING", of.max(with));
        let lengthen = |name: &str, head: &Payload, len: usize| {
            let head = &head.bytes()[..head.bytes().len() - 1];
            let line = [head, &filling.bytes()[..len - 1 - head.len()], b"\n"].concat();
            Payload::fixed(name, line)
        };
        let Dialogue { questions, answers } = Dialogue::short(check, n);
        Dialogue {
            questions: questions.iter().map(|head| lengthen(head.name(), head, of)).collect(),
            answers: answers.iter().map(|head| lengthen(head.name(), head, with)).collect(),
        }
    }

    /// The same with a question of no letters and an answer of none: `at`.
    fn with_nothing(mut self, at: usize) -> Dialogue {
        for lines in [&mut self.questions, &mut self.answers] {
            lines[at] = Payload::fixed(lines[at].name(), "\n");
        }
        self
    }

    /// The same with a blank at both ends of each answer: it belongs to it.
    fn with_blanks(mut self) -> Dialogue {
        for answer in &mut self.answers {
            let inner = &answer.bytes()[1..answer.bytes().len() - 2];
            *answer = Payload::fixed(answer.name(), [b" ", inner, b" \n"].concat());
        }
        self
    }

    /// All questions, as the program's input.
    fn input(&self, name: &str) -> Payload {
        Payload::fixed(name, self.questions.iter().flat_map(|question| question.bytes().to_vec()).collect::<Vec<u8>>())
    }

    /// `question -> answer` of number `n`, from 0.
    fn pair(&self, n: usize) -> String {
        format!("{} -> {}", text(&self.questions[n]), text(&self.answers[n]))
    }

    /// What the program must print when all have been answered.
    fn pairs(&self, name: &str) -> Payload {
        let lines: String = (0..self.questions.len()).map(|n| self.pair(n) + "\n").collect();
        Payload::fixed(name, lines)
    }

    /// The program prints the first `n` with their answers, and the others as
    /// unknown. It must have noticed, and say so.
    fn is_known_up_to(&self, n: usize, program: &mut Program) {
        for at in 0..self.questions.len() {
            let number = at + 1;
            if at < n {
                program.prints(&self.pair(at), &format!("Q{number} -> A{number}"));
            } else {
                let line = format!("{} -> unknown", text(&self.questions[at]));
                program.prints(&line, &format!("Q{number} -> unknown"));
            }
        }
        program.ends_in_failure();
    }
}

/// Without the line end.
fn text(line: &Payload) -> String {
    String::from_utf8_lossy(line.bytes()).trim_end_matches('\n').to_string()
}

#[test]
fn asks_a_question() {
    LAB.check("asks_a_question", |check| {
        let talk = Dialogue::short(check, 1).with_blanks();
        let service = check.service("service");
        let mut program = check.start_with_input(&[service.addr()], &talk.questions[0]);
        let mut conversation = service.accept(&program);
        check.main_point();
        conversation.recv(&talk.questions[0]).send(&talk.answers[0]);
        program.prints(&talk.pair(0), "Q1 -> A1");
        program.ends();
    });
}

#[test]
fn asks_all_on_one_connection() {
    LAB.check("asks_all_on_one_connection", |check| {
        let talk = Dialogue::short(check, MANY);
        let service = check.service("service");
        let mut program = check.start_with_input(&[service.addr()], &talk.input("QUESTIONS"));
        let mut conversation = service.accept(&program);
        check.nothing_else();
        conversation.answers_in_turn(&talk.questions, &talk.answers);
        program.prints_all(&talk.pairs("QUESTIONS -> ANSWERS"));
        program.ends();
        service.is_called_no_more();
    });
}

#[test]
fn asks_ahead() {
    LAB.check("asks_ahead", |check| {
        let talk = Dialogue::short(check, 3);
        let [q1, q2, q3] = &talk.questions[..] else { return };
        let service = check.service("service");
        let mut program = check.start_with_input(&[service.addr()], &talk.input("Q1 + Q2 + Q3"));
        let mut conversation = service.accept(&program);
        check.main_point();
        // The second is there before the first is answered.
        conversation.recv_all(&[q1, q2]).send_joined(&[&talk.answers[0], &talk.answers[1]]);
        conversation.recv(q3).send(&talk.answers[2]);
        program.prints_all(&talk.pairs("the three pairs"));
        program.ends();
        service.is_called_no_more();
    });
}

#[test]
fn finds_each_answer_in_the_stream() {
    LAB.check("finds_each_answer_in_the_stream", |check| {
        // An empty line is a line.
        let talk = Dialogue::short(check, 4).with_nothing(3);
        let [q1, q2, q3, q4] = &talk.questions[..] else { return };
        let [a1, a2, a3, a4] = &talk.answers[..] else { return };
        let (start, rest) = (a2.part("A2[..5]", 0..5), a2.part("A2[5..]", 5..a2.bytes().len()));
        let service = check.service("service");
        let mut program = check.start_with_input(&[service.addr()], &talk.input("Q1 + Q2 + Q3 + Q4"));
        let mut conversation = service.accept(&program);
        conversation.recv_all(&[q1, q2]);
        check.main_point();
        // One answer and a piece of the next.
        conversation.send_joined(&[a1, &start]);
        program.settle();
        conversation.send(&rest);
        conversation.recv_all(&[q3, q4]);
        // Behind the last one, a line that nobody has asked for.
        conversation.dribble(a3).send_joined(&[a4, &check.line("A5", 12).said]);
        program.prints_all(&talk.pairs("the four pairs"));
        program.ends();
    });
}

#[test]
fn does_not_stop_an_honest_service() {
    LAB.check("does_not_stop_an_honest_service", |check| {
        // Far more than the buffers between the two hold; a few of them do fit.
        let talk = Dialogue::long(check, MANY, 8_000, 16_000);
        let service = check.service_slow("service");
        let mut program = check.start_with_input(&[service.addr()], &talk.input("QUESTIONS"));
        let mut conversation = service.accept(&program);
        check.main_point();
        conversation.answers_in_turn(&talk.questions, &talk.answers);
        // What it prints is more than anybody wants to compare.
        program.wait();
        service.is_called_no_more();
    });
}

#[test]
fn says_what_it_does_not_know() {
    LAB.check("says_what_it_does_not_know", |check| {
        let talk = Dialogue::short(check, 5);
        let [q1, q2, q3, q4, q5] = &talk.questions[..] else { return };
        let [a1, a2, a3, a4, _] = &talk.answers[..] else { return };
        let service = check.service("service");
        let mut program = check.start_with_input(&[service.addr()], &talk.input("Q1 + Q2 + Q3 + Q4 + Q5"));
        let mut conversation = service.accept(&program);
        conversation.recv_all(&[q1, q2]).send_joined(&[a1, a2]);
        conversation.recv_all(&[q3, q4]).send(a3);
        conversation.recv(q5);
        check.main_point();
        // Half an answer is none.
        conversation.send(&a4.part("A4[..6]", 0..6)).close();
        talk.is_known_up_to(3, &mut program);
        service.is_called_no_more();
        // Where there is no service nothing is known either.
        let nobody = check.nobody("nobody");
        let mut program = check.start_with_input(&[nobody.addr()], &talk.input("Q1 + Q2 + Q3 + Q4 + Q5"));
        talk.is_known_up_to(0, &mut program);
    });
}

#[test]
fn takes_no_ack_for_an_answer() {
    LAB.check("takes_no_ack_for_an_answer", |check| {
        let talk = Dialogue::short(check, 2);
        let [q1, q2] = &talk.questions[..] else { return };
        let service = check.service("service");
        let mut program = check.start_with_input(&[service.addr()], &talk.input("Q1 + Q2"));
        let mut conversation = service.accept(&program);
        // Both have arrived, and are acknowledged.
        conversation.recv_all(&[q1, q2]);
        check.main_point();
        program.settle();
        conversation.reset();
        program.settle();
        // Were they carried out? Whoever asks once more may have it done twice.
        service.is_called_no_more();
        talk.is_known_up_to(0, &mut program);
    });
}

#[test]
fn waits_for_a_service_that_vanished() {
    LAB.check("waits_for_a_service_that_vanished", |check| {
        let talk = Dialogue::short(check, 12);
        let service = check.service("service");
        let mut program = check.start_with_input(&[service.addr()], &talk.input("12 QUESTIONS"));
        let mut conversation = service.accept(&program);
        conversation.recv_all(&[&talk.questions[0], &talk.questions[1]]);
        // When the program goes on, this is there, and the service is gone.
        program.settle();
        program.stands_still();
        conversation.send_joined(&[&talk.answers[0], &talk.answers[1].part("A2[..6]", 0..6)]).vanish();
        program.goes_on();
        check.main_point();
        program.goes_on_waiting();
        // What was asked since then is never acknowledged.
        conversation.is_given_up();
        program.settle();
        service.is_called_no_more();
        talk.is_known_up_to(1, &mut program);
    });
}

#[test]
fn loses_no_answer_that_came() {
    LAB.check("loses_no_answer_that_came", |check| {
        let talk = Dialogue::short(check, 12);
        let service = check.service("service");
        let mut program = check.start_with_input(&[service.addr()], &talk.input("12 QUESTIONS"));
        let mut conversation = service.accept(&program);
        conversation.recv_all(&[&talk.questions[0], &talk.questions[1]]);
        check.main_point();
        // When the program goes on, two answers are there, and the end.
        program.settle();
        program.stands_still();
        conversation.send_joined(&[&talk.answers[0], &talk.answers[1]]);
        conversation.reset();
        program.goes_on();
        talk.is_known_up_to(2, &mut program);
    });
}

#[test]
fn takes_no_garbage_for_an_answer() {
    LAB.check("takes_no_garbage_for_an_answer", |check| {
        /// Without its line end.
        const LONGEST: usize = 65_536;
        let talk = Dialogue::long(check, 3, 30, LONGEST + 1);
        let endless = check.text("A2 without its end", LONGEST + 1);
        let service = check.service("service");
        let mut program = check.start_with_input(&[service.addr()], &talk.input("Q1 + Q2 + Q3"));
        let mut conversation = service.accept(&program);
        conversation.recv_all(&[&talk.questions[0], &talk.questions[1]]).send(&talk.answers[0]);
        check.main_point();
        // None of the next comes along with the last of this one.
        program.settle();
        // It may go on for ever: no line end can come in time now.
        conversation.send(&endless);
        talk.is_known_up_to(1, &mut program);
        let talk = Dialogue::short(check, 3);
        // No UTF-8 has a byte 255.
        let garbage = Payload::fixed("A2 with a byte ff", [b"\xff", talk.answers[1].bytes()].concat());
        let service = check.service("service 2");
        let mut program = check.start_with_input(&[service.addr()], &talk.input("Q1 + Q2 + Q3"));
        let mut conversation = service.accept(&program);
        conversation.recv_all(&[&talk.questions[0], &talk.questions[1]]);
        // Behind it no line is the answer to the right question any more.
        conversation.send_joined(&[&talk.answers[0], &garbage, &talk.answers[2]]).half_close();
        talk.is_known_up_to(1, &mut program);
    });
}
