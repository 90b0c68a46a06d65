//! Programs that others wrote, talking to our solutions: what is right must
//! not be only what our own harness takes for right.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::cli::Context;
use crate::doctor::tools;
use crate::manifest::{Lab, Peer};
use crate::process::Group;
use crate::prove::build::Built;
use crate::text::say;

/// How long a peer may take to show what it should: tshark starts slowly.
const PATIENCE: Duration = Duration::from_secs(30);

/// The lowest port that needs no privilege: ip(7).
const UNPRIVILEGED: u16 = 1024;

/// The lowest port of those that the checks of labs take themselves.
const OF_CHECKS: u16 = 20_000;

/// How a solution and one peer got on.
#[derive(Debug)]
pub enum Meeting {
    /// The peer found what it should.
    Agreed,
    /// It found something else, or did not end.
    Differed(anyhow::Error),
    /// It is not installed here.
    Absent,
}

/// Has the solution of `lab` meet `peer`.
///
/// # Errors
///
/// The solution of the lab is not built.
pub fn meet(built: &Built, lab: &Lab, peer: &Peer) -> anyhow::Result<Meeting> {
    let program = built.program(&lab.id, "solution")?;
    Ok(match tools::find(&peer.program).map(|_| try_with(program, peer)) {
        None => Meeting::Absent,
        Some(Ok(())) => Meeting::Agreed,
        Some(Err(error)) => Meeting::Differed(error),
    })
}

/// Shows how the solution of `lab` gets on with each of its peers; whether all
/// that are here agreed.
pub(super) fn show(context: &Context, built: &Built, lab: &Lab) -> anyhow::Result<bool> {
    if lab.peer.is_empty() {
        return Ok(true);
    }
    println!("{}", say(context.lang, "prove.peers", &[("lab", &lab.id)]));
    let wide = lab.peer.iter().map(|peer| peer.run.len()).max().unwrap_or(0);
    let mut agreed = true;
    for peer in &lab.peer {
        let (mark, text) = match meet(built, lab, peer)? {
            Meeting::Absent => ("–", say(context.lang, "prove.peer-absent", &[("program", &peer.program)])),
            Meeting::Agreed => ("✓", peer.shows.get(context.lang).to_string()),
            Meeting::Differed(error) => {
                agreed = false;
                ("✗", format!("{error:#}"))
            }
        };
        println!("  {mark} {:wide$}  {text}", peer.run);
    }
    Ok(agreed)
}

fn try_with(program: &Path, peer: &Peer) -> anyhow::Result<()> {
    if peer.serves {
        return served_by(program, peer);
    }
    if peer.run.contains("PROGRAM") {
        return converse(&with_program(&peer.run, program), peer);
    }
    call(program, peer.argument.as_deref(), &peer.run, peer)
}

/// `line` of a shell with the path of the program in the place of `PROGRAM`.
fn with_program(line: &str, program: &Path) -> String {
    line.replace("PROGRAM", &format!("'{}'", program.display()))
}

/// Starts the program as a server, and `client` with its port.
fn call(program: &Path, argument: Option<&str>, client: &str, peer: &Peer) -> anyhow::Result<()> {
    let mut server = Command::new(program);
    server.args(argument);
    server.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut server = Group::spawn(&mut server).context("the solution does not start")?;
    let stdout = server.stdout().context("its output")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    let port = line.trim().rsplit(':').next().unwrap_or_default();
    port.parse::<u16>().with_context(|| format!("the solution printed {line:?}"))?;
    converse(&client.replace("PORT", port), peer)
}

/// Starts the peer as a service, and the program as its client, or as what
/// stands between it and another client.
fn served_by(program: &Path, peer: &Peer) -> anyhow::Result<()> {
    let port = free_port().context("no TCP port below those that the kernel gives away is free")?;
    let line = peer.run.replace("PORT", &port.to_string());
    let mut service = Command::new("sh");
    service.args(["-c", &format!("exec {line}")]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut service = Group::spawn(&mut service).context("sh")?;
    let start = Instant::now();
    // Looked up, not tried out: some services take one connection only.
    while !listens(port) {
        anyhow::ensure!(service.ended()?.is_none(), "it ended before it listened");
        anyhow::ensure!(start.elapsed() < PATIENCE, "it does not listen on port {port}");
        thread::sleep(Duration::from_millis(2));
    }
    let service = format!("127.0.0.1:{port}");
    match &peer.calls {
        None => converse(&with_program(&format!("PROGRAM {service}"), program), peer),
        Some(line) if line.contains("PROGRAM") => {
            converse(&with_program(line, program).replace("PORT", &port.to_string()), peer)
        }
        Some(client) => call(program, Some(&service), client, peer),
    }
}

/// A port for a program that must be told one. Between this look and its bind
/// nobody can be given the port: the kernel gives away those of
/// `ip_local_port_range` in ip(7), and this one is below them.
fn free_port() -> Option<u16> {
    static TRIED: AtomicU16 = AtomicU16::new(0);
    let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let first = range.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or(32_768_u16);
    let room = first.min(OF_CHECKS).checked_sub(UNPRIVILEGED).filter(|room| *room > 0)?;
    // Each process begins elsewhere: two may look at the same time.
    let begin = std::process::id() as u16;
    (0..1000)
        .map(|_| UNPRIVILEGED + begin.wrapping_add(TRIED.fetch_add(1, Ordering::Relaxed)) % room)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
}

/// Whether a TCP socket of this network listens on `port`: proc_net_tcp(5),
/// where 0A is LISTEN.
fn listens(port: u16) -> bool {
    let wanted = format!(":{port:04X}");
    ["/proc/net/tcp", "/proc/net/tcp6"].iter().any(|path| {
        let table = std::fs::read_to_string(path).unwrap_or_default();
        table.lines().any(|line| {
            let mut fields = line.split_whitespace().skip(1);
            let is_its_port = fields.next().is_some_and(|local| local.ends_with(&wanted));
            is_its_port && fields.nth(1) == Some("0A")
        })
    })
}

/// Runs `line` in a shell, types, ends its standard input (curl reads nothing
/// more from the server while it waits for ours), and waits for what is to be
/// found.
fn converse(line: &str, peer: &Peer) -> anyhow::Result<()> {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("exec {line}")]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = Group::spawn(&mut command).context("sh")?;
    let mut stdin = child.stdin().context("its input")?;
    let mut stdout = child.stdout().context("its output")?;
    let (send, pieces) = mpsc::channel();
    thread::spawn(move || {
        let mut buf = [0; 4096];
        while let Ok(n @ 1..) = stdout.read(&mut buf) {
            if send.send(buf[..n].to_vec()).is_err() {
                return;
            }
        }
    });
    stdin.write_all(peer.types.as_deref().unwrap_or_default().as_bytes()).context("it does not listen to us")?;
    drop(stdin);
    let start = Instant::now();
    let mut seen = Vec::new();
    while let Some(wanted) = peer.finds.as_deref() {
        if String::from_utf8_lossy(&seen).contains(wanted) {
            break;
        }
        match pieces.recv_timeout(PATIENCE.saturating_sub(start.elapsed())) {
            Ok(piece) => seen.extend(piece),
            Err(_) => anyhow::bail!("no {wanted:?} in {:?}", String::from_utf8_lossy(&seen)),
        }
    }
    if peer.finds.is_none() {
        while start.elapsed() < PATIENCE {
            if let Some(status) = child.ended()? {
                anyhow::ensure!(status.success(), "{status}");
                return Ok(());
            }
            thread::sleep(Duration::from_millis(5));
        }
        anyhow::bail!("it does not end");
    }
    Ok(())
}
