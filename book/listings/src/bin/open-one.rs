//! Opens one socket, asks it who it is, and closes it.

// ANCHOR: program
use std::io;
use std::net::UdpSocket;
use std::os::fd::AsRawFd;

use listings::{Ports, open_descriptors, outcome};

fn main() -> io::Result<()> {
    let mut ports = Ports::new();
    println!("open: {:?}", open_descriptors());

    // Port 0 asks the system for any free port.
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    println!("bind(127.0.0.1:0) → fd {}", socket.as_raw_fd());
    println!("open: {:?}", open_descriptors());

    let name = socket.local_addr()?;
    ports.name("P", name);
    println!("local_addr() → {}", ports.show(name));
    println!("peer_addr() → {}", outcome(&socket.peer_addr()));

    drop(socket);
    println!("close()");
    println!("open: {:?}", open_descriptors());
    Ok(())
}
// ANCHOR_END: program
