//! What Linux adds to a TCP connection: its own SYN timer, delayed
//! acknowledgments, how long it is patient, TIME-WAIT, and why it ended.

use std::net::SocketAddr;

use super::engine::{Engine, Setup};
use crate::errno::Errno;
use crate::packet::{Header, Tcp, flag};
use crate::script::ast::TcpState;
use crate::time::{MILLI, Micros, SECOND};

/// How long TIME-WAIT lasts: `TCP_TIMEWAIT_LEN` of Linux. RFC 9293 section
/// 3.4.2 asks for two maximum segment lifetimes.
pub(crate) const TIME_WAIT: Micros = 60 * SECOND;
/// How long an orphan waits for the other FIN: `tcp_fin_timeout`, tcp(7).
const FIN_TIMEOUT: Micros = 60 * SECOND;
/// When a SYN is sent again. `tcp_syn_linear_timeouts` is 4 since Linux 6.5 and
/// `tcp_syn_retries` 6, tcp(7) and the kernel's ip-sysctl.
const SYN_AGAIN: [Micros; 10] = [1, 2, 3, 4, 5, 7, 11, 19, 35, 67];
/// When connect(2) gives up, counted from the first SYN.
const SYN_GIVES_UP: Micros = 131 * SECOND;
/// When a half-open connection is forgotten: `tcp_synack_retries` 5, so 1 + 2 +
/// 4 + 8 + 16 + 32 seconds.
const SYNACK_GIVES_UP: Micros = 63 * SECOND;
/// When unanswered data ends a connection: `tcp_retries2` 15, tcp(7).
const DATA_GIVES_UP: Micros = 924_600 * MILLI;
/// The same once no program holds the connection (`tcp_orphan_retries`).
const ORPHAN_GIVES_UP: Micros = 100 * SECOND;
/// The usual delay of an acknowledgment, `TCP_DELACK_MIN`.
const ACK_DELAY: Micros = 40 * MILLI;
/// So many segments are acknowledged at once when a connection is young
/// (`TCP_MAX_QUICKACKS`).
const QUICK_ACKS: u32 = 16;
/// Packets an engine may send before others have a turn.
const BURST: usize = 64;

/// A connection, whether or not a program holds it.
pub(crate) struct Conn {
    pub(crate) engine: Engine,
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    pub(crate) mtu: usize,
    /// The state last seen; the record of state changes compares with it.
    pub(crate) state: TcpState,
    /// The socket whose connection it is. `None`: an orphan, or not accepted.
    pub(crate) owner: Option<usize>,
    /// The listening socket in whose queue it waits.
    pub(crate) listener: Option<usize>,
    /// `sk_err`: reported once, then gone.
    pub(crate) error: Option<Errno>,
    /// Reading is over: `RCV_SHUTDOWN`.
    pub(crate) read_shut: bool,
    /// Writing is over: `SEND_SHUTDOWN`.
    pub(crate) write_shut: bool,
    /// The peer's FIN was received in order: `SOCK_DONE`.
    pub(crate) finished: bool,
    /// For conflicts of bind(2): inherited from the socket.
    pub(crate) reuse_address: bool,
    pub(crate) reuse_port: bool,
    /// `TCP_USER_TIMEOUT`.
    pub(crate) patience: Option<Micros>,
    /// connect(2) has reported success.
    pub(crate) connected: bool,
    active: bool,
    born: Micros,
    /// The SYN, to be sent again.
    syn: Option<Vec<u8>>,
    syn_sent: usize,
    syn_at: Micros,
    /// How far the engine's clock is behind. Only a SYN that was sent again
    /// moves it, so that round trips are measured from the last one.
    behind: Micros,
    closes_at: Option<Micros>,
    /// An acknowledgment that may ride on data soon.
    held: Option<(Vec<u8>, Micros)>,
    acked: u32,
    acks_sent: u32,
    interactive: bool,
    received_at: Option<Micros>,
    aborted: bool,
    /// The next sequence number expected from the peer, as far as seen here.
    pub(crate) expects: u32,
}

impl Conn {
    /// An active open. The SYN is in [`Conn::outgoing`] at once.
    pub(crate) fn connect(setup: &Setup, now: Micros) -> Option<Conn> {
        let engine = Engine::connect(setup, now)?;
        Some(Conn::new(engine, setup, true, now))
    }

    /// A passive open by a SYN that is fed next.
    pub(crate) fn listen(setup: &Setup, now: Micros) -> Option<Conn> {
        let engine = Engine::listen(setup, now)?;
        Some(Conn::new(engine, setup, false, now))
    }

    fn new(engine: Engine, setup: &Setup, active: bool, now: Micros) -> Conn {
        Conn {
            engine,
            local: setup.local,
            remote: setup.remote,
            mtu: setup.mtu,
            state: TcpState::Closed,
            owner: None,
            listener: None,
            error: None,
            read_shut: false,
            write_shut: false,
            finished: false,
            reuse_address: false,
            reuse_port: false,
            patience: None,
            connected: !active,
            active,
            born: now,
            syn: None,
            syn_sent: 0,
            syn_at: now,
            behind: 0,
            closes_at: None,
            held: None,
            acked: 0,
            acks_sent: 0,
            interactive: false,
            received_at: None,
            aborted: false,
            expects: 0,
        }
    }

    /// The engine's clock: it stands still in SYN-SENT, where the timer below is
    /// the one that counts, and in TIME-WAIT.
    fn clock(&self, now: Micros) -> Micros {
        match self.state {
            TcpState::TimeWait => self.closes_at.unwrap_or(now).saturating_sub(TIME_WAIT).saturating_sub(self.behind),
            _ => now.saturating_sub(self.behind),
        }
    }

    /// Takes a packet that was found to belong here.
    pub(crate) fn feed(&mut self, now: Micros, packet: Vec<u8>) {
        let Some(header) = Header::read(&packet) else { return };
        let body = header.payload(&packet);
        let Some(tcp) = Tcp::read(body) else { return };
        let length = tcp.sequence_length(body.len());
        if self.state == TcpState::SynSent {
            self.behind = self.syn_at.saturating_sub(self.born);
        }
        // Linux answers data that arrives after close(2) with a RST: there is no
        // one left to read it (RFC 9293 section 3.6.1, RFC 2525 section 2.17).
        let orphan = self.owner.is_none() && self.listener.is_none();
        let data = body.len() > tcp.header_len && !tcp.has(flag::RST);
        let beyond = tcp.seq.wrapping_add(length).wrapping_sub(self.expects) as i32 > 0;
        if orphan && data && beyond && matches!(self.state, TcpState::FinWait1 | TcpState::FinWait2) {
            self.abort();
            return;
        }
        let before = self.state;
        let clock = self.clock(now);
        self.engine.feed(clock, packet);
        let state = self.engine.state();
        if tcp.has(flag::RST) && state == TcpState::Closed && before != TcpState::Closed {
            self.error = Some(match before {
                TcpState::SynSent => Errno::ECONNREFUSED,
                TcpState::CloseWait => Errno::EPIPE,
                _ => Errno::ECONNRESET,
            });
            self.read_shut = true;
            self.write_shut = true;
        }
        if data {
            self.received_at = Some(now);
        }
        if tcp.has(flag::SYN) && matches!(before, TcpState::SynSent | TcpState::Closed | TcpState::Listen) {
            self.expects = tcp.seq.wrapping_add(1);
        } else if tcp.seq.wrapping_sub(self.expects) as i32 <= 0
            && tcp.seq.wrapping_add(length).wrapping_sub(self.expects) as i32 > 0
        {
            self.expects = tcp.seq.wrapping_add(length);
        }
        self.notice(now);
    }

    /// Sends what is due and gives back the packets that leave now.
    pub(crate) fn outgoing(&mut self, now: Micros) -> Vec<Vec<u8>> {
        if self.state == TcpState::SynSent {
            self.send_syn_again(now);
        } else {
            let outstanding = self.engine.unacknowledged() > 0
                || matches!(self.state, TcpState::FinWait1 | TcpState::LastAck | TcpState::Closing);
            let orphan = self.owner.is_none() && self.listener.is_none();
            let usual = if orphan { ORPHAN_GIVES_UP } else { DATA_GIVES_UP };
            let patience = self.patience.unwrap_or(usual);
            self.engine.set_patience(outstanding.then_some(patience));
            let clock = self.clock(now);
            self.engine.send_due(clock, BURST);
        }
        let gave_up = self.engine.state() == TcpState::Closed && self.state != TcpState::Closed && !self.aborted;
        let mut leaving = Vec::new();
        for packet in self.engine.take_packets() {
            let Some((header, tcp)) = read(&packet) else { continue };
            if tcp.has(flag::SYN) && !tcp.has(flag::ACK) {
                self.syn = Some(packet.clone());
            }
            // smoltcp says goodbye with a RST when it gives up; Linux says nothing.
            if gave_up && tcp.has(flag::RST) && self.error.is_none() {
                self.error = Some(Errno::ETIMEDOUT);
                self.read_shut = true;
                self.write_shut = true;
                continue;
            }
            let length = header.payload(&packet).len() - tcp.header_len;
            if self.may_wait(&tcp, length) {
                let until = self.held.take().map_or(now + ACK_DELAY, |(_, until)| until);
                self.held = Some((packet, until));
                continue;
            }
            if tcp.has(flag::ACK) {
                if length > 0 {
                    self.interactive |= self.received_at.is_some_and(|at| now.saturating_sub(at) < ACK_DELAY);
                } else if !tcp.has(flag::SYN) {
                    self.acks_sent += 1;
                }
                self.acked = tcp.ack;
                self.held = None;
            }
            leaving.push(packet);
        }
        if let Some((packet, _)) = self.held.take_if(|(_, until)| *until <= now) {
            if let Some((_, tcp)) = read(&packet) {
                self.acked = tcp.ack;
            }
            // A delay that ran out was in vain: the program is not answering.
            self.interactive = false;
            leaving.push(packet);
        }
        self.notice(now);
        leaving
    }

    /// Whether a segment is a mere acknowledgment that may be delayed: RFC 9293
    /// section 3.8.6.3, RFC 1122 section 4.2.3.2, and Linux's quick mode, in
    /// which a young connection acknowledges at once.
    fn may_wait(&self, tcp: &Tcp, length: usize) -> bool {
        let mere = length == 0 && tcp.has(flag::ACK) && tcp.flags & (flag::SYN | flag::FIN | flag::RST) == 0;
        let new = tcp.ack.wrapping_sub(self.acked) as i32;
        let two_segments = 2 * self.mtu.saturating_sub(40).max(1);
        mere && new > 0
            && (new as usize) < two_segments
            && !self.finished
            && matches!(self.state, TcpState::Established | TcpState::FinWait1 | TcpState::FinWait2)
            && (self.interactive || self.acks_sent >= QUICK_ACKS)
            && self.connected
            && self.acked != 0
    }

    fn send_syn_again(&mut self, now: Micros) {
        if self.syn.is_none() {
            let clock = self.clock(now);
            self.engine.send_due(clock, 1);
            return;
        }
        if now >= self.born + SYN_GIVES_UP {
            self.fail(Errno::ETIMEDOUT);
        }
    }

    /// The SYN if it is time to send it again.
    pub(crate) fn syn_again(&mut self, now: Micros) -> Option<Vec<u8>> {
        let at = self.born + SYN_AGAIN.get(self.syn_sent).copied()? * SECOND;
        if self.state != TcpState::SynSent || now < at {
            return None;
        }
        self.syn_sent += 1;
        self.syn_at = now;
        self.syn.clone()
    }

    /// Ends the connection without a packet.
    pub(crate) fn fail(&mut self, error: Errno) {
        self.abort();
        self.engine.send_due(self.born, 1);
        drop(self.engine.take_packets());
        self.state = TcpState::Closed;
        self.error = Some(error);
        self.read_shut = true;
        self.write_shut = true;
    }

    /// Ends the connection with a RST.
    pub(crate) fn abort(&mut self) {
        self.aborted = true;
        self.held = None;
        self.engine.abort();
    }

    /// Brings [`Conn::state`] and what follows from it up to date.
    pub(crate) fn notice(&mut self, now: Micros) {
        let state = self.engine.state();
        self.finished |=
            matches!(state, TcpState::CloseWait | TcpState::Closing | TcpState::LastAck | TcpState::TimeWait);
        if self.state == TcpState::TimeWait {
            if self.closes_at.is_some_and(|at| now >= at) {
                self.aborted = true;
                self.state = TcpState::Closed;
            }
            return;
        }
        if state == self.state {
            return;
        }
        self.closes_at = match state {
            TcpState::TimeWait => Some(now + TIME_WAIT),
            TcpState::SynReceived if !self.active => Some(now + SYNACK_GIVES_UP),
            TcpState::FinWait2 if self.owner.is_none() => Some(now + FIN_TIMEOUT),
            _ => None,
        };
        self.state = state;
    }

    /// close(2) has let go of the connection.
    pub(crate) fn orphan(&mut self, now: Micros) {
        self.owner = None;
        self.read_shut = true;
        self.write_shut = true;
        if self.state == TcpState::FinWait2 && self.closes_at.is_none() {
            self.closes_at = Some(now + FIN_TIMEOUT);
        }
    }

    /// Whether its time is over without a packet: a half-open connection that
    /// nobody completes, an orphan whose peer never closes.
    pub(crate) fn expired(&self, now: Micros) -> bool {
        matches!(self.state, TcpState::SynReceived | TcpState::FinWait2) && self.closes_at.is_some_and(|at| now >= at)
    }

    /// When something is due.
    pub(crate) fn next(&mut self, now: Micros) -> Option<Micros> {
        let engine = match self.state {
            TcpState::SynSent => match (&self.syn, SYN_AGAIN.get(self.syn_sent)) {
                (None, _) => Some(now),
                (Some(_), Some(after)) => Some(self.born + after * SECOND),
                (Some(_), None) => Some(self.born + SYN_GIVES_UP),
            },
            TcpState::TimeWait => None,
            _ => {
                let clock = self.clock(now);
                self.engine.next(clock).map(|at| (at + self.behind).max(now))
            }
        };
        let held = self.held.as_ref().map(|(_, until)| *until);
        [engine, held, self.closes_at].into_iter().flatten().min()
    }
}

fn read(packet: &[u8]) -> Option<(Header, Tcp)> {
    let header = Header::read(packet)?;
    Some((header, Tcp::read(header.payload(packet))?))
}
