//! One connection to the program, and what a well-behaved peer does with it.
//! What others do is in [`crate::hostile`].

use std::borrow::Cow;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::AsRawFd;
use std::sync::{Arc, Weak};

use socket2::{Domain, SockRef, Socket, Type};

use crate::diff;
use crate::kind::Kind;
use crate::payload::{Payload, amount};
use crate::run::{Run, without_copies};
use crate::stream::Sending;
use crate::transcript::{Detail, Step, Transcript};
use crate::wait::{self, Interest, deadline};
use crate::words::{Fill, Words, say};

/// The receive buffer of a slow reader. The kernel doubles it, and never goes
/// below 2,304 bytes: socket(7).
pub(crate) const SMALL_BUFFER: usize = 4096;

/// What comes behind an answer is counted up to here.
const MOST_MORE: usize = 1 << 20;

/// A TCP connection to the program. Every step blocks for one outcome.
///
/// After a step whose outcome never came nothing more is done: the check ends
/// with that step.
#[derive(Debug)]
pub struct Peer {
    pub(crate) name: String,
    pub(crate) stream: Option<TcpStream>,
    /// What [`Peer::flood`] could not yet hand over, and how far it has come.
    pub(crate) unsent: Vec<u8>,
    pub(crate) sent: usize,
    /// What [`Peer::sends_on`] sends.
    pub(crate) sending: Option<(Words, Weak<Sending>)>,
    /// The program has closed: seen by [`Peer::recv_only`].
    is_over: bool,
    pub(crate) run: Arc<Run>,
    pub(crate) transcript: Arc<Transcript>,
}

/// How a read ended.
pub(crate) enum End {
    Enough,
    Eof,
    Reset,
    Never(Words),
}

impl Peer {
    pub(crate) fn connect(
        name: &str,
        addr: Option<SocketAddr>,
        slow: bool,
        run: &Arc<Run>,
        transcript: &Arc<Transcript>,
    ) -> Peer {
        let mut peer = Peer::absent(name, run, transcript);
        let Some(addr) = addr.filter(|_| !transcript.is_stopped()) else { return peer };
        match open(addr, slow) {
            Ok(stream) => {
                if let (Ok(near), Ok(far)) = (stream.local_addr(), stream.peer_addr()) {
                    run.add_flow(near, far);
                }
                peer.stream = Some(stream);
                peer.step("wire.connect", &[], "connect", &[]);
            }
            Err(error) => {
                // Whoever refuses may just be ending: its port goes first.
                let _rest = wait::until_quiet(run);
                let refused = error.kind() == ErrorKind::ConnectionRefused;
                match run.ending() {
                    Some(why) if run.has_flows() => {
                        peer.fail("fail.refused-ended", &[("why", &why)], Detail::default())
                    }
                    Some(why) => peer.fail("fail.nobody-listens-ended", &[("why", &why)], Detail::default()),
                    None if refused && !run.has_flows() => peer.fail("fail.nobody-listens", &[], Detail::default()),
                    None => peer.fail("fail.refused", &[("error", &error.to_string())], Detail::default()),
                }
            }
        }
        peer
    }

    /// A peer without a connection: the check has ended before it got one.
    pub(crate) fn absent(name: &str, run: &Arc<Run>, transcript: &Arc<Transcript>) -> Peer {
        Peer {
            name: name.to_string(),
            stream: None,
            unsent: Vec::new(),
            sent: 0,
            sending: None,
            is_over: false,
            run: Arc::clone(run),
            transcript: Arc::clone(transcript),
        }
    }

    /// The other end of a connection that the program has made.
    ///
    /// # Panics
    ///
    /// If the kernel does not take the options: it always does for a socket
    /// that is open.
    pub(crate) fn accepted(name: &str, stream: TcpStream, run: &Arc<Run>, transcript: &Arc<Transcript>) -> Peer {
        stream.set_nodelay(true).and_then(|()| stream.set_nonblocking(true)).expect("options of an open socket");
        let mut peer = Peer::absent(name, run, transcript);
        peer.stream = Some(stream);
        peer
    }

    pub(crate) fn live(&self) -> Option<&TcpStream> {
        if self.transcript.is_stopped() { None } else { self.stream.as_ref() }
    }

    /// Sends `payload` in one write.
    pub fn send(&mut self, payload: &Payload) -> &mut Self {
        self.send_all(payload.bytes(), "wire.send", &payload.words())
    }

    pub(crate) fn send_all(&mut self, bytes: &[u8], id: &str, what: &Words) -> &mut Self {
        if self.hand_over(bytes, what) {
            self.step(id, &[("what", what)], "bytes", bytes);
        }
        self
    }

    /// Sends `bytes`, which a failure calls `what`; whether that went well.
    pub(crate) fn hand_over(&mut self, bytes: &[u8], what: &Words) -> bool {
        let Some(mut stream) = self.live() else { return false };
        if self.is_over {
            // Whether the kernel takes these bytes is a matter of luck.
            self.fail("fail.send-ended", &[("what", what)], Detail::default());
            return false;
        }
        let mut sent = 0;
        let on = Some(Interest { fd: stream.as_raw_fd(), write: true });
        let result = wait::until(&self.run, on, || {
            while sent < bytes.len() {
                match stream.write(&bytes[sent..]) {
                    Ok(n) => {
                        sent += n;
                        self.run.moved();
                    }
                    Err(e) if e.kind() == ErrorKind::Interrupted => {}
                    Err(e) if e.kind() == ErrorKind::WouldBlock => return None,
                    Err(e) => return Some(Err(e)),
                }
            }
            Some(Ok(()))
        });
        match result {
            Ok(Ok(())) => return true,
            Ok(Err(error)) => self.send_failed(what, &error, None),
            Err(why) => self.fail("fail.send-stuck", &[("what", what), ("why", &why)], Detail::default()),
        }
        false
    }

    /// Hands over what is unsent, as far as it goes without waiting.
    pub(crate) fn push(&mut self) -> std::io::Result<()> {
        while let (Some(mut stream), rest @ [_, ..]) = (self.stream.as_ref(), &self.unsent[self.sent..]) {
            match stream.write(rest) {
                Ok(n) => {
                    self.sent += n;
                    self.run.moved();
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) if e.kind() == ErrorKind::WouldBlock => break,
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// Waits for exactly the bytes of `payload`. More is never read, so how
    /// the network cut the stream into segments cannot show.
    pub fn recv(&mut self, payload: &Payload) -> &mut Self {
        self.recv_all(&[payload])
    }

    /// Waits for exactly the bytes of `payloads`, one after the other.
    pub fn recv_all(&mut self, payloads: &[&Payload]) -> &mut Self {
        self.recv_rest(payloads, Vec::new(), false)
    }

    /// [`Peer::recv`], and nothing more: waits until the program is quiet. If
    /// it has closed by then, the next [`Peer::send`] says so.
    pub fn recv_only(&mut self, payload: &Payload) -> &mut Self {
        self.recv_rest(&[payload], Vec::new(), true)
    }

    pub(crate) fn recv_rest(&mut self, payloads: &[&Payload], mut got: Vec<u8>, only: bool) -> &mut Self {
        if self.live().is_none() {
            return self;
        }
        let want: usize = payloads.iter().map(|payload| payload.bytes().len()).sum();
        let (rest, end) = self.read(want - got.len());
        got.extend(rest);
        self.came(payloads, &got, end, only);
        self
    }

    /// Says what `got` is, where `payloads` should have come.
    pub(crate) fn came(&mut self, payloads: &[&Payload], got: &[u8], end: End, only: bool) {
        let want: Cow<'_, [u8]> = match payloads {
            [one] => one.bytes().into(),
            many => many.iter().map(|p| p.bytes()).collect::<Vec<_>>().concat().into(),
        };
        let what = joined(payloads);
        // Bytes that are wrong are wrong, whatever came after them.
        if let Some(at) = diff::first_difference(&want[..got.len()], got) {
            let rows = rows(&want, got);
            if got.len() < want.len() {
                let missing = amount(want.len() - got.len());
                self.fail("fail.missing", &[("n", &missing), ("what", &what), ("at", &at)], rows);
                return;
            }
            // A flood may still be on its way; then the difference is enough.
            let more = if self.unsent.is_empty() { self.rest().unwrap_or_default().len() } else { 0 };
            if more > 0 {
                self.fail("fail.longer", &[("n", &amount(more)), ("what", &what), ("at", &at)], rows);
                return;
            }
            self.fail("fail.differs", &[("n", &amount(got.len())), ("what", &what), ("at", &at)], rows);
            return;
        }
        let have = got.len();
        let amount = amount(have);
        let counted: [(&str, &dyn Fill); 2] = [("have", &amount), ("what", &what)];
        match end {
            End::Enough if only => self.only(&what, got),
            End::Enough => self.step_from("wire.got", &[("what", &what)], "bytes", got),
            End::Eof if have == 0 => self.fail("fail.none-eof", &counted, Detail::default()),
            End::Reset if have == 0 => self.fail("fail.none-rst", &counted, Detail::default()),
            End::Eof => self.fail("fail.part-eof", &counted, Detail::default()),
            End::Reset => self.fail("fail.part-rst", &counted, Detail::default()),
            End::Never(why) if have == 0 => self.fail("fail.nothing", &[("why", &why)], Detail::default()),
            End::Never(why) => {
                let holes: Vec<(&str, &dyn Fill)> = counted.into_iter().chain([("why", &why as &dyn Fill)]).collect();
                self.fail("fail.part", &holes, Detail::default());
            }
        }
    }

    /// `want` has come; nothing may follow.
    fn only(&mut self, what: &Words, want: &[u8]) {
        match self.rest() {
            Ok(rest) if rest.is_empty() => self.step_from("wire.got", &[("what", what)], "bytes", want),
            Ok(rest) => {
                let id = if rest.len() < MOST_MORE { "fail.more" } else { "fail.much-more" };
                let rows = rows(want, &[want, &rest[..]].concat());
                self.fail(id, &[("what", what), ("n", &amount(rest.len()))], rows);
            }
            Err(why) => self.fail("fail.no-wait", &[("why", &why)], Detail::default()),
        }
    }

    /// Waits until the program is quiet, and takes what it has sent by then.
    fn rest(&mut self) -> Result<Vec<u8>, Words> {
        wait::until_quiet(&self.run)?;
        let mut rest = Vec::new();
        let mut buf = vec![0; 64 << 10];
        // Room that we make may be filled again, and so without end.
        while let Some(stream) = self.stream.as_mut().filter(|_| rest.len() < MOST_MORE) {
            match stream.read(&mut buf) {
                Ok(n @ 1..) => rest.extend_from_slice(&buf[..n]),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) if e.kind() == ErrorKind::WouldBlock => break,
                Ok(0) | Err(_) => {
                    self.is_over = true;
                    break;
                }
            }
        }
        rest.truncate(MOST_MORE);
        Ok(rest)
    }

    /// Waits for the end of the stream: the program has closed its half, and
    /// sends nothing before it.
    pub fn recv_eof(&mut self) -> &mut Self {
        self.end_or("fail.no-eof")
    }

    /// [`Peer::recv_eof`] where there must be no end of stream, but a reset.
    pub fn recv_reset(&mut self) -> &mut Self {
        self.end_or("fail.no-rst")
    }

    /// The end, of whichever kind, and nothing before it; `missing` says that
    /// there is none.
    fn end_or(&mut self, missing: &str) -> &mut Self {
        if self.live().is_none() {
            return self;
        }
        let (got, end) = self.read(usize::MAX);
        match end {
            _ if !got.is_empty() => self.extra(&got),
            End::Eof | End::Enough => self.step_from("wire.eof", &[], "eof", &[]),
            End::Reset => self.step_from("wire.rst", &[], "rst", &[]),
            End::Never(why) => self.fail(missing, &[("why", &why)], Detail::default()),
        }
        self
    }

    /// Waits until the program has ended the connection, and sends nothing
    /// before it. Whether as a FIN or as a reset is not its choice: it is a
    /// reset if bytes were left unread, RFC 2525 section 2.17.
    pub fn recv_end(&mut self) -> &mut Self {
        if self.live().is_none() {
            return self;
        }
        let (got, end) = self.read(usize::MAX);
        match end {
            _ if !got.is_empty() => self.extra(&got),
            End::Never(why) => self.fail("fail.no-end", &[("why", &why)], Detail::default()),
            End::Eof | End::Reset | End::Enough => self.step_from("wire.end", &[], "end", &[]),
        }
        self
    }

    /// Waits until the program is quiet; it must have sent nothing.
    pub fn quiet(&mut self) -> &mut Self {
        if self.live().is_none() {
            return self;
        }
        match self.rest() {
            Ok(rest) if !rest.is_empty() => self.extra(&rest),
            Ok(_) if self.is_over => self.fail("fail.eof", &[], Detail::default()),
            Ok(_) => self.step_from("wire.quiet", &[], "quiet", &[]),
            Err(why) => self.fail("fail.no-wait", &[("why", &why)], Detail::default()),
        }
        self
    }

    /// Ends this side's half of the connection: a FIN, and no more bytes.
    pub fn half_close(&mut self) -> &mut Self {
        let Some(stream) = self.live() else { return self };
        // Fails only if the program has reset; the next step sees that.
        let _ended = stream.shutdown(Shutdown::Write);
        self.step("wire.half-close", &[], "fin", &[]);
        self
    }

    /// Closes both directions, as a program that simply ends.
    pub fn close(&mut self) {
        if self.live().is_some() {
            let stream = self.stream.take();
            without_copies(|| drop(stream));
            self.step("wire.close", &[], "close", &[]);
        }
    }

    /// Reads up to `n` bytes, sending what is unsent meanwhile.
    pub(crate) fn read(&mut self, n: usize) -> (Vec<u8>, End) {
        let mut got = Vec::new();
        let run = Arc::clone(&self.run);
        let fd = self.stream.as_ref().map_or(-1, AsRawFd::as_raw_fd);
        // Not for writing: once all is sent, that would never wait.
        let on = Some(Interest { fd, write: false });
        let mut buf = vec![0; 64 << 10];
        let end = loop {
            let before = got.len();
            let end = wait::until(&run, on, || {
                // An error here shows itself in the read.
                let _pushed = self.push();
                loop {
                    let room = buf.len().min(n - got.len());
                    if room == 0 {
                        return Some(End::Enough);
                    }
                    match self.stream.as_ref()?.read(&mut buf[..room]) {
                        Ok(0) => return Some(End::Eof),
                        Ok(k) => {
                            got.extend_from_slice(&buf[..k]);
                            run.moved();
                        }
                        Err(e) if e.kind() == ErrorKind::Interrupted => {}
                        Err(e) if e.kind() == ErrorKind::WouldBlock => return None,
                        Err(_) => return Some(End::Reset),
                    }
                }
            });
            // What an ended program has written still comes, as there is room.
            if end.is_err() && got.len() > before && run.has_ended() {
                continue;
            }
            break end;
        };
        self.acknowledge();
        (got, end.unwrap_or_else(End::Never))
    }

    /// Tells the program's kernel what has been read. Without a word of ours
    /// to carry it, an acknowledgement waits 40 ms, and until then the bytes
    /// count as being on their way. TCP_QUICKACK, tcp(7).
    fn acknowledge(&self) {
        #[cfg(target_os = "linux")]
        if let Some(stream) = &self.stream {
            // The kernel does it by itself if this fails, only later.
            let _now = SockRef::from(stream).set_tcp_quickack(true);
        }
    }

    fn extra(&self, bytes: &[u8]) {
        let shown: String = bytes[..bytes.len().min(32)].escape_ascii().to_string();
        let dots = if bytes.len() > 32 { "…" } else { "" };
        self.fail(
            "fail.extra",
            &[("n", &amount(bytes.len())), ("text", &format!("\"{shown}\"{dots}"))],
            Detail::default(),
        );
    }

    pub(crate) fn send_failed(&self, what: &Words, error: &std::io::Error, byte: Option<usize>) {
        let gone =
            matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted);
        match (gone, byte) {
            (true, Some(n)) => self.fail("fail.send-ended-at", &[("what", what), ("n", &n)], Detail::default()),
            (true, None) => self.fail("fail.send-ended", &[("what", what)], Detail::default()),
            _ => self.fail("fail.send-error", &[("what", what), ("error", &error.to_string())], Detail::default()),
        }
    }

    fn line(&self, id: &str, holes: &[(&str, &dyn Fill)]) -> Words {
        let holes: Vec<(&str, &dyn Fill)> = holes.iter().copied().chain([("who", &self.name as &dyn Fill)]).collect();
        say(id, &holes)
    }

    /// A step from here to the program.
    pub(crate) fn step(&self, id: &str, holes: &[(&str, &dyn Fill)], what: &'static str, bytes: &[u8]) {
        self.transcript.step(Step::new(self.line(id, holes), &self.name, "program", what).bytes(bytes));
    }

    /// A step from the program to here.
    fn step_from(&self, id: &str, holes: &[(&str, &dyn Fill)], what: &'static str, bytes: &[u8]) {
        self.transcript.step(Step::new(self.line(id, holes), "program", &self.name, what).bytes(bytes));
    }

    pub(crate) fn fail(&self, id: &str, holes: &[(&str, &dyn Fill)], detail: Detail) {
        let mut kind = Kind::of(id);
        let mut line = self.line(id, holes);
        let has_closed = matches!(kind, Some(Kind::ClosedEarly | Kind::HungUp));
        if has_closed {
            // A program that ends closes its connections first.
            let _rest = wait::until_quiet(&self.run);
            // Whom a step has ended, that step has named.
            if let Some(why) = self.run.ending().filter(|_| !self.run.is_accounted()) {
                line = say("fail.and-why", &[("what", &line), ("why", &why)]);
            }
        }
        if (has_closed || kind.is_none()) && self.run.has_ended() {
            kind = Some(Kind::Ended);
        }
        self.transcript.stop(Step::new(line, "program", &self.name, "fail").kind(kind), detail);
    }
}

impl Drop for Peer {
    /// A peer that goes out of scope closes nothing: what is not in the script
    /// does not happen on the wire. Its connection ends after the program.
    fn drop(&mut self) {
        if let Some(stream) = self.stream.take() {
            self.run.keep_open(stream);
        }
    }
}

fn open(addr: SocketAddr, slow: bool) -> std::io::Result<TcpStream> {
    let domain = Domain::for_address(addr);
    let socket = Socket::new(domain, Type::STREAM, None)?;
    if slow {
        // Before connect: the window is agreed upon with the handshake.
        socket.set_recv_buffer_size(SMALL_BUFFER)?;
    }
    socket.connect_timeout(&addr.into(), deadline())?;
    let stream: TcpStream = socket.into();
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}

/// `P1 (37 bytes) + P2 (5 bytes)`.
pub(crate) fn joined(payloads: &[&Payload]) -> Words {
    let all: Vec<Words> = payloads.iter().map(|p| p.words()).collect();
    let join = |lang| all.iter().map(|w| w.fill(lang)).collect::<Vec<_>>().join(" + ");
    Words { en: join(crate::Lang::En), ko: join(crate::Lang::Ko) }
}

/// The bytes around the first difference, in both languages.
pub(crate) fn rows(want: &[u8], got: &[u8]) -> Detail {
    let (left, right) = (say("report.expected", &[]), say("report.observed", &[]));
    let en = diff::side_by_side(want, got, &left.en, &right.en);
    let ko = diff::side_by_side(want, got, &left.ko, &right.ko);
    let rows = en.into_iter().zip(ko).map(|(en, ko)| Words { en, ko }).collect();
    Detail { rows, bytes: diff::window(want, got) }
}
