//! The hosts of a script on one machine: which address and which port stand for
//! those of the script, and what one machine cannot show.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::words::{Lang, Say};
use crate::run::{Plan, Planned, fd_name};
use crate::script::{
    Action, Addr, AddrPattern, Call, Condition, Expect, Family, Item, Script, SocketKind, Step, TcpState, What, print,
};

/// Where everything is.
#[derive(Debug)]
pub(super) struct Place<'a> {
    plan: &'a Plan,
    /// The port here of a port there: host and number.
    ports: BTreeMap<(usize, u16), u16>,
    /// Addresses that belong to nobody.
    strangers: BTreeSet<IpAddr>,
    /// Addresses of one host that programs tell apart at the same port, and that
    /// are the same here.
    merged: BTreeSet<(IpAddr, IpAddr)>,
    /// A program uses a host that its own has no link to.
    unlinked: bool,
    /// Two ends connect to each other, and nobody listens.
    meet: bool,
    /// Somebody looks at an end whose FIN has no ACK yet. On one machine it is
    /// there before the call returns.
    unanswered: bool,
    /// There are sockets that lose what the link loses.
    lossy: bool,
    /// There are raw sockets.
    pub(super) raw: bool,
}

/// Every step of every program with the number of the program, repeated ones too.
fn each<'p>(plan: &'p Plan, see: &mut dyn FnMut(usize, &'p Step)) {
    fn down<'p>(program: usize, steps: &'p [Planned], see: &mut dyn FnMut(usize, &'p Step)) {
        for planned in steps {
            see(program, &planned.step);
            down(program, &planned.body, see);
        }
    }
    for (number, program) in plan.programs.iter().enumerate() {
        down(number, &program.steps, see);
    }
}

impl<'a> Place<'a> {
    pub(super) fn new(plan: &'a Plan) -> Place<'a> {
        let mut place = Place {
            plan,
            ports: BTreeMap::new(),
            strangers: BTreeSet::new(),
            merged: BTreeSet::new(),
            unlinked: false,
            meet: false,
            unanswered: false,
            lossy: false,
            raw: false,
        };
        let mut named: Vec<(usize, u16)> = Vec::new();
        let mut meant: BTreeMap<(usize, u16, IpAddr), IpAddr> = BTreeMap::new();
        let mut kinds: BTreeMap<(usize, &str), SocketKind> = BTreeMap::new();
        // Of streams: who bound, who listens, who connects, and to what.
        let (mut bound, mut listens, mut connects) = (Vec::new(), BTreeSet::new(), Vec::new());
        each(plan, &mut |program, step| {
            place.unanswered |= seen(step)
                .is_some_and(|state| matches!(state, TcpState::FinWait1 | TcpState::Closing | TcpState::LastAck));
            let Action::Call(call) = &step.action else { return };
            let host = plan.programs[program].host;
            match call {
                Call::Socket { kind, .. } => {
                    place.raw |= *kind == SocketKind::Raw;
                    place.lossy |= *kind != SocketKind::Stream;
                    if let Some(name) = &step.name {
                        kinds.insert((program, name), *kind);
                    }
                }
                Call::Listen(fd, _) => drop(listens.insert((program, fd_name(fd)))),
                _ => {}
            }
            let (Call::Bind(fd, addr) | Call::Connect(fd, addr) | Call::SendTo(fd, _, addr, _)) = call else { return };
            let Some(at) = place.target(host, addr) else { return };
            if !named.contains(&at) {
                named.push(at);
            }
            if let Some(ip) = place.means(addr) {
                let other = *meant.entry((at.0, at.1, place.ip(ip))).or_insert(ip);
                if other != ip {
                    place.merged.insert((other.max(ip), other.min(ip)));
                }
            }
            let fd = fd_name(fd);
            let stream = kinds.get(&(program, fd.as_str())).is_none_or(|kind| *kind == SocketKind::Stream);
            match call {
                Call::Bind(..) if stream => bound.push((at, (program, fd))),
                Call::Connect(..) if stream && !matches!(step.expect, Some(Expect::Errno(_))) => {
                    connects.push((at, (program, fd)));
                }
                _ => {}
            }
        });
        place.meet = connects.iter().any(|(to, who)| {
            let mut there = bound.iter().filter(|(at, _)| at == to).map(|(_, owner)| owner).peekable();
            there.peek().is_some() && there.all(|owner| owner != who && !listens.contains(owner))
        });
        place.choose_ports(&named);
        place
    }

    /// The host and the port that an address in a program on `host` means.
    fn target(&mut self, host: usize, addr: &Addr) -> Option<(usize, u16)> {
        let (there, port) = match addr {
            Addr::Host(_, name, port) => (self.plan.hosts.iter().position(|node| node.name == *name), *port),
            Addr::Literal(at) => {
                let owner = self.owner(at.ip(), host);
                if owner.is_none() {
                    self.strangers.insert(at.ip());
                }
                (owner, at.port())
            }
            Addr::Name(..) | Addr::Unspec => (None, 0),
        };
        let there = there?;
        let linked = |host: usize| {
            let name = &self.plan.hosts[host].name;
            self.plan.links.iter().any(|link| link.a == *name || link.b == *name)
        };
        self.unlinked |= there != host && !(linked(host) && linked(there));
        (port != 0).then_some((there, port))
    }

    /// The address that is meant, if it is one: a host by its name has its first.
    fn means(&self, addr: &Addr) -> Option<IpAddr> {
        let ip = match addr {
            Addr::Host(_, name, _) => *self.plan.hosts.iter().find(|node| node.name == *name)?.addresses.first()?,
            Addr::Literal(at) => at.ip().to_canonical(),
            Addr::Name(..) | Addr::Unspec => return None,
        };
        (!ip.is_unspecified()).then_some(ip)
    }

    /// Whose address it is; loopback and wildcards are everybody's own.
    fn owner(&self, ip: IpAddr, own: usize) -> Option<usize> {
        let ip = ip.to_canonical();
        if ip.is_loopback() || ip.is_unspecified() {
            return Some(own);
        }
        self.plan.hosts.iter().position(|host| host.addresses.contains(&ip))
    }

    fn choose_ports(&mut self, named: &[(usize, u16)]) {
        let mut taken: BTreeSet<u16> = named.iter().map(|(_, port)| *port).collect();
        let mut first: BTreeMap<u16, usize> = BTreeMap::new();
        for (host, port) in named.iter().copied() {
            let here = if port >= 1024 && *first.entry(port).or_insert(host) == host {
                port
            } else {
                let wish = if port < 1024 { port + 8_000 } else { port.checked_add(10_000).unwrap_or(20_000) };
                let free = (wish..=u16::MAX).step_by(10_000).chain(20_000..=u16::MAX);
                free.into_iter().find(|here| !taken.contains(here)).unwrap_or(port)
            };
            taken.insert(here);
            self.ports.insert((host, port), here);
        }
    }

    /// The address here of one there, for a program on `host`.
    pub(super) fn address(&self, at: SocketAddr, host: usize) -> SocketAddr {
        let owner = self.owner(at.ip(), host);
        let port = owner.and_then(|owner| self.ports.get(&(owner, at.port()))).copied().unwrap_or(at.port());
        SocketAddr::new(self.ip(at.ip()), port)
    }

    fn ip(&self, ip: IpAddr) -> IpAddr {
        let own = |ip: IpAddr| self.plan.hosts.iter().any(|host| host.addresses.contains(&ip));
        match ip {
            _ if ip.to_canonical().is_loopback() || !own(ip.to_canonical()) => ip,
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(six) if six.to_ipv4_mapped().is_some() => Ipv4Addr::LOCALHOST.to_ipv6_mapped().into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        }
    }

    /// An address as an argument of a call on a socket of `family`; `None` is
    /// `AF_UNSPEC`, or a name.
    pub(super) fn argument(&self, addr: &Addr, family: Family, host: usize) -> Option<SocketAddr> {
        let there = match addr {
            Addr::Literal(at) => *at,
            Addr::Host(_, name, port) => self.plan.address(name, family, *port)?,
            Addr::Name(..) | Addr::Unspec => return None,
        };
        Some(self.address(there, host))
    }

    /// A pattern of the script, here.
    pub(super) fn pattern(&self, pattern: &AddrPattern, host: usize) -> AddrPattern {
        let port = pattern.port.map(|port| match pattern.ip {
            Some(ip) => self.address(SocketAddr::new(ip, port), host).port(),
            None => self.ports.iter().find(|((_, there), _)| *there == port).map_or(port, |(_, here)| *here),
        });
        AddrPattern { ip: pattern.ip.map(|ip| self.ip(ip)), port }
    }

    /// `127.0.0.1`, `::1` or both: what every host is here.
    pub(super) fn hosts(&self) -> &'static str {
        let has = |want: fn(&IpAddr) -> bool| self.plan.hosts.iter().flat_map(|host| &host.addresses).any(want);
        match (has(IpAddr::is_ipv4), has(IpAddr::is_ipv6)) {
            (false, true) => "::1",
            (true, true) => "127.0.0.1, ::1",
            _ => "127.0.0.1",
        }
    }

    /// The ports that have other numbers here: those below 1024, or the others.
    pub(super) fn moved(&self, low: bool, lang: Lang) -> Vec<String> {
        let moved = self.ports.iter().filter(|((_, there), here)| there != *here && (*there < 1024) == low);
        let spell = |((host, there), here): (&(usize, u16), &u16)| {
            let host = &self.plan.hosts[*host].name;
            let text = Say::Moved.text(lang).replace("{host}", host);
            text.replace("{port}", &there.to_string()).replace("{here}", &here.to_string())
        };
        moved.map(spell).collect()
    }

    /// What the links of the script do and loopback does not; nothing here
    /// changes what the calls answer.
    pub(super) fn link(&self, script: &Script) -> Vec<String> {
        if self.lossy { Vec::new() } else { links(script) }
    }

    /// What is missing on one machine, without which the calls answer something
    /// else; empty if they answer the same.
    pub(super) fn missing(&self, script: &Script, lang: Lang) -> Vec<String> {
        let lines = script.items.iter().filter(|item| matches!(item.what, What::Drop(_) | What::Router(_)));
        let mut missing: Vec<String> = lines.map(line).collect();
        if self.lossy {
            missing.extend(links(script));
        }
        if self.meet {
            missing.push(Say::MeetOnTheWay.text(lang).to_owned());
        }
        if self.unanswered {
            missing.push(Say::FinOnTheWay.text(lang).to_owned());
        }
        if self.unlinked {
            missing.push(Say::NoLink.text(lang).to_owned());
        }
        for (one, other) in &self.merged {
            let text = Say::OneAddress.text(lang).replace("{address}", &one.to_string());
            missing.push(text.replace("{other}", &other.to_string()));
        }
        for ip in &self.strangers {
            let broadcast = matches!(ip, IpAddr::V4(ip) if ip.is_broadcast());
            if !broadcast {
                missing.push(Say::NoHost.text(lang).replace("{address}", &ip.to_string()));
            }
        }
        missing
    }
}

/// The state of a connection that a step waits for or expects.
fn seen(step: &Step) -> Option<TcpState> {
    match (&step.action, &step.expect) {
        (Action::WaitSocket(_, Condition::State(state)), _) | (_, Some(Expect::State(state))) => Some(*state),
        _ => None,
    }
}

/// A line of the script, as `print` writes it.
fn line(item: &Item) -> String {
    let alone = Item { comment: None, ..item.clone() };
    print(&Script { items: vec![alone] }).trim().to_owned()
}

/// The links that lose, double or reorder packets.
fn links(script: &Script) -> Vec<String> {
    let loses = |item: &&Item| match &item.what {
        What::Link(link) => link.spec.loss + link.spec.duplicate + link.spec.reorder > 0,
        _ => false,
    };
    script.items.iter().filter(loses).map(line).collect()
}
