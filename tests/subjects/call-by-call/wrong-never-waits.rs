//! Misconception: a server must never wait, so what it accepts does not block.
//! Caught by: receives_bytes_as_they_are

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};
use std::net::{Shutdown, SocketAddr};
use std::os::fd::{AsRawFd, RawFd};

use socket2::{Domain, SockAddr, Socket, Type};

/// A socket that listens at this address.
fn listen(at: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(at), Type::STREAM, None)?;
    // So that it can be started again at once.
    socket.set_reuse_address(true)?;
    socket.bind(&at.into())?;
    socket.listen(16)?;
    Ok(socket)
}

/// The socket's own address, and that of the other side if it is connected.
fn names(socket: &Socket) -> io::Result<(SocketAddr, Option<SocketAddr>)> {
    let local = socket.local_addr()?.as_socket().ok_or(io::ErrorKind::Unsupported)?;
    // Who listens has no other side: ENOTCONN.
    let peer = socket.peer_addr().ok().as_ref().and_then(SockAddr::as_socket);
    Ok((local, peer))
}

/// A socket that is connected to `to`; from the address `from`, if one is given.
fn connect(to: SocketAddr, from: Option<SocketAddr>) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(to), Type::STREAM, None)?;
    if let Some(from) = from {
        socket.bind(&from.into())?;
    }
    socket.connect(&to.into())?;
    Ok(socket)
}

/// The next connection in the queue of `listening`; waits if there is none.
fn accept(listening: &Socket) -> io::Result<Socket> {
    let s = listening.accept()?.0;
    s.set_nonblocking(true)?;
    Ok(s)
}

/// Hands the bytes to the kernel; says how many it has taken.
fn send(socket: &Socket, bytes: &[u8]) -> io::Result<usize> {
    socket.send(bytes)
}

/// What has come, at most 1024 bytes of it; waits if there is nothing. Empty at
/// the end of the stream.
fn receive(mut socket: &Socket) -> io::Result<Vec<u8>> {
    let mut buffer = [0; 1024];
    let count = socket.read(&mut buffer)?;
    Ok(buffer[..count].to_vec())
}

/// Says "no more will come from me", and goes on listening.
fn shutdown(socket: &Socket) -> io::Result<()> {
    socket.shutdown(Shutdown::Write)
}

/// What is open, by the numbers of the kernel.
type Open = BTreeMap<RawFd, Socket>;

fn main() -> io::Result<()> {
    let mut open = Open::new();
    for line in io::stdin().lock().split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        let answer = match understand(&line) {
            Some(order) => carry_out(order, &mut open),
            None => Err(io::Error::other(format!("no order: {line:?}"))),
        };
        println!("{}", answer.unwrap_or_else(|error| name_of(&error)));
    }
    Ok(())
}

enum Order {
    Listen(SocketAddr),
    Connect(SocketAddr, Option<SocketAddr>),
    Accept(RawFd),
    Names(RawFd),
    Send(RawFd, String),
    Receive(RawFd),
    Shutdown(RawFd),
    Close(RawFd),
}

fn understand(line: &str) -> Option<Order> {
    let words: Vec<&str> = line.splitn(3, ' ').collect();
    Some(match words[..] {
        ["listen", at] => Order::Listen(at.parse().ok()?),
        ["connect", to] => Order::Connect(to.parse().ok()?, None),
        ["connect", to, from] => Order::Connect(to.parse().ok()?, Some(from.strip_prefix("from ")?.parse().ok()?)),
        ["accept", number] => Order::Accept(number.parse().ok()?),
        ["names", number] => Order::Names(number.parse().ok()?),
        ["send", number, text] => Order::Send(number.parse().ok()?, text.to_string()),
        ["receive", number] => Order::Receive(number.parse().ok()?),
        ["shutdown", number] => Order::Shutdown(number.parse().ok()?),
        ["close", number] => Order::Close(number.parse().ok()?),
        _ => return None,
    })
}

fn carry_out(order: Order, open: &mut Open) -> io::Result<String> {
    let made = match order {
        Order::Listen(at) => listen(at)?,
        Order::Connect(to, from) => connect(to, from)?,
        Order::Accept(number) => accept(find(open, number)?)?,
        Order::Names(number) => return ends(find(open, number)?),
        Order::Send(number, text) => {
            return Ok(format!("sent {}", send(find(open, number)?, text.as_bytes())?));
        }
        Order::Receive(number) => {
            let bytes = receive(find(open, number)?)?;
            return Ok(if bytes.is_empty() { "end".into() } else { format!("received {}", bytes.escape_ascii()) });
        }
        Order::Shutdown(number) => {
            shutdown(find(open, number)?)?;
            return Ok(format!("shut {number}"));
        }
        Order::Close(number) => {
            find(open, number)?;
            open.remove(&number);
            return Ok(format!("closed {number}"));
        }
    };
    let number = made.as_raw_fd();
    let answer = format!("{number} {}", ends(&made)?);
    open.insert(number, made);
    Ok(answer)
}

fn find(open: &Open, number: RawFd) -> io::Result<&Socket> {
    open.get(&number).ok_or_else(|| io::Error::other(format!("there is no {number}")))
}

fn ends(socket: &Socket) -> io::Result<String> {
    Ok(match names(socket)? {
        (local, Some(peer)) => format!("{local} -> {peer}"),
        (local, None) => local.to_string(),
    })
}

/// The name of an error as the manual pages have it.
fn name_of(error: &io::Error) -> String {
    const NAMES: &[(i32, &str)] = &[
        (libc::EADDRINUSE, "EADDRINUSE"),
        (libc::EADDRNOTAVAIL, "EADDRNOTAVAIL"),
        (libc::ECONNREFUSED, "ECONNREFUSED"),
        (libc::ECONNRESET, "ECONNRESET"),
        (libc::EINVAL, "EINVAL"),
        (libc::EMFILE, "EMFILE"),
        (libc::ENOTCONN, "ENOTCONN"),
        (libc::EPIPE, "EPIPE"),
    ];
    let name = NAMES.iter().find(|(number, _)| Some(*number) == error.raw_os_error());
    name.map_or_else(|| format!("error: {error}"), |(_, name)| (*name).to_string())
}
