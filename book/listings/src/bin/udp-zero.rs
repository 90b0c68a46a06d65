//! A datagram without a byte in it arrives, and it is not the end of anything.

// ANCHOR: program
use std::io;
use std::net::UdpSocket;
use std::time::Duration;

use listings::{Ports, text};

fn main() -> io::Result<()> {
    let receiver = UdpSocket::bind("127.0.0.1:0")?;
    receiver.set_read_timeout(Some(Duration::from_secs(5)))?;
    let sender = UdpSocket::bind("127.0.0.1:0")?;
    let mut ports = Ports::new();
    ports.name("S", sender.local_addr()?);

    for message in [b"before".as_slice(), b"", b"after"] {
        let sent = sender.send_to(message, receiver.local_addr()?)?;
        println!("send_to({}) → {sent}", text(message));
    }
    let mut buffer = [0; 100];
    for _ in 0..3 {
        let (length, from) = receiver.recv_from(&mut buffer)?;
        println!("recv_from() → {length} {}, from {}", text(&buffer[..length]), ports.show(from));
    }
    Ok(())
}
// ANCHOR_END: program
