//! Misconception: reading and writing in two tasks is better, and the queue
//! between them needs no limit.
//! Caught by: a_slow_reader_stops_nobody

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

// One thread for everything. Leave this line as it is.
#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on {}", listener.local_addr()?);

    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            // One client's error ends its task, and nothing else.
            if let Err(error) = answer(stream).await {
                eprintln!("a client is gone: {error}");
            }
        });
    }
}

/// Answers each line of `stream` in upper case, until the client has no more.
async fn answer(stream: TcpStream) -> io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let (answers, mut waiting) = mpsc::unbounded_channel::<Vec<u8>>();
    tokio::spawn(async move {
        while let Some(line) = waiting.recv().await {
            if writer.write_all(&line).await.is_err() {
                return;
            }
        }
    });
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).await? > 0 {
        line.make_ascii_uppercase();
        if answers.send(std::mem::take(&mut line)).is_err() {
            break;
        }
    }
    Ok(())
}
