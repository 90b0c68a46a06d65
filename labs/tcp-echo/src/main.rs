//! Lab `tcp-echo`: a server that sends back whatever it receives.
//!
//! Start it with `cargo run -p tcp-echo`. It prints
//!
//! ```text
//! listening on 127.0.0.1:54321
//! ```
//!
//! and then serves every client until you stop it with Ctrl-C. With an address
//! as its argument (`cargo run -p tcp-echo 127.0.0.1:4001`) it listens there.
//!
//! `cargo test -p tcp-echo` says what is missing. Start with `echo`.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = match std::env::args().nth(1) {
        None => TcpListener::bind("127.0.0.1:0")?,
        Some(addr) => listen_on(addr.parse().expect("an address such as 127.0.0.1:4001"))?,
    };
    println!("listening on {}", listener.local_addr()?);

    // Yours to change: this serves one client after the other.
    for stream in listener.incoming() {
        echo(stream?)?;
    }

    Ok(())
}

/// Sends back every byte that `stream` brings, until the client has no more.
fn echo(_stream: TcpStream) -> io::Result<()> {
    todo!("read some bytes, write the same bytes back, again and again")
}

/// A listening socket on `addr`, made call by call: socket, options, bind, listen.
fn listen_on(_addr: SocketAddr) -> io::Result<TcpListener> {
    todo!("make the listening socket with socket2, one line for each call")
}
