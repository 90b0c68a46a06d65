//! A client connects and sends while the server has not called accept() yet.

// ANCHOR: program
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

use listings::{Ports, outcome, received};

fn main() -> io::Result<()> {
    let mut ports = Ports::new();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    ports.name("P", address);
    println!("server: bind(127.0.0.1:0), listen() → local {}", ports.show(address));

    // One thread only: while the client is at work, nobody is in accept().
    let mut client = TcpStream::connect(address)?;
    ports.name("C", client.local_addr()?);
    println!("client: connect() → peer {}", ports.show(client.peer_addr()?));
    println!("client: write(\"early\") → {}", outcome(&client.write(b"early")));

    let (mut connected, peer) = listener.accept()?;
    println!("server: accept() → peer {}", ports.show(peer));
    let mut buffer = [0; 100];
    let result = connected.read(&mut buffer);
    println!("server: read() → {}", received(&result, &buffer));
    Ok(())
}
// ANCHOR_END: program
