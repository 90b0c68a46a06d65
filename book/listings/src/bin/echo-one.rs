//! An echo server for one client: what came is sent back until the client ends.

// ANCHOR: server
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use listings::{received, text};

fn echo(stream: &mut TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            // The client has said its last byte.
            return Ok(());
        }
        stream.write_all(&buffer[..length])?;
    }
}

fn serve_one(listener: TcpListener) -> io::Result<()> {
    let (mut stream, _) = listener.accept()?;
    echo(&mut stream)
}
// ANCHOR_END: server

// ANCHOR: client
fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = thread::spawn(move || serve_one(listener));

    let mut stream = TcpStream::connect(address)?;
    for message in ["hello", "hello again"] {
        stream.write_all(message.as_bytes())?;
        println!("client: write_all({})", text(message.as_bytes()));
        // As many bytes as were sent, in however many pieces they come.
        let mut answer = vec![0; message.len()];
        stream.read_exact(&mut answer)?;
        println!("client: read_exact() → {}", text(&answer));
    }

    stream.shutdown(Shutdown::Write)?;
    println!("client: shutdown(SHUT_WR)");
    let mut rest = [0; 100];
    let result = stream.read(&mut rest);
    println!("client: read() → {}", received(&result, &rest));

    let ended = server.join().expect("the server thread does not panic");
    println!("server: serve_one() → {ended:?}");
    ended
}
// ANCHOR_END: client
