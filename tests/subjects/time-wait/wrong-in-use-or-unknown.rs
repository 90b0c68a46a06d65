//! Misconception: a port is free or in use; for anything else there is no name.
//! Caught by: names_another_reason

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;

use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_string());
    let addr: SocketAddr = addr.parse().expect("an IP address and a port");
    let mut text = Vec::new();
    io::stdin().read_to_end(&mut text).expect("a text on standard input");
    match listen(addr) {
        Ok(listener) => {
            println!("listening on {}", listener.local_addr().expect("a bound socket"));
            hand_out(&listener, &text);
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("{addr}: {}", name(&error));
            ExitCode::FAILURE
        }
    }
}

/// A listening socket on `addr`, and on no other address.
fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    let listening = Socket::new(Domain::for_address(addr), Type::STREAM, None)?;
    // For the next start: what this one leaves behind takes it along.
    listening.set_reuse_address(true)?;
    listening.bind(&addr.into())?;
    listening.listen(128)?;
    Ok(listening.into())
}

/// Why there is no listening socket: `EADDRINUSE`, or what the system calls it.
fn name(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => "EADDRINUSE".to_string(),
        _ => "unknown error".to_string(),
    }
}

/// Sends `text` to one client after another, and closes first.
fn hand_out(listener: &TcpListener, text: &[u8]) {
    for client in listener.incoming() {
        // A client that breaks off is no reason to leave the others.
        let _one_client = client.and_then(|mut client| client.write_all(text));
    }
}
