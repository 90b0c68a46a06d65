//! The TCP sockets of a program by its descriptors, as `ss -tanp` lists them.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

use super::sockets::{LISTEN, row, table};

/// The states, from 1 on, as `include/net/tcp_states.h` of Linux numbers them,
/// and as RFC 9293 spells them.
const STATES: [&str; 11] = [
    "ESTABLISHED",
    "SYN-SENT",
    "SYN-RECEIVED",
    "FIN-WAIT-1",
    "FIN-WAIT-2",
    "TIME-WAIT",
    CLOSED,
    "CLOSE-WAIT",
    "LAST-ACK",
    "LISTEN",
    "CLOSING",
];

/// The state of a socket that the kernel lists nowhere: it neither listens nor
/// has a connection.
const CLOSED: &str = "CLOSED";

/// One descriptor of a TCP socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Numbered {
    pub(crate) number: i32,
    /// Its own address, and that of the other side of a connection.
    pub(crate) ends: Option<(SocketAddr, Option<SocketAddr>)>,
    pub(crate) state: &'static str,
    /// Of a listening socket: connections in its queue.
    pub(crate) waiting: u64,
}

/// Those of process `pid`, without its standard input, output and error.
pub(crate) fn numbered(pid: u32) -> Vec<Numbered> {
    let (listed, others) = (tables(), others());
    let tcp = super::numbers(pid).into_iter().filter(|(number, inode)| *number > 2 && !others.contains(inode));
    let numbered = |(number, inode): (i32, String)| match listed.get(&inode) {
        Some(socket) => Numbered { number, ..socket.clone() },
        None => Numbered { number, ends: None, state: CLOSED, waiting: 0 },
    };
    tcp.map(numbered).collect()
}

/// Every TCP socket of this network by its inode.
fn tables() -> HashMap<String, Numbered> {
    let socket = |line: &str| {
        let (row, inode) = row(line)?;
        let listens = row.state == LISTEN;
        let socket = Numbered {
            number: -1,
            ends: Some((row.local, (!listens).then_some(row.remote))),
            state: STATES.get(usize::from(row.state).checked_sub(1)?)?,
            waiting: if listens { row.unread } else { 0 },
        };
        Some((inode.to_string(), socket))
    };
    ["tcp", "tcp6"].map(table).iter().flat_map(|text| text.lines().filter_map(socket)).collect()
}

/// Sockets that are no TCP sockets, as a runtime may have some.
fn others() -> HashSet<String> {
    // proc_net_unix(5): the inode is the seventh column.
    let unix = table("unix");
    let unix = unix.lines().filter_map(|line| line.split_whitespace().nth(6).map(str::to_string));
    let udp = ["udp", "udp6"].map(table);
    let udp = udp.iter().flat_map(|text| text.lines().filter_map(row).map(|(_, inode)| inode.to_string()));
    unix.chain(udp).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsRawFd;

    use socket2::{Domain, Socket, Type};

    #[test]
    fn each_descriptor_is_listed_with_its_state() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let client = TcpStream::connect(at).unwrap();
        let fresh = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let (_unix, _other) = std::os::unix::net::UnixStream::pair().unwrap();
        let all = numbered(std::process::id());
        let of = |number: i32| all.iter().find(|socket| socket.number == number).cloned();
        let listening = Numbered { number: listener.as_raw_fd(), ends: Some((at, None)), state: "LISTEN", waiting: 1 };
        assert_eq!(of(listener.as_raw_fd()), Some(listening));
        let connected = of(client.as_raw_fd()).unwrap();
        assert_eq!((connected.ends.unwrap().1, connected.state), (Some(at), "ESTABLISHED"));
        let fresh = of(fresh.as_raw_fd()).unwrap();
        assert_eq!((fresh.ends, fresh.state), (None, "CLOSED"));
        assert_eq!(of(_unix.as_raw_fd()), None);
    }
}
