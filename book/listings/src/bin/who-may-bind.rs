//! What is looked at when a server binds a port that another socket of this
//! machine has. Linux only: others ask for the option on the new socket alone.

// ANCHOR: program
use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};

use listings::outcome;
use socket2::{Domain, SockRef, Socket, Type};

fn bound(address: SocketAddr, reuse: bool) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(reuse)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

fn main() -> io::Result<()> {
    let any_port: SocketAddr = "127.0.0.1:0".parse().expect("an address");

    // The listening socket has no option, the accepted one gets it before it is closed.
    let listener = bound(any_port, false)?;
    listener.listen(16)?;
    let listener = TcpListener::from(listener);
    let address = listener.local_addr()?;
    let mut client = TcpStream::connect(address)?;
    let (connected, _) = listener.accept()?;
    SockRef::from(&connected).set_reuse_address(true)?;
    drop((connected, listener));
    println!("only the old connection had SO_REUSEADDR");
    println!("  FIN_WAIT2, with the option: bind() → {}", outcome(&bound(address, true).map(|_| 0)));
    client.read_to_end(&mut Vec::new())?;
    drop(client);
    println!("  TIME_WAIT, without it: bind() → {}", outcome(&bound(address, false).map(|_| 0)));
    println!("  TIME_WAIT, with it: bind() → {}", outcome(&bound(address, true).map(|_| 0)));

    let one = bound(any_port, true)?;
    let address = one.local_addr()?.as_socket().expect("an address of IPv4");
    let two = bound(address, true)?;
    println!("two sockets have it, and one port");
    println!("  the first: listen() → {}", outcome(&one.listen(16).map(|()| 0)));
    println!("  the second: listen() → {}", outcome(&two.listen(16).map(|()| 0)));
    println!("  a third: bind() → {}", outcome(&bound(address, true).map(|_| 0)));
    Ok(())
}
// ANCHOR_END: program
