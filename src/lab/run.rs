//! Running the checks of one lab: `cargo test -p LAB` in the student's copy,
//! with the record read while it is written. The exit code of the test process
//! and the record are the verdict; nothing is judged here.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::progress;
use super::record::{Is, Record, Verdict};
use crate::manifest::Lab;
use crate::process::Group;
use crate::text::Lang;

/// Kept of a line, and of everything a run prints: enough for any honest
/// message, little for a flood.
const LINE: usize = 8 * 1024;
const OUTPUT: usize = 512 * 1024;
/// How often the record and the clock are looked at while cargo is silent.
const TICK: Duration = Duration::from_millis(15);

/// What to run, and how.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The student's copy (or any folder that holds the labs' workspace).
    pub dir: &'a Path,
    /// The lab.
    pub lab: &'a Lab,
    /// Only this check; else all.
    pub check: Option<&'a str>,
    /// The language in which a failing check speaks.
    pub lang: Lang,
    /// How long compiling may take. The first time fetches and compiles the
    /// dependencies.
    pub build_limit: Duration,
    /// How long the checks may take altogether.
    pub test_limit: Duration,
    /// Ends the run early, from any thread.
    pub stop: Stop,
}

impl<'a> Request<'a> {
    /// All checks of `lab` in `dir`, with ten minutes to compile and three to
    /// run.
    #[must_use]
    pub fn new(dir: &'a Path, lab: &'a Lab, lang: Lang) -> Request<'a> {
        Request {
            dir,
            lab,
            check: None,
            lang,
            build_limit: Duration::from_secs(600),
            test_limit: Duration::from_secs(180),
            stop: Stop::default(),
        }
    }
}

/// A switch that ends a run; all clones are the same switch.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Ends the run: everything it started is killed, and [`run`] returns
    /// within a few milliseconds.
    pub fn now(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether [`now`](Stop::now) was called.
    #[must_use]
    pub fn asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Something that happened during a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// A line that cargo or the compiler printed.
    Building {
        /// The line, without its end.
        line: String,
    },
    /// Compiling is over.
    Built {
        /// Whether there is a program to check.
        ok: bool,
    },
    /// A line of the record.
    Record {
        /// What the harness wrote.
        record: Record,
    },
    /// A line that the test executable printed.
    Output {
        /// The line, without its end.
        line: String,
    },
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// The process says success, and each check that was asked for passed.
    Passed,
    /// At least one check failed.
    Failed,
    /// None failed, but at least one could not run here.
    NotRun,
    /// The lab does not compile.
    NotCompiled,
    /// Compiling or running took longer than allowed, and was killed.
    TimedOut,
    /// It was stopped.
    Stopped,
    /// The exit code and the record do not say the same, or a check left no
    /// verdict: the test files were changed, or the process was killed.
    Broken,
}

/// What came of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// How it ended.
    pub end: End,
    /// Each check that was asked for, in the lab's order, with what the record
    /// says of it; `None` if it says nothing.
    pub checks: Vec<(String, Option<Verdict>)>,
    /// What cargo and the compiler printed (the first 512 kB).
    pub build: String,
    /// What the test executable printed (the first 512 kB).
    pub output: String,
    /// The hash of the student's files when the run began.
    pub sources: String,
    /// From start to end, in milliseconds.
    pub ms: u64,
}

impl Outcome {
    /// How many checks have this verdict.
    #[must_use]
    pub fn count(&self, is: Is) -> usize {
        self.checks.iter().filter(|(_, verdict)| verdict.as_ref().is_some_and(|v| v.verdict == is)).count()
    }

    /// What a failing check printed: the part between libtest's
    /// `---- CHECK stdout ----` and the next one.
    #[must_use]
    pub fn message(&self, check: &str) -> Option<&str> {
        let head = format!("---- {check} stdout ----\n");
        let start = self.output.find(&head)? + head.len();
        let rest = &self.output[start..];
        let end = ["\n---- ", "\nfailures:\n"].iter().filter_map(|mark| rest.find(mark)).min();
        Some(rest[..end.unwrap_or(rest.len())].trim())
    }
}

/// Runs the checks and calls `on_event` for everything that happens, in the
/// calling thread, until all is over. Everything that was started is dead when
/// it returns, also when `on_event` panics.
///
/// Blocking: from async code call it in `spawn_blocking` and stop it with
/// [`Request::stop`].
///
/// # Errors
///
/// Cargo cannot be started, or the record cannot be created.
pub fn run(request: &Request<'_>, mut on_event: impl FnMut(Event)) -> io::Result<Outcome> {
    let began = Instant::now();
    let sources = progress::sources(request.dir, request.lab);
    let mut tail = Tail::create()?;
    let mut command = cargo_test(request, tail.path());
    let mut group = Group::spawn(&mut command)?;
    let lines = listen(&mut group);

    let mut log = Log::new();
    let mut records = Vec::new();
    let mut silent = false;
    let cut = loop {
        if silent {
            std::thread::sleep(TICK);
        } else {
            match lines.recv_timeout(TICK) {
                Ok((from, line)) => log.take(&from, line, &mut on_event),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => silent = true,
            }
        }
        tail.read(&mut |record| {
            records.push(record.clone());
            on_event(Event::Record { record });
        })?;
        if request.stop.asked() {
            break Err(End::Stopped);
        }
        let late = match log.phase {
            Phase::Testing { from } => from.elapsed() > request.test_limit,
            Phase::Building | Phase::NotBuilt => began.elapsed() > request.build_limit,
        };
        if late {
            break Err(End::TimedOut);
        }
        // A process that outlives the tests could hold the pipes open: the
        // end of cargo is the end, after what is already in the pipes.
        if let Some(status) = group.ended()? {
            let until = Instant::now() + Duration::from_millis(500);
            while let Ok((from, line)) = lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                log.take(&from, line, &mut on_event);
            }
            break Ok(status);
        }
    };
    drop(group);
    tail.read(&mut |record| {
        records.push(record.clone());
        on_event(Event::Record { record });
    })?;
    let checks = collect(request, &records);
    let end = match cut {
        Err(end) => end,
        Ok(_) if !matches!(log.phase, Phase::Testing { .. }) => End::NotCompiled,
        Ok(status) => judge(status, &checks),
    };
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Outcome { end, checks, build: log.build.text, output: log.output.text, sources, ms })
}

/// What both streams said.
struct Log {
    phase: Phase,
    build: Capped,
    output: Capped,
}

impl Log {
    fn new() -> Log {
        Log { phase: Phase::Building, build: Capped::default(), output: Capped::default() }
    }

    fn take(&mut self, from: &From, line: String, on_event: &mut impl FnMut(Event)) {
        match (self.phase, from) {
            // Cargo speaks JSON on this stream until it has built; what comes
            // after that is the test executable's.
            (Phase::Building, From::Stdout) => {
                if let Some(ok) = build_finished(&line) {
                    self.phase = if ok { Phase::Testing { from: Instant::now() } } else { Phase::NotBuilt };
                    on_event(Event::Built { ok });
                }
            }
            (Phase::NotBuilt, From::Stdout) => {}
            (Phase::Building | Phase::NotBuilt, From::Stderr) => {
                self.build.push(&line);
                on_event(Event::Building { line });
            }
            (Phase::Testing { .. }, _) => {
                let kept = self.output.push(&line);
                if kept {
                    on_event(Event::Output { line });
                }
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Phase {
    Building,
    NotBuilt,
    Testing { from: Instant },
}

enum From {
    Stdout,
    Stderr,
}

fn cargo_test(request: &Request<'_>, record: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["test", "--package", &request.lab.id, "--message-format", "json-render-diagnostics"]);
    // One program that does not end must not keep the others from being run.
    command.arg("--no-fail-fast");
    if let Some(check) = request.check {
        command.args(["--", "--exact", check]);
    }
    // `cargo run` describes *this* package in the environment; a lab is
    // another one, and must not be rebuilt because of it.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "CARGO_PRIMARY_PACKAGE" {
            command.env_remove(name.as_ref());
        }
    }
    // The program of the student is judged, whatever is exported here.
    command.env_remove("LAB_BIN");
    command.current_dir(request.dir).env("LAB_RECORD", record).env("LAB_LANG", request.lang.code());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn build_finished(line: &str) -> Option<bool> {
    #[derive(serde::Deserialize)]
    struct Message {
        reason: String,
        success: Option<bool>,
    }
    let message: Message = serde_json::from_str(line).ok()?;
    (message.reason == "build-finished").then_some(message.success.unwrap_or(false))
}

/// Both streams, line by line, in the order in which they come.
fn listen(group: &mut Group) -> mpsc::Receiver<(From, String)> {
    let (sender, receiver) = mpsc::sync_channel(256);
    if let Some(stdout) = group.stdout() {
        let sender = sender.clone();
        std::thread::spawn(move || pump(stdout, &sender, || From::Stdout));
    }
    if let Some(stderr) = group.stderr() {
        std::thread::spawn(move || pump(stderr, &sender, || From::Stderr));
    }
    receiver
}

/// Sends each line of `stream`, cut at [`LINE`] bytes.
fn pump(mut stream: impl Read, sender: &SyncSender<(From, String)>, from: impl Fn() -> From) {
    let (mut buffer, mut line) = ([0; 16 * 1024], Vec::new());
    loop {
        let n = match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        for &byte in &buffer[..n] {
            if byte == b'\n' {
                let text = String::from_utf8_lossy(&line).trim_end_matches('\r').to_string();
                line.clear();
                if sender.send((from(), text)).is_err() {
                    return;
                }
            } else if line.len() < LINE || line.first() == Some(&b'{') && line.len() < OUTPUT {
                // Cargo's own messages are long lines of JSON, and whole or
                // of no use.
                line.push(byte);
            }
        }
    }
    if !line.is_empty() {
        // The receiver may be gone; then nobody wants the rest.
        sender.send((from(), String::from_utf8_lossy(&line).into_owned())).ok();
    }
}

/// Text that stops growing.
#[derive(Default)]
struct Capped {
    text: String,
}

impl Capped {
    fn push(&mut self, line: &str) -> bool {
        let room = self.text.len() + line.len() < OUTPUT;
        if room {
            self.text.push_str(line);
            self.text.push('\n');
        }
        room
    }
}

/// The record, read as it grows.
struct Tail {
    file: tempfile::NamedTempFile,
    reader: File,
    partial: Vec<u8>,
}

impl Tail {
    fn create() -> io::Result<Tail> {
        let file = tempfile::Builder::new().prefix("lab-record-").suffix(".jsonl").tempfile()?;
        let reader = file.reopen()?;
        Ok(Tail { file, reader, partial: Vec::new() })
    }

    fn path(&self) -> &Path {
        self.file.path()
    }

    /// Calls `on_record` for each line that was completed since the last call.
    /// A line that is no record is passed over: a check whose verdict was in
    /// it has then none, and that is reported.
    fn read(&mut self, on_record: &mut impl FnMut(Record)) -> io::Result<()> {
        self.reader.read_to_end(&mut self.partial)?;
        let Some(end) = self.partial.iter().rposition(|&byte| byte == b'\n') else { return Ok(()) };
        let rest = self.partial.split_off(end + 1);
        let whole = std::mem::replace(&mut self.partial, rest);
        whole.split(|&byte| byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).for_each(on_record);
        Ok(())
    }
}

fn collect(request: &Request<'_>, records: &[Record]) -> Vec<(String, Option<Verdict>)> {
    let asked = request.lab.check.iter().filter(|check| request.check.is_none_or(|name| name == check.name));
    asked
        .map(|check| {
            let verdict = records.iter().rev().find_map(|record| match record {
                Record::Verdict(verdict) if verdict.check == check.name => Some(Verdict::clone(verdict)),
                Record::Verdict(_) | Record::Start(_) | Record::Step(_) => None,
            });
            (check.name.clone(), verdict)
        })
        .collect()
}

/// The exit code and the record have to agree.
fn judge(status: ExitStatus, checks: &[(String, Option<Verdict>)]) -> End {
    let any = |is| checks.iter().any(|(_, verdict)| verdict.as_ref().is_some_and(|v| v.verdict == is));
    let silent = checks.is_empty() || checks.iter().any(|(_, verdict)| verdict.is_none());
    match (status.success(), any(Is::Fail)) {
        (false, true) => End::Failed,
        (true, true) => End::Broken,
        _ if silent => End::Broken,
        (_, false) if any(Is::NotRun) => End::NotRun,
        (true, false) => End::Passed,
        (false, false) => End::Broken,
    }
}
