//! A script made ready to be played: who runs what, and what each waits for.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use crate::script::ast::{Action, Addr, Call, Drop, Family, Fd, Header, Item, Link, Node, Pos, Script, Step, What};
use crate::time::{Micros, SECOND};

/// How much virtual time a run may take unless the script says otherwise.
pub const USUAL_LIMIT: Micros = 300 * SECOND;

/// A script made ready.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Hosts.
    pub hosts: Vec<Node>,
    /// Routers.
    pub routers: Vec<Node>,
    /// Links.
    pub links: Vec<Link>,
    /// Packets to be dropped.
    pub drops: Vec<Drop>,
    /// How much virtual time the run may take.
    pub limit: Micros,
    /// The programs, in the order in which they first appear.
    pub programs: Vec<Program>,
    /// All steps in the order of the file: program, and number among its steps.
    /// A repeat counts as one step.
    pub order: Vec<(usize, usize)>,
    /// Ports that the script names itself; a transcript does not rename them.
    pub ports: Vec<u16>,
}

/// A program.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// The host it runs on: index in [`Plan::hosts`].
    pub host: usize,
    /// What it does.
    pub steps: Vec<Planned>,
}

impl Program {
    /// The header, as a script writes it.
    #[must_use]
    pub fn header(&self, plan: &Plan) -> Header {
        Header { name: self.name.clone(), host: plan.hosts[self.host].name.clone() }
    }
}

/// A step of a program.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Where it is written.
    pub pos: Pos,
    /// What it says.
    pub step: Arc<Step>,
    /// The steps of a repeat.
    pub body: Vec<Planned>,
    /// `wait PROGRAM`: which program has to have done how many of its steps.
    pub after: Option<(usize, usize)>,
}

impl Plan {
    /// Makes a parsed script ready.
    #[must_use]
    pub fn new(script: &Script) -> Plan {
        let mut plan = Plan {
            hosts: Vec::new(),
            routers: Vec::new(),
            links: Vec::new(),
            drops: Vec::new(),
            limit: USUAL_LIMIT,
            programs: Vec::new(),
            order: Vec::new(),
            ports: Vec::new(),
        };
        for item in &script.items {
            match &item.what {
                What::Blank | What::Step(_) => {}
                What::Host(node) => plan.hosts.push(node.clone()),
                What::Router(node) => plan.routers.push(node.clone()),
                What::Link(link) => plan.links.push(link.clone()),
                What::Drop(drop) => plan.drops.push(drop.clone()),
                What::Limit(limit) => plan.limit = *limit,
                What::Program(header) => plan.add_program(header),
            }
        }
        let mut current = None;
        for item in &script.items {
            match &item.what {
                What::Program(header) => current = plan.find_program(&header.name),
                What::Step(step) => {
                    let Some(program) = current else { continue };
                    let planned = plan.planned(item.pos, step);
                    plan.order.push((program, plan.programs[program].steps.len()));
                    plan.programs[program].steps.push(planned);
                }
                _ => {}
            }
        }
        plan
    }

    fn add_program(&mut self, header: &Header) {
        let host = self.hosts.iter().position(|host| host.name == header.host);
        if let (None, Some(host)) = (self.find_program(&header.name), host) {
            self.programs.push(Program { name: header.name.clone(), host, steps: Vec::new() });
        }
    }

    fn find_program(&self, name: &str) -> Option<usize> {
        self.programs.iter().position(|program| program.name == name)
    }

    fn planned(&mut self, pos: Pos, step: &Arc<Step>) -> Planned {
        let mut body = Vec::new();
        if let Action::Repeat(_, items) = &step.action {
            for item in items {
                if let Item { what: What::Step(step), pos, .. } = item {
                    body.push(self.planned(*pos, step));
                }
            }
        }
        let after = match &step.action {
            // What is written above this line is what was planned so far.
            Action::WaitProgram(name) => {
                self.find_program(name).map(|program| (program, self.programs[program].steps.len()))
            }
            _ => None,
        };
        if let Action::Call(call) = &step.action {
            self.note_port(call);
        }
        Planned { pos, step: Arc::clone(step), body, after }
    }

    fn note_port(&mut self, call: &Call) {
        if let Call::Bind(_, addr) | Call::Connect(_, addr) | Call::SendTo(_, _, addr, _) = call {
            let port = match addr {
                Addr::Literal(address) => address.port(),
                Addr::Host(_, _, port) => *port,
                Addr::Name(..) | Addr::Unspec => 0,
            };
            if port != 0 && !self.ports.contains(&port) {
                self.ports.push(port);
            }
        }
    }

    /// The address of a host by name, in a family; a router has addresses too.
    #[must_use]
    pub fn address(&self, name: &str, family: Family, port: u16) -> Option<SocketAddr> {
        let node = self.hosts.iter().chain(&self.routers).find(|node| node.name == name)?;
        let v4 = node.addresses.iter().find(|ip| ip.is_ipv4());
        let v6 = node.addresses.iter().find(|ip| ip.is_ipv6());
        let ip: IpAddr = match family {
            Family::Inet => *v4.or(v6)?,
            // An AF_INET6 socket reaches an IPv4 host by its mapped address.
            Family::Inet6 => match (v6, v4) {
                (Some(ip), _) => *ip,
                (None, Some(IpAddr::V4(ip))) => ip.to_ipv6_mapped().into(),
                _ => return None,
            },
        };
        Some(SocketAddr::new(ip, port))
    }
}

/// How a descriptor is written in the results of poll.
#[must_use]
pub fn fd_name(fd: &Fd) -> String {
    match fd {
        Fd::Name(_, name) => name.clone(),
        Fd::Number(number) => number.to_string(),
    }
}
