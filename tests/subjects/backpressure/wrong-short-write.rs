//! Misconception: write takes what it is given.
//! Caught by: loses_nothing_at_the_end

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
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
            if let Err(error) = relay(&client, &service) {
                eprintln!("{error}");
            }
        });
    }

    Ok(())
}

/// Connects to the service and carries everything between it and the client,
/// until both directions have ended.
fn relay(client: &TcpStream, service: &str) -> io::Result<()> {
    let service = &TcpStream::connect(service)?;
    thread::scope(|scope| {
        let up = scope.spawn(|| carry(client, service));
        let down = carry(service, client);
        up.join().expect("carry does not panic").and(down)
    })
}

/// Carries the bytes of `from` to `to`, and then their end. It reads only what
/// it has been able to write: that is all that backpressure needs.
fn carry(from: &TcpStream, to: &TcpStream) -> io::Result<()> {
    let result = copy(from, to);
    if result.is_err() {
        break_off(from);
        break_off(to);
    }
    result
}

fn copy(mut from: &TcpStream, mut to: &TcpStream) -> io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return to.shutdown(Shutdown::Write),
            Ok(n) => drop(to.write(&buffer[..n])?),
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
