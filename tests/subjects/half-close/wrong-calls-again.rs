//! Misconception: one connection carries the question, and another one the answer.
//! Caught by: prints_the_answer

use std::io;
use std::net::TcpStream;

fn main() -> io::Result<()> {
    let addr = std::env::args().nth(1).expect("the address of the service, such as 127.0.0.1:4001");
    let service = TcpStream::connect(addr)?;
    converse(service)
}

/// Sends all of standard input to the service, and prints all of its answer.
fn converse(mut service: TcpStream) -> io::Result<()> {
    let addr = service.peer_addr()?;
    io::copy(&mut io::stdin(), &mut service)?;
    drop(service);
    let mut service = TcpStream::connect(addr)?;
    io::copy(&mut service, &mut io::stdout())?;
    Ok(())
}
