//! A non-blocking socket: three different answers to "is there anything?"

// ANCHOR: program
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use listings::{Ports, errno, received};

// ANCHOR: spin
/// Asks again and again, until the answer is another one than "not yet".
fn ask_until_ready(stream: &mut TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match stream.read(buffer) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::yield_now(),
            result => return result,
        }
    }
}
// ANCHOR_END: spin

fn main() -> io::Result<()> {
    let mut ports = Ports::new();
    let listener = TcpListener::bind("127.0.0.1:0")?;

    listener.set_nonblocking(true)?;
    if let Err(error) = listener.accept() {
        println!("server: accept() → {}", errno(&error));
    }
    listener.set_nonblocking(false)?;

    let mut client = TcpStream::connect(listener.local_addr()?)?;
    ports.name("C", client.local_addr()?);
    println!("client: connect()");
    let (mut connected, peer) = listener.accept()?;
    println!("server: accept() → peer {}", ports.show(peer));

    connected.set_nonblocking(true)?;
    let mut buffer = [0; 100];
    let result = connected.read(&mut buffer);
    println!("server: read() → {}", received(&result, &buffer));

    client.write_all(b"hello")?;
    println!("client: write_all(\"hello\")");
    let result = ask_until_ready(&mut connected, &mut buffer);
    println!("server: read() → {}", received(&result, &buffer));
    let result = connected.read(&mut buffer);
    println!("server: read() → {}", received(&result, &buffer));

    drop(client);
    println!("client: close()");
    let result = ask_until_ready(&mut connected, &mut buffer);
    println!("server: read() → {}", received(&result, &buffer));
    Ok(())
}
// ANCHOR_END: program
