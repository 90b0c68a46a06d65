//! Which descriptors there are after each step, and what the sockets are called.

// ANCHOR: program
use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;

use listings::{Ports, open_descriptors};

fn main() -> io::Result<()> {
    let mut ports = Ports::new();

    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    ports.name("P", address);
    println!("server: bind(), listen() → fd {}, local {}", listener.as_raw_fd(), ports.show(address));
    println!("open: {:?}", open_descriptors());

    // Keeps the connections open to the end.
    let mut open = Vec::new();
    for letter in ["C", "D"] {
        let client = TcpStream::connect(address)?;
        let (local, remote) = (client.local_addr()?, client.peer_addr()?);
        ports.name(letter, local);
        println!(
            "client: connect() → fd {}, local {}, peer {}",
            client.as_raw_fd(),
            ports.show(local),
            ports.show(remote)
        );
        println!("open: {:?}", open_descriptors());

        let (connected, peer) = listener.accept()?;
        let local = connected.local_addr()?;
        println!(
            "server: accept() → fd {}, local {}, peer {}",
            connected.as_raw_fd(),
            ports.show(local),
            ports.show(peer)
        );
        println!("open: {:?}", open_descriptors());
        open.push((client, connected));
    }
    Ok(())
}
// ANCHOR_END: program
