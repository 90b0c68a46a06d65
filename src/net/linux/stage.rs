//! What the wire and the programs share: the clock, who is how far, and what was
//! seen.
//!
//! # Time
//!
//! In the simulation a call takes no time: the clock moves when every program
//! waits, and from one event to the next. Here it is the same. The wire's clock
//! runs as the real one does, but stands still while a program computes
//! ([`Standing`] says who does), and does not pass what is due before it is done,
//! however late the wire itself is woken. So a loaded machine changes how long a
//! run takes, and not what it shows. The timers of the kernel run in real time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use netlab::network::{Network, NodeId};
use netlab::packet::Kind;
use netlab::run::{End, Event, Failure, Limits, Played, Record};
use netlab::time::Micros;
use netlab::world::Happening;

/// What a program is doing, as far as it matters to the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Its own work, or a call: [`Gate`] says which.
    Free,
    /// It waits for a program to have done so many steps.
    For(usize, usize),
    /// It waits for a moment.
    Until(Micros),
    /// It waits for something in the kernel, and has looked for it when the wire
    /// had delivered so many times.
    Looked(u64),
    /// It waits until the wire has taken what the hosts have sent.
    Drained(u64),
    /// It has done all of its steps.
    Done,
}

/// Whether a program is in a system call: odd, and then one higher each time.
#[derive(Debug, Default)]
pub(super) struct Gate(AtomicU64);

impl Gate {
    /// Makes a system call. Nothing else may happen in `call`: the wire takes a
    /// program that sleeps in here for one that waits for it.
    pub(super) fn pass<T>(&self, call: impl FnOnce() -> T) -> T {
        self.0.fetch_add(1, Ordering::SeqCst);
        let answer = call();
        self.0.fetch_add(1, Ordering::SeqCst);
        answer
    }

    /// The number of the call that it is in.
    pub(super) fn call(&self) -> Option<u64> {
        Some(self.0.load(Ordering::SeqCst)).filter(|number| number % 2 == 1)
    }
}

/// Everything that is shared under the lock.
pub(super) struct State {
    pub(super) network: Network,
    /// The wire's clock.
    pub(super) now: Micros,
    pub(super) standing: Vec<Standing>,
    /// Steps that each program has done.
    pub(super) done: Vec<usize>,
    pub(super) played: Vec<Vec<Played>>,
    pub(super) failures: Vec<Failure>,
    /// Rises with each delivery and each call.
    pub(super) changes: u64,
    /// Requests to the wire, and which of them it has answered.
    pub(super) asks: u64,
    pub(super) drained: u64,
    recording: bool,
    bytes: usize,
    pub(super) records: Vec<Record>,
    /// Set when it is over.
    pub(super) end: Option<End>,
}

impl State {
    /// The next moment at which the wire has something to do.
    pub(super) fn next(&self) -> Option<Micros> {
        let waits = self.standing.iter().filter_map(|standing| match standing {
            Standing::Until(at) if *at > self.now => Some(*at),
            _ => None,
        });
        waits.chain(self.network.next()).min()
    }

    /// Keeps an event, if anybody wants to see it.
    pub(super) fn record(&mut self, event: impl FnOnce() -> Event) {
        if self.recording {
            self.records.push(Record { at: self.now, event: event() });
        }
    }

    /// Keeps what was seen on the wire.
    pub(super) fn collect(&mut self) {
        let seen = self.network.take_sightings();
        if !self.recording {
            return;
        }
        for seen in seen {
            self.bytes += seen.packet.len();
            self.records.push(Record { at: seen.at, event: Event::Network(Happening::Wire(seen)) });
        }
        let limits = Limits::default();
        if self.records.len() > limits.records {
            self.end.get_or_insert(End::TooManyRecords(limits.records));
        } else if self.bytes > limits.bytes {
            self.end.get_or_insert(End::TooManyBytes(limits.bytes));
        }
    }
}

/// [`State`], its lock, and who waits for it.
pub(super) struct Stage {
    state: Mutex<State>,
    changed: Condvar,
    bell: Condvar,
    pub(super) start: Instant,
    pub(super) gates: Vec<Gate>,
}

/// How long a look at kernel state may be old at most.
const LOOK: Duration = Duration::from_millis(5);

impl Stage {
    pub(super) fn new(network: Network, played: Vec<Vec<Played>>, recording: bool) -> Stage {
        let programs = played.len();
        let state = State {
            network,
            now: 0,
            standing: vec![Standing::Free; programs],
            done: vec![0; programs],
            played,
            failures: Vec::new(),
            changes: 0,
            asks: 0,
            drained: 0,
            recording,
            bytes: 0,
            records: Vec::new(),
            end: None,
        };
        let gates = (0..programs).map(|_| Gate::default()).collect();
        Stage { state: Mutex::new(state), changed: Condvar::new(), bell: Condvar::new(), start: Instant::now(), gates }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells everyone that something has changed.
    pub(super) fn tell(&self) {
        self.changed.notify_all();
    }

    /// Waits as `standing` says, until `over` says so.
    fn wait(&self, program: usize, standing: Standing, over: impl Fn(&State) -> bool) {
        let mut state = self.lock();
        state.standing[program] = standing;
        self.bell.notify_one();
        while !over(&state) {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.standing[program] = Standing::Free;
    }

    /// `wait PROGRAM`.
    pub(super) fn wait_for(&self, program: usize, other: usize, steps: usize) {
        self.wait(program, Standing::For(other, steps), |state| state.done[other] >= steps);
    }

    /// `wait 100ms`.
    pub(super) fn wait_time(&self, program: usize, length: Micros) {
        self.wait_until(program, self.now().saturating_add(length));
    }

    /// Waits for a moment of the wire's clock.
    pub(super) fn wait_until(&self, program: usize, moment: Micros) {
        self.wait(program, Standing::Until(moment), |state| state.now >= moment);
    }

    /// The time on the wire's clock.
    pub(super) fn now(&self) -> Micros {
        self.lock().now
    }

    /// Packets of a kind that a host has put on the wire: also those that still
    /// lie in its device.
    pub(super) fn count(&self, program: usize, node: NodeId, kind: Kind) -> u64 {
        let ask = self.ask();
        self.wait(program, Standing::Drained(ask), |state| state.drained >= ask);
        self.lock().network.count(node, kind)
    }

    fn ask(&self) -> u64 {
        let mut state = self.lock();
        state.asks += 1;
        state.asks
    }

    /// Looks at kernel state until `there` says that it is as wished: after each
    /// delivery and each call of a program, and now and then for what the
    /// kernel does of its own accord.
    pub(super) fn look(&self, program: usize, there: impl Fn() -> bool) {
        loop {
            let changes = {
                let mut state = self.lock();
                // Until it has looked, it is at work.
                state.standing[program] = Standing::Free;
                state.changes
            };
            if there() {
                return;
            }
            let mut state = self.lock();
            state.standing[program] = Standing::Looked(changes);
            if state.changes == changes {
                self.bell.notify_one();
                drop(self.changed.wait_timeout(state, LOOK).unwrap_or_else(PoisonError::into_inner));
            }
        }
    }

    /// A program has done all of its steps; it keeps its descriptors to the end.
    pub(super) fn leave(&self, program: usize) {
        let mut state = self.lock();
        state.standing[program] = Standing::Done;
        self.bell.notify_one();
        self.tell();
    }

    /// Waits until all programs are done, or for `patience` of the wire's time at
    /// most, and ends it. Real time is bounded, too, more generously.
    pub(super) fn watch(&self, patience: Micros, deadline: Instant) -> End {
        let mut state = self.lock();
        let end = loop {
            if let Some(end) = state.end {
                break end;
            }
            if state.standing.iter().all(|standing| *standing == Standing::Done) {
                break End::Finished;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if state.now >= patience || left.is_zero() {
                break End::OutOfTime(patience);
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        };
        if end != End::Finished {
            state.end = Some(end);
        }
        end
    }

    /// Lets what is on its way arrive: for `length` more of the wire's time.
    pub(super) fn afterwards(&self, length: Micros) {
        let mut state = self.lock();
        let until = state.now.saturating_add(length);
        // One who waits is what makes the clock move up to there.
        state.standing.push(Standing::Until(until));
        self.bell.notify_one();
        let bound = Instant::now() + Duration::from_micros(length) * 10;
        while state.now < until && state.end.is_none() && Instant::now() < bound {
            let left = bound.saturating_duration_since(Instant::now());
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.standing.pop();
    }

    /// Calls `ring` whenever the wire is to look up from its sleep.
    pub(super) fn ring(&self, mut ring: impl FnMut()) -> ! {
        let mut state = self.lock();
        loop {
            state = self.bell.wait(state).unwrap_or_else(PoisonError::into_inner);
            ring();
        }
    }
}
