//! What a socket script says, as data. The grammar is in `netlab/README.md`.
//!
//! Both runners read this: the simulation ([`crate::run`]) and the one that
//! plays a script on Linux hosts. Nothing in here knows of either.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

pub use super::option::{Flags, OptValue, PollFlags, SockOpt};
use crate::errno::Errno;
use crate::packet::Kind as PacketKind;
use crate::time::Micros;
use crate::wire::LinkSpec;

/// A place in the text, both counted from 1; the column counts characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pos {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

/// A whole script, line by line, so that it can be written out again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// Everything in the order of the text.
    pub items: Vec<Item>,
}

/// One line of a script (a `repeat` holds the lines up to its `end`).
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Where it starts.
    pub pos: Pos,
    /// What it says.
    pub what: What,
    /// The comment at its end, without the `#`.
    pub comment: Option<String>,
}

/// What a line can say.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Nothing, or only a comment.
    Blank,
    /// `host a 10.0.0.1 fd00::1`
    Host(Node),
    /// `router r 10.0.9.1`
    Router(Node),
    /// `link a b delay 10ms loss 5%`
    Link(Link),
    /// `drop 1st SYN from a`
    Drop(Drop),
    /// `limit 200s`: how much virtual time the run may take.
    Limit(Micros),
    /// `client on a:` or `a:`. The steps that follow belong to this program.
    Program(Header),
    /// A line of the program named last.
    Step(Arc<Step>),
}

/// A host or a router.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its addresses, besides those of the loopback interface.
    pub addresses: Vec<IpAddr>,
}

/// A line between two nodes. A host has at most one.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// One end.
    pub a: String,
    /// The other end.
    pub b: String,
    /// What it does to packets; the same in both directions.
    pub spec: LinkSpec,
}

/// Packets that the wire takes away.
#[derive(Clone, Debug, PartialEq)]
pub struct Drop {
    /// Which ones of the packets that match, counted from 1.
    pub which: Which,
    /// What kind of packet.
    pub kind: PacketKind,
    /// The host that sent it.
    pub from: String,
}

/// Which packets of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// `1st 2nd 3rd`: these.
    Numbers(Vec<u32>),
    /// `4th+`: this one and all after it.
    From(u32),
    /// `every`
    Every,
}

impl Which {
    /// Whether the `n`th packet of the kind is meant.
    #[must_use]
    pub fn has(&self, n: u32) -> bool {
        match self {
            Which::Numbers(numbers) => numbers.contains(&n),
            Which::From(first) => n >= *first,
            Which::Every => true,
        }
    }
}

/// Names the program that the following steps belong to. The same header may
/// come again: the steps are then appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The program. `a:` alone is the program `a` on host `a`.
    pub name: String,
    /// The host it runs on.
    pub host: String,
}

/// One statement of a program.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Names for the results: a descriptor or an address.
    pub name: Option<String>,
    /// What is done.
    pub action: Action,
    /// What Linux answers. Without it the call has to succeed.
    pub expect: Option<Expect>,
    /// The declared difference of the simulation.
    pub differs: Option<Difference>,
}

/// `on sim -> RESULT because "reason" see "source"`
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What the simulation answers instead.
    pub expect: Expect,
    /// Why.
    pub because: String,
    /// Where that is written down.
    pub see: Option<String>,
    /// The comment at the end of the line, without the `#`.
    pub comment: Option<String>,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Calls the socket layer.
    Call(Call),
    /// `wait b`: until program `b` has done all steps written above this line.
    WaitProgram(String),
    /// `wait 100ms`
    WaitTime(Micros),
    /// `wait c 11 bytes`, `wait s 2 queued`, `wait c CLOSE-WAIT`: until the
    /// socket is in this condition. It takes nothing and has no result.
    WaitSocket(Fd, Condition),
    /// `count(SYN from a)`: packets of a kind that this host has put on the wire
    /// so far, also those that were then dropped.
    Count(PacketKind, String),
    /// `repeat 1000` … `end`
    Repeat(u32, Vec<Item>),
}

/// What a socket can be waited for: kernel state, never a sleep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// At least so many bytes can be read (`FIONREAD`).
    Bytes(u32),
    /// So many connections wait to be accepted.
    Queued(u32),
    /// The TCP connection is in this state.
    State(TcpState),
}

/// The states of a connection, spelled as RFC 9293 section 3.3.2 does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum TcpState {
    Closed,
    Listen,
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
}

impl TcpState {
    /// Every state.
    pub const ALL: [TcpState; 11] = [
        TcpState::Closed,
        TcpState::Listen,
        TcpState::SynSent,
        TcpState::SynReceived,
        TcpState::Established,
        TcpState::FinWait1,
        TcpState::FinWait2,
        TcpState::CloseWait,
        TcpState::Closing,
        TcpState::LastAck,
        TcpState::TimeWait,
    ];

    /// The name in RFC 9293.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            TcpState::Closed => "CLOSED",
            TcpState::Listen => "LISTEN",
            TcpState::SynSent => "SYN-SENT",
            TcpState::SynReceived => "SYN-RECEIVED",
            TcpState::Established => "ESTABLISHED",
            TcpState::FinWait1 => "FIN-WAIT-1",
            TcpState::FinWait2 => "FIN-WAIT-2",
            TcpState::CloseWait => "CLOSE-WAIT",
            TcpState::Closing => "CLOSING",
            TcpState::LastAck => "LAST-ACK",
            TcpState::TimeWait => "TIME-WAIT",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<TcpState> {
        TcpState::ALL.into_iter().find(|state| state.name() == name)
    }

    /// The state with this number in `tcpi_state` of Linux (`tcp_states.h`).
    #[must_use]
    pub fn from_linux(number: u8) -> Option<TcpState> {
        Some(match number {
            1 => TcpState::Established,
            2 => TcpState::SynSent,
            3 => TcpState::SynReceived,
            4 => TcpState::FinWait1,
            5 => TcpState::FinWait2,
            6 => TcpState::TimeWait,
            7 => TcpState::Closed,
            8 => TcpState::CloseWait,
            9 => TcpState::LastAck,
            10 => TcpState::Listen,
            11 => TcpState::Closing,
            _ => return None,
        })
    }
}

/// A call, with its arguments still as written.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// `socket(AF_INET, SOCK_STREAM)`, see socket(2).
    Socket {
        /// `AF_INET` or `AF_INET6`.
        family: Family,
        /// `SOCK_STREAM`, `SOCK_DGRAM`, `SOCK_RAW`.
        kind: SocketKind,
        /// With `|SOCK_NONBLOCK`.
        nonblock: bool,
        /// `IPPROTO_…`; 0 chooses the usual one.
        protocol: u8,
    },
    /// `bind(s, 0.0.0.0:80)`, see bind(2).
    Bind(Fd, Addr),
    /// `listen(s, 5)`, see listen(2).
    Listen(Fd, i32),
    /// `c = accept(s)`, see accept(2).
    Accept(Fd),
    /// `connect(c, b:80)`, see connect(2).
    Connect(Fd, Addr),
    /// `send(c, "hello")`, see send(2). Without `SIGPIPE` (`MSG_NOSIGNAL`).
    Send(Fd, Data, Flags),
    /// `sendto(u, "hello", b:53)`, see sendto(2).
    SendTo(Fd, Data, Addr, Flags),
    /// `recv(c, 100)`, see recv(2).
    Recv(Fd, u32, Flags),
    /// `recvfrom(u, 100)`, see recvfrom(2).
    RecvFrom(Fd, u32, Flags),
    /// `shutdown(c, SHUT_WR)`, see shutdown(2).
    Shutdown(Fd, How),
    /// `close(c)`, see close(2).
    Close(Fd),
    /// `d = dup(c)`, see dup(2).
    Dup(Fd),
    /// `getsockname(c)`, see getsockname(2).
    GetSockName(Fd),
    /// `getpeername(c)`, see getpeername(2).
    GetPeerName(Fd),
    /// `setsockopt(s, SO_REUSEADDR, 1)`, see setsockopt(2); the level follows
    /// from the name of the option.
    SetSockOpt(Fd, SockOpt, OptValue),
    /// `getsockopt(s, SO_ERROR)`, see getsockopt(2). `TCP_INFO` gives the state.
    GetSockOpt(Fd, SockOpt),
    /// `fcntl(c, O_NONBLOCK)` or `fcntl(c, 0)`: `F_SETFL` of fcntl(2).
    Fcntl(Fd, bool),
    /// `poll(c POLLIN, s POLLIN, 1s)`, see poll(2); without a time it waits for ever.
    Poll(Vec<(Fd, PollFlags)>, Option<Micros>),
    /// `write_all(c, bytes(200000))`: send(2) until everything is taken.
    WriteAll(Fd, Data),
    /// `read_exact(c, 5)`: recv(2) until so many bytes are here.
    ReadExact(Fd, u32),
    /// `read_to_end(c)`: recv(2) until end of stream.
    ReadToEnd(Fd),
}

/// A descriptor: a name given before, or a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fd {
    /// `c`
    Name(Pos, String),
    /// `3`
    Number(i32),
}

/// An address as an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addr {
    /// `10.0.0.1:80`, `[fd00::1]:80`
    Literal(SocketAddr),
    /// `b:80`: the first address of host `b` in the family of the socket.
    Host(Pos, String, u16),
    /// A name given to an address before, by `getsockname`, say.
    Name(Pos, String),
    /// `AF_UNSPEC`: dissolves the association of a connected UDP socket.
    Unspec,
}

/// Bytes to send or to expect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// `"text\n\x00"`
    Text(Vec<u8>),
    /// `hex(45 00 00 1c)`
    Hex(Vec<u8>),
    /// `bytes(1000)`: the first 1000 bytes of [`pattern`].
    Pattern(u32),
    /// `echo(7, 1, "ping")`: an ICMP echo request (RFC 792; RFC 4443 on an
    /// `AF_INET6` socket) with identifier, sequence number and data. The
    /// checksum of the IPv4 form is filled in.
    Echo(u16, u16, Vec<u8>),
}

impl Data {
    /// The bytes themselves.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Data::Text(bytes) | Data::Hex(bytes) => bytes.clone(),
            Data::Pattern(length) => pattern(*length as usize),
            Data::Echo(id, seq, data) => crate::packet::echo_request_v4(*id, *seq, data),
        }
    }
}

/// Bytes that can be told apart by eye and by position: the alphabet, each
/// round begun one letter later, so that no two rounds in a row are alike.
#[must_use]
pub fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|i| b'a' + ((i + i / 26) % 26) as u8).collect()
}

/// Address family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `AF_INET`, see ip(7).
    Inet,
    /// `AF_INET6`, see ipv6(7).
    Inet6,
}

/// Kind of socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketKind {
    /// `SOCK_STREAM`
    Stream,
    /// `SOCK_DGRAM`
    Dgram,
    /// `SOCK_RAW`, see raw(7).
    Raw,
}

/// How to shut a connection down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// `SHUT_RD`
    Read,
    /// `SHUT_WR`
    Write,
    /// `SHUT_RDWR`
    Both,
}

/// What a call is expected to answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Expect {
    /// `*`: anything, also an error. The transcript shows `*`.
    Any,
    /// `ECONNREFUSED`
    Errno(Errno),
    /// `0`, `5 "early"`, `"early" from 10.0.0.1:*`, `4 from 10.0.0.1:*`.
    Value {
        /// The number the call returns.
        number: Option<i64>,
        /// The bytes it brings.
        data: Option<Data>,
        /// The address it brings.
        from: Option<AddrPattern>,
    },
    /// `1..9`: a number in this range, both ends included. The transcript shows
    /// the range.
    Range(i64, i64),
    /// `10.0.0.1:*`: an address.
    Addr(AddrPattern),
    /// `c POLLIN|POLLHUP, s POLLIN`: what poll found; `0` if nothing.
    Poll(Vec<(String, PollFlags)>),
    /// `CLOSE-WAIT`: `getsockopt(c, TCP_INFO)`.
    State(TcpState),
    /// `SOCK_STREAM`, `on 0s`, …: the value of an option that is not a number.
    Word(String),
}

/// An address with `*` for what may be anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddrPattern {
    /// The address; `None` is `*`.
    pub ip: Option<IpAddr>,
    /// The port; `None` is `*`.
    pub port: Option<u16>,
}

impl AddrPattern {
    /// Whether `address` fits.
    #[must_use]
    pub fn fits(&self, address: &SocketAddr) -> bool {
        self.ip.is_none_or(|ip| ip == address.ip()) && self.port.is_none_or(|port| port == address.port())
    }
}

/// What a step gave. Descriptors are numbered as a process alone would see
/// them: the lowest free number, from 3.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Waits, and headers of repeats.
    Done,
    /// A number: bytes taken, 0 for success, an integer option, a count.
    Number(i64),
    /// A new descriptor; of accept(2) with the address of the peer.
    Fd(i32, Option<SocketAddr>),
    /// Bytes. `number` is what the call returned (with `MSG_TRUNC` more than
    /// the bytes that came).
    Data {
        /// What the call returned.
        number: usize,
        /// The bytes.
        data: Vec<u8>,
        /// recvfrom(2): who sent them.
        from: Option<SocketAddr>,
    },
    /// An address.
    Addr(SocketAddr),
    /// What poll found, in the order of the call.
    Poll(Vec<(String, PollFlags)>),
    /// `TCP_INFO`
    State(TcpState),
    /// An option that is neither number nor state.
    Word(String),
    /// The call failed.
    Errno(Errno),
}
