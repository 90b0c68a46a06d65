//! Built differently: descriptors and error numbers by hand, SO_REUSEADDR set as std does it, a backlog of 1.

use std::io::{self, BufRead};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsFd, OwnedFd};
use std::thread;

use socket2::{Domain, SockAddr, Socket, Type};

/// What has been opened: number 1 is the first. `None` has been closed.
type Owners = Vec<Option<Socket>>;

/// A socket of this kind at `addr`. A TCP socket listens. `shared`: others may
/// have just the same address and port, if they say so, too.
fn open(kind: Type, addr: SocketAddr, shared: bool) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(addr), kind, None)?;
    let is_tcp = kind == Type::STREAM;
    // As std's own TcpListener has it: no second listener gets in by that.
    socket.set_reuse_address(is_tcp)?;
    if shared {
        socket.set_reuse_port(true)?;
    }
    socket.bind(&SockAddr::from(addr))?;
    if is_tcp { socket.listen(1).map(|()| socket) } else { Ok(socket) }
}

/// The address and port that the socket really has.
fn address(socket: &Socket) -> io::Result<SocketAddr> {
    // std asks the same question of any socket.
    let copy: UdpSocket = socket.try_clone()?.into();
    copy.local_addr()
}

/// `EADDRINUSE`, `EADDRNOTAVAIL`, or for any other error what it says itself.
fn reason(error: &io::Error) -> String {
    // asm-generic/errno.h
    match error.raw_os_error() {
        Some(98) => "EADDRINUSE".into(),
        Some(99) => "EADDRNOTAVAIL".into(),
        _ => format!("error: {error}"),
    }
}

/// One more descriptor of the same socket.
fn copy(socket: &Socket) -> io::Result<Socket> {
    Ok(socket.as_fd().try_clone_to_owned()?.into())
}

/// The owner with this number, if there is one.
fn find(owners: &Owners, number: usize) -> Option<&Socket> {
    (1..).zip(owners).find(|(n, _)| *n == number)?.1.as_ref()
}

/// Gives up the owner with this number; whether there was one.
fn close(owners: &mut Owners, number: usize) -> bool {
    let Some(socket) = (1..).zip(owners).find(|(n, _)| *n == number).and_then(|(_, socket)| socket.take()) else {
        return false;
    };
    drop(OwnedFd::from(socket));
    true
}

fn main() -> io::Result<()> {
    let mut owners = Owners::new();
    for line in io::stdin().lock().split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        match understand(&line) {
            Some(order) => println!("{}", carry_out(order, &mut owners)),
            None => println!("error: no order: {line:?}"),
        }
    }
    // Who holds a socket holds its port.
    loop {
        thread::park();
    }
}

enum Order {
    Open(Type, SocketAddr, bool),
    Copy(usize),
    Close(usize),
}

fn understand(line: &str) -> Option<Order> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["tcp", addr] => Some(Order::Open(Type::STREAM, addr.parse().ok()?, false)),
        ["udp", addr] => Some(Order::Open(Type::DGRAM, addr.parse().ok()?, false)),
        ["tcp", addr, "shared"] => Some(Order::Open(Type::STREAM, addr.parse().ok()?, true)),
        ["udp", addr, "shared"] => Some(Order::Open(Type::DGRAM, addr.parse().ok()?, true)),
        ["copy", number] => Some(Order::Copy(number.parse().ok()?)),
        ["close", number] => Some(Order::Close(number.parse().ok()?)),
        _ => None,
    }
}

fn carry_out(order: Order, owners: &mut Owners) -> String {
    let opened = match order {
        Order::Open(kind, addr, shared) => open(kind, addr, shared),
        Order::Copy(number) => match find(owners, number) {
            Some(socket) => copy(socket),
            None => return format!("error: there is no {number}"),
        },
        Order::Close(number) if close(owners, number) => return format!("closed {number}"),
        Order::Close(number) => return format!("error: there is no {number}"),
    };
    match opened.and_then(|socket| Ok((address(&socket)?, socket))) {
        Ok((addr, socket)) => {
            owners.push(Some(socket));
            format!("{} {addr}", owners.len())
        }
        Err(error) => reason(&error),
    }
}
