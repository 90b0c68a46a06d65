//! A host of a script: a network namespace whose only way out is a TUN device.
//!
//! network_namespaces(7); the kernel's networking/tuntap.rst. What the namespace
//! sends comes out of the device as whole IP packets, and what is written into
//! it arrives there: the other end is netlab's wire.

use std::fs::File;
use std::io::{self, Error};
use std::net::IpAddr;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::time::{Duration, Instant};

use netlab::network::MOST_IN_FLIGHT;

use super::netlink::Netlink;
use super::report::Step;

/// For an address to be of use; a loaded machine needs milliseconds.
const MOST_WAIT: Duration = Duration::from_secs(20);
/// The name of the device in its namespace.
const NAME: &str = "wire";

/// Settings that a machine may have changed, or that would take a pause of the
/// machine for a loss; the kernel's networking/ip-sysctl.rst. Congestion control
/// as in the simulation, and no tail loss probe two round trips after sending.
const SETTINGS: [(&str, &str); 2] = [("tcp_congestion_control", "reno"), ("tcp_early_retrans", "0")];

/// A host that stands.
pub(super) struct Host {
    /// The wire's end of its device; none if no link leads to it.
    pub(super) tun: Option<File>,
    /// Its namespace, for setns(2).
    pub(super) namespace: File,
}

impl Host {
    /// Makes a namespace and **moves the calling thread into it**.
    ///
    /// # Errors
    ///
    /// The step that failed, and how.
    pub(super) fn make(addresses: &[IpAddr], linked: bool) -> Result<Host, (Step, Error)> {
        let at = |step| move |error| (step, error);
        // SAFETY: the call takes a plain integer.
        if unsafe { libc::unshare(libc::CLONE_NEWNET) } != 0 {
            return Err((Step::Network, Error::last_os_error()));
        }
        let namespace = File::open("/proc/thread-self/ns/net").map_err(at(Step::Network))?;
        for (name, value) in SETTINGS {
            // In a container they may be read-only: then those of the machine hold.
            std::fs::write(format!("/proc/sys/net/ipv4/{name}"), value).ok();
        }
        let netlink = Netlink::open().map_err(at(Step::Interface))?;
        let loopback = index("lo").map_err(at(Step::Interface))?;
        netlink.up(loopback).map_err(at(Step::Interface))?;
        let (tun, device) = if linked {
            let tun = device().map_err(at(Step::Tun))?;
            let device = index(NAME).map_err(at(Step::Interface))?;
            (Some(tun), device)
        } else {
            (None, loopback)
        };
        if linked {
            // Without IPv6 in the kernel there is nothing to keep quiet.
            let quiet = netlink.no_link_local(device);
            let absent = [libc::EAFNOSUPPORT, libc::EOPNOTSUPP];
            if let Err(error) = quiet
                && !error.raw_os_error().is_some_and(|number| absent.contains(&number))
            {
                return Err((Step::Interface, error));
            }
            // As many as the wire takes, so that none is lost before it.
            netlink.queue(device, MOST_IN_FLIGHT as u32).map_err(at(Step::Interface))?;
            netlink.up(device).map_err(at(Step::Interface))?;
        }
        for address in addresses {
            netlink.address(device, *address).map_err(at(Step::Address))?;
        }
        if linked {
            let (v4, v6) = (addresses.iter().find(|ip| ip.is_ipv4()), addresses.iter().find(|ip| ip.is_ipv6()));
            for ip in v4.into_iter().chain(v6) {
                netlink.default_route(device, *ip).map_err(at(Step::Address))?;
            }
        }
        for address in addresses {
            await_local(&netlink, *address).map_err(at(Step::Address))?;
        }
        Ok(Host { tun, namespace })
    }
}

/// Waits until packets to an address of its own reach the host.
fn await_local(netlink: &Netlink, address: IpAddr) -> io::Result<()> {
    let deadline = Instant::now() + MOST_WAIT;
    while !netlink.is_local(address)? {
        if Instant::now() > deadline {
            return Err(io::ErrorKind::TimedOut.into());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// Moves the calling thread into a namespace: setns(2).
pub(super) fn enter(namespace: RawFd) -> io::Result<()> {
    // SAFETY: the call takes plain integers.
    if unsafe { libc::setns(namespace, libc::CLONE_NEWNET) } == 0 { Ok(()) } else { Err(Error::last_os_error()) }
}

/// The number of an interface in the namespace of this thread.
fn index(name: &str) -> io::Result<u32> {
    let name = std::ffi::CString::new(name)?;
    // SAFETY: the name ends with a zero and lives as long as the call.
    match unsafe { libc::if_nametoindex(name.as_ptr()) } {
        0 => Err(Error::last_os_error()),
        index => Ok(index),
    }
}

/// A TUN device in the namespace of this thread. Whole packets, nothing before
/// them (`IFF_NO_PI`).
fn device() -> io::Result<File> {
    let file = File::options().read(true).write(true).custom_flags(libc::O_NONBLOCK).open("/dev/net/tun")?;
    // SAFETY: all zeros are an `ifreq`: it is made of integers and pointers.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(NAME.bytes()) {
        *to = from.cast_signed() as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_TUN | libc::IFF_NO_PI) as libc::c_short;
    // SAFETY: the request lives as long as the call.
    if unsafe { libc::ioctl(file.as_raw_fd(), libc::TUNSETIFF as _, &raw mut request) } != 0 {
        return Err(Error::last_os_error());
    }
    Ok(file)
}
