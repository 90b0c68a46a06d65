//! The bytes that bind(), connect() and getsockname() exchange with the kernel.

use std::io;
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6, UdpSocket};

use socket2::{SockAddr, SockRef};

/// The bytes of a sockaddr, as the kernel gets them.
fn bytes(address: &SockAddr) -> &[u8] {
    // SAFETY: a SockAddr owns at least `len()` bytes that have been written.
    unsafe { std::slice::from_raw_parts(address.as_ptr().cast(), address.len() as usize) }
}

fn show(bytes: &[u8], fields: &[(&str, usize)]) {
    let mut rest = bytes;
    for &(field, length) in fields {
        let (these, others) = rest.split_at(length);
        println!("  {field:9} {these:02x?}");
        rest = others;
    }
}

// ANCHOR: main
fn main() -> io::Result<()> {
    let four = SocketAddr::from(([192, 0, 2, 1], 7000));
    let address = SockAddr::from(four);
    println!("{four}: sockaddr_in, {} bytes", address.len());
    show(bytes(&address), &[("family", 2), ("port", 2), ("address", 4), ("unused", 8)]);

    // fe80::1 exists on every link; the 2 says which interface is meant.
    let six = SocketAddrV6::new(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1), 7000, 0, 2);
    let address = SockAddr::from(six);
    println!("{six}: sockaddr_in6, {} bytes", address.len());
    show(bytes(&address), &[("family", 2), ("port", 2), ("flow info", 4), ("address", 16), ("scope id", 4)]);

    let socket = UdpSocket::bind("127.0.0.1:0")?;
    let port = socket.local_addr()?.port();
    let address = SockRef::from(&socket).local_addr()?;
    println!("getsockname(): {} bytes", address.len());
    println!("  address   {:02x?}", &bytes(&address)[4..8]);
    println!("  port with its big end first: {}", bytes(&address)[2..4] == port.to_be_bytes());
    Ok(())
}
// ANCHOR_END: main
