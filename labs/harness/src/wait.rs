//! Waiting for one outcome, and knowing when it will never come.
//!
//! A wait ends in one of six ways: the outcome is there; the program has
//! ended; the program is *quiet* (nothing on its way to it, all of its threads
//! asleep without a time limit, nothing of it has run for a while), so that it
//! will never come; it burns processor time without result; it naps again and
//! again although nothing is missing; or the deadline has passed. Only the last
//! depends on a clock alone, and no verdict about a right program does: one that
//! has work to do and gets no processor to do it is given more time.

use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsRawFd as _, RawFd};
use std::time::{Duration, Instant};

use crate::run::Run;
use crate::words::{Fill, Words, say};

/// How long one step may take. `LAB_DEADLINE_MS` changes it.
pub(crate) fn deadline() -> Duration {
    let ms = std::env::var("LAB_DEADLINE_MS").ok().and_then(|text| text.parse().ok());
    Duration::from_millis(ms.unwrap_or(5_000))
}

/// How long a program may take before anybody looks into it.
const SOON: Duration = Duration::from_millis(2);

/// What a descriptor is waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interest {
    pub(crate) fd: RawFd,
    pub(crate) write: bool,
}

/// Tries `outcome` until it gives something, or says why it never will.
///
/// `outcome` is tried once more after each reason to give up, so that what
/// came in the meantime counts.
pub(crate) fn until<T>(run: &Run, on: Option<Interest>, outcome: impl FnMut() -> Option<T>) -> Result<T, Words> {
    wait(run, on, Quiet::new(), outcome)
}

/// [`until`], for an outcome that needs nothing but the program: everything it
/// could wait for is there. One that naps and looks again, time after time, is
/// waiting for what will not come.
pub(crate) fn until_prompt<T>(run: &Run, on: Option<Interest>, outcome: impl FnMut() -> Option<T>) -> Result<T, Words> {
    wait(run, on, Quiet::without_naps(), outcome)
}

fn wait<T>(
    run: &Run,
    on: Option<Interest>,
    mut quiet: Quiet,
    mut outcome: impl FnMut() -> Option<T>,
) -> Result<T, Words> {
    let start = Instant::now();
    loop {
        // Asked before the try: what an ended program has sent is all there.
        let ended = run.ending();
        if let Some(found) = outcome() {
            return Ok(found);
        }
        if let Some(why) = ended.filter(|_| !run.in_flight()) {
            return outcome().ok_or(why);
        }
        // Most outcomes come at once, and then no look is needed.
        if start.elapsed() >= SOON
            && let Some(why) = quiet.look(run)
        {
            return outcome().ok_or(why);
        }
        if quiet.is_late(run, start) {
            return outcome().ok_or_else(|| quiet.at_deadline(run));
        }
        pause(on);
    }
}

/// Waits until the program is quiet: it has taken in all that was sent, has
/// done what it wanted to do with it, and sleeps.
pub(crate) fn until_quiet(run: &Run) -> Result<(), Words> {
    until_quiet_or(run, || false).map(drop)
}

/// [`until_quiet`], or until `else_when` holds; whether it did.
pub(crate) fn until_quiet_or(run: &Run, mut else_when: impl FnMut() -> bool) -> Result<bool, Words> {
    let start = Instant::now();
    let mut quiet = Quiet::new();
    loop {
        if else_when() {
            return Ok(true);
        }
        if run.has_ended() || quiet.settled(run) {
            return Ok(false);
        }
        if quiet.is_late(run, start) {
            return Err(quiet.at_deadline(run));
        }
        pause(None);
    }
}

/// Two looks that agree: nothing of the program has run between them.
#[cfg(target_os = "linux")]
#[derive(Debug, Default)]
struct Rest(Option<Vec<(u32, u64)>>);

#[cfg(target_os = "linux")]
impl Rest {
    /// Whether the program `rests` in this `look`, and has since the last one.
    fn goes_on(&mut self, rests: bool, look: crate::proc::Look) -> bool {
        let now = rests.then_some(look.switches);
        let goes_on = now.is_some() && now == self.0;
        self.0 = now;
        goes_on
    }
}

/// Waits until the program sleeps, if only for a time, or has ended: what it
/// has to say of what it did last has been said.
#[cfg(target_os = "linux")]
pub(crate) fn until_resting(run: &Run) {
    let mut rest = Rest::default();
    let _late = until_quiet_or(run, || {
        let look = crate::proc::look(run.pid());
        let rests = look.resting && !run.in_flight();
        rest.goes_on(rests, look)
    });
}

/// Where the kernel cannot be asked, quiet is all that can be seen.
#[cfg(not(target_os = "linux"))]
pub(crate) fn until_resting(run: &Run) {
    let _late = until_quiet(run);
}

/// Waits until the program sleeps, if only for a time, in anything but a write:
/// it neither computes nor prints without end.
#[cfg(target_os = "linux")]
pub(crate) fn until_at_rest(run: &Run) -> Result<(), Words> {
    let mut rest = Rest::default();
    until(run, None, || {
        let look = crate::proc::look(run.pid());
        let runs = !look.calls.is_empty();
        let rests = runs && look.resting && !look.calls.iter().any(|call| call.writes) && !run.in_flight();
        rest.goes_on(rests, look).then_some(())
    })
}

/// Where the kernel cannot be asked, that it still runs is all that can be seen.
#[cfg(not(target_os = "linux"))]
pub(crate) fn until_at_rest(run: &Run) -> Result<(), Words> {
    run.ending().map_or(Ok(()), Err)
}

/// Whether `stream` can be written to now.
pub(crate) fn has_room(stream: &TcpStream) -> bool {
    is_ready(stream.as_raw_fd(), libc::POLLOUT)
}

/// Whether somebody who has connected waits in the queue of `listener`.
pub(crate) fn is_called(listener: &TcpListener) -> bool {
    is_ready(listener.as_raw_fd(), libc::POLLIN)
}

fn is_ready(fd: RawFd, events: libc::c_short) -> bool {
    let mut wanted = libc::pollfd { fd, events, revents: 0 };
    // SAFETY: one pollfd, alive during the call.
    unsafe { libc::poll(&mut wanted, 1, 0) == 1 }
}

/// Sleeps until `stream` can be written to, or for a while.
pub(crate) fn for_room(stream: &TcpStream) {
    let mut wanted = libc::pollfd { fd: stream.as_raw_fd(), events: libc::POLLOUT, revents: 0 };
    // SAFETY: one pollfd, alive during the call.
    unsafe { libc::poll(&mut wanted, 1, 100) };
}

/// Waits until the program has read all that came to its raw sockets, has done
/// what it wanted to do with it, and sleeps, if only for a time. Also ends when
/// the program does.
#[cfg(target_os = "linux")]
pub(crate) fn until_taken(run: &Run) -> Result<(), Words> {
    let start = Instant::now();
    let mut rest = Rest::default();
    while !run.has_ended() {
        let look = crate::proc::look(run.pid());
        let rests = look.resting && !crate::proc::has_unread_packets(run.pid());
        if rest.goes_on(rests, look) {
            break;
        }
        if start.elapsed() >= deadline() {
            return Err(Quiet::new().at_deadline(run));
        }
        pause(None);
    }
    Ok(())
}

/// Where the kernel cannot be asked there are no raw labs either.
#[cfg(not(target_os = "linux"))]
pub(crate) fn until_taken(run: &Run) -> Result<(), Words> {
    until_quiet(run)
}

/// Sleeps until the descriptor is ready, or for a moment: the outcome
/// and the state of the program are both to be seen soon.
fn pause(on: Option<Interest>) {
    if let Some(Interest { fd, write }) = on {
        let events = if write { libc::POLLIN | libc::POLLOUT } else { libc::POLLIN };
        let mut wanted = libc::pollfd { fd, events, revents: 0 };
        // SAFETY: one pollfd, alive during the call.
        let n = unsafe { libc::poll(&mut wanted, 1, 1) };
        // A pipe without a writer is ready for ever, and has nothing to read.
        if n == 0 || wanted.revents & events != 0 {
            return;
        }
    }
    std::thread::sleep(Duration::from_micros(300));
}

#[cfg(target_os = "linux")]
pub(crate) use linux::Quiet;

#[cfg(target_os = "linux")]
mod linux {
    use super::*;
    use crate::proc::{self, Look};

    /// How long everything must stand still before the connections are asked,
    /// and how many looks must agree in that time. Two would do: nothing has
    /// run between two looks that agree, and what is on its way over TCP shows
    /// in the queues. The rest is for what does not show: packets that a
    /// program sends to itself. Each look gives the processor away, and so
    /// gives the thread a turn that carries them.
    const STILL: (Duration, u32) = (Duration::from_millis(1), 3);
    /// The same before it is said that a program will never do what it should.
    const STILL_AND_WRONG: (Duration, u32) = (Duration::from_millis(10), 5);
    /// A UDP packet on its way over the loopback shows nowhere.
    const STILL_WITH_UDP: (Duration, u32) = (Duration::from_millis(100), 25);
    /// Deadlines that pass before a program is given up that could run all the
    /// time, but gets no processor.
    const STARVED: u32 = 12;
    /// Processor time that it gets beyond the deadline, and looks after that
    /// to see whether it rests now.
    const OVERTIME: (u64, u32) = (500, 60);
    /// Processor time in which not a byte has moved. A right answer takes a few.
    const SPIN_MS: u64 = 250;
    /// How often a program is seen asleep for a time, and for how long in all,
    /// before it is said that it only waits: each time it could have looked.
    const NAPS: (u32, Duration) = (5, Duration::from_millis(400));

    /// Watches a program fall asleep.
    #[derive(Debug)]
    pub(crate) struct Quiet {
        since: Option<Instant>,
        looks: u32,
        switches: Vec<(u32, u64)>,
        /// Bytes that it has written: with room in the pipe again, it wakes.
        heard: u64,
        /// While it slept, nothing was on its way.
        nothing_comes: bool,
        /// Processor time used, and bytes moved, when they last moved.
        idle_from: Option<(u64, u64)>,
        /// Naps that were seen, if they are counted.
        naps: Option<Naps>,
        /// Processor time used at the deadline by a program that had work to
        /// do then, and how often it has been seen asleep since.
        overtime: Option<(u64, u32)>,
    }

    /// Times that a program was seen asleep for a time, while nothing moved.
    #[derive(Clone, Debug, Default)]
    struct Naps {
        since: Option<Instant>,
        seen: u32,
        /// What was so at the last of them.
        switches: Vec<(u32, u64)>,
        moved: (u64, u64),
    }

    impl Naps {
        /// Looks once; whether there were enough of them.
        fn look(&mut self, run: &Run, look: &Look) -> bool {
            let moved = (run.moves(), run.heard());
            if moved != self.moved {
                *self = Naps { moved, ..Naps::default() };
            }
            if look.naps() && look.switches != self.switches {
                self.since.get_or_insert_with(Instant::now);
                self.seen += 1;
                self.switches.clone_from(&look.switches);
            }
            let (many, long) = NAPS;
            let long = self.since.is_some_and(|since| since.elapsed() >= long);
            self.seen > many && long && look.naps() && !run.in_flight()
        }
    }

    impl Quiet {
        /// Counts naps as well.
        pub(crate) fn without_naps() -> Quiet {
            Quiet { naps: Some(Naps::default()), ..Quiet::new() }
        }

        pub(crate) fn new() -> Quiet {
            Quiet {
                since: None,
                looks: 0,
                switches: Vec::new(),
                heard: 0,
                nothing_comes: false,
                idle_from: None,
                naps: None,
                overtime: None,
            }
        }

        /// Looks once; says why nothing more will come, if it is so.
        pub(crate) fn look(&mut self, run: &Run) -> Option<Words> {
            let look = proc::look(run.pid());
            if self.is_still(run, &look, STILL_AND_WRONG) {
                let is_at_input = look.calls.iter().any(|call| call.is_input);
                let id = match (look.calls.len() > 1, is_at_input) {
                    _ if run.misses_somebody() && !is_at_input => "why.patient",
                    (false, false) => "why.asleep",
                    (false, true) => "why.at-input",
                    (true, false) => "why.asleep-threads",
                    (true, true) => "why.at-input-threads",
                };
                return Some(say(id, &[("calls", &calls(&look))]));
            }
            if look.asleep {
                return None;
            }
            if self.naps.as_mut().is_some_and(|naps| naps.look(run, &look)) {
                return Some(say("why.naps", &[("calls", &calls(&look))]));
            }
            let now = (proc::cpu_ms(run.pid()), run.moves());
            let from = self.idle_from.filter(|(_, moves)| *moves == now.1).unwrap_or(now);
            self.idle_from = Some(from);
            let used = now.0.saturating_sub(from.0);
            (used >= SPIN_MS).then(|| say("why.spinning", &[("ms", &SPIN_MS)]))
        }

        /// Looks once; whether the program sleeps and nothing is on its way.
        pub(crate) fn settled(&mut self, run: &Run) -> bool {
            let look = proc::look(run.pid());
            self.is_still(run, &look, STILL)
        }

        fn is_still(&mut self, run: &Run, look: &Look, (time, looks): (Duration, u32)) -> bool {
            let heard = run.heard();
            if !look.asleep || look.switches != self.switches || heard != self.heard {
                let Quiet { idle_from, overtime, .. } = *self;
                let naps = self.naps.take();
                *self = Quiet { switches: look.switches.clone(), heard, idle_from, naps, overtime, ..Quiet::new() };
                return false;
            }
            // It has slept from before the connections were asked until now.
            if self.nothing_comes {
                return true;
            }
            self.looks += 1;
            let since = *self.since.get_or_insert_with(Instant::now);
            let (time, looks) = if run.has_udp() { STILL_WITH_UDP } else { (time, looks) };
            if self.looks >= looks && since.elapsed() >= time {
                let pid = run.pid();
                let lasts = if run.misses_somebody() { look.outlasts_the_deadline(pid) } else { look.lasts(pid) };
                self.nothing_comes = lasts && !run.in_flight();
            }
            false
        }

        /// The deadline of a wait that began at `start` has passed, for a
        /// program that has had its share of the processor.
        pub(crate) fn is_late(&mut self, run: &Run, start: Instant) -> bool {
            if start.elapsed() < deadline() {
                return false;
            }
            let look = proc::look(run.pid());
            if look.runs {
                let used = proc::cpu_ms(run.pid());
                let (from, _) = self.overtime.unwrap_or((used, 0));
                self.overtime = Some((from, 0));
                return used >= from + OVERTIME.0 || start.elapsed() >= deadline() * STARVED;
            }
            match &mut self.overtime {
                Some((_, rests)) if look.asleep => {
                    *rests += 1;
                    *rests > OVERTIME.1
                }
                _ => true,
            }
        }

        pub(crate) fn at_deadline(&self, run: &Run) -> Words {
            /// What a busy program gets on a machine that has far too much to do.
            const SHARE_MS: u64 = 40;
            let look = proc::look(run.pid());
            if self.idle_from.is_some_and(|(cpu_ms, _)| proc::cpu_ms(run.pid()) >= cpu_ms + SHARE_MS) {
                return say("why.spinning", &[("ms", &SHARE_MS)]);
            }
            say("why.deadline", &[("s", &seconds()), ("calls", &calls(&look))])
        }
    }

    /// `accept(), read() (×3)`: each call once.
    fn calls(look: &Look) -> Words {
        let mut names: Vec<(&Words, usize)> = Vec::new();
        for call in &look.calls {
            match names.iter_mut().find(|(name, _)| *name == &call.name) {
                Some((_, n)) => *n += 1,
                None => names.push((&call.name, 1)),
            }
        }
        let join = |lang| {
            let list: Vec<String> = names
                .iter()
                .map(|(name, n)| if *n == 1 { name.fill(lang) } else { format!("{} (×{n})", name.fill(lang)) })
                .collect();
            list.join(", ")
        };
        Words { en: join(crate::Lang::En), ko: join(crate::Lang::Ko) }
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) use other::Quiet;

/// Where the kernel cannot be asked, only time tells.
#[cfg(not(target_os = "linux"))]
mod other {
    use super::*;

    /// A program is taken to be quiet after this long. Too short a time can
    /// miss a fault, but never fails a right program.
    const WINDOW: Duration = Duration::from_millis(200);

    #[derive(Debug)]
    pub(crate) struct Quiet(Instant);

    impl Quiet {
        pub(crate) fn new() -> Quiet {
            Quiet(Instant::now())
        }

        pub(crate) fn without_naps() -> Quiet {
            Quiet::new()
        }

        pub(crate) fn look(&mut self, _run: &Run) -> Option<Words> {
            None
        }

        pub(crate) fn settled(&mut self, _run: &Run) -> bool {
            self.0.elapsed() >= WINDOW
        }

        pub(crate) fn is_late(&mut self, _run: &Run, start: Instant) -> bool {
            start.elapsed() >= deadline()
        }

        pub(crate) fn at_deadline(&self, _run: &Run) -> Words {
            say("why.deadline-only", &[("s", &seconds())])
        }
    }
}

fn seconds() -> String {
    let ms = deadline().as_millis();
    if ms.is_multiple_of(1000) { (ms / 1000).to_string() } else { format!("{:.1}", ms as f64 / 1000.0) }
}
