//! Each call alone, with the descriptors that are open after it.

// ANCHOR: program
use std::io;
use std::net::SocketAddr;

use listings::{Ports, open_descriptors};
use socket2::{Domain, SockAddr, Socket, Type};

fn show(ports: &Ports, name: io::Result<SockAddr>) -> io::Result<String> {
    Ok(ports.show(name?.as_socket().expect("an IPv4 address")))
}

fn main() -> io::Result<()> {
    let mut ports = Ports::new();
    let any_port: SocketAddr = "127.0.0.1:0".parse().expect("an address");

    let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    println!("server: socket() → local {}", show(&ports, listener.local_addr())?);
    println!("        open: {:?}", open_descriptors());

    listener.bind(&any_port.into())?;
    let address = listener.local_addr()?;
    ports.name("P", address.as_socket().expect("an IPv4 address"));
    println!("server: bind(127.0.0.1:0) → local {}", show(&ports, listener.local_addr())?);
    println!("        open: {:?}", open_descriptors());

    listener.listen(16)?;
    println!("server: listen(16) → local {}", show(&ports, listener.local_addr())?);
    println!("        open: {:?}", open_descriptors());

    let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    println!("client: socket() → local {}", show(&ports, client.local_addr())?);
    println!("        open: {:?}", open_descriptors());

    client.connect(&address)?;
    ports.name("C", client.local_addr()?.as_socket().expect("an IPv4 address"));
    println!(
        "client: connect() → local {}, peer {}",
        show(&ports, client.local_addr())?,
        show(&ports, client.peer_addr())?
    );
    println!("        open: {:?}", open_descriptors());

    let (connected, peer) = listener.accept()?;
    println!("server: accept() → local {}, peer {}", show(&ports, connected.local_addr())?, show(&ports, Ok(peer))?);
    println!("        open: {:?}", open_descriptors());
    Ok(())
}
// ANCHOR_END: program
