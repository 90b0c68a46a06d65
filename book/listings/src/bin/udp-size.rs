//! The largest datagram over IPv4. Linux only: other systems set a lower limit.

// ANCHOR: program
use std::io;
use std::net::UdpSocket;
use std::time::Duration;

use listings::outcome;

fn main() -> io::Result<()> {
    let receiver = UdpSocket::bind("127.0.0.1:0")?;
    receiver.set_read_timeout(Some(Duration::from_secs(5)))?;
    let sender = UdpSocket::bind("127.0.0.1:0")?;

    let bytes = [b'x'; 65_508];
    for size in [65_507, 65_508] {
        let result = sender.send_to(&bytes[..size], receiver.local_addr()?);
        println!("send_to({size} bytes) → {}", outcome(&result));
    }
    let mut buffer = [0; 70_000];
    println!("recv({}) → {}", buffer.len(), outcome(&receiver.recv(&mut buffer)));
    Ok(())
}
// ANCHOR_END: program
