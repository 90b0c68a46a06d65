//! What peers do that a program has to bear: they dribble, flood, read late,
//! interrupt, and break off.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use socket2::SockRef;

use crate::payload::Payload;
use crate::peer::{Peer, joined};
use crate::program::Program;
use crate::run::without_copies;
use crate::transcript::Detail;
use crate::wait;

impl Peer {
    /// Sends several payloads in one write, so that one read may bring them all.
    pub fn send_joined(&mut self, payloads: &[&Payload]) -> &mut Self {
        let bytes = payloads.iter().map(|p| p.bytes()).collect::<Vec<_>>().concat();
        self.send_all(&bytes, "wire.send-joined", &joined(payloads))
    }

    /// Sends `payload` byte by byte; each waits until the program has taken
    /// the one before, so that a read never brings two.
    pub fn dribble(&mut self, payload: &Payload) -> &mut Self {
        let what = payload.words();
        for (i, byte) in payload.bytes().iter().enumerate() {
            let Some(mut stream) = self.live() else { return self };
            if let Err(error) = stream.write_all(&[*byte]) {
                self.send_failed(&what, &error, Some(i + 1));
                return self;
            }
            if let Err(why) = wait::until(&self.run, None, || self.is_taken().then_some(())) {
                self.fail("fail.send-stuck", &[("what", &what), ("why", &why)], Detail::default());
                return self;
            }
        }
        self.step("wire.dribble", &[("what", &what)], "bytes", payload.bytes());
        self
    }

    #[cfg(target_os = "linux")]
    fn is_taken(&self) -> bool {
        let ends = self.ends();
        ends.is_none_or(|(peer, program)| crate::proc::Ends::of(crate::proc::Flow { peer, program }).taken())
    }

    #[cfg(not(target_os = "linux"))]
    fn is_taken(&self) -> bool {
        // Each byte leaves in a segment of its own (TCP_NODELAY); whether the
        // program has read it cannot be seen here.
        std::thread::sleep(Duration::from_millis(1));
        true
    }

    /// Sends as much of `payload` as the program takes while nothing of its
    /// answer is read, and lets the program come to rest. The rest follows
    /// while a later step receives.
    pub fn flood(&mut self, payload: &Payload) -> &mut Self {
        if self.live().is_none() {
            return self;
        }
        self.unsent.extend_from_slice(payload.bytes());
        let what = payload.words();
        loop {
            let before = self.sent;
            if let Err(error) = self.push() {
                self.send_failed(&what, &error, None);
                return self;
            }
            if self.sent == before {
                break;
            }
            let run = Arc::clone(&self.run);
            if let Err(why) = wait::until_quiet_or(&run, || run.sleeps_in_write()) {
                self.fail("fail.no-wait", &[("why", &why)], Detail::default());
                return self;
            }
        }
        self.step("wire.flood", &[("what", &what)], "bytes", payload.bytes());
        self
    }

    /// Receives as [`Peer::recv`] does, but interrupts the program whenever it
    /// sleeps in a write (Linux), as Ctrl-Z and `fg` would.
    ///
    /// An interrupted write returns with less than it was given. write(2) may
    /// do that at any time, but seldom does of itself on a blocking socket.
    pub fn recv_with_interruptions(&mut self, payload: &Payload) -> &mut Self {
        /// Not each one finds a write half done.
        const INTERRUPTIONS: usize = 8;
        /// Enough that the kernel finds it worth to wake the writer.
        const SIP: usize = 50_000;
        let mut early = Vec::new();
        for _ in 0..INTERRUPTIONS {
            let run = Arc::clone(&self.run);
            match wait::until_quiet_or(&run, || run.sleeps_in_write()) {
                Ok(true) => run.interrupt(),
                // It sleeps in no write: it has been told to come back later.
                Ok(false) | Err(_) => break,
            }
            let sip = SIP.min(payload.bytes().len() - early.len());
            early.extend(self.read(sip).0);
        }
        if let Some(stream) = self.live() {
            // No longer slow. The kernel takes what it can of the wish.
            let _wish = SockRef::from(stream).set_recv_buffer_size(payload.bytes().len());
        }
        self.recv_rest(&[payload], early, false)
    }

    /// Says nothing until the program sleeps, because only an answer can wake
    /// it. Does not last longer than that: the program's own limits end it.
    pub fn is_silent(&mut self, program: &Program) -> &mut Self {
        program.settle();
        self.step("wire.silent", &[], "silent", &[]);
        self
    }

    /// Closes with a reset instead of a FIN: SO_LINGER with 0 seconds.
    pub fn reset(&mut self) {
        if self.live().is_none() {
            return;
        }
        self.break_off();
        self.step("wire.reset", &[], "rst", &[]);
    }

    pub(crate) fn break_off(&mut self) {
        if let Some(stream) = self.stream.take() {
            // On a fresh descriptor that we own, this cannot fail.
            let _set = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
            without_copies(|| drop(stream));
        }
    }
}
