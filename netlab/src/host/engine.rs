//! One TCP connection: smoltcp's engine with an interface of its own.
//!
//! Each connection has its own interface, so the host decides which packet
//! belongs to which connection, in the order in which Linux does, and each
//! connection has its own clock. smoltcp holds TIME-WAIT for a fixed 10 s; here
//! its clock stands still in that state and the host ends it after 60 s, as
//! Linux does (`TCP_TIMEWAIT_LEN`).

use std::collections::VecDeque;
use std::net::SocketAddr;

use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::tcp;
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::{HardwareAddress, IpCidr, IpEndpoint, IpListenEndpoint};

use crate::script::ast::TcpState;
use crate::time::Micros;

/// How a connection is set up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setup {
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    pub(crate) mtu: usize,
    pub(crate) send_buffer: usize,
    pub(crate) receive_buffer: usize,
    pub(crate) nodelay: bool,
    pub(crate) ttl: u8,
    pub(crate) seed: u64,
}

struct Port {
    mtu: usize,
    arrived: VecDeque<Vec<u8>>,
    leaving: Vec<Vec<u8>>,
}

struct Arrived(Vec<u8>);
struct Leaving<'a>(&'a mut Vec<Vec<u8>>);

impl RxToken for Arrived {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        read(&self.0)
    }
}

impl TxToken for Leaving<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, write: F) -> R {
        let mut packet = vec![0; length];
        let result = write(&mut packet);
        self.0.push(packet);
        result
    }
}

impl Device for Port {
    type RxToken<'a> = Arrived;
    type TxToken<'a> = Leaving<'a>;

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = self.mtu;
        capabilities
    }

    fn receive(&mut self, _now: Instant) -> Option<(Arrived, Leaving<'_>)> {
        let packet = self.arrived.pop_front()?;
        Some((Arrived(packet), Leaving(&mut self.leaving)))
    }

    fn transmit(&mut self, _now: Instant) -> Option<Leaving<'_>> {
        Some(Leaving(&mut self.leaving))
    }
}

/// A connection in smoltcp.
pub(crate) struct Engine {
    interface: Interface,
    sockets: SocketSet<'static>,
    handle: SocketHandle,
    port: Port,
}

fn instant(now: Micros) -> Instant {
    Instant::from_micros(i64::try_from(now).unwrap_or(i64::MAX))
}

fn endpoint(address: SocketAddr) -> IpEndpoint {
    IpEndpoint::new(address.ip().into(), address.port())
}

impl Engine {
    fn new(setup: &Setup, now: Micros) -> Engine {
        let mut port = Port { mtu: setup.mtu, arrived: VecDeque::new(), leaving: Vec::new() };
        let mut config = Config::new(HardwareAddress::Ip);
        config.random_seed = setup.seed;
        let mut interface = Interface::new(config, &mut port, instant(now));
        interface.update_ip_addrs(|addresses| {
            // Prefix 0: every peer is on the link, the host has done the routing.
            let pushed = addresses.push(IpCidr::new(setup.local.ip().into(), 0));
            debug_assert!(pushed.is_ok(), "room for one address");
        });
        let buffer = |length: usize| tcp::SocketBuffer::new(vec![0; length.max(1)]);
        let mut socket = tcp::Socket::new(buffer(setup.receive_buffer), buffer(setup.send_buffer));
        // Delayed acknowledgments are the host's business (see `host::conn`).
        socket.set_ack_delay(None);
        socket.set_nagle_enabled(!setup.nodelay);
        socket.set_hop_limit(Some(setup.ttl.max(1)));
        socket.set_congestion_control(tcp::CongestionControl::Reno);
        let mut sockets = SocketSet::new(Vec::with_capacity(1));
        let handle = sockets.add(socket);
        Engine { interface, sockets, handle, port }
    }

    /// An active open (RFC 9293 section 3.9.1.1). `None` if the addresses do not
    /// allow a connection.
    pub(crate) fn connect(setup: &Setup, now: Micros) -> Option<Engine> {
        let mut engine = Engine::new(setup, now);
        let socket = engine.sockets.get_mut::<tcp::Socket>(engine.handle);
        socket.connect(engine.interface.context(), endpoint(setup.remote), endpoint(setup.local)).ok()?;
        Some(engine)
    }

    /// A passive open, ready for the SYN that has just arrived.
    pub(crate) fn listen(setup: &Setup, now: Micros) -> Option<Engine> {
        let mut engine = Engine::new(setup, now);
        let at = IpListenEndpoint { addr: Some(setup.local.ip().into()), port: setup.local.port() };
        engine.socket().listen(at).ok()?;
        Some(engine)
    }

    fn socket(&mut self) -> &mut tcp::Socket<'static> {
        self.sockets.get_mut(self.handle)
    }

    fn peek_socket(&self) -> &tcp::Socket<'static> {
        self.sockets.get(self.handle)
    }

    /// Takes one packet in. Answers wait in [`Engine::take_packets`].
    pub(crate) fn feed(&mut self, now: Micros, packet: Vec<u8>) {
        self.port.arrived.push_back(packet);
        self.interface.poll_ingress_single(instant(now), &mut self.port, &mut self.sockets);
        self.port.arrived.clear();
    }

    /// Sends what is due, at most `most` packets at a time.
    pub(crate) fn send_due(&mut self, now: Micros, most: usize) {
        for _ in 0..most {
            let before = self.port.leaving.len();
            self.interface.poll_egress(instant(now), &mut self.port, &mut self.sockets);
            if self.port.leaving.len() == before {
                break;
            }
        }
    }

    /// The packets that have left since the last time.
    pub(crate) fn take_packets(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.port.leaving)
    }

    /// When [`Engine::send_due`] has something to do.
    pub(crate) fn next(&mut self, now: Micros) -> Option<Micros> {
        let at = self.interface.poll_at(instant(now), &self.sockets)?;
        Some(u64::try_from(at.total_micros()).unwrap_or(0))
    }

    pub(crate) fn state(&self) -> TcpState {
        match self.peek_socket().state() {
            tcp::State::Closed => TcpState::Closed,
            tcp::State::Listen => TcpState::Listen,
            tcp::State::SynSent => TcpState::SynSent,
            tcp::State::SynReceived => TcpState::SynReceived,
            tcp::State::Established => TcpState::Established,
            tcp::State::FinWait1 => TcpState::FinWait1,
            tcp::State::FinWait2 => TcpState::FinWait2,
            tcp::State::CloseWait => TcpState::CloseWait,
            tcp::State::Closing => TcpState::Closing,
            tcp::State::LastAck => TcpState::LastAck,
            tcp::State::TimeWait => TcpState::TimeWait,
        }
    }

    /// Bytes that can be read.
    pub(crate) fn readable(&self) -> usize {
        self.peek_socket().recv_queue()
    }

    /// Bytes that were written and are not acknowledged.
    pub(crate) fn unacknowledged(&self) -> usize {
        self.peek_socket().send_queue()
    }

    /// Bytes that can be written now.
    pub(crate) fn writable(&self) -> usize {
        let socket = self.peek_socket();
        if socket.may_send() { socket.send_capacity().saturating_sub(socket.send_queue()) } else { 0 }
    }

    /// Room for data that is not yet acknowledged.
    pub(crate) fn send_capacity(&self) -> usize {
        self.peek_socket().send_capacity()
    }

    /// Reads up to `most` bytes; with `peek` they stay.
    pub(crate) fn read(&mut self, most: usize, peek: bool) -> Vec<u8> {
        let length = most.min(self.readable());
        let mut data = vec![0; length];
        let socket = self.socket();
        let read = if peek { socket.peek_slice(&mut data) } else { socket.recv_slice(&mut data) };
        data.truncate(read.unwrap_or(0));
        data
    }

    /// Takes as much of `data` as there is room for.
    pub(crate) fn write(&mut self, data: &[u8]) -> usize {
        self.socket().send_slice(data).unwrap_or(0)
    }

    /// Sends FIN after what was written.
    pub(crate) fn finish(&mut self) {
        self.socket().close();
    }

    /// Sends RST.
    pub(crate) fn abort(&mut self) {
        self.socket().abort();
    }

    pub(crate) fn set_nodelay(&mut self, on: bool) {
        self.socket().set_nagle_enabled(!on);
    }

    pub(crate) fn set_ttl(&mut self, ttl: u8) {
        self.socket().set_hop_limit(Some(ttl.max(1)));
    }

    pub(crate) fn set_keepalive(&mut self, every: Option<Micros>) {
        self.socket().set_keep_alive(every.map(Duration::from_micros));
    }

    /// Gives up after so long without an answer while something is outstanding.
    pub(crate) fn set_patience(&mut self, patience: Option<Micros>) {
        self.socket().set_timeout(patience.map(Duration::from_micros));
    }
}
