//! setsockopt(2) and getsockopt(2): socket(7), tcp(7), ip(7), ipv6(7).

use super::Result;
use crate::errno::Errno;
use crate::host::{Host, TcpPart, doubled};
use crate::script::ast::{Family, OptValue, Outcome, SockOpt, SocketKind, TcpState};
use crate::time::{self, Micros, SECOND};

/// `tcp_keepalive_time`, tcp(7).
pub(super) const KEEPALIVE: Micros = 7_200 * SECOND;

impl Host {
    /// setsockopt(2).
    ///
    /// # Errors
    ///
    /// `EINVAL` for a value that makes no sense, `ENOPROTOOPT` for an option that
    /// this socket does not have or that cannot be set.
    pub fn setsockopt(&mut self, process: usize, fd: i32, option: SockOpt, value: OptValue) -> Result<()> {
        let id = self.id(process, fd)?;
        let socket = self.socket_mut(id)?;
        let stream = socket.kind == SocketKind::Stream;
        let number = match value {
            OptValue::Int(number) => number,
            OptValue::Linger(linger) if option == SockOpt::SO_LINGER => {
                socket.options.linger = linger;
                return Ok(());
            }
            OptValue::Time(length) => {
                let length = (length > 0).then_some(length);
                match option {
                    SockOpt::SO_RCVTIMEO => socket.options.receive_timeout = length,
                    SockOpt::SO_SNDTIMEO => socket.options.send_timeout = length,
                    _ => return Err(Errno::EINVAL),
                }
                return Ok(());
            }
            OptValue::Linger(_) => return Err(Errno::EINVAL),
        };
        let on = number != 0;
        match option {
            SockOpt::SO_REUSEADDR => socket.options.reuse_address = on,
            SockOpt::SO_REUSEPORT => socket.options.reuse_port = on,
            SockOpt::SO_BROADCAST => socket.options.broadcast = on,
            SockOpt::SO_KEEPALIVE => {
                socket.options.keepalive = on;
                if let TcpPart::Connection(conn) = socket.tcp {
                    self.with_conn(conn, |conn, _| conn.engine.set_keepalive(on.then_some(KEEPALIVE)));
                }
            }
            SockOpt::SO_RCVBUF => socket.options.receive_buffer = Some(doubled(number, true)),
            SockOpt::SO_SNDBUF => socket.options.send_buffer = Some(doubled(number, false)),
            SockOpt::TCP_NODELAY if stream => {
                socket.options.nodelay = on;
                if let TcpPart::Connection(conn) = socket.tcp {
                    self.with_conn(conn, |conn, _| conn.engine.set_nodelay(on));
                }
            }
            SockOpt::TCP_USER_TIMEOUT if stream => {
                let millis = u64::try_from(number).map_err(|_| Errno::EINVAL)?;
                let patience = (millis > 0).then_some(millis * time::MILLI);
                socket.options.patience = patience;
                if let TcpPart::Connection(conn) = socket.tcp {
                    self.with_conn(conn, |conn, _| conn.patience = patience);
                }
            }
            SockOpt::IP_TTL | SockOpt::IPV6_UNICAST_HOPS => {
                let fits = (option == SockOpt::IP_TTL) == (socket.family == Family::Inet);
                if !fits && option == SockOpt::IPV6_UNICAST_HOPS {
                    return Err(Errno::ENOPROTOOPT);
                }
                socket.options.ttl = match number {
                    -1 => 64,
                    1..=255 => number as u8,
                    _ => return Err(Errno::EINVAL),
                };
                let ttl = socket.options.ttl;
                if let TcpPart::Connection(conn) = socket.tcp {
                    self.with_conn(conn, |conn, _| conn.engine.set_ttl(ttl));
                }
            }
            SockOpt::IP_RECVERR => socket.options.receive_errors = on,
            SockOpt::IP_HDRINCL if socket.kind == SocketKind::Raw => socket.options.header_included = on,
            SockOpt::IPV6_V6ONLY if socket.family == Family::Inet6 => {
                if socket.local.is_some() {
                    return Err(Errno::EINVAL);
                }
                socket.options.only_v6 = on;
            }
            SockOpt::SO_LINGER | SockOpt::SO_RCVTIMEO | SockOpt::SO_SNDTIMEO => return Err(Errno::EINVAL),
            _ => return Err(Errno::ENOPROTOOPT),
        }
        Ok(())
    }

    /// getsockopt(2). `SO_ERROR` takes the error away, as reading it does on any
    /// system; `TCP_INFO` gives the state.
    ///
    /// # Errors
    ///
    /// `ENOPROTOOPT`
    pub fn getsockopt(&mut self, process: usize, fd: i32, option: SockOpt) -> Result<Outcome> {
        let id = self.id(process, fd)?;
        let socket = self.socket_mut(id)?;
        let stream = socket.kind == SocketKind::Stream;
        let options = &socket.options;
        let flag = |on: bool| Ok(Outcome::Number(i64::from(on)));
        let time_word = |length: Option<Micros>| Ok(Outcome::Word(time::spell(length.unwrap_or(0))));
        match option {
            SockOpt::SO_REUSEADDR => flag(options.reuse_address),
            SockOpt::SO_REUSEPORT => flag(options.reuse_port),
            SockOpt::SO_BROADCAST => flag(options.broadcast),
            SockOpt::SO_KEEPALIVE => flag(options.keepalive),
            SockOpt::SO_LINGER => Ok(Outcome::Word(match options.linger {
                Some(seconds) => format!("on {seconds}s"),
                None => "off".to_owned(),
            })),
            SockOpt::SO_RCVTIMEO => time_word(options.receive_timeout),
            SockOpt::SO_SNDTIMEO => time_word(options.send_timeout),
            // tcp(7): tcp_rmem and tcp_wmem; socket(7): rmem_default.
            SockOpt::SO_RCVBUF => {
                Ok(Outcome::Number(options.receive_buffer.unwrap_or(if stream { 131_072 } else { 212_992 }) as i64))
            }
            SockOpt::SO_SNDBUF => {
                Ok(Outcome::Number(options.send_buffer.unwrap_or(if stream { 16_384 } else { 212_992 }) as i64))
            }
            SockOpt::SO_TYPE => Ok(Outcome::Word(
                match socket.kind {
                    SocketKind::Stream => "SOCK_STREAM",
                    SocketKind::Dgram => "SOCK_DGRAM",
                    SocketKind::Raw => "SOCK_RAW",
                }
                .to_owned(),
            )),
            SockOpt::SO_DOMAIN => {
                Ok(Outcome::Word(if socket.family == Family::Inet { "AF_INET" } else { "AF_INET6" }.to_owned()))
            }
            SockOpt::SO_PROTOCOL => Ok(Outcome::Number(i64::from(socket.protocol))),
            SockOpt::SO_ACCEPTCONN => flag(matches!(socket.tcp, TcpPart::Listening { .. })),
            SockOpt::TCP_NODELAY if stream => flag(options.nodelay),
            SockOpt::TCP_USER_TIMEOUT if stream => {
                Ok(Outcome::Number(options.patience.map_or(0, |patience| (patience / time::MILLI) as i64)))
            }
            SockOpt::IP_TTL | SockOpt::IPV6_UNICAST_HOPS => Ok(Outcome::Number(i64::from(options.ttl))),
            SockOpt::IP_RECVERR => flag(options.receive_errors),
            SockOpt::IP_HDRINCL if socket.kind == SocketKind::Raw => flag(options.header_included),
            SockOpt::IPV6_V6ONLY if socket.family == Family::Inet6 => flag(options.only_v6),
            SockOpt::SO_ERROR => {
                let own = socket.error.take();
                let error = match socket.tcp {
                    TcpPart::Connection(conn) => self.with_conn(conn, |conn, _| conn.error.take()).flatten(),
                    _ => own,
                };
                Ok(error.map_or(Outcome::Number(0), |error| Outcome::Word(error.name().to_owned())))
            }
            SockOpt::TCP_INFO if stream => self.tcp_state(process, fd).map(Outcome::State),
            // Linux: ENOPROTOOPT on setting, this on asking.
            SockOpt::TCP_INFO | SockOpt::TCP_NODELAY | SockOpt::TCP_USER_TIMEOUT => Err(Errno::EOPNOTSUPP),
            _ => Err(Errno::ENOPROTOOPT),
        }
    }

    /// The state of a stream socket: `tcpi_state` of `TCP_INFO`.
    ///
    /// # Errors
    ///
    /// `ENOPROTOOPT` for another kind of socket.
    pub fn tcp_state(&self, process: usize, fd: i32) -> Result<TcpState> {
        let id = self.id(process, fd)?;
        let socket = self.socket_ref(id)?;
        if socket.kind != SocketKind::Stream {
            return Err(Errno::ENOPROTOOPT);
        }
        Ok(match &socket.tcp {
            TcpPart::Fresh => TcpState::Closed,
            TcpPart::Listening { .. } => TcpState::Listen,
            TcpPart::Connection(conn) => match self.conns.get(*conn).and_then(Option::as_ref) {
                // Linux hands TIME-WAIT to a smaller record; the socket itself is closed then.
                Some(conn) if conn.state != TcpState::TimeWait => conn.state,
                _ => TcpState::Closed,
            },
        })
    }

    /// Connections that wait to be accepted.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the socket does not listen.
    pub fn queued(&self, process: usize, fd: i32) -> Result<usize> {
        let id = self.id(process, fd)?;
        match &self.socket_ref(id)?.tcp {
            TcpPart::Listening { queue, .. } => Ok(queue.len()),
            _ => Err(Errno::EINVAL),
        }
    }

    /// How long a blocking call waits: `SO_RCVTIMEO` and `SO_SNDTIMEO`.
    ///
    /// # Errors
    ///
    /// `EBADF`
    pub fn timeouts(&self, process: usize, fd: i32) -> Result<(Option<Micros>, Option<Micros>)> {
        let id = self.id(process, fd)?;
        let options = &self.socket_ref(id)?.options;
        Ok((options.receive_timeout, options.send_timeout))
    }
}
