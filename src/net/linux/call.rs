//! The system calls that a script names, on whatever number it names.
//!
//! Straight from libc: a script may call anything on any number, also on -1 and
//! on a descriptor that is closed, and the kernel is to answer. Libraries for
//! safe sockets rule that out by their types, or by a panic.

use std::mem::{MaybeUninit, size_of};
use std::net::SocketAddr;
use std::os::raw::c_int;

use netlab::script::ast::{Family, How, PollFlags, SocketKind};

use super::address::Name;

/// The answer of a call, or its `errno`.
pub(super) type Answer<T> = Result<T, i32>;

/// errno(3) of the call just made by this thread.
pub(super) fn errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

fn checked(returned: c_int) -> Answer<c_int> {
    if returned < 0 { Err(errno()) } else { Ok(returned) }
}

fn length(returned: isize) -> Answer<usize> {
    usize::try_from(returned).map_err(|_| errno())
}

fn nothing(returned: c_int) -> Answer<()> {
    checked(returned).map(drop)
}

/// socket(2).
pub(super) fn socket(family: Family, kind: SocketKind, nonblock: bool, protocol: u8) -> Answer<i32> {
    let family = match family {
        Family::Inet => libc::AF_INET,
        Family::Inet6 => libc::AF_INET6,
    };
    let kind = match kind {
        SocketKind::Stream => libc::SOCK_STREAM,
        SocketKind::Dgram => libc::SOCK_DGRAM,
        SocketKind::Raw => libc::SOCK_RAW,
    };
    let kind = if nonblock { kind | libc::SOCK_NONBLOCK } else { kind };
    // SAFETY: the call takes plain integers.
    checked(unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, c_int::from(protocol)) })
}

/// bind(2).
pub(super) fn bind(fd: i32, to: SocketAddr) -> Answer<()> {
    let name = Name::of(Some(to));
    // SAFETY: the address lives as long as the call, and is as long as said.
    nothing(unsafe { libc::bind(fd, name.pointer(), name.length()) })
}

/// listen(2).
pub(super) fn listen(fd: i32, backlog: i32) -> Answer<()> {
    // SAFETY: the call takes plain integers.
    nothing(unsafe { libc::listen(fd, backlog) })
}

/// accept(2).
pub(super) fn accept(fd: i32) -> Answer<(i32, Option<SocketAddr>)> {
    let mut name = Name::room();
    // SAFETY: the kernel writes an address, at most as long as the room is.
    let new = checked(unsafe {
        let (pointer, length) = name.parts();
        libc::accept4(fd, pointer, length, libc::SOCK_CLOEXEC)
    })?;
    Ok((new, name.address()))
}

/// connect(2); without an address with `AF_UNSPEC`.
pub(super) fn connect(fd: i32, to: Option<SocketAddr>) -> Answer<()> {
    let name = Name::of(to);
    // SAFETY: as in `bind`.
    nothing(unsafe { libc::connect(fd, name.pointer(), name.length()) })
}

/// send(2), or sendto(2) with an address; never with a signal.
pub(super) fn send(fd: i32, data: &[u8], to: Option<SocketAddr>, flags: u32) -> Answer<usize> {
    let name = to.map(|to| Name::of(Some(to)));
    let (pointer, size) = name.as_ref().map_or((std::ptr::null(), 0), |name| (name.pointer(), name.length()));
    let flags = flags.cast_signed() | libc::MSG_NOSIGNAL;
    // SAFETY: the data and the address live as long as the call, and are as long as said.
    length(unsafe { libc::sendto(fd, data.as_ptr().cast(), data.len(), flags, pointer, size) })
}

/// recvfrom(2): what it returned, and who sent it if the kernel says so.
pub(super) fn receive(fd: i32, room: &mut [u8], flags: u32) -> Answer<(usize, Option<SocketAddr>)> {
    let mut name = Name::room();
    // SAFETY: the kernel writes at most as much as there is room for.
    let number = length(unsafe {
        let (pointer, length) = name.parts();
        libc::recvfrom(fd, room.as_mut_ptr().cast(), room.len(), flags.cast_signed(), pointer, length)
    })?;
    Ok((number, name.address()))
}

/// shutdown(2).
pub(super) fn shutdown(fd: i32, how: How) -> Answer<()> {
    let how = match how {
        How::Read => libc::SHUT_RD,
        How::Write => libc::SHUT_WR,
        How::Both => libc::SHUT_RDWR,
    };
    // SAFETY: the call takes plain integers.
    nothing(unsafe { libc::shutdown(fd, how) })
}

/// close(2).
pub(super) fn close(fd: i32) -> Answer<()> {
    // SAFETY: this thread has a descriptor table of its own, in which nothing
    // but the script's sockets has a number from 3 up.
    nothing(unsafe { libc::close(fd) })
}

/// dup(2).
pub(super) fn dup(fd: i32) -> Answer<i32> {
    // SAFETY: the call takes a plain integer.
    checked(unsafe { libc::dup(fd) })
}

/// getsockname(2).
pub(super) fn own_name(fd: i32) -> Answer<SocketAddr> {
    let mut name = Name::room();
    // SAFETY: as in `accept`.
    nothing(unsafe {
        let (pointer, length) = name.parts();
        libc::getsockname(fd, pointer, length)
    })?;
    name.address().ok_or(libc::EAFNOSUPPORT)
}

/// getpeername(2).
pub(super) fn peer_name(fd: i32) -> Answer<SocketAddr> {
    let mut name = Name::room();
    // SAFETY: as in `accept`.
    nothing(unsafe {
        let (pointer, length) = name.parts();
        libc::getpeername(fd, pointer, length)
    })?;
    name.address().ok_or(libc::EAFNOSUPPORT)
}

/// setsockopt(2) with a plain value.
pub(super) fn set<T: Copy>(fd: i32, (level, name): (c_int, c_int), value: T) -> Answer<()> {
    // SAFETY: the value lives as long as the call, and is as long as said.
    nothing(unsafe { libc::setsockopt(fd, level, name, (&raw const value).cast(), size_of::<T>() as libc::socklen_t) })
}

/// getsockopt(2) of a plain value.
///
/// `T` has to be a type for which any bytes are a value, all zeros too.
pub(super) fn get<T: Plain>(fd: i32, (level, name): (c_int, c_int)) -> Answer<T> {
    let mut value = MaybeUninit::<T>::zeroed();
    let mut length = size_of::<T>() as libc::socklen_t;
    // SAFETY: the kernel writes at most as much as there is room for; the rest
    // stays zero, which is a value of every `Plain` type.
    unsafe {
        nothing(libc::getsockopt(fd, level, name, value.as_mut_ptr().cast(), &mut length))?;
        Ok(value.assume_init())
    }
}

/// Types for which any bytes are a value.
///
/// # Safety
///
/// That has to be so.
pub(super) unsafe trait Plain: Copy {}
// SAFETY: integers, and structures of nothing but integers.
unsafe impl Plain for c_int {}
// SAFETY: as above.
unsafe impl Plain for libc::linger {}
// SAFETY: as above.
unsafe impl Plain for libc::timeval {}
// SAFETY: as above.
unsafe impl Plain for libc::tcp_info {}

/// fcntl(2), `F_SETFL`: with or without `O_NONBLOCK`.
pub(super) fn set_nonblocking(fd: i32, on: bool) -> Answer<()> {
    let flags = flags(fd)?;
    let flags = if on { flags | libc::O_NONBLOCK } else { flags & !libc::O_NONBLOCK };
    // SAFETY: the call takes plain integers.
    nothing(unsafe { libc::fcntl(fd, libc::F_SETFL, flags) })
}

/// Whether calls on this descriptor block.
pub(super) fn is_blocking(fd: i32) -> bool {
    flags(fd).is_ok_and(|flags| flags & libc::O_NONBLOCK == 0)
}

fn flags(fd: i32) -> Answer<c_int> {
    // SAFETY: the call takes plain integers.
    checked(unsafe { libc::fcntl(fd, libc::F_GETFL) })
}

/// poll(2), with a time in milliseconds, or for ever. Gives what was found for
/// each descriptor asked about.
pub(super) fn poll(asked: &[(i32, PollFlags)], milliseconds: Option<i32>) -> Answer<Vec<PollFlags>> {
    let pollfd = |(fd, events): &(i32, PollFlags)| libc::pollfd { fd: *fd, events: events.0.cast_signed(), revents: 0 };
    let mut asked: Vec<libc::pollfd> = asked.iter().map(pollfd).collect();
    let time = milliseconds.unwrap_or(-1);
    // SAFETY: the entries live as long as the call, and are as many as said.
    checked(unsafe { libc::poll(asked.as_mut_ptr(), asked.len() as libc::nfds_t, time) })?;
    let known = PollFlags::ALL.iter().fold(0, |all, (flag, _)| all | flag.0);
    Ok(asked.iter().map(|found| PollFlags(found.revents.cast_unsigned() & known)).collect())
}

/// Bytes that can be read: `FIONREAD`, see ioctl_list(2), tcp(7), udp(7).
pub(super) fn readable(fd: i32) -> Answer<usize> {
    let mut bytes: c_int = 0;
    // SAFETY: the kernel writes an int.
    nothing(unsafe { libc::ioctl(fd, libc::FIONREAD, &raw mut bytes) })?;
    Ok(usize::try_from(bytes).unwrap_or(0))
}

/// `TCP_INFO`, see tcp(7).
pub(super) fn tcp_info(fd: i32) -> Answer<libc::tcp_info> {
    get(fd, (libc::IPPROTO_TCP, libc::TCP_INFO))
}
