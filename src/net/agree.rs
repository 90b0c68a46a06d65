//! `sockets net agree`: the same scripts on simulated and on Linux hosts.
//!
//! An experiment agrees if both runs are as the script says, and every line has
//! the same result in both transcripts, except where the script declares a
//! difference. What could not be played has not agreed.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use netlab::run::{self, Platform, Run};
use netlab::script::{self, head_text};
use netlab::time::{Micros, SECOND};

use super::agreement::{Agreement, Experiment};
use super::linux::{self, Report};
use super::{NOT_RUN, read, words};
use crate::cli::Context;
use crate::prove::judge::each;
use crate::text::{Lang, say};

/// The seed of both runs.
const SEED: u64 = 1;

/// The command line of `net agree`, described in `lang`.
pub(super) fn command(lang: Lang) -> Command {
    let number = |name: &'static str, value: &'static str, help: &str| {
        Arg::new(name).long(name).value_name(value).value_parser(value_parser!(u32).range(1..)).help(say(
            lang,
            help,
            &[],
        ))
    };
    Command::new("agree")
        .about(say(lang, "net.agree", &[]))
        .arg(Arg::new("file").value_name("FILE").num_args(0..).value_parser(value_parser!(PathBuf)).help(say(
            lang,
            "net.arg.agree-files",
            &[],
        )))
        .arg(Arg::new("write").long("write").action(ArgAction::SetTrue).help(say(lang, "net.arg.agree-write", &[])))
        .arg(number("times", "N", "net.arg.times").default_value("1"))
        .arg(number("jobs", "J", "net.arg.jobs").default_value("32"))
        .arg(number("most", "SECONDS", "net.arg.most"))
}

/// What came of an experiment.
#[derive(Debug)]
enum Verdict {
    /// The same on both, but for so many declared differences.
    Agrees(usize),
    /// Not the same: what differs, line by line.
    Differs(Vec<String>),
    /// It could not be played on Linux, and why.
    NotRun(String),
}

/// A script that has been played in the simulation.
struct Prepared {
    path: PathBuf,
    text: String,
    /// Nothing if it cannot be played; then this is why.
    sim: Result<Run, Vec<String>>,
}

impl Prepared {
    fn name(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    fn takes(&self) -> Micros {
        self.sim.as_ref().map_or(0, |run| run.now)
    }
}

/// Runs `net agree`.
///
/// # Errors
///
/// If a file cannot be read or written, or a process not be started.
pub(super) fn run(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let lang = context.lang;
    let number = |name: &str| matches.get_one::<u32>(name).copied();
    let paths = match matches.get_many::<PathBuf>("file") {
        Some(paths) => paths.cloned().collect(),
        None => Agreement::scripts(&context.root)?,
    };
    let scripts = paths.into_iter().map(|path| prepare(lang, path)).collect::<anyhow::Result<Vec<_>>>()?;
    let most = number("most").map_or(Micros::MAX, |most| u64::from(most) * SECOND);
    let (scripts, left_out): (Vec<_>, Vec<_>) = scripts.into_iter().partition(|script| script.takes() <= most);
    // The longest first: all together take little more than it alone.
    let (times, jobs) = (number("times").unwrap_or(1), number("jobs").unwrap_or(32) as usize);
    let mut order: Vec<usize> = (0..scripts.len()).collect();
    order.sort_by_key(|n| std::cmp::Reverse(scripts[*n].takes()));
    let rounds: Vec<(usize, u32)> = (1..=times).flat_map(|round| order.iter().map(move |n| (*n, round))).collect();
    let results = each(&rounds, jobs, |(n, _)| {
        let began = Instant::now();
        judge(lang, &scripts[*n]).map(|verdict| (verdict, began.elapsed()))
    });
    let mut rows: Vec<Option<(Verdict, f64)>> = scripts.iter().map(|_| None).collect();
    for ((n, round), result) in rounds.iter().zip(results) {
        let (verdict, took) = result.with_context(|| scripts[*n].path.display().to_string())?;
        let row = &mut rows[*n];
        let worse = match (&verdict, &row) {
            (_, None) => true,
            (Verdict::Differs(_), Some((Verdict::Differs(_), _))) => false,
            (Verdict::Differs(_), Some(_)) => true,
            (Verdict::NotRun(_), Some((Verdict::Agrees(_), _))) => true,
            _ => false,
        };
        if worse {
            let verdict = match verdict {
                Verdict::Differs(mut lines) if times > 1 => {
                    lines.insert(0, say(lang, "net.agreement.round", &[("round", round), ("times", &times)]));
                    Verdict::Differs(lines)
                }
                verdict => verdict,
            };
            *row = Some((verdict, took.as_secs_f64()));
        }
    }
    let rows: Vec<(&Prepared, Verdict, f64)> = scripts
        .iter()
        .zip(rows)
        .filter_map(|(script, row)| row.map(|(verdict, took)| (script, verdict, took)))
        .collect();
    table(lang, &rows);
    for script in &left_out {
        let (name, length) = (script.name(), netlab::time::spell(script.takes()));
        println!("{}", say(lang, "net.agreement.left-out", &[("name", &name), ("length", &length)]));
    }
    let code = code(&rows);
    if matches.get_flag("write") {
        let file = Agreement::file(&context.root);
        let id = if code == 0 {
            record(context, &rows)?;
            "net.agreement.written"
        } else {
            "net.agreement.not-written"
        };
        eprintln!("{}", say(lang, id, &[("file", &file.display())]));
    }
    let agreed = rows.iter().filter(|(_, verdict, _)| matches!(verdict, Verdict::Agrees(_))).count();
    let declared: usize = rows.iter().map(|(_, verdict, _)| declared(verdict)).sum();
    // For programs to read, too: the same in every language.
    println!("agree {agreed} of {} ({declared} declared differences)", rows.len());
    Ok(ExitCode::from(code))
}

fn declared(verdict: &Verdict) -> usize {
    match verdict {
        Verdict::Agrees(declared) => *declared,
        _ => 0,
    }
}

fn code(rows: &[(&Prepared, Verdict, f64)]) -> u8 {
    let any = |is: fn(&Verdict) -> bool| rows.iter().any(|(_, verdict, _)| is(verdict));
    if any(|verdict| matches!(verdict, Verdict::Differs(_))) {
        1
    } else if any(|verdict| matches!(verdict, Verdict::NotRun(_))) {
        NOT_RUN
    } else {
        0
    }
}

/// Plays a script in the simulation.
fn prepare(lang: Lang, path: PathBuf) -> anyhow::Result<Prepared> {
    let text = read(&path)?;
    let sim = match script::parse(&text) {
        Err(error) => Err(vec![words::wrong(lang, &error, &text)]),
        Ok(script) => {
            let run = run::run(&script, run::Options { seed: SEED, record: false, ..run::Options::default() });
            let faults = run.failures.iter().map(|failure| words::missed(lang, failure));
            let faults: Vec<String> = faults.chain(words::end(lang, run.end, false)).collect();
            if !faults.is_empty() {
                Err(faults.iter().map(|what| say(lang, "net.agreement.in-sim", &[("what", what)])).collect())
            } else if differs_beside(&path, &run) {
                Err(vec![say(lang, "net.agreement.beside", &[])])
            } else {
                Ok(run)
            }
        }
    };
    Ok(Prepared { path, text, sim })
}

/// Whether there is a transcript beside the script, and it is another one.
fn differs_beside(path: &Path, run: &Run) -> bool {
    std::fs::read_to_string(path.with_extension("txt")).is_ok_and(|beside| beside != run.transcript())
}

/// Plays a prepared script on Linux, and compares.
fn judge(lang: Lang, script: &Prepared) -> anyhow::Result<Verdict> {
    let sim = match &script.sim {
        Ok(sim) => sim,
        Err(faults) => return Ok(Verdict::Differs(faults.clone())),
    };
    Ok(match linux::play(&script.text, SEED, false, sim)? {
        Ok(report) => compare(lang, sim, &report),
        Err(reason) => Verdict::NotRun(words::not_run(lang, &reason)),
    })
}

fn compare(lang: Lang, sim: &Run, report: &Report) -> Verdict {
    let missed = report.failures();
    let faults = missed.iter().map(|failure| words::missed(lang, failure));
    let faults = faults.chain(words::end(lang, report.end(), true));
    let mut faults: Vec<String> = faults.map(|what| say(lang, "net.agreement.on-linux", &[("what", &what)])).collect();
    let mut declared = 0;
    let lines = run::lines(&sim.plan, &sim.played, Platform::Sim, false);
    let results = report.results.iter().map(Option::as_ref).chain(std::iter::repeat(None));
    for (line, on_linux) in lines.iter().zip(results) {
        let Some(planned) = line.planned else { continue };
        // Both sides of it are judged by the expectations of the script.
        if planned.step.differs.is_some() {
            declared += 1;
            continue;
        }
        let on_sim = line.result.as_ref();
        if on_sim == on_linux || missed.iter().any(|failure| failure.pos == planned.pos) {
            continue;
        }
        let word = |result: Option<&String>| match result {
            Some(result) => result.clone(),
            None => say(lang, "net.agreement.nothing", &[]),
        };
        let (line, step) = (planned.pos.line, head_text(&planned.step));
        let (sim, linux) = (word(on_sim), word(on_linux));
        let values: [(&str, &dyn std::fmt::Display); 4] =
            [("line", &line), ("step", &step), ("sim", &sim), ("linux", &linux)];
        faults.push(say(lang, "net.agreement.line", &values));
    }
    if faults.is_empty() { Verdict::Agrees(declared) } else { Verdict::Differs(faults) }
}

/// One line an experiment, and below it what differs.
fn table(lang: Lang, rows: &[(&Prepared, Verdict, f64)]) {
    let width = rows.iter().map(|(script, ..)| script.name().len()).max().unwrap_or(0);
    for (script, verdict, took) in rows {
        let (word, notes) = match verdict {
            Verdict::Agrees(0) => (say(lang, "net.agreement.agrees", &[]), Vec::new()),
            Verdict::Agrees(count) => {
                let says = say(lang, "net.agreement.declared", &[("count", count)]);
                (format!("{} ({says})", say(lang, "net.agreement.agrees", &[])), Vec::new())
            }
            Verdict::Differs(lines) => (say(lang, "net.agreement.differs", &[]), lines.clone()),
            Verdict::NotRun(why) => (say(lang, "net.agreement.not-run", &[]), vec![why.clone()]),
        };
        println!("{:width$}  {took:5.1} s  {word}", script.name());
        for note in notes.iter().flat_map(|note| note.lines()) {
            println!("{:width$}           {note}", "");
        }
    }
}

/// Records what agrees; what was not played this time stays as it was.
fn record(context: &Context, rows: &[(&Prepared, Verdict, f64)]) -> anyhow::Result<()> {
    let known = Agreement::file(&context.root).exists();
    let mut agreement = if known { Agreement::load(&context.root)? } else { Agreement::default() };
    agreement.linux = super::agreement::here();
    for (script, verdict, _) in rows {
        agreement.put(Experiment {
            name: script.name(),
            digest: Agreement::digest(&script.path)?,
            verdict: "agrees".to_owned(),
            differences: declared(verdict),
        });
    }
    agreement.write(&context.root)
}
