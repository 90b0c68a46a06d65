//! `sockets lab …`: what can be typed, and who answers.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::room::{self, NoLab, NoRoom, Room};
use super::start::{Report, StartError, start};
use super::{hint, list, reset, test, watch};
use crate::cli::Context;
use crate::manifest::Lab;
use crate::text::{Lang, say};

/// The command could not begin: a wrong name, a missing folder.
pub(crate) const CANNOT: u8 = 2;

/// An answer that is an error already told, with its exit code.
pub(crate) type Answer = anyhow::Result<ExitCode>;

/// The command line of `lab`, described in `lang`.
#[must_use]
pub fn command(lang: Lang) -> Command {
    let t = |id: &str| say(lang, id, &[]);
    let dir = Arg::new("dir")
        .long("dir")
        .global(true)
        .value_name("DIR")
        .value_parser(clap::value_parser!(PathBuf))
        .help(t("lab.arg.dir"));
    let json = Arg::new("json").long("json").action(ArgAction::SetTrue).help(t("lab.arg.json"));
    let lab = Arg::new("lab").value_name("LAB").help(t("lab.arg.lab"));
    Command::new("lab")
        .about(t("lab.about"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .arg(dir)
        .subcommand(Command::new("start").about(t("lab.start.about")).arg(
            Arg::new("into").value_name("DIR").value_parser(clap::value_parser!(PathBuf)).help(t("lab.start.into")),
        ))
        .subcommand(Command::new("list").about(t("lab.list.about")).arg(json.clone()))
        .subcommand(Command::new("next").about(t("lab.next.about")))
        .subcommand(
            Command::new("hint")
                .about(t("lab.hint.about"))
                .arg(lab.clone())
                .arg(Arg::new("check").long("check").value_name("NAME").help(t("lab.hint.check")))
                .arg(
                    Arg::new("level")
                        .long("level")
                        .value_name("1..3")
                        .value_parser(clap::value_parser!(u8).range(1..=3))
                        .help(t("lab.hint.level")),
                ),
        )
        .subcommand(
            Command::new("watch")
                .about(t("lab.watch.about"))
                .arg(lab.clone())
                .arg(Arg::new("poll").long("poll").action(ArgAction::SetTrue).help(t("lab.watch.poll"))),
        )
        .subcommand(Command::new("reset").about(t("lab.reset.about")).arg(lab.clone().required(true)))
        .subcommand(Command::new("test").about(t("lab.test.about")).arg(lab).arg(json))
}

/// Answers `sockets lab …`.
///
/// # Errors
///
/// Something failed that is nobody's mistake on the command line.
pub fn answer(context: &Context, matches: &ArgMatches) -> Answer {
    let place = Place { context, dir: matches.get_one::<PathBuf>("dir").cloned() };
    match matches.subcommand() {
        Some(("start", m)) => place.start(m.get_one::<PathBuf>("into")),
        Some(("list", m)) => place.with_room(|room| list::list(context.lang, room, m.get_flag("json"))),
        Some(("next", _)) => place.with_room(|room| list::next(context.lang, room)),
        Some(("hint", m)) => place.with_room(|room| {
            let name = |id| m.get_one::<String>(id).map(String::as_str);
            hint::hint(context.lang, room, name("lab"), name("check"), m.get_one::<u8>("level").copied())
        }),
        Some(("watch", m)) => place.with_room(|room| {
            let id = m.get_one::<String>("lab").map(String::as_str);
            watch::watch(context.lang, room, id, m.get_flag("poll"))
        }),
        Some(("reset", m)) => match m.get_one::<String>("lab") {
            Some(id) => place.with_room(|room| place.reset(room, id)),
            None => Ok(ExitCode::from(CANNOT)),
        },
        Some(("test", m)) => place.with_room(|room| {
            let id = m.get_one::<String>("lab").map(String::as_str);
            test::test(context.lang, room, id, m.get_flag("json"))
        }),
        _ => Ok(ExitCode::from(CANNOT)),
    }
}

/// Tells an error and what to do next, and ends.
#[allow(clippy::unnecessary_wraps, reason = "it ends the functions that answer")]
pub(crate) fn refuse(lang: Lang, id: &str, values: &[(&str, &dyn std::fmt::Display)]) -> Answer {
    eprintln!("{}: {}", say(lang, "cli.error", &[]), say(lang, id, values));
    Ok(ExitCode::from(CANNOT))
}

/// The lab `id` of `room`; else the answer that says why not.
pub(crate) fn find(lang: Lang, room: &Room, id: &str) -> Result<Lab, Answer> {
    room.lab(id).map_err(|error| match error {
        NoLab::Unknown(id, known) => refuse(lang, "lab.unknown", &[("lab", &id), ("known", &known.join(", "))]),
        NoLab::Broken(error) => refuse(lang, "lab.unreadable", &[("error", &error)]),
    })
}

/// Where the student works.
struct Place<'a> {
    context: &'a Context,
    dir: Option<PathBuf>,
}

impl Place<'_> {
    fn handout(&self) -> PathBuf {
        self.context.root.join("labs")
    }

    /// `--dir`, else the copy in which we are, else `my-labs` of the project.
    fn dir(&self) -> PathBuf {
        if let Some(dir) = &self.dir {
            return dir.clone();
        }
        let here = std::env::current_dir().unwrap_or_default();
        let in_copy = here.ancestors().find(|dir| dir.join(super::handed::NOTE).is_file());
        in_copy.map_or_else(|| self.context.root.join(room::DEFAULT), Path::to_path_buf)
    }

    fn with_room(&self, answer: impl FnOnce(&Room) -> Answer) -> Answer {
        let lang = self.context.lang;
        match Room::open(&self.dir()) {
            Ok(room) => answer(&room),
            Err(NoRoom::Missing(dir)) => refuse(lang, "lab.no-room", &[("dir", &shown(&dir))]),
            Err(NoRoom::Foreign(dir)) => refuse(lang, "lab.foreign", &[("dir", &shown(&dir))]),
        }
    }

    fn start(&self, into: Option<&PathBuf>) -> Answer {
        let lang = self.context.lang;
        let dir = into.cloned().unwrap_or_else(|| self.dir());
        let fresh = !dir.exists();
        match start(&self.handout(), &dir) {
            Ok(report) => {
                let default = self.dir.is_none() && self.dir() == dir;
                tell(lang, &dir, fresh, default, &report);
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => refused(lang, error),
        }
    }

    fn reset(&self, room: &Room, id: &str) -> Answer {
        let lang = self.context.lang;
        // A lab whose lab.toml is broken is just what one wants to reset.
        if !room::ids(room.dir()).iter().chain(&room::ids(&self.handout())).any(|known| known == id) {
            let known = room::ids(room.dir()).join(", ");
            return refuse(lang, "lab.unknown", &[("lab", &id), ("known", &known)]);
        }
        let done = match reset::reset(&self.handout(), room.dir(), id) {
            Ok(done) => done,
            Err(error) => return refused(lang, error),
        };
        match &done.kept {
            Some(kept) => {
                println!("{}", say(lang, "lab.reset.done", &[("lab", &id)]));
                for path in done.restored.iter().chain(&done.moved) {
                    println!("  {path}");
                }
                println!("{}", say(lang, "lab.reset.kept", &[("dir", &shown(kept))]));
            }
            None if done.restored.is_empty() => println!("{}", say(lang, "lab.reset.nothing", &[("lab", &id)])),
            None => println!("{}", say(lang, "lab.reset.done", &[("lab", &id)])),
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn refused(lang: Lang, error: StartError) -> Answer {
    match error {
        StartError::Incomplete(labs, missing) => {
            let missing = missing.join(", ");
            refuse(lang, "lab.start.incomplete", &[("labs", &shown(&labs)), ("missing", &missing)])
        }
        StartError::Data(error) => refuse(lang, "lab.unreadable", &[("error", &error)]),
        StartError::Inside(dir) => refuse(lang, "lab.start.inside", &[("dir", &shown(&dir))]),
        StartError::Foreign(dir) => refuse(lang, "lab.start.foreign", &[("dir", &shown(&dir))]),
        StartError::Io(error) => refuse(lang, "lab.start.io", &[("error", &error)]),
    }
}

/// Tells what handing out did.
fn tell(lang: Lang, dir: &Path, fresh: bool, default: bool, report: &Report) {
    let first = Lab::all(dir).into_iter().flatten().next().map(|lab| lab.id).unwrap_or_default();
    let dir = shown(dir);
    if fresh {
        println!("{}", say(lang, "lab.start.fresh", &[("dir", &dir), ("count", &report.new.len())]));
    } else if report.is_quiet() {
        println!("{}", say(lang, "lab.start.quiet", &[("dir", &dir)]));
    } else {
        println!("{}", say(lang, "lab.start.merged", &[("dir", &dir)]));
        let section = |id: &str, paths: &[String]| {
            if !paths.is_empty() {
                println!("\n{}", say(lang, id, &[("count", &paths.len())]));
                paths.iter().for_each(|path| println!("  {path}"));
            }
        };
        section("lab.start.new", &report.new);
        section("lab.start.updated", &report.updated);
        section("lab.start.kept", &report.kept);
        let both: Vec<String> = report.both.iter().map(|(mine, theirs)| format!("{mine}  |  {theirs}")).collect();
        section("lab.start.both", &both);
        section("lab.start.removed", &report.removed);
    }
    println!("\n{}", say(lang, "lab.start.then", &[("dir", &dir), ("lab", &first)]));
    if !default {
        println!("{}", say(lang, "lab.start.elsewhere", &[("dir", &dir)]));
    }
}

/// A path as one would type it here: relative where that is shorter.
pub(crate) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    match path.strip_prefix(&here) {
        Ok(below) if !below.as_os_str().is_empty() => below.display().to_string(),
        _ => path.display().to_string(),
    }
}
