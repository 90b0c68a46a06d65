//! Misconception: only clients flood; a service of ours does not, so what it sends can be taken at once.
//! Caught by: stops_the_service_as_well

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
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
        let down = ended(copy_at_once(service, client), service, client);
        up.join().expect("carry does not panic").and(down)
    })
}

/// Carries the bytes of `from` to `to`, and then their end. It reads only what
/// it has been able to write: that is all that backpressure needs.
fn carry(from: &TcpStream, to: &TcpStream) -> io::Result<()> {
    ended(copy(from, to), from, to)
}

/// One thread reads, another one writes, and a queue is between them.
fn copy_at_once(mut from: &TcpStream, mut to: &TcpStream) -> io::Result<()> {
    let (queue, pieces) = mpsc::channel::<Vec<u8>>();
    thread::scope(|scope| {
        let writer = scope.spawn(move || {
            for piece in pieces {
                // An empty one is the end. Without it the other side broke off.
                if piece.is_empty() {
                    return to.shutdown(Shutdown::Write);
                }
                to.write_all(&piece)?;
            }
            Ok(())
        });
        let mut buffer = [0; 16 * 1024];
        let read = loop {
            match from.read(&mut buffer) {
                Ok(0) => {
                    let _told = queue.send(Vec::new());
                    break Ok(());
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

fn copy(mut from: &TcpStream, mut to: &TcpStream) -> io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return to.shutdown(Shutdown::Write),
            Ok(n) => to.write_all(&buffer[..n])?,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn ended(result: io::Result<()>, from: &TcpStream, to: &TcpStream) -> io::Result<()> {
    if result.is_err() {
        break_off(from);
        break_off(to);
    }
    result
}

/// A connection that broke has no end. The other side must not take one for
/// it: it gets a reset, as soon as both threads have let go.
fn break_off(stream: &TcpStream) {
    // Both fail only on a connection that is gone already.
    let _lingers = SockRef::from(stream).set_linger(Some(Duration::ZERO));
    let _woken = stream.shutdown(Shutdown::Read);
}
