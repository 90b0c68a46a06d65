//! Misconception: what is written in one call needs an end of its own.
//! Caught by: reads_what_one_read_brings

use std::fs::File;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::net::{Shutdown, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use socket2::{Domain, Protocol, SockRef, Socket, Type};

/// What this program has open. A `File` of Rust holds a number and nothing
/// else, whatever that number stands for, and closes it when it is dropped.
type Open = Vec<File>;

/// A UDP socket on 127.0.0.1, with any port.
fn udp() -> io::Result<File> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    Ok(File::from(OwnedFd::from(socket)))
}

/// The number by which this program holds it.
fn number(held: &File) -> RawFd {
    held.as_raw_fd()
}

/// Closes this number; whether it was one of ours.
fn close(open: &mut Open, wanted: RawFd) -> bool {
    match open.iter().position(|held| number(held) == wanted) {
        // Out of the list, and dropped.
        Some(at) => {
            open.remove(at);
            true
        }
        None => false,
    }
}

/// A socket of this family, type and protocol. `None`: the usual protocol.
fn socket(family: Domain, kind: Type, protocol: Option<Protocol>) -> io::Result<File> {
    Ok(File::from(OwnedFd::from(Socket::new(family, kind, protocol)?)))
}

/// Family, type and protocol of the socket, as the kernel has them.
fn kind(held: &File) -> io::Result<(Domain, Type, Option<Protocol>)> {
    let socket = SockRef::from(held);
    Ok((socket.domain()?, socket.r#type()?, socket.protocol()?))
}

/// Two sockets of this machine, connected to each other. Set both to
/// non-blocking: to read when nothing is there is EAGAIN then, and not a wait.
fn pair() -> io::Result<(File, File)> {
    let (left, right) = UnixStream::pair()?;
    left.set_nonblocking(true)?;
    right.set_nonblocking(true)?;
    Ok((File::from(OwnedFd::from(left)), File::from(OwnedFd::from(right))))
}

/// Writes this text in one call; how many bytes were taken.
fn write(held: &File, text: &str) -> io::Result<usize> {
    let mut file = held;
    Ok(file.write(format!("{text}\n").as_bytes())? - 1)
}

/// The text that one read brings, at most 100 bytes: what is more is for the
/// next read. `end` if no more will ever come (stage 5).
fn read(held: &File) -> io::Result<String> {
    let mut file = held;
    let mut buffer = [0; 100];
    match file.read(&mut buffer)? {
        0 => Ok("end".to_string()),
        n => Ok(String::from_utf8_lossy(&buffer[..n]).trim_end().to_string()),
    }
}

/// Goes back to the beginning, as one can in a file; the new position.
fn seek(held: &File) -> io::Result<u64> {
    let mut file = held;
    file.seek(SeekFrom::Start(0))
}

/// One more number for the same socket.
fn copy(held: &File) -> io::Result<File> {
    held.try_clone()
}

/// Says that nothing more will be written to this socket, and closes nothing.
fn shutdown(held: &File) -> io::Result<()> {
    SockRef::from(held).shutdown(Shutdown::Write)
}

fn main() -> io::Result<()> {
    let mut open = Open::new();
    for line in io::stdin().lock().split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        println!("{}", answer(&line, &mut open).unwrap_or_else(|| format!("error: no order: {line:?}")));
    }
    Ok(())
}

/// `None`: this is no order.
fn answer(line: &str, open: &mut Open) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["udp"] => Some(opened(udp(), open)),
        ["pair"] => Some(opened_both(pair(), open)),
        ["socket", family, kind] => opened_as(family, kind, None, open),
        ["socket", family, kind, protocol] => opened_as(family, kind, Some(protocol), open),
        [order, number, ref text @ ..] => carry_out(order, number.parse().ok()?, text, open),
        _ => None,
    }
}

/// An order that has to do with the number `wanted`.
fn carry_out(order: &str, wanted: RawFd, text: &[&str], open: &mut Open) -> Option<String> {
    let none = format!("error: there is no {wanted}");
    if let ("close", []) = (order, text) {
        return Some(if close(open, wanted) { format!("closed {wanted}") } else { none });
    }
    let Some(held) = open.iter().find(|held| number(held) == wanted) else { return Some(none) };
    match (order, text) {
        ("kind", []) => Some(told(kind(held).map(spelled))),
        ("write", [text]) => Some(told(write(held, text))),
        ("read", []) => Some(told(read(held))),
        ("seek", []) => Some(told(seek(held))),
        ("shutdown", []) => Some(told(shutdown(held).map(|()| "done"))),
        ("copy", []) => Some(opened(copy(held), open)),
        _ => None,
    }
}

fn told(result: io::Result<impl ToString>) -> String {
    result.map_or_else(|error| name_of(&error), |what| what.to_string())
}

/// Keeps what was opened; its number.
fn opened(result: io::Result<File>, open: &mut Open) -> String {
    told(result.map(|file| {
        open.push(file);
        number(&open[open.len() - 1])
    }))
}

fn opened_both(result: io::Result<(File, File)>, open: &mut Open) -> String {
    match result {
        Ok((one, other)) => format!("{} {}", opened(Ok(one), open), opened(Ok(other), open)),
        Err(error) => name_of(&error),
    }
}

/// In an order, in an answer, and in socket2.
const FAMILIES: [(&str, &str, Domain); 3] =
    [("inet", "AF_INET", Domain::IPV4), ("inet6", "AF_INET6", Domain::IPV6), ("unix", "AF_UNIX", Domain::UNIX)];
const TYPES: [(&str, &str, Type); 3] = [
    ("stream", "SOCK_STREAM", Type::STREAM),
    ("dgram", "SOCK_DGRAM", Type::DGRAM),
    ("seqpacket", "SOCK_SEQPACKET", Type::SEQPACKET),
];
const PROTOCOLS: [(&str, Protocol); 2] = [("tcp", Protocol::TCP), ("udp", Protocol::UDP)];

/// `None` if one of the words means nothing.
fn opened_as(family: &str, kind: &str, protocol: Option<&str>, open: &mut Open) -> Option<String> {
    let family = FAMILIES.iter().find(|known| known.0 == family)?.2;
    let kind = TYPES.iter().find(|known| known.0 == kind)?.2;
    let protocol = match protocol {
        Some(word) => Some(PROTOCOLS.iter().find(|known| known.0 == word)?.1),
        None => None,
    };
    Some(opened(socket(family, kind, protocol), open))
}

fn spelled((family, kind, protocol): (Domain, Type, Option<Protocol>)) -> String {
    let family = FAMILIES.iter().find(|known| known.2 == family).map_or("AF_?", |known| known.1);
    let kind = TYPES.iter().find(|known| known.2 == kind).map_or("SOCK_?", |known| known.1);
    format!("{family} {kind} {}", protocol.map_or(0, i32::from))
}

/// The name of an error, as the manual pages have it.
fn name_of(error: &io::Error) -> String {
    let name = match error.raw_os_error() {
        Some(libc::EAGAIN) => "EAGAIN",
        Some(libc::EMFILE) => "EMFILE",
        Some(libc::EPIPE) => "EPIPE",
        Some(libc::EPROTONOSUPPORT) => "EPROTONOSUPPORT",
        Some(libc::ESPIPE) => "ESPIPE",
        _ => return format!("error: {error}"),
    };
    name.to_string()
}
