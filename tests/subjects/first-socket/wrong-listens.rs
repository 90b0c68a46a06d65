//! Misconception: a socket that waits for others is a TCP listener.
//! Caught by: opens_two_sockets

use std::io;
use std::net::TcpListener;
use std::os::fd::{AsRawFd, RawFd};

fn open() -> io::Result<TcpListener> {
    TcpListener::bind("127.0.0.1:0")
}

fn number(socket: &TcpListener) -> RawFd {
    socket.as_raw_fd()
}

fn close(socket: TcpListener) {
    drop(socket);
}

fn main() -> io::Result<()> {
    let first = open()?;
    let second = open()?;
    println!("first: {}", first.local_addr()?);
    println!("second: {}", second.local_addr()?);
    wait_for_enter()?;

    println!("first: descriptor {}", number(&first));
    println!("second: descriptor {}", number(&second));
    wait_for_enter()?;

    close(first);
    println!("first: closed");
    wait_for_enter()
}

fn wait_for_enter() -> io::Result<()> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(())
}
