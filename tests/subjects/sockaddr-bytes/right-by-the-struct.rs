//! Built differently: the struct of the C library does the layout, by socket2.

use std::fmt;
use std::io::{self, BufRead};
use std::net::{IpAddr, SocketAddr, SocketAddrV6};

use socket2::{Domain, SockAddr};

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
    let addr = match address.ip {
        IpAddr::V4(ip) => SocketAddr::from((ip, address.port)),
        // Neither std nor the kernel turns this number round.
        IpAddr::V6(ip) => SocketAddrV6::new(ip, address.port, address.flow.to_be(), address.scope).into(),
    };
    let addr = SockAddr::from(addr);
    // SAFETY: as_ptr points to len() initialised bytes, and `addr` outlives the copy.
    unsafe { std::slice::from_raw_parts(addr.as_ptr().cast::<u8>(), addr.len() as usize) }.to_vec()
}

/// The address in such bytes. `Err` says why there is none: `family 1` if the
/// family is neither of the two (AF_INET is 2 on Linux, AF_INET6 is 10),
/// `length 15` if so many bytes are no address of the family, or hold no family.
/// What an IPv4 address is filled up with means nothing.
fn decode(bytes: &[u8]) -> Result<Address, String> {
    // SAFETY: no more is copied than there is room, and any bytes are a valid storage.
    let read = unsafe {
        SockAddr::try_init(|storage, len| {
            let n = bytes.len().min(*len as usize);
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), storage.cast::<u8>(), n);
            *len = n as u32;
            Ok(())
        })
    };
    let ((), addr) = read.map_err(|error| error.to_string())?;
    let expected = match addr.domain() {
        _ if bytes.len() < 2 => None,
        Domain::IPV4 => Some(16),
        Domain::IPV6 => Some(28),
        family => return Err(format!("family {}", i32::from(family))),
    };
    match addr.as_socket() {
        Some(SocketAddr::V4(addr)) if expected == Some(bytes.len()) => {
            Ok(Address { ip: (*addr.ip()).into(), port: addr.port(), flow: 0, scope: 0 })
        }
        Some(SocketAddr::V6(addr)) if expected == Some(bytes.len()) => Ok(Address {
            ip: (*addr.ip()).into(),
            port: addr.port(),
            flow: u32::from_be(addr.flowinfo()),
            scope: addr.scope_id(),
        }),
        _ => Err(format!("length {}", bytes.len())),
    }
}

/// The bytes of `1f90`: two. Letters may be large or small. Anything else than
/// pairs of digits is `not hex`.
fn from_hex(text: &str) -> Result<Vec<u8>, String> {
    let digits: Option<Vec<u32>> = text.chars().map(|letter| letter.to_digit(16)).collect();
    match digits {
        Some(digits) if digits.len() % 2 == 0 => {
            Ok(digits.chunks(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect())
        }
        _ => Err("not hex".to_string()),
    }
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
