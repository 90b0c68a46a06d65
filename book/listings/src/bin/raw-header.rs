//! What a raw socket's first bytes are: over IPv4, and over IPv6. Linux only:
//! runs in a private network, as an ordinary user.

// ANCHOR: program
use std::io::{self, Read};
use std::net::UdpSocket;
use std::time::Duration;

use listings::private_network;
use socket2::{Domain, Protocol, Socket, Type};

/// Sends the same datagram past a raw socket and shows what that one gets.
fn first_bytes(domain: Domain, from: &str, to: &str) -> io::Result<()> {
    let mut raw = Socket::new(domain, Type::RAW, Some(Protocol::UDP))?;
    raw.set_read_timeout(Some(Duration::from_secs(5)))?;
    let _receiver = UdpSocket::bind(to)?;
    let sender = UdpSocket::bind(from)?;
    let sent = sender.send_to(b"hello", to)?;
    println!("udp {from}: send_to(\"hello\", {to}) → {sent}");

    let mut buffer = [0; 2000];
    let length = raw.read(&mut buffer)?;
    println!("raw {domain:?}: read() → {length}, {:02x?} …", &buffer[..4]);
    Ok(())
}

fn main() -> io::Result<()> {
    private_network::enter_or_exit();
    if UdpSocket::bind("[::1]:2000").is_err() {
        private_network::not_run("IPv6 is switched off on this system");
    }
    // 1000 is 0x03e8, 2000 is 0x07d0.
    first_bytes(Domain::IPV4, "127.0.0.1:1000", "127.0.0.1:2000")?;
    first_bytes(Domain::IPV6, "[::1]:1000", "[::1]:2000")
}
// ANCHOR_END: program
