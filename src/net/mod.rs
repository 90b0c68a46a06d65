//! `sockets net`: plays socket scripts and writes them in the one way there is.

mod rust;
mod write;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use netlab::run::{self, End, Failure, Run};
use netlab::script::{self, ScriptError};

use crate::cli::Context;
use crate::text::{Lang, say};

/// The command line of `net`, described in `lang`.
#[must_use]
pub fn command(lang: Lang) -> Command {
    let file = || {
        Arg::new("file").value_name("FILE").required(true).value_parser(value_parser!(PathBuf)).help(say(
            lang,
            "net.arg.file",
            &[],
        ))
    };
    let run = Command::new("run")
        .about(say(lang, "net.run", &[]))
        .arg(file())
        .arg(
            Arg::new("seed")
                .long("seed")
                .value_name("N")
                .default_value("1")
                .value_parser(value_parser!(u64))
                .help(say(lang, "net.arg.seed", &[])),
        )
        .arg(Arg::new("pcap").long("pcap").value_name("OUT").value_parser(value_parser!(PathBuf)).help(say(
            lang,
            "net.arg.pcap",
            &[],
        )))
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help(say(lang, "net.arg.json", &[])))
        .arg(Arg::new("write").long("write").action(ArgAction::SetTrue).conflicts_with("json").help(say(
            lang,
            "net.arg.write",
            &[],
        )));
    let fmt = Command::new("fmt")
        .about(say(lang, "net.fmt", &[]))
        .arg(file().num_args(1..))
        .arg(Arg::new("check").long("check").action(ArgAction::SetTrue).help(say(lang, "net.arg.check", &[])));
    Command::new("net")
        .about(say(lang, "net.about", &[]))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(run)
        .subcommand(fmt)
        .subcommand(rust::command(lang))
}

/// Runs `net`.
///
/// # Errors
///
/// If a file cannot be read or written. What is wrong with a script, or what it
/// did not do, is printed and is the exit code 1.
pub fn run(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    match matches.subcommand() {
        Some(("run", matches)) => play(context, matches),
        Some(("fmt", matches)) => format(context, matches),
        Some(("rust", matches)) => rust::run(context, matches),
        _ => Ok(ExitCode::from(2)),
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}

fn play(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let lang = context.lang;
    let Some(path) = matches.get_one::<PathBuf>("file") else { return Ok(ExitCode::from(2)) };
    let script = match script::parse(&read(path)?) {
        Ok(script) => script,
        Err(error) => {
            eprintln!("{}:{}", path.display(), wrong(lang, &error));
            return Ok(ExitCode::FAILURE);
        }
    };
    let seed = matches.get_one::<u64>("seed").copied().unwrap_or(1);
    let run = run::run(&script, run::Options { seed, ..run::Options::default() });
    if let Some(out) = matches.get_one::<PathBuf>("pcap") {
        std::fs::write(out, run.pcap()).with_context(|| out.display().to_string())?;
    }
    if matches.get_flag("json") {
        print!("{}", run.json());
    } else if matches.get_flag("write") && run.passed() {
        let beside = path.with_extension("txt");
        std::fs::write(&beside, run.transcript()).with_context(|| beside.display().to_string())?;
    } else {
        print!("{}", run.transcript());
    }
    Ok(report(lang, path, &run))
}

/// Says what was not as the script says.
fn report(lang: Lang, path: &Path, run: &Run) -> ExitCode {
    for failure in &run.failures {
        eprintln!("{}:{}", path.display(), missed(lang, failure));
    }
    let time = |micros| netlab::time::spell(micros);
    match run.end {
        End::Finished => {}
        End::Blocked => eprintln!("{}", say(lang, "net.end.blocked", &[])),
        End::OutOfTime(limit) => eprintln!("{}", say(lang, "net.end.time", &[("limit", &time(limit))])),
        End::TooManySteps(limit) => eprintln!("{}", say(lang, "net.end.steps", &[("limit", &limit)])),
        End::TooManyRecords(limit) => eprintln!("{}", say(lang, "net.end.records", &[("limit", &limit)])),
        End::TooManyBytes(limit) => eprintln!("{}", say(lang, "net.end.bytes", &[("limit", &limit)])),
    }
    if run.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A mistake in a script: line, column, and what was expected.
fn wrong(lang: Lang, error: &ScriptError) -> String {
    let expected = say(lang, &format!("net.script.{}", error.expected.id()), &[]);
    let place = format!("{}:{}: {expected}", error.pos.line, error.pos.column);
    if error.found.is_empty() {
        place
    } else {
        format!("{place} {}", say(lang, "net.found", &[("found", &error.found)]))
    }
}

/// A step that did not give what the script says.
fn missed(lang: Lang, failure: &Failure) -> String {
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

fn format(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let mut good = true;
    for path in matches.get_many::<PathBuf>("file").unwrap_or_default() {
        let text = read(path)?;
        match script::format(&text) {
            Err(error) => {
                eprintln!("{}:{}", path.display(), wrong(context.lang, &error));
                good = false;
            }
            Ok(neat) if neat == text => {}
            Ok(_) if matches.get_flag("check") => {
                eprintln!("{}", say(context.lang, "net.unformatted", &[("file", &path.display())]));
                good = false;
            }
            Ok(neat) => write::whole(path, &neat)?,
        }
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(test)]
mod tests {
    use netlab::script::Expected;

    use crate::text::{Lang, say};

    #[test]
    fn everything_that_a_script_can_lack_has_words_in_both_languages() {
        for expected in Expected::ALL {
            let id = format!("net.script.{}", expected.id());
            assert_eq!(say(Lang::En, &id, &[]), expected.english());
            assert!(!say(Lang::Ko, &id, &[]).is_ascii(), "{id}");
        }
    }
}
