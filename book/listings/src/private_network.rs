//! A network of one's own, without root: a new user namespace, in which an
//! ordinary user may open raw sockets, and a new network namespace, in which
//! there is nothing but an own loopback interface
//! ([`user_namespaces(7)`], [`network_namespaces(7)`]).
//!
//! [`user_namespaces(7)`]: https://man7.org/linux/man-pages/man7/user_namespaces.7.html
//! [`network_namespaces(7)`]: https://man7.org/linux/man-pages/man7/network_namespaces.7.html

#[cfg(target_os = "linux")]
use std::fs;
use std::io;
#[cfg(target_os = "linux")]
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// The exit status of a program that could not get its private network.
pub const NOT_RUN: i32 = 3;

/// Moves this process into a private network, or prints a line that begins
/// with `NOT RUN` and ends the process with status [`NOT_RUN`].
///
/// Call it first in `main`: a process with several threads may not move.
pub fn enter_or_exit() {
    if let Err((what, error)) = enter() {
        not_run(&format!("no private network: {what}: {error}; `sockets doctor` says what would allow it"));
    }
}

/// Prints a line that begins with `NOT RUN` and ends the process with status
/// [`NOT_RUN`].
pub fn not_run(reason: &str) -> ! {
    println!("NOT RUN: {reason}");
    std::process::exit(NOT_RUN);
}

/// The step that failed and its error.
type Failure = (&'static str, io::Error);

#[cfg(not(target_os = "linux"))]
fn enter() -> Result<(), Failure> {
    Err(("network namespaces", io::ErrorKind::Unsupported.into()))
}

#[cfg(target_os = "linux")]
fn enter() -> Result<(), Failure> {
    // SAFETY: both calls only return numbers.
    let (user, group) = unsafe { (libc::geteuid(), libc::getegid()) };
    // SAFETY: no memory is involved; the only thread is the one that calls.
    if unsafe { libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET) } != 0 {
        return Err(("unshare(CLONE_NEWUSER | CLONE_NEWNET)", io::Error::last_os_error()));
    }
    // Who we were outside is root in here. A group may be mapped only after
    // setgroups() has been given up (user_namespaces(7)).
    fs::write("/proc/self/setgroups", "deny").map_err(|error| ("/proc/self/setgroups", error))?;
    fs::write("/proc/self/uid_map", format!("0 {user} 1")).map_err(|error| ("/proc/self/uid_map", error))?;
    fs::write("/proc/self/gid_map", format!("0 {group} 1")).map_err(|error| ("/proc/self/gid_map", error))?;
    loopback_up().map_err(|error| ("loopback interface up", error))
}

/// A new network namespace has a loopback interface, but it is down.
#[cfg(target_os = "linux")]
fn loopback_up() -> io::Result<()> {
    // SAFETY: the result is checked before it becomes a descriptor that we own.
    let socket = unsafe {
        let number = libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0);
        if number < 0 {
            return Err(io::Error::last_os_error());
        }
        OwnedFd::from_raw_fd(number)
    };
    // SAFETY: all of ifreq may be zero.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = *from as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    // SAFETY: SIOCSIFFLAGS reads an ifreq, which `request` is.
    if unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &request) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
