//! Built differently: the numbers of errno instead of Rust's kinds, a loop that reads instead of `io::copy`, and std's own limit for connect.

use std::io::{self, BufRead, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use socket2::SockRef;

const PATIENCE: Duration = Duration::from_millis(500);
const EPIPE: i32 = 32;
const ECONNRESET: i32 = 104;
const ETIMEDOUT: i32 = 110;
const ECONNREFUSED: i32 = 111;

/// How it ended: an error number, or 0 for the end of the stream.
struct Ending(i32);

impl Ending {
    /// std's limit for connect is an error without a number.
    fn of(error: &io::Error) -> Ending {
        Ending(error.raw_os_error().unwrap_or(ETIMEDOUT))
    }

    fn name(&self) -> &'static str {
        match self.0 {
            0 => "EOF, by the peer's program",
            EPIPE => "EPIPE, by the peer or its kernel",
            ECONNRESET => "ECONNRESET, by the peer or its kernel",
            ETIMEDOUT => "ETIMEDOUT, by this kernel",
            ECONNREFUSED => "ECONNREFUSED, by the peer's kernel",
            _ => "something else",
        }
    }
}

fn main() -> ExitCode {
    let addr: SocketAddr = std::env::args().nth(1).and_then(|addr| addr.parse().ok()).expect("an address");
    let ending = talk(addr);
    println!("{}", ending.name());
    ExitCode::from(u8::from(ending.0 != 0))
}

fn talk(addr: SocketAddr) -> Ending {
    let mut stream = match TcpStream::connect_timeout(&addr, PATIENCE) {
        Ok(stream) => stream,
        Err(error) => return Ending::of(&error),
    };
    SockRef::from(&stream).set_tcp_user_timeout(Some(PATIENCE)).expect("an option of Linux");
    let mut first = None;
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line).expect("an open input") > 0 {
        // Two writes for each line: the second may be the one that fails.
        let (text, end) = line.split_at(line.len() - usize::from(line.ends_with(b"\n")));
        if let Err(error) = stream.write_all(text).and_then(|()| stream.write_all(end)) {
            first = Some(Ending::of(&error));
            break;
        }
        line.clear();
    }
    if first.is_none() {
        let _reset = stream.shutdown(Shutdown::Write);
    }
    let mut buf = [0; 7];
    loop {
        match stream.read(&mut buf) {
            Ok(0) => return first.unwrap_or(Ending(0)),
            Ok(n) => io::stdout().write_all(&buf[..n]).expect("an open output"),
            Err(error) => return first.unwrap_or(Ending::of(&error)),
        }
    }
}
