//! Addresses as people write them and as the kernel keeps them.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use socket2::{SockAddr, Socket, Type};

use crate::check::Check;
use crate::record::hex;

/// An address drawn from the seed, with its name in the transcript.
///
/// No byte order can be mistaken for the other: the two bytes of the port, and
/// the first and the last byte of everything else, differ.
#[derive(Clone, Debug)]
pub struct Address {
    name: String,
    text: String,
    bytes: Vec<u8>,
}

impl Address {
    /// Its name in the transcript.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `192.0.2.7:8080`, `[fe80::7%3]:8080 flow=0x0005a123`.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the kernel keeps: a `sockaddr_in` or `sockaddr_in6`.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The same as hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        hex(&self.bytes)
    }

    fn new(name: &str, addr: SocketAddr) -> Address {
        Address { name: name.into(), text: addr.to_string(), bytes: kernel_bytes(addr) }
    }
}

impl Check {
    /// Any IPv4 address and port.
    pub fn ipv4(&self, name: &str) -> Address {
        let (first, last) = (1 + self.below(126) as u8, 128 + self.below(126) as u8);
        let ip = Ipv4Addr::new(first, self.below(256) as u8, self.below(256) as u8, last);
        Address::new(name, SocketAddr::new(ip.into(), self.port()))
    }

    /// Any IPv6 address of the documentation's network, and a port.
    pub fn ipv6(&self, name: &str) -> Address {
        Address::new(name, SocketAddr::new(self.ip_from([0x2001, 0xdb8]).into(), self.port()))
    }

    /// An IPv4 address in the form that IPv6 sockets see it in.
    pub fn ipv6_mapped(&self, name: &str) -> Address {
        let ip = Ipv4Addr::new(10, self.below(256) as u8, self.below(256) as u8, 200);
        Address::new(name, SocketAddr::new(ip.to_ipv6_mapped().into(), self.port()))
    }

    /// A link-local address on the interface with the number `scope`.
    pub fn ipv6_on(&self, name: &str, scope: u32) -> Address {
        Address::new(name, SocketAddrV6::new(self.ip_from([0xfe80, 0]), self.port(), 0, scope).into())
    }

    /// [`Check::ipv6_on`] with flow information: its 32 bits, the four of them
    /// that are none left out (RFC 8200, section 3).
    pub fn ipv6_with_flow(&self, name: &str, scope: u32) -> Address {
        let byte = || self.below(256) as u8;
        // As bytes, in the order in which a header has them.
        let flow = [1 + byte() % 7, byte(), byte(), 16 + byte() % 200];
        let ip = self.ip_from(if scope == 0 { [0x2001, 0xdb8] } else { [0xfe80, 0] });
        let addr = SocketAddrV6::new(ip, self.port(), 0, scope);
        let with_flow = SocketAddrV6::new(ip, addr.port(), u32::from_ne_bytes(flow), scope);
        // getsockname has no flow: no socket is bound to one.
        Address {
            name: name.into(),
            text: format!("{addr} flow=0x{}", hex(&flow)),
            bytes: bytes_of(&SockAddr::from(with_flow)),
        }
    }

    fn ip_from(&self, start: [u16; 2]) -> Ipv6Addr {
        let word = || self.below(0x1_0000) as u16;
        // Some zeros in the middle, as addresses have.
        Ipv6Addr::new(start[0], start[1], 0, 0, word(), word(), word(), 0x1000 + word() % 0xe000)
    }

    /// Its two bytes differ, and a signed number has no room for it.
    fn port(&self) -> u16 {
        let (high, low) = (132 + self.below(28), 164 + self.below(90));
        (high * 256 + low) as u16
    }
}

/// The bytes that the kernel has for `addr`. Where it cannot be asked, the
/// struct of the C library has them.
fn kernel_bytes(addr: SocketAddr) -> Vec<u8> {
    bytes_of(&asked(addr).unwrap_or_else(|_| SockAddr::from(addr)))
}

/// Binds a socket to `addr` and asks for it: getsockname(2). It need be no
/// address of this machine: ip(7), IP_FREEBIND.
fn asked(addr: SocketAddr) -> io::Result<SockAddr> {
    let layout = SockAddr::from(addr);
    let socket = Socket::new(layout.domain(), Type::DGRAM, None)?;
    #[cfg(target_os = "linux")]
    if addr.is_ipv4() {
        socket.set_freebind_v4(true)?
    } else {
        socket.set_freebind_v6(true)?
    }
    socket.bind(&layout)?;
    socket.local_addr()
}

fn bytes_of(addr: &SockAddr) -> Vec<u8> {
    // SAFETY: as_ptr points to at least len() bytes, which are initialised, and
    // the copy is made while `addr` lives.
    unsafe { std::slice::from_raw_parts(addr.as_ptr().cast::<u8>(), addr.len() as usize) }.to_vec()
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_is_asked_and_agrees_with_the_struct() {
        for text in ["192.0.2.7:4567", "[::ffff:10.1.2.200]:4568", "[fe80::7%1]:4569", "[2001:db8::7]:4570"] {
            let addr: SocketAddr = text.parse().unwrap();
            let expected = bytes_of(&SockAddr::from(addr));
            match asked(addr) {
                Ok(told) => assert_eq!(bytes_of(&told), expected, "{text}"),
                // Not every machine has IPv6.
                Err(error) => assert!(addr.is_ipv6(), "{text}: {error}"),
            }
            assert_eq!(expected.len(), if addr.is_ipv4() { 16 } else { 28 });
        }
    }
}
