//! Built differently: as in C, by numbers alone and the calls of libc; what is
//! open stands in a list of numbers.

use std::io::{self, BufRead};
use std::net::Ipv4Addr;

use libc::{c_int, c_void, socklen_t};

/// The result of a call, or its error.
fn done(result: isize) -> io::Result<isize> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn socket(family: c_int, kind: c_int, protocol: c_int) -> io::Result<c_int> {
    // SAFETY: integers in, an integer out.
    done(unsafe { libc::socket(family, kind, protocol) } as isize).map(|number| number as c_int)
}

fn udp() -> io::Result<c_int> {
    let number = socket(libc::AF_INET, libc::SOCK_DGRAM, 0)?;
    let addr = libc::sockaddr_in {
        sin_family: libc::AF_INET as libc::sa_family_t,
        sin_port: 0,
        sin_addr: libc::in_addr { s_addr: u32::from(Ipv4Addr::LOCALHOST).to_be() },
        sin_zero: [0; 8],
    };
    // SAFETY: the address outlives the call, and its length is right.
    let bound = unsafe { libc::bind(number, (&raw const addr).cast(), size_of_val(&addr) as socklen_t) };
    done(bound as isize)?;
    Ok(number)
}

fn option(number: c_int, name: c_int) -> io::Result<c_int> {
    let (mut value, mut len) = (0 as c_int, size_of::<c_int>() as socklen_t);
    // SAFETY: value and len are alive, and len is the size of value.
    let asked =
        unsafe { libc::getsockopt(number, libc::SOL_SOCKET, name, (&raw mut value).cast::<c_void>(), &raw mut len) };
    done(asked as isize).map(|_| value)
}

fn kind(number: c_int) -> io::Result<String> {
    let (family, kind) = (option(number, libc::SO_DOMAIN)?, option(number, libc::SO_TYPE)?);
    let family = FAMILIES.iter().find(|known| known.2 == family).map_or("?", |known| known.1);
    let kind = TYPES.iter().find(|known| known.2 == kind).map_or("?", |known| known.1);
    Ok(format!("{family} {kind} {}", option(number, libc::SO_PROTOCOL)?))
}

const FAMILIES: [(&str, &str, c_int); 3] =
    [("inet", "AF_INET", libc::AF_INET), ("inet6", "AF_INET6", libc::AF_INET6), ("unix", "AF_UNIX", libc::AF_UNIX)];
const TYPES: [(&str, &str, c_int); 3] = [
    ("stream", "SOCK_STREAM", libc::SOCK_STREAM),
    ("dgram", "SOCK_DGRAM", libc::SOCK_DGRAM),
    ("seqpacket", "SOCK_SEQPACKET", libc::SOCK_SEQPACKET),
];

fn find(table: &[(&str, &str, c_int)], word: &str) -> Option<c_int> {
    table.iter().find(|known| known.0 == word).map(|known| known.2)
}

fn protocol(word: Option<&&str>) -> Option<c_int> {
    match word {
        None => Some(0),
        Some(&"tcp") => Some(libc::IPPROTO_TCP),
        Some(&"udp") => Some(libc::IPPROTO_UDP),
        Some(_) => None,
    }
}

/// What is open, in any order.
struct Numbers(Vec<c_int>);

impl Numbers {
    fn keep(&mut self, number: io::Result<c_int>) -> io::Result<String> {
        let number = number?;
        self.0.push(number);
        Ok(number.to_string())
    }

    fn pair(&mut self) -> io::Result<String> {
        let mut both = [0; 2];
        // SAFETY: there is room for two numbers.
        done(unsafe { libc::socketpair(libc::AF_UNIX, libc::SOCK_STREAM, 0, both.as_mut_ptr()) } as isize)?;
        self.0.extend(both);
        Ok(format!("{} {}", both[0], both[1]))
    }

    fn close(&mut self, number: c_int) -> io::Result<String> {
        self.0.retain(|&open| open != number);
        // SAFETY: the number was ours, and nobody uses it any more.
        done(unsafe { libc::close(number) } as isize)?;
        Ok(format!("closed {number}"))
    }
}

fn read(number: c_int) -> io::Result<String> {
    let mut text = [0u8; 100];
    // SAFETY: text has as many bytes as is said. The flag waits for nothing.
    let n = done(unsafe { libc::recv(number, text.as_mut_ptr().cast(), text.len(), libc::MSG_DONTWAIT) })?;
    let text = String::from_utf8_lossy(&text[..n as usize]).into_owned();
    Ok(if n == 0 { "end".to_string() } else { text })
}

fn write(number: c_int, text: &str) -> io::Result<String> {
    // SAFETY: text is as long as is said.
    done(unsafe { libc::send(number, text.as_ptr().cast(), text.len(), libc::MSG_NOSIGNAL) }).map(|n| n.to_string())
}

fn seek(number: c_int) -> io::Result<String> {
    // SAFETY: integers in, an integer out.
    done(unsafe { libc::lseek(number, 0, libc::SEEK_SET) } as isize).map(|at| at.to_string())
}

fn copy(number: c_int) -> io::Result<c_int> {
    // SAFETY: the same.
    done(unsafe { libc::dup(number) } as isize).map(|copy| copy as c_int)
}

fn shutdown(number: c_int) -> io::Result<String> {
    // SAFETY: the same.
    done(unsafe { libc::shutdown(number, libc::SHUT_WR) } as isize).map(|_| "done".to_string())
}

fn carry_out(open: &mut Numbers, words: &[&str]) -> Option<io::Result<String>> {
    match words {
        ["udp"] => return Some(open.keep(udp())),
        ["pair"] => return Some(open.pair()),
        ["socket", family, kind, rest @ ..] if rest.len() < 2 => {
            let (family, kind) = (find(&FAMILIES, family)?, find(&TYPES, kind)?);
            return Some(open.keep(socket(family, kind, protocol(rest.first())?)));
        }
        _ => {}
    }
    let [order, number, rest @ ..] = words else { return None };
    let number: c_int = number.parse().ok()?;
    if !open.0.contains(&number) {
        return Some(Err(io::Error::other(format!("there is no {number}"))));
    }
    Some(match (*order, rest) {
        ("close", []) => open.close(number),
        ("kind", []) => kind(number),
        ("read", []) => read(number),
        ("write", [text]) => write(number, text),
        ("seek", []) => seek(number),
        ("copy", []) => open.keep(copy(number)),
        ("shutdown", []) => shutdown(number),
        _ => return None,
    })
}

fn reason(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(libc::EAGAIN) => "EAGAIN".into(),
        Some(libc::EMFILE) => "EMFILE".into(),
        Some(libc::EPIPE) => "EPIPE".into(),
        Some(libc::EPROTONOSUPPORT) => "EPROTONOSUPPORT".into(),
        Some(libc::ESPIPE) => "ESPIPE".into(),
        _ => format!("error: {error}"),
    }
}

fn main() -> io::Result<()> {
    let mut open = Numbers(Vec::new());
    for line in io::stdin().lock().split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        let words: Vec<&str> = line.split_whitespace().collect();
        match carry_out(&mut open, &words) {
            Some(Ok(answer)) => println!("{answer}"),
            Some(Err(error)) => println!("{}", reason(&error)),
            None => println!("error: no order: {line:?}"),
        }
    }
    Ok(())
}
