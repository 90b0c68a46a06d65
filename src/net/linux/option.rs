//! Socket options with the levels and numbers of Linux: socket(7), tcp(7),
//! ip(7), ipv6(7).

use netlab::errno::Errno;
use netlab::script::ast::{OptValue, Outcome, SockOpt, TcpState};
use netlab::time::{self, Micros, SECOND};

use super::call::{Answer, get, set, tcp_info};

/// Level and number.
fn number(option: SockOpt) -> (i32, i32) {
    let socket = |name| (libc::SOL_SOCKET, name);
    match option {
        SockOpt::SO_REUSEADDR => socket(libc::SO_REUSEADDR),
        SockOpt::SO_REUSEPORT => socket(libc::SO_REUSEPORT),
        SockOpt::SO_BROADCAST => socket(libc::SO_BROADCAST),
        SockOpt::SO_KEEPALIVE => socket(libc::SO_KEEPALIVE),
        SockOpt::SO_LINGER => socket(libc::SO_LINGER),
        SockOpt::SO_RCVBUF => socket(libc::SO_RCVBUF),
        SockOpt::SO_SNDBUF => socket(libc::SO_SNDBUF),
        SockOpt::SO_RCVTIMEO => socket(libc::SO_RCVTIMEO),
        SockOpt::SO_SNDTIMEO => socket(libc::SO_SNDTIMEO),
        SockOpt::SO_ERROR => socket(libc::SO_ERROR),
        SockOpt::SO_TYPE => socket(libc::SO_TYPE),
        SockOpt::SO_DOMAIN => socket(libc::SO_DOMAIN),
        SockOpt::SO_PROTOCOL => socket(libc::SO_PROTOCOL),
        SockOpt::SO_ACCEPTCONN => socket(libc::SO_ACCEPTCONN),
        SockOpt::TCP_NODELAY => (libc::IPPROTO_TCP, libc::TCP_NODELAY),
        SockOpt::TCP_USER_TIMEOUT => (libc::IPPROTO_TCP, libc::TCP_USER_TIMEOUT),
        SockOpt::TCP_INFO => (libc::IPPROTO_TCP, libc::TCP_INFO),
        SockOpt::IP_TTL => (libc::IPPROTO_IP, libc::IP_TTL),
        SockOpt::IP_RECVERR => (libc::IPPROTO_IP, libc::IP_RECVERR),
        SockOpt::IP_HDRINCL => (libc::IPPROTO_IP, libc::IP_HDRINCL),
        SockOpt::IPV6_V6ONLY => (libc::IPPROTO_IPV6, libc::IPV6_V6ONLY),
        SockOpt::IPV6_UNICAST_HOPS => (libc::IPPROTO_IPV6, libc::IPV6_UNICAST_HOPS),
    }
}

/// setsockopt(2).
pub(super) fn put(fd: i32, option: SockOpt, value: OptValue) -> Answer<()> {
    let option = number(option);
    match value {
        OptValue::Int(value) => set(fd, option, value),
        OptValue::Linger(seconds) => set(
            fd,
            option,
            libc::linger {
                l_onoff: i32::from(seconds.is_some()),
                l_linger: i32::try_from(seconds.unwrap_or(0)).unwrap_or(i32::MAX),
            },
        ),
        OptValue::Time(length) => set(
            fd,
            option,
            libc::timeval {
                tv_sec: (length / SECOND) as libc::time_t,
                tv_usec: (length % SECOND) as libc::suseconds_t,
            },
        ),
    }
}

/// getsockopt(2), in the words of a script.
pub(super) fn ask(fd: i32, option: SockOpt) -> Answer<Outcome> {
    let at = number(option);
    let word = |text: &str| Outcome::Word(text.to_owned());
    Ok(match option {
        SockOpt::TCP_INFO => {
            let state = tcp_info(fd)?.tcpi_state;
            TcpState::from_linux(state).map_or_else(|| word(&format!("state {state}")), Outcome::State)
        }
        SockOpt::SO_LINGER => {
            let linger: libc::linger = get(fd, at)?;
            if linger.l_onoff == 0 { word("off") } else { word(&format!("on {}s", linger.l_linger)) }
        }
        SockOpt::SO_RCVTIMEO | SockOpt::SO_SNDTIMEO => word(&time::spell(length(get(fd, at)?))),
        SockOpt::SO_ERROR => match get::<i32>(fd, at)? {
            0 => Outcome::Number(0),
            number => word(&error_name(number)),
        },
        SockOpt::SO_TYPE => match get::<i32>(fd, at)? {
            libc::SOCK_STREAM => word("SOCK_STREAM"),
            libc::SOCK_DGRAM => word("SOCK_DGRAM"),
            libc::SOCK_RAW => word("SOCK_RAW"),
            other => Outcome::Number(i64::from(other)),
        },
        SockOpt::SO_DOMAIN => match get::<i32>(fd, at)? {
            libc::AF_INET => word("AF_INET"),
            libc::AF_INET6 => word("AF_INET6"),
            other => Outcome::Number(i64::from(other)),
        },
        _ => Outcome::Number(i64::from(get::<i32>(fd, at)?)),
    })
}

/// How long a call that reads waits: `SO_RCVTIMEO`.
pub(super) fn receive_timeout(fd: i32) -> Answer<Micros> {
    get(fd, number(SockOpt::SO_RCVTIMEO)).map(length)
}

fn length(time: libc::timeval) -> Micros {
    let part = |n: i64| u64::try_from(n).unwrap_or(0);
    part(time.tv_sec) * SECOND + part(time.tv_usec)
}

/// The name of an error, or its number where scripts have no name for it.
pub(super) fn error_name(number: i32) -> String {
    Errno::from_number(number).map_or_else(|| format!("errno {number}"), |errno| errno.name().to_owned())
}
