//! What can be typed, and which module answers.

mod help;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};

use crate::text::{Lang, say};
use crate::{bench, check, course, doctor, lab, net, prove, serve, site, twins};

/// What every command needs to know.
#[derive(Clone, Debug)]
pub struct Context {
    /// Root of the project: the folder that holds `book.toml`.
    pub root: PathBuf,
    /// The language to speak.
    pub lang: Lang,
}

/// Runs the command line `args` (the first is the program's name).
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let lang = asked_language(&args).unwrap_or_else(Lang::of_environment);
    let matches = match command(lang).try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error) => match help::mistake(&error, lang) {
            Some(text) => {
                eprintln!("{}: {text}", say(lang, "cli.error", &[]));
                return ExitCode::from(2);
            }
            None => error.exit(),
        },
    };
    let root = match find_root() {
        Some(root) => root,
        None => {
            eprintln!("{}", say(lang, "cli.no-root", &[]));
            return ExitCode::from(2);
        }
    };
    match dispatch(&Context { root, lang }, &matches) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{}: {error:#}", say(lang, "cli.error", &[]));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    match matches.subcommand() {
        Some(("build", matches)) => site::run(context, matches),
        Some(("serve", matches)) => serve::run(context, matches),
        Some(("check", matches)) => check::run(context, matches),
        Some(("course", matches)) => course::run(context, matches),
        Some(("doctor", matches)) => doctor::run(context, matches),
        Some(("lab", matches)) => lab::answer(context, matches),
        Some(("net", matches)) => net::run(context, matches),
        Some(("prove", matches)) => prove::prove(context, matches),
        Some(("soak", matches)) => prove::soak_run(context, matches),
        Some(("twins", matches)) => twins::run(context, matches),
        Some(("bench", matches)) => bench::run(context, matches),
        _ => serve::run(context, matches),
    }
}

/// The whole command line, described in `lang`.
#[must_use]
pub fn command(lang: Lang) -> Command {
    let command = Command::new("sockets")
        .about(say(lang, "cli.about", &[]))
        .arg(Arg::new("lang").long("lang").global(true).value_parser(["en", "ko"]).help(say(lang, "cli.lang", &[])))
        .args(serve::arguments(lang))
        .subcommand(serve::command(lang))
        .subcommand(site::command(lang))
        .subcommand(check::command(lang))
        .subcommand(lab::command(lang))
        .subcommand(doctor::command(lang))
        .subcommand(course::command(lang))
        .subcommand(net::command(lang))
        .subcommand(prove::prove_command(lang))
        .subcommand(prove::soak_command(lang))
        .subcommand(twins::command(lang))
        .subcommand(bench::command(lang));
    help::localised(command, lang)
}

/// Help is printed while the line is being read, so its language has to be
/// known before.
fn asked_language(args: &[OsString]) -> Option<Lang> {
    let mut args = args.iter().filter_map(|arg| arg.to_str());
    while let Some(arg) = args.next() {
        if arg == "--lang" {
            return args.next().and_then(Lang::from_tag);
        }
        if let Some(tag) = arg.strip_prefix("--lang=") {
            return Lang::from_tag(tag);
        }
    }
    None
}

/// The nearest folder upwards from here that holds the project.
fn find_root() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let is_root = |dir: &&Path| dir.join("book.toml").is_file() && dir.join("labs").is_dir();
    here.ancestors().find(is_root).map(Path::to_path_buf)
}
