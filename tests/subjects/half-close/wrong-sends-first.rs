//! Misconception: first all is sent, then the answer is read: the buffers in between are large enough.
//! Caught by: hears_an_answer_that_begins_early

use std::io;
use std::net::{Shutdown, TcpStream};

fn main() -> io::Result<()> {
    let addr = std::env::args().nth(1).expect("the address of the service, such as 127.0.0.1:4001");
    let service = TcpStream::connect(addr)?;
    converse(service)
}

/// Sends all of standard input to the service, and prints all of its answer.
fn converse(mut service: TcpStream) -> io::Result<()> {
    io::copy(&mut io::stdin(), &mut service)?;
    service.shutdown(Shutdown::Write)?;
    io::copy(&mut service, &mut io::stdout())?;
    Ok(())
}
