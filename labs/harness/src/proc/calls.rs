//! The system call that a thread is in, and whether time can end it.

use std::fs;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use socket2::SockRef;

use crate::words::{Words, say};

/// Where a thread is.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// `accept()`, `read()`.
    pub(crate) name: Words,
    /// No argument of the call says how long it may take.
    pub(crate) untimed: bool,
    /// A timeout of this socket may end it all the same.
    socket: Option<(u32, i32, Side)>,
    /// It hands bytes to the kernel, and sleeps because there is no room.
    pub(crate) writes: bool,
    /// It waits for standard input, which is nobody's but the tester's.
    pub(crate) is_input: bool,
}

/// Which timeout of a socket can end the call.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Side {
    Read,
    Write,
}

impl Call {
    /// The call of the thread whose folder in `/proc` is `path`.
    pub(crate) fn of(path: &str, pid: u32) -> Call {
        let text = super::read(&format!("{path}/syscall")).unwrap_or_default();
        let mut words = text.split_whitespace();
        let Some(Ok(number)) = words.next().map(str::parse::<i64>) else { return Call::named("state.running", false) };
        let args: Vec<u64> = words.filter_map(|w| u64::from_str_radix(w.trim_start_matches("0x"), 16).ok()).collect();
        let arg = |n: usize| args.get(n).copied().unwrap_or(0);
        let fd = arg(0) as i32;
        // An int argument stands in the low half of the register.
        let forever = |n: usize| arg(n) as i32 == -1;
        let null = |n: usize| arg(n) == 0;
        #[cfg(target_arch = "x86_64")]
        match number {
            libc::SYS_accept => return Call::on(pid, fd, Side::Read, "state.accept"),
            libc::SYS_poll => return Call::named("state.events", (arg(2) as i32) < 0),
            libc::SYS_epoll_wait => return Call::named("state.events", forever(3)),
            libc::SYS_select => return Call::named("state.events", null(4)),
            libc::SYS_pause => return Call::named("state.sleep", true),
            _ => {}
        }
        match number {
            libc::SYS_accept4 => Call::on(pid, fd, Side::Read, "state.accept"),
            libc::SYS_read | libc::SYS_readv if fd == 0 && !is_socket(pid, fd) => {
                Call { is_input: true, ..Call::named("state.input", true) }
            }
            libc::SYS_read | libc::SYS_readv | libc::SYS_recvfrom | libc::SYS_recvmsg => {
                Call::on(pid, fd, Side::Read, "state.read")
            }
            libc::SYS_recvmmsg => Call { untimed: null(4), ..Call::on(pid, fd, Side::Read, "state.read") },
            libc::SYS_write | libc::SYS_writev | libc::SYS_sendto | libc::SYS_sendmsg | libc::SYS_sendmmsg => {
                Call { writes: true, ..Call::on(pid, fd, Side::Write, "state.write") }
            }
            // What `io::copy` makes of a pipe and a socket. It may wait for either.
            libc::SYS_splice => Call::on(pid, fd, Side::Read, "state.splice"),
            // The kernel gives up some day, so it is not untimed.
            libc::SYS_connect => Call { untimed: false, ..Call::on(pid, fd, Side::Write, "state.connect") },
            libc::SYS_epoll_pwait => Call::named("state.events", forever(3)),
            libc::SYS_epoll_pwait2 => Call::named("state.events", null(3)),
            libc::SYS_ppoll => Call::named("state.events", null(2)),
            libc::SYS_pselect6 => Call::named("state.events", null(4)),
            libc::SYS_futex => Call::named("state.thread", null(3)),
            libc::SYS_wait4 | libc::SYS_waitid => Call::named("state.child", true),
            libc::SYS_nanosleep | libc::SYS_clock_nanosleep => Call::named("state.sleep", false),
            -1 => Call::named("state.running", false),
            n => Call { name: say("state.other", &[("n", &n.to_string())]), ..Call::named("state.running", false) },
        }
    }

    fn named(id: &str, untimed: bool) -> Call {
        Call { name: say(id, &[]), untimed, socket: None, writes: false, is_input: false }
    }

    fn on(pid: u32, fd: i32, side: Side, id: &str) -> Call {
        Call { socket: Some((pid, fd, side)), ..Call::named(id, true) }
    }

    /// Nothing but an answer ends it for minutes: a connect without a timeout.
    pub(crate) fn connects_for_long(&self) -> bool {
        let connects = self.name == say("state.connect", &[]);
        connects && self.socket.is_some_and(|(pid, fd, side)| no_timeout(pid, fd, side))
    }

    /// Only another's deed can end it: no timeout runs.
    pub(crate) fn lasts(&self) -> bool {
        self.untimed && self.socket.is_none_or(|(pid, fd, side)| no_timeout(pid, fd, side))
    }
}

/// Whether no SO_RCVTIMEO or SO_SNDTIMEO ends a call on descriptor `fd` of
/// `pid`. Asked of a duplicate (pidfd_getfd(2)), because nothing in `/proc`
/// shows it; where that is not allowed the answer is no, and the deadline
/// judges instead.
fn no_timeout(pid: u32, fd: i32, side: Side) -> bool {
    if !is_socket(pid, fd) {
        return true;
    }
    let Some(copy) = duplicate(pid, fd) else { return false };
    let socket = SockRef::from(&copy);
    let timeout = if side == Side::Read { socket.read_timeout() } else { socket.write_timeout() };
    matches!(timeout, Ok(None))
}

fn is_socket(pid: u32, fd: i32) -> bool {
    let target = fs::read_link(format!("/proc/{pid}/fd/{fd}")).unwrap_or_default();
    target.to_string_lossy().starts_with("socket:")
}

fn duplicate(pid: u32, fd: i32) -> Option<OwnedFd> {
    // SAFETY: both calls take plain integers; a descriptor that comes back is
    // new, and owned by nobody else.
    unsafe {
        let process = libc::syscall(libc::SYS_pidfd_open, pid, 0);
        let process = (process >= 0).then(|| OwnedFd::from_raw_fd(process as i32))?;
        let copy = libc::syscall(libc::SYS_pidfd_getfd, process.as_raw_fd(), fd, 0);
        (copy >= 0).then(|| OwnedFd::from_raw_fd(copy as i32))
    }
}
