//! The sockets with a port that a program holds descriptors of.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;

use super::sockets::{LISTEN, address};

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
        let text = fs::read_to_string(format!("/proc/thread-self/net/{table}")).unwrap_or_default();
        let owned = |line: &str| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let state = u8::from_str_radix(fields.get(3)?, 16).ok()?;
            let descriptors = *descriptors.get(*fields.get(9)?)?;
            let is_one = protocol == "udp" || state == LISTEN;
            let local = address(fields.get(1)?)?;
            is_one.then_some(Owned { protocol, local, descriptors })
        };
        text.lines().skip(1).filter_map(owned).collect::<Vec<_>>()
    };
    tables.into_iter().flat_map(rows).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, UdpSocket};

    #[test]
    fn a_copy_is_one_socket_with_two_descriptors() {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let local = tcp.local_addr().unwrap();
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let copy = tcp.try_clone().unwrap();
        let ours = owned(std::process::id());
        let of = |local: SocketAddr| ours.iter().filter(|own| own.local == local).cloned().collect::<Vec<_>>();
        assert_eq!(of(local), [Owned { protocol: "tcp", local, descriptors: 2 }]);
        let local = udp.local_addr().unwrap();
        assert_eq!(of(local), [Owned { protocol: "udp", local, descriptors: 1 }]);
        drop(copy);
    }
}
