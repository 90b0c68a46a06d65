//! What a newcomer waits for once: everything built from nothing.
//!
//! The packages are on the disk already; how long they take to arrive is the
//! network's affair.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};

use super::stopwatch::{Beside, Row, cargo, time};
use crate::cli::Context;
use crate::lab;

/// The first build of one lab: harness, its dependencies, the lab.
pub(super) fn lab(context: &Context, runs: usize) -> anyhow::Result<Vec<Row>> {
    let temp = tempfile::tempdir()?;
    let copy = temp.path().join("labs");
    lab::start(&context.root.join("labs"), &copy)?;
    // Each lab as a student tests it, and the part that is the program alone:
    // the packages that the lab is about, without ours.
    let builds: [(&str, &[&str], Option<f64>); 4] = [
        ("cold-echo", &["test", "--no-run", "-p", "tcp-echo"], Some(5.0)),
        ("cold-echo-program", &["build", "-p", "tcp-echo"], None),
        ("cold-lines", &["test", "--no-run", "-p", "tokio-lines"], Some(8.0)),
        ("cold-lines-program", &["build", "-p", "tokio-lines"], None),
    ];
    let mut rows: Vec<Row> =
        builds.iter().map(|(row, _, bar)| Row::new(row, Vec::new(), bar.map(Beside::Bar))).collect();
    for _ in 0..runs {
        for (row, (_, args, _)) in rows.iter_mut().zip(&builds) {
            let target = tempfile::tempdir()?;
            let mut build = cargo(&copy);
            build.args(*args).env("CARGO_TARGET_DIR", target.path());
            row.times.push(time(&mut build, true)?);
        }
    }
    Ok(rows)
}

/// `cargo run` from nothing to the first page, and what the time went into.
pub(super) fn first_page(context: &Context) -> anyhow::Result<Vec<Row>> {
    let target = tempfile::tempdir()?;
    let build = |target: &Path| {
        let mut build = cargo(&context.root);
        build.args(["build", "--locked"]).env("CARGO_TARGET_DIR", target);
        time(&mut build, true)
    };
    let all = build(target.path())?;
    // What cargo has to do again for this package alone.
    let clean = ["clean", "-p", env!("CARGO_PKG_NAME"), "-p", "listings"];
    time(cargo(&context.root).args(clean).env("CARGO_TARGET_DIR", target.path()), true)?;
    let own = build(target.path())?;
    let page = serve_first_page(context, target.path())?;
    Ok(vec![
        Row::new("cold-dependencies", vec![all.saturating_sub(own)], None),
        Row::new("cold-own", vec![own], None),
        Row::new("cold-serve", vec![page], None),
        Row::new("cold-sum", vec![all + page], None),
    ])
}

/// From the start of the built program to the last byte of the first page.
fn serve_first_page(context: &Context, target: &Path) -> anyhow::Result<Duration> {
    let start = Instant::now();
    let mut server = cargo(&context.root)
        .args(["run", "--quiet", "--locked", "--", "--no-open", "--port", "0"])
        .env("CARGO_TARGET_DIR", target)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let fetched = first_address(&mut server).and_then(|address| fetch(&address));
    server.kill().context("cannot end the server")?;
    server.wait()?;
    fetched?;
    Ok(start.elapsed())
}

/// Where a server says that it is: host and port.
pub(super) fn first_address(server: &mut std::process::Child) -> anyhow::Result<String> {
    let Some(stdout) = server.stdout.take() else { bail!("the server has no output") };
    let mut lines = BufReader::new(stdout).lines();
    for line in lines.by_ref() {
        if let Some((_, rest)) = line?.split_once("http://") {
            let host = rest.split(['/', ' ']).next().unwrap_or_default().to_string();
            // What it says later must find a reader.
            std::thread::spawn(move || lines.map_while(Result::ok).count());
            return Ok(host);
        }
    }
    bail!("the server ended without an address");
}

fn fetch(host: &str) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(host).with_context(|| host.to_string())?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    write!(stream, "GET /en/index.html HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    ensure!(
        answer.starts_with(b"HTTP/1.1 200"),
        "{host}: {}",
        String::from_utf8_lossy(&answer[..answer.len().min(80)])
    );
    Ok(())
}
