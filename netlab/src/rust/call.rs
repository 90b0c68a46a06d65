//! Calls, one by one: what each is called in socket2 and in the standard library.

use std::net::SocketAddr;

use super::body::{Body, duration};
use super::helper::Helper;
use super::names::Open;
use super::words::Say;
use super::write::{Expr, number};
use crate::script::{Addr, AddrPattern, Call, Data, Expect, Family, Fd, Flags, How, PollFlags, SocketKind, Step};
use crate::time::{MILLI, Micros};

impl Body<'_> {
    /// The call and the check of its result.
    pub(super) fn call(&mut self, call: &Call, step: &Step) {
        let done = match call {
            Call::Socket { family, kind, nonblock, protocol } => {
                self.new_socket(*family, *kind, *nonblock, *protocol, step);
                Some(())
            }
            Call::Poll(asked, timeout) => self.poll(asked, *timeout, step),
            Call::Bind(fd, _)
            | Call::Listen(fd, _)
            | Call::Accept(fd)
            | Call::Connect(fd, _)
            | Call::Send(fd, ..)
            | Call::SendTo(fd, ..)
            | Call::Recv(fd, ..)
            | Call::RecvFrom(fd, ..)
            | Call::Shutdown(fd, _)
            | Call::Close(fd)
            | Call::Dup(fd)
            | Call::GetSockName(fd)
            | Call::GetPeerName(fd)
            | Call::SetSockOpt(fd, ..)
            | Call::GetSockOpt(fd, _)
            | Call::Fcntl(fd, _)
            | Call::WriteAll(fd, _)
            | Call::ReadExact(fd, _)
            | Call::ReadToEnd(fd) => self.socket(fd).map(|(name, open)| self.on_socket(call, fd, &name, open, step)),
        };
        if done.is_none() {
            self.gone(step);
            self.fails(step.name.as_deref());
        }
    }

    fn on_socket(&mut self, call: &Call, fd: &Fd, name: &str, open: Open, step: &Step) {
        let method = |method: &str| format!("{name}.{method}");
        match call {
            Call::Socket { .. } | Call::Poll(..) => {}
            Call::Bind(_, addr) => {
                let to = self.to(addr, open.family);
                self.void(&Expr::new(method("bind"), &[&to]), step);
            }
            Call::Connect(_, addr) => {
                let to = self.to(addr, open.family);
                self.void(&Expr::new(method("connect"), &[&to]), step);
            }
            Call::Listen(_, backlog) => self.void(&Expr::new(method("listen"), &[&number((*backlog).into())]), step),
            Call::Accept(_) => self.accept(name, open, step),
            Call::Send(_, data, flags) => {
                let data = self.data(data, open.family);
                match self.flags(*flags) {
                    None => self.number("sent", &Expr::new(method("send"), &[&data]), step),
                    Some(flags) => self.number("sent", &Expr::new(method("send_with_flags"), &[&data, &flags]), step),
                }
            }
            Call::SendTo(_, data, addr, flags) => {
                let (data, to) = (self.data(data, open.family), self.to(addr, open.family));
                let call = match self.flags(*flags) {
                    None => Expr::new(method("send_to"), &[&data, &to]),
                    Some(flags) => Expr::new(method("send_to_with_flags"), &[&data, &to, &flags]),
                };
                self.number("sent", &call, step);
            }
            Call::Recv(_, most, flags) => {
                let room = self.room(*most);
                let call = match self.flags(*flags) {
                    None => {
                        self.say(Say::Read);
                        self.changes(open.id);
                        Expr::new(method("read"), &[&room])
                    }
                    Some(flags) => {
                        self.need(Helper::Uninit);
                        Expr::new(method("recv_with_flags"), &[&format!("uninit({room})"), &flags])
                    }
                };
                self.received(&call, step, open.family);
            }
            Call::RecvFrom(_, most, flags) => {
                let room = format!("uninit({})", self.room(*most));
                self.need(Helper::Uninit);
                let call = match self.flags(*flags) {
                    None => Expr::new(method("recv_from"), &[&room]),
                    Some(flags) => Expr::new(method("recv_from_with_flags"), &[&room, &flags]),
                };
                self.received_from(&call, step, open.family);
            }
            Call::Shutdown(_, how) => {
                let how = match how {
                    How::Read => "Shutdown::Read",
                    How::Write => "Shutdown::Write",
                    How::Both => "Shutdown::Both",
                };
                self.void(&Expr::new(method("shutdown"), &[how]), step);
            }
            Call::Close(_) => {
                self.say(Say::Drop);
                self.lines.line(&format!("drop({name});"));
                self.closes(fd, open);
                if !matches!(step.expect, None | Some(Expect::Any))
                    && !matches!(step.expect, Some(Expect::Value { number: Some(0), data: None, from: None }))
                {
                    self.odd(step);
                }
            }
            Call::Dup(_) => {
                self.say(Say::TryClone);
                self.opened(&Expr::new(method("try_clone"), &[]), open.family, open.kind, step);
            }
            Call::GetSockName(_) => self.names_itself(&Expr::new(method("local_addr"), &[]), step),
            Call::GetPeerName(_) => self.names_itself(&Expr::new(method("peer_addr"), &[]), step),
            Call::SetSockOpt(_, option, value) => self.set_option(name, *option, *value, step),
            Call::GetSockOpt(_, option) => self.get_option(name, *option, step),
            Call::Fcntl(_, on) => self.void(&Expr::new(method("set_nonblocking"), &[&on.to_string()]), step),
            Call::WriteAll(_, data) => self.write_all(name, open, data, step),
            Call::ReadExact(_, length) => self.read_exact(name, open, *length, step),
            Call::ReadToEnd(_) => self.read_to_end(name, open, step),
        }
    }

    fn new_socket(&mut self, family: Family, kind: SocketKind, nonblock: bool, protocol: u8, step: &Step) {
        let domain = if family == Family::Inet { "Domain::IPV4" } else { "Domain::IPV6" };
        let kind_name = match kind {
            SocketKind::Stream => "Type::STREAM",
            SocketKind::Dgram => "Type::DGRAM",
            SocketKind::Raw => "Type::RAW",
        };
        let kind_name = format!("{kind_name}{}", if nonblock { ".nonblocking()" } else { "" });
        let protocol = match protocol {
            0 => "None".to_owned(),
            number => format!("Some({})", protocol_name(number)),
        };
        self.opened(&Expr::new("Socket::new", &[domain, &kind_name, &protocol]), family, kind, step);
    }

    /// A call that gives a descriptor and nothing else.
    fn opened(&mut self, call: &Expr, family: Family, kind: SocketKind, step: &Step) {
        let name = step.name.as_deref();
        match &step.expect {
            Some(Expect::Errno(errno)) => {
                self.errno(call, *errno);
                self.fails(name);
            }
            Some(Expect::Any) => {
                self.lines.call("let _kept_open = ", call, ".ok();");
                self.may_open(name);
            }
            expect => {
                let (variable, open) = self.opens(name, family, kind);
                self.lines.call(&format!("let {variable} = "), call, "?;");
                self.numbered(&variable, open, expect.as_ref(), step);
            }
        }
    }

    /// Checks the number of a new descriptor.
    fn numbered(&mut self, variable: &str, open: Open, expect: Option<&Expect>, step: &Step) {
        let plain = variable.trim_start_matches("mut ");
        match expect {
            None | Some(Expect::Value { number: None, data: None, .. }) => {}
            Some(Expect::Value { number: Some(value), data: None, .. }) => {
                self.uses(open.id);
                self.need(Helper::Own);
                self.lines.line(&format!("assert_eq!({plain}.as_raw_fd(), {value});"));
            }
            Some(Expect::Range(low, high)) if *high >= 0 => {
                self.uses(open.id);
                self.need(Helper::Own);
                self.within(&format!("{plain}.as_raw_fd()"), *low, *high);
            }
            Some(_) => self.odd(step),
        }
    }

    fn accept(&mut self, listener: &str, open: Open, step: &Step) {
        let call = Expr::new(format!("{listener}.accept"), &[]);
        let from = match &step.expect {
            Some(Expect::Errno(_) | Expect::Any) => return self.opened(&call, open.family, open.kind, step),
            Some(Expect::Value { from: Some(from), .. }) if *from != ANYONE => Some(*from),
            _ => None,
        };
        let (variable, accepted) = self.opens(step.name.as_deref(), open.family, open.kind);
        let peer = if from.is_some() { "peer" } else { "_" };
        self.lines.call(&format!("let ({variable}, {peer}) = "), &call, "?;");
        self.numbered(&variable, accepted, step.expect.as_ref(), step);
        if let Some(from) = from {
            self.fits("peer", &from);
        }
    }

    /// `&at("127.0.0.1:8080")`
    fn to(&mut self, addr: &Addr, family: Family) -> String {
        match self.place.argument(addr, family, self.host) {
            Some(at) => {
                self.need(Helper::At);
                format!("&at(\"{}\")", spelled(&at))
            }
            None => match addr {
                Addr::Name(_, name) => format!("&{}", self.address_named(name)),
                _ => {
                    self.need(Helper::Unspec);
                    "&unspec()".to_owned()
                }
            },
        }
    }

    /// Flags as an expression; nothing if there are none.
    fn flags(&mut self, flags: Flags) -> Option<String> {
        let set = Flags::ALL.iter().filter(|(flag, _)| flags.has(*flag));
        let names: Vec<&str> = set.map(|(_, name)| self.libc(name)).collect();
        (!names.is_empty()).then(|| names.join(" | "))
    }

    /// A receive that gives a length.
    fn received(&mut self, call: &Expr, step: &Step, family: Family) {
        match &step.expect {
            Some(Expect::Value { number: count, data: Some(data), from: None })
                if count.is_none_or(|count| count >= 0) =>
            {
                if data.bytes().is_empty() {
                    return self.lines.check("n", call, ("", "?"), &number(count.unwrap_or(0)));
                }
                self.lines.call("let n = ", call, "?;");
                self.brought("n", *count, Some(data), family);
            }
            // A length that is thrown away looks like a mistake, to clippy as well.
            None => self.lines.call("let _n = ", call, "?;"),
            Some(Expect::Any) => self.lines.call("let _result = ", call, ";"),
            _ => self.number("n", call, step),
        }
    }

    /// Checks length and bytes of what came.
    fn brought(&mut self, n: &str, count: Option<i64>, data: Option<&Data>, family: Family) {
        let length = data.map(|data| data.bytes().len());
        if let Some(count) = count
            && length != usize::try_from(count).ok()
        {
            self.lines.line(&format!("assert_eq!({n}, {});", number(count)));
        }
        let Some((data, length)) = data.zip(length) else { return };
        // With MSG_TRUNC the call returns more than came.
        let came = match count {
            Some(count) if usize::try_from(count).ok() != Some(length) => number(length as i64),
            _ => n.to_owned(),
        };
        match self.data(data, family) {
            bytes if bytes.starts_with('&') => {
                self.lines.line(&format!("assert!(buffer[..{came}] == {});", bytes.trim_start_matches('&')));
            }
            literal => self.lines.line(&format!("assert_eq!(&buffer[..{came}], {literal});")),
        }
    }

    /// A receive that also gives the sender.
    fn received_from(&mut self, call: &Expr, step: &Step, family: Family) {
        let name = step.name.as_deref();
        let (count, data, from, range) = match &step.expect {
            Some(Expect::Errno(errno)) => {
                self.errno(call, *errno);
                return self.fails(name);
            }
            Some(Expect::Any) => {
                self.lines.call("", call, ".ok();");
                return self.fails(name);
            }
            Some(Expect::Value { number, data, from }) if number.is_none_or(|number| number >= 0) => {
                (*number, data.as_ref(), *from, None)
            }
            Some(Expect::Range(low, high)) if *high >= 0 => (None, None, None, Some((*low, *high))),
            _ => (None, None, None, None),
        };
        let nothing = count.is_none() && data.is_none() && from.is_none() && range.is_none();
        let from = from.filter(|from| *from != ANYONE);
        let counted = count.is_some() || data.is_some() || range.is_some();
        let sender = match name {
            Some(name) => {
                let (variable, id) = self.address(name);
                if from.is_some() {
                    self.uses(id);
                }
                variable
            }
            None if from.is_some() => "from".to_owned(),
            None => "_".to_owned(),
        };
        let n = if counted { "n" } else { "_" };
        if n == "_" && sender == "_" {
            self.lines.call("", call, "?;");
        } else {
            self.lines.call(&format!("let ({n}, {sender}) = "), call, "?;");
        }
        if let Some((low, high)) = range {
            self.within("n", low, high);
        }
        self.brought("n", count, data, family);
        if let Some(from) = from {
            self.fits(&sender, &from);
        }
        if nothing && step.expect.is_some() {
            self.odd(step);
        }
    }

    /// getsockname and getpeername.
    fn names_itself(&mut self, call: &Expr, step: &Step) {
        let pattern = match &step.expect {
            Some(Expect::Errno(errno)) => {
                self.errno(call, *errno);
                return self.fails(step.name.as_deref());
            }
            Some(Expect::Any) => {
                self.lines.call("", call, ".ok();");
                return self.fails(step.name.as_deref());
            }
            Some(Expect::Addr(pattern)) if *pattern != ANYONE => Some(*pattern),
            _ => None,
        };
        let result = match &step.name {
            Some(name) => {
                let (variable, id) = self.address(name);
                if pattern.is_some() {
                    self.uses(id);
                }
                self.lines.call(&format!("let {variable} = "), call, "?;");
                variable
            }
            None if pattern.is_some() => format!("{}?", call.flat()),
            None => return self.lines.call("", call, "?;"),
        };
        if let Some(pattern) = pattern {
            self.fits(&result, &pattern);
        }
    }

    fn poll(&mut self, asked: &[(Fd, PollFlags)], timeout: Option<Micros>, step: &Step) -> Option<()> {
        if asked.iter().any(|(fd, _)| !self.is_open(fd) && self.closed_number(fd).is_none()) {
            return None;
        }
        self.need(Helper::Poll);
        let mut entries = Vec::new();
        for (fd, flags) in asked {
            let flags = self.events(*flags);
            let of = match self.socket(fd) {
                Some((name, _)) => name,
                None => {
                    self.need(Helper::Own);
                    self.closed_number(fd)?.to_string()
                }
            };
            entries.push(format!("(&{of}, {flags})"));
        }
        let timeout = timeout.map_or("-1".to_owned(), |length| number(length.div_ceil(MILLI) as i64));
        let call = Expr::new("poll", &[&format!("[{}]", entries.join(", ")), &timeout]);
        let found: &[(String, PollFlags)] = match &step.expect {
            Some(Expect::Poll(found)) => found,
            Some(Expect::Value { number: Some(0), data: None, from: None }) => &[],
            None => {
                self.lines.call("", &call, "?;");
                return Some(());
            }
            Some(Expect::Any) => {
                self.lines.call("", &call, ".ok();");
                return Some(());
            }
            Some(Expect::Errno(errno)) => {
                self.errno(&call, *errno);
                return Some(());
            }
            Some(_) => {
                self.lines.call("", &call, "?;");
                self.odd(step);
                return Some(());
            }
        };
        let mut found = found.iter().peekable();
        let mut ready = Vec::new();
        for (fd, _) in asked {
            let name = crate::run::fd_name(fd);
            ready.push(match found.next_if(|(found, _)| *found == name) {
                Some((_, flags)) => self.events(*flags),
                None => "0".to_owned(),
            });
        }
        self.lines.check("ready", &call, ("", "?"), &format!("[{}]", ready.join(", ")));
        if found.next().is_some() {
            self.odd(step);
        }
        Some(())
    }

    fn events(&mut self, flags: PollFlags) -> String {
        let set = PollFlags::ALL.iter().filter(|(flag, _)| flags.has(*flag));
        let names: Vec<&str> = set.map(|(_, name)| self.libc(name)).collect();
        if names.is_empty() { "0".to_owned() } else { names.join(" | ") }
    }

    fn write_all(&mut self, name: &str, open: Open, data: &Data, step: &Step) {
        self.changes(open.id);
        let length = data.bytes().len() as i64;
        let data = self.data(data, open.family);
        let call = Expr::new(format!("{name}.write_all"), &[&data]);
        match &step.expect {
            // It returns nothing; that all was taken is its success.
            Some(Expect::Value { number: Some(value), data: None, from: None }) if *value == length => {
                self.lines.call("", &call, "?;");
            }
            Some(Expect::Range(low, high)) if (*low..=*high).contains(&length) => self.lines.call("", &call, "?;"),
            _ => self.void(&call, step),
        }
    }

    fn read_exact(&mut self, name: &str, open: Open, length: u32, step: &Step) {
        self.changes(open.id);
        let room = self.room(length);
        let call = Expr::new(format!("{name}.read_exact"), &[&room]);
        match &step.expect {
            Some(Expect::Value { number: count, data, from: None }) => {
                let came = count.unwrap_or_else(|| data.as_ref().map_or(0, |data| data.bytes().len() as i64));
                if came < i64::from(length) {
                    // The stream ended before.
                    self.lines.call("let result = ", &call, ";");
                    let kind = "result.unwrap_err().kind()";
                    self.lines.line(&format!("assert_eq!({kind}, io::ErrorKind::UnexpectedEof);"));
                    return;
                }
                self.lines.call("", &call, "?;");
                self.brought(&number(length.into()), None, data.as_ref(), open.family);
                if came != i64::from(length) {
                    self.odd(step);
                }
            }
            Some(Expect::Range(low, high)) if (*low..=*high).contains(&i64::from(length)) => {
                self.lines.call("", &call, "?;");
            }
            _ => self.void(&call, step),
        }
    }

    fn read_to_end(&mut self, name: &str, open: Open, step: &Step) {
        self.changes(open.id);
        let call = Expr::new(format!("{name}.read_to_end"), &["&mut all"]);
        self.lines.line("let mut all = Vec::new();");
        match &step.expect {
            Some(Expect::Value { number: count, data: Some(data), from: None }) => {
                self.lines.call("", &call, "?;");
                if let Some(count) = count
                    && usize::try_from(*count).ok() != Some(data.bytes().len())
                {
                    self.lines.line(&format!("assert_eq!(all.len(), {});", number(*count)));
                }
                let data = self.data(data, open.family);
                self.lines.line(&format!("assert!(all == {});", data.trim_start_matches('&')));
            }
            _ => self.number("length", &call, step),
        }
    }
}

/// `from *:*`
const ANYONE: AddrPattern = AddrPattern { ip: None, port: None };

/// An address as `SocketAddr` reads it.
fn spelled(at: &SocketAddr) -> String {
    at.to_string()
}

fn protocol_name(protocol: u8) -> String {
    use crate::packet::protocol as known;
    match protocol {
        known::ICMP => "Protocol::ICMPV4".to_owned(),
        known::TCP => "Protocol::TCP".to_owned(),
        known::UDP => "Protocol::UDP".to_owned(),
        known::ICMPV6 => "Protocol::ICMPV6".to_owned(),
        other => format!("Protocol::from({other})"),
    }
}

/// For options: what a `SO_PROTOCOL` of this number is.
pub(super) fn protocol_value(number: i64) -> Option<String> {
    let number = u8::try_from(number).ok()?;
    Some(if number == 0 { "None".to_owned() } else { format!("Some({})", protocol_name(number)) })
}

/// `Some(Duration::from_secs(1))`, `None` for no time.
pub(super) fn some_time(length: Micros) -> String {
    if length == 0 { "None".to_owned() } else { format!("Some({})", duration(length)) }
}
