//! A client throws its connection away; what the server reads, and who is hit.

// ANCHOR: program
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

use listings::{outcome, received};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let rude = TcpStream::connect(address)?;
    let (mut to_rude, _) = listener.accept()?;
    let mut polite = TcpStream::connect(address)?;
    let (mut to_polite, _) = listener.accept()?;

    to_rude.write_all(b"unread")?;
    println!("server: write_all(\"unread\") to a");
    // Wait until the bytes have arrived, but leave them where they are.
    rude.peek(&mut [0; 1])?;
    drop(rude);
    println!("a: close() with unread bytes");

    let mut buffer = [0; 100];
    let result = to_rude.read(&mut buffer);
    println!("server: read() from a → {}", received(&result, &buffer));
    let result = to_rude.read(&mut buffer);
    println!("server: read() from a → {}", received(&result, &buffer));
    println!("server: write(\"more\") to a → {}", outcome(&to_rude.write(b"more")));

    polite.write_all(b"hello")?;
    println!("b: write_all(\"hello\")");
    let result = to_polite.read(&mut buffer);
    println!("server: read() from b → {}", received(&result, &buffer));
    let accepted = TcpStream::connect(address).and_then(|_client| listener.accept());
    println!("c: connect(); server: accept() works {}", accepted.is_ok());
    Ok(())
}
// ANCHOR_END: program
