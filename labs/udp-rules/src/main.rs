//! Lab `udp-rules`: a UDP server whose answers show the rules of UDP.
//!
//! Start it with `cargo run -p udp-rules`. It prints
//!
//! ```text
//! listening on 127.0.0.1:54321
//! ```
//!
//! and then answers every datagram, until you stop it with Ctrl-C:
//!
//! | what comes           | what goes back                                      |
//! |----------------------|-----------------------------------------------------|
//! | `give 100`           | a datagram of 100 bytes, or `too long`              |
//! | `knock 127.0.0.1:80` | `open`, `refused` or `silent`: who is at that port? |
//! | anything else        | how many bytes came, as text: `37`                  |
//!
//! `cargo test -p udp-rules` says what is missing. Start with `receive`.

use std::io;
use std::net::{SocketAddr, UdpSocket};

fn main() -> io::Result<()> {
    let addr = std::env::args().nth(1).unwrap_or("127.0.0.1:0".to_string());
    let socket = UdpSocket::bind(addr)?;
    println!("listening on {}", socket.local_addr()?);

    loop {
        let (data, length, from) = receive(&socket)?;
        match understand(&data) {
            Request::Give(size) => give(&socket, size, from)?,
            Request::Knock(addr) => {
                let word = knock(addr)?;
                socket.send_to(word.as_bytes(), from)?;
            }
            Request::Other => tell_length(&socket, length, from)?,
        }
    }
}

/// Waits for one datagram: its bytes, its true length, and who sent it.
fn receive(_socket: &UdpSocket) -> io::Result<(Vec<u8>, usize, SocketAddr)> {
    todo!("receive one datagram")
}

/// Sends `length` as text, such as `37`, to `to`.
fn tell_length(_socket: &UdpSocket, _length: usize, _to: SocketAddr) -> io::Result<()> {
    todo!("send the length, as text, to the one who asked")
}

/// Sends `size` bytes of any value to `to`, in one datagram; if that is more
/// than a datagram can carry, the text `too long`.
fn give(_socket: &UdpSocket, _size: usize, _to: SocketAddr) -> io::Result<()> {
    todo!("send that many bytes, or `too long`")
}

/// Sends a datagram to `addr` and says what came of it: `open` (an answer
/// came), `refused` (nobody is there) or `silent` (nothing in a second).
fn knock(_addr: SocketAddr) -> io::Result<&'static str> {
    todo!("send something to that address from a socket of its own, and see what comes back")
}

/// What a datagram asks for.
enum Request {
    Give(usize),
    Knock(SocketAddr),
    Other,
}

/// Finds out what `data` asks for. Nothing to do here.
fn understand(data: &[u8]) -> Request {
    let text = String::from_utf8_lossy(data);
    match text.trim_end().split_once(' ') {
        Some(("give", size)) => size.parse().map_or(Request::Other, Request::Give),
        Some(("knock", addr)) => addr.parse().map_or(Request::Other, Request::Knock),
        _ => Request::Other,
    }
}
