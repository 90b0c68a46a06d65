//! Many clients on one thread: a task for each, and a silent one stops nobody.

// ANCHOR: server
use std::collections::HashSet;
use std::io;
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use listings::text;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

async fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let length = stream.read(&mut buffer).await?;
        if length == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..length]).await?;
    }
}

async fn serve(listener: TcpListener, threads: Arc<Mutex<HashSet<ThreadId>>>) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let threads = Arc::clone(&threads);
        tokio::spawn(async move {
            threads.lock().expect("no task panics").insert(thread::current().id());
            if let Err(error) = echo(stream).await {
                eprintln!("server: {error}");
            }
        });
    }
}
// ANCHOR_END: server

// ANCHOR: client
async fn ask(name: &str, stream: &mut TcpStream, message: &str) -> io::Result<()> {
    stream.write_all(message.as_bytes()).await?;
    println!("{name}: write_all({})", text(message.as_bytes()));
    let mut answer = vec![0; message.len()];
    stream.read_exact(&mut answer).await?;
    println!("{name}: read_exact() → {}", text(&answer));
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let threads = Arc::new(Mutex::new(HashSet::new()));
    tokio::spawn(serve(listener, Arc::clone(&threads)));

    let mut a = TcpStream::connect(address).await?;
    println!("a: connect()");
    let mut b = TcpStream::connect(address).await?;
    println!("b: connect()");
    let mut c = TcpStream::connect(address).await?;
    println!("c: connect()");

    // a came first and says nothing until the others are done.
    ask("c", &mut c, "hello from c").await?;
    ask("b", &mut b, "hello from b").await?;
    ask("a", &mut a, "hello from a").await?;

    println!("threads: {}", threads.lock().expect("no task panics").len());
    Ok(())
}
// ANCHOR_END: client
