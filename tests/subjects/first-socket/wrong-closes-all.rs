//! Misconception: closing is a matter of the program: all of its sockets go.
//! Caught by: gives_one_number_back

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

fn close(sockets: Vec<UdpSocket>) {
    drop(sockets);
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

    close(vec![first, second]);
    println!("first: closed");
    wait_for_enter()
}

fn wait_for_enter() -> io::Result<()> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(())
}
