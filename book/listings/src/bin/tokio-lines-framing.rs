//! Bytes are not lines: what each read() brings of a text that was written in
//! other pieces than its lines.

// ANCHOR: program
use std::io;

use listings::text;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut client = TcpStream::connect(listener.local_addr()?).await?;
    let (mut server, _) = listener.accept().await?;

    let mut everything = Vec::new();
    let mut buffer = [0; 100];
    // Each piece is read before the next is written; otherwise the cuts could
    // fall anywhere.
    for piece in ["hel", "lo\nwor", "ld\none\ntwo\nlast"] {
        client.write_all(piece.as_bytes()).await?;
        println!("client: write_all({})", text(piece.as_bytes()));
        let length = server.read(&mut buffer).await?;
        let ends = buffer[..length].iter().filter(|&&byte| byte == b'\n').count();
        println!("server: read() → {length} {}, line ends: {ends}", text(&buffer[..length]));
        everything.extend_from_slice(&buffer[..length]);
    }
    client.shutdown().await?;
    println!("client: shutdown(SHUT_WR)");
    let length = server.read(&mut buffer).await?;
    println!("server: read() → {length}");

    for line in everything.split_inclusive(|&byte| byte == b'\n') {
        println!("line: {}", text(line));
    }
    Ok(())
}
// ANCHOR_END: program
