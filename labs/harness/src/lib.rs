//! Runs a lab program as a child process, plays its peers over real sockets,
//! and writes down what it saw: the *wire transcript*.
//!
//! The transcript is driven by the script, not by the clock. Every step blocks
//! for exactly one outcome, and an outcome that will never come becomes a line
//! that ends the transcript. So it is the same in every run of a right
//! program, on a slow machine as on a fast one, and the snapshot of it is the
//! lab's specification.
//!
//! # How to write a lab
//!
//! 1. `labs/NAME/lab.toml` says what each check demands, in both languages,
//!    with three hints, the section of the book and a command to see it by
//!    hand. A check is named after the sentence it proves.
//! 2. `labs/NAME/src/main.rs` is the starter: it compiles without a warning,
//!    runs, and says with `todo!("…")` what is missing.
//! 3. `labs/NAME/tests/NAME.rs` holds one `#[test]` for each check, with the
//!    same name:
//!
//!    ```ignore
//!    harness::lab!("tcp-echo");
//!
//!    #[test]
//!    fn answers_one_client() {
//!        LAB.check("answers_one_client", |check| {
//!            let p1 = check.text("P1", 37);          // drawn from LAB_SEED
//!            let program = check.serve();            // "listening on ADDRESS"
//!            let mut a = program.connect("a");
//!            a.send(&p1).recv(&p1).quiet();
//!        });
//!    }
//!    ```
//! 4. `tests/subjects/NAME/` gets a solution, a right program that is built
//!    differently, and a wrong program for each misconception.
//! 5. `LAB_BIN=…/NAME--solution INSTA_UPDATE=always cargo test -p NAME
//!    --features harness/write` writes the snapshots; read them before they
//!    are committed.
//!
//! # What a check must not do
//!
//! * Depend on time. There is no sleep for readiness: a program binds port 0
//!   and prints it; [`Peer::quiet`] and [`Program::settle`] ask the kernel.
//! * Show segment boundaries, times, descriptors, ports or errno values that
//!   differ between systems.
//! * Hold an answer. The harness has no checksum and no parser that a lab asks
//!   for: let the kernel judge, or a table.
//! * Demand one author's style: judge by what the wire shows.
//! * Let a program pass by luck: [`Peer::recv_only`] and a second message tell
//!   an answer from the first bytes of something else.
//!
//! [`Check::main_point`] says where a script comes to what its check is about.
//! A failure before it gets a hint of its own kind (`hint.*` of
//! `messages.toml`) instead of the check's.
//!
//! # Peers
//!
//! | peer | made with |
//! |---|---|
//! | well-behaved | [`Program::connect`], [`Peer::send`], [`Peer::recv`], [`Peer::recv_only`] |
//! | dribbler: one byte, then waits until it has been taken | [`Peer::dribble`] |
//! | coalescer: two messages in one write | [`Peer::send_joined`] |
//! | slow reader: small buffer, reads late | [`Program::connect_slow`], [`Peer::flood`] |
//! | one that sends while the script goes on, and is stopped | [`Peer::sends_on`], [`Peer::is_stopped`] |
//! | one that counts segments, and delays its ACKs | [`Peer::has_segments`], [`Peer::delays_acks`] |
//! | interrupter: makes writes short | [`Peer::recv_with_interruptions`] |
//! | half-closer | [`Peer::half_close`] |
//! | one that is refused | [`Peer::recv_end`] |
//! | resetter | [`Peer::reset`] |
//! | silent | a [`Peer`] that does nothing |
//! | a service that the program connects to | [`Check::service`], [`Check::service_slow`], [`Service::accept`] |
//! | one that answers again and again, and whom nobody else calls | [`Peer::answers_in_turn`], [`Service::is_called_no_more`] |
//! | a port where nobody listens | [`Check::nobody`] |
//! | one that vanishes, before or after it was connected to | [`Service::vanish`], [`Peer::vanish`] |
//! | a program that gets no descriptor for a while | [`Program::runs_out_of_descriptors`], [`Program::rests`] |
//! | one who counts the sockets when clients have gone | [`Program::count_sockets`], [`Program::has_sockets_again`] |
//! | somebody who has a port already | [`Check::holds`], [`Program::owns`], [`Check::needs_ipv6`] |
//! | a questioner: a line in, a line out | [`Check::ask`], [`Program::answers`] |
//! | a questioner that types, and looks at the numbers of the program's sockets | [`Check::start_with_typist`], [`Program::replies`], [`Program::opens`], [`Program::holds`] |
//! | one who reads of sockets that it did not ask for | [`Program::prints_address`], [`Program::prints_number`] |
//! | one who gives orders, about what earlier answers named | [`Check::talk`], [`Talk::order`], [`Talk::has`] |
//! | one that types the same again and again | [`Program::answers_typed`] |
//! | a listening program that is told what to do, and its queue | [`Check::serve_told`], [`Program::has_waiting`] |
//! | UDP senders, empty and oversized datagrams | [`Program::udp`], [`UdpPeer`] |
//! | a kernel or a host that answers a ping, strangers' packets | [`Net::icmp`], [`Icmp`] |
//! | a UDP peer that is gone, for good | [`Program::udp_at`], [`UdpPeer::close`] |
//!
//! # Environment
//!
//! | variable | meaning |
//! |---|---|
//! | `LAB_BIN` | the program to judge, instead of the lab's own |
//! | `LAB_SEED` | draws the payloads; random if unset, printed on failure |
//! | `LAB_LANG` | `ko` or `en`; else the locale |
//! | `LAB_DEADLINE_MS` | how long one step may take, 5000 if unset |
//! | `LAB_RECORD` | a file that gets the record as JSON lines |
//! | `LAB_HINT` | `1`, `2` or `3`: which hint of the check a failure shows |
//! | `LAB_BOOK` | address of the book, `http://127.0.0.1:4000` if unset |
//! | `LAB_ALLOW_SKIP` | `1`: a check that cannot run here passes |
//!
//! None of them reaches the student's program.

// Where the kernel cannot be asked, only the deadline judges, and what looks
// into the program has no use.
#![cfg_attr(not(target_os = "linux"), allow(dead_code, unused_imports))]

mod address;
mod ask;
mod check;
mod data;
mod dialogue;
mod diff;
mod hostile;
mod icmp;
mod kind;
mod lab;
mod limits;
mod listener;
mod netns;
mod numbers;
mod output;
mod owners;
mod payload;
mod peer;
#[cfg(target_os = "linux")]
mod proc;
mod program;
mod record;
mod replay;
mod report;
mod run;
mod scarce;
mod section;
mod service;
mod snapshot;
mod stream;
mod talk;
mod transcript;
mod udp;
mod vanished;
mod visible;
mod wait;
mod words;

pub use address::Address;
pub use ask::Question;
pub use check::Check;
pub use icmp::{Icmp, Stranger};
pub use lab::Lab;
pub use netns::Net;
pub use numbers::Number;
pub use owners::{Held, Owner, Place};
pub use payload::{Line, Payload};
pub use peer::Peer;
pub use program::Program;
pub use service::{Nobody, Service};
pub use talk::Talk;
pub use udp::UdpPeer;
pub use words::{Lang, Words};
