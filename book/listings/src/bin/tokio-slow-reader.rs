//! One client asks for much and reads nothing; another is served meanwhile.

// ANCHOR: server
use std::io;
use std::time::Duration;

use listings::{received, text};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time;

const SIZE: usize = 10_000_000;

async fn serve(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 100];
    let length = stream.read(&mut buffer).await?;
    if &buffer[..length] == b"much" {
        stream.write_all(&vec![b'x'; SIZE]).await
    } else {
        stream.write_all(&buffer[..length]).await
    }
}
// ANCHOR_END: server

// ANCHOR: client
#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut slow = TcpStream::connect(listener.local_addr()?).await?;
    let mut to_slow = tokio::spawn(serve(listener.accept().await?.0));
    let mut other = TcpStream::connect(listener.local_addr()?).await?;
    let to_other = tokio::spawn(serve(listener.accept().await?.0));

    slow.write_all(b"much").await?;
    println!("a: write_all(\"much\")");
    let waited = time::timeout(Duration::from_millis(300), &mut to_slow).await;
    println!("server → a: write_all({SIZE} bytes), 300 ms → done {}", waited.is_ok());

    other.write_all(b"hello").await?;
    println!("b: write_all(\"hello\")");
    let mut buffer = [0; 100];
    let result = other.read(&mut buffer).await;
    println!("b: read() → {}", received(&result, &buffer));
    to_other.await.expect("the task does not panic")?;

    let mut everything = Vec::new();
    slow.read_to_end(&mut everything).await?;
    println!("a: read_to_end() → {} {}…", everything.len(), text(&everything[..3]));
    to_slow.await.expect("the task does not panic")
}
// ANCHOR_END: client
