//! A buffer belongs to the connection: what it holds behind one message is the
//! beginning of the next.

// ANCHOR: program
use std::io::{self, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use listings::{errno, text};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (server, _) = listener.accept()?;

    // Three messages, each with its length in front, in one write.
    let mut bytes = Vec::new();
    for message in ["hello", "hi", "bye"] {
        bytes.extend((message.len() as u32).to_be_bytes());
        bytes.extend(message.as_bytes());
    }
    client.write_all(&bytes)?;
    println!("client: write_all({})", text(&bytes));

    let mut prefix = [0; 4];
    let mut reader = BufReader::new(server);
    for _ in 0..2 {
        reader.read_exact(&mut prefix)?;
        // The length is to be believed here: the client stands a few lines above.
        let mut message = vec![0; u32::from_be_bytes(prefix) as usize];
        reader.read_exact(&mut message)?;
        println!("server: {}; the reader still holds {} bytes", text(&message), reader.buffer().len());
    }

    // A new reader for the third message: the old one takes its bytes with it.
    let server = reader.into_inner();
    server.set_read_timeout(Some(Duration::from_millis(100)))?;
    let mut reader = BufReader::new(server);
    let error = reader.read_exact(&mut prefix).expect_err("nothing is left to read");
    println!("server: new reader: read_exact() → {}", errno(&error));
    Ok(())
}
// ANCHOR_END: program
