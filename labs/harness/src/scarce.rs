//! A program that gets no more descriptors for a while.

use crate::program::Program;
use crate::run::without_copies;
use crate::service::Service;
use crate::wait;
use crate::words::say;

impl Program {
    /// From now on every call of it that would make a descriptor fails with
    /// EMFILE, but for one that has its number already: accept(2) takes it
    /// before it waits (Linux).
    pub fn runs_out_of_descriptors(&self) {
        if !self.transcript.is_stopped() {
            #[cfg(target_os = "linux")]
            crate::limits::most_descriptors(self.run.pid(), Some(crate::proc::first_free_number(self.run.pid())));
            self.step("wire.out-of-descriptors", &[], "limit");
        }
    }

    /// It may make descriptors again.
    pub fn gets_descriptors_back(&self) {
        if !self.transcript.is_stopped() {
            #[cfg(target_os = "linux")]
            crate::limits::most_descriptors(self.run.pid(), None);
            self.step("wire.descriptors-again", &[], "limit");
        }
    }

    /// How many of its descriptors are sockets (Linux; elsewhere 0).
    #[must_use]
    pub fn count_sockets(&self) -> usize {
        #[cfg(target_os = "linux")]
        return crate::proc::numbers(self.run.pid()).len();
        #[cfg(not(target_os = "linux"))]
        0
    }

    /// When it has nothing to do, it has at most so many sockets: it has let go
    /// of those whose connections are over.
    pub fn has_sockets_again(&self, before: usize) {
        self.settle();
        if self.transcript.is_stopped() {
            return;
        }
        match self.count_sockets().saturating_sub(before) {
            0 => self.step("wire.sockets-again", &[], "look"),
            more => self.fail("fail.sockets-again", &[("n", &more)]),
        }
    }

    /// Waits until it sleeps, if only for a time; not in a write, as one does
    /// that prints without end.
    pub fn rests(&self) {
        if self.transcript.is_stopped() {
            return;
        }
        match wait::until_at_rest(&self.run) {
            Ok(()) => self.step("wire.rests", &[], "look"),
            Err(_) if self.run.has_ended() => Program::close_account(&self.run, &self.transcript),
            Err(why) => self.fail("fail.no-rest", &[("why", &why)]),
        }
    }
}

impl Service {
    /// Whoever has connected by now, or does before `program` sleeps, is let go.
    pub fn lets_others_go(&self, program: &Program) {
        let Some(listener) = self.listener().filter(|_| !program.transcript.is_stopped()) else { return };
        let let_go = || {
            while let Ok((stream, _)) = listener.accept() {
                without_copies(|| drop(stream));
            }
            false
        };
        match wait::until_quiet_or(&program.run, let_go) {
            Ok(_) => program.transcript.step(self.step(say("wire.lets-go", &[("who", &self.name())]), "close")),
            Err(why) => program.fail("fail.no-wait", &[("why", &why)]),
        }
    }
}
