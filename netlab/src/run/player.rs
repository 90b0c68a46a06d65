//! One program: which step it is at, what its names mean, and how far a call
//! that blocks has come.

use std::net::SocketAddr;

use super::names::Names;
use super::plan::{Plan, Planned, fd_name};
use crate::errno::Errno;
use crate::host::Host;
use crate::network::Network;
use crate::script::ast::{Action, Call, Condition, Data, Fd, Flags, Outcome};
use crate::time::Micros;

/// What trying a step gave.
pub(super) enum Tried {
    /// It is done.
    Done(Outcome),
    /// It waits: until something happens, or at the latest until then.
    Waits(Option<Micros>),
}

use Tried::{Done, Waits};

/// How far a call has come that needs several attempts.
#[derive(Default)]
struct Progress {
    since: Option<Micros>,
    bytes: Vec<u8>,
    sent: usize,
    /// The data to send, made once.
    data: Option<Vec<u8>>,
}

/// A program that is being played.
pub(super) struct Player {
    pub(super) process: usize,
    pub(super) host: usize,
    /// Steps that are done; a repeat counts once.
    pub(super) done: usize,
    /// In a repeat: rounds that are done, and steps of this round.
    pub(super) round: (u32, usize),
    /// When the step at hand began.
    pub(super) began: Option<Micros>,
    /// It has to be looked at again by then.
    pub(super) wakes: Option<Micros>,
    names: Names,
    progress: Progress,
}

impl Player {
    pub(super) fn new(host: usize, process: usize) -> Player {
        Player {
            process,
            host,
            done: 0,
            round: (0, 0),
            began: None,
            wakes: None,
            names: Names::default(),
            progress: Progress::default(),
        }
    }

    /// Tries a step once.
    pub(super) fn attempt(
        &mut self,
        plan: &Plan,
        planned: &Planned,
        host: &mut Host,
        network: &Network,
        now: Micros,
    ) -> Tried {
        let began = *self.began.get_or_insert(now);
        let tried = match &planned.step.action {
            Action::Call(call) => self.call(plan, call, host, now),
            Action::WaitTime(length) => {
                let until = began.saturating_add(*length);
                if now >= until { Done(Outcome::Done) } else { Waits(Some(until)) }
            }
            Action::WaitSocket(fd, condition) => {
                if self.condition(host, fd, *condition) {
                    Done(Outcome::Done)
                } else {
                    Waits(None)
                }
            }
            Action::Count(kind, from) => {
                let count = network.find(from).map_or(0, |node| network.count(node, *kind));
                Done(Outcome::Number(i64::try_from(count).unwrap_or(i64::MAX)))
            }
            // Both are the business of the one who plays all programs.
            Action::WaitProgram(_) | Action::Repeat(..) => Done(Outcome::Done),
        };
        if let Done(outcome) = &tried {
            self.names.remember(planned, outcome);
            self.progress = Progress::default();
            self.began = None;
            self.wakes = None;
        }
        tried
    }

    fn condition(&self, host: &Host, fd: &Fd, condition: Condition) -> bool {
        let (process, fd) = (self.process, self.names.fd(fd));
        match condition {
            Condition::Bytes(n) => host.readable(process, fd).is_ok_and(|here| here >= n as usize),
            Condition::Queued(n) => host.queued(process, fd).is_ok_and(|here| here >= n as usize),
            Condition::State(state) => host.tcp_state(process, fd) == Ok(state),
        }
    }

    fn call(&mut self, plan: &Plan, call: &Call, host: &mut Host, now: Micros) -> Tried {
        match self.try_call(plan, call, host, now) {
            Ok(tried) => tried,
            Err(errno) => Done(Outcome::Errno(errno)),
        }
    }

    fn try_call(&mut self, plan: &Plan, call: &Call, host: &mut Host, now: Micros) -> Result<Tried, Errno> {
        let process = self.process;
        let number = |number: usize| Done(Outcome::Number(i64::try_from(number).unwrap_or(i64::MAX)));
        let zero = |()| Done(Outcome::Number(0));
        let bytes = |received: crate::sockets::Received| {
            Done(Outcome::Data { number: received.number, data: received.data, from: received.from })
        };
        match call {
            Call::Socket { family, kind, nonblock, protocol } => {
                let fd = host.socket(process, *family, *kind, *protocol)?;
                host.set_nonblock(process, fd, *nonblock)?;
                Ok(Done(Outcome::Fd(fd, None)))
            }
            Call::Bind(fd, addr) => {
                let to = self.names.addr(plan, fd, addr)?.ok_or(Errno::EAFNOSUPPORT)?;
                host.bind(process, self.names.fd(fd), to).map(zero)
            }
            Call::Listen(fd, backlog) => host.listen(process, self.names.fd(fd), *backlog).map(zero),
            Call::Accept(fd) => {
                let fd = self.names.fd(fd);
                match host.accept(process, fd) {
                    Err(Errno::EAGAIN) => self.wait(host, fd, Flags::default(), true, Errno::EAGAIN, now),
                    other => other.map(|(fd, peer)| Done(Outcome::Fd(fd, Some(peer)))),
                }
            }
            Call::Connect(fd, addr) => {
                let to = self.names.addr(plan, fd, addr)?;
                let fd = self.names.fd(fd);
                match host.connect(process, fd, to) {
                    Err(errno @ (Errno::EINPROGRESS | Errno::EALREADY)) => {
                        let errno = if self.progress.since.is_some() { Errno::EINPROGRESS } else { errno };
                        self.wait(host, fd, Flags::default(), false, errno, now)
                    }
                    other => other.map(zero),
                }
            }
            Call::Send(fd, data, flags) => self.send(host, fd, data, None, *flags, now),
            Call::SendTo(fd, data, addr, flags) => {
                let to = self.names.addr(plan, fd, addr)?;
                self.send(host, fd, data, to, *flags, now)
            }
            Call::Recv(fd, most, flags) | Call::RecvFrom(fd, most, flags) => {
                let fd = self.names.fd(fd);
                match host.recv(process, fd, *most as usize, *flags) {
                    Err(Errno::EAGAIN) => self.wait(host, fd, *flags, true, Errno::EAGAIN, now),
                    Ok(mut received) => {
                        if matches!(call, Call::Recv(..)) {
                            received.from = None;
                        }
                        Ok(bytes(received))
                    }
                    Err(errno) => Err(errno),
                }
            }
            Call::Shutdown(fd, how) => host.shutdown(process, self.names.fd(fd), *how).map(zero),
            Call::Close(fd) => host.close(process, self.names.fd(fd)).map(zero),
            Call::Dup(fd) => host.dup(process, self.names.fd(fd)).map(|fd| Done(Outcome::Fd(fd, None))),
            Call::GetSockName(fd) => host.getsockname(process, self.names.fd(fd)).map(|at| Done(Outcome::Addr(at))),
            Call::GetPeerName(fd) => host.getpeername(process, self.names.fd(fd)).map(|at| Done(Outcome::Addr(at))),
            Call::SetSockOpt(fd, option, value) => {
                host.setsockopt(process, self.names.fd(fd), *option, *value).map(zero)
            }
            Call::GetSockOpt(fd, option) => host.getsockopt(process, self.names.fd(fd), *option).map(Done),
            Call::Fcntl(fd, on) => host.set_nonblock(process, self.names.fd(fd), *on).map(zero),
            Call::Poll(asked, timeout) => self.poll(host, asked, *timeout, now),
            Call::WriteAll(fd, data) => {
                let data = self.progress.data.take().unwrap_or_else(|| self.names.data(fd, data));
                let fd = self.names.fd(fd);
                let length = data.len();
                while self.progress.sent < length {
                    match host.send(process, fd, &data[self.progress.sent..]) {
                        Ok(sent) => self.progress.sent += sent,
                        Err(Errno::EAGAIN) => {
                            self.progress.data = Some(data);
                            return self.wait(host, fd, Flags::default(), false, Errno::EAGAIN, now);
                        }
                        Err(errno) => return Err(errno),
                    }
                }
                Ok(number(length))
            }
            Call::ReadExact(fd, length) => self.read(host, fd, Some(*length as usize), now),
            Call::ReadToEnd(fd) => self.read(host, fd, None, now),
        }
    }

    /// A call that would block: it waits, or it fails with `errno` where it must
    /// not or no longer wait.
    fn wait(
        &mut self,
        host: &Host,
        fd: i32,
        flags: Flags,
        reading: bool,
        errno: Errno,
        now: Micros,
    ) -> Result<Tried, Errno> {
        if flags.has(Flags::MSG_DONTWAIT) || !host.blocks(self.process, fd)? {
            return Err(errno);
        }
        let since = *self.progress.since.get_or_insert(now);
        let (receive, send) = host.timeouts(self.process, fd)?;
        let until = if reading { receive } else { send }.map(|length| since.saturating_add(length));
        match until {
            Some(until) if now >= until => Err(errno),
            until => Ok(Waits(until)),
        }
    }

    /// send(2) on a blocking stream returns when everything is taken; what was
    /// taken before an error is what it returns then.
    fn send(
        &mut self,
        host: &mut Host,
        fd: &Fd,
        data: &Data,
        to: Option<SocketAddr>,
        flags: Flags,
        now: Micros,
    ) -> Result<Tried, Errno> {
        let data = self.progress.data.take().unwrap_or_else(|| self.names.data(fd, data));
        let fd = self.names.fd(fd);
        loop {
            let rest = &data[self.progress.sent..];
            let sent = match to {
                Some(to) => host.sendto(self.process, fd, rest, to),
                None => host.send(self.process, fd, rest),
            };
            let waits = match sent {
                Ok(sent) => {
                    self.progress.sent += sent;
                    if self.progress.sent >= data.len() || sent == 0 {
                        return Ok(Done(Outcome::Number(self.progress.sent as i64)));
                    }
                    continue;
                }
                Err(Errno::EAGAIN) => self.wait(host, fd, flags, false, Errno::EAGAIN, now),
                Err(errno) => Err(errno),
            };
            return match waits {
                Err(_) if self.progress.sent > 0 => Ok(Done(Outcome::Number(self.progress.sent as i64))),
                Ok(waits) => {
                    self.progress.data = Some(data);
                    Ok(waits)
                }
                Err(errno) => Err(errno),
            };
        }
    }

    fn read(&mut self, host: &mut Host, fd: &Fd, exactly: Option<usize>, now: Micros) -> Result<Tried, Errno> {
        let fd = self.names.fd(fd);
        loop {
            let have = self.progress.bytes.len();
            let want = exactly.map_or(65_536, |length| length - have);
            if want == 0 {
                break;
            }
            match host.recv(self.process, fd, want, Flags::default()) {
                Ok(received) if received.data.is_empty() => break,
                Ok(received) => {
                    if have + received.data.len() > super::MOST_READ {
                        return Err(Errno::ENOMEM);
                    }
                    self.progress.bytes.extend(received.data);
                }
                Err(Errno::EAGAIN) => return self.wait(host, fd, Flags::default(), true, Errno::EAGAIN, now),
                Err(errno) => return Err(errno),
            }
        }
        let data = std::mem::take(&mut self.progress.bytes);
        Ok(Done(Outcome::Data { number: data.len(), data, from: None }))
    }

    fn poll(
        &mut self,
        host: &Host,
        asked: &[(Fd, crate::script::ast::PollFlags)],
        timeout: Option<Micros>,
        now: Micros,
    ) -> Result<Tried, Errno> {
        let mut found = Vec::new();
        for (fd, flags) in asked {
            let ready = host.poll(self.process, self.names.fd(fd), *flags)?;
            if ready.0 != 0 {
                found.push((fd_name(fd), ready));
            }
        }
        let since = *self.progress.since.get_or_insert(now);
        let until = timeout.map(|length| since.saturating_add(length));
        if !found.is_empty() || until.is_some_and(|until| now >= until) {
            return Ok(Done(Outcome::Poll(found)));
        }
        Ok(Waits(until))
    }
}
