//! Built differently: `poll` by hand, and only `getpeername` is asked who is connected; one vector holds both ends.

use std::io::{self, BufRead as _, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::AsRawFd;

use socket2::{Domain, SockAddr, Socket, Type};

fn main() -> io::Result<()> {
    let backlog = std::env::args().nth(1).expect("a backlog, such as 4");
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    listener.listen(backlog.parse().expect("a number"))?;
    let server = listener.local_addr()?;
    println!("listening on {}", server.as_socket().expect("an address of IPv4"));

    let mut held = Vec::new();
    let mut line = Vec::new();
    while io::stdin().lock().read_until(b'\n', &mut line)? > 0 {
        if line == b"fill\n" {
            let mut inside = 0;
            while let Some(client) = enter(&server)? {
                held.push(client);
                inside += 1;
            }
            println!("{inside}");
        } else if line == b"accept\n" {
            held.push(listener.accept()?.0);
            println!("accepted");
        }
        line.clear();
    }
    Ok(())
}

/// A client of `server`, if there was a place for it.
fn enter(server: &SockAddr) -> io::Result<Option<Socket>> {
    let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    client.set_nonblocking(true)?;
    match client.connect(server) {
        Err(error) if error.raw_os_error() != Some(libc::EINPROGRESS) => return Err(error),
        _ => {}
    }
    let mut watched = libc::pollfd { fd: client.as_raw_fd(), events: libc::POLLOUT, revents: 0 };
    // SAFETY: one pollfd, alive during the call.
    if unsafe { libc::poll(&mut watched, 1, 300) } < 0 {
        return Err(io::Error::last_os_error());
    }
    match client.peer_addr() {
        Ok(_) => Ok(Some(client)),
        Err(error) if error.kind() == ErrorKind::NotConnected => Ok(None),
        Err(error) => Err(error),
    }
}
