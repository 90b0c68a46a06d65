//! UDP peers: each has a port of its own, and so is a sender of its own.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::sync::Arc;

use crate::diff;
use crate::kind::Kind;
use crate::payload::{Payload, amount};
use crate::peer::rows;
use crate::run::Run;
use crate::transcript::{Detail, Step, Transcript};
use crate::wait::{self, Interest};
use crate::words::{Fill, Words, say};

/// Room for the largest datagram there is, and one byte to notice more.
const LARGEST: usize = 65_536;

/// A UDP socket that talks to the program.
#[derive(Debug)]
pub struct UdpPeer {
    name: String,
    socket: Option<UdpSocket>,
    /// After [`UdpPeer::close`]: keeps the port from anybody else.
    deaf: Option<UdpSocket>,
    program: Option<SocketAddr>,
    /// Who sent the last datagram that [`UdpPeer::awaits_any`] took.
    asker: Option<SocketAddr>,
    run: Arc<Run>,
    transcript: Arc<Transcript>,
}

impl UdpPeer {
    pub(crate) fn bind(
        name: &str,
        program: Option<SocketAddr>,
        run: &Arc<Run>,
        transcript: &Arc<Transcript>,
    ) -> UdpPeer {
        let near: IpAddr = match program {
            Some(SocketAddr::V6(_)) => std::net::Ipv6Addr::LOCALHOST.into(),
            _ => Ipv4Addr::LOCALHOST.into(),
        };
        UdpPeer::bind_at(near, name, program, run, transcript)
    }

    pub(crate) fn bind_at(
        near: IpAddr,
        name: &str,
        program: Option<SocketAddr>,
        run: &Arc<Run>,
        transcript: &Arc<Transcript>,
    ) -> UdpPeer {
        run.add_udp();
        let socket = UdpSocket::bind((near, 0)).and_then(|socket| {
            socket.set_nonblocking(true)?;
            Ok(socket)
        });
        let socket = socket.expect("the loopback always has a free UDP port");
        UdpPeer {
            name: name.to_string(),
            socket: Some(socket),
            deaf: None,
            program,
            asker: None,
            run: Arc::clone(run),
            transcript: Arc::clone(transcript),
        }
    }

    fn live(&self) -> Option<(&UdpSocket, SocketAddr)> {
        if self.transcript.is_stopped() { None } else { Some((self.socket.as_ref()?, self.program?)) }
    }

    /// This peer's own address.
    #[must_use]
    pub fn addr(&self) -> Option<SocketAddr> {
        self.socket.as_ref()?.local_addr().ok()
    }

    /// Sends `payload` as one datagram; an empty payload is a datagram too.
    pub fn send(&mut self, payload: &Payload) -> &mut Self {
        let Some((socket, program)) = self.live() else { return self };
        let what = payload.words();
        match socket.send_to(payload.bytes(), program) {
            Ok(_) => {
                let line = self.line("wire.send", &[("what", &what)]);
                self.transcript.step(Step::new(line, &self.name, "program", "datagram").bytes(payload.bytes()));
            }
            Err(error) => {
                self.fail("fail.send-error", &[("what", &what), ("error", &error.to_string())], Detail::default())
            }
        }
        self
    }

    /// Sends `text` as one datagram: a request in words.
    pub fn says(&mut self, text: &str) -> &mut Self {
        self.says_as(text, text)
    }

    /// [`UdpPeer::says`] for a text that differs in every run, such as one
    /// with a port: the transcript has `shown` instead.
    pub fn says_as(&mut self, text: &str, shown: &str) -> &mut Self {
        let Some((socket, program)) = self.live() else { return self };
        let what = Words::same(format!("\"{shown}\""));
        match socket.send_to(text.as_bytes(), program) {
            Ok(_) => {
                let line = self.line("wire.say", &[("text", &what)]);
                self.transcript.step(Step::new(line, &self.name, "program", "datagram").bytes(text.as_bytes()));
            }
            Err(error) => {
                self.fail("fail.send-error", &[("what", &what), ("error", &error.to_string())], Detail::default())
            }
        }
        self
    }

    /// Waits for one datagram from the program, which must be `text`.
    pub fn hears(&mut self, text: &str) -> &mut Self {
        self.hears_in_any_order(&[text])
    }

    /// Waits for as many datagrams as there are `texts`: these, in any order,
    /// since UDP promises none.
    pub fn hears_in_any_order(&mut self, texts: &[&str]) -> &mut Self {
        let mut missing = texts.to_vec();
        while !missing.is_empty() {
            let Some(got) = self.take() else { return self };
            let Some(found) = missing.iter().position(|text| text.as_bytes() == got) else {
                self.fail("fail.other-text", &[("got", &shown(&got)), ("want", &one_of(&missing))], Detail::default());
                return self;
            };
            // The first missing one stands for it in the transcript, so that
            // this is the same in every run.
            let next = texts[texts.len() - missing.len()];
            missing.remove(found);
            let line = self.line("wire.got", &[("what", &shown(next.as_bytes()))]);
            self.transcript.step(Step::new(line, "program", &self.name, "datagram").bytes(&got));
        }
        self
    }

    /// Waits for one datagram of `n` bytes from the program, whatever is in it.
    pub fn gets(&mut self, n: usize) -> &mut Self {
        let Some(got) = self.take() else { return self };
        let what = amount(n);
        if got.len() == n {
            let line = self.line("wire.got", &[("what", &what)]);
            self.transcript.step(Step::new(line, "program", &self.name, "datagram").bytes(&got));
        } else {
            self.fail("fail.other-text", &[("got", &shown(&got)), ("want", &what)], Detail::default());
        }
        self
    }

    /// Waits for one datagram from any port: the program may use another
    /// socket for it than the one it listens on.
    pub fn awaits_any(&mut self) -> &mut Self {
        let Some((socket, _)) = self.live() else { return self };
        let on = Some(Interest { fd: socket.as_raw_fd(), write: false });
        let mut buf = vec![0; LARGEST];
        match wait::until(&self.run, on, || socket.recv_from(&mut buf).ok()) {
            Ok((n, from)) => {
                self.asker = Some(from);
                let line = self.line("wire.got-any", &[]);
                self.transcript.step(Step::new(line, "program", &self.name, "datagram").bytes(&buf[..n]));
            }
            Err(why) => self.fail("fail.nothing", &[("why", &why)], Detail::default()),
        }
        self
    }

    /// Sends `payload` to whoever sent what [`UdpPeer::awaits_any`] took.
    pub fn answers(&mut self, payload: &Payload) -> &mut Self {
        let (Some((socket, _)), Some(asker)) = (self.live(), self.asker) else { return self };
        let what = payload.words();
        match socket.send_to(payload.bytes(), asker) {
            Ok(_) => {
                let line = self.line("wire.answer", &[("what", &what)]);
                self.transcript.step(Step::new(line, &self.name, "program", "datagram").bytes(payload.bytes()));
            }
            Err(error) => {
                self.fail("fail.send-error", &[("what", &what), ("error", &error.to_string())], Detail::default())
            }
        }
        self
    }

    /// Waits for one datagram from the program, which must be exactly `payload`.
    pub fn recv(&mut self, payload: &Payload) -> &mut Self {
        let what = payload.words();
        let Some(got) = self.take() else { return self };
        if let Some(at) = diff::first_difference(payload.bytes(), &got) {
            let rows = rows(payload.bytes(), &got);
            self.fail("fail.differs", &[("n", &amount(got.len())), ("what", &what), ("at", &at)], rows);
            return self;
        }
        let line = self.line("wire.got", &[("what", &what)]);
        self.transcript.step(Step::new(line, "program", &self.name, "datagram").bytes(&got));
        self
    }

    /// Waits for one datagram and gives its bytes to the check; `None` if none
    /// comes, which ends the check. The check itself writes the line, with
    /// [`crate::Check::note`] or [`crate::Check::fail`].
    pub fn take(&mut self) -> Option<Vec<u8>> {
        let (socket, program) = self.live()?;
        let on = Some(Interest { fd: socket.as_raw_fd(), write: false });
        let mut buf = vec![0; LARGEST];
        let mut stranger = false;
        let got = wait::until(&self.run, on, || {
            loop {
                match socket.recv_from(&mut buf) {
                    // From another socket: of the program, or of somebody who
                    // has guessed our port.
                    Ok((_, from)) if from != program => stranger = true,
                    Ok((n, _)) => return Some(n),
                    Err(e) if e.kind() == ErrorKind::WouldBlock => return None,
                    // A refusal of an earlier datagram says nothing about this one.
                    Err(_) => {}
                }
            }
        });
        match got {
            Ok(n) => {
                buf.truncate(n);
                Some(buf)
            }
            Err(why) => {
                let id = if stranger { "fail.other-port" } else { "fail.nothing" };
                self.fail(id, &[("why", &why)], Detail::default());
                None
            }
        }
    }

    /// Waits until the program is quiet; it must have sent nothing to this peer.
    pub fn quiet(&mut self) -> &mut Self {
        let Some((socket, _)) = self.live() else { return self };
        if let Err(why) = wait::until_quiet(&self.run) {
            self.fail("fail.no-wait", &[("why", &why)], Detail::default());
            return self;
        }
        let mut buf = vec![0; LARGEST];
        match socket.recv_from(&mut buf) {
            Ok((n, _)) => {
                let text = buf[..n.min(32)].escape_ascii().to_string();
                let dots = if n > 32 { "…" } else { "" };
                self.fail(
                    "fail.one-more",
                    &[("n", &amount(n)), ("text", &format!("\"{text}\"{dots}"))],
                    Detail::default(),
                );
            }
            Err(_) => {
                let line = self.line("wire.quiet", &[]);
                self.transcript.step(Step::new(line, "program", &self.name, "quiet"));
            }
        }
        self
    }

    /// Closes the socket: what the program sends there from now on is refused.
    ///
    /// In truth it is connected to itself, and so takes nothing from anybody
    /// else: a port that is free can be another test's a moment later.
    ///
    /// # Panics
    ///
    /// If a socket cannot be connected to its own address.
    pub fn close(&mut self) {
        if self.live().is_some()
            && let Some(socket) = self.socket.take()
        {
            socket.local_addr().and_then(|own| socket.connect(own)).expect("no packet is sent for it");
            self.deaf = Some(socket);
            let line = self.line("wire.close", &[]);
            self.transcript.step(Step::new(line, &self.name, "program", "close"));
        }
    }

    fn line(&self, id: &str, holes: &[(&str, &dyn Fill)]) -> Words {
        let holes: Vec<(&str, &dyn Fill)> = holes.iter().copied().chain([("who", &self.name as &dyn Fill)]).collect();
        say(id, &holes)
    }

    fn fail(&self, id: &str, holes: &[(&str, &dyn Fill)], detail: Detail) {
        let kind = if self.run.has_ended() { Some(Kind::Ended) } else { Kind::of(id) };
        self.transcript.stop(Step::new(self.line(id, holes), "program", &self.name, "fail").kind(kind), detail);
    }
}

/// A short text as it is, anything else by its length.
fn shown(bytes: &[u8]) -> Words {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.is_empty() && text.len() <= 40 => Words::same(format!("\"{}\"", text.escape_debug())),
        _ => amount(bytes.len()),
    }
}

/// `"3" or "5"`.
fn one_of(texts: &[&str]) -> Words {
    let quoted: Vec<String> = texts.iter().map(|text| format!("\"{text}\"")).collect();
    Words { en: quoted.join(" or "), ko: quoted.join(" 또는 ") }
}
