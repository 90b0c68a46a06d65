//! A machine on a bad day: what `ss -tan` shows of its sockets, and only of those.
//! Linux only: runs in a private network, as an ordinary user.

// ANCHOR: program
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::process::Command;
use std::time::{Duration, Instant};

use listings::private_network;
use socket2::{Domain, SockFilter, Socket, Type};

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

fn listening(address: &str, backlog: i32) -> io::Result<Socket> {
    let address: SocketAddr = address.parse().map_err(io::Error::other)?;
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    socket.bind(&address.into())?;
    socket.listen(backlog)?;
    Ok(socket)
}

fn connected(own: u16, to: u16) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&loopback(own).into())?;
    socket.connect(&loopback(to).into())?;
    Ok(socket)
}

/// From now on the kernel drops what comes for this socket.
fn deafen(socket: &Socket) -> io::Result<()> {
    socket.attach_filter(&[SockFilter::new((libc::BPF_RET | libc::BPF_K) as u16, 0, 0, 0)])
}

fn main() -> io::Result<()> {
    private_network::enter_or_exit();
    let _service0 = listening("0.0.0.0:7000", 2)?;
    let service1 = listening("127.0.0.1:7001", 5)?;
    let service2 = listening("[::]:7002", 5)?;

    // Nobody accepts on port 7000, and as many wait as may.
    let mut waiting = [connected(5001, 7000)?, connected(5002, 7000)?, connected(5003, 7000)?];
    waiting[0].write_all(b"hello\n")?;

    // Port 7001: a caller that has finished, one that the service has left, and one that vanishes.
    let finished = connected(5011, 7001)?;
    let _forgotten = service1.accept()?;
    finished.shutdown(Shutdown::Write)?;
    let mut left = connected(5012, 7001)?;
    drop(service1.accept()?);
    left.read_to_end(&mut Vec::new())?;
    drop(left);
    let vanished = connected(5013, 7001)?;
    let mut talking = service1.accept()?.0;
    deafen(&vanished)?;
    talking.write_all(&[0; 3000])?;

    // Port 7002: a caller whose bytes nobody reads.
    let mut unheard = connected(5021, 7002)?;
    let _slow = service2.accept()?;
    unheard.write_all(&[0; 3000])?;

    // Two calls of this machine's own: one without an answer, one that it has finished.
    let deaf = listening("127.0.0.1:6001", 5)?;
    deafen(&deaf)?;
    let calling = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    calling.bind(&loopback(9001).into())?;
    calling.set_nonblocking(true)?;
    calling.connect(&loopback(6001).into()).unwrap_err();
    let other = listening("127.0.0.1:6002", 5)?;
    let done = connected(9002, 6002)?;
    let _still_open = other.accept()?;
    done.shutdown(Shutdown::Write)?;

    println!("   State      Recv-Q Send-Q  Local Address:Port       Peer Address:Port");
    for (n, [state, recv, send, local, peer]) in lines_of_ss()?.iter().enumerate() {
        println!("{:>2} {state:<10} {recv:>6} {send:>6}  {local:<23}  {peer}", n + 1);
    }
    Ok(())
}
// ANCHOR_END: program

/// The lines of `ss -tan` for the ports from 7000 on, in their order: the kernel's own
/// differs from run to run. Looks until all has arrived: what crosses the loopback
/// takes a moment.
fn lines_of_ss() -> io::Result<Vec<[String; 5]>> {
    let arrived = ["LISTEN 3 2", "ESTAB 6 0", "CLOSE-WAIT 1 0", "TIME-WAIT 0 0", "ESTAB 3000 0", "FIN-WAIT-2 0 0"];
    let end = Instant::now() + Duration::from_secs(20);
    while Instant::now() < end {
        let Ok(output) = Command::new("ss").args(["-H", "-tan", "sport >= :7000"]).output() else {
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
        let begin = |line: &[String; 5]| line[..3].join(" ");
        if lines.len() == 12 && arrived.iter().all(|one| lines.iter().any(|line| begin(line) == *one)) {
            let port = |address: &str| address.rsplit(':').next().map(str::to_string);
            lines.sort_by_key(|[state, .., local, peer]| (state != "LISTEN", port(local), port(peer)));
            return Ok(lines);
        }
    }
    Err(io::ErrorKind::TimedOut.into())
}
