//! Misconception: a queue of 0 would let nobody in, so it has to be 1 at least.
//! Caught by: listens_with_the_backlog_it_is_given

use std::io::{self, BufRead as _, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// Longer than a trip there and back, shorter than the second after which a
/// SYN is sent again.
const SILENCE: Duration = Duration::from_millis(200);

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
    socket.listen(backlog.max(1))?;
    Ok(socket.into())
}

/// Connects to `server` until no further client gets in, and keeps those who
/// did in `clients`. Says how many they were this time.
fn fill(server: SocketAddr, clients: &mut Vec<TcpStream>) -> io::Result<usize> {
    let before = clients.len();
    loop {
        match TcpStream::connect_timeout(&server, SILENCE) {
            Ok(client) => clients.push(client),
            Err(error) if error.kind() == ErrorKind::TimedOut => return Ok(clients.len() - before),
            Err(error) => return Err(error),
        }
    }
}
