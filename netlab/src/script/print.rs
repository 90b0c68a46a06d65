//! Writing a script: the one way to write it.

use super::ast::{
    Action, Addr, AddrPattern, Call, Condition, Data, Expect, Family, Fd, Flags, Header, How, Item, Link, Node,
    OptValue, Outcome, PollFlags, Script, SocketKind, Step, What, Which,
};
use super::call::PROTOCOLS;
use crate::time::spell;
use crate::wire::LinkSpec;

/// The script as text. What is read from it is the same script.
#[must_use]
pub fn print(script: &Script) -> String {
    let mut out = String::new();
    let mut inside = false;
    lines(&mut out, &script.items, &mut inside, 0);
    // No blank lines at the start or the end.
    let text = out.trim_matches('\n');
    if text.is_empty() { String::new() } else { format!("{text}\n") }
}

fn lines(out: &mut String, items: &[Item], inside: &mut bool, deeper: usize) {
    for (n, item) in items.iter().enumerate() {
        let program = matches!(item.what, What::Program(_));
        let step = matches!(item.what, What::Step(_));
        *inside = (*inside || program) && (program || step || item.what == What::Blank);
        // A comment belongs to what follows it.
        let next = items[n..].iter().find(|item| item.what != What::Blank).map(|item| &item.what);
        let head = !matches!(next, None | Some(What::Step(_)));
        let own_line = item.what == What::Blank && head;
        let indent = if !*inside || program || (own_line && deeper == 0) { 0 } else { 2 + deeper };
        let (text, tail) = item_text(item, indent);
        let line = match (&item.comment, text.is_empty()) {
            (Some(comment), true) => format!("{:indent$}# {comment}", ""),
            (Some(comment), false) => format!("{:indent$}{text}  # {comment}", ""),
            (None, true) => String::new(),
            (None, false) => format!("{:indent$}{text}", ""),
        };
        let line = line.trim_end();
        if line.is_empty() && (out.is_empty() || out.ends_with("\n\n")) {
            continue;
        }
        out.push_str(line);
        out.push('\n');
        out.push_str(&tail);
    }
}

/// The line of an item, and the lines that belong below it.
fn item_text(item: &Item, indent: usize) -> (String, String) {
    let mut tail = String::new();
    let text = match &item.what {
        What::Blank => String::new(),
        What::Host(node) => node_text("host", node),
        What::Router(node) => node_text("router", node),
        What::Link(link) => link_text(link),
        What::Drop(drop) => {
            let which = match &drop.which {
                Which::Every => "every".to_owned(),
                Which::From(first) => format!("{}+", ordinal(*first)),
                Which::Numbers(numbers) => numbers.iter().map(|n| ordinal(*n)).collect::<Vec<_>>().join(" "),
            };
            format!("drop {which} {} from {}", drop.kind.name(), drop.from)
        }
        What::Limit(length) => format!("limit {}", spell(*length)),
        What::Program(header) => header_text(header),
        What::Step(step) => {
            if let Action::Repeat(_, body) = &step.action {
                lines(&mut tail, body, &mut true, indent);
                tail.push_str(&format!("{:indent$}end\n", ""));
            }
            if let Some(differs) = &step.differs {
                let mut line = format!("{:1$}on sim -> {2}", "", indent + 2, expect_text(&differs.expect));
                line.push_str(&format!(" because {}", quote(differs.because.as_bytes())));
                if let Some(see) = &differs.see {
                    line.push_str(&format!(" see {}", quote(see.as_bytes())));
                }
                if let Some(comment) = &differs.comment {
                    line.push_str(&format!("  # {comment}"));
                }
                tail.push_str(line.trim_end());
                tail.push('\n');
            }
            step_text(step)
        }
    };
    (text, tail)
}

fn node_text(word: &str, node: &Node) -> String {
    let addresses: Vec<String> = node.addresses.iter().map(ToString::to_string).collect();
    format!("{word} {} {}", node.name, addresses.join(" "))
}

fn link_text(link: &Link) -> String {
    let (spec, usual) = (link.spec, LinkSpec::default());
    let mut text = format!("link {} {} delay {}", link.a, link.b, spell(spec.delay));
    if let Some(rate) = spec.rate {
        text.push_str(&format!(" rate {rate}"));
    }
    if spec.queue != usual.queue {
        text.push_str(&format!(" queue {}", spec.queue));
    }
    for (word, share) in [("loss", spec.loss), ("duplicate", spec.duplicate), ("reorder", spec.reorder)] {
        if share > 0 {
            text.push_str(&format!(" {word} {}", percent(share)));
        }
    }
    text
}

fn percent(share: u32) -> String {
    let part = format!("{:04}", share % 10_000);
    let part = part.trim_end_matches('0');
    let whole = share / 10_000;
    if part.is_empty() { format!("{whole}%") } else { format!("{whole}.{part}%") }
}

fn ordinal(n: u32) -> String {
    let end = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{end}")
}

fn header_text(header: &Header) -> String {
    if header.name == header.host {
        format!("{}:", header.name)
    } else {
        format!("{} on {}:", header.name, header.host)
    }
}

fn step_text(step: &Step) -> String {
    let mut text = head_text(step);
    if let Some(expect) = &step.expect {
        text.push_str(&format!(" -> {}", expect_text(expect)));
    }
    text
}

/// The step without its result, as the transcript shows it too.
#[must_use]
pub fn head_text(step: &Step) -> String {
    let name = step.name.as_ref().map(|name| format!("{name} = ")).unwrap_or_default();
    name + &action_text(&step.action)
}

fn action_text(action: &Action) -> String {
    match action {
        Action::Call(call) => call_text(call),
        Action::WaitProgram(name) => format!("wait {name}"),
        Action::WaitTime(length) => format!("wait {}", spell(*length)),
        Action::WaitSocket(fd, condition) => match condition {
            Condition::Bytes(n) => format!("wait {} {n} bytes", fd_text(fd)),
            Condition::Queued(n) => format!("wait {} {n} queued", fd_text(fd)),
            Condition::State(state) => format!("wait {} {}", fd_text(fd), state.name()),
        },
        Action::Count(kind, from) => format!("count({} from {from})", kind.name()),
        Action::Repeat(times, _) => format!("repeat {times}"),
    }
}

fn call_text(call: &Call) -> String {
    match call {
        Call::Socket { family, kind, nonblock, protocol } => {
            let family = if *family == Family::Inet { "AF_INET" } else { "AF_INET6" };
            let kind = match kind {
                SocketKind::Stream => "SOCK_STREAM",
                SocketKind::Dgram => "SOCK_DGRAM",
                SocketKind::Raw => "SOCK_RAW",
            };
            let nonblock = if *nonblock { "|SOCK_NONBLOCK" } else { "" };
            let protocol = match PROTOCOLS.iter().find(|(number, _)| number == protocol) {
                Some((_, name)) => format!(", {name}"),
                None if *protocol == 0 => String::new(),
                None => format!(", {protocol}"),
            };
            format!("socket({family}, {kind}{nonblock}{protocol})")
        }
        Call::Bind(fd, addr) => format!("bind({}, {})", fd_text(fd), addr_text(addr)),
        Call::Listen(fd, backlog) => format!("listen({}, {backlog})", fd_text(fd)),
        Call::Accept(fd) => format!("accept({})", fd_text(fd)),
        Call::Connect(fd, addr) => format!("connect({}, {})", fd_text(fd), addr_text(addr)),
        Call::Send(fd, data, flags) => format!("send({}, {}{})", fd_text(fd), data_text(data), flags_text(*flags)),
        Call::SendTo(fd, data, addr, flags) => {
            format!("sendto({}, {}, {}{})", fd_text(fd), data_text(data), addr_text(addr), flags_text(*flags))
        }
        Call::Recv(fd, most, flags) => format!("recv({}, {most}{})", fd_text(fd), flags_text(*flags)),
        Call::RecvFrom(fd, most, flags) => format!("recvfrom({}, {most}{})", fd_text(fd), flags_text(*flags)),
        Call::Shutdown(fd, how) => {
            let how = match how {
                How::Read => "SHUT_RD",
                How::Write => "SHUT_WR",
                How::Both => "SHUT_RDWR",
            };
            format!("shutdown({}, {how})", fd_text(fd))
        }
        Call::Close(fd) => format!("close({})", fd_text(fd)),
        Call::Dup(fd) => format!("dup({})", fd_text(fd)),
        Call::GetSockName(fd) => format!("getsockname({})", fd_text(fd)),
        Call::GetPeerName(fd) => format!("getpeername({})", fd_text(fd)),
        Call::SetSockOpt(fd, option, value) => {
            let value = match value {
                OptValue::Int(number) => number.to_string(),
                OptValue::Linger(None) => "off".to_owned(),
                OptValue::Linger(Some(seconds)) => format!("on {}", linger(*seconds)),
                OptValue::Time(length) => spell(*length),
            };
            format!("setsockopt({}, {}, {value})", fd_text(fd), option.name())
        }
        Call::GetSockOpt(fd, option) => format!("getsockopt({}, {})", fd_text(fd), option.name()),
        Call::Fcntl(fd, on) => format!("fcntl({}, {})", fd_text(fd), if *on { "O_NONBLOCK" } else { "0" }),
        Call::Poll(asked, timeout) => {
            let mut parts: Vec<String> = asked.iter().map(|(fd, flags)| format!("{} {flags}", fd_text(fd))).collect();
            parts.extend(timeout.map(spell));
            format!("poll({})", parts.join(", "))
        }
        Call::WriteAll(fd, data) => format!("write_all({}, {})", fd_text(fd), data_text(data)),
        Call::ReadExact(fd, length) => format!("read_exact({}, {length})", fd_text(fd)),
        Call::ReadToEnd(fd) => format!("read_to_end({})", fd_text(fd)),
    }
}

/// A time of `SO_LINGER`, which is in whole seconds.
fn linger(seconds: u32) -> String {
    spell(u64::from(seconds) * crate::time::SECOND)
}

fn fd_text(fd: &Fd) -> String {
    match fd {
        Fd::Name(_, name) => name.clone(),
        Fd::Number(number) => number.to_string(),
    }
}

fn addr_text(addr: &Addr) -> String {
    match addr {
        Addr::Literal(address) => address.to_string(),
        Addr::Host(_, name, port) => format!("{name}:{port}"),
        Addr::Name(_, name) => name.clone(),
        Addr::Unspec => "AF_UNSPEC".to_owned(),
    }
}

fn flags_text(flags: Flags) -> String {
    if flags == Flags::default() { String::new() } else { format!(", {flags}") }
}

/// Data as a script writes it.
#[must_use]
pub fn data_text(data: &Data) -> String {
    match data {
        Data::Text(text) => quote(text),
        Data::Hex(bytes) => {
            let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("hex({})", digits.join(" "))
        }
        Data::Pattern(length) => format!("bytes({length})"),
        Data::Echo(id, seq, data) => format!("echo({id}, {seq}, {})", quote(data)),
    }
}

/// Text in quotation marks.
#[must_use]
pub fn quote(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                '\0' => text.push_str("\\0"),
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                // Invisible letters would be lost on the reader.
                c if c.is_control() => escape(&mut text, c.encode_utf8(&mut [0; 4]).as_bytes()),
                c => text.push(c),
            }
        }
        escape(&mut text, chunk.invalid());
    }
    text.push('"');
    text
}

/// Bytes as `\xff`.
fn escape(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        text.push_str(&format!("\\x{byte:02x}"));
    }
}

/// A result as a script writes it.
#[must_use]
pub fn expect_text(expect: &Expect) -> String {
    match expect {
        Expect::Any => "*".to_owned(),
        Expect::Errno(errno) => errno.name().to_owned(),
        Expect::Value { number, data, from } => {
            let parts = [
                number.map(|number| number.to_string()),
                data.as_ref().map(data_text),
                from.as_ref().map(|from| format!("from {}", pattern_text(from))),
            ];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
        Expect::Range(low, high) => format!("{low}..{high}"),
        Expect::Addr(pattern) => pattern_text(pattern),
        Expect::Poll(found) => poll_text(found),
        Expect::State(state) => state.name().to_owned(),
        Expect::Word(word) => word.clone(),
    }
}

fn poll_text(found: &[(String, PollFlags)]) -> String {
    let parts: Vec<String> = found.iter().map(|(name, flags)| format!("{name} {flags}")).collect();
    if parts.is_empty() { "0".to_owned() } else { parts.join(", ") }
}

fn pattern_text(pattern: &AddrPattern) -> String {
    let port = pattern.port.map_or("*".to_owned(), |port| port.to_string());
    match pattern.ip {
        None => format!("*:{port}"),
        Some(std::net::IpAddr::V4(ip)) => format!("{ip}:{port}"),
        Some(std::net::IpAddr::V6(ip)) => format!("[{ip}]:{port}"),
    }
}

/// What a step gave, with `address` to spell addresses (a transcript gives
/// chosen ports names).
#[must_use]
pub fn outcome_text(outcome: &Outcome, address: &mut dyn FnMut(&std::net::SocketAddr) -> String) -> String {
    match outcome {
        Outcome::Done => String::new(),
        Outcome::Number(number) => number.to_string(),
        Outcome::Fd(fd, None) => fd.to_string(),
        Outcome::Fd(fd, Some(peer)) => format!("{fd} from {}", address(peer)),
        Outcome::Data { number, data, from } => {
            let mut text = number.to_string();
            if !data.is_empty() {
                text.push_str(&format!(" {}", shown(data)));
            }
            if let Some(from) = from {
                text.push_str(&format!(" from {}", address(from)));
            }
            text
        }
        Outcome::Addr(at) => address(at),
        Outcome::Poll(found) => poll_text(found),
        Outcome::State(state) => state.name().to_owned(),
        Outcome::Word(word) => word.clone(),
        Outcome::Errno(errno) => errno.name().to_owned(),
    }
}

/// Bytes for a reader: text where it is text, `bytes(…)` where it is the
/// pattern, hex for the rest; cut after 64 bytes.
fn shown(data: &[u8]) -> String {
    const MOST: usize = 64;
    if data.len() >= 26 && data == super::ast::pattern(data.len()) {
        return format!("bytes({})", data.len());
    }
    let printable = data.iter().all(|byte| (0x20..0x7f).contains(byte) || matches!(byte, b'\n' | b'\r' | b'\t'));
    let head = &data[..data.len().min(MOST)];
    let text = match std::str::from_utf8(data) {
        Ok(text) if printable || !text.chars().any(char::is_control) => {
            let head: String =
                text.char_indices().take_while(|(at, c)| at + c.len_utf8() <= MOST).map(|(_, c)| c).collect();
            quote(head.as_bytes())
        }
        _ => data_text(&Data::Hex(head.to_vec())),
    };
    if data.len() > MOST { format!("{text}...") } else { text }
}
