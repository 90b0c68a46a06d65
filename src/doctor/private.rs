//! Whether this user may have a network of their own. Settings that should
//! allow it and do not are many (AppArmor, seccomp, limits): so it is tried.

use std::io;

/// How far the try came before it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only Linux can try"))]
pub(super) enum Step {
    /// Making a user and a network namespace.
    Unshare,
    /// Becoming root inside.
    Map,
    /// Opening a raw socket inside.
    Raw,
    /// Bringing its loopback up.
    Loopback,
}

/// What came of the try.
#[derive(Debug)]
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only Linux can try"))]
pub(super) enum Attempt {
    /// A raw socket was opened in a private network with a live loopback.
    Works,
    /// A step failed, with this error.
    Fails(Step, io::Error),
    /// It could not be tried: not Linux, or no process could be started.
    Untried(io::Error),
}

/// Whether a raw ICMP socket can be opened right here.
pub(super) fn raw_here() -> io::Result<()> {
    open(Kind::Raw)
}

/// Whether an ICMP datagram socket (ping without privilege) can be opened.
pub(super) fn ping_here() -> io::Result<()> {
    open(Kind::Datagram)
}

enum Kind {
    Raw,
    Datagram,
}

#[cfg(unix)]
fn open(kind: Kind) -> io::Result<()> {
    use std::os::fd::{FromRawFd, OwnedFd};
    let kind = match kind {
        Kind::Raw => libc::SOCK_RAW,
        Kind::Datagram => libc::SOCK_DGRAM,
    };
    // SAFETY: a plain system call on constants.
    let fd = unsafe { libc::socket(libc::AF_INET, kind, libc::IPPROTO_ICMP) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor is new and nobody else's.
    drop(unsafe { OwnedFd::from_raw_fd(fd) });
    Ok(())
}

#[cfg(not(unix))]
fn open(_kind: Kind) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

#[cfg(not(target_os = "linux"))]
pub(super) fn attempt() -> Attempt {
    Attempt::Untried(io::Error::from(io::ErrorKind::Unsupported))
}

/// Tries, in a child process that ends at once.
#[cfg(target_os = "linux")]
pub(super) fn attempt() -> Attempt {
    match linux::attempt() {
        Ok(attempt) => attempt,
        Err(error) => Attempt::Untried(error),
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::CStr;
    use std::io::{self, Read};
    use std::os::fd::AsRawFd;
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    use super::{Attempt, Step};

    pub(super) fn attempt() -> io::Result<Attempt> {
        let (mut answer, tell) = io::pipe()?;
        let fd = tell.as_raw_fd();
        // SAFETY: plain system calls without arguments.
        let (uid, gid) = unsafe { (libc::getuid(), libc::getgid()) };
        let (uid, gid) = (format!("0 {uid} 1"), format!("0 {gid} 1"));
        let mut command = Command::new("/proc/self/exe");
        // SAFETY: between fork and exec only system calls are made, on memory
        // that was prepared before; and the child ends without an exec.
        unsafe {
            command.pre_exec(move || {
                let (step, error) = match enter(uid.as_bytes(), gid.as_bytes()) {
                    Ok(()) => (0, 0),
                    Err((step, error)) => (step, error),
                };
                let mut message = [0; 8];
                message[..4].copy_from_slice(&step.to_ne_bytes());
                message[4..].copy_from_slice(&error.to_ne_bytes());
                libc::write(fd, message.as_ptr().cast(), message.len());
                libc::_exit(0)
            });
        }
        let mut child = command.spawn()?;
        drop(tell);
        child.wait()?;
        let mut message = [0; 8];
        answer.read_exact(&mut message)?;
        let [a, b, c, d, e, f, g, h] = message;
        let error = io::Error::from_raw_os_error(i32::from_ne_bytes([e, f, g, h]));
        Ok(match i32::from_ne_bytes([a, b, c, d]) {
            0 => Attempt::Works,
            UNSHARE => Attempt::Fails(Step::Unshare, error),
            MAP => Attempt::Fails(Step::Map, error),
            RAW => Attempt::Fails(Step::Raw, error),
            _ => Attempt::Fails(Step::Loopback, error),
        })
    }

    const UNSHARE: i32 = 1;
    const MAP: i32 = 2;
    const RAW: i32 = 3;
    const LOOPBACK: i32 = 4;

    /// Runs in the child. The error is a step and an errno, since nothing
    /// larger can be made there.
    fn enter(uid: &[u8], gid: &[u8]) -> Result<(), (i32, i32)> {
        let failed = |step| (step, io::Error::last_os_error().raw_os_error().unwrap_or(0));
        // SAFETY: plain system calls on constants, and on an `ifreq` that
        // lives as long as the calls.
        unsafe {
            if libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET) != 0 {
                return Err(failed(UNSHARE));
            }
            let mapped = put(c"/proc/self/setgroups", b"deny")
                && put(c"/proc/self/gid_map", gid)
                && put(c"/proc/self/uid_map", uid);
            if !mapped {
                return Err(failed(MAP));
            }
            let raw = libc::socket(libc::AF_INET, libc::SOCK_RAW, libc::IPPROTO_ICMP);
            if raw < 0 {
                return Err(failed(RAW));
            }
            let mut lo: libc::ifreq = std::mem::zeroed();
            for (to, from) in lo.ifr_name.iter_mut().zip(b"lo") {
                *to = (*from).cast_signed() as libc::c_char;
            }
            if libc::ioctl(raw, libc::SIOCGIFFLAGS as _, &mut lo) != 0 {
                return Err(failed(LOOPBACK));
            }
            lo.ifr_ifru.ifru_flags |= libc::IFF_UP as libc::c_short;
            if libc::ioctl(raw, libc::SIOCSIFFLAGS as _, &mut lo) != 0 {
                return Err(failed(LOOPBACK));
            }
        }
        Ok(())
    }

    /// Writes a file of `/proc` in one call, as these want it.
    fn put(path: &CStr, content: &[u8]) -> bool {
        // SAFETY: `path` ends with a zero and `content` is as long as said.
        unsafe {
            let fd = libc::open(path.as_ptr(), libc::O_WRONLY);
            let written = fd >= 0 && libc::write(fd, content.as_ptr().cast(), content.len()) > 0;
            // An error of close must not hide that of write.
            let error = io::Error::last_os_error().raw_os_error().unwrap_or(0);
            libc::close(fd);
            *libc::__errno_location() = error;
            written
        }
    }
}
