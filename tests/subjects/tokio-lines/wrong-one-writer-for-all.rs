//! Misconception: one task can write for all clients, one answer after the other.
//! Caught by: a_slow_reader_stops_nobody

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc};

/// Whom to answer, and what.
type Answer = (Arc<Mutex<OwnedWriteHalf>>, Vec<u8>);

// One thread for everything. Leave this line as it is.
#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on {}", listener.local_addr()?);

    let (answers, mut waiting) = mpsc::channel::<Answer>(16);
    tokio::spawn(async move {
        while let Some((writer, line)) = waiting.recv().await {
            if let Err(error) = writer.lock().await.write_all(&line).await {
                eprintln!("a client is gone: {error}");
            }
        }
    });

    loop {
        let (stream, _) = listener.accept().await?;
        let answers = answers.clone();
        tokio::spawn(async move {
            // One client's error ends its task, and nothing else.
            if let Err(error) = answer(stream, answers).await {
                eprintln!("a client is gone: {error}");
            }
        });
    }
}

/// Answers each line of `stream` in upper case, until the client has no more.
async fn answer(stream: TcpStream, answers: mpsc::Sender<Answer>) -> io::Result<()> {
    let (reader, writer) = stream.into_split();
    let writer = Arc::new(Mutex::new(writer));
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).await? > 0 {
        line.make_ascii_uppercase();
        if answers.send((Arc::clone(&writer), std::mem::take(&mut line))).await.is_err() {
            break;
        }
    }
    Ok(())
}
