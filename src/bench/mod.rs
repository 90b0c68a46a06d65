//! `sockets bench`: how long a person waits, as ratios taken in one run.
//!
//! A time on its own says as much about the machine as about the project, so
//! each row stands beside another of the same run: the same work done by a
//! well-known tool, or the bar the project sets itself. Nothing here is an
//! assertion; a test that fails on a busy machine proves nothing.

mod cold;
mod edit;
mod labs;
mod site;
mod stopwatch;
mod verdict;

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};

use crate::cli::Context;
use crate::text::{Lang, say};
use stopwatch::Row;

/// What can be measured, in the order in which it is.
const NAMES: [&str; 5] = ["verdict", "labs", "site", "cold-lab", "cold-run"];

/// `bench [NAME…] [--runs N]`.
#[must_use]
pub fn command(lang: Lang) -> Command {
    Command::new("bench")
        .about(say(lang, "bench.about", &[]))
        .arg(Arg::new("name").num_args(0..).value_parser(NAMES).help(say(
            lang,
            "bench.arg.name",
            &[("names", &NAMES.join(", "))],
        )))
        .arg(
            Arg::new("runs")
                .long("runs")
                .value_name("N")
                .default_value("5")
                .value_parser(value_parser!(u16).range(1..=100))
                .help(say(lang, "bench.arg.runs", &[])),
        )
}

/// Measures what was asked for and prints a table each.
///
/// # Errors
///
/// Something to be measured cannot be built or started.
pub fn run(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let asked: Vec<&String> = matches.get_many("name").map(Iterator::collect).unwrap_or_default();
    let runs = usize::from(*matches.get_one::<u16>("runs").unwrap_or(&5));
    for name in NAMES.into_iter().filter(|name| asked.is_empty() || asked.iter().any(|one| one == name)) {
        println!("{}", say(context.lang, &format!("bench.{name}.title"), &[("runs", &runs)]));
        let rows = match name {
            "verdict" => verdict::measure(context, runs)?,
            "labs" => labs::measure(context, runs)?,
            "site" => site::measure(context, runs)?,
            "cold-lab" => cold::lab(context, runs)?,
            _ => cold::first_page(context)?,
        };
        print!("{}", Row::table(&rows, context.lang));
        println!();
    }
    Ok(ExitCode::SUCCESS)
}
