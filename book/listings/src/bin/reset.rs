//! A client throws its connection away; what the server reads, and who is hit.

// ANCHOR: program
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

use listings::{Ports, outcome, received};

fn main() -> io::Result<()> {
    let mut ports = Ports::new();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let rude = TcpStream::connect(address)?;
    let (mut to_rude, _) = listener.accept()?;
    let mut polite = TcpStream::connect(address)?;
    let (mut to_polite, _) = listener.accept()?;

    to_rude.write_all(b"unread")?;
    println!("server → a: write_all(\"unread\")");
    // Wait until the bytes have arrived, but leave them where they are.
    rude.peek(&mut [0; 1])?;
    drop(rude);
    println!("a: close()");

    let mut buffer = [0; 100];
    let result = to_rude.read(&mut buffer);
    println!("server ← a: read() → {}", received(&result, &buffer));
    let result = to_rude.read(&mut buffer);
    println!("server ← a: read() → {}", received(&result, &buffer));
    println!("server → a: write(\"more\") → {}", outcome(&to_rude.write(b"more")));

    polite.write_all(b"hello")?;
    println!("b: write_all(\"hello\")");
    let result = to_polite.read(&mut buffer);
    println!("server ← b: read() → {}", received(&result, &buffer));

    let new = TcpStream::connect(address)?;
    ports.name("C", new.local_addr()?);
    println!("c: connect() → local {}", ports.show(new.local_addr()?));
    let (_, peer) = listener.accept()?;
    println!("server: accept() → peer {}", ports.show(peer));
    Ok(())
}
// ANCHOR_END: program
