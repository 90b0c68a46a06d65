//! One socket, three senders: each datagram says who sent it, and each sender
//! gets its own answer.

// ANCHOR: program
use std::io;
use std::net::UdpSocket;
use std::time::Duration;

use listings::{Ports, received, text};

fn main() -> io::Result<()> {
    let mut ports = Ports::new();
    let server = UdpSocket::bind("127.0.0.1:0")?;
    server.set_read_timeout(Some(Duration::from_secs(5)))?;
    let address = server.local_addr()?;

    let mut senders = Vec::new();
    for letter in ["A", "B", "C"] {
        let sender = UdpSocket::bind("127.0.0.1:0")?;
        sender.set_read_timeout(Some(Duration::from_secs(5)))?;
        ports.name(letter, sender.local_addr()?);
        let message = format!("I am {letter}");
        sender.send_to(message.as_bytes(), address)?;
        println!("{letter}: send_to({})", text(message.as_bytes()));
        senders.push((letter, sender));
    }

    // ANCHOR: server
    let mut buffer = [0; 100];
    for _ in 0..3 {
        let (length, from) = server.recv_from(&mut buffer)?;
        println!("server: recv_from() → {}, from {}", text(&buffer[..length]), ports.show(from));
        let answer = [b"echo: ", &buffer[..length]].concat();
        server.send_to(&answer, from)?;
        println!("server: send_to({}, {})", text(&answer), ports.show(from));
    }
    // ANCHOR_END: server

    for (letter, sender) in senders {
        let result = sender.recv(&mut buffer);
        println!("{letter}: recv() → {}", received(&result, &buffer));
    }
    Ok(())
}
// ANCHOR_END: program
