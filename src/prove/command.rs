//! `sockets prove` and `sockets soak`, as they are typed and as they answer.

use std::process::ExitCode;

use anyhow::bail;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::cli::Context;
use crate::manifest::{Check, Lab};
use crate::prove::build::Built;
use crate::prove::judge::{Order, at_once, each, judge};
use crate::prove::subject::Subject;
use crate::prove::table::{ProgramVerdicts, Verdicts};
use crate::prove::{mutants, peers, soak};
use crate::text::{Lang, say};

/// How `sockets prove` is typed.
#[must_use]
pub fn prove_command(lang: Lang) -> Command {
    Command::new("prove")
        .about(say(lang, "prove.about", &[]))
        .arg(lab_argument(lang))
        .arg(
            Arg::new("runs")
                .long("runs")
                .value_name("N")
                .value_parser(value_parser!(u32).range(1..))
                .default_value("20")
                .help(say(lang, "prove.arg.runs", &[])),
        )
        .arg(Arg::new("no-mutants").long("no-mutants").action(ArgAction::SetTrue).help(say(
            lang,
            "prove.arg.no-mutants",
            &[],
        )))
}

/// How `sockets soak` is typed.
#[must_use]
pub fn soak_command(lang: Lang) -> Command {
    let number = |name: &'static str, default: &'static str, id: &str| {
        let parser = value_parser!(u64).range(if name == "hogs" { 0 } else { 1 }..);
        Arg::new(name).long(name).value_name("N").value_parser(parser).default_value(default).help(say(lang, id, &[]))
    };
    Command::new("soak")
        .about(say(lang, "prove.soak.about", &[]))
        .arg(lab_argument(lang))
        .arg(number("executions", "10000", "prove.arg.executions"))
        .arg(number("at-least", "300", "prove.arg.at-least"))
        .arg(number("hogs", "4", "prove.arg.hogs"))
}

fn lab_argument(lang: Lang) -> Arg {
    Arg::new("lab").long("lab").value_name("LAB").help(say(lang, "prove.arg.lab", &[]))
}

/// Builds everything, and leaves out the labs that were not asked for.
fn built(context: &Context, matches: &ArgMatches) -> anyhow::Result<Built> {
    eprintln!("{}", say(context.lang, "prove.building", &[]));
    let mut built = Built::all(&context.root)?;
    if let Some(wanted) = matches.get_one::<String>("lab") {
        let known: Vec<String> = built.labs.iter().map(|lab| lab.id.clone()).collect();
        built.labs.retain(|lab| lab.id == *wanted);
        if built.labs.is_empty() {
            let known = known.join(", ");
            bail!("{}", say(context.lang, "prove.unknown", &[("lab", wanted), ("known", &known)]));
        }
    }
    Ok(built)
}

/// Answers `sockets prove`.
///
/// # Errors
///
/// Something does not compile, or a program cannot be judged at all.
pub fn prove(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let runs = matches.get_one::<u32>("runs").copied().unwrap_or(20);
    let built = built(context, matches)?;
    let mut sound = true;
    for lab in &built.labs {
        sound &= repeat(context, &built, lab, runs)?;
        sound &= peers::show(context, &built, lab)?;
    }
    if !matches.get_flag("no-mutants") {
        for lab in &built.labs {
            sound &= mutants::hunt(context, lab)?;
        }
    }
    println!("\n{}", say(context.lang, if sound { "prove.sound" } else { "prove.unsound" }, &[]));
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Answers `sockets soak`.
///
/// # Errors
///
/// As [`prove`].
pub fn soak_run(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let number = |name: &str| matches.get_one::<u64>(name).copied().unwrap_or(0);
    let built = built(context, matches)?;
    let plan =
        soak::Plan { executions: number("executions"), at_least: number("at-least"), hogs: number("hogs") as usize };
    Ok(if soak::run(context, &built, &plan)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Judges each program of `lab` so many times; whether every time was right.
fn repeat(context: &Context, built: &Built, lab: &Lab, runs: u32) -> anyhow::Result<bool> {
    println!("\n{}", say(context.lang, "prove.programs", &[("lab", &lab.id), ("runs", &runs)]));
    let subjects = Subject::of(&context.root, &lab.id)?;
    let verdicts = Verdicts::load(&context.root)?;
    let wide = subjects.iter().map(|subject| subject.name.len()).max().unwrap_or(0);
    let mut sound = true;
    for subject in &subjects {
        let known = verdicts.of(&lab.id, &subject.name)?;
        let rounds: Vec<u32> = (0..runs).collect();
        let results = each(&rounds, at_once() / 2, |_| one(built, lab, known, context.lang));
        let results: Vec<Result<(), String>> = results.into_iter().collect::<anyhow::Result<_>>()?;
        let right = results.iter().filter(|result| result.is_ok()).count() as u32;
        let what = match &subject.caught_by {
            Some(check) => say(context.lang, "prove.caught", &[("check", check)]),
            None => say(context.lang, "prove.passes", &[]),
        };
        let mark = if right == runs { "✓" } else { "✗" };
        println!("  {mark} {right:>3}/{runs}  {:wide$}  {what}", subject.name);
        for fault in results.into_iter().filter_map(Result::err) {
            println!("             {fault}");
            sound = false;
        }
    }
    Ok(sound)
}

/// One run of one program under all checks: as in the table of verdicts, or where not.
pub(super) fn one(built: &Built, lab: &Lab, known: &ProgramVerdicts, lang: Lang) -> anyhow::Result<Result<(), String>> {
    let program = built.program(&lab.id, &known.name)?;
    let judged = judge(&Order { test: built.test(&lab.id)?, program, check: None, seed: None, lang })?;
    if let Some(reason) = judged.not_run() {
        return Ok(Err(reason.to_string()));
    }
    let faults: Vec<String> = lab
        .check
        .iter()
        .filter(|check| judged.passed(&check.name) == known.fails.contains(&check.name))
        .map(|Check { name, .. }| {
            let seed = judged.seeds.get(name).map_or(String::new(), u64::to_string);
            let observed = judged.verdicts.get(name).and_then(|verdict| verdict.observed.last());
            let said = if judged.passed(name) { "pass" } else { observed.map_or("", String::as_str) };
            format!("{name} LAB_SEED={seed}: {said}")
        })
        .collect();
    Ok(if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) })
}
