//! Reading what stands after `->`.

use super::ast::{AddrPattern, Difference, Expect, PollFlags, TcpState};
use super::call;
use super::error::Expected;
use super::lex::Token;
use super::line::{Line, Read, is_name, number};
use crate::errno::Errno;

/// Values of options that are words.
const WORDS: &[&str] = &["SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "AF_INET", "AF_INET6", "off"];

/// A result.
pub(super) fn expect(line: &mut Line<'_>) -> Read<Expect> {
    let Some(token) = line.peek() else { return line.wrong(Expected::Result) };
    let Token::Word(word) = token else { return value(line) };
    if word == "*" {
        line.skip();
        return Ok(Expect::Any);
    }
    if let Some(errno) = Errno::from_name(word) {
        line.skip();
        return Ok(Expect::Errno(errno));
    }
    if let Some(state) = TcpState::from_name(word) {
        line.skip();
        return Ok(Expect::State(state));
    }
    if WORDS.contains(&word.as_str()) {
        line.skip();
        return Ok(Expect::Word(word.clone()));
    }
    if word == "on" {
        line.skip();
        let length = line.duration()?;
        return Ok(Expect::Word(format!("on {}", crate::time::spell(length))));
    }
    if let Some((low, high)) = word.split_once('.')
        && let Some(high) = high.strip_prefix('.')
        && let (Some(low), Some(high)) = (number(low), number(high))
    {
        line.skip();
        return Ok(Expect::Range(low, high));
    }
    if crate::time::read(word).is_some() {
        let length = line.duration()?;
        return Ok(Expect::Word(crate::time::spell(length)));
    }
    if let Some(pattern) = pattern(word) {
        line.skip();
        return Ok(Expect::Addr(pattern));
    }
    let polled = matches!(line.peek_second(), Some(Token::Word(next)) if PollFlags::from_name(next).is_some());
    if polled {
        return poll(line);
    }
    value(line)
}

fn value(line: &mut Line<'_>) -> Read<Expect> {
    let number = match line.peek() {
        Some(Token::Word(word)) if number::<i64>(word).is_some() => Some(line.number()?),
        _ => None,
    };
    let data = match line.peek() {
        Some(Token::Text(_)) => Some(call::data(line)?),
        Some(Token::Word(word)) if ["bytes", "hex", "echo"].contains(&word.as_str()) => Some(call::data(line)?),
        _ => None,
    };
    let from = if line.eat("from") { Some(line.parse(Expected::Address, pattern)?) } else { None };
    if number.is_none() && data.is_none() && from.is_none() {
        return line.wrong(Expected::Result);
    }
    Ok(Expect::Value { number, data, from })
}

fn poll(line: &mut Line<'_>) -> Read<Expect> {
    let mut found = Vec::new();
    loop {
        let name = line.parse(Expected::Descriptor, |word| {
            (is_name(word) || number::<i32>(word).is_some()).then(|| word.to_owned())
        })?;
        found.push((name, line.flags(Expected::Event, PollFlags::from_name, PollFlags::with)?));
        if !line.eat_sign(',') {
            return Ok(Expect::Poll(found));
        }
    }
}

/// An address with `*` for its host, its port or both.
fn pattern(word: &str) -> Option<AddrPattern> {
    let (ip, port) = word.rsplit_once(':')?;
    let port = if port == "*" { None } else { Some(number(port)?) };
    let ip = match ip {
        "*" => None,
        ip => match ip.strip_prefix('[') {
            Some(six) => Some(six.strip_suffix(']')?.parse::<std::net::Ipv6Addr>().ok()?.into()),
            None => Some(ip.parse::<std::net::Ipv4Addr>().ok()?.into()),
        },
    };
    Some(AddrPattern { ip, port })
}

/// `on sim -> RESULT because "reason" see "source"`, after `on`.
pub(super) fn difference(line: &mut Line<'_>, comment: Option<String>) -> Read<Difference> {
    if !line.eat("sim") {
        return line.wrong(Expected::Sim);
    }
    if line.peek() != Some(&Token::Arrow) {
        return line.wrong(Expected::Arrow);
    }
    line.skip();
    let expect = expect(line)?;
    if !line.eat("because") {
        return line.wrong(Expected::Because);
    }
    let text = |line: &mut Line<'_>| line.text().map(|text| String::from_utf8_lossy(&text).into_owned());
    let because = text(line)?;
    let see = if line.eat("see") { Some(text(line)?) } else { None };
    line.end()?;
    Ok(Difference { expect, because, see, comment })
}
