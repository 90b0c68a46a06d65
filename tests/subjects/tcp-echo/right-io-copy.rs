//! The same server with `io::copy`, one tiny thread a client, and a listener
//! that std makes: no line in common with the solution's `echo`.

use std::net::{Shutdown, TcpListener};
use std::{io, thread};

fn main() -> io::Result<()> {
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_string());
    let listener = TcpListener::bind(addr)?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept()?;
        thread::Builder::new().stack_size(64 << 10).spawn(move || -> io::Result<()> {
            io::copy(&mut &stream, &mut &stream)?;
            stream.shutdown(Shutdown::Write)
        })?;
    }
}
