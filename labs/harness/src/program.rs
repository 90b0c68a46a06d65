//! The student's program, as a check speaks of it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::diff;
use crate::kind::Kind;
use crate::owners::Place;
use crate::payload::{Payload, amount};
use crate::peer::{Peer, joined, rows};
use crate::run::Run;
use crate::transcript::{Detail, Step, Transcript};
use crate::udp::UdpPeer;
use crate::wait;
use crate::words::{Fill, Words, say};

/// A running program. It is killed, with all that it started, when its check ends.
#[derive(Debug)]
pub struct Program {
    pub(crate) run: Arc<Run>,
    addr: Option<SocketAddr>,
    pub(crate) transcript: Arc<Transcript>,
    /// Lines of its output that a step has dealt with.
    pub(crate) lines: usize,
    /// The last line that was answered, and the answer, if no step shows them.
    pub(crate) unseen: Option<(String, String)>,
    /// The numbers of sockets that it has told, by what the check calls them.
    pub(crate) told: BTreeMap<i32, String>,
    /// The addresses of sockets that it has told.
    pub(crate) places: Vec<Place>,
}

/// A line in quotes, of a long one the beginning.
fn quoted(line: &str) -> String {
    const MOST: usize = 400;
    match line.char_indices().nth(MOST) {
        None => format!("{line:?}"),
        Some((at, _)) => format!("{:?}…", &line[..at]),
    }
}

impl Program {
    pub(crate) fn new(run: Arc<Run>, transcript: Arc<Transcript>) -> Program {
        Program { run, addr: None, transcript, lines: 0, unseen: None, told: BTreeMap::new(), places: Vec::new() }
    }

    /// Waits for the line `listening on ADDRESS`. `asked` is the address it
    /// was given, if any; port 0 stands for any port.
    pub(crate) fn wait_listening(&mut self, asked: Option<SocketAddr>, id: &str) {
        let line = wait::until_prompt(&self.run, Some(self.run.stdout.more()), || self.run.stdout.line(0));
        self.lines = 1;
        let text = match line {
            Ok(text) => text,
            // Of a second start on the same port, the check itself can say more.
            Err(why) if id == "wire.relistening" => return self.stop(say("fail.no-line", &[("why", &why)]), None),
            Err(why) => return self.fail("fail.no-line", &[("why", &why)]),
        };
        let Some(addr) = text.strip_prefix("listening on ").and_then(|addr| addr.trim().parse::<SocketAddr>().ok())
        else {
            // The port is another one in every run.
            let text = asked.map_or(text.clone(), |asked| text.replace(&asked.to_string(), "ADDRESS"));
            let words = say("fail.other-line", &[("text", &format!("{text:?}"))]);
            let kind = Kind::of("fail.other-line").filter(|_| id != "wire.relistening");
            return self.stop(words, kind);
        };
        if let Some(want) = asked
            && (addr.ip() != want.ip() || (want.port() != 0 && addr.port() != want.port()))
        {
            // A port that the kernel has picked says nothing.
            let shown = |addr: SocketAddr| if want.port() == 0 { addr.ip().to_string() } else { addr.to_string() };
            return self.fail("fail.other-address", &[("got", &shown(addr)), ("want", &shown(want))]);
        }
        self.addr = Some(addr);
        self.step(id, &[], "listening");
    }

    /// Where it listens. 0.0.0.0 and :: are reached through the loopback.
    ///
    /// # Panics
    ///
    /// If it does not listen and no earlier step has said so.
    #[must_use]
    pub fn addr(&self) -> Option<SocketAddr> {
        let mut addr = self.addr?;
        if addr.ip().is_unspecified() {
            addr.set_ip(if addr.is_ipv4() { [127, 0, 0, 1].into() } else { std::net::Ipv6Addr::LOCALHOST.into() });
        }
        Some(addr)
    }

    /// Opens a connection; `name` is what the transcript calls this peer.
    pub fn connect(&self, name: &str) -> Peer {
        Peer::connect(name, self.addr(), false, &self.run, &self.transcript)
    }

    /// Opens a connection with a small receive buffer: what the peer does not
    /// read soon stops the program's writes.
    pub fn connect_slow(&self, name: &str) -> Peer {
        Peer::connect(name, self.addr(), true, &self.run, &self.transcript)
    }

    /// [`Program::connect_slow`] while the program stands still: whatever it
    /// does to a connection, it does when that has been made.
    pub fn connect_slow_unseen(&self, name: &str) -> Peer {
        self.run.halt();
        let peer = self.connect_slow(name);
        self.run.go_on();
        peer
    }

    /// A UDP socket of its own, with a port of its own, called `name`.
    pub fn udp(&self, name: &str) -> UdpPeer {
        UdpPeer::bind(name, self.addr(), &self.run, &self.transcript)
    }

    /// [`Program::udp`] on an address of its own, `ip`: once this peer is
    /// closed, no other test's socket can get its port.
    pub fn udp_at(&self, name: &str, ip: std::net::Ipv4Addr) -> UdpPeer {
        UdpPeer::bind_at(ip.into(), name, self.addr(), &self.run, &self.transcript)
    }

    /// Types `payload` on the program's standard input.
    pub fn types(&self, payload: &Payload) {
        if !self.transcript.is_stopped() {
            self.run.types(payload.bytes());
            self.transcript.step(Step::typed(payload));
        }
    }

    /// Ends the program's standard input.
    pub fn ends_input(&self) {
        if !self.transcript.is_stopped() {
            self.run.ends_input();
            self.transcript.step(Step::new(say("wire.input-ends", &[]), "", "program", "input"));
        }
    }

    /// Waits until the program has taken in everything and sleeps.
    pub fn settle(&self) {
        if self.transcript.is_stopped() {
            return;
        }
        if let Err(why) = wait::until_quiet(&self.run) {
            self.fail("fail.no-wait", &[("why", &why)]);
        }
    }

    /// The number of the next line of its output, which its caller deals with.
    pub(crate) fn take_line(&mut self) -> usize {
        self.lines += 1;
        self.lines - 1
    }

    /// Waits for the program to end by itself, without an error.
    pub fn wait(&mut self) {
        if self.transcript.is_stopped() {
            return;
        }
        self.run.account();
        match wait::until(&self.run, None, || self.run.status()) {
            Ok(_) => match self.run.failure() {
                None => self.step("wire.ended", &[], "exit"),
                Some(words) => self.stop(words, Some(Kind::Ended)),
            },
            Err(why) => self.fail("fail.not-ended", &[("why", &why)]),
        }
    }

    /// Waits for the next line of its standard output and gives it to the
    /// check; `None` if it never comes, which ends the check. `what` says in
    /// the transcript what was waited for.
    pub fn line(&mut self, what: &str) -> Option<String> {
        if self.transcript.is_stopped() {
            return None;
        }
        let n = self.lines;
        let more = Some(self.run.stdout.more());
        let line = || self.run.stdout.line(n);
        // A program with a time limit of its own may look at the clock.
        let has_own_time = self.run.has_udp() || self.run.misses_somebody() || crate::netns::is_inside();
        let waited =
            if has_own_time { wait::until(&self.run, more, line) } else { wait::until_prompt(&self.run, more, line) };
        match waited {
            Ok(text) => {
                self.lines += 1;
                Some(text)
            }
            Err(why) => {
                self.fail("fail.no-output", &[("what", &what), ("why", &why)]);
                None
            }
        }
    }

    /// Waits for the next line of its standard output, which must be `text`;
    /// the transcript calls it `what`.
    pub fn prints(&mut self, text: &str, what: &str) {
        let Some(line) = self.line(what) else { return };
        if line == text {
            self.step("wire.printed", &[("what", &what)], "stdout");
        } else {
            // The script knows it by its name, the reader of the output by its bytes.
            let want = if what == format!("{text:?}") { what } else { &format!("{what} ({})", quoted(text)) };
            let words = say("fail.other-output", &[("got", &quoted(&line)), ("what", &want)]);
            // What it says of this on standard error may come a moment later.
            wait::until_resting(&self.run);
            self.stop(words, Kind::of_output(&line, text));
        }
    }

    /// Waits until its standard output, from its first byte on, has all of
    /// `payload`, which it begins with.
    pub fn prints_all(&mut self, payload: &Payload) {
        self.prints_bytes(&[payload]);
    }

    /// [`Program::prints_all`] of several payloads, one after the other.
    pub fn prints_bytes(&mut self, payloads: &[&Payload]) {
        if self.transcript.is_stopped() {
            return;
        }
        let what = joined(payloads);
        let want = payloads.iter().map(|payload| payload.bytes()).collect::<Vec<_>>().concat();
        let stdout = &self.run.stdout;
        let waited = wait::until(&self.run, Some(stdout.more()), || {
            let (got, _) = stdout.bytes();
            let is_enough = got.len() >= want.len() || !want.starts_with(&got);
            is_enough.then_some(())
        });
        let (got, _) = stdout.bytes();
        let len = got.len().min(want.len());
        if let Some(at) = diff::first_difference(&want[..len], &got[..len]) {
            let holes: [(&str, &dyn Fill); 3] = [("n", &amount(got.len())), ("what", &what), ("at", &at)];
            let line = say("fail.output-differs", &holes);
            return self.transcript.stop(Step::new(line, "program", "", "fail"), rows(&want, &got));
        }
        match waited {
            Err(why) => self.fail("fail.output-part", &[("have", &amount(got.len())), ("what", &what), ("why", &why)]),
            Ok(()) if got.len() > want.len() => {
                self.fail("fail.output-more", &[("n", &amount(got.len() - want.len())), ("what", &what)]);
            }
            Ok(()) => {
                self.lines = String::from_utf8_lossy(&got).lines().count();
                self.step("wire.printed", &[("what", &what)], "stdout");
            }
        }
    }

    /// [`Program::prints_line`], for a program that has waited for so long in
    /// all since it was started. A slow machine only makes it older.
    pub fn prints_line_after(&mut self, text: &str, wait: Duration) {
        let Some(line) = self.line(&format!("{text:?}")) else { return };
        // A kernel counts in ticks.
        let is_too_soon = self.run.age() < wait * 9 / 10;
        if line != text {
            self.fail("fail.other-output", &[("got", &format!("{line:?}")), ("what", &format!("{text:?}"))]);
        } else if is_too_soon {
            self.fail("fail.too-soon", &[("got", &format!("{line:?}"))]);
        } else {
            self.step("wire.printed", &[("what", &format!("{text:?}"))], "stdout");
        }
    }

    /// Waits for the next line of its standard output, which must be `text`.
    pub fn prints_line(&mut self, text: &str) {
        self.prints(text, &format!("{text:?}"));
    }

    /// It has printed a line that no step has dealt with.
    pub(crate) fn has_more_output(&self) -> bool {
        self.run.stdout.line(self.lines).is_some()
    }

    /// Waits until the program has read all that came to its raw sockets. It
    /// must not have printed anything.
    pub fn prints_nothing(&mut self) {
        if self.transcript.is_stopped() {
            return;
        }
        if let Err(why) = wait::until_taken(&self.run) {
            return self.fail("fail.no-wait", &[("why", &why)]);
        }
        match self.run.stdout.line(self.lines) {
            Some(line) => self.fail("fail.early-output", &[("got", &format!("{line:?}"))]),
            None => self.step("wire.prints-nothing", &[], "stdout"),
        }
    }

    /// [`Program::wait`], and it must not print any more.
    pub fn ends(&mut self) {
        if self.transcript.is_stopped() {
            return;
        }
        if !self.says_more() {
            self.wait();
        }
    }

    /// Whether it has printed a line that no step has dealt with, which ends
    /// the check. Looked at when it has ended, or when it never will.
    fn says_more(&self) -> bool {
        if let Err(why) = wait::until(&self.run, None, || self.run.status()) {
            let Some(line) = self.run.stdout.line(self.lines) else { return false };
            self.fail("fail.prints-on", &[("got", &format!("{line:?}")), ("why", &why)]);
            return true;
        }
        let lines = self.run.stdout.lines_at_end(wait::deadline());
        let Some(line) = lines.get(self.lines) else { return false };
        // Before its end is noted, so that this is the last line.
        self.run.account();
        self.fail("fail.more-output", &[("got", &format!("{line:?}"))]);
        true
    }

    /// [`Program::ends_with_an_error`], and it must not print any more.
    pub fn ends_in_failure(&mut self) {
        if !self.transcript.is_stopped() && !self.says_more() {
            self.ends_with_an_error();
        }
    }

    /// Waits for the program to end by itself and to say that something went
    /// wrong: an exit code other than 0. A panic is no such word.
    pub fn ends_with_an_error(&mut self) {
        /// What Rust's runtime exits with after a panic.
        const PANIC: i32 = 101;
        if self.transcript.is_stopped() {
            return;
        }
        self.run.account();
        match wait::until(&self.run, None, || self.run.status()) {
            Ok(status) => match status.code() {
                Some(0) => self.fail("fail.not-failed", &[]),
                Some(PANIC) | None => {
                    self.stop(self.run.failure().unwrap_or_else(|| say("fail.not-failed", &[])), Some(Kind::Ended))
                }
                Some(_) => self.step("wire.failed", &[], "exit"),
            },
            Err(why) => self.fail("fail.not-ended", &[("why", &why)]),
        }
    }

    /// It has said one of these on standard error before it ended, in whatever
    /// letters; the first is what the transcript calls it.
    pub fn has_said(&self, names: &[&str]) {
        if self.transcript.is_stopped() {
            return;
        }
        let said = self.run.last_words().join("\n").to_lowercase();
        let what = names.first().copied().unwrap_or_default();
        match names.iter().any(|name| said.contains(&name.to_lowercase())) {
            true => self.step("wire.says-error", &[("what", &what)], "stderr"),
            false => self.fail("fail.says-error", &[("what", &what)]),
        }
    }

    /// Stops it from outside, as Ctrl-C does to a program that has no say.
    pub fn kill(&mut self) {
        if self.transcript.is_stopped() {
            return;
        }
        self.run.account();
        self.run.kill();
        self.step("wire.stopped", &[], "kill");
    }

    /// It runs with `n` threads (looked at on Linux only).
    pub fn has_threads(&self, n: usize) {
        if self.transcript.is_stopped() {
            return;
        }
        #[cfg(target_os = "linux")]
        {
            let have = crate::proc::threads(self.run.pid()).len();
            if have != n {
                return self.fail("fail.threads", &[("n", &have), ("want", &n)]);
            }
        }
        self.step("wire.threads", &[("n", &n)], "look");
    }

    /// Resident memory in kB; 0 where it cannot be seen.
    #[must_use]
    pub fn memory_kb(&self) -> u64 {
        #[cfg(target_os = "linux")]
        return crate::proc::memory_kb(self.run.pid());
        #[cfg(not(target_os = "linux"))]
        0
    }

    /// It has grown by at most `most` kB since it had `before`.
    pub fn grew_at_most(&self, before: u64, most: u64) {
        if self.transcript.is_stopped() {
            return;
        }
        let grown = self.memory_kb().saturating_sub(before);
        if grown > most {
            return self.fail("fail.memory", &[("want", &most)]);
        }
        self.step("wire.memory", &[], "look");
    }

    /// The kernel keeps an old connection of the program's port in TIME_WAIT.
    pub fn leaves_time_wait(&self) {
        if self.transcript.is_stopped() {
            return;
        }
        #[cfg(target_os = "linux")]
        {
            // The last acknowledgement may still be on its way.
            if wait::until(&self.run, None, || self.run.has_time_wait().then_some(())).is_err() {
                return self.fail("fail.no-time-wait", &[]);
            }
        }
        self.step("wire.time-wait", &[], "look");
    }

    /// The last line of a check: it still runs, or how it ended.
    pub(crate) fn close_account(run: &Run, transcript: &Transcript) {
        if transcript.is_stopped() {
            return;
        }
        if !run.has_ended() {
            return transcript.step(Step::new(say("wire.running", &[]), "program", "", "running"));
        }
        let words = run.failure().unwrap_or_else(|| say("fail.exit-early", &[]));
        transcript.stop(Step::new(words, "program", "", "fail").kind(Some(Kind::Ended)), Detail::default());
    }

    /// A step that went well, in words of `messages.toml`.
    pub(crate) fn step(&self, id: &str, holes: &[(&str, &dyn Fill)], what: &'static str) {
        self.transcript.step(Step::new(say(id, holes), "program", "", what));
    }

    pub(crate) fn fail(&self, id: &str, holes: &[(&str, &dyn Fill)]) {
        self.stop(say(id, holes), Kind::of(id));
    }

    fn stop(&self, words: Words, kind: Option<Kind>) {
        self.transcript.stop(Step::new(words, "program", "", "fail").kind(kind), Detail::default());
    }
}
