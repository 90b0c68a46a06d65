//! Misconception: the numbers that were right once are right in every run.
//! Caught by: tells_their_numbers

use std::fs::File;
use std::io;
use std::net::UdpSocket;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicI32, Ordering};

/// A UDP socket on 127.0.0.1, with any port that is free.
fn open() -> io::Result<UdpSocket> {
    UdpSocket::bind("127.0.0.1:0")
}

/// The number by which this program holds the socket: its descriptor.
fn number(_socket: &UdpSocket) -> RawFd {
    // 3 and then 5: the file has 4.
    static NEXT: AtomicI32 = AtomicI32::new(3);
    NEXT.fetch_add(2, Ordering::Relaxed)
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
