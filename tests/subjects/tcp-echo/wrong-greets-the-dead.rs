//! Misconception: whom accept hands over is there, and has an address.
//! Caught by: survives_a_reset

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use socket2::{Domain, Socket, Type};

fn main() -> io::Result<()> {
    let listener = match std::env::args().nth(1) {
        None => TcpListener::bind("127.0.0.1:0")?,
        Some(addr) => listen_on(addr.parse().expect("an address such as 127.0.0.1:4001"))?,
    };
    println!("listening on {}", listener.local_addr()?);

    for stream in listener.incoming() {
        let stream = stream?;
        eprintln!("a client at {}", stream.peer_addr().unwrap().ip());
        thread::spawn(move || {
            // One client's error is no reason to stop serving the others.
            if let Err(error) = echo(stream) {
                eprintln!("a client is gone: {error}");
            }
        });
    }
    Ok(())
}

/// Sends back every byte that `stream` brings, until the client has no more.
fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buf = [0; 4096];
    loop {
        let n = stream.read(&mut buf)?;
        if n == 0 {
            return Ok(());
        }
        stream.write_all(&buf[..n])?;
    }
}

/// A listening socket on `addr`, made call by call: socket, options, bind, listen.
fn listen_on(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&addr.into())?;
    socket.listen(128)?;
    Ok(socket.into())
}
