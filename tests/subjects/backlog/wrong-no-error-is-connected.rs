//! Misconception: who has slept for a while and found no error in SO_ERROR is connected. In SYN-SENT there is no error either.
//! Caught by: counts_who_is_connected

use std::io::{self, BufRead as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// Enough for any handshake on this machine.
const A_WHILE: Duration = Duration::from_millis(50);
/// More than any backlog that we are asked for.
const MANY: usize = 16;

fn main() -> io::Result<()> {
    let backlog = std::env::args().nth(1).expect("a backlog, such as 4");
    let listener = listen(backlog.parse().expect("a number"))?;
    let server = listener.local_addr()?;
    println!("listening on {server}");

    let mut clients = Vec::new();
    let mut accepted = Vec::new();
    for line in io::stdin().lock().split(b'\n') {
        match &line?[..] {
            b"fill" => println!("{}", fill(server, &mut clients)?),
            b"accept" => {
                accepted.push(listener.accept()?.0);
                println!("accepted");
            }
            other => eprintln!("fill or accept, not {:?}", String::from_utf8_lossy(other)),
        }
    }
    Ok(())
}

/// A listening socket with this backlog, on any free port of 127.0.0.1.
fn listen(backlog: i32) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    socket.listen(backlog)?;
    Ok(socket.into())
}

/// Has many clients connect to `server`, waits, and counts those without an error.
fn fill(server: SocketAddr, clients: &mut Vec<TcpStream>) -> io::Result<usize> {
    let before = clients.len();
    let mut tried = Vec::new();
    for _ in 0..MANY {
        let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        client.set_nonblocking(true)?;
        // It returns EINPROGRESS, as it should.
        let _in_progress = client.connect(&server.into());
        tried.push(client);
    }
    std::thread::sleep(A_WHILE);
    for client in tried {
        if client.take_error()?.is_none() {
            clients.push(client.into());
        }
    }
    Ok(clients.len() - before)
}
