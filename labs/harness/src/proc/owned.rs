//! The sockets with a port that a program holds descriptors of.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::sockets::{self, LISTEN, Row, row};

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owned {
    /// `tcp`, which listens, or `udp`.
    pub(crate) protocol: &'static str,
    pub(crate) local: SocketAddr,
    pub(crate) descriptors: usize,
}

/// Those of `pid` and all that it started.
pub(crate) fn owned(pid: u32) -> Vec<Owned> {
    let mut descriptors = BTreeMap::<String, usize>::new();
    for inode in super::family(pid).into_iter().flat_map(super::inodes) {
        *descriptors.entry(inode).or_default() += 1;
    }
    let tables = [("tcp", "tcp"), ("tcp6", "tcp"), ("udp", "udp"), ("udp6", "udp")];
    let rows = |(table, protocol): (&str, &'static str)| {
        let owned = |line: &str| {
            let (Row { local, state, .. }, inode) = row(line)?;
            let descriptors = *descriptors.get(inode)?;
            let is_one = protocol == "udp" || state == LISTEN;
            is_one.then_some(Owned { protocol, local, descriptors })
        };
        sockets::table(table).lines().filter_map(owned).collect::<Vec<_>>()
    };
    tables.into_iter().flat_map(rows).collect()
}

/// The address of the UDP socket that `pid` holds by this number.
pub(crate) fn udp_address(pid: u32, number: i32) -> Option<SocketAddr> {
    let (_, inode) = super::numbers(pid).into_iter().find(|(known, _)| *known == number)?;
    let local = |line: &str| row(line).filter(|(_, other)| *other == inode).map(|(row, _)| row.local);
    ["udp", "udp6"].iter().find_map(|table| sockets::table(table).lines().find_map(local))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, UdpSocket};
    use std::os::fd::AsRawFd;

    #[test]
    fn a_copy_is_one_socket_with_two_descriptors() {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let local = tcp.local_addr().unwrap();
        let udp = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
        let copy = tcp.try_clone().unwrap();
        let ours = owned(std::process::id());
        let of = |local: SocketAddr| ours.iter().filter(|own| own.local == local).cloned().collect::<Vec<_>>();
        assert_eq!(of(local), [Owned { protocol: "tcp", local, descriptors: 2 }]);
        let local = udp.local_addr().unwrap();
        assert_eq!(of(local), [Owned { protocol: "udp", local, descriptors: 1 }]);
        drop(copy);
        let number = |socket: &dyn AsRawFd| udp_address(std::process::id(), socket.as_raw_fd());
        assert_eq!((number(&udp), number(&tcp)), (Some(local), None));
    }
}
