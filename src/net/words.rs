//! What a run says to its reader.

use netlab::run::{End, Failure};
use netlab::script::ScriptError;
use netlab::time;

use super::linux::{NotRun, Step};
use super::near;
use crate::doctor;
use crate::text::{self, Lang, say};

/// A mistake in `script`: line, column, what was expected, and what was probably
/// meant.
pub(super) fn wrong(lang: Lang, error: &ScriptError, script: &str) -> String {
    // Of a limit the pages have better words: they say the number in units.
    let limit = format!("experiment.limit.{}", error.expected.id());
    let limit = text::all(&limit).find(|(id, _)| *id == limit).map(|(_, words)| words.get(lang).to_string());
    let expected = limit.unwrap_or_else(|| say(lang, &format!("net.script.{}", error.expected.id()), &[]));
    let mut says = format!("{}:{}: {expected}", error.pos.line, error.pos.column);
    if !error.found.is_empty() {
        says = format!("{says} {}", say(lang, "net.found", &[("found", &error.found)]));
    }
    match near::meant(error, script) {
        Some(word) => format!("{says} {}", say(lang, "experiment.meant", &[("word", &word)])),
        None => says,
    }
}

/// A step that did not give what the script says.
pub(super) fn missed(lang: Lang, failure: &Failure) -> String {
    let expected = failure.expected.clone().unwrap_or_else(|| say(lang, "net.success", &[]));
    let got = failure.got.clone().unwrap_or_else(|| say(lang, "net.waiting", &[]));
    let id = if failure.difference_gone { "net.difference-gone" } else { "net.unexpected" };
    let says = say(
        lang,
        id,
        &[("program", &failure.program), ("step", &failure.step), ("expected", &expected), ("got", &got)],
    );
    format!("{}:{}: {says}", failure.pos.line, failure.pos.column)
}

/// Why a run ended before its programs did; nothing if they did.
pub(super) fn end(lang: Lang, end: End, on_linux: bool) -> Option<String> {
    Some(match end {
        End::Finished => return None,
        End::Blocked => say(lang, "net.end.blocked", &[]),
        End::OutOfTime(limit) => {
            let id = if on_linux { "net.end.on-linux" } else { "net.end.time" };
            say(lang, id, &[("limit", &time::spell(limit))])
        }
        End::TooManySteps(limit) => say(lang, "net.end.steps", &[("limit", &amount(limit))]),
        End::TooManyRecords(limit) => say(lang, "net.end.records", &[("limit", &amount(limit))]),
        End::TooManyBytes(limit) => {
            say(lang, "net.end.bytes", &[("limit", &amount(limit)), ("mib", &amount(limit >> 20))])
        }
    })
}

/// `1,048,576`.
fn amount(n: impl TryInto<u64>) -> String {
    let digits = n.try_into().unwrap_or(u64::MAX).to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Why a script could not be played on Linux, and what allows it.
pub(super) fn not_run(lang: Lang, reason: &NotRun) -> String {
    let (step, error) = match reason {
        NotRun::NotLinux => return say(lang, "net.linux.elsewhere", &[]),
        NotRun::TooLong(length) => {
            let most = time::spell(super::linux::MOST_PATIENCE);
            return say(lang, "net.linux.too-long", &[("length", &time::spell(*length)), ("most", &most)]);
        }
        NotRun::Namespaces(error) => (Step::User, error),
        NotRun::Host(step, error) => (*step, error),
    };
    let (why, fix) = match step {
        Step::Tun => {
            (say(lang, "net.linux.why.tun", &[]), Some("sudo modprobe tun  |  docker run --device /dev/net/tun …"))
        }
        Step::Address if error.raw_os_error() != Some(1) => {
            (say(lang, "net.linux.why.address", &[]), Some("sudo sysctl -w net.ipv6.conf.default.disable_ipv6=0"))
        }
        _ => doctor::obstacle(lang),
    };
    let step = match step {
        Step::User => say(lang, "net.linux.step.user", &[]),
        Step::Network => say(lang, "net.linux.step.network", &[]),
        Step::Tun => say(lang, "net.linux.step.tun", &[]),
        Step::Interface => say(lang, "net.linux.step.interface", &[]),
        Step::Address => say(lang, "net.linux.step.address", &[]),
        Step::Program => say(lang, "net.linux.step.program", &[]),
    };
    let says = say(lang, "net.linux.not-run", &[("step", &step), ("error", error), ("why", &why)]);
    match fix {
        Some(fix) => format!("{says}\n    {fix}"),
        None => says,
    }
}
