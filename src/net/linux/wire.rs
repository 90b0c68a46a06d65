//! netlab's wire between real hosts: what comes out of a TUN device goes through
//! [`Network`] and into the device of another host, in real time.
//!
//! How its clock goes is said in [`super::stage`].

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use netlab::run::Event;
use netlab::world::Happening;

use super::stage::{Stage, Standing, State};

/// How soon it is looked again whether the programs wait.
const PAUSE: Duration = Duration::from_micros(50);
/// How long the wire sleeps at most, so that the clock is read now and then.
const IDLE: Duration = Duration::from_millis(100);
/// The clock stands still for a program that computes, but no longer than this.
const PATIENCE: Duration = Duration::from_secs(3);
/// Packets taken out of a device at a time.
const MOST_AT_ONCE: usize = 4096;

/// The wire, before it runs.
pub(super) struct Wire {
    stage: Arc<Stage>,
    /// The device of each host.
    tuns: Vec<Option<File>>,
    /// `/proc/…/stat` of the thread of each program.
    threads: Vec<File>,
    /// Rings when the wire is to look up.
    bell: OwnedFd,
    /// Since when the clock stands still.
    held_since: Option<Instant>,
}

impl Wire {
    pub(super) fn new(stage: Arc<Stage>, tuns: Vec<Option<File>>, threads: Vec<File>) -> std::io::Result<Wire> {
        // SAFETY: the call takes plain integers; the descriptor is new, and
        // nobody else's.
        let bell = unsafe {
            match libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) {
                fd if fd < 0 => return Err(std::io::Error::last_os_error()),
                fd => OwnedFd::from_raw_fd(fd),
            }
        };
        Ok(Wire { stage, tuns, threads, bell, held_since: None })
    }

    /// What wakes the wire.
    pub(super) fn bell(&self) -> std::io::Result<File> {
        Ok(File::from(self.bell.try_clone()?))
    }

    /// Runs until the process ends.
    pub(super) fn run(mut self) -> ! {
        let stage = Arc::clone(&self.stage);
        let mut room = vec![0; 65_536];
        // Whether time goes on while the wire sleeps.
        let mut going = true;
        let mut looked = stage.start.elapsed();
        loop {
            let mut state = stage.lock();
            let slept = stage.start.elapsed() - looked;
            looked += slept;
            if going {
                // Not past what is due: of that the wire may be late.
                let slept = u64::try_from(slept.as_micros()).unwrap_or(u64::MAX);
                let length = state.next().map_or(slept, |next| slept.min(next.saturating_sub(state.now)));
                state.now += length;
            }
            let asks = state.asks;
            self.drain(&mut state, &mut room);
            state.drained = asks;
            self.deliver(&mut state, &mut room);
            state.collect();
            let next = state.next();
            going = next.is_none() || self.settled(&state);
            let sleep = match next {
                None => IDLE,
                Some(next) if going => IDLE.min(Duration::from_micros(next.saturating_sub(state.now))),
                Some(_) => PAUSE,
            };
            stage.tell();
            drop(state);
            self.sleep(sleep);
        }
    }

    /// Takes what the hosts have sent.
    fn drain(&mut self, state: &mut State, room: &mut [u8]) {
        for (host, tun) in self.tuns.iter_mut().enumerate() {
            let Some(tun) = tun else { continue };
            for _ in 0..MOST_AT_ONCE {
                match tun.read(room) {
                    Ok(0) | Err(_) => break,
                    Ok(length) => {
                        let now = state.now;
                        state.network.send(now, host, room[..length].to_vec());
                    }
                }
            }
        }
    }

    /// Hands over what has arrived by now. A kernel answers inside the write, so
    /// its answer is on the wire at the same moment.
    fn deliver(&mut self, state: &mut State, room: &mut [u8]) {
        let now = state.now;
        while let Some((host, packet)) = state.network.arrive(now) {
            // There is always room. What a kernel refuses is no IP packet: a raw
            // socket has written it, and then nothing arrives.
            let tun = self.tuns.get_mut(host).and_then(Option::as_mut);
            if tun.is_none_or(|tun| tun.write(&packet).is_err()) {
                continue;
            }
            state.collect();
            state.record(|| Event::Network(Happening::Arrival(now, host, packet)));
            state.changes += 1;
            self.drain(state, room);
        }
    }

    /// Whether every program waits: then, and only then, time goes on.
    fn settled(&mut self, state: &State) -> bool {
        let waits = (0..state.standing.len()).all(|program| self.waits(state, program));
        if waits {
            self.held_since = None;
            return true;
        }
        self.held_since.get_or_insert_with(Instant::now).elapsed() > PATIENCE
    }

    fn waits(&mut self, state: &State, program: usize) -> bool {
        match state.standing[program] {
            Standing::Done => true,
            Standing::For(other, steps) => state.done[other] < steps,
            Standing::Until(at) => at > state.now,
            Standing::Looked(changes) => changes == state.changes,
            Standing::Drained(ask) => state.drained < ask,
            Standing::Free => {
                let call = self.stage.gates[program].call();
                // Asked again, in case it has left the call in between.
                call.is_some() && sleeps(&mut self.threads[program]) && self.stage.gates[program].call() == call
            }
        }
    }

    fn sleep(&self, length: Duration) {
        let mut files: Vec<libc::pollfd> = Vec::with_capacity(self.tuns.len() + 1);
        let entry = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        files.extend(self.tuns.iter().flatten().map(|tun| entry(tun.as_raw_fd())));
        files.push(entry(self.bell.as_raw_fd()));
        let time = libc::timespec {
            tv_sec: length.as_secs() as libc::time_t,
            tv_nsec: libc::c_long::from(length.subsec_nanos()),
        };
        // SAFETY: entries and time live as long as the call. Whatever ends it,
        // the wire looks at everything anew.
        unsafe {
            libc::ppoll(files.as_mut_ptr(), files.len() as libc::nfds_t, &raw const time, std::ptr::null());
            let mut rung = [0_u8; 8];
            libc::read(self.bell.as_raw_fd(), rung.as_mut_ptr().cast(), rung.len());
        }
    }
}

/// Whether a thread sleeps until something happens: state `S` of
/// proc_pid_stat(5). Between a wake-up and its next step a thread is `R`.
fn sleeps(stat: &mut File) -> bool {
    let mut text = [0; 128];
    let Ok(length) = stat.seek(SeekFrom::Start(0)).and_then(|_| stat.read(&mut text)) else { return false };
    // The name before it stands in brackets, and may hold anything.
    let after_name = text[..length].iter().rposition(|byte| *byte == b')');
    after_name.and_then(|at| text.get(at + 2)) == Some(&b'S')
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::sync::mpsc;
    use std::time::{Duration, Instant};

    use super::sleeps;

    #[test]
    fn a_thread_that_waits_is_told_from_one_that_runs() {
        assert!(!sleeps(&mut File::open("/proc/thread-self/stat").unwrap()));
        let (says, heard) = mpsc::channel();
        let (end, ends) = mpsc::channel::<()>();
        let waiter = std::thread::Builder::new().name("a) R (b".to_owned()).spawn(move || {
            says.send(File::open("/proc/thread-self/stat").unwrap()).unwrap();
            ends.recv().ok();
        });
        let mut stat = heard.recv().unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        while !sleeps(&mut stat) {
            assert!(Instant::now() < deadline, "it never sleeps");
            std::thread::yield_now();
        }
        end.send(()).unwrap();
        waiter.unwrap().join().unwrap();
        assert!(!sleeps(&mut stat), "a thread that is gone does not wait");
    }
}
