//! A peer that sends for as long as it is let, and what its kernel knows of that.

use std::io::{ErrorKind, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use socket2::SockRef;

use crate::payload::Payload;
use crate::peer::{End, Peer};
use crate::run::Run;
use crate::transcript::{Detail, Step};
use crate::wait;

/// Between two looks at a window that is closed. Long enough for a program that
/// has something to do; one that is stopped does nothing in any time.
const A_MOMENT: Duration = Duration::from_millis(20);

/// So often in a row an ACK may be quicker than two lines and two looks.
const ROUNDS: usize = 40;

/// What had come after each of two lines.
struct Heard {
    there: [usize; 2],
    /// Both had, when the ACK of the first had not left yet.
    before_the_ack: bool,
}

/// What a peer sends while the script goes on.
#[derive(Debug)]
pub(crate) struct Sending {
    stream: TcpStream,
    left: AtomicUsize,
    /// Its thread is about to write, or writes.
    busy: AtomicBool,
}

impl Sending {
    /// More leaves without anybody's doing: what waits only for its thread to
    /// be given a processor is as good as on its way.
    pub(crate) fn goes_on(&self) -> bool {
        self.busy.load(Ordering::SeqCst) || (self.left.load(Ordering::SeqCst) > 0 && wait::has_room(&self.stream))
    }

    /// Hands `bytes` over as there is room, and then the end, if it `ends`.
    fn hand_over(&self, bytes: &[u8], ends: bool, run: &Run) {
        let mut at = 0;
        while at < bytes.len() {
            self.busy.store(true, Ordering::SeqCst);
            match (&self.stream).write(&bytes[at..]) {
                Ok(n) => {
                    at += n;
                    run.moved();
                    self.left.store(bytes.len() - at, Ordering::SeqCst);
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) if e.kind() == ErrorKind::WouldBlock => {
                    self.busy.store(false, Ordering::SeqCst);
                    wait::for_room(&self.stream);
                }
                // The connection has ended; a later step sees how.
                Err(_) => break,
            }
        }
        if ends {
            // Fails only if the program has reset; a later step sees that.
            let _ended = self.stream.shutdown(Shutdown::Write);
        }
        self.busy.store(false, Ordering::SeqCst);
    }
}

impl Peer {
    /// Sends `payload` while the script goes on: a thread hands over whatever
    /// there is room for, until all of it is taken or the connection has ended.
    pub fn sends_on(&mut self, payload: &Payload) -> &mut Self {
        self.send_meanwhile(payload, false, "wire.sends-on")
    }

    /// [`Peer::sends_on`], and the end of this half behind it.
    pub fn sends_on_and_ends(&mut self, payload: &Payload) -> &mut Self {
        self.send_meanwhile(payload, true, "wire.sends-on-end")
    }

    fn send_meanwhile(&mut self, payload: &Payload, ends: bool, id: &str) -> &mut Self {
        let Some(stream) = self.live() else { return self };
        let sending = Arc::new(Sending {
            stream: stream.try_clone().expect("an open socket can be duplicated"),
            left: AtomicUsize::new(payload.bytes().len()),
            busy: AtomicBool::new(true),
        });
        self.run.add_sending(&sending);
        self.sending = Some((payload.words(), Arc::downgrade(&sending)));
        let (payload_too, run) = (payload.clone(), Arc::clone(&self.run));
        std::thread::spawn(move || sending.hand_over(payload_too.bytes(), ends, &run));
        self.step(id, &[("what", &payload.words())], "bytes", payload.bytes());
        self
    }

    /// What this peer sends is taken no more, because the program has let its
    /// window close: seen when the program sleeps, and goes on sleeping.
    pub fn is_stopped(&mut self) -> &mut Self {
        if self.live().is_none() {
            return self;
        }
        let start = Instant::now();
        let what = self.sending.as_ref().map(|(what, _)| what.clone()).unwrap_or_default();
        // A window that is closed for a moment opens again, and bytes move.
        let mut before = None;
        while !self.has_sent_all() {
            if self.sleeps().is_none() {
                return self;
            }
            let now = self.faces_a_closed_window().then(|| self.run.moves());
            if now.is_some() && now == before {
                self.step("wire.is-stopped", &[("what", &what)], "look", &[]);
                return self;
            }
            before = now;
            if start.elapsed() >= wait::deadline() {
                self.fail("fail.not-stopped-yet", &[("what", &what)], Detail::default());
                return self;
            }
            std::thread::sleep(A_MOMENT);
        }
        self.fail("fail.not-stopped", &[("what", &what)], Detail::default());
        self
    }

    fn has_sent_all(&self) -> bool {
        let sending = self.sending.as_ref().and_then(|(_, sending)| sending.upgrade());
        sending.is_none_or(|sending| sending.left.load(Ordering::SeqCst) == 0)
    }

    #[cfg(target_os = "linux")]
    fn faces_a_closed_window(&self) -> bool {
        self.ends().is_some_and(|(near, far)| crate::proc::faces_a_closed_window(near, far))
    }

    /// Where the kernel cannot be asked, that it takes no more has to do.
    #[cfg(not(target_os = "linux"))]
    fn faces_a_closed_window(&self) -> bool {
        true
    }

    /// Its own address and the program's.
    #[cfg(target_os = "linux")]
    pub(crate) fn ends(&self) -> Option<(SocketAddr, SocketAddr)> {
        let stream = self.stream.as_ref()?;
        Some((stream.local_addr().ok()?, stream.peer_addr().ok()?))
    }

    /// Receives `payload`, which is long, as one that is no slow reader any
    /// more; each piece of it has as long as a step may take.
    pub fn recv_long(&mut self, payload: &Payload) -> &mut Self {
        const PIECE: usize = 1 << 20;
        if let Some(stream) = self.live() {
            // The kernel takes what it can of the wish.
            let _wish = SockRef::from(stream).set_recv_buffer_size(PIECE);
        }
        let mut early = Vec::new();
        while self.live().is_some() && early.len() + PIECE < payload.bytes().len() {
            let (got, end) = self.read(PIECE);
            early.extend(got);
            if !matches!(end, End::Enough) {
                break;
            }
        }
        self.recv_rest(&[payload], early, false)
    }

    /// Receives `payload` in sips, each when the program waits in a write or
    /// has nothing to do; interrupts it in some of its writes, which makes them
    /// short (Linux, see [`Peer::recv_with_interruptions`]).
    pub fn recv_slowly(&mut self, payload: &Payload) -> &mut Self {
        /// Not each one finds a write half done.
        const INTERRUPTIONS: usize = 8;
        /// Enough that the kernel finds it worth to wake the writer.
        const SIP: usize = 100_000;
        let mut early = Vec::new();
        for round in 0.. {
            let run = Arc::clone(&self.run);
            match wait::until_quiet_or(&run, || run.sleeps_in_write()) {
                Ok(true) if round < INTERRUPTIONS => run.interrupt(),
                Ok(_) => {}
                Err(_) => break,
            }
            if self.live().is_none() || early.len() + SIP >= payload.bytes().len() {
                break;
            }
            let (got, end) = self.read(SIP);
            early.extend(got);
            if !matches!(end, End::Enough) {
                break;
            }
        }
        self.recv_rest(&[payload], early, false)
    }

    /// Gives the program the two lines `typed`, the second when the message of the
    /// first is here, and sees both of `heard` here before the first is acknowledged.
    ///
    /// The ACK waits as with a kernel whose program is expected to answer soon:
    /// TCP_QUICKACK, tcp(7). It does so for some 40 ms only. Where it was quicker
    /// than this machine, nothing was seen, and all is done again.
    pub fn hears_both_before_its_ack(&mut self, typed: [&Payload; 2], heard: [&Payload; 2]) -> &mut Self {
        if self.live().is_none() {
            return self;
        }
        let first = heard[0].bytes().len();
        let wanted = [first, first + heard[1].bytes().len()];
        for _ in 0..ROUNDS {
            let Some(seen) = self.hears_both(typed, wanted) else { return self };
            if seen.there == wanted && !seen.before_the_ack {
                self.read(wanted[1]);
                continue;
            }
            self.step("wire.delays-acks", &[], "look", &[]);
            for n in 0..2 {
                self.transcript.step(Step::typed(typed[n]));
                let what = crate::peer::joined(&heard[..=n]);
                if seen.there[n] != wanted[n] {
                    let amount = crate::payload::amount(seen.there[n]);
                    self.fail("fail.not-there", &[("what", &what), ("n", &amount)], Detail::default());
                    return self;
                }
                self.step("wire.has-unread", &[("what", &what)], "look", &[]);
            }
            return self.recv_all(&heard);
        }
        self.fail("fail.always-acked", &[("n", &ROUNDS)], Detail::default());
        self
    }

    /// One round of it; nothing if that has failed.
    fn hears_both(&self, typed: [&Payload; 2], wanted: [usize; 2]) -> Option<Heard> {
        let mut seen = Heard { there: [0; 2], before_the_ack: false };
        #[cfg(target_os = "linux")]
        if let Some(stream) = self.live() {
            // Receiving has ended it.
            SockRef::from(stream).set_tcp_quickack(false).expect("an option of an open socket");
        }
        for n in 0..2 {
            self.run.types(typed[n].bytes());
            self.sleeps()?;
            seen.there[n] = self.unread();
            if seen.there[n] != wanted[n] {
                return Some(seen);
            }
        }
        // Nagle's algorithm (RFC 1122, 4.2.3.4) never leaves two small ones.
        #[cfg(target_os = "linux")]
        let before_the_ack = self.sender(crate::proc::unacknowledged)? >= 2;
        #[cfg(not(target_os = "linux"))]
        let before_the_ack = true;
        Some(Heard { before_the_ack, ..seen })
    }

    /// Waits until the program sleeps; nothing, and a failure, if it does not.
    fn sleeps(&self) -> Option<()> {
        wait::until_quiet(&self.run).map_err(|why| self.fail("fail.no-wait", &[("why", &why)], Detail::default())).ok()
    }

    /// What the kernel knows of the program's end; nothing, and a failure, if
    /// there is no such end any more.
    #[cfg(target_os = "linux")]
    fn sender(&self, ask: fn(SocketAddr, SocketAddr) -> Option<u32>) -> Option<u32> {
        let known = self.ends().and_then(|(near, far)| ask(far, near));
        if known.is_none() {
            self.fail("fail.no-count", &[], Detail::default());
        }
        known
    }

    /// Bytes that wait to be read, FIONREAD.
    fn unread(&self) -> usize {
        let mut n: libc::c_int = 0;
        if let Some(stream) = &self.stream {
            // SAFETY: FIONREAD writes one int, which `n` is.
            unsafe { libc::ioctl(stream.as_raw_fd(), libc::FIONREAD, &mut n) };
        }
        usize::try_from(n).unwrap_or(0)
    }

    /// The program has sent just `n` segments with data on this connection,
    /// repetitions not counted. Asked when it sleeps (Linux).
    pub fn has_segments(&mut self, n: u32) -> &mut Self {
        self.count_segments("wire.segments", n, |have| have >= n)
    }

    /// The program has sent at most `n` segments with data.
    pub fn has_few_segments(&mut self, n: u32) -> &mut Self {
        self.count_segments("wire.few-segments", n, |_| true)
    }

    fn count_segments(&mut self, id: &str, n: u32, is_enough: impl FnOnce(u32) -> bool) -> &mut Self {
        if self.live().is_none() {
            return self;
        }
        if self.sleeps().is_none() {
            return self;
        }
        #[cfg(target_os = "linux")]
        {
            let Some(have) = self.sender(crate::proc::data_segments) else { return self };
            if have > n || !is_enough(have) {
                self.fail("fail.segments", &[("n", &have)], Detail::default());
                return self;
            }
        }
        #[cfg(not(target_os = "linux"))]
        let _cannot_be_asked = is_enough;
        self.step(id, &[("n", &n)], "look", &[]);
        self
    }
}
