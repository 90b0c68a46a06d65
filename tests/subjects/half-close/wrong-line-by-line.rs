//! Misconception: each line that is sent is answered before the next one is due.
//! Caught by: says_that_this_was_all

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, TcpStream};

fn main() -> io::Result<()> {
    let addr = std::env::args().nth(1).expect("the address of the service, such as 127.0.0.1:4001");
    let service = TcpStream::connect(addr)?;
    converse(service)
}

/// Sends all of standard input to the service, and prints all of its answer.
fn converse(mut service: TcpStream) -> io::Result<()> {
    let mut answers = BufReader::new(service.try_clone()?);
    let mut answer = Vec::new();
    for line in io::stdin().lock().split(b'\n') {
        service.write_all(&[&line?[..], b"\n"].concat())?;
        answers.read_until(b'\n', &mut answer)?;
    }
    service.shutdown(Shutdown::Write)?;
    io::copy(&mut answers, &mut answer)?;
    io::stdout().write_all(&answer)
}
