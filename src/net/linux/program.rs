//! A program of a script: a thread with a descriptor table of its own, in the
//! network namespace of its host, that makes one call after the other.

use std::net::SocketAddr;
use std::sync::Arc;

use netlab::errno::Errno;
use netlab::network::NodeId;
use netlab::packet::Kind;
use netlab::run::{Event, Names, Plan, Planned, Platform, failure, fd_name, has_result};
use netlab::script::ast::{Action, Call, Condition, Data, Fd, Flags, Outcome, PollFlags, TcpState};
use netlab::script::{head_text, outcome_text};
use netlab::time::{MILLI, Micros};

use super::call::{self, Answer};
use super::option::{ask, error_name, put, receive_timeout};
use super::stage::Stage;

/// The most that read_to_end and read_exact bring, as in the simulation.
const MOST_READ: usize = 1 << 24;

/// A program that is being played.
pub(super) struct Program {
    plan: Arc<Plan>,
    stage: Arc<Stage>,
    index: usize,
    names: Names,
}

impl Program {
    pub(super) fn new(plan: Arc<Plan>, stage: Arc<Stage>, index: usize) -> Program {
        Program { plan, stage, index, names: Names::default() }
    }

    /// Does all of its steps.
    pub(super) fn play(mut self) {
        let plan = Arc::clone(&self.plan);
        for (number, planned) in plan.programs[self.index].steps.iter().enumerate() {
            let outcome = match planned.step.action {
                Action::Repeat(times, _) => {
                    for _ in 0..times {
                        for (inner, planned) in planned.body.iter().enumerate() {
                            let outcome = self.step(planned);
                            self.stage.lock().played[self.index][number].body[inner].note(outcome);
                        }
                    }
                    Outcome::Done
                }
                _ => self.step(planned),
            };
            let mut state = self.stage.lock();
            state.played[self.index][number].note(outcome);
            state.done[self.index] = number + 1;
            drop(state);
            self.stage.tell();
        }
        self.stage.leave(self.index);
    }

    fn step(&mut self, planned: &Planned) -> Outcome {
        let (program, line) = (self.index, planned.pos.line);
        self.stage.lock().record(|| Event::Call { program, line, text: head_text(&planned.step) });
        let outcome = match &planned.step.action {
            Action::Call(call) => self.call(call),
            Action::WaitTime(length) => {
                self.stage.wait_time(program, *length);
                Outcome::Done
            }
            Action::WaitProgram(_) => {
                if let Some((other, steps)) = planned.after {
                    self.stage.wait_for(program, other, steps);
                }
                Outcome::Done
            }
            Action::WaitSocket(fd, condition) => {
                let fd = self.names.fd(fd);
                self.stage.look(program, || is_so(fd, *condition));
                Outcome::Done
            }
            Action::Count(kind, from) => self.count(*kind, from),
            // The business of `play`.
            Action::Repeat(..) => Outcome::Done,
        };
        self.names.remember(planned, &outcome);
        let mut state = self.stage.lock();
        // A call may have changed what another program looks at.
        state.changes += 1;
        let name = &self.plan.programs[program].name;
        if has_result(&planned.step)
            && let Some(failed) = failure(name, planned, &outcome, Platform::Linux)
            // Of a repeat that fails in every round, the first is enough.
            && !state.failures.iter().any(|known| known.pos == failed.pos)
        {
            state.failures.push(failed);
        }
        state.record(|| {
            let text = outcome_text(&outcome, &mut |address| address.to_string());
            Event::Result { program, line, text }
        });
        drop(state);
        self.stage.tell();
        outcome
    }

    fn count(&self, kind: Kind, from: &str) -> Outcome {
        let nodes = self.plan.hosts.iter().chain(&self.plan.routers);
        let node: Option<NodeId> = nodes.map(|node| node.name.as_str()).position(|name| name == from);
        let count = node.map_or(0, |node| self.stage.count(self.index, node, kind));
        Outcome::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }

    fn call(&self, call: &Call) -> Outcome {
        match self.answer(call) {
            Ok(outcome) => outcome,
            Err(number) => match Errno::from_number(number) {
                Some(errno) => Outcome::Errno(errno),
                // An error that no script can name.
                None => Outcome::Word(error_name(number)),
            },
        }
    }

    /// Makes a system call, so that the wire knows.
    fn real<T>(&self, call: impl FnOnce() -> T) -> T {
        self.stage.gates[self.index].pass(call)
    }

    fn answer(&self, call: &Call) -> Answer<Outcome> {
        let zero = |()| Outcome::Number(0);
        let fd = |fd: &Fd| self.names.fd(fd);
        match call {
            Call::Socket { family, kind, nonblock, protocol } => {
                self.real(|| call::socket(*family, *kind, *nonblock, *protocol)).map(|fd| Outcome::Fd(fd, None))
            }
            Call::Bind(of, addr) => {
                let to = self.address(of, addr)?.ok_or(libc::EAFNOSUPPORT)?;
                self.real(|| call::bind(fd(of), to)).map(zero)
            }
            Call::Listen(of, backlog) => self.real(|| call::listen(fd(of), *backlog)).map(zero),
            Call::Accept(of) => self.real(|| call::accept(fd(of))).map(|(fd, peer)| Outcome::Fd(fd, peer)),
            Call::Connect(of, addr) => {
                let to = self.address(of, addr)?;
                self.real(|| call::connect(fd(of), to)).map(zero)
            }
            Call::Send(of, data, flags) => self.send(of, data, None, *flags),
            Call::SendTo(of, data, addr, flags) => {
                let to = self.address(of, addr)?;
                self.send(of, data, to, *flags)
            }
            Call::Recv(of, most, flags) => self.receive(fd(of), *most, *flags, false),
            Call::RecvFrom(of, most, flags) => self.receive(fd(of), *most, *flags, true),
            Call::Shutdown(of, how) => self.real(|| call::shutdown(fd(of), *how)).map(zero),
            Call::Close(of) => self.real(|| call::close(fd(of))).map(zero),
            Call::Dup(of) => self.real(|| call::dup(fd(of))).map(|fd| Outcome::Fd(fd, None)),
            Call::GetSockName(of) => self.real(|| call::own_name(fd(of))).map(Outcome::Addr),
            Call::GetPeerName(of) => self.real(|| call::peer_name(fd(of))).map(Outcome::Addr),
            Call::SetSockOpt(of, option, value) => self.real(|| put(fd(of), *option, *value)).map(zero),
            Call::GetSockOpt(of, option) => self.real(|| ask(fd(of), *option)),
            Call::Fcntl(of, on) => self.real(|| call::set_nonblocking(fd(of), *on)).map(zero),
            Call::Poll(asked, timeout) => self.poll(asked, *timeout),
            Call::WriteAll(of, data) => {
                let (of, data) = (fd(of), self.names.data(of, data));
                let mut sent = 0;
                while sent < data.len() {
                    sent += self.real(|| call::send(of, &data[sent..], None, 0))?;
                }
                Ok(Outcome::Number(data.len() as i64))
            }
            Call::ReadExact(of, length) => self.read(fd(of), Some(*length as usize)),
            Call::ReadToEnd(of) => self.read(fd(of), None),
        }
    }

    fn address(&self, fd: &Fd, addr: &netlab::script::ast::Addr) -> Answer<Option<SocketAddr>> {
        self.names.addr(&self.plan, fd, addr).map_err(Errno::number)
    }

    fn send(&self, of: &Fd, data: &Data, to: Option<SocketAddr>, flags: Flags) -> Answer<Outcome> {
        let (fd, data) = (self.names.fd(of), self.names.data(of, data));
        self.real(|| call::send(fd, &data, to, flags.0)).map(|sent| Outcome::Number(sent as i64))
    }

    fn receive(&self, fd: i32, most: u32, flags: Flags, with_sender: bool) -> Answer<Outcome> {
        let mut room = vec![0; most as usize];
        let began = self.stage.now();
        let mut got = self.real(|| call::receive(fd, &mut room, flags.0));
        if got == Err(libc::EAGAIN) && !flags.has(Flags::MSG_DONTWAIT) && call::is_blocking(fd) {
            // The time of SO_RCVTIMEO is over; but perhaps not yet on the wire's clock.
            let patience = receive_timeout(fd).unwrap_or(0);
            self.stage.wait_until(self.index, began.saturating_add(patience));
            got = self.real(|| call::receive(fd, &mut room, flags.with(Flags::MSG_DONTWAIT).0));
        }
        let (number, from) = got?;
        room.truncate(number);
        Ok(Outcome::Data { number, data: room, from: from.filter(|_| with_sender) })
    }

    fn poll(&self, asked: &[(Fd, PollFlags)], timeout: Option<Micros>) -> Answer<Outcome> {
        let numbers: Vec<(i32, PollFlags)> = asked.iter().map(|(fd, flags)| (self.names.fd(fd), *flags)).collect();
        let milliseconds = timeout.map(|time| i32::try_from(time.div_ceil(MILLI)).unwrap_or(i32::MAX));
        let nothing = |found: &[PollFlags]| found.iter().all(|flags| flags.0 == 0);
        let began = self.stage.now();
        let mut found = self.real(|| call::poll(&numbers, milliseconds))?;
        if let Some(patience) = timeout
            && nothing(&found)
        {
            // As for SO_RCVTIMEO.
            self.stage.wait_until(self.index, began.saturating_add(patience));
            found = self.real(|| call::poll(&numbers, Some(0)))?;
        }
        let ready = asked.iter().zip(found).filter(|(_, found)| found.0 != 0);
        Ok(Outcome::Poll(ready.map(|((fd, _), found)| (fd_name(fd), found)).collect()))
    }

    fn read(&self, fd: i32, exactly: Option<usize>) -> Answer<Outcome> {
        let mut data = Vec::new();
        let mut room = vec![0; exactly.unwrap_or(65_536).min(65_536)];
        loop {
            let want = exactly.map_or(room.len(), |length| (length - data.len()).min(room.len()));
            if want == 0 {
                break;
            }
            let (got, _) = self.real(|| call::receive(fd, &mut room[..want], 0))?;
            if got == 0 {
                break;
            }
            if data.len() + got > MOST_READ {
                return Err(libc::ENOMEM);
            }
            data.extend(&room[..got]);
        }
        Ok(Outcome::Data { number: data.len(), data, from: None })
    }
}

/// Whether a socket is in a condition: kernel state, nothing else.
fn is_so(fd: i32, condition: Condition) -> bool {
    match condition {
        Condition::Bytes(n) => call::readable(fd).is_ok_and(|here| here >= n as usize),
        // tcp_diag: of a socket that listens, this is the length of the accept queue.
        Condition::Queued(n) => call::tcp_info(fd).is_ok_and(|info| {
            TcpState::from_linux(info.tcpi_state) == Some(TcpState::Listen) && info.tcpi_unacked >= n
        }),
        Condition::State(state) => {
            call::tcp_info(fd).is_ok_and(|info| TcpState::from_linux(info.tcpi_state) == Some(state))
        }
    }
}
