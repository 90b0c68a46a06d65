//! A server and a client: who calls what, and what each socket is then called.

// ANCHOR: program
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use listings::{Ports, received};

// ANCHOR: client
fn client(server: SocketAddr) -> io::Result<TcpStream> {
    // socket() and connect() in one.
    let mut stream = TcpStream::connect(server)?;
    stream.write_all(b"hello")?;
    Ok(stream)
}
// ANCHOR_END: client

fn main() -> io::Result<()> {
    let mut ports = Ports::new();

    // ANCHOR: server
    // socket(), bind() and listen() in one.
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    ports.name("P", address);
    println!("server: bind(127.0.0.1:0), listen() → local {}", ports.show(address));

    // The client runs beside the server, as another program would.
    let client = thread::spawn(move || client(address));

    let (mut connected, peer) = listener.accept()?;
    // ANCHOR_END: server

    let client = client.join().expect("the client thread does not panic")?;
    ports.name("C", client.local_addr()?);
    let (local, remote) = (client.local_addr()?, client.peer_addr()?);
    println!("client: connect({}) → local {}, peer {}", ports.show(address), ports.show(local), ports.show(remote));
    println!("server: accept() → local {}, peer {}", ports.show(connected.local_addr()?), ports.show(peer));

    let mut buffer = [0; 100];
    let result = connected.read(&mut buffer);
    println!("server: read() → {}", received(&result, &buffer));
    Ok(())
}
// ANCHOR_END: program
