//! One write() may take fewer bytes than it was given.

// ANCHOR: program
// ANCHOR: write
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

const SIZE: usize = 10_000_000;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;
    let bytes = vec![b'x'; SIZE];

    // The server does not read yet, and write() has this long and no longer.
    client.set_write_timeout(Some(Duration::from_millis(100)))?;
    let taken = client.write(&bytes)?;
    // ANCHOR_END: write
    assert!(0 < taken && taken < SIZE, "write() took {taken}");
    println!("client: write({SIZE} bytes) → n, 0 < n < {SIZE}");

    // Now the server reads everything, and the client sends what is left.
    client.set_write_timeout(None)?;
    let reader = thread::spawn(move || {
        let mut everything = Vec::new();
        server.read_to_end(&mut everything)
    });
    // ANCHOR: loop
    let mut sent = taken;
    while sent < bytes.len() {
        sent += client.write(&bytes[sent..])?;
    }
    // ANCHOR_END: loop
    println!("client: write() + … + write() → {sent}");
    client.shutdown(Shutdown::Write)?;

    let length = reader.join().expect("the reader does not panic")?;
    println!("server: read() + … + read() → {length}");
    Ok(())
}
// ANCHOR_END: program
