//! Port 0 is a wish: give me one that is free.

// ANCHOR: program
use std::fs;
use std::io;
use std::net::TcpListener;

use listings::outcome;

fn main() -> io::Result<()> {
    let first = TcpListener::bind("127.0.0.1:0")?;
    let second = TcpListener::bind("127.0.0.1:0")?;
    let (one, two) = (first.local_addr()?.port(), second.local_addr()?.port());
    println!("0 and 0: the same port? {}", one == two);

    let again = TcpListener::bind(("127.0.0.1", one));
    println!("bind() to the port of the first → {}", outcome(&again.map(|_| "0")));

    let range = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range")?;
    let mut ends = range.split_whitespace().map(|end| end.parse::<u16>().expect("a port"));
    let (lowest, highest) = (ends.next().expect("two ports"), ends.next().expect("two ports"));
    println!(
        "both from the range of this machine? {}",
        [one, two].iter().all(|port| (lowest..=highest).contains(port))
    );
    Ok(())
}
// ANCHOR_END: program
