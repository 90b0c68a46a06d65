//! The client ends its own direction only; the answer still comes back.

// ANCHOR: program
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

use listings::{outcome, received, text};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;

    client.write_all(b"one two three")?;
    println!("client: write_all(\"one two three\")");
    client.shutdown(Shutdown::Write)?;
    println!("client: shutdown(SHUT_WR)");
    println!("client: write(\"four\") → {}", outcome(&client.write(b"four")));

    // Everything up to the end: read_to_end() calls read() until it returns 0.
    let mut question = Vec::new();
    server.read_to_end(&mut question)?;
    println!("server: read_to_end() → {} {}", question.len(), text(&question));
    let mut buffer = [0; 100];
    let result = server.read(&mut buffer);
    println!("server: read() → {}", received(&result, &buffer));

    // The server answers how many words came.
    let words = question.split(|&byte| byte == b' ').count();
    server.write_all(format!("{words} words").as_bytes())?;
    drop(server);
    println!("server: write_all(\"{words} words\"), close()");

    let mut answer = Vec::new();
    client.read_to_end(&mut answer)?;
    println!("client: read_to_end() → {} {}", answer.len(), text(&answer));
    Ok(())
}
// ANCHOR_END: program
