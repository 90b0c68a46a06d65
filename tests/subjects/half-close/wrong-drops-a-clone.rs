//! Misconception: to drop the stream that one writes to ends the sending half. The clone that reads holds the connection open, in both directions.
//! Caught by: says_that_this_was_all

use std::io;
use std::net::TcpStream;
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
        drop(sending);
        Ok(())
    });
    io::copy(&mut service, &mut io::stdout())?;
    sender.join().expect("the sending thread does not panic")
}
