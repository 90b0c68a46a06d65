//! Misconception: an IPv6 address has room for more behind it.
//! Caught by: refuses_bytes_that_are_no_address

use std::fmt;
use std::io::{self, BufRead};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;

/// An address, as numbers of this program: no byte order is in them.
struct Address {
    ip: IpAddr,
    port: u16,
    /// Of an IPv6 packet: 0 for IPv4.
    flow: u32,
    /// The number of an interface, for an IPv6 address that is good on one link only; else 0.
    scope: u32,
}

/// The bytes that connect() or bind() would be given: 16 for IPv4, 28 for IPv6.
fn encode(address: &Address) -> Vec<u8> {
    let port = address.port.to_be_bytes();
    match address.ip {
        IpAddr::V4(ip) => [&AF_INET.to_ne_bytes()[..], &port, &ip.octets(), &[0; 8]].concat(),
        IpAddr::V6(ip) => {
            let (flow, scope) = (address.flow.to_be_bytes(), address.scope.to_ne_bytes());
            [&AF_INET6.to_ne_bytes()[..], &port, &flow, &ip.octets(), &scope].concat()
        }
    }
}

/// The address in such bytes. `Err` says why there is none: `family 1` if the
/// family is neither of the two (AF_INET is 2 on Linux, AF_INET6 is 10),
/// `length 15` if so many bytes are no address of the family, or hold no family.
/// What an IPv4 address is filled up with means nothing.
fn decode(bytes: &[u8]) -> Result<Address, String> {
    let wrong_length = || format!("length {}", bytes.len());
    let (family, rest) = bytes.split_first_chunk().ok_or_else(wrong_length)?;
    match u16::from_ne_bytes(*family) {
        AF_INET => {
            let rest: &[u8; 14] = rest.try_into().map_err(|_| wrong_length())?;
            let [p0, p1, a, b, c, d, ..] = *rest;
            let ip = Ipv4Addr::new(a, b, c, d).into();
            Ok(Address { ip, port: u16::from_be_bytes([p0, p1]), flow: 0, scope: 0 })
        }
        AF_INET6 => {
            let rest: &[u8; 26] = rest.first_chunk().ok_or_else(wrong_length)?;
            let [p0, p1, f0, f1, f2, f3, ip @ .., s0, s1, s2, s3] = *rest;
            Ok(Address {
                ip: Ipv6Addr::from(ip).into(),
                port: u16::from_be_bytes([p0, p1]),
                flow: u32::from_be_bytes([f0, f1, f2, f3]),
                scope: u32::from_ne_bytes([s0, s1, s2, s3]),
            })
        }
        family => Err(format!("family {family}")),
    }
}

/// The bytes of `1f90`: two. Letters may be large or small. Anything else than
/// pairs of digits is `not hex`.
fn from_hex(text: &str) -> Result<Vec<u8>, String> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    // Byte by byte: a letter of more than one is no place to cut a string.
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some((digit(high)? * 16 + digit(low)?) as u8),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect::<Option<_>>().ok_or_else(|| "not hex".to_string())
}

fn main() -> io::Result<()> {
    for line in io::stdin().lock().split(b'\n') {
        // Bytes that are no text become a sign that is no digit either.
        let line = String::from_utf8_lossy(&line?).into_owned();
        match answer(&line) {
            Ok(text) => println!("{text}"),
            Err(why) => println!("error: {why}"),
        }
    }
    Ok(())
}

fn answer(line: &str) -> Result<String, String> {
    match line.split_once(' ') {
        Some(("encode", text)) => Ok(to_hex(&encode(&parse(text)?))),
        Some(("decode", text)) => {
            let address = decode(&from_hex(text)?)?;
            Ok(address.to_string())
        }
        _ => Err(format!("neither encode nor decode: {line:?}")),
    }
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `192.0.2.7:8080`, `[fe80::7%3]:8080 flow=0x0005a123`.
fn parse(text: &str) -> Result<Address, String> {
    let no_address = || format!("no address: {text:?}");
    let (addr, flow) = text.split_once(" flow=0x").unwrap_or((text, "0"));
    let flow = u32::from_str_radix(flow, 16).map_err(|_| no_address())?;
    match addr.parse().map_err(|_| no_address())? {
        SocketAddr::V4(_) if flow != 0 => Err(no_address()),
        SocketAddr::V4(addr) => Ok(Address { ip: (*addr.ip()).into(), port: addr.port(), flow, scope: 0 }),
        SocketAddr::V6(addr) => {
            Ok(Address { ip: (*addr.ip()).into(), port: addr.port(), flow, scope: addr.scope_id() })
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ip {
            IpAddr::V4(ip) => write!(f, "{ip}:{}", self.port)?,
            IpAddr::V6(ip) => write!(f, "{}", SocketAddrV6::new(ip, self.port, 0, self.scope))?,
        }
        if self.flow != 0 {
            write!(f, " flow=0x{:08x}", self.flow)?;
        }
        Ok(())
    }
}
