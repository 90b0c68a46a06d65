//! What the programs in `src/bin/` share: how they print what they saw.
//!
//! Nothing in here opens a socket, sends or receives: those calls stand in the
//! programs, where the reader can see them. (The one exception makes the
//! private network of the raw listing, before its own sockets exist.)

pub mod private_network;

use std::fmt::Display;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::time::Duration;

/// Letters for the port numbers that the system chose.
///
/// The numbers differ from run to run; which of them are *equal* does not. So
/// each program names a number the first time it meets it, and prints the
/// letter wherever it meets the same number again.
#[derive(Debug, Default)]
pub struct Ports(Vec<(u16, &'static str)>);

impl Ports {
    /// No port has a letter yet.
    #[must_use]
    pub fn new() -> Ports {
        Ports::default()
    }

    /// From now on the port of `address` is printed as `letter`.
    pub fn name(&mut self, letter: &'static str, address: SocketAddr) {
        self.0.push((address.port(), letter));
    }

    /// `127.0.0.1:P`; a port without a letter is printed as its number.
    #[must_use]
    pub fn show(&self, address: SocketAddr) -> String {
        match self.0.iter().find(|(port, _)| *port == address.port()) {
            Some((_, letter)) => format!("{}:{letter}", address.ip()),
            None => address.to_string(),
        }
    }
}

/// What a call returned: its value, or the name of its error.
pub fn outcome<T: Display>(result: &io::Result<T>) -> String {
    match result {
        Ok(value) => value.to_string(),
        Err(error) => errno(error),
    }
}

/// What a receiving call returned: how many bytes and which, or the name of
/// its error. `buffer` is the one that the call was given.
pub fn received(result: &io::Result<usize>, buffer: &[u8]) -> String {
    match result {
        Ok(0) => "0".to_string(),
        Ok(length) => format!("{length} {}", text(&buffer[..*length])),
        Err(error) => errno(error),
    }
}

/// Bytes as a string literal: `"hello\n"`.
#[must_use]
pub fn text(bytes: &[u8]) -> String {
    format!("\"{}\"", bytes.escape_ascii())
}

/// The name of an error as manual pages spell it: `ECONNREFUSED`.
#[must_use]
pub fn errno(error: &io::Error) -> String {
    const NAMES: &[(i32, &str)] = &[
        (libc::EACCES, "EACCES"),
        (libc::EADDRINUSE, "EADDRINUSE"),
        (libc::EADDRNOTAVAIL, "EADDRNOTAVAIL"),
        (libc::EAGAIN, "EAGAIN"),
        (libc::ECONNREFUSED, "ECONNREFUSED"),
        (libc::ECONNRESET, "ECONNRESET"),
        (libc::EINPROGRESS, "EINPROGRESS"),
        (libc::EMSGSIZE, "EMSGSIZE"),
        (libc::ENOTCONN, "ENOTCONN"),
        (libc::EPERM, "EPERM"),
        (libc::EPIPE, "EPIPE"),
        (libc::EPROTONOSUPPORT, "EPROTONOSUPPORT"),
        (libc::EPROTOTYPE, "EPROTOTYPE"),
        (libc::ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT"),
        (libc::ESPIPE, "ESPIPE"),
        (libc::ETIMEDOUT, "ETIMEDOUT"),
    ];
    let name = NAMES.iter().find(|(number, _)| Some(*number) == error.raw_os_error());
    name.map_or_else(|| error.to_string(), |(_, name)| (*name).to_string())
}

/// The descriptors of this process from 3 up, asked of the kernel one by one:
/// `[3, 4]`. (0, 1 and 2 are standard input, output and error.)
#[must_use]
pub fn open_descriptors() -> Vec<i32> {
    // SAFETY: F_GETFD only reads a flag; an unused number is answered with an error.
    (3..64).filter(|&number| unsafe { libc::fcntl(number, libc::F_GETFD) } != -1).collect()
}

/// Sets `name` of `/proc/sys` for the private network that the program is in:
/// the settings below `net` are another for each. Where that is not allowed,
/// the process ends as in [`private_network::enter_or_exit`].
pub fn set_private(name: &str, value: &str) {
    if let Err(error) = std::fs::write(format!("/proc/sys/{name}"), value) {
        private_network::not_run(&format!("/proc/sys/{name} cannot be set in a private network: {error}"));
    }
}

/// Waits, at most five seconds, until the kernel has an error to report on
/// `socket`, and leaves it there for the next call (`poll(2)`, `POLLERR`).
///
/// # Errors
///
/// No error came in time, or `poll` itself failed.
pub fn wait_for_error(socket: &impl AsRawFd) -> io::Result<()> {
    let mut watched = libc::pollfd { fd: socket.as_raw_fd(), events: 0, revents: 0 };
    // SAFETY: `watched` is one pollfd, as the 1 says.
    match unsafe { libc::poll(&mut watched, 1, 5000) } {
        1 => Ok(()),
        0 => Err(io::ErrorKind::TimedOut.into()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Waits until `socket` can be written to, at most `limit`, and says whether
/// it can (`poll(2)`, `POLLOUT`).
///
/// # Errors
///
/// `poll` itself failed.
// ANCHOR: wait_writable
pub fn wait_writable(socket: &impl AsRawFd, limit: Duration) -> io::Result<bool> {
    let mut watched = libc::pollfd { fd: socket.as_raw_fd(), events: libc::POLLOUT, revents: 0 };
    let milliseconds = i32::try_from(limit.as_millis()).unwrap_or(i32::MAX);
    // SAFETY: `watched` is one pollfd, as the 1 says.
    match unsafe { libc::poll(&mut watched, 1, milliseconds) } {
        -1 => Err(io::Error::last_os_error()),
        ready => Ok(ready == 1),
    }
}
// ANCHOR_END: wait_writable

/// What the kernel knows of a connection (`tcp(7)`, `TCP_INFO`).
///
/// # Errors
///
/// The socket is none of TCP.
#[cfg(target_os = "linux")]
pub fn tcp_info(socket: &impl AsRawFd) -> io::Result<libc::tcp_info> {
    known(socket).map(|(info, _)| info)
}

/// [`tcp_info`], and how many bytes of it the kernel has filled in.
#[cfg(target_os = "linux")]
fn known(socket: &impl AsRawFd) -> io::Result<(libc::tcp_info, usize)> {
    // SAFETY: all of tcp_info may be zero; an older kernel fills in less of it.
    let mut info: libc::tcp_info = unsafe { std::mem::zeroed() };
    let mut length = size_of::<libc::tcp_info>() as libc::socklen_t;
    let buffer = (&raw mut info).cast();
    // SAFETY: `info` has `length` bytes, and lives during the call.
    let result =
        unsafe { libc::getsockopt(socket.as_raw_fd(), libc::IPPROTO_TCP, libc::TCP_INFO, buffer, &mut length) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok((info, length as usize)) }
}

/// How many segments with data this end of a connection has sent, as its
/// kernel counts: `tcpi_data_segs_out` of `TCP_INFO`.
///
/// # Errors
///
/// The system has no such count, or the socket is none of TCP.
#[cfg(target_os = "linux")]
pub fn data_segments_sent(socket: &impl AsRawFd) -> io::Result<u32> {
    const END: usize = std::mem::offset_of!(libc::tcp_info, tcpi_data_segs_out) + size_of::<u32>();
    let (info, length) = known(socket)?;
    // An older kernel's struct ends before the count.
    if length < END { Err(io::ErrorKind::Unsupported.into()) } else { Ok(info.tcpi_data_segs_out) }
}

/// Other systems count otherwise.
#[cfg(not(target_os = "linux"))]
pub fn data_segments_sent(_socket: &impl AsRawFd) -> io::Result<u32> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The processor time that this thread has used so far.
///
/// # Panics
///
/// If the system has no such clock (POSIX: `CLOCK_THREAD_CPUTIME_ID`).
#[must_use]
pub fn thread_cpu_time() -> Duration {
    // SAFETY: all of timespec may be zero.
    let mut time: libc::timespec = unsafe { std::mem::zeroed() };
    // SAFETY: the call writes one timespec, which `time` is.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    assert_eq!(result, 0, "{}", io::Error::last_os_error());
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
