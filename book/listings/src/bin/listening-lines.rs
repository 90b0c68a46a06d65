//! How `ss` writes the addresses of sockets that listen, and of a caller. Linux only:
//! runs in a private network, as an ordinary user.

// ANCHOR: program
use std::io;
use std::net::SocketAddr;
use std::process::Command;

use listings::private_network;
use socket2::{Domain, Socket, Type};

/// A socket that listens on `address`; an IPv6 one takes IPv4 callers, too, unless `only_v6`.
fn listen(address: &str, only_v6: bool) -> io::Result<Socket> {
    let address: SocketAddr = address.parse().map_err(io::Error::other)?;
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(only_v6)?;
    }
    socket.bind(&address.into())?;
    socket.listen(5)?;
    Ok(socket)
}

fn main() -> io::Result<()> {
    private_network::enter_or_exit();
    let _one = listen("127.0.0.1:7001", false)?;
    let _two = listen("0.0.0.0:7002", false)?;
    let _three = listen("[::1]:7003", true)?;
    let _four = listen("[::]:7004", true)?;
    let five = listen("[::]:7005", false)?;

    // An IPv4 caller of the last one.
    let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    client.bind(&SocketAddr::from(([127, 0, 0, 1], 5001)).into())?;
    client.connect(&SocketAddr::from(([127, 0, 0, 1], 7005)).into())?;
    let _connected = five.accept()?;

    println!("State   Recv-Q Send-Q  Local Address:Port       Peer Address:Port");
    for [state, recv, send, local, peer] in lines_of_ss()? {
        println!("{state:<7} {recv:>6} {send:>6}  {local:<23}  {peer}");
    }
    Ok(())
}
// ANCHOR_END: program

/// The lines of `ss -tan`, in the order of the ports: the kernel's own differs from
/// run to run.
fn lines_of_ss() -> io::Result<Vec<[String; 5]>> {
    let Ok(output) = Command::new("ss").args(["-H", "-tan"]).output() else {
        private_network::not_run("`ss` of iproute2 is not installed");
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let mut lines: Vec<[String; 5]> = text
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace().map(str::to_string);
            Some([words.next()?, words.next()?, words.next()?, words.next()?, words.next()?])
        })
        .collect();
    let port = |address: &str| address.rsplit(':').next().map(str::to_string);
    lines.sort_by_key(|[state, .., local, _]| (state != "LISTEN", port(local)));
    Ok(lines)
}
