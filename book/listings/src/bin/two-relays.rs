//! Two relays between a fast client and a service that does not read.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use listings::wait_writable;

/// What the client has to hand over.
const OFFERED: usize = 64 << 20;
/// A client that cannot go on for so long is stopped.
const STOPPED: Duration = Duration::from_secs(1);

/// Bytes that a relay has read and not yet written: now, and at most.
#[derive(Default)]
struct Held {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Held {
    fn more(&self, n: usize) {
        self.most.fetch_max(self.now.fetch_add(n, Relaxed) + n, Relaxed);
    }

    fn less(&self, n: usize) {
        self.now.fetch_sub(n, Relaxed);
    }
}

// ANCHOR: relays
/// Reads, writes what it has read, and only then reads again.
fn with_one_buffer(mut from: TcpStream, mut to: TcpStream, held: &Held) -> io::Result<()> {
    let mut buffer = [0; 8192];
    loop {
        let n = from.read(&mut buffer)?;
        if n == 0 {
            return to.shutdown(Shutdown::Write);
        }
        held.more(n);
        to.write_all(&buffer[..n])?;
        held.less(n);
    }
}

/// Reads all it can; another thread writes. The queue between them has no end.
fn with_a_queue(mut from: TcpStream, mut to: TcpStream, held: &Held) -> io::Result<()> {
    let (queue, pieces) = mpsc::channel::<Vec<u8>>();
    thread::scope(|scope| {
        let writer = scope.spawn(move || {
            for piece in pieces {
                to.write_all(&piece)?;
                held.less(piece.len());
            }
            to.shutdown(Shutdown::Write)
        });
        let mut buffer = [0; 8192];
        loop {
            let n = from.read(&mut buffer)?;
            if n == 0 {
                break;
            }
            held.more(n);
            queue.send(buffer[..n].to_vec()).expect("the writer lives");
        }
        drop(queue);
        writer.join().expect("the writer does not panic")
    })
}
// ANCHOR_END: relays

type Relay = fn(TcpStream, TcpStream, &Held) -> io::Result<()>;

fn try_out(relay: Relay) -> io::Result<()> {
    let (front, back) = (TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?);
    let mut client = TcpStream::connect(front.local_addr()?)?;
    let to = TcpStream::connect(back.local_addr()?)?;
    let (from, mut service) = (front.accept()?.0, back.accept()?.0);
    let held = Arc::new(Held::default());
    let relaying = thread::spawn({
        let held = Arc::clone(&held);
        move || relay(from, to, &held)
    });

    let all = vec![b'x'; OFFERED];
    let mut sent = 0;
    client.set_nonblocking(true)?;
    while sent < all.len() {
        match client.write(&all[sent..]) {
            Ok(n) => sent += n,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                if !wait_writable(&client, STOPPED)? {
                    break;
                }
            }
            Err(error) => return Err(error),
        }
    }
    println!("  all 64 MiB handed over: {}", if sent == OFFERED { "yes" } else { "no, the client was stopped" });
    let most = held.most.load(Relaxed);
    let amount = match most {
        ..=8192 => "at most 8192 bytes",
        n if n > OFFERED / 2 => "more than 32 MiB",
        _ => "something in between",
    };
    println!("  in the relay's memory: {amount}");

    // Now the service reads.
    client.set_nonblocking(false)?;
    let reading = thread::spawn(move || io::copy(&mut service, &mut io::sink()));
    client.write_all(&all[sent..])?;
    client.shutdown(Shutdown::Write)?;
    let read = reading.join().expect("the service does not panic")?;
    println!("  once the service reads, it gets: {read} of {OFFERED} bytes");
    relaying.join().expect("the relay does not panic")
}

fn main() -> io::Result<()> {
    println!("relay with one buffer");
    try_out(with_one_buffer)?;
    println!("relay with a queue");
    try_out(with_a_queue)
}
