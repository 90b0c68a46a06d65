//! Times of one run, beside each other.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use crate::text::{Lang, say};

/// What was measured, and what it stands beside.
#[derive(Debug)]
pub(super) struct Row {
    /// Id of its description below `bench.row`.
    pub(super) what: String,
    /// The lab or the program, where many rows have the same description.
    pub(super) of: String,
    /// One time a run; empty if it could not be measured here.
    pub(super) times: Vec<Duration>,
    /// The time of the same run that it is divided by: another row's median,
    /// or a bar in seconds.
    pub(super) beside: Option<Beside>,
}

/// What a row is divided by.
#[derive(Debug)]
pub(super) enum Beside {
    /// The row at this place of the table.
    Row(usize),
    /// A bar that the project sets itself, in seconds.
    Bar(f64),
}

impl Row {
    pub(super) fn new(what: &str, times: Vec<Duration>, beside: Option<Beside>) -> Row {
        Row { what: what.to_string(), of: String::new(), times, beside }
    }

    /// The row of the lab or program `name`.
    pub(super) fn of(mut self, name: &str) -> Row {
        self.of = name.to_string();
        self
    }

    /// The middle one of the times, in seconds.
    pub(super) fn median(&self) -> Option<f64> {
        let mut times: Vec<f64> = self.times.iter().map(Duration::as_secs_f64).collect();
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied()
    }

    /// The table, a line a row: median, smallest, largest, ratio.
    pub(super) fn table(rows: &[Row], lang: Lang) -> String {
        let mut text = String::new();
        for row in rows {
            let what = say(lang, &format!("bench.row.{}", row.what), &[("of", &row.of)]);
            let Some(median) = row.median() else {
                writeln!(text, "  {what}: {}", say(lang, "bench.absent", &[])).expect("writing to a String");
                continue;
            };
            let least = row.times.iter().min().map_or(0.0, Duration::as_secs_f64);
            let most = row.times.iter().max().map_or(0.0, Duration::as_secs_f64);
            let ratio = match row.beside {
                Some(Beside::Row(at)) => rows.get(at).and_then(Row::median).map(|other| {
                    let other_name = say(lang, &format!("bench.row.{}", rows[at].what), &[]);
                    format!("  {:.2} × {other_name}", median / other)
                }),
                Some(Beside::Bar(bar)) => {
                    Some(format!("  {:.2} × {}", median / bar, say(lang, "bench.bar", &[("seconds", &bar)])))
                }
                None => None,
            };
            writeln!(text, "  {what}: {median:.2} s ({least:.2}–{most:.2}){}", ratio.unwrap_or_default())
                .expect("writing to a String");
        }
        text
    }
}

/// How long `command` takes; its output is thrown away.
///
/// # Errors
///
/// It cannot be started, or does not end with `success`: then something else
/// than was meant would have been measured.
pub(super) fn time(command: &mut Command, success: bool) -> anyhow::Result<Duration> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().with_context(|| format!("{command:?}"))?;
    let took = start.elapsed();
    ensure!(status.success() == success, "{command:?}: {status}");
    Ok(took)
}

/// The cargo that runs this, in `dir`, with nothing inherited that would make
/// it build elsewhere.
pub(super) fn cargo(dir: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(dir).env_remove("CARGO_TARGET_DIR").env_remove("LAB_BIN").env_remove("LAB_RECORD");
    cargo
}
