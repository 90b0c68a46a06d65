//! One check: a script that plays the program's peers, and its verdict.

use std::cell::{Cell, OnceCell, RefCell};
use std::ffi::OsStr;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::lab::{Lab, Texts};
use crate::netns;
use crate::output::{self, Todo};
use crate::payload::{self, Draw, Line, Payload};
use crate::program::Program;
use crate::record::{self, Outcome, Record, Verdict};
use crate::report::Failure;
use crate::run::{Input, Privilege, Run};
use crate::service::{Kept, Nobody, Service, Vanished};
use crate::snapshot;
use crate::transcript::{Detail, Step, Transcript};
use crate::words::{self, Fill, Lang, Words, say};

/// The script's view of a check.
#[derive(Debug)]
pub struct Check {
    lab: Lab,
    name: String,
    /// Read when they are needed: a program that passes is told nothing.
    texts: OnceCell<Texts>,
    seed: u64,
    draw: RefCell<Draw>,
    transcript: Arc<Transcript>,
    runs: RefCell<Vec<Arc<Run>>>,
    services: Kept,
    vanished: Vanished,
    /// Whether the script has come to what the check is about, if it says.
    point: Cell<Option<bool>>,
    /// Whatever fails now is what the check is about.
    nothing_else: Cell<bool>,
    /// What the program is given is kept for a replay.
    keeps_input: Cell<bool>,
    /// Why the check cannot run here.
    obstacle: RefCell<Option<Words>>,
}

/// What a failed check unwinds with. Nothing prints it: the report is there.
#[derive(Debug)]
pub(crate) struct Failed;

impl Lab {
    /// Runs the check `name`, which is also the name of the test: `script`
    /// plays, then the transcript is compared with the snapshot `name`.
    ///
    /// # Panics
    ///
    /// When the check fails, after the report has been printed; also when
    /// `lab.toml` has no such check or the program cannot be started.
    pub fn check(&self, name: &str, script: impl FnOnce(&Check)) {
        let check = Check::new(self, name);
        script(&check);
        check.judge();
    }
}

impl Check {
    fn new(lab: &Lab, name: &str) -> Check {
        let seed = payload::seed();
        let record = Record::start(lab.id, name, seed);
        Check {
            lab: *lab,
            name: name.to_string(),
            texts: OnceCell::new(),
            seed,
            draw: RefCell::new(Draw::new(seed, name)),
            transcript: Arc::new(Transcript::new(record)),
            runs: RefCell::default(),
            services: Kept::default(),
            vanished: Vanished::default(),
            point: Cell::new(None),
            nothing_else: Cell::new(false),
            keeps_input: Cell::new(false),
            obstacle: RefCell::default(),
        }
    }

    /// `len` bytes of any value, called `name` in the transcript.
    pub fn bytes(&self, name: &str, len: usize) -> Payload {
        self.draw.borrow_mut().bytes(name, len)
    }

    /// `len` lower-case letters, called `name` in the transcript.
    pub fn text(&self, name: &str, len: usize) -> Payload {
        self.draw.borrow_mut().text(name, len)
    }

    /// A line of `len` bytes with its `\n`, and the same in upper case.
    pub fn line(&self, name: &str, len: usize) -> Line {
        self.draw.borrow_mut().line(name, len)
    }

    /// A number below `n`, drawn from the seed.
    pub fn below(&self, n: usize) -> usize {
        self.draw.borrow_mut().below(n)
    }

    /// Starts the program with `args`: one that runs to its end.
    pub fn start(&self, args: &[impl AsRef<OsStr>]) -> Program {
        self.start_as(args, Privilege::Ours, Input::Empty)
    }

    /// [`Check::start`] with `input` as its standard input.
    pub fn start_with_input(&self, args: &[impl AsRef<OsStr>], input: &Payload) -> Program {
        let program = self.start_as(args, Privilege::Ours, Input::Bytes(input.bytes()));
        self.transcript.step(Step::new(say("wire.input", &[("what", &input.words())]), "", "program", "input"));
        program
    }

    /// [`Check::start`] with a standard input on which [`Program::types`], or is told what to do.
    pub fn start_with_typist(&self, args: &[impl AsRef<OsStr>]) -> Program {
        self.start_as(args, Privilege::Ours, Input::Typed)
    }

    /// [`Check::start_with_typist`] of a program that finds descriptor `number`
    /// open, as a shell does it with `3</dev/null`.
    pub fn start_with_number_taken(&self, number: i32) -> Program {
        let program = self.start_as(&[] as &[&OsStr], Privilege::NumberTaken(number), Input::Typed);
        self.transcript.step(Step::new(say("wire.number-taken", &[("n", &number)]), "", "program", "start"));
        program
    }

    /// [`Check::start_with_typist`] that leaves it to its caller to say so.
    pub(crate) fn start_typed_with_few_descriptors(&self, most: u64) -> Program {
        self.start_as(&[] as &[&OsStr], Privilege::FewDescriptors(most), Input::Typed)
    }

    /// [`Check::start_with_input`] that leaves it to its caller to say so.
    pub(crate) fn start_as_asked(&self, args: &[impl AsRef<OsStr>], input: &Payload) -> Program {
        self.start_as(args, Privilege::Ours, Input::Bytes(input.bytes()))
    }

    /// Starts the program with `args` as a server that is told what to do, and
    /// waits for its `listening on ADDRESS`.
    pub fn serve_told(&self, args: &[impl AsRef<OsStr>]) -> Program {
        self.listening(args, self.start_with_typist(args))
    }

    /// [`Check::serve_told`] with at most `most` descriptors at a time.
    pub fn serve_told_with_few_descriptors(&self, args: &[impl AsRef<OsStr>], most: u64) -> Program {
        self.listening(args, self.start_as(args, Privilege::FewDescriptors(most), Input::Typed))
    }

    fn listening(&self, args: &[impl AsRef<OsStr>], mut program: Program) -> Program {
        let args: Vec<_> = args.iter().map(|arg| arg.as_ref().to_string_lossy()).collect();
        self.transcript.step(Step::new(say("wire.started", &[("what", &args.join(" "))]), "", "program", "start"));
        if !self.transcript.is_stopped() {
            program.wait_listening(None, "wire.listening");
        }
        program
    }

    /// A service for the program to connect to, called `name`. It listens from
    /// now on; [`Service::accept`] waits for the program.
    pub fn service(&self, name: &str) -> Service {
        Service::listen(name, false, &self.transcript, &self.services, &self.vanished)
    }

    /// [`Check::service`] with small buffers: what it does not read soon stops
    /// the program's writes, and what the program does not read its own.
    pub fn service_slow(&self, name: &str) -> Service {
        Service::listen(name, true, &self.transcript, &self.services, &self.vanished)
    }

    /// The address of a service called `name` that nobody runs: who connects
    /// is refused. The port stays taken as long as this is held.
    pub fn nobody(&self, name: &str) -> Nobody {
        Nobody::hold(name, &self.transcript)
    }

    /// [`Check::start`] without CAP_NET_RAW, even where this test has it.
    pub fn start_without_raw(&self, args: &[impl AsRef<OsStr>]) -> Program {
        self.start_as(args, Privilege::WithoutRaw, Input::Empty)
    }

    fn start_as(&self, args: &[impl AsRef<OsStr>], privilege: Privilege, input: Input<'_>) -> Program {
        let exe = std::env::var("LAB_BIN").unwrap_or_else(|_| self.lab.exe.to_string());
        let run = Arc::new(Run::start(&exe, args, privilege, input, &self.vanished));
        if self.keeps_input.get() {
            run.keep_given();
        }
        // What is started after the end has nothing to say.
        if !self.transcript.is_stopped() {
            self.runs.borrow_mut().push(Arc::clone(&run));
        }
        Program::new(run, Arc::clone(&self.transcript))
    }

    /// Starts the program as a server and waits for its `listening on ADDRESS`.
    pub fn serve(&self) -> Program {
        self.serve_with(&[], None, "wire.listening")
    }

    /// [`Check::serve`] with an argument that is no address: another way to work.
    pub fn serve_as(&self, mode: &str) -> Program {
        self.transcript.step(Step::new(say("wire.argument", &[("what", &mode)]), "", "program", "argument"));
        self.serve_with(&[mode], None, "wire.listening")
    }

    /// [`Check::serve`] for a program that connects to `service`, the address
    /// of which is its argument.
    pub fn serve_for(&self, service: &str) -> Program {
        self.serve_with(&[service], None, "wire.listening")
    }

    /// [`Check::serve`] on an address given as its argument.
    pub fn serve_on(&self, addr: SocketAddr) -> Program {
        self.serve_with(&[&addr.to_string()], Some(addr), "wire.listening")
    }

    /// [`Check::serve_on`] for a port that an earlier run has left.
    pub fn serve_again_on(&self, addr: SocketAddr) -> Program {
        self.serve_with(&[&addr.to_string()], Some(addr), "wire.relistening")
    }

    /// [`Check::serve_on`] with `text` as its standard input.
    pub fn serve_text_on(&self, addr: SocketAddr, text: &Payload) -> Program {
        let program = self.start_with_input(&[addr.to_string()], text);
        self.listens(program, Some(addr), "wire.listening")
    }

    /// [`Check::serve_text_on`] for a port that an earlier run has left.
    pub fn serve_text_again_on(&self, addr: SocketAddr, text: &Payload) -> Program {
        let program = self.start_with_input(&[addr.to_string()], text);
        self.listens(program, Some(addr), "wire.relistening")
    }

    fn serve_with(&self, args: &[&str], asked: Option<SocketAddr>, id: &str) -> Program {
        self.listens(self.start(args), asked, id)
    }

    fn listens(&self, mut program: Program, asked: Option<SocketAddr>, id: &str) -> Program {
        if !self.transcript.is_stopped() {
            program.wait_listening(asked, id);
        }
        program
    }

    /// From here on it is about what the check is there for. A failure before
    /// this gets a hint of its own kind, not the check's.
    pub fn main_point(&self) {
        self.point.set(Some(!self.transcript.is_stopped()));
    }

    /// [`Check::main_point`], also for kinds of failure that elsewhere are never
    /// the point, such as a connection closed too early or bytes too many.
    pub fn nothing_else(&self) {
        self.main_point();
        self.nothing_else.set(!self.transcript.is_stopped());
    }

    /// From here on it is not, or no longer, about what the check is there for.
    pub fn beside_the_point(&self) {
        if !self.transcript.is_stopped() {
            self.point.set(Some(false));
        }
    }

    /// What the program answers depends on nothing but the lines it is given:
    /// a failure leaves them in a file, with the command that gives them again.
    pub fn keeps_input(&self) {
        self.keeps_input.set(true);
    }

    fn texts(&self) -> &Texts {
        self.texts.get_or_init(|| self.lab.texts(&self.name))
    }

    /// The hint for the failure that ended the check.
    fn hint(&self) -> Words {
        let hint = |n: usize| self.texts().hints.get(n).cloned();
        // Whoever asks for a hint by its number gets that one.
        let asked = std::env::var("LAB_HINT").ok().and_then(|n| n.parse::<usize>().ok());
        if let Some(asked) = asked.and_then(|n| hint(n.checked_sub(1)?)) {
            return asked;
        }
        let is_before = self.point.get() == Some(false);
        let is_sure = self.nothing_else.get();
        match self.transcript.kind() {
            Some(kind) if is_before || (!is_sure && kind.is_never_the_point(self.texts().stage)) => kind.hint(),
            None if is_before && self.texts().stage > 1 => say("hint.earlier", &[]),
            _ => hint(0).unwrap_or_default(),
        }
    }

    /// Writes a line of the check's own into the transcript. It is the same in
    /// both languages: names, numbers and wire notation only.
    pub fn note(&self, line: &str) {
        self.transcript.step(Step::new(Words::same(line), "", "", "note"));
    }

    /// [`Check::note`] in both languages. Of the two only the English one is
    /// in the snapshot.
    pub fn note_in(&self, en: &str, ko: &str) {
        self.transcript.step(Step::new(Words { en: en.into(), ko: ko.into() }, "", "", "note"));
    }

    /// Ends the check: what was observed, in both languages, stands where the
    /// snapshot has what was expected.
    pub fn fail(&self, en: &str, ko: &str) {
        self.transcript.stop(Step::new(Words { en: en.into(), ko: ko.into() }, "", "", "fail"), Detail::default());
    }

    /// Ends the check as one that cannot run here, because `setting` cannot be
    /// changed.
    pub(crate) fn not_run(&self, setting: &str, error: &io::Error) {
        let holes: [(&str, &dyn Fill); 2] = [("path", &setting), ("error", &error.to_string())];
        self.cannot_run(&say("net.locked", &holes), &say("net.unlock", &[]));
    }

    /// Ends the check as one that cannot run here, because of `setting`, which
    /// `command` changes.
    pub(crate) fn cannot_run(&self, setting: &Words, command: &Words) {
        let words = say("net.not-run", &[("setting", setting), ("command", command)]);
        self.transcript.stop(Step::new(words.clone(), "", "", "fail"), Detail::default());
        self.obstacle.replace(Some(words));
    }

    pub(crate) fn transcript(&self) -> Arc<Transcript> {
        Arc::clone(&self.transcript)
    }

    /// Whether an earlier step has already ended the check.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.transcript.is_stopped()
    }

    /// Compares, records, reports.
    fn judge(self) {
        let runs = self.runs.take();
        for run in runs.iter().filter(|run| !run.is_accounted()) {
            Program::close_account(run, &self.transcript);
        }
        for run in &runs {
            run.kill();
        }
        if let Some(obstacle) = self.obstacle.take() {
            return netns::not_run(self.transcript.record(), &self.name, &obstacle);
        }
        let (observed, detail) = self.transcript.read();
        let lines: Vec<String> = observed.iter().map(|line| line.en.clone()).collect();
        let expected = snapshot::expected(&self.lab, &self.name);
        if expected.as_ref().is_ok_and(|expected| *expected == lines) {
            return self.verdict(Verdict::Pass, &observed, &observed, &detail, None, None);
        }
        if snapshot::write(&self.lab, &self.name, &lines, &self.texts().says.en) {
            return;
        }
        let expected = match expected {
            Ok(expected) => expected.iter().map(|line| words::of_snapshot_line(line)).collect(),
            Err(path) => vec![say("report.no-snapshot", &[("file", &path.display().to_string())])],
        };
        let mut stderr: Vec<String> = runs.iter().flat_map(|run| output::cleaned(&run.last_words())).collect();
        let todo = output::todo(&stderr);
        let later = match runs.iter().any(|run| run.has_answered_wrong()) {
            true => stderr.split_off(output::end_of_main(&stderr)),
            false => Vec::new(),
        };
        // Who has not written it yet has nothing to give it to.
        let replay = match &todo {
            None => runs.iter().find_map(|run| run.given()?.command(&self.lab, &self.name)),
            Some(_) => None,
        };
        let failure = Failure {
            lab: &self.lab,
            check: &self.name,
            texts: self.texts(),
            hint: &self.hint(),
            seed: self.seed,
            expected: &expected,
            observed: &observed,
            detail: &detail.rows,
            stderr: &stderr,
            later: &later,
            todo: todo.as_ref(),
            replay: replay.as_ref(),
        };
        let first = failure.first_difference() + 1;
        self.verdict(Verdict::Fail, &expected, &observed, &detail, Some(first), todo.as_ref().map(Todo::words));
        print(&failure.render(Lang::of_reader()));
        std::panic::resume_unwind(Box::new(Failed));
    }

    fn verdict(
        &self,
        verdict: Verdict,
        expected: &[Words],
        observed: &[Words],
        detail: &Detail,
        first_difference: Option<usize>,
        todo: Option<Words>,
    ) {
        let lang = Lang::of_reader();
        let failed = verdict == Verdict::Fail;
        let steps = |words: &[Words]| match failed {
            true => words.iter().map(|words| record::Line::of(words, lang)).collect(),
            // Nobody asks how a check passed.
            false => Vec::new(),
        };
        let lines = |words: &[Words]| words.iter().map(|line| line.get(lang).to_string()).collect::<Vec<_>>();
        self.transcript.record().verdict(&Outcome {
            verdict,
            expected: lines(expected),
            observed: [lines(observed), lines(&detail.rows).iter().map(|row| format!("  {row}")).collect()].concat(),
            expected_steps: steps(expected),
            observed_steps: steps(observed),
            bytes: detail.bytes.clone(),
            hint: failed.then(|| self.hint().get(lang).to_string()),
            first_difference,
            todo: todo.map(|todo| todo.get(lang).to_string()),
            reason: None,
        });
    }
}

/// libtest captures `print!` of the test's thread and shows it with the
/// failure. In a private network the parent does the same with our standard error.
fn print(report: &str) {
    if netns::is_inside() { eprint!("{report}") } else { print!("{report}") }
}
