//! Misconception: first read everything, then answer.
//! Caught by: answers_a_line

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
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
    let (mut reader, mut writer) = stream.split();
    let mut all = Vec::new();
    reader.read_to_end(&mut all).await?;
    all.make_ascii_uppercase();
    writer.write_all(&all).await
}
