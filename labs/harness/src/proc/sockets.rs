//! `/proc/net/{tcp,tcp6}`: every TCP socket of this network with its queues.
//!
//! proc_net_tcp(5). An address is printed as 32-bit words in the byte order of
//! the machine, a port as a plain number.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// TCP states as `include/net/tcp_states.h` of Linux numbers them.
const ESTABLISHED: u8 = 1;
const SYN_SENT: u8 = 2;
const SYN_RECV: u8 = 3;
const FIN_WAIT1: u8 = 4;
const TIME_WAIT: u8 = 6;
const CLOSE_WAIT: u8 = 8;

/// One socket.
#[derive(Debug)]
pub(crate) struct Row {
    local: SocketAddr,
    remote: SocketAddr,
    state: u8,
    /// Bytes (and a FIN) that the other side has not acknowledged.
    sending: u64,
    /// Bytes (and a FIN) that the program has not read.
    unread: u64,
}

/// The sockets at one moment.
#[derive(Debug)]
pub(crate) struct Table {
    tcp: Vec<Row>,
}

/// Both ends of a connection to the program, seen from the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flow {
    pub(crate) peer: SocketAddr,
    pub(crate) program: SocketAddr,
}

impl Table {
    /// The sockets that use one of `ports`. A busy machine has thousands of
    /// rows, and this is asked very often: only these are taken apart.
    pub(crate) fn of_ports(ports: impl IntoIterator<Item = u16>) -> Table {
        let wanted: Vec<String> = ports.into_iter().map(|port| format!(":{port:04X} ")).collect();
        let mut tcp: Vec<Row> = rows("tcp", &wanted).collect();
        // Each read walks the kernel's whole table. Only a program that
        // listens on IPv6 has its end of an IPv4 connection in the other one.
        if tcp.len() < 2 * wanted.len() {
            tcp.extend(rows("tcp6", &wanted));
        }
        Table { tcp }
    }

    /// The two ends of `flow`.
    pub(crate) fn of(flow: Flow) -> Table {
        Table::of_ports([flow.peer.port()])
    }

    fn find(&self, local: SocketAddr, remote: SocketAddr) -> Option<&Row> {
        self.tcp.iter().find(|row| row.local == local && row.remote == remote)
    }

    /// Something of this connection is still on its way, so that the next
    /// moment may wake one of its ends.
    pub(crate) fn in_flight(&self, flow: Flow) -> bool {
        match (self.find(flow.peer, flow.program), self.find(flow.program, flow.peer)) {
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

    /// The program has read all that the peer has sent.
    pub(crate) fn taken(&self, flow: Flow) -> bool {
        let sent = self.find(flow.peer, flow.program).is_none_or(|near| near.sending == 0);
        sent && self.find(flow.program, flow.peer).is_none_or(|far| far.unread == 0 && far.state != SYN_RECV)
    }

    /// A closed connection still holds the port of `addr`.
    pub(crate) fn time_wait_on(&self, addr: SocketAddr) -> bool {
        self.tcp.iter().any(|row| row.local == addr && row.state == TIME_WAIT)
    }
}

/// A raw socket among `inodes` has packets that nobody has read.
pub(crate) fn has_unread_raw(inodes: &[String]) -> bool {
    let text = fs::read_to_string("/proc/thread-self/net/raw").unwrap_or_default();
    text.lines().skip(1).any(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let unread = fields.get(4).and_then(|queues| queues.split_once(':')).is_some_and(|(_, rx)| rx != "00000000");
        unread && fields.get(9).is_some_and(|inode| inodes.iter().any(|own| own == inode))
    })
}

fn rows(protocol: &str, wanted: &[String]) -> impl Iterator<Item = Row> + use<> {
    // A thread's own table: right also in a private network.
    let text = fs::read_to_string(format!("/proc/thread-self/net/{protocol}")).unwrap_or_default();
    let rows: Vec<Row> =
        text.lines().filter(|line| wanted.iter().any(|port| line.contains(port))).filter_map(row).collect();
    rows.into_iter()
}

fn row(line: &str) -> Option<Row> {
    let mut fields = line.split_whitespace().skip(1);
    let local = address(fields.next()?)?;
    let remote = address(fields.next()?)?;
    let state = u8::from_str_radix(fields.next()?, 16).ok()?;
    let (sending, unread) = fields.next()?.split_once(':')?;
    let number = |hex| u64::from_str_radix(hex, 16).ok();
    Some(Row { local, remote, state, sending: number(sending)?, unread: number(unread)? })
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
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_connection_is_found_from_both_ends() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (_far, _) = listener.accept().unwrap();
        let flow = Flow { peer: near.local_addr().unwrap(), program: near.peer_addr().unwrap() };
        let table = Table::of(flow);
        assert!(table.find(flow.peer, flow.program).is_some() && table.find(flow.program, flow.peer).is_some());
        assert!(table.taken(flow) && !table.in_flight(flow));
    }

    #[test]
    fn a_mapped_address_is_the_address_inside() {
        let mapped = address("0000000000000000FFFF00000100007F:0016");
        assert_eq!(mapped, address("0100007F:0016"), "little endian only");
    }
}
