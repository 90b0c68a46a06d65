//! Which combinations of family, type and protocol the system can open, and
//! what it says a socket is. Linux only: reads `SO_DOMAIN` and `SO_PROTOCOL`.

use std::io;

#[cfg(target_os = "linux")]
use listings::errno;
#[cfg(target_os = "linux")]
use socket2::Socket;
use socket2::{Domain, Protocol, Type};

#[cfg(target_os = "linux")]
// ANCHOR: open
/// Opens a socket and asks the kernel what it opened.
fn open(domain: Domain, kind: Type, protocol: Option<Protocol>) -> io::Result<()> {
    let asked = protocol.map_or("0".to_string(), |protocol| format!("{protocol:?}"));
    print!("socket({domain:?}, {kind:?}, {asked}) → ");
    match Socket::new(domain, kind, protocol) {
        Ok(socket) => {
            let got = socket.protocol()?.map_or("0".to_string(), |protocol| format!("{protocol:?}"));
            println!("{:?}, {:?}, {got}", socket.domain()?, socket.r#type()?);
        }
        Err(error) => println!("{}", errno(&error)),
    }
    Ok(())
}
// ANCHOR_END: open

#[cfg(not(target_os = "linux"))]
fn open(_: Domain, _: Type, _: Option<Protocol>) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "Linux only"))
}

// ANCHOR: main
fn main() -> io::Result<()> {
    // `None` leaves the choice of the protocol to the system.
    open(Domain::IPV4, Type::STREAM, None)?;
    open(Domain::IPV4, Type::DGRAM, None)?;
    open(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    open(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    open(Domain::IPV4, Type::STREAM, Some(Protocol::UDP))?;
    open(Domain::IPV4, Type::DGRAM, Some(Protocol::TCP))?;
    open(Domain::UNIX, Type::STREAM, None)?;
    open(Domain::UNIX, Type::DGRAM, None)?;
    open(Domain::UNIX, Type::SEQPACKET, None)
}
// ANCHOR_END: main
