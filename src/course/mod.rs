//! `sockets course`: for instructors. `handout` writes a starter pack that
//! stands alone: labs, harness and instructions, and nothing else of this
//! repository.

mod config;
mod lock;
mod pack;
mod readme;
mod vendor;
mod write;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};

pub use pack::{Pack, PackError, Source, pack};

use crate::cli::Context;
use crate::lab::{self, StartError, refuse, shown};
use crate::text::{Lang, say};

/// The command line of `course`, described in `lang`.
#[must_use]
pub fn command(lang: Lang) -> Command {
    let t = |id: &str| say(lang, id, &[]);
    Command::new("course").about(t("course.about")).subcommand_required(true).arg_required_else_help(true).subcommand(
        Command::new("handout")
            .about(t("course.handout.about"))
            .arg(
                Arg::new("out")
                    .long("out")
                    .value_name("DIR")
                    .required(true)
                    .value_parser(clap::value_parser!(PathBuf))
                    .help(t("course.handout.out")),
            )
            .arg(
                Arg::new("labs")
                    .long("labs")
                    .value_name("LAB,LAB")
                    .value_delimiter(',')
                    .action(ArgAction::Append)
                    .help(t("course.handout.labs")),
            )
            .arg(Arg::new("site-url").long("site-url").value_name("URL").help(t("course.handout.site")))
            .arg(Arg::new("vendor").long("vendor").action(ArgAction::SetTrue).help(t("course.handout.vendor")))
            .arg(Arg::new("force").long("force").action(ArgAction::SetTrue).help(t("course.handout.force"))),
    )
}

/// Answers `sockets course …`.
///
/// # Errors
///
/// A file cannot be written; the message names it.
pub fn run(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    match matches.subcommand() {
        Some(("handout", matches)) => handout(context, matches),
        _ => Ok(ExitCode::from(lab::CANNOT)),
    }
}

fn handout(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let lang = context.lang;
    let Some(out) = matches.get_one::<PathBuf>("out") else { return Ok(ExitCode::from(lab::CANNOT)) };
    // `packs/` and `.` too have a name then.
    let dir = std::path::absolute(out)?.components().collect::<PathBuf>();
    let Some(name) = dir.file_name().map(|name| name.to_string_lossy().into_owned()) else {
        return refuse(lang, "course.handout.no-name", &[("dir", &out.display())]);
    };
    match lab::apart(&context.root.join("labs"), &dir) {
        Ok(()) => {}
        Err(StartError::Inside(_)) => return refuse(lang, "lab.start.inside", &[("dir", &shown(&dir))]),
        Err(error) => return refuse(lang, "course.handout.io", &[("error", &error)]),
    }
    let asked: Vec<String> = matches.get_many::<String>("labs").into_iter().flatten().cloned().collect();
    let site = matches.get_one::<String>("site-url").map(String::as_str);
    let archive = write::archive(&dir);
    let occupied: Vec<&Path> = [dir.as_path(), archive.as_path()].into_iter().filter(|path| !vacant(path)).collect();
    if !occupied.is_empty() && !matches.get_flag("force") {
        return refuse(lang, "course.handout.occupied", &[("path", &shown(occupied[0]))]);
    }
    let vendor = matches.get_flag("vendor");
    let pack = match pack(&Source { root: &context.root, labs: &asked, site, vendor }) {
        Ok(pack) => pack,
        Err(error) => return refused(lang, error),
    };
    // Another's files are never removed: they step aside.
    for path in occupied {
        let mut aside = path.as_os_str().to_os_string();
        aside.push(format!(".kept-{}", lab::now()));
        let aside = lab::free(Path::new(&aside));
        if let Err(error) = fs::rename(path, &aside) {
            return refuse(lang, "course.handout.io", &[("error", &format!("{}: {error}", shown(path)))]);
        }
        println!("{}", say(lang, "course.handout.moved", &[("from", &shown(path)), ("to", &shown(&aside))]));
    }
    let zip = write::zip(&pack, &name)?;
    if let Err(error) = write::write(&pack, &zip, &dir, &archive) {
        return refuse(lang, "course.handout.io", &[("error", &error)]);
    }
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("dir", &shown(&dir)), ("zip", &shown(&archive)), ("count", &pack.len())];
    println!("{}", say(lang, "course.handout.done", &values));
    println!("{}", say(lang, "course.handout.then", &[("dir", &shown(&dir))]));
    Ok(ExitCode::SUCCESS)
}

/// Whether nothing is lost when something is put there.
fn vacant(path: &Path) -> bool {
    match fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => path.symlink_metadata().is_err(),
    }
}

fn refused(lang: Lang, error: PackError) -> anyhow::Result<ExitCode> {
    match error {
        PackError::Unknown(unknown, known) => {
            let (unknown, known) = (unknown.join(", "), known.join(", "));
            refuse(lang, "course.handout.unknown", &[("labs", &unknown), ("known", &known)])
        }
        PackError::Data(error) => refuse(lang, "course.handout.unreadable", &[("error", &error)]),
        PackError::Unexpected(paths) => refuse(lang, "course.handout.unexpected", &[("paths", &paths.join(", "))]),
        PackError::Missing(path) => refuse(lang, "course.handout.missing", &[("path", &shown(&path))]),
        PackError::Manifest(path, why) => {
            refuse(lang, "course.handout.manifest", &[("path", &shown(&path)), ("why", &why)])
        }
        PackError::Vendor(said) => refuse(lang, "course.handout.no-sources", &[("said", &said)]),
        PackError::NotChosen(package) => refuse(lang, "course.handout.not-chosen", &[("package", &package)]),
        PackError::Io(error) => refuse(lang, "course.handout.io", &[("error", &error)]),
    }
}
