//! Lab `backpressure`: a relay that holds little and loses nothing.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

/// How long `main` lets accept be when it has failed. Whoever comes waits in
/// the queue; to ask again at once would only keep the processor busy.
const A_MOMENT: Duration = Duration::from_millis(100);

fn main() -> io::Result<()> {
    let service = std::env::args().nth(1).expect("the address of the service, such as 127.0.0.1:4001");
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on {}", listener.local_addr()?);

    for stream in listener.incoming() {
        let client = match stream {
            Ok(client) => client,
            // No descriptor is left, say: those who are served may give one back.
            Err(error) => {
                eprintln!("accept: {error}");
                thread::sleep(A_MOMENT);
                continue;
            }
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

fn copy(from: &Side, to: &Side) -> io::Result<()> {
    let mut buffer = [0; 16_384];
    loop {
        match (&from.connection).read(&mut buffer) {
            Ok(0) => {
                from.has_heard_the_end()?;
                return to.end();
            }
            Ok(n) => (&to.connection).write_all(&buffer[..n])?,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A connection that broke has no end. The other side must not take one for
/// it: it gets a reset, as soon as both threads have let go.
fn break_off(stream: &TcpStream) {
    // Both fail only on a connection that is gone already.
    let _lingers = SockRef::from(stream).set_linger(Some(Duration::ZERO));
    let _woken = stream.shutdown(Shutdown::Read);
}
