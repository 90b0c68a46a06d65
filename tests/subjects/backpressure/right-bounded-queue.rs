//! Built differently: a thread that reads and one that writes for each direction, and a queue of four pieces between them.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use socket2::SockRef;

fn main() -> io::Result<()> {
    let service = std::env::args().nth(1).expect("the address of the service, such as 127.0.0.1:4001");
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on {}", listener.local_addr()?);

    for client in listener.incoming() {
        let Ok(client) = client else {
            thread::sleep(Duration::from_millis(100));
            continue;
        };
        let service = service.clone();
        thread::spawn(move || {
            if let Err(error) = relay(client, &service) {
                eprintln!("{error}");
            }
        });
    }

    Ok(())
}

/// One of the two connections of a client.
struct Side {
    connection: TcpStream,
    /// We have ended our half of it.
    is_ended: AtomicBool,
}

impl Side {
    fn of(connection: TcpStream) -> Side {
        Side { connection, is_ended: AtomicBool::new(false) }
    }

    fn end(&self) -> io::Result<()> {
        self.is_ended.store(true, Ordering::SeqCst);
        self.connection.shutdown(Shutdown::Write)
    }

    /// Whether a read of 0 was the end of what the peer had to say. A reset is
    /// told once: if the other thread was in a write, it has the error, and here
    /// only a connection is gone of which our half has not been ended.
    fn has_heard_the_end(&self) -> io::Result<()> {
        match self.connection.peer_addr() {
            Err(error) if !self.is_ended.load(Ordering::SeqCst) => Err(error),
            _ => Ok(()),
        }
    }
}

/// Connects to the service and carries everything between it and the client,
/// until both directions have ended.
fn relay(client: TcpStream, service: &str) -> io::Result<()> {
    let (client, service) = (&Side::of(client), &Side::of(TcpStream::connect(service)?));
    thread::scope(|scope| {
        let up = scope.spawn(|| carry(client, service));
        let down = carry(service, client);
        up.join().expect("carry does not panic").and(down)
    })
}

/// Carries the bytes of `from` to `to`, and then their end. It reads only what
/// it has been able to write: that is all that backpressure needs.
fn carry(from: &Side, to: &Side) -> io::Result<()> {
    let result = copy(from, to);
    if result.is_err() {
        break_off(&from.connection);
        break_off(&to.connection);
    }
    result
}

/// One thread reads, another one writes, and a queue is between them.
fn copy(from: &Side, to: &Side) -> io::Result<()> {
    let (queue, pieces) = mpsc::sync_channel::<Vec<u8>>(4);
    thread::scope(|scope| {
        let writer = scope.spawn(move || {
            for piece in pieces {
                // An empty one is the end. Without it the other side broke off.
                if piece.is_empty() {
                    return to.end();
                }
                (&to.connection).write_all(&piece)?;
            }
            Ok(())
        });
        let mut buffer = [0; 16 * 1024];
        let read = loop {
            match (&from.connection).read(&mut buffer) {
                Ok(0) => {
                    break from.has_heard_the_end().map(|()| {
                        let _told = queue.send(Vec::new());
                    });
                }
                Ok(n) => {
                    // Fails if the writer has given up, and that says why.
                    if queue.send(buffer[..n].to_vec()).is_err() {
                        break Ok(());
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => break Err(error),
            }
        };
        drop(queue);
        let written = writer.join().expect("the writer does not panic");
        read.and(written)
    })
}

/// A connection that broke has no end. The other side must not take one for
/// it: it gets a reset, as soon as both threads have let go.
fn break_off(stream: &TcpStream) {
    // Both fail only on a connection that is gone already.
    let _lingers = SockRef::from(stream).set_linger(Some(Duration::ZERO));
    let _woken = stream.shutdown(Shutdown::Read);
}
