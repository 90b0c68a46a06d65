//! Echo requests and replies, seen and answered from outside the program.
//!
//! Nothing here adds up a checksum: a kernel judges that of a request, and a
//! kernel makes each reply. To play a host that answers in an unusual way, the
//! request is handed to the kernel of a second private network, and its reply
//! is brought back: behind a longer IP header, after those of others, or not
//! at all.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, Socket, Type};

use crate::check::Check;
use crate::diff;
use crate::netns::Net;
use crate::payload::Payload;
use crate::peer::rows;
use crate::program::Program;
use crate::transcript::{Detail, Step, Transcript};
use crate::wait::{self, Interest};
use crate::words::{Fill, Words, say};

mod kernel;

use kernel::{Kernel, Verdict};

/// IP headers as a kernel makes them have no options.
const HEADER: usize = 20;
/// The type of a reply, first byte of the message.
const REPLY: u8 = 0;
const REQUEST: u8 = 8;
/// A kernel answers in microseconds; this long only if it never will.
const AT_MOST: Duration = Duration::from_secs(2);
/// So many strangers' packets read when the time is long up are no accident.
const TOO_MANY: u32 = 10;
/// Far less than a program's patience.
const BETWEEN_STRANGERS: Duration = Duration::from_millis(10);

/// The ICMP packets of the program's network.
#[derive(Debug)]
pub struct Icmp {
    tap: Socket,
    kernel: Kernel,
    /// Sends packets with an IP header of our own.
    forge: Option<Socket>,
    request: Option<Request>,
    transcript: Arc<Transcript>,
}

/// The request that was seen last.
#[derive(Clone, Debug)]
struct Request {
    from: Ipv4Addr,
    to: Ipv4Addr,
    message: Vec<u8>,
}

/// What makes a reply somebody else's.
#[derive(Clone, Copy, Debug)]
pub enum Stranger {
    /// Another identifier.
    Identifier,
    /// A sequence number that nobody asked for.
    Sequence,
    /// It is no reply, but looks like one otherwise.
    Type,
}

impl Net {
    /// Watches the ICMP packets of this network from now on.
    ///
    /// # Panics
    ///
    /// If raw sockets are not allowed, which they are in every [`Net`].
    #[must_use]
    pub fn icmp(self, check: &Check) -> Icmp {
        let forge = (self == Net::Private).then(|| {
            Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(libc::IPPROTO_RAW))).expect("a raw socket")
        });
        Icmp {
            tap: raw().expect("a raw socket is allowed in this network"),
            kernel: Kernel::here().expect("the kernel counts what it drops"),
            forge,
            request: None,
            transcript: check.transcript(),
        }
    }
}

fn raw() -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::ICMPV4))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

impl Icmp {
    /// From here on the kernel leaves echo requests to the test, which plays
    /// the host. Ends the check as *not run* where the kernel cannot be told.
    pub fn play_the_host(&mut self, check: &Check) -> &mut Self {
        let path = "/proc/sys/net/ipv4/icmp_echo_ignore_all";
        match kernel::set(path, "1").and_then(|()| Kernel::elsewhere()) {
            Ok(elsewhere) => self.kernel = elsewhere,
            Err(error) => check.not_run(path, &error),
        }
        self
    }

    /// Waits for the program's next echo request to `to`, which must be this one.
    pub fn request(&mut self, program: &Program, to: Ipv4Addr, sequence: u16, data: &Payload) -> &mut Self {
        if self.transcript.is_stopped() {
            return self;
        }
        let on = Some(Interest { fd: std::os::fd::AsRawFd::as_raw_fd(&self.tap), write: false });
        let who = to.to_string();
        match wait::until(&program.run, on, || self.next(|packet| packet.to == to)) {
            Ok(request) => self.compare(request, sequence, data),
            Err(why) => self.fail("fail.nothing", &[("who", &who), ("why", &why)], Detail::default()),
        }
        self
    }

    fn compare(&mut self, request: Request, sequence: u16, data: &Payload) {
        let got = &request.message;
        let mut want = vec![REQUEST, 0, 0, 0, 0, 0];
        // Checksum and identifier may have any value here.
        let free = 2..want.len().min(got.len());
        if !free.is_empty() {
            want[free.clone()].copy_from_slice(&got[free]);
        }
        want.extend(sequence.to_be_bytes());
        want.extend(data.bytes());
        let (who, what) = (request.to.to_string(), data.words());
        let holes: [(&str, &dyn Fill); 3] = [("who", &who), ("n", &u32::from(sequence)), ("what", &what)];
        if let Some(at) = diff::first_difference(&want, got) {
            let field = say(
                match at {
                    _ if at >= got.len() => "icmp.short",
                    0 => "icmp.type",
                    1 => "icmp.code",
                    6..8 => "icmp.sequence",
                    _ if at >= want.len() => "icmp.long",
                    _ => "icmp.data",
                },
                &[("n", &got.len())],
            );
            let holes: Vec<(&str, &dyn Fill)> = holes.into_iter().chain([("field", &field as &dyn Fill)]).collect();
            return self.fail("fail.echo-request", &holes, rows(&want, got));
        }
        let step = Step::new(say("wire.echo-request", &holes), "program", &who, "packet");
        self.transcript.step(step.bytes(got));
        self.request = Some(request);
    }

    /// The kernel answers the last request, or says why it does not.
    pub fn kernel_answers(&mut self) -> &mut Self {
        let Some(request) = self.request.clone().filter(|_| !self.transcript.is_stopped()) else { return self };
        let start = Instant::now();
        let who = request.to.to_string();
        loop {
            let is_answer = |packet: &Request| packet.from == request.to && is_reply_to(&packet.message, &request);
            if let Some(answer) = self.next(is_answer) {
                let step = Step::new(say("wire.kernel-answers", &[("who", &who)]), &who, "program", "packet");
                self.transcript.step(step.bytes(&answer.message));
                return self;
            }
            if self.kernel.has_found_a_wrong_checksum() {
                self.fail("fail.checksum", &[("who", &who)], Detail::default());
                return self;
            }
            if start.elapsed() > AT_MOST {
                self.fail("fail.no-answer", &[("who", &who)], Detail::default());
                return self;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// The host that the test plays answers, with `words` times 4 bytes of
    /// options in its IP header.
    pub fn host_answers(&mut self, words: u8) -> &mut Self {
        let Some((request, reply)) = self.reply() else { return self };
        let length = HEADER + usize::from(words) * 4;
        let line = say("wire.host-answers", &[("who", &request.to.to_string()), ("n", &length)]);
        self.deliver(&request, words, &reply, Some(line));
        self
    }

    /// A packet comes that is not the answer. The last 4 bytes of the data
    /// must be `aa aa 55 55`, and the first two the type and code that a
    /// [`Stranger::Type`] gets.
    pub fn stranger(&mut self, how: Stranger) -> &mut Self {
        let Some((request, reply)) = self.reply() else { return self };
        let id = match how {
            Stranger::Identifier => "wire.other-identifier",
            Stranger::Sequence => "wire.other-sequence",
            Stranger::Type => "wire.other-type",
        };
        let line = say(id, &[("who", &request.to.to_string())]);
        self.deliver(&request, 0, &disguise(reply, how), Some(line));
        self
    }

    /// Others' replies keep coming, until the program prints something. It
    /// must not read on for ever: its time is `patience`.
    pub fn strangers(&mut self, program: &mut Program, patience: Duration) -> &mut Self {
        let Some((request, reply)) = self.reply() else { return self };
        let packet = disguise(reply, Stranger::Identifier);
        let who = request.to.to_string();
        self.transcript.step(Step::new(say("wire.strangers", &[("who", &who)]), &who, "program", "packet"));
        let (start, mut late) = (Instant::now(), 0);
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            // A thread that only sleeps and sends: looking at the program takes
            // as long as a busy system lets it, and the packets must not wait.
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    self.deliver(&request, 0, &packet, None);
                    std::thread::sleep(BETWEEN_STRANGERS);
                }
            });
            while !program.has_more_output() && !program.run.has_ended() {
                if let Err(why) = wait::until_taken(&program.run) {
                    program.fail("fail.no-wait", &[("why", &why)]);
                    break;
                }
                // A program that has lost the processor for a while may read one
                // packet after its time, but it does not go on.
                if start.elapsed() > 2 * patience {
                    late += 1;
                }
                if late > TOO_MANY {
                    let ms = |time: Duration| time.as_millis().to_string();
                    program.fail("fail.reads-on", &[("n", &late), ("ms", &ms(patience))]);
                    break;
                }
                std::thread::sleep(BETWEEN_STRANGERS);
            }
            over.store(true, Ordering::Relaxed);
        });
        self
    }

    /// The last request, and the reply that a kernel gives to it.
    fn reply(&mut self) -> Option<(Request, Vec<u8>)> {
        let request = self.request.clone().filter(|_| !self.transcript.is_stopped())?;
        let who = request.to.to_string();
        match self.kernel.reply(&request.message) {
            Verdict::Reply(reply) => Some((request, reply)),
            Verdict::WrongChecksum => {
                self.fail("fail.checksum", &[("who", &who)], Detail::default());
                None
            }
            Verdict::Silence => {
                self.fail("fail.no-answer", &[("who", &who)], Detail::default());
                None
            }
        }
    }

    /// Sends `message` back to the program, from the host that it asked. The
    /// kernel fills in length, identification and checksum: raw(7).
    fn deliver(&self, request: &Request, words: u8, message: &[u8], line: Option<Words>) {
        let Some(forge) = &self.forge else { return };
        let mut packet = vec![0x45 + words, 0, 0, 0, 0, 0, 0, 0, 64, libc::IPPROTO_ICMP as u8, 0, 0];
        packet.extend(request.to.octets());
        packet.extend(request.from.octets());
        // "No operation": RFC 791, section 3.1.
        packet.extend(std::iter::repeat_n(1, usize::from(words) * 4));
        packet.extend(message);
        forge.send_to(&packet, &SocketAddr::from((request.from, 0)).into()).expect("the loopback takes it");
        if let Some(line) = line {
            let step = Step::new(line, &request.to.to_string(), "program", "packet");
            self.transcript.step(step.bytes(message));
        }
    }

    /// The next packet that `is_it`; others are passed over.
    fn next(&self, is_it: impl Fn(&Request) -> bool) -> Option<Request> {
        std::iter::from_fn(|| kernel::packet(&self.tap)).find(is_it)
    }

    fn fail(&self, id: &str, holes: &[(&str, &dyn Fill)], detail: Detail) {
        self.transcript.stop(Step::new(say(id, holes), "program", "", "fail"), detail);
    }
}

impl Check {
    /// Starts the program as a ping of `count` requests to `to` that carry
    /// `data`, with so much patience for each reply.
    pub fn ping(&self, to: Ipv4Addr, count: u16, data: &Payload, patience: Duration) -> Program {
        self.note_ping(to, count, data, patience);
        self.start(&ping_arguments(to, count, data, patience))
    }

    /// [`Check::ping`] without CAP_NET_RAW.
    pub fn ping_without_privilege(&self, to: Ipv4Addr, count: u16, data: &Payload, patience: Duration) -> Program {
        self.note_ping(to, count, data, patience);
        self.start_without_raw(&ping_arguments(to, count, data, patience))
    }

    fn note_ping(&self, to: Ipv4Addr, count: u16, data: &Payload, patience: Duration) {
        let what = format!("raw-ping {to} {count} {} {}", data.name(), patience.as_millis());
        self.transcript().step(Step::new(say("wire.run", &[("what", &what)]), "", "program", "start"));
    }

    /// Lets everybody in this network open ICMP datagram sockets. Ends the
    /// check as *not run* where the kernel cannot be told.
    pub fn allow_ping_sockets(&self) {
        let path = "/proc/sys/net/ipv4/ping_group_range";
        match kernel::set(path, "0 0") {
            Ok(()) => self.note("net.ipv4.ping_group_range = 0 0"),
            Err(error) => self.not_run(path, &error),
        }
    }
}

fn ping_arguments(to: Ipv4Addr, count: u16, data: &Payload, patience: Duration) -> [std::ffi::OsString; 4] {
    // Any bytes but zero can be an argument.
    let data = std::os::unix::ffi::OsStrExt::from_bytes(data.bytes());
    let data: &std::ffi::OsStr = data;
    [to.to_string().into(), count.to_string().into(), data.into(), patience.as_millis().to_string().into()]
}

/// The reply carries the request's identifier and sequence number.
fn is_reply_to(message: &[u8], request: &Request) -> bool {
    message.first() == Some(&REPLY) && message.get(4..8) == request.message.get(4..8)
}

/// The reply as somebody else's. Its checksum stays right although nothing
/// here knows how one is made: two numbers of two bytes change places, and
/// `aaaa` and `5555`, which together are `ffff`, go.
fn disguise(mut reply: Vec<u8>, how: Stranger) -> Vec<u8> {
    let data = 8;
    let field = match how {
        Stranger::Type => 0,
        Stranger::Identifier => 4,
        Stranger::Sequence => 6,
    };
    let other = match how {
        Stranger::Type => data,
        // The first number of the data that differs.
        _ => (data + 2..reply.len() - 6)
            .step_by(2)
            .find(|&at| reply[at..at + 2] != reply[field..field + 2])
            .unwrap_or(data),
    };
    reply.swap(field, other);
    reply.swap(field + 1, other + 1);
    reply.truncate(reply.len() - 4);
    reply
}
