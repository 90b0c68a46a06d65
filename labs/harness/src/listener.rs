//! A program that listens and is told what to do, line by line; and what the
//! kernel says of its listening socket.

use std::net::IpAddr;

use crate::program::Program;
use crate::wait;

/// How often the output is looked at until the program itself is.
const LOOKS: u32 = 20;

/// What the kernel knows of a listening socket: the two columns of `ss -ltn`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Listening {
    /// Connections in its queue that nobody has accepted, `Recv-Q`.
    pub(crate) waiting: u32,
    /// Its backlog, `Send-Q`.
    pub(crate) backlog: u32,
}

impl Program {
    /// Types `line` on the program's standard input.
    pub fn told(&self, line: &str) {
        if !self.transcript.is_stopped() {
            self.run.types(format!("{line}\n").as_bytes());
            self.step("wire.told", &[("what", &format!("{line:?}"))], "input");
        }
    }

    /// Waits for the next line of its standard output, which must be `n`. A
    /// program in which every thread waits, one of them in a connect to its own
    /// full queue, will not print it: the kernel repeats the SYN for minutes.
    pub fn counts(&mut self, n: u32) {
        if self.transcript.is_stopped() {
            return;
        }
        let mut looks = 0;
        let waited = wait::until(&self.run, Some(self.run.stdout.more()), || {
            if self.has_more_output() {
                return Some(true);
            }
            looks += 1;
            (looks % LOOKS == 0 && self.knocks_in_vain()).then_some(false)
        });
        match waited {
            Ok(false) => self.fail("fail.knocks", &[]),
            Ok(true) => self.prints_line(&n.to_string()),
            Err(why) => self.fail("fail.no-output", &[("what", &format!("\"{n}\"")), ("why", &why)]),
        }
    }

    /// It waits for a place in its own queue, which is full, and nothing else
    /// of it goes on.
    #[cfg(target_os = "linux")]
    fn knocks_in_vain(&self) -> bool {
        let is_full = || {
            let now = self.addr().and_then(ask)?;
            Some(now.waiting > now.backlog && self.addr().map_or(0, outside) > 0)
        };
        let waits = || {
            let look = crate::proc::look(self.run.pid());
            let stuck = look.resting && look.calls.iter().any(|call| call.connects_for_long());
            let all = look.calls.iter().all(|call| call.lasts() || call.connects_for_long());
            (stuck && all).then_some(look.switches)
        };
        // Nothing of it has run between two looks that agree.
        let before = waits();
        before.is_some() && is_full() == Some(true) && waits() == before
    }

    #[cfg(not(target_os = "linux"))]
    fn knocks_in_vain(&self) -> bool {
        false
    }

    /// Ends its standard input, at which it must end as well, without an error.
    pub fn hears_no_more(&mut self) {
        self.run.ends_input();
        self.ends();
    }

    /// The kernel keeps this backlog for the program's listening socket.
    pub fn has_backlog(&self, want: u32) {
        let Some(now) = self.listening() else { return };
        if now.backlog == want {
            self.step("wire.backlog", &[("n", &want)], "look");
        } else {
            self.fail("fail.backlog", &[("n", &now.backlog), ("want", &want)]);
        }
    }

    /// So many connections wait for its `accept()`. Asked when it sleeps.
    pub fn has_waiting(&self, want: u32) {
        self.settle();
        let Some(now) = self.listening() else { return };
        if now.waiting == want {
            self.step("wire.waiting", &[("n", &want)], "look");
        } else {
            self.fail("fail.waiting", &[("n", &now.waiting), ("want", &want)]);
        }
    }

    /// So many of the peers are connected, accepted or not. Asked when it sleeps.
    pub fn has_clients(&self, want: usize) {
        self.settle();
        if self.transcript.is_stopped() {
            return;
        }
        match self.run.standing() {
            n if n == want => self.step("wire.clients", &[("n", &n)], "look"),
            n => self.fail("fail.clients", &[("n", &n), ("want", &want)]),
        }
    }

    /// It is itself the client of so many connections to its port (looked at on
    /// Linux only).
    pub fn has_own_clients(&self, want: u32) {
        self.settle();
        if self.transcript.is_stopped() {
            return;
        }
        #[cfg(target_os = "linux")]
        {
            let server = self.addr();
            let sockets = crate::proc::numbered(self.run.pid());
            let is_own = |one: &&crate::proc::Numbered| {
                one.state == "ESTABLISHED" && one.ends.is_some_and(|(_, peer)| peer == server)
            };
            let own = sockets.iter().filter(is_own).count();
            if own != want as usize {
                return self.fail("fail.own-clients", &[("n", &own), ("want", &want)]);
            }
        }
        self.step("wire.own-clients", &[("n", &want)], "look");
    }

    /// It listens on this IP address and no other (looked at on Linux only).
    pub fn listens_only_on(&self, ip: IpAddr) {
        if self.transcript.is_stopped() {
            return;
        }
        #[cfg(target_os = "linux")]
        if let Some(other) = crate::proc::owned(self.run.pid()).iter().find(|own| own.local.ip() != ip) {
            return self.fail("fail.elsewhere", &[("addr", &other.local.ip().to_string())]);
        }
        self.step("wire.elsewhere", &[("addr", &ip.to_string())], "look");
    }

    /// No client is knocking at its port: connecting, and not connected.
    pub fn has_nobody_outside(&self) {
        self.settle();
        if self.transcript.is_stopped() {
            return;
        }
        match self.addr().map_or(0, outside) {
            0 => self.step("wire.nobody-outside", &[], "look"),
            n => self.fail("fail.outside", &[("n", &n)]),
        }
    }

    fn listening(&self) -> Option<Listening> {
        let addr = self.addr().filter(|_| !self.transcript.is_stopped())?;
        let now = ask(addr);
        if now.is_none() {
            self.fail("fail.no-listener", &[]);
        }
        now
    }
}

#[cfg(target_os = "linux")]
use crate::proc::{listening as ask, outside};

/// Where the kernel cannot be asked.
#[cfg(not(target_os = "linux"))]
fn ask(_addr: std::net::SocketAddr) -> Option<Listening> {
    None
}

#[cfg(not(target_os = "linux"))]
fn outside(_addr: std::net::SocketAddr) -> usize {
    0
}
