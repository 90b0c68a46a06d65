//! The ICMP datagram socket, and the setting that opens it to a group. Linux
//! only: runs in a private network, as an ordinary user.

// ANCHOR: program
use std::fs;
use std::io;

use listings::{errno, private_network};
use socket2::{Domain, Protocol, Socket, Type};

const SETTING: &str = "/proc/sys/net/ipv4/ping_group_range";

fn open(kind: Type) {
    match Socket::new(Domain::IPV4, kind, Some(Protocol::ICMPV4)) {
        Ok(_) => println!("socket(AF_INET, {kind:?}, IPPROTO_ICMP) → ok"),
        Err(error) => println!("socket(AF_INET, {kind:?}, IPPROTO_ICMP) → {}", errno(&error)),
    }
}

fn main() -> io::Result<()> {
    // Here the process is root and may change settings, of this network only.
    private_network::enter_or_exit();
    open(Type::RAW);
    open(Type::DGRAM);
    fs::write(SETTING, "0 0")?;
    println!("write({SETTING}, \"0 0\")");
    open(Type::DGRAM);
    Ok(())
}
// ANCHOR_END: program
