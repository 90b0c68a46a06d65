//! Built differently: each socket is opened by a thread of its own and kept as an
//! `OwnedFd`, the second one before the first; what is closed is taken out of its place.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::UdpSocket;
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::ExitCode;
use std::thread;

fn open() -> io::Result<(OwnedFd, String)> {
    let open = || {
        let socket = UdpSocket::bind(("127.0.0.1", 0))?;
        let addr = socket.local_addr()?.to_string();
        Ok((OwnedFd::from(socket), addr))
    };
    thread::spawn(open).join().unwrap_or_else(|_| Err(io::Error::other("the thread has panicked")))
}

fn run() -> io::Result<()> {
    let second = open()?;
    let _file = File::open("/dev/null")?;
    let first = open()?;
    let mut out = io::stdout();
    out.write_all(format!("first: {}\nsecond: {}\n", first.1, second.1).as_bytes())?;
    enter()?;

    let mut held = [Some(first.0), Some(second.0)];
    for (name, number) in ["first", "second"].iter().zip(&held) {
        let number = number.as_ref().map_or(-1, AsRawFd::as_raw_fd);
        out.write_all(format!("{name}: descriptor {number}\n").as_bytes())?;
    }
    enter()?;

    held[0].take();
    out.write_all(b"first: closed\n")?;
    enter()
}

/// Byte by byte: what follows the line is for the next step.
fn enter() -> io::Result<()> {
    for byte in io::stdin().lock().bytes() {
        if byte? == b'\n' {
            break;
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("no socket: {error}");
            ExitCode::FAILURE
        }
    }
}
