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

    /// No check of this stage is about this: its own hint would lead astray.
    pub(crate) fn is_never_the_point(self, stage: u8) -> bool {
        match self {
            Kind::NotStarted | Kind::NobodyListens | Kind::OtherAddress => true,
            Kind::TooMany | Kind::HungUp | Kind::Threads => true,
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
        };
        say(id, &[])
    }
}
