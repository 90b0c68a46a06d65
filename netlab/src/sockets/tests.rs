//! The calls against each other, with what Linux 6.18 was seen to do as the
//! expected results.

use std::net::SocketAddr;

use crate::errno::Errno::{self, *};
use crate::network::NodeId;
use crate::packet::Kind;
use crate::script::ast::{
    Drop, Family, Flags, How, Link, Node, OptValue, Outcome, PollFlags, SockOpt, SocketKind, TcpState, Which,
};
use crate::time::{Micros, SECOND};
use crate::wire::LinkSpec;
use crate::world::World;

const A: NodeId = 0;
const B: NodeId = 1;
const NONE: Flags = Flags(0);

/// Two hosts, one process each, and calls that block as a program's do.
struct Two {
    world: World,
}

fn at(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

impl Two {
    fn new(drops: &[Drop]) -> Two {
        let node = |name: &str, ips: [&str; 2]| Node {
            name: name.to_owned(),
            addresses: ips.iter().map(|ip| ip.parse().unwrap()).collect(),
        };
        let hosts = [node("a", ["10.0.0.1", "fd00::1"]), node("b", ["10.0.0.2", "fd00::2"])];
        let spec = LinkSpec { delay: 10_000, ..LinkSpec::default() };
        let link = Link { a: "a".to_owned(), b: "b".to_owned(), spec };
        let mut world = World::new(&hosts, &[], &[link], drops, 1);
        for host in &mut world.hosts {
            host.spawn();
        }
        Two { world }
    }

    fn call<T>(&mut self, host: NodeId, act: impl FnOnce(&mut crate::host::Host) -> T) -> T {
        let result = act(&mut self.world.hosts[host]);
        self.world.settle(host);
        result
    }

    /// Lets virtual time pass.
    fn pass(&mut self, length: Micros) {
        let until = self.world.now() + length;
        while let Some(next) = self.world.due().filter(|next| *next <= until) {
            let next = next.max(self.world.now());
            self.world.advance(next);
            if self.world.due().is_some_and(|again| again <= next) {
                self.world.advance(next + 1);
            }
        }
        self.world.advance(until);
    }

    /// Tries again until the call no longer blocks, for at most 200 s.
    #[track_caller]
    fn block<T>(
        &mut self,
        host: NodeId,
        mut act: impl FnMut(&mut crate::host::Host) -> super::Result<T>,
    ) -> super::Result<T> {
        let until = self.world.now() + 200 * SECOND;
        loop {
            // Twice: over the loopback interface the call itself may have finished it.
            for _ in 0..2 {
                match self.call(host, &mut act) {
                    Err(EAGAIN | EINPROGRESS | EALREADY) => {}
                    other => return other,
                }
            }
            let next = self.world.due().expect("something will happen");
            assert!(next <= until, "still blocked after 200 s");
            let next = next.max(self.world.now() + 1);
            self.world.advance(next);
        }
    }

    fn stream(&mut self, host: NodeId) -> i32 {
        self.call(host, |host| host.socket(0, Family::Inet, SocketKind::Stream, 0)).unwrap()
    }

    fn datagram(&mut self, host: NodeId) -> i32 {
        self.call(host, |host| host.socket(0, Family::Inet, SocketKind::Dgram, 0)).unwrap()
    }

    fn server(&mut self, backlog: i32) -> i32 {
        let fd = self.stream(B);
        self.call(B, |host| host.bind(0, fd, at("0.0.0.0:80"))).unwrap();
        self.call(B, |host| host.listen(0, fd, backlog)).unwrap();
        fd
    }

    fn connect(&mut self, fd: i32, to: &str) -> super::Result<()> {
        self.block(A, |host| host.connect(0, fd, Some(at(to))))
    }

    fn send(&mut self, host: NodeId, fd: i32, data: &[u8]) -> super::Result<usize> {
        self.block(host, |host| host.send(0, fd, data))
    }

    fn recv(&mut self, host: NodeId, fd: i32) -> Result<String, Errno> {
        let received = self.block(host, |host| host.recv(0, fd, 100, NONE))?;
        Ok(String::from_utf8(received.data).unwrap())
    }

    fn close(&mut self, host: NodeId, fd: i32) {
        self.call(host, |host| host.close(0, fd)).unwrap();
    }

    /// A connection: the client's descriptor, the accepted one, the listening one.
    fn pair(&mut self) -> (i32, i32, i32) {
        let listener = self.server(5);
        let client = self.stream(A);
        self.connect(client, "10.0.0.2:80").unwrap();
        let (accepted, _) = self.block(B, |host| host.accept(0, listener)).unwrap();
        (client, accepted, listener)
    }

    fn state(&self, host: NodeId, fd: i32) -> TcpState {
        self.world.hosts[host].tcp_state(0, fd).unwrap()
    }
}

#[test]
fn connect_and_send_succeed_before_accept() {
    let mut two = Two::new(&[]);
    let listener = two.server(5);
    let client = two.stream(A);
    assert_eq!(two.connect(client, "10.0.0.2:80"), Ok(()));
    assert_eq!(two.send(A, client, b"early"), Ok(5));
    two.pass(SECOND);
    let (accepted, peer) = two.call(B, |host| host.accept(0, listener)).unwrap();
    assert_eq!((listener, accepted), (3, 4));
    assert_eq!(Ok(peer), two.world.hosts[A].getsockname(0, client));
    assert_eq!(two.recv(B, accepted), Ok("early".to_owned()));
    assert_eq!(two.world.hosts[B].getsockname(0, accepted).unwrap().port(), 80);
}

#[test]
fn three_sends_can_be_one_read() {
    let mut two = Two::new(&[]);
    let (client, accepted, _) = two.pair();
    for part in ["one", "two", "three"] {
        two.send(A, client, part.as_bytes()).unwrap();
    }
    two.pass(SECOND);
    assert_eq!(two.recv(B, accepted), Ok("onetwothree".to_owned()));
}

#[test]
fn a_port_without_listener_refuses() {
    let mut two = Two::new(&[]);
    let bound = two.stream(B);
    two.call(B, |host| host.bind(0, bound, at("0.0.0.0:80"))).unwrap();
    let client = two.stream(A);
    assert_eq!(two.connect(client, "10.0.0.2:80"), Err(ECONNREFUSED));
    assert_eq!(two.send(A, client, b"x"), Err(EPIPE));
    assert_eq!(two.recv(A, client), Err(ENOTCONN));
    two.call(B, |host| host.listen(0, bound, 1)).unwrap();
    assert_eq!(two.connect(client, "10.0.0.2:80"), Ok(()));
    assert_eq!(two.connect(client, "10.0.0.2:80"), Err(EISCONN));
}

#[test]
fn one_connection_more_than_the_backlog_waits_and_the_rest_get_no_answer() {
    for (backlog, fit) in [(0, 1), (1, 2), (4, 5)] {
        let mut two = Two::new(&[]);
        let listener = two.server(backlog);
        let mut connected = 0;
        for _ in 0..8 {
            let client = two.stream(A);
            let started = two.call(A, |host| host.connect(0, client, Some(at("10.0.0.2:80"))));
            assert_eq!(started, Err(EINPROGRESS));
            two.pass(SECOND / 2);
            connected += i32::from(two.state(A, client) == TcpState::Established);
        }
        assert_eq!((connected, two.world.hosts[B].queued(0, listener)), (fit, Ok(fit as usize)));
    }
}

#[test]
fn an_unanswered_connect_gives_up_after_131_seconds() {
    let every = Drop { which: Which::Every, kind: Kind::Syn, from: "a".to_owned() };
    let mut two = Two::new(&[every]);
    two.server(1);
    let client = two.stream(A);
    let before = two.world.now();
    assert_eq!(two.connect(client, "10.0.0.2:80"), Err(ETIMEDOUT));
    assert_eq!((two.world.now() - before, two.world.network.count(A, Kind::Syn)), (131 * SECOND, 11));
}

#[test]
fn a_lost_syn_is_sent_again_after_a_second() {
    let first = Drop { which: Which::Numbers(vec![1]), kind: Kind::Syn, from: "a".to_owned() };
    let mut two = Two::new(&[first]);
    two.server(1);
    let client = two.stream(A);
    assert_eq!(two.connect(client, "10.0.0.2:80"), Ok(()));
    assert_eq!((two.world.now(), two.world.network.count(A, Kind::Syn)), (SECOND + 20_000, 2));
}

#[test]
fn one_direction_closes_and_the_other_goes_on() {
    let mut two = Two::new(&[]);
    let (client, accepted, _) = two.pair();
    two.send(A, client, b"request").unwrap();
    two.call(A, |host| host.shutdown(0, client, How::Write)).unwrap();
    assert_eq!(two.send(A, client, b"more"), Err(EPIPE));
    assert_eq!(two.recv(B, accepted), Ok("request".to_owned()));
    assert_eq!(two.recv(B, accepted), Ok(String::new()));
    two.pass(SECOND);
    assert_eq!((two.state(A, client), two.state(B, accepted)), (TcpState::FinWait2, TcpState::CloseWait));
    two.send(B, accepted, b"reply").unwrap();
    two.close(B, accepted);
    assert_eq!(two.recv(A, client), Ok("reply".to_owned()));
    assert_eq!(two.recv(A, client), Ok(String::new()));
}

#[test]
fn closing_with_unread_data_resets() {
    let mut two = Two::new(&[]);
    let (client, accepted, _) = two.pair();
    two.send(B, accepted, b"for you").unwrap();
    two.send(A, client, b"unread").unwrap();
    two.pass(SECOND);
    two.close(B, accepted);
    two.pass(SECOND);
    // What is here is read first, then one call gets the error, then none does.
    assert_eq!(two.recv(A, client), Ok("for you".to_owned()));
    assert_eq!(two.recv(A, client), Err(ECONNRESET));
    assert_eq!(two.recv(A, client), Ok(String::new()));
    assert_eq!(two.send(A, client, b"x"), Err(EPIPE));
    assert_eq!(two.world.network.count(B, Kind::Fin), 0);
}

#[test]
fn closing_with_nothing_unread_ends_the_stream_and_the_second_send_fails() {
    let mut two = Two::new(&[]);
    let (client, accepted, _) = two.pair();
    two.close(B, accepted);
    two.pass(SECOND);
    assert_eq!(two.recv(A, client), Ok(String::new()));
    assert_eq!(two.send(A, client, b"x"), Ok(1));
    two.pass(SECOND);
    assert_eq!(two.send(A, client, b"x"), Err(EPIPE));
    assert_eq!(two.recv(A, client), Ok(String::new()));
}

#[test]
fn linger_zero_resets() {
    let mut two = Two::new(&[]);
    let (client, accepted, _) = two.pair();
    two.call(A, |host| host.setsockopt(0, client, SockOpt::SO_LINGER, OptValue::Linger(Some(0)))).unwrap();
    two.close(A, client);
    assert_eq!(two.recv(B, accepted), Err(ECONNRESET));
    assert_eq!((two.world.network.count(A, Kind::Rst), two.world.network.count(A, Kind::Fin)), (1, 0));
}

#[test]
fn time_wait_holds_the_port_for_sixty_seconds_unless_both_sockets_allow_it() {
    for old_allows in [false, true] {
        let mut two = Two::new(&[]);
        let listener = two.stream(B);
        if old_allows {
            two.call(B, |host| host.setsockopt(0, listener, SockOpt::SO_REUSEADDR, OptValue::Int(1))).unwrap();
        }
        two.call(B, |host| host.bind(0, listener, at("0.0.0.0:80"))).unwrap();
        two.call(B, |host| host.listen(0, listener, 1)).unwrap();
        let client = two.stream(A);
        two.connect(client, "10.0.0.2:80").unwrap();
        let (accepted, _) = two.block(B, |host| host.accept(0, listener)).unwrap();
        two.close(B, accepted);
        two.close(B, listener);
        assert_eq!(two.recv(A, client), Ok(String::new()));
        two.close(A, client);
        two.pass(SECOND);
        let plain = two.stream(B);
        assert_eq!(two.call(B, |host| host.bind(0, plain, at("0.0.0.0:80"))), Err(EADDRINUSE));
        two.call(B, |host| host.setsockopt(0, plain, SockOpt::SO_REUSEADDR, OptValue::Int(1))).unwrap();
        let again = two.call(B, |host| host.bind(0, plain, at("0.0.0.0:80")));
        assert_eq!(again, if old_allows { Ok(()) } else { Err(EADDRINUSE) });
        if !old_allows {
            two.pass(58 * SECOND);
            assert_eq!(two.call(B, |host| host.bind(0, plain, at("0.0.0.0:80"))), Err(EADDRINUSE));
            two.pass(2 * SECOND);
            assert_eq!(two.call(B, |host| host.bind(0, plain, at("0.0.0.0:80"))), Ok(()));
        }
    }
}

#[test]
fn a_socket_can_connect_to_itself() {
    let mut two = Two::new(&[]);
    let fd = two.stream(A);
    two.call(A, |host| host.bind(0, fd, at("127.0.0.1:45700"))).unwrap();
    assert_eq!(two.connect(fd, "127.0.0.1:45700"), Ok(()));
    assert_eq!(two.world.hosts[A].getsockname(0, fd), two.world.hosts[A].getpeername(0, fd));
    assert_eq!(two.send(A, fd, b"me"), Ok(2));
    assert_eq!(two.recv(A, fd), Ok("me".to_owned()));
}

#[test]
fn only_the_last_descriptor_closes() {
    let mut two = Two::new(&[]);
    let (client, accepted, _) = two.pair();
    let copy = two.call(B, |host| host.dup(0, accepted)).unwrap();
    assert_eq!(copy, 5);
    two.close(B, accepted);
    two.pass(SECOND);
    assert_eq!(two.call(A, |host| host.recv(0, client, 9, NONE)), Err(EAGAIN));
    two.call(B, |host| host.shutdown(0, copy, How::Write)).unwrap();
    assert_eq!(two.recv(A, client), Ok(String::new()));
    assert_eq!(two.call(B, |host| host.close(0, accepted)), Err(EBADF));
    assert_eq!(two.stream(B), accepted);
}

#[test]
fn datagrams_keep_their_ends_and_lose_what_does_not_fit() {
    let mut two = Two::new(&[]);
    let receiver = two.datagram(B);
    two.call(B, |host| host.bind(0, receiver, at("0.0.0.0:53"))).unwrap();
    let sender = two.datagram(A);
    for data in ["0123456789", "", "next", "0123456789"] {
        let sent = two.call(A, |host| host.sendto(0, sender, data.as_bytes(), at("10.0.0.2:53")));
        assert_eq!(sent, Ok(data.len()));
    }
    two.pass(SECOND);
    let mut get = |most, flags| {
        let got = two.call(B, |host| host.recv(0, receiver, most, flags)).unwrap();
        (got.number, String::from_utf8(got.data).unwrap())
    };
    assert_eq!(get(5, Flags::MSG_PEEK), (5, "01234".to_owned()));
    assert_eq!(get(5, NONE), (5, "01234".to_owned()));
    assert_eq!(get(100, NONE), (0, String::new()));
    assert_eq!(get(100, NONE), (4, "next".to_owned()));
    assert_eq!(get(5, Flags::MSG_TRUNC), (10, "01234".to_owned()));
}

#[test]
fn the_longest_datagram_crosses_in_pieces_and_one_byte_more_is_refused() {
    let mut two = Two::new(&[]);
    let receiver = two.datagram(B);
    two.call(B, |host| host.bind(0, receiver, at("0.0.0.0:53"))).unwrap();
    let sender = two.datagram(A);
    let mut send = |length| two.call(A, |host| host.sendto(0, sender, &vec![7; length], at("10.0.0.2:53")));
    assert_eq!((send(65_507), send(65_508), send(70_000)), (Ok(65_507), Err(EMSGSIZE), Err(EMSGSIZE)));
    two.pass(SECOND);
    let got = two.call(B, |host| host.recv(0, receiver, 70_000, NONE)).unwrap();
    assert_eq!(got.data, vec![7; 65_507]);
}

#[test]
fn only_a_connected_datagram_socket_hears_of_a_closed_port() {
    let mut two = Two::new(&[]);
    let plain = two.datagram(A);
    for _ in 0..2 {
        let sent = two.call(A, |host| host.sendto(0, plain, b"x", at("10.0.0.2:9")));
        assert_eq!(sent, Ok(1));
        two.pass(SECOND);
    }
    assert_eq!(two.call(A, |host| host.recv(0, plain, 9, NONE)), Err(EAGAIN));
    let connected = two.datagram(A);
    two.call(A, |host| host.connect(0, connected, Some(at("10.0.0.2:9")))).unwrap();
    assert_eq!(two.send(A, connected, b"x"), Ok(1));
    assert_eq!(two.recv(A, connected), Err(ECONNREFUSED));
    assert_eq!(two.send(A, connected, b"x"), Ok(1));
    two.pass(SECOND);
    assert_eq!(two.send(A, connected, b"x"), Err(ECONNREFUSED));
    two.call(A, |host| host.setsockopt(0, plain, SockOpt::IP_RECVERR, OptValue::Int(1))).unwrap();
    two.call(A, |host| host.sendto(0, plain, b"x", at("10.0.0.2:9"))).unwrap();
    two.pass(SECOND);
    assert_eq!(two.call(A, |host| host.sendto(0, plain, b"x", at("10.0.0.2:9"))), Err(ECONNREFUSED));
}

#[test]
fn a_connected_datagram_socket_hears_only_its_peer() {
    let mut two = Two::new(&[]);
    let (receiver, friend, stranger) = (two.datagram(B), two.datagram(A), two.datagram(A));
    two.call(B, |host| host.bind(0, receiver, at("0.0.0.0:53"))).unwrap();
    two.call(A, |host| host.bind(0, friend, at("10.0.0.1:1000"))).unwrap();
    two.call(B, |host| host.connect(0, receiver, Some(at("10.0.0.1:1000")))).unwrap();
    two.call(A, |host| host.sendto(0, stranger, b"stranger", at("10.0.0.2:53"))).unwrap();
    two.call(A, |host| host.sendto(0, friend, b"friend", at("10.0.0.2:53"))).unwrap();
    assert_eq!(two.recv(B, receiver), Ok("friend".to_owned()));
    assert_eq!(two.world.hosts[B].getsockname(0, receiver), Ok(at("10.0.0.2:53")));
}

#[test]
fn the_same_number_is_many_ports() {
    let mut two = Two::new(&[]);
    let mut bind = |kind, address: &str, reuse_port: bool| {
        let fd = two.call(A, |host| host.socket(0, Family::Inet, kind, 0)).unwrap();
        if reuse_port {
            two.call(A, |host| host.setsockopt(0, fd, SockOpt::SO_REUSEPORT, OptValue::Int(1))).unwrap();
        }
        two.call(A, |host| host.bind(0, fd, at(address))).and_then(|()| match kind {
            SocketKind::Stream => two.call(A, |host| host.listen(0, fd, 1)),
            _ => Ok(()),
        })
    };
    assert_eq!(bind(SocketKind::Stream, "127.0.0.1:7010", false), Ok(()));
    assert_eq!(bind(SocketKind::Dgram, "127.0.0.1:7010", false), Ok(()));
    assert_eq!(bind(SocketKind::Stream, "127.0.0.1:7010", false), Err(EADDRINUSE));
    assert_eq!(bind(SocketKind::Stream, "127.0.0.2:7010", false), Ok(()));
    assert_eq!(bind(SocketKind::Stream, "0.0.0.0:7010", false), Err(EADDRINUSE));
    assert_eq!(bind(SocketKind::Stream, "127.0.0.1:7011", true), Ok(()));
    assert_eq!(bind(SocketKind::Stream, "127.0.0.1:7011", true), Ok(()));
    assert_eq!(bind(SocketKind::Stream, "127.0.0.1:7011", false), Err(EADDRINUSE));
    assert_eq!(bind(SocketKind::Stream, "10.0.0.9:7011", false), Err(EADDRNOTAVAIL));
}

#[test]
fn one_local_port_serves_two_connections_but_not_the_same_one_twice() {
    let mut two = Two::new(&[]);
    two.server(5);
    let other = two.stream(B);
    two.call(B, |host| host.bind(0, other, at("0.0.0.0:81"))).unwrap();
    two.call(B, |host| host.listen(0, other, 5)).unwrap();
    let mut from_one_port = |to: &str, reuse: bool| {
        let fd = two.stream(A);
        if reuse {
            two.call(A, |host| host.setsockopt(0, fd, SockOpt::SO_REUSEADDR, OptValue::Int(1))).unwrap();
        }
        two.call(A, |host| host.bind(0, fd, at("10.0.0.1:45679")))?;
        two.connect(fd, to)
    };
    assert_eq!(from_one_port("10.0.0.2:80", true), Ok(()));
    assert_eq!(from_one_port("10.0.0.2:81", true), Ok(()));
    assert_eq!(from_one_port("10.0.0.2:81", false), Err(EADDRINUSE));
    assert_eq!(from_one_port("10.0.0.2:81", true), Err(EADDRNOTAVAIL));
}

#[test]
fn a_raw_socket_gets_a_copy_and_the_stack_still_answers() {
    let mut two = Two::new(&[]);
    let raw = two.call(B, |host| host.socket(0, Family::Inet, SocketKind::Raw, 6)).unwrap();
    let (client, accepted, _) = two.pair();
    two.send(A, client, b"secret").unwrap();
    assert_eq!(two.recv(B, accepted), Ok("secret".to_owned()));
    let mut seen = Vec::new();
    while let Ok(copy) = two.call(B, |host| host.recv(0, raw, 2000, NONE)) {
        assert_eq!(copy.data[0], 0x45);
        seen.push(copy.data);
    }
    assert!(seen.iter().any(|packet| packet.ends_with(b"secret")));
    let refused = two.stream(A);
    assert_eq!(two.connect(refused, "10.0.0.2:99"), Err(ECONNREFUSED));
}

#[test]
fn ping_comes_back_with_an_ip_header_in_version_4_and_without_in_6() {
    let mut two = Two::new(&[]);
    for (family, number, to, first) in [(Family::Inet, 1, "10.0.0.2:0", 0x45), (Family::Inet6, 58, "[fd00::2]:0", 129)]
    {
        let raw = two.call(A, |host| host.socket(0, family, SocketKind::Raw, number)).unwrap();
        let mut request = crate::packet::echo_request_v4(7, 1, b"ping");
        if family == Family::Inet6 {
            request[0] = 128;
        }
        two.call(A, |host| host.sendto(0, raw, &request, at(to))).unwrap();
        let reply = two.block(A, |host| host.recv(0, raw, 2000, NONE)).unwrap();
        assert_eq!(reply.data[0], first);
        assert!(reply.data.ends_with(b"ping"));
    }
}

#[test]
fn errors_of_calls_that_make_no_sense_are_linuxs() {
    let mut two = Two::new(&[]);
    let (stream, datagram) = (two.stream(A), two.datagram(A));
    assert_eq!(two.call(A, |host| host.recv(0, stream, 9, NONE)), Err(ENOTCONN));
    assert_eq!(two.call(A, |host| host.send(0, stream, b"x")), Err(EPIPE));
    assert_eq!(two.call(A, |host| host.send(0, datagram, b"x")), Err(EDESTADDRREQ));
    assert_eq!(two.call(A, |host| host.listen(0, datagram, 1)), Err(EOPNOTSUPP));
    assert_eq!(two.call(A, |host| host.accept(0, stream)), Err(EINVAL));
    assert_eq!(two.call(A, |host| host.accept(0, datagram)), Err(EOPNOTSUPP));
    assert_eq!(two.call(A, |host| host.shutdown(0, stream, How::Write)), Err(ENOTCONN));
    assert_eq!(two.call(A, |host| host.getpeername(0, stream)), Err(ENOTCONN));
    assert_eq!(two.call(A, |host| host.close(0, 9)), Err(EBADF));
    assert_eq!(two.call(A, |host| host.listen(0, 1, 1)), Err(ENOTSOCK));
    assert_eq!(two.call(A, |host| host.sendto(0, datagram, b"x", at("10.0.0.255:9"))), Err(EACCES));
    assert_eq!(two.call(A, |host| host.sendto(0, datagram, b"x", at("10.0.0.2:0"))), Err(EINVAL));
    assert_eq!(two.call(A, |host| host.socket(0, Family::Inet, SocketKind::Stream, 17)), Err(EPROTONOSUPPORT));
    assert_eq!(two.call(A, |host| host.socket(0, Family::Inet, SocketKind::Stream, 132)), Err(EPROTONOSUPPORT));
    assert_eq!(two.call(A, |host| host.connect(0, stream, Some(at("[::1]:80")))), Err(EAFNOSUPPORT));
    assert_eq!(two.world.hosts[A].getsockname(0, stream), Ok(at("0.0.0.0:0")));
    two.call(A, |host| host.listen(0, stream, 1)).unwrap();
    assert_ne!(two.world.hosts[A].getsockname(0, stream), Ok(at("0.0.0.0:0")));
    assert_eq!(two.call(A, |host| host.connect(0, stream, Some(at("10.0.0.2:80")))), Err(EISCONN));
}

#[test]
fn poll_tells_how_a_non_blocking_connect_ended() {
    let mut two = Two::new(&[]);
    let fd = two.stream(A);
    let asked = PollFlags::POLLOUT;
    assert_eq!(two.call(A, |host| host.connect(0, fd, Some(at("10.0.0.2:80")))), Err(EINPROGRESS));
    assert_eq!(two.call(A, |host| host.connect(0, fd, Some(at("10.0.0.2:80")))), Err(EALREADY));
    assert_eq!(two.world.hosts[A].poll(0, fd, asked), Ok(PollFlags(0)));
    two.pass(SECOND);
    let found = two.world.hosts[A].poll(0, fd, asked).unwrap();
    assert_eq!(found, PollFlags::POLLOUT.with(PollFlags::POLLERR).with(PollFlags::POLLHUP));
    let error = two.call(A, |host| host.getsockopt(0, fd, SockOpt::SO_ERROR));
    assert_eq!(error, Ok(Outcome::Word("ECONNREFUSED".to_owned())));
    assert_eq!(two.call(A, |host| host.getsockopt(0, fd, SockOpt::SO_ERROR)), Ok(Outcome::Number(0)));
}

#[test]
fn an_ipv6_socket_serves_ipv4_clients_with_mapped_addresses() {
    let mut two = Two::new(&[]);
    let server = two.call(B, |host| host.socket(0, Family::Inet6, SocketKind::Stream, 0)).unwrap();
    two.call(B, |host| host.bind(0, server, at("[::]:80"))).unwrap();
    two.call(B, |host| host.listen(0, server, 5)).unwrap();
    let plain = two.stream(B);
    assert_eq!(two.call(B, |host| host.bind(0, plain, at("0.0.0.0:80"))), Err(EADDRINUSE));
    let client = two.stream(A);
    two.connect(client, "10.0.0.2:80").unwrap();
    let (_, peer) = two.block(B, |host| host.accept(0, server)).unwrap();
    assert_eq!(peer.ip().to_string(), "::ffff:10.0.0.1");
    let client = two.call(A, |host| host.socket(0, Family::Inet6, SocketKind::Stream, 0)).unwrap();
    two.connect(client, "[fd00::2]:80").unwrap();
    let (accepted, peer) = two.block(B, |host| host.accept(0, server)).unwrap();
    assert_eq!(peer.ip().to_string(), "fd00::1");
    two.send(A, client, b"six").unwrap();
    assert_eq!(two.recv(B, accepted), Ok("six".to_owned()));
}
