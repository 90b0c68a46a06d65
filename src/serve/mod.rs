//! `sockets` without a word behind it: the book on this machine, rebuilt when
//! it changes, with labs that run.
//!
//! | module | holds |
//! |---|---|
//! | [`board`] | the site as it is now, and who wants to hear of a new one |
//! | [`guard`] | which requests may do more than read |
//! | [`http`] | addresses and answers |
//! | [`labs`] | running a lab from its card |
//! | [`watch`] | noticing that a file changed |
//! | [`browser`] | opening a page |

mod board;
mod browser;
mod guard;
mod http;
mod labs;
mod watch;

use std::io::IsTerminal as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use tokio::net::TcpListener;

use crate::cli::Context;
use crate::site;
use crate::text::{Lang, say};
use board::Board;
use guard::Guard;

/// The port to try first; after it the next ones.
const PORT: u16 = 4000;
/// How many ports to try before the system may choose one.
const TRIES: u16 = 50;

/// `sockets serve` for the command line; its arguments are also those of
/// `sockets` alone.
#[must_use]
pub fn command(lang: Lang) -> Command {
    Command::new("serve").about(say(lang, "serve.about", &[])).args(arguments(lang))
}

/// What both `sockets` and `sockets serve` take.
#[must_use]
pub fn arguments(lang: Lang) -> [Arg; 3] {
    [
        Arg::new("no-open").long("no-open").action(ArgAction::SetTrue).help(say(lang, "serve.arg.no-open", &[])),
        Arg::new("port").long("port").value_name("N").value_parser(value_parser!(u16)).help(say(
            lang,
            "serve.arg.port",
            &[],
        )),
        Arg::new("allow-host").long("allow-host").value_name("NAME").action(ArgAction::Append).help(say(
            lang,
            "serve.arg.allow-host",
            &[],
        )),
    ]
}

/// Runs `sockets serve` until Ctrl-C.
///
/// # Errors
///
/// No port is free, or the one that was asked for is not.
pub fn run(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new().context("tokio")?;
    let result = runtime.block_on(serve(context, matches));
    // What still blocks (a browser's open connection) must not hold the end up.
    runtime.shutdown_timeout(std::time::Duration::from_millis(500));
    result
}

async fn serve(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let lang = context.lang;
    let listener = bind(lang, matches.get_one::<u16>("port").copied()).await?;
    let address = listener.local_addr()?;
    let hosts = matches.get_many::<String>("allow-host").unwrap_or_default().cloned().collect();
    let guard = Guard::new(address.port(), hosts)?;
    let board = Arc::new(Board::new(context.root.clone(), lang));

    let watcher = watch::start(&context.root)?;
    rebuild(&board).await;
    println!("{}", say(lang, "serve.at", &[("url", &format!("http://{address}/"))]));
    if !matches.get_flag("no-open") && std::io::stdout().is_terminal() {
        browser::open(&format!("http://{address}/"));
    }
    println!("{}", say(lang, "serve.stop", &[]));

    let runs = labs::Runs::default();
    let app = http::router(Arc::clone(&board), guard, runs.clone());
    tokio::select! {
        served = axum::serve(listener, app) => served.context("serve")?,
        () = follow(&board, watcher) => {}
        () = interrupted() => {}
    }
    runs.stop().await;
    println!("\n{}", say(lang, "serve.bye", &[]));
    Ok(ExitCode::SUCCESS)
}

/// Builds again whenever something changed.
async fn follow(board: &Arc<Board>, mut changes: watch::Changes) {
    while changes.next().await {
        rebuild(board).await;
    }
}

async fn rebuild(board: &Arc<Board>) {
    let bar = site::spinner();
    let (inner, ticker) = (Arc::clone(board), bar.clone());
    let built = tokio::task::spawn_blocking(move || inner.rebuild(&|what| ticker.set_message(what.to_string()))).await;
    bar.finish_and_clear();
    match built {
        Ok(lines) => lines.iter().for_each(|line| println!("{line}")),
        // A panic while building is a defect of ours; the site stays as it was.
        Err(error) => eprintln!("{error}"),
    }
}

async fn bind(lang: Lang, asked: Option<u16>) -> anyhow::Result<TcpListener> {
    if let Some(port) = asked {
        return TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .with_context(|| say(lang, "serve.port-busy", &[("port", &port)]));
    }
    for port in (PORT..PORT + TRIES).chain([0]) {
        match TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(error).context(format!("127.0.0.1:{port}")),
        }
    }
    anyhow::bail!(say(lang, "serve.no-port", &[]))
}

/// Ctrl-C, or the same from another process.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a handler there is nothing to wait for but the end itself.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
