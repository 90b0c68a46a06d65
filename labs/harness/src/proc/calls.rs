//! The system call that a thread is in, and whether time can end it.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::time::Duration;

use socket2::{Protocol, SockAddr, SockRef};

use super::diag::UNACKNOWLEDGED;
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
    /// It waits for the answer to a SYN, which the kernel repeats for a time.
    connects: bool,
    /// It sleeps for a time, and waits for nothing: nanosleep(2).
    pub(crate) naps: bool,
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
            libc::SYS_connect => Call { connects: true, ..Call::on(pid, fd, Side::Write, "state.connect") },
            libc::SYS_epoll_pwait => Call::named("state.events", forever(3)),
            libc::SYS_epoll_pwait2 => Call::named("state.events", null(3)),
            libc::SYS_ppoll => Call::named("state.events", null(2)),
            libc::SYS_pselect6 => Call::named("state.events", null(4)),
            libc::SYS_futex => Call::named("state.thread", null(3)),
            libc::SYS_wait4 | libc::SYS_waitid => Call::named("state.child", true),
            libc::SYS_nanosleep | libc::SYS_clock_nanosleep => Call { naps: true, ..Call::named("state.sleep", false) },
            -1 => Call::named("state.running", false),
            n => Call { name: say("state.other", &[("n", &n.to_string())]), ..Call::named("state.running", false) },
        }
    }

    fn named(id: &str, untimed: bool) -> Call {
        Call { name: say(id, &[]), untimed, socket: None, writes: false, connects: false, naps: false, is_input: false }
    }

    fn on(pid: u32, fd: i32, side: Side, id: &str) -> Call {
        Call { socket: Some((pid, fd, side)), ..Call::named(id, true) }
    }

    /// Nothing but an answer ends it for minutes: a connect without a timeout.
    pub(crate) fn connects_for_long(&self) -> bool {
        self.connects && self.is_untimed()
    }

    /// Only another's deed can end it: no timeout runs.
    pub(crate) fn lasts(&self) -> bool {
        !self.connects && self.is_untimed()
    }

    fn is_untimed(&self) -> bool {
        self.untimed && self.socket.is_none_or(|(pid, fd, side)| no_timeout(pid, fd, side))
    }
}

/// Whether the kernel goes on for long where somebody has vanished to whom
/// `pid` is connected, or connects: it repeats what nobody acknowledges for
/// minutes, unless the program has set a limit. Where the kernel cannot be
/// asked the answer is no, and the deadline judges instead.
///
/// tcp(7): TCP_USER_TIMEOUT, TCP_SYNCNT, SO_KEEPALIVE, `tcp_retries2`.
pub(crate) fn is_patient(pid: u32) -> bool {
    /// So many repetitions take longer than any deadline: of a SYN 15 seconds,
    /// of bytes some more.
    const LONG: u32 = 3;
    const LONG_FOR_BYTES: u32 = 8;
    let repeats = super::read("/proc/sys/net/ipv4/tcp_retries2");
    if repeats.and_then(|text| text.trim().parse().ok()).is_none_or(|n: u32| n < LONG_FOR_BYTES) {
        return false;
    }
    super::numbers(pid).into_iter().all(|(fd, _)| {
        let Some(copy) = duplicate(pid, fd) else { return false };
        let socket = SockRef::from(&copy);
        if !matches!(socket.protocol(), Ok(Some(Protocol::TCP))) {
            return true;
        }
        let has_no_limit = matches!(socket.tcp_user_timeout(), Ok(None));
        // What is not acknowledged is repeated, and until that ends no
        // connection is asked whether it is alive.
        let is_left_alone =
            || matches!(socket.keepalive(), Ok(false)) || option(&copy, libc::TCP_INFO, UNACKNOWLEDGED) != Some(0);
        has_no_limit && option(&copy, libc::TCP_SYNCNT, 0).is_some_and(|n| n >= LONG) && is_left_alone()
    })
}

/// Has the kernel give up on `peer` at its next repetition of what `program`,
/// a connection's end of `pid`, has sent: TCP_USER_TIMEOUT in tcp(7). Whether
/// that could be said.
pub(crate) fn take_patience(pid: u32, program: SocketAddr, peer: SocketAddr) -> bool {
    /// As short as the kernel can be told: 0 would mean its default.
    const AT_ONCE: Duration = Duration::from_millis(1);
    let of = |addr: io::Result<SockAddr>| addr.ok().and_then(|addr| addr.as_socket());
    let sockets = super::family(pid).into_iter().flat_map(|pid| super::numbers(pid).into_iter().map(move |n| (pid, n)));
    sockets.filter_map(|(pid, (fd, _))| duplicate(pid, fd)).any(|copy| {
        let socket = SockRef::from(&copy);
        let is_it = of(socket.local_addr()) == Some(program) && of(socket.peer_addr()) == Some(peer);
        is_it && socket.set_tcp_user_timeout(Some(AT_ONCE)).is_ok()
    })
}

/// The number that is at `at` in the value of a TCP option; each is of four
/// bytes: tcp(7).
fn option(socket: &OwnedFd, name: libc::c_int, at: usize) -> Option<u32> {
    let mut value = [0u8; 32];
    let mut len = value.len() as libc::socklen_t;
    // SAFETY: value and len are alive, and len is the size of value.
    let asked = unsafe {
        let value = (&raw mut value).cast();
        libc::getsockopt(socket.as_raw_fd(), libc::IPPROTO_TCP, name, value, &raw mut len)
    };
    let value = value.get(at..at + 4).filter(|_| asked == 0 && len as usize >= at + 4)?;
    Some(u32::from_ne_bytes(value.try_into().ok()?))
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
