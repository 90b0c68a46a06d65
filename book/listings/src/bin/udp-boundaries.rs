//! Three sends: what a datagram socket hands over, and what a stream does.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use listings::{received, text};

const MESSAGES: [&[u8]; 3] = [b"one", b"two", b"three"];

// ANCHOR: udp
fn datagrams() -> io::Result<()> {
    let receiver = UdpSocket::bind("127.0.0.1:0")?;
    receiver.set_read_timeout(Some(Duration::from_secs(5)))?;
    let sender = UdpSocket::bind("127.0.0.1:0")?;

    for message in MESSAGES {
        let sent = sender.send_to(message, receiver.local_addr()?)?;
        println!("UDP: send_to({}) → {sent}", text(message));
    }
    let mut buffer = [0; 100];
    for _ in MESSAGES {
        let result = receiver.recv(&mut buffer);
        println!("UDP: recv() → {}", received(&result, &buffer));
    }
    Ok(())
}
// ANCHOR_END: udp

// ANCHOR: tcp
fn stream() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut sender = TcpStream::connect(listener.local_addr()?)?;
    let (mut receiver, _) = listener.accept()?;
    receiver.set_read_timeout(Some(Duration::from_secs(5)))?;

    for message in MESSAGES {
        let sent = sender.write(message)?;
        println!("TCP: write({}) → {sent}", text(message));
    }
    let mut buffer = [0; 100];
    // Wait until all 11 bytes are there; peek() leaves them where they are.
    while receiver.peek(&mut buffer)? < 11 {}
    let result = receiver.read(&mut buffer);
    println!("TCP: read() → {}", received(&result, &buffer));
    Ok(())
}
// ANCHOR_END: tcp

fn main() -> io::Result<()> {
    datagrams()?;
    println!();
    stream()
}
