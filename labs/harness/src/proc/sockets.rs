//! TCP sockets with their queues: the two of a connection, or every one of
//! this network as `/proc/net/{tcp,tcp6}` lists them.
//!
//! proc_net_tcp(5). An address is printed as 32-bit words in the byte order of
//! the machine, a port as a plain number.

use std::collections::HashSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::diag;

/// TCP states as `include/net/tcp_states.h` of Linux numbers them.
const ESTABLISHED: u8 = 1;
const SYN_SENT: u8 = 2;
const SYN_RECV: u8 = 3;
const FIN_WAIT1: u8 = 4;
const TIME_WAIT: u8 = 6;
const CLOSE_WAIT: u8 = 8;
pub(super) const LISTEN: u8 = 10;

/// One socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
    pub(super) state: u8,
    /// Bytes (and a FIN) that the other side has not acknowledged.
    pub(super) sending: u64,
    /// Bytes (and a FIN) that the program has not read.
    pub(super) unread: u64,
}

/// Both ends of a connection to the program, seen from the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flow {
    pub(crate) peer: SocketAddr,
    pub(crate) program: SocketAddr,
}

/// The sockets of a connection at one moment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ends {
    /// That of the peer.
    near: Option<Row>,
    /// That of the program.
    far: Option<Row>,
}

impl Ends {
    pub(crate) fn of(flow: Flow) -> Ends {
        let Flow { peer, program } = flow;
        match (diag::find(peer, program), diag::find(program, peer)) {
            (Ok(near), Ok(far)) => Ends { near, far },
            _ => Ends::listed(flow),
        }
    }

    /// Where the kernel cannot be asked for one socket.
    fn listed(Flow { peer, program }: Flow) -> Ends {
        let find =
            |rows: &[Row], local, remote| rows.iter().find(|row| row.local == local && row.remote == remote).cloned();
        let rows = listed("tcp", peer.port());
        let (near, mut far) = (find(&rows, peer, program), find(&rows, program, peer));
        // Each table takes the kernel long to write. Only a program that listens
        // on IPv6 has its end of an IPv4 connection in the other one.
        if far.is_none() {
            far = find(&listed("tcp6", peer.port()), program, peer);
        }
        Ends { near, far }
    }

    /// Something of this connection is still on its way, so that the next
    /// moment may wake one of its ends.
    pub(crate) fn in_flight(&self) -> bool {
        match (&self.near, &self.far) {
            (None, None) => false,
            // One end is gone: its reset is on its way, unless the other end
            // has closed as well and only waits a while.
            (Some(row), None) | (None, Some(row)) => {
                matches!(row.state, ESTABLISHED | SYN_SENT | SYN_RECV | FIN_WAIT1 | CLOSE_WAIT)
            }
            // What is sent while the receiver has bytes to read wakes nobody.
            (Some(near), Some(far)) => {
                far.state == SYN_RECV
                    || (near.sending > 0 && far.unread == 0 && far.state != TIME_WAIT)
                    || (far.sending > 0 && near.unread == 0 && near.state != TIME_WAIT)
            }
        }
    }

    /// The program's end is closed, and still holds its port.
    pub(crate) fn far_waits(&self) -> bool {
        self.far.as_ref().is_some_and(|far| far.state == TIME_WAIT)
    }

    /// The program's end stands, accepted or waiting for that.
    pub(crate) fn far_stands(&self) -> bool {
        self.far.as_ref().is_some_and(|far| far.state == ESTABLISHED)
    }

    /// The program's end is there, in whatever state.
    pub(crate) fn far_is_there(&self) -> bool {
        self.far.is_some()
    }

    /// The program has read all that the peer has sent.
    pub(crate) fn taken(&self) -> bool {
        let sent = self.near.as_ref().is_none_or(|near| near.sending == 0);
        sent && self.far.as_ref().is_none_or(|far| far.unread == 0 && far.state != SYN_RECV)
    }
}

/// How many clients of `server` are knocking: connecting, and not connected.
pub(crate) fn outside(server: SocketAddr) -> usize {
    let rows = ["tcp", "tcp6"].into_iter().flat_map(|protocol| listed(protocol, server.port()));
    let knocking = rows.filter(|row| row.remote == server && row.state == SYN_SENT);
    // While other sockets come and go, a list can hold one of them twice.
    knocking.map(|row| row.local).collect::<HashSet<_>>().len()
}

/// A raw socket among `inodes` has packets that nobody has read.
pub(crate) fn has_unread_raw(inodes: &[String]) -> bool {
    let text = table("raw");
    let rows = text.lines().filter_map(row);
    rows.filter(|(row, _)| row.unread > 0).any(|(_, inode)| inodes.iter().any(|own| own == inode))
}

/// The sockets that use `port`. A busy machine has thousands of rows, and this
/// is asked very often: only these are taken apart.
fn listed(protocol: &str, port: u16) -> Vec<Row> {
    let port = format!(":{port:04X} ");
    let text = table(protocol);
    text.lines().filter(|line| line.contains(&port)).filter_map(row).map(|(row, _)| row).collect()
}

/// All sockets of `protocol` (`tcp`, `tcp6`, `udp`, `udp6`, `raw`), a line each.
pub(super) fn table(protocol: &str) -> String {
    // A thread's own table: right also in a private network.
    fs::read_to_string(format!("/proc/thread-self/net/{protocol}")).unwrap_or_default()
}

/// A line of a table, with the inode of the socket. The first line of a table,
/// which names its columns, is none.
pub(super) fn row(line: &str) -> Option<(Row, &str)> {
    let mut fields = line.split_whitespace().skip(1);
    let local = address(fields.next()?)?;
    let remote = address(fields.next()?)?;
    let state = u8::from_str_radix(fields.next()?, 16).ok()?;
    let (sending, unread) = fields.next()?.split_once(':')?;
    let number = |hex| u64::from_str_radix(hex, 16).ok();
    let row = Row { local, remote, state, sending: number(sending)?, unread: number(unread)? };
    // After the timer, the retransmissions, the owner and its timeout.
    Some((row, fields.nth(4)?))
}

/// `0100007F:1F90`; an IPv4 address inside IPv6 comes out as IPv4.
fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let words: Option<Vec<[u8; 4]>> = (0..ip.len() / 8)
        .map(|i| Some(u32::from_str_radix(ip.get(i * 8..i * 8 + 8)?, 16).ok()?.to_ne_bytes()))
        .collect();
    let ip = match words?.as_slice() {
        [v4] => IpAddr::V4(Ipv4Addr::from(*v4)),
        [a, b, c, d] => {
            let mut bytes = [0; 16];
            for (chunk, word) in bytes.chunks_exact_mut(4).zip([a, b, c, d]) {
                chunk.copy_from_slice(word);
            }
            let v6 = Ipv6Addr::from(bytes);
            v6.to_ipv4_mapped().map_or(IpAddr::V6(v6), IpAddr::V4)
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::net::{TcpListener, TcpStream};

    /// A client of a server on `address`, which has accepted it.
    fn connected(address: &str) -> (TcpStream, TcpStream, Flow) {
        let listener = TcpListener::bind(address).unwrap();
        let port = listener.local_addr().unwrap().port();
        let near = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let flow = Flow { peer: near.local_addr().unwrap(), program: near.peer_addr().unwrap() };
        (near, listener.accept().unwrap().0, flow)
    }

    /// Tries again until `look` has seen something.
    fn until<T>(look: impl Fn() -> Option<T>) -> T {
        let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
        loop {
            if let Some(seen) = look() {
                return seen;
            }
            assert!(std::time::Instant::now() < until, "never at rest");
            std::thread::yield_now();
        }
    }

    /// Both ways of asking, which must give the same of the same moment: that
    /// is, if nothing has changed from before the one to after it.
    fn ends(flow: Flow) -> Ends {
        let asked = || Ends {
            near: diag::find(flow.peer, flow.program).unwrap(),
            far: diag::find(flow.program, flow.peer).unwrap(),
        };
        until(|| {
            let (before, listed, after) = (asked(), Ends::listed(flow), asked());
            (before == after).then(|| {
                assert_eq!(before, listed);
                listed
            })
        })
    }

    /// Both ends, once nothing is on its way: on a busy system what was sent
    /// over the loopback arrives a moment later.
    fn at_rest(flow: Flow) -> Ends {
        until(|| Some(ends(flow)).filter(|now| !now.in_flight()))
    }

    #[test]
    fn a_connection_is_found_from_both_ends() {
        // On [::] the program's end of an IPv4 connection is an IPv6 socket.
        for address in ["127.0.0.1:0", "[::]:0"] {
            let (mut near, mut far, flow) = connected(address);
            let ends_now = at_rest(flow);
            assert!(ends_now.near.is_some() && ends_now.far.is_some());
            assert!(ends_now.taken());

            near.write_all(b"hello").unwrap();
            let ends_now = at_rest(flow);
            assert_eq!(ends_now.far.as_ref().map(|row| row.unread), Some(5));
            assert!(!ends_now.taken(), "it has arrived, and waits to be read");

            // A client that reads late keeps the program's bytes on their way.
            let many = vec![0; 1 << 24];
            far.set_nonblocking(true).unwrap();
            while far.write(&many).is_ok() {}
            assert!(ends(flow).far.is_some_and(|row| row.sending > 0));
        }
    }

    #[test]
    fn what_is_gone_is_not_found() {
        let (near, far, flow) = connected("127.0.0.1:0");
        socket2::SockRef::from(&near).set_linger(Some(std::time::Duration::ZERO)).unwrap();
        drop((near, far));
        assert_eq!(ends(flow), Ends { near: None, far: None });
    }

    #[test]
    fn a_listener_is_no_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let program = listener.local_addr().unwrap();
        let peer = SocketAddr::from(([127, 0, 0, 1], 1));
        assert_eq!(diag::find(program, peer).unwrap(), None);
    }

    #[test]
    fn a_queue_is_seen_from_outside_and_who_knocks_at_it() {
        use crate::listener::Listening;
        use socket2::{Domain, Socket, Type};

        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        listener.listen(0).unwrap();
        let server = listener.local_addr().unwrap().as_socket().unwrap();
        assert_eq!(diag::listening(server), Some(Listening { waiting: 0, backlog: 0 }));

        let _inside = TcpStream::connect(server).unwrap();
        assert_eq!(diag::listening(server), Some(Listening { waiting: 1, backlog: 0 }));
        assert_eq!(outside(server), 0);

        let knocker = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        knocker.set_nonblocking(true).unwrap();
        knocker.connect(&server.into()).unwrap_err();
        assert_eq!(outside(server), 1);
        drop(knocker);
        assert_eq!(outside(server), 0);
        drop(listener);
        assert_eq!(diag::listening(server), None);
    }

    #[test]
    fn a_mapped_address_is_the_address_inside() {
        let mapped = address("0000000000000000FFFF00000100007F:0016");
        assert_eq!(mapped, address("0100007F:0016"), "little endian only");
    }
}
