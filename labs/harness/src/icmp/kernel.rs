//! The kernel as a judge: what it answers, and what it drops.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Instant;

use socket2::Socket;

use super::{AT_MOST, HEADER, REPLY, Request, raw};
use crate::netns;

/// The longest IPv4 packet there is.
const LONGEST: usize = 65_535;

/// One kernel's view of ICMP: that of a private network.
#[derive(Debug)]
pub(super) struct Kernel {
    socket: Socket,
    counters: File,
    wrong_checksums: u64,
}

/// What a kernel did with a request.
#[derive(Debug)]
pub(super) enum Verdict {
    Reply(Vec<u8>),
    WrongChecksum,
    Silence,
}

impl Kernel {
    /// The one of this network.
    pub(super) fn here() -> io::Result<Kernel> {
        let mut kernel =
            Kernel { socket: raw()?, counters: File::open("/proc/thread-self/net/snmp")?, wrong_checksums: 0 };
        kernel.wrong_checksums = kernel.count()?;
        Ok(kernel)
    }

    /// The one of a new network, which is there as long as its sockets are.
    pub(super) fn elsewhere() -> io::Result<Kernel> {
        // Only this thread goes there.
        let kernel = std::thread::spawn(|| {
            netns::new_network()?;
            Kernel::here()
        });
        kernel.join().expect("the thread does not panic")
    }

    /// Since it was last asked, the kernel has dropped a message because of
    /// its checksum.
    pub(super) fn has_found_a_wrong_checksum(&mut self) -> bool {
        let before = self.wrong_checksums;
        self.wrong_checksums = self.count().unwrap_or(before);
        self.wrong_checksums > before
    }

    /// Asks it `request`.
    pub(super) fn reply(&mut self, request: &[u8]) -> Verdict {
        while packet(&self.socket).is_some() {}
        let me = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let start = Instant::now();
        if self.socket.send_to(request, &me.into()).is_err() {
            return Verdict::Silence;
        }
        while start.elapsed() < AT_MOST {
            while let Some(packet) = packet(&self.socket) {
                if packet.message.first() == Some(&REPLY) {
                    return Verdict::Reply(packet.message);
                }
            }
            if self.has_found_a_wrong_checksum() {
                return Verdict::WrongChecksum;
            }
            std::thread::yield_now();
        }
        Verdict::Silence
    }

    /// `InCsumErrors` of the ICMP row in `/proc/net/snmp`: a counter that Linux
    /// adds to those of RFC 2011, a row of names above a row of numbers.
    fn count(&mut self) -> io::Result<u64> {
        let mut text = String::new();
        self.counters.rewind()?;
        self.counters.read_to_string(&mut text)?;
        let mut rows = text.lines().filter(|line| line.starts_with("Icmp:")).map(str::split_whitespace);
        let (names, numbers) = (rows.next(), rows.next());
        let mut columns = names.into_iter().flatten().zip(numbers.into_iter().flatten());
        let number = columns.find(|(name, _)| *name == "InCsumErrors").and_then(|(_, number)| number.parse().ok());
        number.ok_or_else(|| io::ErrorKind::Unsupported.into())
    }
}

/// The next packet in `tap`, if one is there.
pub(super) fn packet(tap: &Socket) -> Option<Request> {
    let mut buf = vec![0; LONGEST];
    loop {
        let n = (&mut &*tap).read(&mut buf).ok()?;
        // What a kernel or this module has not made is somebody else's.
        if n < HEADER || buf[0] != 0x45 {
            continue;
        }
        let address = |at: usize| Ipv4Addr::new(buf[at], buf[at + 1], buf[at + 2], buf[at + 3]);
        return Some(Request { from: address(12), to: address(16), message: buf[HEADER..n].to_vec() });
    }
}

/// Sets `path` below `/proc/sys/net`, which belongs to the network of the
/// thread that writes.
pub(super) fn set(path: &str, value: &str) -> io::Result<()> {
    std::fs::write(path, value)
}
