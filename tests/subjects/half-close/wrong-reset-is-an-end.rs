//! Misconception: when nothing more comes, that was all, whatever read says.
//! Caught by: tells_a_reset_from_an_end

use std::io::{self, Read, Write};
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
    while let Ok(n @ 1..) = service.read(&mut buf) {
        io::stdout().write_all(&buf[..n])?;
    }
    sender.join().expect("the sending thread does not panic")
}
