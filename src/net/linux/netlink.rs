//! Setting up an interface: rtnetlink(7), as far as it is needed here.

use std::io::{self, Error};
use std::net::IpAddr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// `IN6_ADDR_GEN_MODE_NONE`: no link-local address, hence no router
/// solicitation and no report of multicast groups on the wire.
const NO_LINK_LOCAL: u8 = 1;
/// `IFLA_INET6_ADDR_GEN_MODE`, linux/if_link.h.
const ADDR_GEN_MODE: u16 = 8;
/// `IFA_F_NODAD`: the address is good at once.
const NO_DETECTION: u8 = 0x02;

/// `NLMSG_ERROR`, netlink(7).
const NLMSG_ERROR: u16 = 2;
/// `RTAX_LOCK`, linux/rtnetlink.h: which values are fixed.
const LOCK: u16 = 1;
/// `RTAX_RTO_MIN`
const RTO_MIN: u16 = 13;
/// The least retransmission timeout, in milliseconds: that of RFC 6298 section
/// 2.4, and of the simulation. Linux's own 200 would take a pause of the machine
/// for a lost packet.
const LEAST_TIMEOUT: u32 = 1000;

/// A conversation with the kernel, in the network namespace of the thread that
/// opened it.
pub(super) struct Netlink {
    socket: OwnedFd,
}

/// One request, being written.
struct Request(Vec<u8>);

impl Request {
    fn new(kind: u16, flags: i32) -> Request {
        let mut bytes = vec![0; 16];
        bytes[4..6].copy_from_slice(&kind.to_ne_bytes());
        let flags = (libc::NLM_F_REQUEST | libc::NLM_F_ACK | flags) as u16;
        bytes[6..8].copy_from_slice(&flags.to_ne_bytes());
        Request(bytes)
    }

    fn put(mut self, bytes: &[u8]) -> Request {
        self.0.extend(bytes);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        self
    }

    /// An attribute: length, type, value, padding.
    fn attribute(self, kind: u16, value: &[u8]) -> Request {
        let length = (4 + value.len()) as u16;
        let head = [length.to_ne_bytes(), kind.to_ne_bytes()].concat();
        self.put(&[&head, value].concat())
    }

    fn finish(mut self) -> Vec<u8> {
        let length = self.0.len() as u32;
        self.0[..4].copy_from_slice(&length.to_ne_bytes());
        self.0
    }
}

/// An attribute by itself, to be put into another.
fn nested(kind: u16, value: &[u8]) -> Vec<u8> {
    Request(Vec::new()).attribute(kind, value).0
}

fn family(ip: IpAddr) -> u8 {
    (if ip.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 }) as u8
}

fn octets(ip: IpAddr) -> Vec<u8> {
    match ip {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    }
}

impl Netlink {
    /// netlink(7).
    pub(super) fn open() -> io::Result<Netlink> {
        // SAFETY: the call takes plain integers.
        let fd = unsafe { libc::socket(libc::AF_NETLINK, libc::SOCK_RAW | libc::SOCK_CLOEXEC, libc::NETLINK_ROUTE) };
        if fd < 0 {
            return Err(Error::last_os_error());
        }
        // SAFETY: the descriptor is new, and nobody else's.
        Ok(Netlink { socket: unsafe { OwnedFd::from_raw_fd(fd) } })
    }

    /// Sends a request and reads the kernel's answer to it.
    fn exchange(&self, request: Request) -> io::Result<Vec<u8>> {
        let request = request.finish();
        let fd = self.socket.as_raw_fd();
        let mut answer = vec![0_u8; 8192];
        // SAFETY: both buffers live as long as the calls, and are as long as said.
        let got = unsafe {
            if libc::send(fd, request.as_ptr().cast(), request.len(), 0) < 0 {
                return Err(Error::last_os_error());
            }
            libc::recv(fd, answer.as_mut_ptr().cast(), answer.len(), 0)
        };
        let got = usize::try_from(got).map_err(|_| Error::last_os_error())?;
        answer.truncate(got);
        let error = NLMSG_ERROR.to_ne_bytes();
        match (answer.get(4..6), answer.get(16..20)) {
            (Some(kind), Some(&[a, b, c, d])) if *kind == error => match i32::from_ne_bytes([a, b, c, d]) {
                // struct nlmsgerr: without an error it is the acknowledgment.
                0 => Ok(answer),
                error => Err(Error::from_raw_os_error(-error)),
            },
            (Some(_), _) => Ok(answer),
            (None, _) => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// As [`Netlink::exchange`], for what is answered with an acknowledgment.
    fn ask(&self, request: Request) -> io::Result<()> {
        self.exchange(request).map(drop)
    }

    fn link(index: u32, flags: i32, change: i32) -> Request {
        // struct ifinfomsg
        let mut link = [0; 16];
        link[4..8].copy_from_slice(&index.to_ne_bytes());
        link[8..12].copy_from_slice(&flags.to_ne_bytes());
        link[12..16].copy_from_slice(&change.to_ne_bytes());
        Request::new(libc::RTM_NEWLINK, 0).put(&link)
    }

    /// Brings an interface up.
    pub(super) fn up(&self, index: u32) -> io::Result<()> {
        self.ask(Netlink::link(index, libc::IFF_UP, libc::IFF_UP))
    }

    /// Keeps the kernel from speaking IPv6 on its own accord.
    pub(super) fn no_link_local(&self, index: u32) -> io::Result<()> {
        let mode = nested(ADDR_GEN_MODE, &[NO_LINK_LOCAL]);
        let inet6 = nested(libc::AF_INET6 as u16, &mode);
        self.ask(Netlink::link(index, 0, 0).attribute(libc::IFLA_AF_SPEC, &inet6))
    }

    /// Packets that may wait in an interface.
    pub(super) fn queue(&self, index: u32, packets: u32) -> io::Result<()> {
        self.ask(Netlink::link(index, 0, 0).attribute(libc::IFLA_TXQLEN, &packets.to_ne_bytes()))
    }

    /// Gives an interface an address with nobody else in its network.
    pub(super) fn address(&self, index: u32, ip: IpAddr) -> io::Result<()> {
        let octets = octets(ip);
        // struct ifaddrmsg
        let mut message = [family(ip), octets.len() as u8 * 8, NO_DETECTION, 0, 0, 0, 0, 0];
        if ip.is_ipv4() {
            message[2] = 0;
        }
        message[4..8].copy_from_slice(&index.to_ne_bytes());
        let request = Request::new(libc::RTM_NEWADDR, libc::NLM_F_CREATE | libc::NLM_F_EXCL).put(&message);
        self.ask(request.attribute(libc::IFA_LOCAL, &octets).attribute(libc::IFA_ADDRESS, &octets))
    }

    /// Whether packets to this address stay here. Of IPv6 the kernel sees to that
    /// in a worker of its own, after the address is there.
    pub(super) fn is_local(&self, ip: IpAddr) -> io::Result<bool> {
        let octets = octets(ip);
        // struct rtmsg
        let message = [family(ip), octets.len() as u8 * 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let mut request = Request::new(libc::RTM_GETROUTE, 0).put(&message).attribute(libc::RTA_DST, &octets);
        // One answer, and no acknowledgment after it.
        request.0[6..8].copy_from_slice(&(libc::NLM_F_REQUEST as u16).to_ne_bytes());
        match self.exchange(request) {
            Ok(answer) => Ok(answer.get(16 + 7) == Some(&libc::RTN_LOCAL)),
            Err(error) if error.kind() == io::ErrorKind::NetworkUnreachable => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Sends everything of the family of `ip` to an interface.
    pub(super) fn default_route(&self, index: u32, ip: IpAddr) -> io::Result<()> {
        // struct rtmsg
        let scope = if ip.is_ipv4() { libc::RT_SCOPE_LINK } else { libc::RT_SCOPE_UNIVERSE };
        let (table, protocol) = (libc::RT_TABLE_MAIN, libc::RTPROT_STATIC);
        let message = [family(ip), 0, 0, 0, table, protocol, scope, libc::RTN_UNICAST, 0, 0, 0, 0];
        let request = Request::new(libc::RTM_NEWROUTE, libc::NLM_F_CREATE).put(&message);
        // TCP asks the route only where the value is locked.
        let lock = nested(LOCK, &(1_u32 << RTO_MIN).to_ne_bytes());
        let patience = [lock, nested(RTO_MIN, &LEAST_TIMEOUT.to_ne_bytes())].concat();
        self.ask(request.attribute(libc::RTA_OIF, &index.to_ne_bytes()).attribute(libc::RTA_METRICS, &patience))
    }
}
