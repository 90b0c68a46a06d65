//! Kinds of failure that have a hint of their own.
//!
//! The hints of a check speak of what the check is about. A program that does
//! not even get so far fails all the same, and needs another hint.

use crate::words::{Words, say};

/// What went wrong, whatever check it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It has not said where it listens.
    NotStarted,
    /// Nobody has ever accepted a connection at the address that it printed.
    NobodyListens,
    /// It listens elsewhere than it was told to.
    OtherAddress,
    /// Something follows an answer.
    TooMany,
    /// It says something when it should be quiet.
    Extra,
    /// An answer has stopped halfway.
    TooFew,
    /// It has closed a connection on which the client was still sending.
    HungUp,
    /// It has closed a connection before all of the answer was sent.
    ClosedEarly,
    /// It has ended.
    Ended,
    /// It has more threads than it needs.
    Threads,
    /// Its ping is not put together as a ping is.
    Request,
    /// The checksum of its ping is wrong.
    Checksum,
    /// It hands on a buffer beyond what a read has put into it.
    WholeBuffer,
    /// Of what it should print, only blanks are missing.
    Trimmed,
    /// It wants to know the other side of a socket that has none.
    NoPeer,
}

impl Kind {
    /// The kind that the message `id` of `messages.toml` tells of.
    pub(crate) fn of(id: &str) -> Option<Kind> {
        Some(match id.strip_prefix("fail.")? {
            "no-line" | "other-line" => Kind::NotStarted,
            "nobody-listens" | "nobody-listens-ended" => Kind::NobodyListens,
            "other-address" => Kind::OtherAddress,
            "more" | "much-more" | "longer" => Kind::TooMany,
            "extra" => Kind::Extra,
            "part" | "missing" => Kind::TooFew,
            "eof" | "send-ended" | "send-ended-at" => Kind::HungUp,
            "none-eof" | "none-rst" | "part-eof" | "part-rst" => Kind::ClosedEarly,
            "threads" => Kind::Threads,
            "echo-request" => Kind::Request,
            "checksum" => Kind::Checksum,
            "refused-ended" | "exit" | "exit-early" | "signal" => Kind::Ended,
            _ => return None,
        })
    }

    /// The kind that a wrong answer shows, whatever check it is.
    pub(crate) fn of_answer(order: &str, answer: &str) -> Option<Kind> {
        // A buffer begins as zeros; some programs spell them.
        let is_padded = answer.ends_with("\0\0") || answer.ends_with("\\x00\\x00");
        let listens = order.split(' ').next() == Some("listen");
        match (is_padded, listens) {
            (true, _) => Some(Kind::WholeBuffer),
            (_, true) if answer == "ENOTCONN" => Some(Kind::NoPeer),
            _ => None,
        }
    }

    /// The kind that a wrong line of output shows, whatever check it is.
    pub(crate) fn of_output(got: &str, want: &str) -> Option<Kind> {
        let is_trimmed = got.len() < want.len() && got.split_whitespace().eq(want.split_whitespace());
        is_trimmed.then_some(Kind::Trimmed)
    }

    /// No check of this stage is about this: its own hint would lead astray.
    pub(crate) fn is_never_the_point(self, stage: u8) -> bool {
        match self {
            Kind::NotStarted | Kind::NobodyListens | Kind::OtherAddress => true,
            Kind::TooMany | Kind::HungUp | Kind::Threads => true,
            Kind::WholeBuffer | Kind::Trimmed | Kind::NoPeer => true,
            Kind::Request => stage > 1,
            Kind::Checksum => stage > 2,
            Kind::Extra | Kind::TooFew | Kind::ClosedEarly | Kind::Ended => false,
        }
    }

    /// What to look at.
    pub(crate) fn hint(self) -> Words {
        let id = match self {
            Kind::NotStarted => "hint.not-started",
            Kind::NobodyListens => "hint.nobody-listens",
            Kind::OtherAddress => "hint.other-address",
            Kind::TooMany | Kind::Extra => "hint.too-many",
            Kind::TooFew => "hint.too-few",
            Kind::HungUp | Kind::ClosedEarly => "hint.closed-early",
            Kind::Ended => "hint.ended",
            Kind::Threads => "hint.threads",
            Kind::Request => "hint.request",
            Kind::Checksum => "hint.checksum",
            Kind::WholeBuffer => "hint.whole-buffer",
            Kind::Trimmed => "hint.trimmed",
            Kind::NoPeer => "hint.no-peer",
        };
        say(id, &[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_shows_what_was_misunderstood() {
        assert_eq!(Kind::of_answer("read 4", "hello\0\0\0"), Some(Kind::WholeBuffer));
        assert_eq!(Kind::of_answer("receive 4", "received hello\\x00\\x00"), Some(Kind::WholeBuffer));
        assert_eq!(Kind::of_answer("listen 127.0.0.1:0", "ENOTCONN"), Some(Kind::NoPeer));
        assert_eq!(Kind::of_answer("receive 4", "ENOTCONN"), None);
        assert_eq!(Kind::of_answer("read 4", "hello"), None);
        assert_eq!(Kind::of_output("pear -> pear", "pear -> pear "), Some(Kind::Trimmed));
        assert_eq!(Kind::of_output("pear -> pear", "pear -> fig "), None);
    }
}
