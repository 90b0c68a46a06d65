//! Misconception: the network reports a peer that has vanished.
//! Caught by: gives_up_on_a_peer_that_vanished

use std::io::{self, BufRead, ErrorKind, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// How long the kernel may wait for an answer: to a SYN, or to sent bytes.
const PATIENCE: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let addr = std::env::args().nth(1).expect("the address of the service, such as 127.0.0.1:4001");
    let addr: SocketAddr = addr.parse().expect("an IP address and a port");
    let end = converse(addr, PATIENCE);
    println!("{}", name(&end));
    if end.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Sends standard input line by line, then prints the answer. `Ok` says that
/// the answer has come to its end; `Err` is the first error of any call.
fn converse(addr: SocketAddr, _patience: Duration) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, None)?;
    socket.connect(&addr.into())?;
    let mut service = TcpStream::from(socket);
    let said = say(&mut service);
    // What the service said before our write failed can still be read.
    let heard = io::copy(&mut service, &mut io::stdout());
    // Only the first error tells what has happened.
    said.and(heard.map(drop))
}

/// Sends standard input, line by line, and its end.
fn say(service: &mut TcpStream) -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        service.write_all(&line)?;
        line.clear();
    }
    match service.shutdown(Shutdown::Write) {
        // The connection is gone already. A read says how.
        Err(error) if error.kind() == ErrorKind::NotConnected => Ok(()),
        ended => ended,
    }
}

/// The last line of the output.
fn name(end: &io::Result<()>) -> String {
    let Err(error) = end else { return "EOF, by the peer's program".to_string() };
    let (name, who) = match error.kind() {
        ErrorKind::ConnectionReset => ("ECONNRESET", "the peer or its kernel"),
        // Never by ourselves: nothing is written after our shutdown.
        ErrorKind::BrokenPipe => ("EPIPE", "the peer or its kernel"),
        ErrorKind::ConnectionRefused => ("ECONNREFUSED", "the peer's kernel"),
        ErrorKind::TimedOut => ("ETIMEDOUT", "this kernel"),
        _ => return format!("{error}, by nobody that this program knows"),
    };
    format!("{name}, by {who}")
}
