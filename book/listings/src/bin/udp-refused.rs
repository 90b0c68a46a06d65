//! Sending to a port where nobody is: what an unconnected socket hears of it,
//! and what a connected one does. Linux only: Windows tells both of them.

// ANCHOR: unconnected
use std::io;
use std::net::UdpSocket;
use std::time::Duration;

use listings::{outcome, received, wait_for_error};

/// Nobody is here: port 1 is a service that no system runs any more.
const NOBODY: &str = "127.0.0.1:1";

fn unconnected() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.set_read_timeout(Some(Duration::from_millis(300)))?;
    println!("send_to(\"hello\", {NOBODY}) → {}", outcome(&socket.send_to(b"hello", NOBODY)));
    println!("send_to(\"hello\", {NOBODY}) → {}", outcome(&socket.send_to(b"hello", NOBODY)));
    let mut buffer = [0; 100];
    let result = socket.recv(&mut buffer);
    println!("recv(), 300 ms → {}", received(&result, &buffer));
    Ok(())
}
// ANCHOR_END: unconnected

// ANCHOR: connected
fn connected() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.set_read_timeout(Some(Duration::from_secs(5)))?;
    socket.connect(NOBODY)?;
    println!("connect({NOBODY})");

    println!("send(\"hello\") → {}", outcome(&socket.send(b"hello")));
    let mut buffer = [0; 100];
    let result = socket.recv(&mut buffer);
    println!("recv() → {}", received(&result, &buffer));

    println!("send(\"hello\") → {}", outcome(&socket.send(b"hello")));
    // Only waits for the refusal to come back; reads nothing.
    wait_for_error(&socket)?;
    println!("send(\"hello\") → {}", outcome(&socket.send(b"hello")));
    println!("send(\"hello\") → {}", outcome(&socket.send(b"hello")));
    Ok(())
}
// ANCHOR_END: connected

fn main() -> io::Result<()> {
    unconnected()?;
    println!();
    connected()
}
