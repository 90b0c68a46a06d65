//! Flags and socket options, by their names in the manual pages.

use crate::time::Micros;

macro_rules! flags {
    ($(#[$doc:meta])* $type:ident: $inner:ty { $($name:ident = $value:literal, $what:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $type(pub $inner);

        impl $type {
            $(#[doc = $what] pub const $name: $type = $type($value);)*

            /// Every flag with its name, in the order in which they are written.
            pub const ALL: &'static [($type, &'static str)] = &[$(($type($value), stringify!($name))),*];

            /// The flag with this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<$type> {
                Self::ALL.iter().find(|(_, known)| *known == name).map(|(flag, _)| *flag)
            }

            /// Whether all of `other` are set.
            #[must_use]
            pub fn has(self, other: $type) -> bool {
                self.0 & other.0 == other.0
            }

            /// Whether any of `other` is set.
            #[must_use]
            pub fn any(self, other: $type) -> bool {
                self.0 & other.0 != 0
            }

            /// Both.
            #[must_use]
            pub fn with(self, other: $type) -> $type {
                $type(self.0 | other.0)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut first = true;
                for (flag, name) in Self::ALL {
                    if self.has(*flag) {
                        if !first {
                            f.write_str("|")?;
                        }
                        f.write_str(name)?;
                        first = false;
                    }
                }
                if first { f.write_str("0") } else { Ok(()) }
            }
        }
    };
}

flags! {
    /// Flags of send(2) and recv(2), with the numbers of Linux.
    Flags: u32 {
        MSG_PEEK = 0x2, "Leave the data in the queue.";
        MSG_TRUNC = 0x20, "Return the real length of the datagram.";
        MSG_DONTWAIT = 0x40, "Do not block this time.";
        MSG_WAITALL = 0x100, "Block until all of the bytes are here.";
    }
}

flags! {
    /// Events of poll(2), with the numbers of Linux.
    PollFlags: u16 {
        POLLIN = 0x1, "Something can be read.";
        POLLOUT = 0x4, "Something can be written.";
        POLLERR = 0x8, "An error is pending.";
        POLLHUP = 0x10, "Both directions are closed.";
        POLLNVAL = 0x20, "Not an open descriptor.";
        POLLRDHUP = 0x2000, "The peer will send no more.";
    }
}

/// A socket option, by its name in socket(7), tcp(7), ip(7), ipv6(7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, non_camel_case_types)]
pub enum SockOpt {
    SO_REUSEADDR,
    SO_REUSEPORT,
    SO_BROADCAST,
    SO_KEEPALIVE,
    SO_LINGER,
    SO_RCVBUF,
    SO_SNDBUF,
    SO_RCVTIMEO,
    SO_SNDTIMEO,
    SO_ERROR,
    SO_TYPE,
    SO_DOMAIN,
    SO_PROTOCOL,
    SO_ACCEPTCONN,
    TCP_NODELAY,
    TCP_USER_TIMEOUT,
    TCP_INFO,
    IP_TTL,
    IP_RECVERR,
    IP_HDRINCL,
    IPV6_V6ONLY,
    IPV6_UNICAST_HOPS,
}

impl SockOpt {
    /// Every option with its name.
    pub const ALL: &'static [(SockOpt, &'static str)] = &[
        (SockOpt::SO_REUSEADDR, "SO_REUSEADDR"),
        (SockOpt::SO_REUSEPORT, "SO_REUSEPORT"),
        (SockOpt::SO_BROADCAST, "SO_BROADCAST"),
        (SockOpt::SO_KEEPALIVE, "SO_KEEPALIVE"),
        (SockOpt::SO_LINGER, "SO_LINGER"),
        (SockOpt::SO_RCVBUF, "SO_RCVBUF"),
        (SockOpt::SO_SNDBUF, "SO_SNDBUF"),
        (SockOpt::SO_RCVTIMEO, "SO_RCVTIMEO"),
        (SockOpt::SO_SNDTIMEO, "SO_SNDTIMEO"),
        (SockOpt::SO_ERROR, "SO_ERROR"),
        (SockOpt::SO_TYPE, "SO_TYPE"),
        (SockOpt::SO_DOMAIN, "SO_DOMAIN"),
        (SockOpt::SO_PROTOCOL, "SO_PROTOCOL"),
        (SockOpt::SO_ACCEPTCONN, "SO_ACCEPTCONN"),
        (SockOpt::TCP_NODELAY, "TCP_NODELAY"),
        (SockOpt::TCP_USER_TIMEOUT, "TCP_USER_TIMEOUT"),
        (SockOpt::TCP_INFO, "TCP_INFO"),
        (SockOpt::IP_TTL, "IP_TTL"),
        (SockOpt::IP_RECVERR, "IP_RECVERR"),
        (SockOpt::IP_HDRINCL, "IP_HDRINCL"),
        (SockOpt::IPV6_V6ONLY, "IPV6_V6ONLY"),
        (SockOpt::IPV6_UNICAST_HOPS, "IPV6_UNICAST_HOPS"),
    ];

    /// The name in the man page.
    #[must_use]
    pub fn name(self) -> &'static str {
        SockOpt::ALL.iter().find(|(option, _)| *option == self).map_or("", |(_, name)| name)
    }

    /// The option with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<SockOpt> {
        SockOpt::ALL.iter().find(|(_, known)| *known == name).map(|(option, _)| *option)
    }
}

/// The value of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptValue {
    /// `1`
    Int(i32),
    /// `SO_LINGER`: `on 0s`, `off`. The time is in whole seconds.
    Linger(Option<u32>),
    /// `SO_RCVTIMEO`, `SO_SNDTIMEO`: `200ms`.
    Time(Micros),
}
