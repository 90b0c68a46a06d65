//! The small functions at the end of a printed program.

use super::words::{Lang, Say};
use super::write::wrap;

/// A function that a program may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Helper {
    Own,
    At,
    Unspec,
    Ip,
    Port,
    Errno,
    Uninit,
    Bytes,
    Poll,
    Unread,
    State,
    Queued,
    TcpInfo,
    Set,
    Get,
}

impl Helper {
    /// The helper that this one calls.
    pub(super) fn calls(self) -> Option<Helper> {
        matches!(self, Helper::State | Helper::Queued).then_some(Helper::TcpInfo)
    }

    /// Its comment, the one that says why `unsafe` is sound, and its text.
    fn parts(self) -> (Say, Option<Say>, &'static str) {
        match self {
            Helper::Own => (Say::HelpOwn, Some(Say::SafeOwn), OWN),
            Helper::At => (Say::HelpAt, None, AT),
            Helper::Unspec => (Say::HelpUnspec, Some(Say::SafeUnspec), UNSPEC),
            Helper::Ip => (Say::HelpIp, None, IP),
            Helper::Port => (Say::HelpPort, None, PORT),
            Helper::Errno => (Say::HelpErrno, None, ERRNO),
            Helper::Uninit => (Say::HelpUninit, Some(Say::SafeUninit), UNINIT),
            Helper::Bytes => (Say::HelpBytes, None, BYTES),
            Helper::Poll => (Say::HelpPoll, Some(Say::SafePoll), POLL),
            Helper::Unread => (Say::HelpUnread, Some(Say::SafeUnread), UNREAD),
            Helper::State => (Say::HelpState, None, STATE),
            Helper::Queued => (Say::HelpQueued, None, QUEUED),
            Helper::TcpInfo => (Say::HelpTcpInfo, Some(Say::SafeTcpInfo), TCP_INFO),
            Helper::Set => (Say::HelpSet, Some(Say::SafeOption), SET),
            Helper::Get => (Say::HelpGet, Some(Say::SafeOption), GET),
        }
    }

    /// The function, with a blank line before it.
    pub(super) fn text(self, lang: Lang) -> String {
        let (what, safe, code) = self.parts();
        let safe = safe.map_or("", |safe| safe.text(lang));
        let lines = wrap(what.text(lang), 76);
        format!("\n/// {}\n{}", lines.join("\n/// "), code.replace("{safe}", safe))
    }
}

const OWN: &str = r#"fn own_descriptors() {
    // SAFETY: {safe}
    let result = unsafe { libc::close_range(3, u32::MAX, libc::CLOSE_RANGE_UNSHARE as i32) };
    assert_eq!(result, 0, "{}", io::Error::last_os_error());
}
"#;

const AT: &str = r#"fn at(text: &str) -> SockAddr {
    let address: SocketAddr = text.parse().expect("an address and a port");
    address.into()
}
"#;

const UNSPEC: &str = r#"fn unspec() -> SockAddr {
    let zeros = SockAddrStorage::zeroed();
    let length = zeros.size_of();
    // SAFETY: {safe}
    unsafe { SockAddr::new(zeros, length) }
}
"#;

const IP: &str = r#"fn ip(address: &SockAddr) -> String {
    let address = address.as_socket().expect("an IP address");
    address.ip().to_string()
}
"#;

const PORT: &str = r#"fn port(address: &SockAddr) -> u16 {
    address.as_socket().expect("an IP address").port()
}
"#;

const ERRNO: &str = r#"fn errno<T>(result: io::Result<T>) -> i32 {
    let error = result.err().and_then(|error| error.raw_os_error());
    error.unwrap_or(0)
}
"#;

const UNINIT: &str = r#"fn uninit(buffer: &mut [u8]) -> &mut [MaybeUninit<u8>] {
    // SAFETY: {safe}
    unsafe { &mut *(buffer as *mut [u8] as *mut [MaybeUninit<u8>]) }
}
"#;

const BYTES: &str = r#"fn bytes(length: usize) -> Vec<u8> {
    let letter = |n: usize| b'a' + ((n + n / 26) % 26) as u8;
    (0..length).map(letter).collect()
}
"#;

const POLL: &str = r#"fn poll<const N: usize>(asked: [(&dyn AsRawFd, i16); N], timeout: i32) -> io::Result<[i16; N]> {
    let mut list = asked.map(|(socket, events)| libc::pollfd {
        fd: socket.as_raw_fd(),
        events,
        revents: 0,
    });
    // SAFETY: {safe}
    let ready = unsafe { libc::poll(list.as_mut_ptr(), N as libc::nfds_t, timeout) };
    if ready < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(list.map(|entry| entry.revents))
}
"#;

const UNREAD: &str = r#"fn unread(socket: &Socket) -> io::Result<i32> {
    let mut count = 0;
    // SAFETY: {safe}
    let result = unsafe { libc::ioctl(socket.as_raw_fd(), libc::FIONREAD, &mut count) };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(count)
}
"#;

const STATE: &str = r#"fn state(socket: &Socket) -> io::Result<&'static str> {
    // linux/include/net/tcp_states.h
    Ok(match tcp_info(socket)?.tcpi_state {
        1 => "ESTABLISHED",
        2 => "SYN-SENT",
        3 => "SYN-RECEIVED",
        4 => "FIN-WAIT-1",
        5 => "FIN-WAIT-2",
        6 => "TIME-WAIT",
        7 => "CLOSED",
        8 => "CLOSE-WAIT",
        9 => "LAST-ACK",
        10 => "LISTEN",
        11 => "CLOSING",
        _ => "?",
    })
}
"#;

const QUEUED: &str = r#"fn queued(socket: &Socket) -> io::Result<u32> {
    Ok(tcp_info(socket)?.tcpi_unacked)
}
"#;

const TCP_INFO: &str = r#"fn tcp_info(socket: &Socket) -> io::Result<libc::tcp_info> {
    let mut length = size_of::<libc::tcp_info>() as libc::socklen_t;
    // SAFETY: {safe}
    unsafe {
        let mut info: libc::tcp_info = std::mem::zeroed();
        let (level, name) = (libc::IPPROTO_TCP, libc::TCP_INFO);
        let to = (&raw mut info).cast();
        if libc::getsockopt(socket.as_raw_fd(), level, name, to, &mut length) < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(info)
    }
}
"#;

const SET: &str = r#"fn set_option(socket: &Socket, level: i32, name: i32, value: i32) -> io::Result<()> {
    let from = (&raw const value).cast();
    let length = size_of::<i32>() as libc::socklen_t;
    // SAFETY: {safe}
    if unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, from, length) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
"#;

const GET: &str = r#"fn option(socket: &Socket, level: i32, name: i32) -> io::Result<i32> {
    let mut value = 0;
    let to = (&raw mut value).cast();
    let mut length = size_of::<i32>() as libc::socklen_t;
    // SAFETY: {safe}
    if unsafe { libc::getsockopt(socket.as_raw_fd(), level, name, to, &mut length) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(value)
}
"#;
