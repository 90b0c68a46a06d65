//! Whether the names in a script make sense together.

use super::ast::{Action, Addr, Call, Fd, Item, Pos, Script, Step, What};
use super::error::{Expected, ScriptError};
use super::line::Read;
use crate::map::Map;

const MOST_NODES: usize = 16;
const MOST_PROGRAMS: usize = 64;

/// What a name was given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    Descriptor,
    Address,
}

#[derive(Default)]
struct Checker {
    hosts: Vec<String>,
    routers: Vec<String>,
    linked: Vec<String>,
    /// Programs, the hosts they run on and the names in them.
    programs: Vec<(String, String, Map<String, Given>)>,
    current: usize,
    /// Programs that have a step above the line being checked.
    begun: Vec<String>,
}

fn fail<T>(pos: Pos, expected: Expected, found: &str) -> Read<T> {
    Err(ScriptError { pos, expected, found: found.to_owned() })
}

/// Checks a script.
pub(super) fn check(script: &Script) -> Read<()> {
    let mut checker = Checker::default();
    // Programs may be waited for before their header comes.
    for item in &script.items {
        if let What::Program(header) = &item.what {
            let known = checker.programs.iter().find(|(name, ..)| *name == header.name);
            match known {
                Some((_, host, _)) if *host != header.host => return fail(item.pos, Expected::SameHost, &header.name),
                Some(_) => {}
                None => checker.programs.push((header.name.clone(), header.host.clone(), Map::default())),
            }
            if checker.programs.len() > MOST_PROGRAMS {
                return fail(item.pos, Expected::MostPrograms, &header.name);
            }
        }
    }
    for item in &script.items {
        checker.item(item)?;
    }
    Ok(())
}

impl Checker {
    fn item(&mut self, item: &Item) -> Read<()> {
        let pos = item.pos;
        match &item.what {
            What::Blank | What::Limit(_) => Ok(()),
            What::Host(node) | What::Router(node) => {
                if self.hosts.contains(&node.name) || self.routers.contains(&node.name) {
                    return fail(pos, Expected::NameTaken, &node.name);
                }
                let list = if matches!(item.what, What::Host(_)) { &mut self.hosts } else { &mut self.routers };
                list.push(node.name.clone());
                if list.len() > MOST_NODES {
                    return fail(pos, Expected::MostHosts, &node.name);
                }
                Ok(())
            }
            What::Link(link) => {
                for end in [&link.a, &link.b] {
                    self.node(pos, end)?;
                    if self.hosts.contains(end) {
                        if self.linked.contains(end) {
                            return fail(pos, Expected::HostLink, end);
                        }
                        self.linked.push(end.clone());
                    }
                }
                if link.a == link.b { fail(pos, Expected::HostName, &link.b) } else { Ok(()) }
            }
            What::Drop(drop) => self.node(pos, &drop.from),
            What::Program(header) => {
                if !self.hosts.contains(&header.host) {
                    return fail(pos, Expected::NoHost, &header.host);
                }
                self.current = self.programs.iter().position(|(name, ..)| *name == header.name).unwrap_or(0);
                Ok(())
            }
            What::Step(step) => self.step(pos, step),
        }
    }

    fn node(&self, pos: Pos, name: &str) -> Read<()> {
        let known = self.hosts.iter().chain(&self.routers).any(|known| known == name);
        if known { Ok(()) } else { fail(pos, Expected::NoHost, name) }
    }

    fn step(&mut self, pos: Pos, step: &Step) -> Read<()> {
        match &step.action {
            Action::Call(call) => self.call(call)?,
            Action::WaitProgram(name) => {
                if self.programs[self.current].0 == *name {
                    return fail(pos, Expected::WaitSelf, name);
                }
                if !self.programs.iter().any(|(known, ..)| known == name) {
                    return fail(pos, Expected::NoProgram, name);
                }
                if !self.begun.contains(name) {
                    return fail(pos, Expected::WaitNothing, name);
                }
            }
            Action::WaitTime(_) => {}
            Action::WaitSocket(fd, _) => self.descriptor(fd)?,
            Action::Count(_, from) => self.node(pos, from)?,
            Action::Repeat(_, body) => {
                for item in body {
                    self.item(item)?;
                }
            }
        }
        let program = &self.programs[self.current].0;
        if !self.begun.contains(program) {
            self.begun.push(program.clone());
        }
        if let Some(name) = &step.name {
            let given = match &step.action {
                Action::Call(Call::Socket { .. } | Call::Accept(_) | Call::Dup(_)) => Given::Descriptor,
                Action::Call(Call::GetSockName(_) | Call::GetPeerName(_) | Call::RecvFrom(..)) => Given::Address,
                _ => return fail(pos, Expected::Call, name),
            };
            self.programs[self.current].2.insert(name.clone(), given);
        }
        Ok(())
    }

    fn call(&self, call: &Call) -> Read<()> {
        match call {
            Call::Socket { .. } => Ok(()),
            Call::Bind(fd, addr) | Call::Connect(fd, addr) | Call::SendTo(fd, _, addr, _) => {
                self.descriptor(fd)?;
                self.address(addr)
            }
            Call::Poll(asked, _) => asked.iter().try_for_each(|(fd, _)| self.descriptor(fd)),
            Call::Listen(fd, _)
            | Call::Accept(fd)
            | Call::Send(fd, ..)
            | Call::Recv(fd, ..)
            | Call::RecvFrom(fd, ..)
            | Call::Shutdown(fd, _)
            | Call::Close(fd)
            | Call::Dup(fd)
            | Call::GetSockName(fd)
            | Call::GetPeerName(fd)
            | Call::SetSockOpt(fd, ..)
            | Call::GetSockOpt(fd, _)
            | Call::Fcntl(fd, _)
            | Call::WriteAll(fd, _)
            | Call::ReadExact(fd, _)
            | Call::ReadToEnd(fd) => self.descriptor(fd),
        }
    }

    fn known(&self, pos: Pos, name: &str, kind: Given) -> Read<()> {
        let names = self.programs.get(self.current).map(|(.., names)| names);
        match names.and_then(|names| names.get(name)) {
            Some(given) if *given == kind => Ok(()),
            Some(_) => fail(pos, Expected::WrongKind, name),
            None => fail(pos, Expected::UnknownName, name),
        }
    }

    fn descriptor(&self, fd: &Fd) -> Read<()> {
        match fd {
            Fd::Number(_) => Ok(()),
            Fd::Name(pos, name) => self.known(*pos, name, Given::Descriptor),
        }
    }

    fn address(&self, addr: &Addr) -> Read<()> {
        match addr {
            Addr::Literal(_) | Addr::Unspec => Ok(()),
            Addr::Host(pos, name, _) => {
                if self.hosts.contains(name) {
                    Ok(())
                } else {
                    self.node(*pos, name)
                }
            }
            // A name alone may be an address given before.
            Addr::Name(pos, name) => self.known(*pos, name, Given::Address),
        }
    }
}
