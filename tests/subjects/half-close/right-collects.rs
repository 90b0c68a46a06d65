//! Built differently: two threads share one stream by reference, the answer is collected and printed at the end.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;

fn main() -> io::Result<()> {
    let addr = std::env::args().nth(1).expect("the address of the service, such as 127.0.0.1:4001");
    let service = TcpStream::connect(addr)?;
    let mut input = Vec::new();
    io::stdin().read_to_end(&mut input)?;
    let mut answer = Vec::new();
    thread::scope(|scope| {
        let sender = scope.spawn(|| {
            (&service).write_all(&input)?;
            service.shutdown(Shutdown::Write)
        });
        (&service).read_to_end(&mut answer)?;
        sender.join().expect("the sending thread does not panic")
    })?;
    io::stdout().write_all(&answer)
}
