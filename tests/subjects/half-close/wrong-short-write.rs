//! Misconception: write takes what it is given.
//! Caught by: loses_and_changes_no_byte

use std::io::{self, Read as _, Write as _};
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
    // One thread sends and this one listens: a service may answer before it
    // has heard everything, and go on listening only when it is heard.
    let sender = thread::spawn(move || {
        let mut input = Vec::new();
        io::stdin().read_to_end(&mut input)?;
        let _taken = sending.write(&input)?;
        sending.shutdown(Shutdown::Write)
    });
    io::copy(&mut service, &mut io::stdout())?;
    // The service has said all it wants to say. That it listens no more, it
    // has not said.
    sender.join().expect("the sending thread does not panic")
}
