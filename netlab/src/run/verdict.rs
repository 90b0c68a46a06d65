//! Whether a result is the expected one.

use crate::script::ast::{Action, Call, Expect, Outcome, Step};

/// Where a script is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// On the simulated hosts.
    Sim,
    /// On Linux.
    Linux,
}

/// What a result means for the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As expected.
    Fits,
    /// Not as expected.
    Unexpected,
    /// The simulation was declared to differ here, and it does not any more.
    DifferenceGone,
}

/// Judges the result of a step.
#[must_use]
pub fn judge(step: &Step, outcome: &Outcome, platform: Platform) -> Verdict {
    if let (Platform::Sim, Some(differs)) = (platform, &step.differs) {
        if fits(&differs.expect, outcome) {
            return Verdict::Fits;
        }
        let linux = step.expect.as_ref().map_or(!matches!(outcome, Outcome::Errno(_)), |expect| fits(expect, outcome));
        return if linux { Verdict::DifferenceGone } else { Verdict::Unexpected };
    }
    let good = match &step.expect {
        Some(expect) => fits(expect, outcome),
        None => !matches!(outcome, Outcome::Errno(_)),
    };
    if good { Verdict::Fits } else { Verdict::Unexpected }
}

/// What a step is expected to give on a platform.
#[must_use]
pub fn expected(step: &Step, platform: Platform) -> Option<&Expect> {
    match (platform, &step.differs) {
        (Platform::Sim, Some(differs)) => Some(&differs.expect),
        _ => step.expect.as_ref(),
    }
}

/// Whether a result fits what was expected.
#[must_use]
pub fn fits(expect: &Expect, outcome: &Outcome) -> bool {
    match (expect, outcome) {
        (Expect::Any, _) => true,
        (Expect::Errno(errno), Outcome::Errno(got)) => errno == got,
        // SO_ERROR gives an error as its value.
        (Expect::Errno(errno), Outcome::Word(got)) => errno.name() == got,
        (Expect::Range(low, high), outcome) => number(outcome).is_some_and(|n| (*low..=*high).contains(&n)),
        (Expect::Addr(pattern), Outcome::Addr(address)) => pattern.fits(address),
        (Expect::Poll(found), Outcome::Poll(got)) => found == got,
        (Expect::State(state), Outcome::State(got)) => state == got,
        (Expect::Word(word), Outcome::Word(got)) => word == got,
        (Expect::Value { number: n, data: None, from: None }, Outcome::Poll(got)) => *n == Some(0) && got.is_empty(),
        (Expect::Value { number: want, data, from }, outcome) => {
            let (bytes, sender) = match outcome {
                Outcome::Number(_) => (None, None),
                Outcome::Fd(_, peer) => (None, peer.as_ref()),
                Outcome::Data { data, from, .. } => (Some(data), from.as_ref()),
                _ => return false,
            };
            want.is_none_or(|want| number(outcome) == Some(want))
                && data.as_ref().is_none_or(|data| bytes.is_some_and(|bytes| *bytes == data.bytes()))
                && from.as_ref().is_none_or(|pattern| sender.is_some_and(|sender| pattern.fits(sender)))
        }
        _ => false,
    }
}

/// The number that a call returned.
fn number(outcome: &Outcome) -> Option<i64> {
    match outcome {
        Outcome::Number(number) => Some(*number),
        Outcome::Fd(fd, _) => Some(i64::from(*fd)),
        Outcome::Data { number, .. } => i64::try_from(*number).ok(),
        _ => None,
    }
}

/// Whether a step has a result at all.
#[must_use]
pub fn has_result(step: &Step) -> bool {
    matches!(step.action, Action::Call(_) | Action::Count(..))
}

/// Whether a call may wait for something outside its own program.
#[must_use]
pub fn may_block(call: &Call) -> bool {
    matches!(
        call,
        Call::Accept(_)
            | Call::Connect(..)
            | Call::Send(..)
            | Call::SendTo(..)
            | Call::Recv(..)
            | Call::RecvFrom(..)
            | Call::Poll(..)
            | Call::WriteAll(..)
            | Call::ReadExact(..)
            | Call::ReadToEnd(_)
    )
}
