//! Misconception: an exit code says enough.
//! Caught by: says_when_there_is_no_number

use std::fs::File;
use std::io;
use std::net::UdpSocket;
use std::os::fd::{AsRawFd, RawFd};

/// A UDP socket on 127.0.0.1, with any port that is free.
fn open() -> io::Result<UdpSocket> {
    Ok(UdpSocket::bind("127.0.0.1:0").unwrap_or_else(|_| std::process::exit(1)))
}

/// The number by which this program holds the socket: its descriptor.
fn number(socket: &UdpSocket) -> RawFd {
    socket.as_raw_fd()
}

/// Closes the socket that is kept here: its number is free again.
fn close(kept: &mut Option<UdpSocket>) {
    *kept = None;
}

fn main() -> io::Result<()> {
    let first = open()?;
    // Files take numbers from the same table.
    let _file = File::open("/dev/null")?;
    let second = open()?;
    println!("first: {}", first.local_addr()?);
    println!("second: {}", second.local_addr()?);
    wait_for_enter()?;

    println!("first: descriptor {}", number(&first));
    println!("second: descriptor {}", number(&second));
    wait_for_enter()?;

    let mut first = Some(first);
    close(&mut first);
    println!("first: closed");
    wait_for_enter()
}

fn wait_for_enter() -> io::Result<()> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(())
}
