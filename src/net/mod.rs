//! `sockets net`: plays socket scripts and writes them in the one way there is.

mod agree;
pub mod agreement;
mod linux;
mod near;
pub mod page;
mod rust;
mod words;
mod write;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use netlab::run::{self, End, Failure};
use netlab::script;

use words::wrong;

use crate::cli::Context;
use crate::text::{Lang, say};

/// Exit code where the system does not allow hosts of one's own.
pub(crate) const NOT_RUN: u8 = 3;

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
        .arg(Arg::new("on").long("on").default_value("sim").value_parser(["sim", "linux"]).help(say(
            lang,
            "net.arg.on",
            &[],
        )))
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
        .arg(Arg::new("write").long("write").action(ArgAction::SetTrue).conflicts_with_all(["json", "on"]).help(say(
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
        .subcommand(agree::command(lang))
        .subcommand(fmt)
        .subcommand(rust::command(lang))
        // How `--on linux` calls itself again, inside.
        .subcommand(Command::new("inside").hide(true))
        .subcommand(page::command(lang))
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
        Some(("agree", matches)) => agree::run(context, matches),
        Some(("inside", _)) => linux::inside(),
        Some(("fmt", matches)) => format(context, matches),
        Some(("rust", matches)) => rust::run(context, matches),
        Some(("page", _)) => page::run(context),
        _ => Ok(ExitCode::from(2)),
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}

/// A run on either platform, as it is shown.
struct Shown {
    transcript: String,
    events: String,
    capture: Vec<u8>,
    failures: Vec<Failure>,
    end: End,
    passed: bool,
}

fn play(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let lang = context.lang;
    let Some(path) = matches.get_one::<PathBuf>("file") else { return Ok(ExitCode::from(2)) };
    let text = read(path)?;
    let script = match script::parse(&text) {
        Ok(script) => script,
        Err(error) => {
            eprintln!("{}:{}", path.display(), wrong(lang, &error, &text));
            return Ok(ExitCode::FAILURE);
        }
    };
    let seed = matches.get_one::<u64>("seed").copied().unwrap_or(1);
    let on_linux = matches.get_one::<String>("on").is_some_and(|on| on == "linux");
    let (capture, json) = (matches.get_one::<PathBuf>("pcap"), matches.get_flag("json"));
    let run = run::run(&script, run::Options { seed, ..run::Options::default() });
    let shown = if on_linux {
        match linux::play(&text, seed, capture.is_some() || json, &run)? {
            Ok(report) => Shown {
                failures: report.failures(),
                end: report.end(),
                passed: report.passed(),
                transcript: report.transcript,
                events: report.events,
                capture: report.capture,
            },
            Err(reason) => {
                eprintln!("{}", words::not_run(lang, &reason));
                return Ok(ExitCode::from(NOT_RUN));
            }
        }
    } else {
        Shown {
            transcript: run.transcript(),
            events: if json { run.json() } else { String::new() },
            capture: run.pcap(),
            passed: run.passed(),
            failures: run.failures,
            end: run.end,
        }
    };
    if let Some(out) = capture {
        std::fs::write(out, &shown.capture).with_context(|| out.display().to_string())?;
    }
    if json {
        if on_linux {
            println!("{}", linux::UNSEEN);
        }
        print!("{}", shown.events);
    } else if matches.get_flag("write") && shown.passed {
        let beside = path.with_extension("txt");
        std::fs::write(&beside, &shown.transcript).with_context(|| beside.display().to_string())?;
    } else {
        print!("{}", shown.transcript);
    }
    for failure in &shown.failures {
        eprintln!("{}:{}", path.display(), words::missed(lang, failure));
    }
    if let Some(end) = words::end(lang, shown.end, on_linux) {
        eprintln!("{end}");
    }
    Ok(if shown.passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn format(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let mut good = true;
    for path in matches.get_many::<PathBuf>("file").unwrap_or_default() {
        let text = read(path)?;
        match script::format(&text) {
            Err(error) => {
                eprintln!("{}:{}", path.display(), wrong(context.lang, &error, &text));
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
