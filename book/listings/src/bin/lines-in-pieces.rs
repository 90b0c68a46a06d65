//! read_until() puts the pieces of a line together, keeps what comes behind
//! it, and returns the last piece even without its end.

// ANCHOR: program
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use listings::text;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (server, _) = listener.accept()?;

    let writer = thread::spawn(move || -> io::Result<()> {
        for piece in ["USER ann\r", "\nLIST\r\nNO", "OP\nQU", "IT"] {
            client.write_all(piece.as_bytes())?;
        }
        Ok(())
    });

    let mut reader = BufReader::new(server);
    loop {
        let mut line = Vec::new();
        let length = reader.read_until(b'\n', &mut line)?;
        println!("read_until() → {length} {}", text(&line));
        if length == 0 {
            break;
        }
    }
    writer.join().expect("the writer does not panic")
}
// ANCHOR_END: program
