//! What the names in a program mean: descriptors and addresses.

use std::net::SocketAddr;

use super::plan::{Plan, Planned};
use crate::errno::Errno;
use crate::map::Map;
use crate::script::ast::{Action, Addr, Call, Data, Family, Fd, Outcome};

#[derive(Clone, Copy, Debug)]
enum Value {
    Fd(i32, Family),
    Addr(SocketAddr),
}

/// The names of a program, as far as it has come.
#[derive(Clone, Debug, Default)]
pub struct Names {
    values: Map<String, Value>,
}

impl Names {
    /// The number of a descriptor; -1 if the call that was to name it failed.
    #[must_use]
    pub fn fd(&self, fd: &Fd) -> i32 {
        match fd {
            Fd::Number(number) => *number,
            // The checker has seen to it that the name is known; a call that
            // failed gave it no number.
            Fd::Name(_, name) => match self.values.get(name) {
                Some(Value::Fd(number, _)) => *number,
                _ => -1,
            },
        }
    }

    /// The family of the socket behind a descriptor.
    #[must_use]
    pub fn family(&self, fd: &Fd) -> Family {
        match fd {
            Fd::Name(_, name) => match self.values.get(name) {
                Some(Value::Fd(_, family)) => *family,
                _ => Family::Inet,
            },
            Fd::Number(number) => self
                .values
                .values()
                .find_map(|value| match value {
                    Value::Fd(known, family) if known == number => Some(*family),
                    _ => None,
                })
                .unwrap_or(Family::Inet),
        }
    }

    /// The address of an argument; `None` in it is `AF_UNSPEC`.
    ///
    /// # Errors
    ///
    /// `EAFNOSUPPORT` if the host has no such address, `EFAULT` if the call that was
    /// to name it failed.
    pub fn addr(&self, plan: &Plan, fd: &Fd, addr: &Addr) -> Result<Option<SocketAddr>, Errno> {
        match addr {
            Addr::Literal(address) => Ok(Some(*address)),
            Addr::Unspec => Ok(None),
            Addr::Host(_, name, port) => {
                plan.address(name, self.family(fd), *port).map(Some).ok_or(Errno::EAFNOSUPPORT)
            }
            Addr::Name(_, name) => match self.values.get(name) {
                Some(Value::Addr(address)) => Ok(Some(*address)),
                _ => Err(Errno::EFAULT),
            },
        }
    }

    /// The bytes of an argument. An echo request is written in the version of
    /// the socket.
    #[must_use]
    pub fn data(&self, fd: &Fd, data: &Data) -> Vec<u8> {
        let mut bytes = data.bytes();
        if let (Data::Echo(..), Family::Inet6, Some(first)) = (data, self.family(fd), bytes.first_mut()) {
            *first = 128;
        }
        bytes
    }

    /// Takes note of what a step gave, if the step gives it a name.
    pub fn remember(&mut self, planned: &Planned, outcome: &Outcome) {
        let Some(name) = &planned.step.name else { return };
        let family = match &planned.step.action {
            Action::Call(Call::Socket { family, .. }) => *family,
            Action::Call(Call::Accept(fd) | Call::Dup(fd)) => self.family(fd),
            _ => Family::Inet,
        };
        match outcome {
            Outcome::Fd(fd, _) => {
                self.values.insert(name.clone(), Value::Fd(*fd, family));
            }
            Outcome::Addr(address) | Outcome::Data { from: Some(address), .. } => {
                self.values.insert(name.clone(), Value::Addr(*address));
            }
            _ => self.values.remove(name),
        }
    }
}
