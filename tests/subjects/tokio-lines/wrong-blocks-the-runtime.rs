//! Misconception: inside a task one may call anything, also what blocks.
//! Caught by: serves_many_on_one_thread

use std::io::{self, BufRead, BufReader, Write};

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
async fn answer(stream: TcpStream) -> io::Result<()> {
    let stream = stream.into_std()?;
    stream.set_nonblocking(false)?;
    let mut reader = BufReader::new(&stream);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        line.make_ascii_uppercase();
        (&stream).write_all(&line)?;
        line.clear();
    }
    Ok(())
}
