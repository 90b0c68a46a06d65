//! A thread for each datagram, which asks the kernel for the limit each time.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

fn main() -> io::Result<()> {
    let addr = std::env::args().nth(1).unwrap_or("127.0.0.1:0".to_string());
    let socket = Arc::new(UdpSocket::bind(addr)?);
    println!("listening on {}", socket.local_addr()?);

    loop {
        let (data, length, from) = receive(&socket)?;
        let socket = Arc::clone(&socket);
        thread::spawn(move || {
            if let Err(error) = answer(&socket, &data, length, from) {
                eprintln!("{from}: {error}");
            }
        });
    }
}

/// Does what `data` asks for.
fn answer(socket: &UdpSocket, data: &[u8], length: usize, from: SocketAddr) -> io::Result<()> {
    match understand(data) {
        Request::Give(size) => give(socket, size, from),
        Request::Knock(addr) => socket.send_to(knock(addr)?.as_bytes(), from).map(drop),
        Request::Other => tell_length(socket, length, from),
    }
}

/// Waits for one datagram: its bytes, its true length, and who sent it.
fn receive(socket: &UdpSocket) -> io::Result<(Vec<u8>, usize, SocketAddr)> {
    // No datagram is longer than this.
    let mut buf = vec![0; 65_535];
    let (n, from) = socket.recv_from(&mut buf)?;
    buf.truncate(n);
    Ok((buf, n, from))
}

/// Sends `length` as text, such as `37`, to `to`.
fn tell_length(socket: &UdpSocket, length: usize, to: SocketAddr) -> io::Result<()> {
    socket.send_to(length.to_string().as_bytes(), to)?;
    Ok(())
}

/// Sends `size` bytes of any value to `to`, in one datagram; if that is more
/// than a datagram can carry, the text `too long`.
fn give(socket: &UdpSocket, size: usize, to: SocketAddr) -> io::Result<()> {
    match socket.send_to(&vec![b'.'; size.min(70_000)], to) {
        Ok(_) => Ok(()),
        Err(_) => socket.send_to(b"too long", to).map(drop),
    }
}

/// Sends a datagram to `addr` and says what came of it: `open` (an answer
/// came), `refused` (nobody is there) or `silent` (nothing in a second).
fn knock(addr: SocketAddr) -> io::Result<&'static str> {
    let socket = UdpSocket::bind(if addr.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" })?;
    // Only a connected socket hears of a refusal.
    socket.connect(addr)?;
    socket.set_read_timeout(Some(Duration::from_secs(1)))?;
    socket.send(b"knock")?;
    match socket.recv(&mut [0; 100]) {
        Ok(_) => Ok("open"),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok("refused"),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok("silent"),
        Err(error) => Err(error),
    }
}

/// What a datagram asks for.
enum Request {
    Give(usize),
    Knock(SocketAddr),
    Other,
}

/// Finds out what `data` asks for.
fn understand(data: &[u8]) -> Request {
    let text = String::from_utf8_lossy(data);
    match text.trim_end().split_once(' ') {
        Some(("give", size)) => size.parse().map_or(Request::Other, Request::Give),
        Some(("knock", addr)) => addr.parse().map_or(Request::Other, Request::Knock),
        _ => Request::Other,
    }
}
