//! Socket addresses as the kernel wants them: sockaddr(3type), ip(7), ipv6(7).

use std::mem::{offset_of, size_of};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// An address, or room for one.
pub(super) struct Name {
    storage: libc::sockaddr_storage,
    length: libc::socklen_t,
}

impl Name {
    /// Room for any address.
    pub(super) fn room() -> Name {
        // SAFETY: all zeros are a `sockaddr_storage`: it is made of integers.
        let storage = unsafe { std::mem::zeroed() };
        Name { storage, length: size_of::<libc::sockaddr_storage>() as libc::socklen_t }
    }

    /// This address; none is `AF_UNSPEC`.
    pub(super) fn of(address: Option<SocketAddr>) -> Name {
        let mut name = Name::room();
        match address {
            None => {
                name.storage.ss_family = libc::AF_UNSPEC as libc::sa_family_t;
                name.length = size_of::<libc::sockaddr_in>() as libc::socklen_t;
            }
            Some(SocketAddr::V4(address)) => name.put(libc::sockaddr_in {
                sin_family: libc::AF_INET as libc::sa_family_t,
                sin_port: address.port().to_be(),
                sin_addr: libc::in_addr { s_addr: u32::from_ne_bytes(address.ip().octets()) },
                sin_zero: [0; 8],
            }),
            Some(SocketAddr::V6(address)) => name.put(libc::sockaddr_in6 {
                sin6_family: libc::AF_INET6 as libc::sa_family_t,
                sin6_port: address.port().to_be(),
                sin6_flowinfo: 0,
                sin6_addr: libc::in6_addr { s6_addr: address.ip().octets() },
                sin6_scope_id: address.scope_id(),
            }),
        }
        name
    }

    fn put<T: Copy>(&mut self, address: T) {
        self.length = size_of::<T>() as libc::socklen_t;
        // SAFETY: a `sockaddr_storage` is large and aligned enough for every address.
        unsafe { (&raw mut self.storage).cast::<T>().write(address) }
    }

    /// For a call that reads it.
    pub(super) fn pointer(&self) -> *const libc::sockaddr {
        (&raw const self.storage).cast()
    }

    /// How long it is.
    pub(super) fn length(&self) -> libc::socklen_t {
        self.length
    }

    /// For a call that writes it.
    pub(super) fn parts(&mut self) -> (*mut libc::sockaddr, *mut libc::socklen_t) {
        ((&raw mut self.storage).cast(), &raw mut self.length)
    }

    /// What a call has written; a stream socket gives recvfrom(2) no address.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        let length = self.length as usize;
        match i32::from(self.storage.ss_family) {
            libc::AF_INET if length >= size_of::<libc::sockaddr_in>() => {
                // SAFETY: the family says what it is, and it fits.
                let address = unsafe { (&raw const self.storage).cast::<libc::sockaddr_in>().read() };
                let ip = Ipv4Addr::from(address.sin_addr.s_addr.to_ne_bytes());
                Some(SocketAddrV4::new(ip, u16::from_be(address.sin_port)).into())
            }
            libc::AF_INET6 if length >= offset_of!(libc::sockaddr_in6, sin6_scope_id) => {
                // SAFETY: as above.
                let address = unsafe { (&raw const self.storage).cast::<libc::sockaddr_in6>().read() };
                let ip = Ipv6Addr::from(address.sin6_addr.s6_addr);
                Some(SocketAddrV6::new(ip, u16::from_be(address.sin6_port), 0, 0).into())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn an_address_comes_back_as_it_went_in() {
        for text in ["10.0.0.1:80", "[fd00::1]:443", "[::ffff:10.0.0.1]:1"] {
            let address = text.parse().unwrap();
            assert_eq!(Name::of(Some(address)).address(), Some(address));
        }
        assert_eq!(Name::of(None).address(), None);
    }
}
