//! Built differently: as in C, by numbers alone and the calls of libc. A file is
//! open besides, so that the numbers are others.

use std::fs::File;
use std::io::{self, BufRead};
use std::net::{Ipv4Addr, SocketAddrV4};

use libc::{c_int, sockaddr_in, socklen_t};

/// The result of a call, or its error.
fn done(result: c_int) -> io::Result<c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn open() -> io::Result<c_int> {
    // SAFETY: integers in, an integer out.
    let number = done(unsafe { libc::socket(libc::AF_INET, libc::SOCK_DGRAM, libc::IPPROTO_UDP) })?;
    let addr = sockaddr_in {
        sin_family: libc::AF_INET as libc::sa_family_t,
        sin_port: 0,
        sin_addr: libc::in_addr { s_addr: u32::from(Ipv4Addr::LOCALHOST).to_be() },
        sin_zero: [0; 8],
    };
    // SAFETY: the address outlives the call, and its length is right.
    done(unsafe { libc::bind(number, (&raw const addr).cast(), size_of_val(&addr) as socklen_t) })?;
    Ok(number)
}

fn address(number: c_int) -> io::Result<SocketAddrV4> {
    // SAFETY: all zeros are a sockaddr_in.
    let mut addr: sockaddr_in = unsafe { std::mem::zeroed() };
    let mut len = size_of_val(&addr) as socklen_t;
    // SAFETY: both are alive during the call, and the length is that of the address.
    done(unsafe { libc::getsockname(number, (&raw mut addr).cast(), &raw mut len) })?;
    Ok(SocketAddrV4::new(u32::from_be(addr.sin_addr.s_addr).into(), u16::from_be(addr.sin_port)))
}

fn main() -> io::Result<()> {
    let _file = File::open("/dev/null")?;
    let numbers = [("first", open()?), ("second", open()?)];
    let mut lines = io::stdin().lock().lines();

    for (name, number) in numbers {
        println!("{name}: {}", address(number)?);
    }
    lines.next().transpose()?;

    for (name, number) in numbers {
        println!("{name}: descriptor {number}");
    }
    lines.next().transpose()?;

    let (name, number) = numbers[0];
    // SAFETY: an integer. Nobody uses the number after this.
    done(unsafe { libc::close(number) })?;
    println!("{name}: closed");
    lines.next().transpose()?;
    Ok(())
}
