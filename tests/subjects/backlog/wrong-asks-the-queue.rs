//! Misconception: whoever waits in the queue has been counted by me. Others may be waiting in it, too.
//! Caught by: counts_what_gets_in_not_what_should

use std::io::{self, BufRead as _, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
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
            b"fill" => println!("{}", fill(server, &listener, &mut clients)?),
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

/// Connects to `server` until no further client gets in. Says how many wait in
/// the queue then: TCP_INFO of a listening socket has it where a connection has
/// its segments without an acknowledgment.
fn fill(server: SocketAddr, listener: &TcpListener, clients: &mut Vec<TcpStream>) -> io::Result<u32> {
    loop {
        match TcpStream::connect_timeout(&server, SILENCE) {
            Ok(client) => clients.push(client),
            Err(error) if error.kind() == ErrorKind::TimedOut => return waiting(listener),
            Err(error) => return Err(error),
        }
    }
}

fn waiting(listener: &TcpListener) -> io::Result<u32> {
    // SAFETY: numbers only, for which zeros are good.
    let mut info: libc::tcp_info = unsafe { std::mem::zeroed() };
    let mut len = size_of::<libc::tcp_info>() as libc::socklen_t;
    let to = std::ptr::from_mut(&mut info).cast();
    // SAFETY: `to` points to `len` bytes of ours.
    let done = unsafe { libc::getsockopt(listener.as_raw_fd(), libc::IPPROTO_TCP, libc::TCP_INFO, to, &mut len) };
    if done == 0 { Ok(info.tcpi_unacked) } else { Err(io::Error::last_os_error()) }
}
