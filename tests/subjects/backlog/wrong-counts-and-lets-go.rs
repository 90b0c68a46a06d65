//! Misconception: who has been counted is not needed any more.
//! Caught by: counts_who_is_connected

use std::io::{self, BufRead as _, ErrorKind};
use std::net::{SocketAddr, TcpListener, TcpStream};
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
    let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = Socket::new(Domain::for_address(any_port), Type::STREAM, None)?;
    listener.bind(&any_port.into())?;
    // As it is: what to make of a 0 or of too much is the kernel's business.
    listener.listen(backlog)?;
    Ok(listener.into())
}

/// Connects to `server` until no further client gets in, and keeps those who
/// did in `clients`. Says how many they were this time.
fn fill(server: SocketAddr, _clients: &mut Vec<TcpStream>) -> io::Result<usize> {
    let mut mine = Vec::new();
    loop {
        match TcpStream::connect_timeout(&server, SILENCE) {
            Ok(c) => mine.push(c),
            Err(error) if error.kind() == ErrorKind::TimedOut => return Ok(mine.len()),
            Err(e) => return Err(e),
        }
    }
}
