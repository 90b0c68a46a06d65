//! Misconception: whoever has the number and the address has the socket: it is open until somebody closes it.
//! Caught by: opens_two_sockets

use std::fs::File;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsRawFd, RawFd};

/// What there is to know of a socket.
struct Known {
    number: RawFd,
    addr: SocketAddr,
}

fn open() -> io::Result<Known> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    Ok(Known { number: socket.as_raw_fd(), addr: socket.local_addr()? })
}

fn number(socket: &Known) -> RawFd {
    socket.number
}

fn close(socket: &Known) {
    // SAFETY: the number may be nobody's by now, and then the call fails.
    unsafe { libc::close(socket.number) };
}

fn main() -> io::Result<()> {
    let first = open()?;
    // Files take numbers from the same table.
    let _file = File::open("/dev/null")?;
    let second = open()?;
    println!("first: {}", first.addr);
    println!("second: {}", second.addr);
    wait_for_enter()?;

    println!("first: descriptor {}", number(&first));
    println!("second: descriptor {}", number(&second));
    wait_for_enter()?;

    close(&first);
    println!("first: closed");
    wait_for_enter()
}

fn wait_for_enter() -> io::Result<()> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(())
}
