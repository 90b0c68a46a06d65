//! What a client hears from a port that is bound but not listening.

// ANCHOR: program
use std::io;
use std::net::{SocketAddr, TcpStream};

use listings::{Ports, outcome};
// std's TcpListener always listens as well; socket2 makes each call alone.
use socket2::{Domain, Socket, Type};

fn connect(ports: &Ports, server: SocketAddr) {
    let peer = TcpStream::connect(server).and_then(|stream| stream.peer_addr());
    println!("client: connect() → {}", outcome(&peer.map(|peer| ports.show(peer))));
}

fn main() -> io::Result<()> {
    let mut ports = Ports::new();
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let any_port: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    socket.bind(&any_port.into())?;
    let address = socket.local_addr()?.as_socket().expect("an IPv4 address");
    ports.name("P", address);
    println!("server: bind(127.0.0.1:0) → local {}", ports.show(address));
    connect(&ports, address);

    socket.listen(16)?;
    println!("server: listen(16)");
    connect(&ports, address);
    Ok(())
}
// ANCHOR_END: program
