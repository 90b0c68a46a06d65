//! How many SYNs a listening socket keeps, and what it does with the others.
//! Linux only: runs in a private network, as an ordinary user.

// ANCHOR: program
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use listings::{private_network, set_private};
use socket2::{Domain, SockAddr, SockFilter, Socket, Type};

const CLIENTS: usize = 20;

/// A client that never hears an answer: its kernel drops what comes for it, so
/// the last ACK of the handshake is never sent (`socket(7)`, `SO_ATTACH_FILTER`).
fn deaf_client(server: &SockAddr) -> io::Result<Socket> {
    let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    client.attach_filter(&[SockFilter::new((libc::BPF_RET | libc::BPF_K) as u16, 0, 0, 0)])?;
    client.set_nonblocking(true)?;
    match client.connect(server) {
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => Ok(client),
        other => other.map(|()| client),
    }
}

/// 20 SYNs come to a listening socket. How many connections are half-open
/// then, how many SYNs got a cookie, and how many were dropped?
fn fill(backlog: i32) -> io::Result<[usize; 3]> {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())?;
    listener.listen(backlog)?;
    let server = listener.local_addr()?;
    let port = server.as_socket().ok_or(io::ErrorKind::InvalidData)?.port();
    let (cookies, drops) = (counter("SyncookiesSent")?, counter("ListenDrops")?);

    let _clients: Vec<Socket> = (0..CLIENTS).map(|_| deaf_client(&server)).collect::<Result<_, _>>()?;
    let limit = Instant::now() + Duration::from_secs(5);
    loop {
        let seen = [half_open(port)?, counter("SyncookiesSent")? - cookies, counter("ListenDrops")? - drops];
        if seen.iter().sum::<usize>() >= CLIENTS {
            return Ok(seen);
        }
        if Instant::now() > limit {
            return Err(io::Error::other(format!("of {CLIENTS} SYNs only {seen:?} were seen")));
        }
    }
}
// ANCHOR_END: program

/// The connections in SYN-RECEIVED at `port`, from the kernel's list of
/// sockets (`proc(5)`, /proc/net/tcp): 03 is that state.
fn half_open(port: u16) -> io::Result<usize> {
    let here = format!(":{port:04X}");
    let list = fs::read_to_string("/proc/net/tcp")?;
    let is_it = |line: &&str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        matches!(words[..], [_, local, _, "03", ..] if local.ends_with(&here))
    };
    Ok(list.lines().filter(is_it).count())
}

/// A counter of /proc/net/netstat: a line of names, and below it one of numbers.
fn counter(name: &str) -> io::Result<usize> {
    let text = fs::read_to_string("/proc/net/netstat")?;
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("TcpExt:")).collect();
    let [names, numbers] = lines[..] else { return Err(io::Error::other("no TcpExt in /proc/net/netstat")) };
    let found = names.split(' ').zip(numbers.split(' ')).find(|(found, _)| *found == name);
    found.and_then(|(_, number)| number.parse().ok()).ok_or_else(|| io::Error::other(name.to_string()))
}

fn main() -> io::Result<()> {
    private_network::enter_or_exit();

    set_private("net/ipv4/tcp_syncookies", "1");
    for backlog in [0, 4] {
        let [half_open, cookies, dropped] = fill(backlog)?;
        let most = backlog as usize + 1;
        // Older kernels, such as 6.12, keep one fewer.
        assert!((most - 1..=most).contains(&half_open), "{half_open}");
        assert_eq!((half_open + cookies, dropped), (CLIENTS, 0));
        println!("listen({backlog}): half-open {} or {most}, the others by cookie", most - 1);
    }
    set_private("net/ipv4/tcp_max_syn_backlog", "8");
    for cookies in ["1", "0"] {
        set_private("net/ipv4/tcp_syncookies", cookies);
        println!("listen(100), tcp_max_syn_backlog 8, tcp_syncookies {cookies}: {}", in_words(fill(100)?));
    }
    Ok(())
}

fn in_words([half_open, cookies, dropped]: [usize; 3]) -> String {
    format!("half-open {half_open}, by cookie {cookies}, dropped {dropped}")
}
