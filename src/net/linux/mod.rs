//! Playing a script on Linux: `--on linux`.
//!
//! ```text
//! sockets net run ── starts ──> sockets net inside      a user namespace: root over nothing
//!                                 │ thread "program 0"   own descriptors, in the network namespace of host a
//!                                 │ thread "program 1"   own descriptors, in the network namespace of host b
//!                                 │ wire                 reads and writes the TUN device of each host
//! ```
//!
//! The wire is [`netlab::network::Network`], the same as in the simulation, so
//! delay, loss, drops by number, routers and captures are the same, too. The hosts
//! need no root and touch nothing of the machine's own network; everything ends
//! with the process that asked for it.

#[cfg(target_os = "linux")]
mod address;
#[cfg(target_os = "linux")]
mod call;
#[cfg(target_os = "linux")]
mod enter;
#[cfg(target_os = "linux")]
mod host;
#[cfg(target_os = "linux")]
mod inside;
#[cfg(target_os = "linux")]
mod netlink;
#[cfg(target_os = "linux")]
mod option;
#[cfg(target_os = "linux")]
mod program;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "elsewhere nothing is ordered"))]
mod report;
#[cfg(target_os = "linux")]
mod stage;
#[cfg(target_os = "linux")]
mod wire;

use std::io;
use std::process::ExitCode;

use netlab::run::Run;
use netlab::time::{Micros, SECOND};

pub(super) use report::{Report, Step};

/// The longest that a script may take in real time.
pub(super) const MOST_PATIENCE: Micros = 600 * SECOND;

/// Why a script could not be played.
#[derive(Debug)]
pub(super) enum NotRun {
    /// This is not Linux.
    #[cfg_attr(target_os = "linux", allow(dead_code, reason = "only other systems say so"))]
    NotLinux,
    /// No process could be started in namespaces of its own.
    Namespaces(io::Error),
    /// A host could not be made.
    Host(Step, io::Error),
    /// It takes longer than anybody waits: so long in the simulation.
    TooLong(Micros),
}

/// The first line of JSON of a run on Linux: which events of the simulation it
/// lacks, for nobody outside of a kernel sees them.
pub(super) const UNSEEN: &str = r#"{"at":0,"event":"unseen","events":["blocks","loopback","state"],"because":"only the simulation sees when a call begins to wait, what goes over a loopback interface, and when a state changes"}"#;

/// Plays a script. `sim` is its run in the simulation: how long that took says
/// how long to wait here.
///
/// # Errors
///
/// Why it could not be played; and if the process that holds the hosts failed.
pub(super) fn play(script: &str, seed: u64, record: bool, sim: &Run) -> anyhow::Result<Result<Report, NotRun>> {
    if sim.now > MOST_PATIENCE {
        return Ok(Err(NotRun::TooLong(sim.now)));
    }
    // Timers of the two differ; the script's own limit holds.
    let patience = (sim.now * 2 + 30 * SECOND).min(sim.plan.limit.max(SECOND));
    outside::order(report::Order { script: script.to_owned(), seed, record, patience })
}

/// The other side of [`play`].
///
/// # Errors
///
/// If the order cannot be read or the answer not be written.
pub(super) fn inside() -> anyhow::Result<ExitCode> {
    #[cfg(target_os = "linux")]
    return inside::run();
    #[cfg(not(target_os = "linux"))]
    Ok(ExitCode::FAILURE)
}

#[cfg(not(target_os = "linux"))]
mod outside {
    pub(super) fn order(_order: super::report::Order) -> anyhow::Result<Result<super::Report, super::NotRun>> {
        Ok(Err(super::NotRun::NotLinux))
    }
}

#[cfg(target_os = "linux")]
mod outside {
    use std::io::{self, Read, Write};
    use std::process::{Command, Stdio};

    use anyhow::Context as _;

    use super::report::{Answer, Order};
    use super::{NotRun, Report, enter};

    /// Starts the process that holds the hosts, and waits for it.
    pub(super) fn order(order: Order) -> anyhow::Result<Result<Report, NotRun>> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["net", "inside"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        enter::new_namespaces(&mut command);
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => return Ok(Err(NotRun::Namespaces(error))),
        };
        let (mut to, from) = (child.stdin.take(), child.stdout.take());
        let mut line = serde_json::to_string(&order)?;
        line.push('\n');
        let told = to.as_mut().map_or(Ok(()), |to| to.write_all(line.as_bytes()));
        let mut text = String::new();
        let heard = from.map_or(Ok(0), |mut from| from.read_to_string(&mut text));
        // It ends when this closes, if not before.
        drop(to);
        let status = child.wait()?;
        told.and(heard.map(drop)).context("net inside")?;
        match serde_json::from_str(&text).with_context(|| format!("net inside: {status}"))? {
            Answer::Played(report) => Ok(Ok(report)),
            Answer::NotRun(step, errno) => Ok(Err(NotRun::Host(step, io::Error::from_raw_os_error(errno)))),
        }
    }
}
