//! The process that holds the hosts: it is root in a user namespace of its own,
//! makes the hosts, plays the script and says what came of it.

use std::fs::File;
use std::io::{self, BufRead, Error, Write};
use std::os::fd::AsRawFd;
use std::process::ExitCode;
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use netlab::network::Network;
use netlab::run::{self, End, Plan, Planned, Platform, Played};
use netlab::script;
use netlab::time::{Micros, SECOND};

use super::host::{self, Host};
use super::program::Program;
use super::report::{Answer, Order, Report, Step};
use super::stage::{Stage, Standing};
use super::wire::Wire;

/// After the last step, packets on their way may arrive for so long, as in the
/// simulation.
const AFTERWARDS: Micros = SECOND;
/// Descriptors that a program may have, as in the simulation.
const MOST_DESCRIPTORS: libc::rlim_t = 1024;

/// Plays the order on standard input, and answers on standard output.
///
/// # Errors
///
/// If the order cannot be read or the answer not be written.
pub(super) fn run() -> anyhow::Result<ExitCode> {
    // A panic of a thread is the end of all of it, at once.
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        usual(panic);
        std::process::exit(101);
    }));
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let order: Order = serde_json::from_str(&line)?;
    bound(&order)?;
    // Who ordered keeps this open as long as they live.
    thread::spawn(|| {
        io::copy(&mut io::stdin().lock(), &mut io::sink()).ok();
        std::process::exit(1);
    });
    let answer = match play(&order)? {
        Ok(report) => Answer::Played(report),
        Err((step, error)) => Answer::NotRun(step, error.raw_os_error().unwrap_or(0)),
    };
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &answer)?;
    out.flush()?;
    // The programs may still be in their calls; the end of the process is theirs.
    std::process::exit(0);
}

/// Real time that it may take, on a machine with a lot of other work.
fn real_patience(order: &Order) -> Duration {
    Duration::from_micros(order.patience) * 8 + Duration::from_secs(60)
}

/// What ends this process if nothing else does: prctl(2), alarm(2), setrlimit(2).
fn bound(order: &Order) -> io::Result<()> {
    let seconds = u32::try_from(real_patience(order).as_secs()).unwrap_or(u32::MAX).saturating_add(30);
    let most = libc::rlimit { rlim_cur: MOST_DESCRIPTORS, rlim_max: MOST_DESCRIPTORS };
    // SAFETY: the calls take plain integers, and a limit that lives long enough.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        libc::alarm(seconds);
        if libc::setrlimit(libc::RLIMIT_NOFILE, &raw const most) != 0 {
            return Err(Error::last_os_error());
        }
    }
    Ok(())
}

type Failed = (Step, Error);

fn play(order: &Order) -> anyhow::Result<Result<Report, Failed>> {
    let script = script::parse(&order.script).map_err(|error| anyhow::anyhow!("{error}"))?;
    let plan = Arc::new(Plan::new(&script));
    let network = Network::new(&plan.hosts, &plan.routers, &plan.links, &plan.drops, order.seed);
    let mut hosts = Vec::new();
    for (n, node) in plan.hosts.iter().enumerate() {
        match Host::make(&node.addresses, network.has_link(n)) {
            Ok(host) => hosts.push(host),
            Err(failed) => return Ok(Err(failed)),
        }
    }
    let blank = |steps: &[Planned]| steps.iter().map(Played::blank).collect();
    let played: Vec<Vec<Played>> = plan.programs.iter().map(|program| blank(&program.steps)).collect();
    let stage = Arc::new(Stage::new(network, played, order.record));
    match start(&plan, &stage, hosts) {
        Ok(()) => {}
        Err(failed) => return Ok(Err(failed)),
    }
    let end = stage.watch(order.patience, stage.start + real_patience(order));
    if end == End::Finished && order.record {
        stage.afterwards(AFTERWARDS);
    }
    Ok(Ok(report(&plan, &stage, end, order.record)))
}

/// Starts the programs, each with a table of its own, and then the wire.
fn start(plan: &Arc<Plan>, stage: &Arc<Stage>, mut hosts: Vec<Host>) -> Result<(), Failed> {
    // Nobody begins before everybody is there.
    let gate = Arc::new(Mutex::new(()));
    let closed = gate.lock().unwrap_or_else(PoisonError::into_inner);
    let (says, ready) = mpsc::channel::<Result<i32, Error>>();
    let mut tasks = Vec::new();
    for (index, program) in plan.programs.iter().enumerate() {
        let namespace = hosts[program.host].namespace.as_raw_fd();
        let (says, gate) = (says.clone(), Arc::clone(&gate));
        let program = Program::new(Arc::clone(plan), Arc::clone(stage), index);
        let began = thread::Builder::new().name(format!("program {index}")).spawn(move || {
            let alone = host::enter(namespace).and_then(|()| own_table());
            let is_alone = alone.is_ok();
            // SAFETY: gettid cannot fail and touches nothing.
            says.send(alone.map(|()| unsafe { libc::gettid() })).ok();
            drop(says);
            if is_alone {
                drop(gate.lock().unwrap_or_else(PoisonError::into_inner));
                program.play();
                // Its descriptors stay open until the process ends.
                loop {
                    thread::park();
                }
            }
        });
        began.map_err(|error| (Step::Program, error))?;
        let task = ready.recv().map_err(|_| (Step::Program, Error::from(io::ErrorKind::BrokenPipe)))?;
        tasks.push(task.map_err(|error| (Step::Program, error))?);
    }
    let stat = |task: &i32| File::open(format!("/proc/self/task/{task}/stat"));
    let threads: Vec<File> =
        tasks.iter().map(stat).collect::<io::Result<_>>().map_err(|error| (Step::Program, error))?;
    let tuns = hosts.iter_mut().map(|host| host.tun.take()).collect();
    let wire = Wire::new(Arc::clone(stage), tuns, threads).map_err(|error| (Step::Program, error))?;
    let mut bell = wire.bell().map_err(|error| (Step::Program, error))?;
    let ringing = Arc::clone(stage);
    thread::spawn(move || {
        ringing.ring(|| {
            // A full counter rings, too.
            bell.write_all(&1_u64.to_ne_bytes()).ok();
        })
    });
    thread::spawn(move || wire.run());
    drop(closed);
    Ok(())
}

/// Gives this thread a descriptor table of its own, with nothing in it but the
/// standard streams: unshare(2) with `CLONE_FILES`, close_range(2).
fn own_table() -> io::Result<()> {
    // SAFETY: the calls take plain integers. What others hold open is open in
    // their table, and this thread holds nothing.
    unsafe {
        if libc::unshare(libc::CLONE_FILES) != 0 || libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0) != 0 {
            return Err(Error::last_os_error());
        }
    }
    Ok(())
}

fn report(plan: &Plan, stage: &Stage, end: End, record: bool) -> Report {
    let mut state = stage.lock();
    state.collect();
    let mut failures = std::mem::take(&mut state.failures);
    if end != End::Finished {
        for (index, program) in plan.programs.iter().enumerate() {
            if state.standing[index] == Standing::Done {
                continue;
            }
            let Some(planned) = program.steps.get(state.done[index]) else { continue };
            // In a repeat: the first step without a result, or all of it.
            let played = &state.played[index][state.done[index]];
            let inner = planned.body.iter().zip(&played.body).find(|(_, played)| played.outcome.is_none());
            let at = inner.map_or(planned, |(inner, _)| inner);
            failures.push(run::waiting(&program.name, at, Platform::Linux));
        }
    }
    failures.sort_by_key(|failure| failure.pos);
    let lines = run::lines(plan, &state.played, Platform::Linux, false);
    let mut report = Report {
        transcript: run::transcript(plan, &state.played, Platform::Linux),
        results: lines.into_iter().map(|line| line.result).collect(),
        ..Report::default()
    };
    report.set(end, failures);
    if record {
        state.records.sort_by_key(|record| record.at);
        report.events = run::json(plan, &state.records);
        report.capture = run::pcap(plan, &state.records);
    }
    report
}
