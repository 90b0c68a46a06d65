//! Clients that do not bind, and the ports that the kernel chooses for them.
//! Linux only: runs in a private network, as an ordinary user.

// ANCHOR: program
use std::collections::BTreeSet;
use std::io;
use std::net::{SocketAddr, TcpStream};

use listings::{private_network, set_private};
use socket2::{Domain, Socket, Type};

const CALLS: usize = 200;

/// A listening socket with room for all who call; nobody accepts them.
fn server() -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())?;
    socket.listen(CALLS as i32)?;
    Ok(socket)
}

/// Connections to `server`, without a bind, and their local ports.
fn call(server: &Socket) -> io::Result<(Vec<TcpStream>, BTreeSet<u16>)> {
    let address = server.local_addr()?.as_socket().ok_or(io::ErrorKind::InvalidData)?;
    let calls: Vec<TcpStream> = (0..CALLS).map(|_| TcpStream::connect(address)).collect::<Result<_, _>>()?;
    let ports = calls.iter().map(|call| Ok(call.local_addr()?.port())).collect::<io::Result<_>>()?;
    Ok((calls, ports))
}

fn main() -> io::Result<()> {
    private_network::enter_or_exit();
    // A thousand ports to choose from.
    set_private("net/ipv4/ip_local_port_range", "40000 40999");
    let (one, two) = (server()?, server()?);

    let (_calls, first) = call(&one)?;
    println!("{CALLS} calls to one server: {} local ports", first.len());
    let (_more, second) = call(&two)?;
    println!("{CALLS} calls to another:    {} local ports", second.len());

    let both = first.intersection(&second).count();
    let free = 1000 - first.union(&second).count();
    assert!(0 < both && CALLS * 2 < free, "{both} in common, {free} free");
    println!("ports in use for both: n, n > 0, with more than {} free", CALLS * 2);
    Ok(())
}
// ANCHOR_END: program
