//! A program that is given one order at a time. Its answers name things, a
//! descriptor or an address, that later orders are about.
//!
//! In an order and in an answer `#s` stands for a descriptor, `@s` for an
//! address with its port. What an answer names for the first time is known from
//! then on. Whether it is true, [`Talk::has`] asks the kernel.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::net::SocketAddr;

use crate::ask::Question;
use crate::check::Check;
use crate::owners::Place;
use crate::payload::Payload;
use crate::peer::Peer;
use crate::program::Program;
use crate::service::Service;
use crate::transcript::{Detail, Step};
use crate::wait;
use crate::words::{Words, say};

/// An order is repeated so often at most.
const MOST: usize = 64;

/// A program, and what its orders and answers are about.
#[derive(Debug)]
pub struct Talk<'a> {
    check: &'a Check,
    program: Program,
    known: Known,
}

/// What names stand for.
#[derive(Clone, Debug, Default)]
struct Known(BTreeMap<String, String>);

impl Known {
    fn of(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A value has one name: what a number stood for before, it stands for no
    /// more.
    fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|_, other| other != value);
        self.0.insert(name.to_string(), value.to_string());
    }

    /// `text` with values for names.
    fn filled(&self, text: &str) -> String {
        each_word(text, |word| self.of(word).unwrap_or(word).to_string())
    }

    /// `text` with names for values that nothing else looks like. An address
    /// that is not known is another one in each run.
    fn named(&self, text: &str) -> String {
        each_word(text, |word| self.named_word(word))
    }

    fn named_word(&self, word: &str) -> String {
        let name = self.0.iter().find(|(name, value)| !name.starts_with('#') && *value == word);
        let text = self.0.iter().find(|(name, value)| !name.starts_with(['#', '@']) && word.starts_with(*value));
        match (name, word.parse::<SocketAddr>(), text) {
            (Some((name, _)), ..) => name.clone(),
            (None, Ok(addr), _) if addr.port() != 0 => self.nearest(addr),
            // More than that text: what follows is what is wrong.
            (None, _, Some((name, text))) => format!("{name}{}", &word[text.len()..]),
            (None, ..) => word.to_string(),
        }
    }

    /// `line`, which should have been `answer`, in the words of that. A number
    /// has its name where one is expected: elsewhere it may be an amount.
    fn shown(&self, answer: &str, line: &str) -> String {
        let mut expected = answer.split(' ');
        each_word(line, |got| {
            let want = expected.next().unwrap_or_default();
            if !want.starts_with('#') || got.parse::<u32>().is_err() {
                return self.named_word(got);
            }
            let name = self.0.iter().find(|(name, value)| name.starts_with('#') && *value == got).map(|(name, _)| name);
            match (self.of(want), name) {
                (Some(value), _) if value == got => want.to_string(),
                // New, and nobody else's: nothing is wrong with it.
                (None, None) => want.to_string(),
                (_, Some(name)) => format!("{got} ({name})"),
                (Some(_), None) => got.to_string(),
            }
        })
    }

    /// `@s:?` is another port where `@s` is, if it is there alone.
    fn nearest(&self, addr: SocketAddr) -> String {
        let is_there = |value: &str| value.parse::<SocketAddr>().is_ok_and(|known| known.ip() == addr.ip());
        let mut there = self.0.iter().filter(|(_, value)| is_there(value));
        match (there.next(), there.next()) {
            (Some((name, _)), None) => format!("{name}:?"),
            (None, _) => format!("{}:?", addr.ip()),
            _ => "@?".to_string(),
        }
    }

    /// What `line` newly names, if it is `answer`.
    fn learns(&self, answer: &str, line: &str) -> Option<Vec<(String, String)>> {
        let (want, got): (Vec<&str>, Vec<&str>) = (answer.split(' ').collect(), line.split(' ').collect());
        if want.len() != got.len() {
            return None;
        }
        let mut new = Vec::new();
        for (want, got) in want.into_iter().zip(got) {
            match self.of(want) {
                Some(value) if value == got => {}
                Some(_) => return None,
                None if want.starts_with('#') => {
                    got.parse::<u32>().ok()?;
                    new.push((want.to_string(), got.to_string()));
                }
                None if want.starts_with('@') => {
                    got.parse::<SocketAddr>().ok()?;
                    new.push((want.to_string(), got.to_string()));
                }
                None if want == got => {}
                None => return None,
            }
        }
        Some(new)
    }
}

fn each_word(text: &str, of: impl FnMut(&str) -> String) -> String {
    text.split(' ').map(of).collect::<Vec<_>>().join(" ")
}

impl Check {
    /// Starts the program: it is given orders from now on.
    pub fn talk(&self) -> Talk<'_> {
        let program = self.start_with_typist(&[] as &[&OsStr]);
        Talk { check: self, program, known: Known::default() }
    }

    /// [`Check::talk`] with at most `most` descriptors at a time.
    pub fn talk_with_few_descriptors(&self, most: u64) -> Talk<'_> {
        let program = self.start_typed_with_few_descriptors(most);
        Talk { check: self, program, known: Known::default() }
    }
}

impl Talk<'_> {
    /// The program itself.
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// From now on `name` stands for `value`.
    pub fn know(&mut self, name: &str, value: impl AsRef<str>) {
        self.known.set(name, value.as_ref());
    }

    /// [`Check::place`], known by its name.
    pub fn place(&mut self, name: &str) -> Place {
        let place = self.check.place(name);
        self.know(name, place.addr().to_string());
        place
    }

    /// [`Check::text`], known by its name.
    pub fn text(&mut self, name: &str, len: usize) -> Payload {
        let text = self.check.text(name, len);
        self.know(name, String::from_utf8_lossy(text.bytes()));
        text
    }

    /// [`Check::service`]; `@name` is its address.
    pub fn service(&mut self, name: &str) -> Service {
        let service = self.check.service(name);
        self.know(&format!("@{name}"), service.addr());
        service
    }

    /// Opens a connection to the address that `to` stands for; `@name` is the
    /// peer's own address.
    pub fn connect(&mut self, name: &str, to: &str) -> Peer {
        let to = self.known.of(to).and_then(|addr| addr.parse().ok());
        let peer = Peer::connect(name, to, false, &self.program.run, &self.program.transcript);
        if let Some(local) = peer.live().and_then(|stream| stream.local_addr().ok()) {
            self.know(&format!("@{name}"), local.to_string());
        }
        peer
    }

    /// Types `order`, and waits for `answer`.
    pub fn order(&mut self, order: &str, answer: &str) {
        self.types(order);
        self.hears(order, answer);
    }

    /// [`Talk::order`]; what follows `start` is the program's own.
    pub fn order_beginning(&mut self, order: &str, start: &str) {
        self.types(order);
        self.program.answers_beginning(&Question::plain(order), start);
    }

    /// Types `line`, which is no order and is called `name`. Any answer that
    /// says so will do.
    pub fn nonsense(&mut self, line: impl AsRef<[u8]>, name: &str) {
        if !self.check.has_failed() {
            self.program.run.types(&[line.as_ref(), b"\n"].concat());
        }
        // By its name: bytes that are no text are not for a report.
        self.program.answers_beginning(&Question::plain(name), "error: ");
    }

    /// Types `order`, and waits until the program sleeps over it: it must not
    /// have answered by then. [`Talk::hears`] takes the answer.
    pub fn order_that_waits(&mut self, order: &str) {
        if self.check.has_failed() {
            return;
        }
        self.types(order);
        self.program.settle();
        if self.check.has_failed() {
            return;
        }
        if self.program.has_more_output()
            && let Ok(line) = self.program.next_line()
        {
            return self.program.fail("fail.more-output", &[("got", &format!("{line:?}"))]);
        }
        self.program.step("wire.told", &[("what", &format!("{order:?}"))], "input");
    }

    /// Waits for the `answer` to an order that was typed.
    pub fn hears(&mut self, order: &str, answer: &str) {
        let new = RefCell::new(None);
        let known = self.known.clone();
        let is_right = |line: &str| {
            let learnt = known.learns(answer, line);
            let is_right = learnt.is_some();
            new.replace(learnt);
            is_right
        };
        let question = Question::plain(order);
        self.program.answers_as(
            &question,
            Words::same(answer),
            is_right,
            || answer.to_string(),
            |line| known.shown(answer, line),
        );
        for (name, value) in new.into_inner().into_iter().flatten() {
            self.known.set(&name, &value);
        }
    }

    /// Types `order` again and again, each time answered with `answer`, until
    /// it is answered with `last`.
    pub fn order_until(&mut self, order: &str, answer: &str, last: &str) {
        let question = Question::new(self.known.filled(order), order);
        for _ in 0..MOST {
            let Some(line) = self.program.reply(&question) else { return };
            if line == last {
                return self.program.step("wire.until", &[("what", &order), ("answer", &last)], "stdout");
            }
            if self.with_new_names(answer, &line).is_none() {
                break;
            }
        }
        self.program.fail("fail.other-answer", &[("what", &order)]);
    }

    /// What `answer` names is another thing each time.
    fn with_new_names(&mut self, answer: &str, line: &str) -> Option<()> {
        for word in answer.split(' ') {
            self.known.0.remove(word);
        }
        for (name, value) in self.known.learns(answer, line)? {
            self.known.set(&name, &value);
        }
        Some(())
    }

    /// The kernel lists these sockets with their descriptors as the program's,
    /// and no others (looked at on Linux only). `#s @s LISTEN`; a connection
    /// has both its ends, `#c @c -> @s ESTABLISHED`; a socket that is neither
    /// is `#s CLOSED`.
    pub fn has(&self, want: &[&str]) {
        if self.check.has_failed() {
            return;
        }
        let mut want: Vec<String> = want.iter().map(ToString::to_string).collect();
        want.sort();
        let look = || -> Vec<String> {
            #[cfg(not(target_os = "linux"))]
            return want.clone();
            #[cfg(target_os = "linux")]
            {
                let sockets = crate::proc::numbered(self.program.run.pid());
                let mut lines: Vec<String> = sockets.iter().map(|socket| self.line_of(socket)).collect();
                lines.sort();
                lines
            }
        };
        let shown = |lines: &[String]| match lines {
            [] => say("data.none", &[]),
            lines => Words::same(lines.join(", ")),
        };
        // What was sent a moment ago may still be on its way.
        match wait::until(&self.program.run, None, || (look() == want).then_some(())) {
            Ok(()) => self.program.step("wire.owns", &[("what", &shown(&want))], "look"),
            Err(_) => {
                let line = say("fail.owns", &[("what", &shown(&look()))]);
                self.program.transcript.stop(Step::new(line, "program", "", "fail"), Detail::default());
            }
        }
    }

    #[cfg(target_os = "linux")]
    fn line_of(&self, socket: &crate::proc::Numbered) -> String {
        let number = socket.number.to_string();
        let name = self.known.0.iter().find(|(name, value)| name.starts_with('#') && **value == number);
        let name = name.map_or("#?", |(name, _)| name);
        let addr = |addr: SocketAddr| self.known.named(&addr.to_string());
        let state = socket.state;
        match (socket.ends, socket.waiting) {
            (None, _) => format!("{name} {state}"),
            (Some((local, Some(peer))), _) => format!("{name} {} -> {} {state}", addr(local), addr(peer)),
            (Some((local, None)), 0) => format!("{name} {} {state}", addr(local)),
            (Some((local, None)), n) => format!("{name} {} {state} (queue {n})", addr(local)),
        }
    }

    /// Ends its input, at which it must end as well, without an error.
    pub fn ends(&mut self) {
        self.program.hears_no_more();
    }

    fn types(&self, order: &str) {
        if !self.check.has_failed() {
            self.program.run.types(format!("{}\n", self.known.filled(order)).as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_teaches_names_and_holds_to_them() {
        let mut known = Known::default();
        known.set("@s", "127.0.0.1:7000");
        let learnt = known.learns("#s @s", "3 127.0.0.1:7000").expect("it is that answer");
        assert_eq!(learnt, [("#s".to_string(), "3".to_string())]);
        known.set("#s", "3");
        assert_eq!(known.filled("accept #s"), "accept 3");
        assert_eq!(known.learns("#s @s", "4 127.0.0.1:7000"), None, "another number");
        assert_eq!(known.learns("#s @s", "3 127.0.0.1:7001"), None, "another address");
        assert_eq!(known.learns("#d @s -> @c", "4 127.0.0.1:7000 127.0.0.1:5000"), None, "a word is missing");
        assert_eq!(known.learns("#d @s", "x 127.0.0.1:7000"), None, "no number");
        assert_eq!(known.learns("end", "end"), Some(Vec::new()));
    }

    #[test]
    fn an_unknown_address_is_called_by_what_is_known_of_it() {
        let mut known = Known::default();
        known.set("@s", "127.1.1.1:20001");
        known.set("@a", "127.0.0.1:40001");
        known.set("@b", "127.0.0.1:40002");
        assert_eq!(known.named("4 127.1.1.1:20002 -> 127.0.0.1:40001"), "4 @s:? -> @a");
        assert_eq!(known.named("4 127.0.0.1:40003"), "4 @?");
        assert_eq!(known.named("3 0.0.0.0:40004"), "3 0.0.0.0:?");
        assert_eq!(known.named("3 0.0.0.0:0"), "3 0.0.0.0:0");
    }

    #[test]
    fn a_wrong_answer_is_told_in_the_words_of_the_right_one() {
        let mut known = Known::default();
        known.set("#s", "3");
        known.set("@s", "127.1.1.1:20001");
        known.set("P1", "abcdefgh");
        assert_eq!(known.shown("#c @c -> @s", "4 127.1.1.1:20001 -> 127.0.0.1:9"), "#c @s -> 127.0.0.1:?");
        assert_eq!(known.shown("#c @s", "3 127.1.1.1:20001"), "3 (#s) @s");
        assert_eq!(known.shown("closed #s", "closed 4"), "closed 4");
        assert_eq!(known.shown("sent 37", "sent 3"), "sent 3", "no descriptor");
        assert_eq!(known.shown("received P1", "received abcdefgh\\x00\\x00"), "received P1\\x00\\x00");
    }

    #[test]
    fn a_number_that_is_given_out_again_has_its_new_name() {
        let mut known = Known::default();
        known.set("#a", "4");
        known.set("#b", "4");
        assert_eq!(known.of("#a"), None);
        assert_eq!(known.filled("close #b"), "close 4");
    }
}
