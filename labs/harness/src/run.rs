//! One run of the student's program: the process, its output, its peers.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use crate::limits;
use crate::output::{self, Output};
#[cfg(target_os = "linux")]
use crate::proc::{Ends, Flow};
use crate::replay::Given;
use crate::service::Vanished;
use crate::stream::Sending;
use crate::wait::deadline;
use crate::words::{Words, say};

/// How long the output of an ended program may take to arrive; only a
/// grandchild that holds the pipe open makes use of it.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Does `work` while no other thread starts a program.
///
/// Between its fork and its exec a child holds a copy of every descriptor of
/// this process: what is closed here in the meantime stays open for a moment,
/// and a peer that has gone is still there.
pub(crate) fn without_copies<T>(work: impl FnOnce() -> T) -> T {
    static STARTING: Mutex<()> = Mutex::new(());
    let _alone = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    work()
}

/// What a program may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Privilege {
    /// What this test may do.
    Ours,
    /// The same, but no raw sockets.
    WithoutRaw,
    /// The same, with at most so many descriptors at a time.
    FewDescriptors(u64),
    /// The same, with this descriptor open already.
    NumberTaken(i32),
}

/// What a program finds on its standard input.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Input<'a> {
    /// Nothing, and its end.
    Empty,
    /// These bytes, and then the end.
    Bytes(&'a [u8]),
    /// What is typed while it runs: [`Run::types`].
    Typed,
}

impl Input<'_> {
    /// A file and not a pipe, unless somebody types: nobody has to push.
    fn stdin(self) -> Stdio {
        let bytes = match self {
            Input::Empty => return Stdio::null(),
            Input::Typed => return Stdio::piped(),
            Input::Bytes(bytes) => bytes,
        };
        let file = tempfile(bytes).unwrap_or_else(|error| panic!("no file for the program's input: {error}"));
        file.into()
    }
}

/// A signal that ends programs, by number and name.
fn signal_name(signal: i32) -> Words {
    const NAMES: [(i32, &str); 12] = [
        (libc::SIGABRT, "SIGABRT"),
        (libc::SIGALRM, "SIGALRM"),
        (libc::SIGBUS, "SIGBUS"),
        (libc::SIGFPE, "SIGFPE"),
        (libc::SIGHUP, "SIGHUP"),
        (libc::SIGILL, "SIGILL"),
        (libc::SIGINT, "SIGINT"),
        (libc::SIGKILL, "SIGKILL"),
        (libc::SIGPIPE, "SIGPIPE"),
        (libc::SIGSEGV, "SIGSEGV"),
        (libc::SIGTERM, "SIGTERM"),
        (libc::SIGXCPU, "SIGXCPU"),
    ];
    match NAMES.iter().find(|(number, _)| *number == signal) {
        Some((_, name)) => say("why.signal-name", &[("n", &signal), ("name", name)]),
        None => say("why.signal-number", &[("n", &signal)]),
    }
}

/// The program's standard output, and where we read it. Not a pipe: a program
/// that waits in splice(2) for bytes to put into one holds it locked, as
/// `io::copy` from a connection does, and then a read waits that should not.
fn pair() -> io::Result<(OwnedFd, UnixStream)> {
    let (theirs, ours) = UnixStream::pair()?;
    Ok((theirs.into(), ours))
}

/// A file without a name that holds `bytes`, to be read from its beginning.
fn tempfile(bytes: &[u8]) -> io::Result<File> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("lab-input-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(name);
    // Never one that is already there: it could be a link to somebody's file.
    let mut file = File::options().read(true).write(true).create_new(true).open(&path)?;
    std::fs::remove_file(&path)?;
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

/// A process that is killed, with all that it started, when this is dropped.
#[derive(Debug)]
pub(crate) struct Run {
    child: Mutex<Child>,
    pid: u32,
    started: Instant,
    mark: String,
    status: Mutex<Option<ExitStatus>>,
    stdin: Mutex<Option<ChildStdin>>,
    pub(crate) stdout: Output,
    pub(crate) stderr: Output,
    flows: Mutex<Vec<(SocketAddr, SocketAddr)>>,
    vanished: Vanished,
    udp: AtomicBool,
    accounted: AtomicBool,
    moves: AtomicU64,
    kept: Mutex<Vec<TcpStream>>,
    sendings: Mutex<Vec<Weak<Sending>>>,
    given: Mutex<Option<Given>>,
    answered_wrong: AtomicBool,
}

impl Run {
    /// Starts `exe`.
    ///
    /// # Panics
    ///
    /// If it cannot be started: then no check makes sense.
    pub(crate) fn start(
        exe: &str,
        args: &[impl AsRef<OsStr>],
        privilege: Privilege,
        input: Input<'_>,
        vanished: &Vanished,
    ) -> Run {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let mark = format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let mut command = match privilege {
            Privilege::NumberTaken(number) => {
                let mut shell = Command::new("sh");
                shell.arg("-c").arg(format!("exec \"$0\" \"$@\" {number}</dev/null")).arg(exe);
                shell
            }
            _ => Command::new(exe),
        };
        let (stdout, ours) = pair().unwrap_or_else(|error| panic!("no socket for the program's output: {error}"));
        command.args(args).stdin(input.stdin()).stdout(stdout).stderr(Stdio::piped());
        limits::confine(&mut command, &mark);
        match privilege {
            Privilege::Ours | Privilege::NumberTaken(_) => {}
            Privilege::WithoutRaw => limits::take_raw_away(&mut command),
            Privilege::FewDescriptors(most) => limits::leave_descriptors(&mut command, most),
        }
        // Before it can do anything.
        let started = Instant::now();
        let child = without_copies(|| command.spawn());
        let mut child = child.unwrap_or_else(|error| panic!("cannot start {exe}: {error}"));
        // Its end of that pair is in there as well.
        drop(command);
        let stdout = Output::of(ours, output::KEEP);
        let stderr = Output::of(child.stderr.take().expect("stderr was asked for"), output::KEEP_WORDS);
        let stdin = child.stdin.take();
        let pid = child.id();
        Run {
            child: Mutex::new(child),
            pid,
            started,
            mark,
            status: Mutex::default(),
            stdin: Mutex::new(stdin),
            stdout,
            stderr,
            flows: Mutex::default(),
            vanished: Arc::clone(vanished),
            udp: AtomicBool::new(false),
            accounted: AtomicBool::new(false),
            moves: AtomicU64::new(0),
            kept: Mutex::default(),
            sendings: Mutex::default(),
            given: Mutex::default(),
            answered_wrong: AtomicBool::new(false),
        }
    }

    /// It was started at most so long ago.
    pub(crate) fn age(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Its exit status, if it has ended.
    pub(crate) fn status(&self) -> Option<ExitStatus> {
        let mut status = self.status.lock().expect("no holder panics");
        if status.is_none() {
            *status = self.child.lock().expect("no holder panics").try_wait().ok().flatten();
        }
        *status
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.status().is_some()
    }

    /// Says how it ended, if it was not well.
    pub(crate) fn failure(&self) -> Option<Words> {
        let status = self.status()?;
        match (status.code(), status.signal()) {
            (Some(0), _) => None,
            (Some(code), _) => Some(say("fail.exit", &[("code", &code)])),
            (None, signal) => Some(say("fail.signal", &[("signal", &signal_name(signal.unwrap_or(0)))])),
        }
    }

    /// "The program has ended …", if it has.
    pub(crate) fn ending(&self) -> Option<Words> {
        let status = self.status()?;
        Some(match (status.code(), status.signal()) {
            (Some(code), _) => say("why.exit", &[("code", &code)]),
            (None, signal) => say("why.signal", &[("signal", &signal_name(signal.unwrap_or(0)))]),
        })
    }

    /// Some bytes have gone to the program or come from it.
    pub(crate) fn moved(&self) {
        self.moves.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn moves(&self) -> u64 {
        self.moves.load(Ordering::Relaxed)
    }

    /// Takes what the program has written, and says how many bytes that were
    /// so far. Until they are taken it may sleep because nobody does.
    pub(crate) fn heard(&self) -> u64 {
        self.stdout.heard() + self.stderr.heard()
    }

    /// Types `bytes`, which fit into a pipe. What a program that has ended does
    /// not read is lost, as on a keyboard.
    pub(crate) fn types(&self, bytes: &[u8]) {
        if let Some(stdin) = self.stdin.lock().expect("no holder panics").as_mut() {
            let _lost = stdin.write_all(bytes);
        }
        self.moved();
    }

    /// From now on what it is given is kept: it depends on nothing else.
    pub(crate) fn keep_given(&self) {
        self.given.lock().expect("no holder panics").get_or_insert_default();
    }

    /// What it was given, if that is kept.
    pub(crate) fn given(&self) -> Option<Given> {
        self.given.lock().expect("no holder panics").clone()
    }

    /// Changes what it was given, if that is kept.
    pub(crate) fn note_given(&self, note: impl FnOnce(&mut Given)) {
        if let Some(given) = self.given.lock().expect("no holder panics").as_mut() {
            note(given);
        }
    }

    /// The answer that ends the check is here, and wrong: what ends the program
    /// is of later.
    pub(crate) fn note_wrong_answer(&self) {
        self.answered_wrong.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has_answered_wrong(&self) -> bool {
        self.answered_wrong.load(Ordering::Relaxed)
    }

    /// Nothing more will be typed.
    pub(crate) fn ends_input(&self) {
        let stdin = self.stdin.lock().expect("no holder panics").take();
        without_copies(|| drop(stdin));
    }

    /// Holds a connection until the program has been killed.
    pub(crate) fn keep_open(&self, stream: TcpStream) {
        self.kept.lock().expect("no holder panics").push(stream);
    }

    /// Ends it and everything it started.
    pub(crate) fn kill(&self) {
        if !self.has_ended() {
            limits::kill_family(Some(self.pid), &self.mark);
            let status = self.child.lock().expect("no holder panics").wait().ok();
            *self.status.lock().expect("no holder panics") = status;
        }
        // Orphans of a program that ended by itself.
        limits::kill_family(None, &self.mark);
    }

    /// Everything it wrote on standard error; call it when the program has ended.
    pub(crate) fn last_words(&self) -> Vec<String> {
        self.stderr.lines_at_end(LAST_WORDS)
    }

    /// Notes a TCP connection, so that bytes on their way are seen.
    pub(crate) fn add_flow(&self, peer: SocketAddr, program: SocketAddr) {
        self.flows.lock().expect("no holder panics").push((peer, program));
    }

    /// Whether a peer has ever connected.
    pub(crate) fn has_flows(&self) -> bool {
        !self.flows.lock().expect("no holder panics").is_empty()
    }

    /// From now on nothing comes from `addr`, and what is sent there is lost.
    pub(crate) fn note_vanished(&self, addr: SocketAddr) {
        self.vanished.lock().expect("no holder panics").push(addr);
    }

    /// Somebody has vanished whom the program may still be waiting for.
    pub(crate) fn misses_somebody(&self) -> bool {
        !self.vanished.lock().expect("no holder panics").is_empty()
    }

    /// Notes that datagrams are involved: those on their way cannot be seen.
    pub(crate) fn add_udp(&self) {
        self.udp.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has_udp(&self) -> bool {
        self.udp.load(Ordering::Relaxed)
    }

    /// A step has said how it ended.
    pub(crate) fn account(&self) {
        self.accounted.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_accounted(&self) -> bool {
        self.accounted.load(Ordering::Relaxed)
    }

    /// Notes what a peer sends while the script goes on.
    pub(crate) fn add_sending(&self, sending: &Arc<Sending>) {
        self.sendings.lock().expect("no holder panics").push(Arc::downgrade(sending));
    }

    /// A peer goes on sending by itself.
    fn is_sent_more(&self) -> bool {
        let sendings = self.sendings.lock().expect("no holder panics");
        sendings.iter().filter_map(Weak::upgrade).any(|sending| sending.goes_on())
    }

    /// Something between a peer and the program is still on its way.
    #[cfg(target_os = "linux")]
    pub(crate) fn in_flight(&self) -> bool {
        let before = self.moves();
        let flows = || {
            let (flows, vanished) = (self.flows.lock(), self.vanished.lock());
            let (flows, vanished) = (flows.expect("no holder panics"), vanished.expect("no holder panics"));
            let mut alive = flows.iter().filter(|(peer, _)| !vanished.contains(peer));
            alive.any(|&(peer, program)| Ends::of(Flow { peer, program }).in_flight())
        };
        // Asked before and after: what leaves in between is in neither place.
        self.is_sent_more() || flows() || self.is_sent_more() || self.moves() != before
    }

    /// A connection that the program has ended still holds its port.
    #[cfg(target_os = "linux")]
    pub(crate) fn has_time_wait(&self) -> bool {
        let flows = self.flows.lock().expect("no holder panics");
        flows.iter().any(|&(peer, program)| Ends::of(Flow { peer, program }).far_waits())
    }

    /// How many of the peers' connections stand at the program's end. Each is
    /// asked for by itself: a list of all is not of one moment.
    #[cfg(target_os = "linux")]
    pub(crate) fn standing(&self) -> usize {
        let flows = self.flows.lock().expect("no holder panics");
        flows.iter().filter(|&&(peer, program)| Ends::of(Flow { peer, program }).far_stands()).count()
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn standing(&self) -> usize {
        0
    }

    /// What an ended program has sent is there at once on a loopback.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn in_flight(&self) -> bool {
        false
    }

    /// A thread of the program sleeps in a write.
    #[cfg(target_os = "linux")]
    pub(crate) fn sleeps_in_write(&self) -> bool {
        crate::proc::look(self.pid).calls.iter().any(|call| call.writes)
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn sleeps_in_write(&self) -> bool {
        false
    }

    /// Pauses and continues it, as Ctrl-Z and `fg` do. A write that is half
    /// done then returns with the half: signal(7), "Interruption of system
    /// calls and library functions by stop signals".
    pub(crate) fn interrupt(&self) {
        self.halt();
        self.go_on();
    }

    /// Lets nothing of it run until [`Run::go_on`].
    #[cfg(target_os = "linux")]
    pub(crate) fn halt(&self) {
        self.signal(libc::SIGSTOP);
        // A SIGCONT that came first would take the SIGSTOP away unseen.
        let start = Instant::now();
        while !self.has_ended() && !crate::proc::is_stopped(self.pid) && start.elapsed() < deadline() {
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    #[cfg(target_os = "linux")]
    pub(crate) fn go_on(&self) {
        self.signal(libc::SIGCONT);
    }

    #[cfg(target_os = "linux")]
    fn signal(&self, signal: i32) {
        if !self.has_ended() {
            // SAFETY: kill takes integers; the process has not been waited for.
            unsafe { libc::kill(self.pid as i32, signal) };
        }
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn halt(&self) {}

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn go_on(&self) {}
}

impl Drop for Run {
    fn drop(&mut self) {
        self.kill();
    }
}
