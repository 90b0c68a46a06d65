//! Misconception: an error of a task is an error of the server.
//! Caught by: survives_a_reset

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

// One thread for everything. Leave this line as it is.
#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on {}", listener.local_addr()?);

    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (stream, _) = accepted?;
                clients.spawn(answer(stream));
            }
            Some(ended) = clients.join_next() => ended??,
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
