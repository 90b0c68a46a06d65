//! A process that is root over a user namespace of its own: user_namespaces(7).

use std::io::{Error, Result, Write};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Has `command` begin in a new user namespace, in which it is root, and with it
/// a network namespace, so that it cannot touch another one even by mistake.
pub(super) fn new_namespaces(command: &mut Command) {
    // SAFETY: getuid and getgid cannot fail and touch nothing.
    let (uid, gid) = unsafe { (libc::getuid(), libc::getgid()) };
    let (users, groups) = (format!("0 {uid} 1"), format!("0 {gid} 1"));
    let begin = move || {
        // SAFETY: prctl and unshare are async-signal-safe; the process has one
        // thread here, which CLONE_NEWUSER asks for.
        unsafe {
            // An undumpable process may not write its own uid_map.
            libc::prctl(libc::PR_SET_DUMPABLE, 1, 0, 0, 0);
            if libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET) != 0 {
                return Err(Error::last_os_error());
            }
            // After unshare, which takes it away.
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        }
        for (file, text) in [("setgroups", "deny"), ("gid_map", &groups), ("uid_map", &users)] {
            put(file, text)?;
        }
        Ok(())
    };
    // SAFETY: between fork and exec only system calls are made, on memory that
    // was prepared before.
    unsafe { command.pre_exec(begin) };
}

/// Writes one of the process's own files in `/proc/self` in one call, as these
/// want it, and without allocating.
fn put(file: &str, text: &str) -> Result<()> {
    let mut path = [0_u8; 32];
    write!(&mut path[..31], "/proc/self/{file}")?;
    // SAFETY: the path ends with a zero, and each pointer is valid for the
    // length that is given with it.
    unsafe {
        let fd = libc::open(path.as_ptr().cast(), libc::O_WRONLY | libc::O_CLOEXEC);
        if fd < 0 {
            return Err(Error::last_os_error());
        }
        let written = libc::write(fd, text.as_ptr().cast(), text.len());
        let error = Error::last_os_error();
        libc::close(fd);
        if written < 0 { Err(error) } else { Ok(()) }
    }
}
