//! Who owns a port: the program's sockets as the kernel lists them, and
//! sockets of the harness that are in the program's way.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;

use socket2::{Domain, Socket, Type};

use crate::check::Check;
use crate::program::Program;
use crate::run::without_copies;
use crate::transcript::{Detail, Step, Transcript};
use crate::wait;
use crate::words::say;

/// An address of the loopback, and what the transcript calls it.
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
    /// A place of its own: an address of 127.0.0.0/8 that no other test has, and
    /// a port below those that the kernel hands out.
    pub fn place(&self, name: &str) -> Place {
        let port = 20_000 + self.below(10_000) as u16;
        self.place_with(name, port)
    }

    /// Another address with the same port as `other`.
    pub fn place_beside(&self, name: &str, other: &Place) -> Place {
        loop {
            let place = self.place_with(name, other.addr.port());
            if place.addr != other.addr {
                return place;
            }
        }
    }

    fn place_with(&self, name: &str, port: u16) -> Place {
        let byte = || 1 + self.below(250) as u8;
        Place { name: name.into(), addr: (Ipv4Addr::new(127, byte(), byte(), byte()), port).into() }
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

impl Program {
    /// The kernel lists these sockets with a port as the program's, and no
    /// others (looked at on Linux only).
    pub fn owns(&self, owners: &[Owner]) {
        if self.is_stopped() {
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
                let name = |addr: SocketAddr| {
                    let known = owners.iter().find(|owner| owner.place.addr == addr);
                    known.map_or_else(|| addr.to_string(), |owner| owner.place.name.clone())
                };
                let owned = crate::proc::owned(self.run.pid());
                let mut lines: Vec<String> =
                    owned.iter().map(|own| line(own.protocol, &name(own.local), own.descriptors)).collect();
                lines.sort();
                lines
            }
        };
        // An answer may come a moment before its socket is closed.
        match wait::until(&self.run, None, || (look() == want).then_some(())) {
            Ok(()) => self.note("wire.owns", &[("what", &want.join(", "))], "look"),
            Err(_) => {
                let got = look();
                let id = if got.is_empty() { "fail.owns-none" } else { "fail.owns" };
                self.fail(id, &[("what", &got.join(", "))]);
            }
        }
    }
}
