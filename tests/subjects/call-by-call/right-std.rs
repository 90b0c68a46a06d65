//! Built differently: the standard library makes every call for which it has a method, with SO_REUSEADDR and a backlog
//! of 128.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Write};
use std::mem::ManuallyDrop;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsRawFd, FromRawFd, RawFd};

use socket2::{Domain, SockRef, Socket, Type};

fn listen(at: SocketAddr) -> io::Result<Socket> {
    Ok(TcpListener::bind(at)?.into())
}

fn names(socket: &Socket) -> io::Result<(SocketAddr, Option<SocketAddr>)> {
    let own = SockRef::from(socket);
    let local = own.local_addr()?.as_socket().expect("an address of IPv4 or IPv6");
    Ok((local, own.peer_addr().ok().and_then(|peer| peer.as_socket())))
}

fn connect(to: SocketAddr, from: Option<SocketAddr>) -> io::Result<Socket> {
    let Some(from) = from else { return Ok(TcpStream::connect(to)?.into()) };
    let socket = Socket::new(Domain::for_address(from), Type::STREAM, None)?;
    socket.bind(&from.into())?;
    socket.connect(&to.into()).map(|()| socket)
}

/// A listener that closes nothing: the number is somebody else's.
fn accept(listening: &Socket) -> io::Result<Socket> {
    // SAFETY: the descriptor is open as long as `listening` is borrowed, and is
    // not closed here.
    let listener = ManuallyDrop::new(unsafe { TcpListener::from_raw_fd(listening.as_raw_fd()) });
    Ok(listener.accept()?.0.into())
}

fn send(mut socket: &Socket, bytes: &[u8]) -> io::Result<usize> {
    socket.write(bytes)
}

fn receive(socket: &Socket) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; 1024];
    let mut socket = socket;
    let count = socket.read(&mut bytes)?;
    bytes.truncate(count);
    Ok(bytes)
}

fn shutdown(socket: &Socket) -> io::Result<()> {
    SockRef::from(socket).shutdown(Shutdown::Write)
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
