//! Starting a server again on the port that it has just left. Linux only:
//! other systems ask for `SO_REUSEADDR` on the new socket alone.

// ANCHOR: listen
use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};

use listings::{Ports, outcome};
// std sets SO_REUSEADDR by itself; socket2 leaves it to us.
use socket2::{Domain, Socket, Type};

/// A listening socket on `address`, with or without SO_REUSEADDR.
fn listen(address: SocketAddr, reuse: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    if reuse {
        socket.set_reuse_address(true)?;
    }
    socket.bind(&address.into())?;
    socket.listen(16)?;
    Ok(socket.into())
}
// ANCHOR_END: listen

// ANCHOR: program
/// One connection that the server closes first: its end stays in TIME_WAIT.
fn serve_once(listener: &TcpListener) -> io::Result<()> {
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (connected, _) = listener.accept()?;
    drop(connected);
    let length = client.read(&mut [0; 10])?;
    println!("server 1: close(connected)");
    println!("client: read() → {length}, close()");
    Ok(())
}

fn experiment(first: bool, second: bool) -> io::Result<()> {
    let any_port: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    let listener = listen(any_port, first)?;
    let address = listener.local_addr()?;
    let mut ports = Ports::new();
    ports.name("P", address);
    println!("server 1: SO_REUSEADDR {}, bind(), listen() → {}", u8::from(first), ports.show(address));
    serve_once(&listener)?;
    drop(listener);
    println!("server 1: close(listening)");

    let again = listen(address, second).and_then(|listener| listener.local_addr());
    let again = outcome(&again.map(|address| ports.show(address)));
    println!("server 2: SO_REUSEADDR {}, bind(), listen() → {again}", u8::from(second));
    Ok(())
}

fn main() -> io::Result<()> {
    experiment(false, false)?;
    println!();
    experiment(false, true)?;
    println!();
    experiment(true, true)
}
// ANCHOR_END: program
