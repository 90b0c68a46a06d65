//! Built differently: socket2 for everything, in a map by number; a number that
//! stays open besides, and a thread that opens the sockets.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr};
use std::os::fd::{AsRawFd, OwnedFd};
use std::thread;

use socket2::{Domain, Protocol, Socket, Type};

type Open = BTreeMap<i32, Socket>;

fn main() -> io::Result<()> {
    // A log, as a real program may have one.
    let _log = File::open("/dev/null")?;
    let mut open = Open::new();
    for line in io::stdin().lock().split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        let words: Vec<&str> = line.split_whitespace().collect();
        let answer = match &words[..] {
            [order @ ("udp" | "pair" | "socket"), rest @ ..] => made(order, rest, &mut open),
            [order, number, rest @ ..] => done(order, number, rest, &mut open),
            _ => None,
        };
        match answer {
            Some(Ok(answer)) => println!("{answer}"),
            Some(Err(error)) => println!("{}", reason(&error)),
            None => println!("error: what is {line:?}?"),
        }
    }
    Ok(())
}

fn made(order: &str, rest: &[&str], open: &mut Open) -> Option<io::Result<String>> {
    let wanted = match (order, rest) {
        ("udp", []) => Wanted::Udp,
        ("pair", []) => Wanted::Pair,
        ("socket", [family, kind, protocol @ ..]) if protocol.len() < 2 => {
            Wanted::Kind(family_of(family)?, kind_of(kind)?, protocol_of(protocol)?)
        }
        _ => return None,
    };
    // Whose thread it was, no descriptor remembers.
    let made = thread::spawn(move || wanted.make()).join().expect("no call panics");
    Some(made.map(|sockets| {
        let numbers: Vec<String> = sockets.iter().map(|socket| socket.as_raw_fd().to_string()).collect();
        open.extend(sockets.into_iter().map(|socket| (socket.as_raw_fd(), socket)));
        numbers.join(" ")
    }))
}

enum Wanted {
    Udp,
    Pair,
    Kind(Domain, Type, Option<Protocol>),
}

impl Wanted {
    fn make(self) -> io::Result<Vec<Socket>> {
        Ok(match self {
            Wanted::Udp => {
                let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
                socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
                vec![socket]
            }
            Wanted::Pair => {
                let (left, right) = Socket::pair(Domain::UNIX, Type::STREAM.nonblocking(), None)?;
                vec![left, right]
            }
            Wanted::Kind(family, kind, protocol) => vec![Socket::new(family, kind, protocol)?],
        })
    }
}

fn done(order: &str, number: &str, rest: &[&str], open: &mut Open) -> Option<io::Result<String>> {
    let number = number.parse().ok()?;
    if !open.contains_key(&number) {
        return Some(Ok(format!("error: {number} is not open")));
    }
    let socket = &open[&number];
    Some(match (order, rest) {
        ("close", []) => {
            drop(open.remove(&number));
            Ok(format!("closed {number}"))
        }
        ("kind", []) => kind(socket),
        ("read", []) => read(socket),
        ("write", [text]) => (&*socket).write(text.as_bytes()).map(|n| n.to_string()),
        ("seek", []) => seek(socket),
        ("copy", []) => socket.try_clone().map(|copy| {
            let number = copy.as_raw_fd();
            open.insert(number, copy);
            number.to_string()
        }),
        ("shutdown", []) => socket.shutdown(Shutdown::Write).map(|()| "done".to_string()),
        _ => return None,
    })
}

fn read(mut socket: &Socket) -> io::Result<String> {
    let mut text = vec![0; 100];
    let n = socket.read(&mut text)?;
    text.truncate(n);
    Ok(if n == 0 { "end".into() } else { String::from_utf8_lossy(&text).into_owned() })
}

fn seek(socket: &Socket) -> io::Result<String> {
    // A number of its own for the moment that it takes.
    let mut file = File::from(OwnedFd::from(socket.try_clone()?));
    file.seek(SeekFrom::Start(0)).map(|at| at.to_string())
}

fn kind(socket: &Socket) -> io::Result<String> {
    let family = match socket.domain()? {
        Domain::IPV4 => "AF_INET",
        Domain::IPV6 => "AF_INET6",
        _ => "AF_UNIX",
    };
    let kind = match socket.r#type()? {
        Type::STREAM => "SOCK_STREAM",
        Type::DGRAM => "SOCK_DGRAM",
        _ => "SOCK_SEQPACKET",
    };
    Ok(format!("{family} {kind} {}", socket.protocol()?.map_or(0, i32::from)))
}

fn family_of(word: &str) -> Option<Domain> {
    Some(match word {
        "inet" => Domain::IPV4,
        "inet6" => Domain::IPV6,
        "unix" => Domain::UNIX,
        _ => return None,
    })
}

fn kind_of(word: &str) -> Option<Type> {
    Some(match word {
        "stream" => Type::STREAM,
        "dgram" => Type::DGRAM,
        "seqpacket" => Type::SEQPACKET,
        _ => return None,
    })
}

fn protocol_of(words: &[&str]) -> Option<Option<Protocol>> {
    Some(match words {
        [] => None,
        ["tcp"] => Some(Protocol::TCP),
        ["udp"] => Some(Protocol::UDP),
        _ => return None,
    })
}

fn reason(error: &io::Error) -> String {
    const NAMES: [(i32, &str); 5] = [
        (libc::EAGAIN, "EAGAIN"),
        (libc::EMFILE, "EMFILE"),
        (libc::EPIPE, "EPIPE"),
        (libc::EPROTONOSUPPORT, "EPROTONOSUPPORT"),
        (libc::ESPIPE, "ESPIPE"),
    ];
    let known = NAMES.iter().find(|(number, _)| error.raw_os_error() == Some(*number));
    known.map_or_else(|| format!("error: {error}"), |(_, name)| name.to_string())
}
