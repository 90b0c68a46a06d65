//! A service that the program under test connects to.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::fd::AsRawFd;
use std::sync::{Arc, Mutex};

use socket2::{Domain, SockRef, Socket, Type};

use crate::peer::{Peer, SMALL_BUFFER};
use crate::program::Program;
use crate::run::without_copies;
use crate::transcript::{Detail, Step, Transcript};
use crate::wait::{self, Interest};
use crate::words::{Fill, Words, say};

/// A listening socket on the loopback, with a port that the kernel has picked.
#[derive(Debug)]
pub struct Service {
    name: String,
    /// `None` when it has been closed.
    listener: Option<TcpListener>,
    addr: SocketAddr,
    transcript: Arc<Transcript>,
    kept: Kept,
    vanished: Vanished,
}

/// Where services that go out of scope leave their listeners.
pub(crate) type Kept = Arc<Mutex<Vec<TcpListener>>>;

/// The addresses of this check from which no answer comes any more.
pub(crate) type Vanished = Arc<Mutex<Vec<SocketAddr>>>;

impl Service {
    /// # Panics
    ///
    /// If the loopback has no free TCP port: then no check makes sense.
    pub(crate) fn listen(
        name: &str,
        slow: bool,
        transcript: &Arc<Transcript>,
        kept: &Kept,
        vanished: &Vanished,
    ) -> Service {
        let open = || -> std::io::Result<(TcpListener, SocketAddr)> {
            let socket = on_a_free_port()?;
            if slow {
                // Before listen: what is accepted inherits it, tcp(7).
                socket.set_recv_buffer_size(SMALL_BUFFER)?;
                socket.set_send_buffer_size(SMALL_BUFFER)?;
            }
            socket.listen(16)?;
            socket.set_nonblocking(true)?;
            let listener = TcpListener::from(socket);
            let addr = listener.local_addr()?;
            Ok((listener, addr))
        };
        let (listener, addr) = open().expect("the loopback always has a free TCP port");
        let (name, transcript, kept) = (name.to_string(), Arc::clone(transcript), Arc::clone(kept));
        Service { name, listener: Some(listener), addr, transcript, kept, vanished: Arc::clone(vanished) }
    }

    /// Where it listens: an argument for the program.
    #[must_use]
    pub fn addr(&self) -> String {
        self.addr.to_string()
    }

    /// Waits for `program` to connect: what comes back is the service's end of
    /// that connection.
    pub fn accept(&self, program: &Program) -> Peer {
        let run = &program.run;
        let Some(listener) = self.listener.as_ref().filter(|_| !self.transcript.is_stopped()) else {
            return Peer::absent(&self.name, run, &self.transcript);
        };
        let on = Some(Interest { fd: listener.as_raw_fd(), write: false });
        match wait::until(run, on, || listener.accept().ok()) {
            Ok((stream, from)) => {
                run.add_flow(self.addr, from);
                self.transcript.step(self.step_from("wire.connected", &[], "connect"));
                Peer::accepted(&self.name, stream, run, &self.transcript)
            }
            Err(why) => {
                let step = self.step_from("fail.not-connected", &[("why", &why)], "fail");
                self.transcript.stop(step, Detail::default());
                Peer::absent(&self.name, run, &self.transcript)
            }
        }
    }

    /// From now on it takes nothing: whoever connects gets no answer at all.
    pub fn vanish(&self) {
        if let Some(listener) = self.listener.as_ref().filter(|_| !self.transcript.is_stopped()) {
            deafen(&SockRef::from(listener));
            self.vanished.lock().expect("no holder panics").push(self.addr);
            let line = say("wire.vanish", &[("who", &self.name)]);
            self.transcript.step(self.step(line, "vanish"));
        }
    }

    /// Nobody else has connected: whoever did is waiting in its queue. To be
    /// asked when the program has ended, or sleeps.
    pub fn is_called_no_more(&self) {
        let Some(listener) = self.listener.as_ref().filter(|_| !self.transcript.is_stopped()) else { return };
        // Left in the queue: a program that was let go would have something to say of that.
        if wait::is_called(listener) {
            return self.transcript.stop(self.step_from("fail.called-again", &[], "fail"), Detail::default());
        }
        self.transcript.step(self.step_from("wire.called-once", &[], "look"));
    }

    pub(crate) fn listener(&self) -> Option<&TcpListener> {
        self.listener.as_ref()
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// A step of it, in `words`.
    pub(crate) fn step(&self, words: Words, what: &'static str) -> Step {
        Step::new(words, &self.name, "", what)
    }

    /// A step from the program to it.
    fn step_from(&self, id: &str, holes: &[(&str, &dyn Fill)], what: &'static str) -> Step {
        let holes: Vec<(&str, &dyn Fill)> = holes.iter().copied().chain([("who", &self.name as &dyn Fill)]).collect();
        Step::new(say(id, &holes), "program", &self.name, what)
    }

    /// Nobody listens any more: who connects now is refused.
    pub fn close(mut self) {
        without_copies(|| drop(self.listener.take()));
    }
}

impl Drop for Service {
    /// A service that goes out of scope refuses nobody: what is not in the
    /// script does not happen on the wire. It ends after the program.
    fn drop(&mut self) {
        if let Some(listener) = self.listener.take() {
            self.kept.lock().expect("no holder panics").push(listener);
        }
    }
}

/// A port that is taken, and on which nobody listens.
#[derive(Debug)]
pub struct Nobody {
    // Bound is enough to keep others away.
    _socket: Socket,
    addr: SocketAddr,
}

impl Nobody {
    /// # Panics
    ///
    /// If the loopback has no free TCP port: then no check makes sense.
    pub(crate) fn hold(name: &str, transcript: &Transcript) -> Nobody {
        let open = || -> std::io::Result<(Socket, SocketAddr)> {
            let socket = on_a_free_port()?;
            let addr = socket.local_addr()?.as_socket().expect("an address of IPv4");
            Ok((socket, addr))
        };
        let (socket, addr) = open().expect("the loopback always has a free TCP port");
        transcript.step(Step::new(say("wire.nobody", &[("who", &name)]), name, "", "nobody"));
        Nobody { _socket: socket, addr }
    }

    /// Where nobody listens: an argument for the program.
    #[must_use]
    pub fn addr(&self) -> String {
        self.addr.to_string()
    }
}

/// Has the kernel drop every segment that comes for `socket`, before TCP sees
/// it: no acknowledgement, no reset. A filter of one instruction that keeps no
/// byte, SO_ATTACH_FILTER in socket(7).
#[cfg(target_os = "linux")]
pub(crate) fn deafen(socket: &SockRef<'_>) {
    let keep_nothing = socket2::SockFilter::new(libc::BPF_RET as u16 | libc::BPF_K as u16, 0, 0, 0);
    socket.attach_filter(&[keep_nothing]).expect("a filter needs no privilege");
}

/// Labs that need it are for Linux.
#[cfg(not(target_os = "linux"))]
pub(crate) fn deafen(_socket: &SockRef<'_>) {}

/// A socket that the kernel has given a free port of the loopback.
fn on_a_free_port() -> std::io::Result<Socket> {
    let any: SocketAddr = (Ipv4Addr::LOCALHOST, 0).into();
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&any.into())?;
    Ok(socket)
}
