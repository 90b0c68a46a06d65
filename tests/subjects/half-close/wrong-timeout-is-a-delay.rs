//! Misconception: an error called `TimedOut` says that nothing has come yet. Read again.
//! Caught by: waits_for_a_service_that_vanished

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;

fn main() -> io::Result<()> {
    let addr = std::env::args().nth(1).expect("the address of the service, such as 127.0.0.1:4001");
    let service = TcpStream::connect(addr)?;
    converse(service)
}

/// Sends all of standard input to the service, and prints all of its answer.
fn converse(mut service: TcpStream) -> io::Result<()> {
    let mut sending = service.try_clone()?;
    let sender = thread::spawn(move || {
        io::copy(&mut io::stdin(), &mut sending)?;
        sending.shutdown(Shutdown::Write)
    });
    let mut buf = [0; 4096];
    loop {
        match service.read(&mut buf) {
            Ok(0) => break,
            Ok(n) => io::stdout().write_all(&buf[..n])?,
            Err(error) if error.kind() == ErrorKind::TimedOut => {}
            Err(error) => return Err(error),
        }
    }
    sender.join().expect("the sending thread does not panic")
}
