//! Misconception: what lies behind the newline comes again with the next read.
//! Caught by: cuts_joined_lines_apart

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
    let mut line = Vec::new();
    let mut buf = vec![0; 4096];
    loop {
        let n = stream.read(&mut buf).await?;
        if n == 0 {
            line.make_ascii_uppercase();
            return stream.write_all(&line).await;
        }
        match buf[..n].iter().position(|&byte| byte == b'\n') {
            None => line.extend_from_slice(&buf[..n]),
            Some(end) => {
                line.extend_from_slice(&buf[..=end]);
                line.make_ascii_uppercase();
                stream.write_all(&line).await?;
                line.clear();
            }
        }
    }
}
