//! Who owns a port: the program's sockets as the kernel lists them, and
//! sockets of the harness that are in the program's way.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use socket2::{Domain, Socket, Type};

use crate::check::Check;
use crate::numbers::in_place_of;
use crate::program::Program;
use crate::run::without_copies;
use crate::transcript::{Detail, Step, Transcript};
use crate::wait;
use crate::words::say;

/// An address of the loopback, and what the transcript calls it: `A:1`, where
/// `A` is the address and `1` the port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    name: String,
    addr: SocketAddr,
}

impl Place {
    /// The address.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its name in the transcript.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The part of its name that stands for the port: `1` of `A:1`.
    pub(crate) fn port_name(&self) -> &str {
        self.name.rsplit(':').next().unwrap_or_default()
    }

    /// What `addr` is called if these places are known: `A:?` is another port of
    /// the address of `A:1`.
    pub(crate) fn name_of(places: &[&Place], addr: SocketAddr) -> String {
        let half = |place: &Place, n: usize| place.name.split(':').nth(n).unwrap_or_default().to_string();
        if let Some(place) = places.iter().find(|place| place.addr == addr) {
            return place.name.clone();
        }
        let ip = places.iter().find(|place| place.addr.ip() == addr.ip());
        let port = places.iter().find(|place| place.addr.port() == addr.port());
        let written = || if addr.is_ipv6() { format!("[{}]", addr.ip()) } else { addr.ip().to_string() };
        let ip = ip.map_or_else(written, |place| half(place, 0));
        let port = match addr.port() {
            0 => "0".to_string(),
            _ => port.map_or_else(|| "?".to_string(), |place| half(place, 1)),
        };
        format!("{ip}:{port}")
    }

    /// The place that the kernel has picked and the program has told.
    #[must_use]
    pub fn told(name: &str, addr: SocketAddr) -> Place {
        Place { name: name.into(), addr }
    }

    /// A TCP socket of the program that listens here.
    #[must_use]
    pub fn tcp(&self) -> Owner {
        Owner { protocol: "tcp", place: self.clone(), descriptors: 1 }
    }

    /// A UDP socket of the program that is bound here.
    #[must_use]
    pub fn udp(&self) -> Owner {
        Owner { protocol: "udp", place: self.clone(), descriptors: 1 }
    }
}

/// A socket that the program should have.
#[derive(Clone, Debug)]
pub struct Owner {
    protocol: &'static str,
    place: Place,
    descriptors: usize,
}

impl Owner {
    /// So many descriptors of it.
    #[must_use]
    pub fn with_descriptors(self, descriptors: usize) -> Owner {
        Owner { descriptors, ..self }
    }
}

/// A socket of the harness that the program finds in its way.
#[derive(Debug)]
pub struct Held {
    socket: Option<Socket>,
}

impl Drop for Held {
    fn drop(&mut self) {
        without_copies(|| drop(self.socket.take()));
    }
}

impl Check {
    /// A place of its own: an address of 127.0.0.0/8 and a port below those that
    /// the kernel hands out, which no other check has at the same time. The
    /// seed has no say in it: the same one may run twice at once.
    pub fn place(&self, name: &str) -> Place {
        let (own, n) = (std::process::id(), next());
        Place::told(name, (ip(own, n), (20_000 + (own * 32 + n) % 10_000) as u16).into())
    }

    /// Another address with the same port as `other`.
    pub fn place_beside(&self, name: &str, other: &Place) -> Place {
        Place::told(name, (ip(std::process::id(), next()), other.addr.port()).into())
    }

    /// `[::1]` with the same port as `other`. There has to be such an address.
    pub fn place_in_ipv6(&self, name: &str, other: &Place) -> Place {
        let ip = IpAddr::from(Ipv6Addr::LOCALHOST);
        if let Err(error) = UdpSocket::bind((ip, 0)) {
            self.cannot_run(&say("net.no-ipv6", &[("error", &error.to_string())]), &say("net.with-ipv6-address", &[]));
        }
        Place::told(name, (ip, other.addr.port()).into())
    }

    /// There have to be IPv6 sockets: a kernel may have been started without
    /// them. It need have no IPv6 address.
    pub fn needs_ipv6(&self) {
        if let Err(error) = Socket::new(Domain::IPV6, Type::STREAM, None)
            && error.raw_os_error() == Some(libc::EAFNOSUPPORT)
        {
            self.cannot_run(&say("net.no-ipv6", &[("error", &error.to_string())]), &say("net.with-ipv6", &[]));
        }
    }

    /// Listens at `place` until it is dropped. `shared` sets SO_REUSEPORT.
    ///
    /// # Panics
    ///
    /// If somebody has the place: then no check makes sense.
    pub fn holds(&self, who: &str, place: &Place, shared: bool) -> Held {
        let open = || -> io::Result<Socket> {
            let holder = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            if shared {
                holder.set_reuse_port(true)?;
            }
            holder.bind(&place.addr.into())?;
            holder.listen(16)?;
            Ok(holder)
        };
        let socket = open().unwrap_or_else(|error| panic!("{}: {error}", place.addr));
        let what = format!("tcp {}{}", place.name, if shared { " shared" } else { "" });
        self.transcript().step(Step::new(say("wire.holds", &[("who", &who), ("what", &what)]), who, "", "bind"));
        Held { socket: Some(socket) }
    }

    /// Somebody listens at `place`: a connection can be made there.
    pub fn calls(&self, who: &str, place: &Place) {
        if self.has_failed() {
            return;
        }
        let transcript: Arc<Transcript> = self.transcript();
        let what = format!("tcp {}", place.name);
        match TcpStream::connect(place.addr) {
            Ok(_) => {
                let line = say("wire.called", &[("who", &who), ("what", &what)]);
                transcript.step(Step::new(line, who, "program", "connect"));
            }
            Err(error) => {
                let error = error.kind().to_string();
                let line = say("fail.not-called", &[("who", &who), ("what", &what), ("error", &error)]);
                transcript.stop(Step::new(line, who, "", "fail"), Detail::default());
            }
        }
    }
}

/// How many places this process has given out.
fn next() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Number `n` of the addresses that process `own` has to itself.
fn ip(own: u32, n: u32) -> Ipv4Addr {
    let byte = |n: u32| 1 + (n % 250) as u8;
    Ipv4Addr::new(127, byte(own / 250), byte(own), byte(n))
}

impl Program {
    /// Waits for the next line of its output: `line`, in which `name` stands for
    /// an address. A name such as `127.0.0.1:P` is of just that IP address, with a
    /// port that the program has not told before.
    pub fn prints_address(&mut self, line: &str, name: &str) -> Place {
        let mut place = Place::told(name, (Ipv4Addr::UNSPECIFIED, 0).into());
        let what = format!("{line:?}");
        let Some(got) = self.line(&what) else { return place };
        let ip = name.rsplit_once(':').and_then(|(ip, _)| ip.parse::<IpAddr>().ok());
        let told = in_place_of(name, line, &got).and_then(|addr| addr.parse::<SocketAddr>().ok());
        let (Some(told), Some(ip)) = (told, ip) else {
            self.fail("fail.other-output", &[("got", &format!("{got:?}")), ("what", &what)]);
            return place;
        };
        // A port that was told before keeps its name, another one gets this one.
        place.addr = (ip, told.port()).into();
        let known: Vec<&Place> = self.places.iter().chain([&place]).collect();
        let shown = Place::name_of(&known, told);
        if shown == name {
            self.step("wire.printed", &[("what", &what)], "stdout");
            self.places.push(place.clone());
        } else {
            let got = format!("{:?}", line.replacen(name, &shown, 1));
            self.fail("fail.other-output", &[("got", &got), ("what", &what)]);
        }
        place
    }

    /// The kernel lists these sockets with a port as the program's, and no
    /// others (looked at on Linux only).
    pub fn owns(&self, owners: &[Owner]) {
        if self.transcript.is_stopped() {
            return;
        }
        let line = |protocol: &str, place: &str, descriptors: usize| match descriptors {
            1 => format!("{protocol} {place}"),
            n => format!("{protocol} {place} (fd ×{n})"),
        };
        let mut want: Vec<String> =
            owners.iter().map(|owner| line(owner.protocol, &owner.place.name, owner.descriptors)).collect();
        want.sort();
        let look = || -> Vec<String> {
            #[cfg(not(target_os = "linux"))]
            return want.clone();
            #[cfg(target_os = "linux")]
            {
                let places: Vec<&Place> = owners.iter().map(|owner| &owner.place).collect();
                let owned = crate::proc::owned(self.run.pid());
                let mut lines: Vec<String> = owned
                    .iter()
                    .map(|own| line(own.protocol, &Place::name_of(&places, own.local), own.descriptors))
                    .collect();
                lines.sort();
                lines
            }
        };
        // An answer may come a moment before its socket is closed.
        match wait::until(&self.run, None, || (look() == want).then_some(())) {
            Ok(()) => self.step("wire.owns", &[("what", &want.join(", "))], "look"),
            Err(_) => {
                let got = look();
                let id = if got.is_empty() { "fail.owns-none" } else { "fail.owns" };
                self.fail(id, &[("what", &got.join(", "))]);
            }
        }
    }

    /// It holds no socket that never got an address, or whose connection is
    /// over (looked at on Linux only).
    pub fn has_no_unbound_sockets(&self) {
        self.settle();
        if self.transcript.is_stopped() {
            return;
        }
        #[cfg(target_os = "linux")]
        {
            let left = crate::proc::numbered(self.run.pid()).iter().filter(|socket| socket.ends.is_none()).count();
            if left > 0 {
                return self.fail("fail.unbound", &[("n", &left)]);
            }
        }
        self.step("wire.no-unbound", &[], "look");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_called_by_what_is_known_of_it() {
        let place = |name: &str, addr: &str| Place::told(name, addr.parse().unwrap());
        let (a, b) = (place("A:1", "127.1.1.1:20001"), place("B:1", "127.1.1.2:20001"));
        let named = |addr: &str| Place::name_of(&[&a, &b], addr.parse().unwrap());
        assert_eq!(named("127.1.1.2:20001"), "B:1");
        assert_eq!(named("127.1.1.2:40000"), "B:?");
        assert_eq!(named("127.1.1.1:0"), "A:0");
        assert_eq!(named("0.0.0.0:20001"), "0.0.0.0:1");
        assert_eq!(named("[2001:db8::7]:20001"), "[2001:db8::7]:1");
        assert_eq!(place("127.0.0.1:P", "127.0.0.1:4711").port_name(), "P");
    }

    #[test]
    fn places_are_not_given_out_twice() {
        let ips: std::collections::BTreeSet<_> = (0..250).map(|n| ip(7, n)).collect();
        assert_eq!(ips.len(), 250);
        assert_ne!(ip(7, 1), ip(8, 1));
    }
}
