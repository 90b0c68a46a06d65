//! Two clients knock at a backlog of 0. Which of them is connected, and which
//! question to the kernel shows it?

// ANCHOR: program
use std::io;
use std::time::Duration;

use listings::{outcome, wait_writable};
use socket2::{Domain, SockAddr, Socket, Type};

fn knock(server: &SockAddr) -> io::Result<Socket> {
    let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    client.set_nonblocking(true)?;
    println!("connect() → {}", outcome(&client.connect(server).map(|()| 0)));
    let is_writable = wait_writable(&client, Duration::from_millis(200))?;
    println!("  writable: {}", if is_writable { "yes" } else { "no, for 200 ms" });
    println!("  SO_ERROR: {:?}", client.take_error()?);
    println!("  getpeername() → {}", outcome(&client.peer_addr().map(|_| "the server")));
    Ok(client)
}

fn main() -> io::Result<()> {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    listener.bind(&"127.0.0.1:0".parse::<std::net::SocketAddr>().expect("an address").into())?;
    listener.listen(0)?;
    let server = listener.local_addr()?;

    let _first = knock(&server)?;
    let _second = knock(&server)?;
    Ok(())
}
// ANCHOR_END: program
