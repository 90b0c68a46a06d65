//! Misconception: a number fits into 32 bits.
//! Caught by: goes_on_after_nonsense

use std::io::{self, BufRead};
use std::net::SocketAddr;
use std::thread;

use socket2::{Domain, Socket, Type};

/// What has been opened: number 1 is the first. `None` has been closed.
type Owners = Vec<Option<Socket>>;

/// A socket of this kind at `addr`. A TCP socket listens. `shared`: others may
/// have just the same address and port, if they say so, too.
fn open(kind: Type, addr: SocketAddr, shared: bool) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(addr), kind, None)?;
    // Before bind, which is where the kernel looks at it.
    socket.set_reuse_port(shared)?;
    socket.bind(&addr.into())?;
    if kind == Type::STREAM {
        socket.listen(128)?;
    }
    Ok(socket)
}

/// The address and port that the socket really has.
fn address(socket: &Socket) -> io::Result<SocketAddr> {
    socket.local_addr()?.as_socket().ok_or_else(|| io::ErrorKind::Unsupported.into())
}

/// `EADDRINUSE`, `EADDRNOTAVAIL`, or for any other error what it says itself.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "EADDRINUSE".to_string(),
        io::ErrorKind::AddrNotAvailable => "EADDRNOTAVAIL".to_string(),
        _ => error.to_string(),
    }
}

/// One more descriptor of the same socket.
fn copy(socket: &Socket) -> io::Result<Socket> {
    socket.try_clone()
}

/// The owner with this number, if there is one.
fn find(owners: &Owners, number: usize) -> Option<&Socket> {
    owners.get((number as u32).wrapping_sub(1) as usize)?.as_ref()
}

/// Gives up the owner with this number; whether there was one.
fn close(owners: &mut Owners, number: usize) -> bool {
    number.checked_sub(1).and_then(|at| owners.get_mut(at)?.take()).is_some()
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
