//! Misconception: what has no newline is no line.
//! Caught by: answers_an_unfinished_last_line

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

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
async fn answer(mut stream: TcpStream) -> io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).await? > 0 && line.ends_with(b"\n") {
        line.make_ascii_uppercase();
        writer.write_all(&line).await?;
        line.clear();
    }
    Ok(())
}
