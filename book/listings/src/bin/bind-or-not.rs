//! bind() is for whoever wants a certain name: a server without it, and a
//! client with it.

// ANCHOR: program
use std::io;
use std::net::SocketAddr;

use listings::Ports;
use socket2::{Domain, SockAddr, Socket, Type};

fn show(ports: &Ports, name: io::Result<SockAddr>) -> io::Result<String> {
    Ok(ports.show(name?.as_socket().expect("an IPv4 address")))
}

fn main() -> io::Result<()> {
    let mut ports = Ports::new();

    let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    listener.listen(16)?;
    let port = listener.local_addr()?.as_socket().expect("an IPv4 address").port();
    let server = SocketAddr::from(([127, 0, 0, 1], port));
    ports.name("P", server);
    println!("server: socket(), listen(16) → local {}", show(&ports, listener.local_addr())?);

    let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    client.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())?;
    ports.name("C", client.local_addr()?.as_socket().expect("an IPv4 address"));
    println!("client: socket(), bind(127.0.0.1:0) → local {}", show(&ports, client.local_addr())?);
    client.connect(&server.into())?;
    let (local, peer) = (show(&ports, client.local_addr())?, show(&ports, client.peer_addr())?);
    println!("client: connect() → local {local}, peer {peer}");

    let (_connected, peer) = listener.accept()?;
    println!("server: accept() → peer {}", show(&ports, Ok(peer))?);
    Ok(())
}
// ANCHOR_END: program
