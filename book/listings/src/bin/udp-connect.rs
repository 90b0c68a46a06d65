//! What connect() does to a UDP socket: its name, and whom it still hears.

// ANCHOR: program
use std::io;
use std::net::UdpSocket;
use std::time::Duration;

use listings::{Ports, received};

fn main() -> io::Result<()> {
    let mut ports = Ports::new();
    let friend = UdpSocket::bind("127.0.0.1:0")?;
    ports.name("F", friend.local_addr()?);
    let stranger = UdpSocket::bind("127.0.0.1:0")?;
    ports.name("S", stranger.local_addr()?);

    let socket = UdpSocket::bind("0.0.0.0:0")?;
    ports.name("U", socket.local_addr()?);
    println!("bind(0.0.0.0:0) → local {}", ports.show(socket.local_addr()?));
    socket.connect(friend.local_addr()?)?;
    let address = socket.local_addr()?;
    println!("connect({}) → local {}", ports.show(friend.local_addr()?), ports.show(address));

    socket.set_read_timeout(Some(Duration::from_millis(100)))?;
    let mut buffer = [0; 100];
    stranger.send_to(b"from S", address)?;
    println!("S: send_to(\"from S\", {})", ports.show(address));
    let result = socket.recv(&mut buffer);
    println!("recv(), 100 ms → {}", received(&result, &buffer));

    friend.send_to(b"from F", address)?;
    println!("F: send_to(\"from F\", {})", ports.show(address));
    let result = socket.recv(&mut buffer);
    println!("recv(), 100 ms → {}", received(&result, &buffer));
    Ok(())
}
// ANCHOR_END: program
