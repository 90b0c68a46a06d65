//! The same server with a buffer of its own, cut by hand, and a runtime that is
//! built without the macro.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_io().build()?.block_on(serve())
}

async fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(answer(stream));
    }
}

async fn answer(mut stream: TcpStream) -> io::Result<()> {
    let mut pending = Vec::new();
    let mut chunk = [0; 777];
    loop {
        let n = stream.read(&mut chunk).await?;
        pending.extend_from_slice(&chunk[..n]);
        let complete = pending.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        // At the end of the stream the rest counts as a line.
        let ready = if n == 0 { pending.len() } else { complete };
        let lines: Vec<u8> = pending.drain(..ready).map(|byte| byte.to_ascii_uppercase()).collect();
        stream.write_all(&lines).await?;
        if n == 0 {
            return Ok(());
        }
    }
}
