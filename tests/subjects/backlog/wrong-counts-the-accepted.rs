//! Misconception: the backlog is the number of clients: who has been accepted takes a place.
//! Caught by: makes_room_by_accepting

use std::io::{self, BufRead as _, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// Longer than a trip there and back, shorter than the second after which a
/// SYN is sent again.
const SILENCE: Duration = Duration::from_millis(200);

fn main() -> io::Result<()> {
    let backlog = std::env::args().nth(1).expect("a backlog, such as 4");
    let backlog: i32 = backlog.parse().expect("a number");
    let most = backlog as usize + 1;
    let listener = listen(backlog)?;
    let server = listener.local_addr()?;
    println!("listening on {server}");

    let mut clients = Vec::new();
    let mut accepted = Vec::new();
    for line in io::stdin().lock().split(b'\n') {
        match &line?[..] {
            b"fill" => println!("{}", fill(server, most, &mut clients)?),
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

/// Connects to `server` until no further client gets in or it has `most`
/// clients. Says how many got in this time.
fn fill(server: SocketAddr, most: usize, clients: &mut Vec<TcpStream>) -> io::Result<usize> {
    let before = clients.len();
    while clients.len() < most {
        match TcpStream::connect_timeout(&server, SILENCE) {
            Ok(client) => clients.push(client),
            Err(error) if error.kind() == ErrorKind::TimedOut => break,
            Err(error) => return Err(error),
        }
    }
    Ok(clients.len() - before)
}
