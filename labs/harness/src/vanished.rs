//! A peer that has vanished, and what becomes of whoever misses it.

#[cfg(target_os = "linux")]
use std::time::{Duration, Instant};

use socket2::SockRef;

use crate::peer::Peer;
use crate::program::Program;
use crate::wait;

impl Peer {
    /// Is gone without a word, as if its cable had been pulled: takes nothing,
    /// acknowledges nothing, and has nothing to say (Linux).
    pub fn vanish(&mut self) -> &mut Self {
        let Some(stream) = self.live() else { return self };
        crate::service::deafen(&SockRef::from(stream));
        if let Ok(addr) = stream.local_addr() {
            self.run.note_vanished(addr);
        }
        self.step("wire.vanish", &[], "vanish", &[]);
        self
    }

    /// The program's kernel, which repeats what this vanished peer does not
    /// acknowledge, loses patience: the program gets ETIMEDOUT now, and not in a
    /// quarter of an hour. Where nothing of the program's is to be acknowledged,
    /// or the kernel cannot be told so (Linux), a reset stands for it: that is an
    /// error of the connection as well.
    pub fn is_given_up(&mut self) -> &mut Self {
        if self.live().is_none() {
            return self;
        }
        // What it still has to say to this peer it has said by then.
        wait::until_resting(&self.run);
        if !self.loses_patience() {
            self.break_off();
        }
        self.step("wire.given-up", &[], "rst", &[]);
        self
    }

    #[cfg(target_os = "linux")]
    fn loses_patience(&self) -> bool {
        /// Repetitions come at 0.2, 0.6, 1.4 … seconds, and one of them is the last.
        const LONG: Duration = Duration::from_secs(30);
        let Some((peer, program)) = self.ends() else { return false };
        let owes = crate::proc::unacknowledged(program, peer).is_some_and(|n| n > 0);
        if !owes || !crate::proc::take_patience(self.run.pid(), program, peer) {
            return false;
        }
        let start = Instant::now();
        while crate::proc::Ends::of(crate::proc::Flow { peer, program }).far_is_there() {
            if start.elapsed() >= LONG {
                return false;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        true
    }

    #[cfg(not(target_os = "linux"))]
    fn loses_patience(&self) -> bool {
        false
    }
}

impl Program {
    /// It goes on waiting for somebody who has vanished: it sleeps, nothing will
    /// wake it, and it has not ended.
    pub fn goes_on_waiting(&self) {
        if self.transcript.is_stopped() {
            return;
        }
        match (wait::until_quiet(&self.run), self.run.ending()) {
            (Err(why), _) => self.fail("fail.no-wait", &[("why", &why)]),
            (Ok(()), Some(why)) => self.fail("fail.waits-no-more", &[("why", &why)]),
            (Ok(()), None) => self.step("wire.waits-on", &[], "look"),
        }
    }
}
