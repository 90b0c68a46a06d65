//! Misconception: with `async` everything happens at the same time.
//! Caught by: serves_many_on_one_thread

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
        if let Err(error) = answer(stream).await {
            eprintln!("a client is gone: {error}");
        }
    }
}

/// Answers each line of `stream` in upper case, until the client has no more.
async fn answer(mut stream: TcpStream) -> io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    // 0 is the end of the stream with nothing left of a line.
    while reader.read_until(b'\n', &mut line).await? > 0 {
        line.make_ascii_uppercase();
        writer.write_all(&line).await?;
        line.clear();
    }
    Ok(())
}
