//! Misconception: a moment is long enough for the rest to be sent.
//! Caught by: goes_on_sending_after_the_answer

use std::io;
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Duration;

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
        io::copy(&mut io::stdin(), &mut sending)?;
        sending.shutdown(Shutdown::Write)
    });
    io::copy(&mut service, &mut io::stdout())?;
    // By now the rest of the input is on its way.
    thread::sleep(Duration::from_millis(200));
    match sender.is_finished() {
        true => sender.join().expect("the sending thread does not panic"),
        false => Ok(()),
    }
}
