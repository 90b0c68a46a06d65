//! Misconception: one read brings the whole answer.
//! Caught by: prints_an_answer_that_comes_in_pieces

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
    let mut answer = vec![0; 2_000_000];
    let n = service.read(&mut answer)?;
    io::stdout().write_all(&answer[..n])?;
    sender.join().expect("the sending thread does not panic")
}
