//! A service that is asked again and again, on one connection.

use crate::payload::Payload;
use crate::peer::{End, Peer};
use crate::program::Program;
use crate::words::say;

impl Peer {
    /// Reads a question, answers it, and only then reads the next: an honest
    /// server, which takes nothing more while nobody takes its answer. One line
    /// of the transcript for all of them. No question is empty.
    pub fn answers_in_turn(&mut self, questions: &[Payload], answers: &[Payload]) -> &mut Self {
        for (question, answer) in questions.iter().zip(answers) {
            if self.live().is_none() {
                return self;
            }
            // The line end by itself: if it comes from a write of its own, it waits
            // for the ACK of the first (Nagle), and 40 ms a thousand times are long.
            let (mut got, mut end) = self.read(question.bytes().len() - 1);
            if matches!(end, End::Enough) {
                let (last, how) = self.read(1);
                got.extend(last);
                end = how;
            }
            if !matches!(end, End::Enough) || got != question.bytes() {
                self.came(&[question], &got, end, false);
                return self;
            }
            // Which one it was when nobody took it is a matter of buffers.
            if !self.hand_over(answer.bytes(), &say("data.an-answer", &[("n", &answer.bytes().len())])) {
                return self;
            }
        }
        self.step("wire.answers-in-turn", &[("n", &questions.len())], "bytes", &[]);
        self
    }
}

impl Program {
    /// Nothing of it runs until [`Program::goes_on`] (looked at on Linux only).
    pub fn stands_still(&self) {
        if !self.transcript.is_stopped() {
            self.run.halt();
            self.step("wire.stands-still", &[], "halt");
        }
    }

    /// It runs again after [`Program::stands_still`].
    pub fn goes_on(&self) {
        self.run.go_on();
        if !self.transcript.is_stopped() {
            self.step("wire.goes-on", &[], "halt");
        }
    }
}
