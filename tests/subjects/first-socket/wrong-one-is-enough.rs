//! Misconception: a copy of a socket is one more socket.
//! Caught by: opens_two_sockets

use std::fs::File;
use std::io;
use std::net::UdpSocket;
use std::os::fd::{AsRawFd, RawFd};

fn open() -> io::Result<UdpSocket> {
    UdpSocket::bind("127.0.0.1:0")
}

fn number(socket: &UdpSocket) -> RawFd {
    socket.as_raw_fd()
}

fn close(kept: &mut Option<UdpSocket>) {
    *kept = None;
}

fn main() -> io::Result<()> {
    let first = open()?;
    // Files take numbers from the same table.
    let _file = File::open("/dev/null")?;
    let second = first.try_clone()?;
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
