//! The errors of the calls, named as `errno(3)` names them.

use std::fmt;

macro_rules! errnos {
    ($($name:ident = $number:literal, $what:literal;)*) => {
        /// Why a call failed: the names of `errno(3)`, the numbers of Linux.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(clippy::upper_case_acronyms)]
        pub enum Errno {
            $(#[doc = $what] $name,)*
        }

        impl Errno {
            /// Every error that a call here can end in.
            pub const ALL: &'static [Errno] = &[$(Errno::$name),*];

            /// The name, as in `errno(3)`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Errno::$name => stringify!($name)),* }
            }

            /// The number on Linux (asm-generic).
            #[must_use]
            pub fn number(self) -> i32 {
                match self { $(Errno::$name => $number),* }
            }

            /// The sentence of `strerror(3)`.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self { $(Errno::$name => $what),* }
            }

            /// The error with this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Errno> {
                Errno::ALL.iter().copied().find(|errno| errno.name() == name)
            }

            /// The error with this Linux number.
            #[must_use]
            pub fn from_number(number: i32) -> Option<Errno> {
                Errno::ALL.iter().copied().find(|errno| errno.number() == number)
            }
        }
    };
}

errnos! {
    EPERM = 1, "Operation not permitted";
    EINTR = 4, "Interrupted system call";
    EBADF = 9, "Bad file descriptor";
    EAGAIN = 11, "Resource temporarily unavailable";
    ENOMEM = 12, "Cannot allocate memory";
    EACCES = 13, "Permission denied";
    EFAULT = 14, "Bad address";
    EINVAL = 22, "Invalid argument";
    EMFILE = 24, "Too many open files";
    ESPIPE = 29, "Illegal seek";
    EPIPE = 32, "Broken pipe";
    EPROTO = 71, "Protocol error";
    ENOTSOCK = 88, "Socket operation on non-socket";
    EDESTADDRREQ = 89, "Destination address required";
    EMSGSIZE = 90, "Message too long";
    EPROTOTYPE = 91, "Protocol wrong type for socket";
    ENOPROTOOPT = 92, "Protocol not available";
    EPROTONOSUPPORT = 93, "Protocol not supported";
    ESOCKTNOSUPPORT = 94, "Socket type not supported";
    EOPNOTSUPP = 95, "Operation not supported";
    EAFNOSUPPORT = 97, "Address family not supported by protocol";
    EADDRINUSE = 98, "Address already in use";
    EADDRNOTAVAIL = 99, "Cannot assign requested address";
    ENETUNREACH = 101, "Network is unreachable";
    ECONNABORTED = 103, "Software caused connection abort";
    ECONNRESET = 104, "Connection reset by peer";
    ENOBUFS = 105, "No buffer space available";
    EISCONN = 106, "Transport endpoint is already connected";
    ENOTCONN = 107, "Transport endpoint is not connected";
    ETIMEDOUT = 110, "Connection timed out";
    ECONNREFUSED = 111, "Connection refused";
    EHOSTUNREACH = 113, "No route to host";
    EALREADY = 114, "Operation already in progress";
    EINPROGRESS = 115, "Operation now in progress";
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Errno;

    #[test]
    fn a_name_and_a_number_lead_back_to_the_error() {
        for errno in Errno::ALL.iter().copied() {
            assert_eq!(Errno::from_name(errno.name()), Some(errno));
            assert_eq!(Errno::from_number(errno.number()), Some(errno));
        }
        assert_eq!(Errno::from_name("EWHAT"), None);
    }
}
