//! Both editions built, and beside them two builds of plain mdBook.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::ensure;

use super::edit;
use super::stopwatch::{Beside, Row, cargo, time};
use crate::cli::Context;
use crate::doctor::tools;
use crate::text::Lang;

/// One after the other in each run: ours as a student builds it, ours in the
/// release profile, plain mdBook for both editions (a release build, too); then
/// a build with all gates, and builds after an edit.
pub(super) fn measure(context: &Context, runs: usize) -> anyhow::Result<Vec<Row>> {
    let temp = tempfile::tempdir()?;
    ensure!(cargo(&context.root).args(["build", "--quiet"]).status()?.success(), "cargo build");
    ensure!(cargo(&context.root).args(["build", "--quiet", "--release"]).status()?.success(), "cargo build --release");
    let mdbook = tools::find("mdbook");
    let (mut debug, mut release, mut plain, mut gates) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    // The first round warms the caches and is not counted.
    for run in 0..=runs {
        let one = build(context, "debug", temp.path())?;
        let other = build(context, "release", temp.path())?;
        let both = mdbook.as_ref().map(|mdbook| plain_editions(context, mdbook, temp.path())).transpose()?;
        let check = time(ours(context, "debug").arg("check"), true)?;
        if run > 0 {
            gates.push(one + check);
            debug.push(one);
            release.push(other);
            plain.extend(both);
        }
    }
    let edits = edit::measure(context, &program(context, "debug"), runs)?;
    Ok(vec![
        Row::new("site-debug", debug, Some(Beside::Bar(2.0))),
        Row::new("mdbook", plain, None),
        Row::new("site-release", release, Some(Beside::Row(1))),
        Row::new("site-gates", gates, Some(Beside::Bar(10.0))),
        Row::new("site-edit", edits, Some(Beside::Bar(1.0))),
    ])
}

/// The command of this project, built in `profile`.
fn program(context: &Context, profile: &str) -> PathBuf {
    context.root.join("target").join(profile).join("sockets")
}

fn ours(context: &Context, profile: &str) -> Command {
    let mut ours = Command::new(program(context, profile));
    ours.current_dir(&context.root);
    ours
}

fn build(context: &Context, profile: &str, temp: &Path) -> anyhow::Result<Duration> {
    time(ours(context, profile).arg("build").arg("--out").arg(temp.join(profile)), true)
}

/// The same text with mdBook alone: an edition a run.
fn plain_editions(context: &Context, mdbook: &Path, temp: &Path) -> anyhow::Result<Duration> {
    let mut total = Duration::ZERO;
    for lang in Lang::ALL {
        let mut build = Command::new(mdbook);
        build.current_dir(&context.root).arg("build").arg("--dest-dir").arg(temp.join("plain").join(lang.code()));
        build.env("MDBOOK_BOOK__SRC", format!("book/{}", lang.code())).env("MDBOOK_BOOK__LANGUAGE", lang.code());
        total += time(&mut build, true)?;
    }
    Ok(total)
}
