//! Reading calls and their arguments.

use super::ast::{Action, Addr, Call, Data, Family, Fd, Flags, How, OptValue, PollFlags, SockOpt, SocketKind};
use super::error::Expected;
use super::lex::Token;
use super::line::{Line, Read, is_name, number, socket_address};
use crate::packet::{Kind, protocol};
use crate::time;

/// Protocol names of socket(2).
pub(super) const PROTOCOLS: &[(u8, &str)] = &[
    (protocol::ICMP, "IPPROTO_ICMP"),
    (protocol::TCP, "IPPROTO_TCP"),
    (protocol::UDP, "IPPROTO_UDP"),
    (protocol::ICMPV6, "IPPROTO_ICMPV6"),
    (132, "IPPROTO_SCTP"),
    (136, "IPPROTO_UDPLITE"),
    (protocol::RAW, "IPPROTO_RAW"),
];

/// `name(arguments)`.
pub(super) fn call(line: &mut Line<'_>) -> Read<Action> {
    let start = line.pos();
    let wrong = |line: &Line<'_>| -> Read<Action> {
        let mut error = match line.wrong::<Action>(Expected::Call) {
            Err(error) => error,
            Ok(action) => return Ok(action),
        };
        error.pos = start;
        Err(error)
    };
    let Some(Token::Word(name)) = line.peek() else { return line.wrong(Expected::Call) };
    if line.peek_second() != Some(&Token::Sign('(')) {
        return wrong(line);
    }
    if !CALLS.contains(&name.as_str()) {
        return line.wrong(Expected::Call);
    }
    line.skip();
    line.skip();
    let call = match name.as_str() {
        "socket" => socket(line)?,
        "bind" => Call::Bind(fd(line)?, then(line, addr)?),
        "listen" => Call::Listen(fd(line)?, then(line, Line::number)?),
        "accept" => Call::Accept(fd(line)?),
        "connect" => Call::Connect(fd(line)?, then(line, addr)?),
        "send" => Call::Send(fd(line)?, then(line, data)?, flags(line)?),
        "sendto" => {
            let (fd, data) = (fd(line)?, then(line, data)?);
            Call::SendTo(fd, data, then(line, addr)?, flags(line)?)
        }
        "recv" => Call::Recv(fd(line)?, then(line, Line::length)?, flags(line)?),
        "recvfrom" => Call::RecvFrom(fd(line)?, then(line, Line::length)?, flags(line)?),
        "shutdown" => Call::Shutdown(fd(line)?, then(line, how)?),
        "close" => Call::Close(fd(line)?),
        "dup" => Call::Dup(fd(line)?),
        "getsockname" => Call::GetSockName(fd(line)?),
        "getpeername" => Call::GetPeerName(fd(line)?),
        "setsockopt" => {
            let (fd, option) = (fd(line)?, then(line, option)?);
            Call::SetSockOpt(fd, option, then(line, |line| value(line, option))?)
        }
        "getsockopt" => Call::GetSockOpt(fd(line)?, then(line, option)?),
        "fcntl" => Call::Fcntl(fd(line)?, then(line, nonblock)?),
        "poll" => poll(line)?,
        "write_all" => Call::WriteAll(fd(line)?, then(line, data)?),
        "read_exact" => Call::ReadExact(fd(line)?, then(line, Line::length)?),
        "read_to_end" => Call::ReadToEnd(fd(line)?),
        _ => {
            let kind = kind(line)?;
            if !line.eat("from") {
                return line.wrong(Expected::From);
            }
            let from = line.name()?;
            line.sign(')', Expected::Closing)?;
            return Ok(Action::Count(kind, from));
        }
    };
    line.sign(')', Expected::Closing)?;
    Ok(Action::Call(call))
}

/// Everything that can stand before `(`.
const CALLS: &[&str] = &[
    "socket",
    "bind",
    "listen",
    "accept",
    "connect",
    "send",
    "sendto",
    "recv",
    "recvfrom",
    "shutdown",
    "close",
    "dup",
    "getsockname",
    "getpeername",
    "setsockopt",
    "getsockopt",
    "fcntl",
    "poll",
    "write_all",
    "read_exact",
    "read_to_end",
    "count",
];

/// A comma, then one argument.
fn then<'a, T>(line: &mut Line<'a>, read: impl FnOnce(&mut Line<'a>) -> Read<T>) -> Read<T> {
    line.sign(',', Expected::Comma)?;
    read(line)
}

fn socket(line: &mut Line<'_>) -> Read<Call> {
    let family = line.parse(Expected::Family, |word| match word {
        "AF_INET" => Some(Family::Inet),
        "AF_INET6" => Some(Family::Inet6),
        _ => None,
    })?;
    let kind = then(line, |line| {
        line.parse(Expected::SocketType, |word| match word {
            "SOCK_STREAM" => Some(SocketKind::Stream),
            "SOCK_DGRAM" => Some(SocketKind::Dgram),
            "SOCK_RAW" => Some(SocketKind::Raw),
            _ => None,
        })
    })?;
    let nonblock = line.eat_sign('|');
    if nonblock && !line.eat("SOCK_NONBLOCK") {
        return line.wrong(Expected::SocketType);
    }
    let protocol = if line.eat_sign(',') {
        line.parse(Expected::Protocol, |word| {
            let named = PROTOCOLS.iter().find(|(_, name)| *name == word).map(|(number, _)| *number);
            named.or_else(|| number(word))
        })?
    } else {
        0
    };
    Ok(Call::Socket { family, kind, nonblock, protocol })
}

/// A descriptor: a name or a number.
pub(super) fn fd(line: &mut Line<'_>) -> Read<Fd> {
    let pos = line.pos();
    line.parse(Expected::Descriptor, |word| match number(word) {
        Some(number) => Some(Fd::Number(number)),
        None => is_name(word).then(|| Fd::Name(pos, word.to_owned())),
    })
}

fn addr(line: &mut Line<'_>) -> Read<Addr> {
    let pos = line.pos();
    line.parse(Expected::Address, |word| {
        if word == "AF_UNSPEC" {
            return Some(Addr::Unspec);
        }
        if let Some(address) = socket_address(word) {
            return Some(Addr::Literal(address));
        }
        match word.split_once(':') {
            Some((host, port)) if is_name(host) => Some(Addr::Host(pos, host.to_owned(), number(port)?)),
            Some(_) => None,
            None => is_name(word).then(|| Addr::Name(pos, word.to_owned())),
        }
    })
}

/// Data in an argument or in a result.
pub(super) fn data(line: &mut Line<'_>) -> Read<Data> {
    if let Some(Token::Text(_)) = line.peek() {
        return line.text().map(Data::Text);
    }
    if line.peek_second() != Some(&Token::Sign('(')) {
        return line.wrong(Expected::Data);
    }
    let name = line.parse(Expected::Data, |word| ["bytes", "hex", "echo"].into_iter().find(|known| *known == word))?;
    line.sign('(', Expected::Data)?;
    let data = match name {
        "bytes" => Data::Pattern(line.length()?),
        "hex" => {
            let mut bytes = Vec::new();
            while let Some(Token::Word(_)) = line.peek() {
                let here = line.parse(Expected::Hex, hex)?;
                bytes.extend(here);
            }
            Data::Hex(bytes)
        }
        _ => {
            let (id, seq) = (line.number()?, then(line, Line::number)?);
            Data::Echo(id, seq, then(line, Line::text)?)
        }
    };
    line.sign(')', Expected::Closing)?;
    Ok(data)
}

fn hex(word: &str) -> Option<Vec<u8>> {
    if !word.len().is_multiple_of(2) || !word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..word.len()).step_by(2).map(|at| u8::from_str_radix(word.get(at..at + 2)?, 16).ok()).collect()
}

/// Flags at the end of the arguments, or none.
fn flags(line: &mut Line<'_>) -> Read<Flags> {
    if !line.eat_sign(',') {
        return Ok(Flags::default());
    }
    line.flags(Expected::Flag, Flags::from_name, Flags::with)
}

fn how(line: &mut Line<'_>) -> Read<How> {
    line.parse(Expected::How, |word| match word {
        "SHUT_RD" => Some(How::Read),
        "SHUT_WR" => Some(How::Write),
        "SHUT_RDWR" => Some(How::Both),
        _ => None,
    })
}

fn nonblock(line: &mut Line<'_>) -> Read<bool> {
    line.parse(Expected::Flag, |word| match word {
        "O_NONBLOCK" => Some(true),
        "0" => Some(false),
        _ => None,
    })
}

fn option(line: &mut Line<'_>) -> Read<SockOpt> {
    line.parse(Expected::OptionName, SockOpt::from_name)
}

fn value(line: &mut Line<'_>, option: SockOpt) -> Read<OptValue> {
    match option {
        SockOpt::SO_LINGER => {
            if line.eat("off") {
                return Ok(OptValue::Linger(None));
            }
            if !line.eat("on") {
                return line.wrong(Expected::OptionValue);
            }
            let length = line.duration()?;
            Ok(OptValue::Linger(Some(u32::try_from(length / time::SECOND).unwrap_or(u32::MAX))))
        }
        SockOpt::SO_RCVTIMEO | SockOpt::SO_SNDTIMEO => line.duration().map(OptValue::Time),
        _ => line.number().map(OptValue::Int),
    }
}

fn poll(line: &mut Line<'_>) -> Read<Call> {
    let mut asked = Vec::new();
    loop {
        let time = matches!(line.peek(), Some(Token::Word(word)) if time::read(word).is_some());
        if time && !asked.is_empty() {
            return Ok(Call::Poll(asked, Some(line.duration()?)));
        }
        let fd = fd(line)?;
        asked.push((fd, line.flags(Expected::Event, PollFlags::from_name, PollFlags::with)?));
        if !line.eat_sign(',') {
            return Ok(Call::Poll(asked, None));
        }
    }
}

/// A kind of packet.
pub(super) fn kind(line: &mut Line<'_>) -> Read<Kind> {
    line.parse(Expected::PacketKind, Kind::from_name)
}
