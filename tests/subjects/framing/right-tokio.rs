//! Built differently: tokio, with a buffered reader and `read_exact`, whose first byte is asked for beforehand.

use std::io::{self, ErrorKind};

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};

const LONGEST_MESSAGE: usize = 65_536;
const LONGEST_LINE: usize = 1_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let takes_lines = std::env::args().nth(1).is_some_and(|mode| mode == "lines");
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            let stream = BufStream::new(stream);
            let result = if takes_lines { lines(stream).await } else { messages(stream).await };
            let became = match result {
                Ok(()) => "done",
                Err(error) => match error.kind() {
                    ErrorKind::UnexpectedEof => "cut off",
                    ErrorKind::InvalidData => "too long",
                    _ => "lost",
                },
            };
            println!("{became}");
        });
    }
}

async fn has_ended(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<bool> {
    Ok(stream.fill_buf().await?.is_empty())
}

async fn messages(mut stream: BufStream<TcpStream>) -> io::Result<()> {
    while !has_ended(&mut stream).await? {
        let len = stream.read_u32().await?;
        if len as usize > LONGEST_MESSAGE {
            return Err(ErrorKind::InvalidData.into());
        }
        let mut message = vec![0; len as usize];
        stream.read_exact(&mut message).await?;
        message.reverse();
        stream.write_u32(len).await?;
        stream.write_all(&message).await?;
        stream.flush().await?;
    }
    Ok(())
}

async fn lines(mut stream: BufStream<TcpStream>) -> io::Result<()> {
    while !has_ended(&mut stream).await? {
        let mut line = Vec::new();
        // Byte by byte out of the buffer, as a state machine would.
        loop {
            match stream.read_u8().await? {
                b'\n' => break,
                byte => line.push(byte),
            }
            if line.len() > LONGEST_LINE && !(line.len() == LONGEST_LINE + 1 && line.ends_with(b"\r")) {
                return Err(ErrorKind::InvalidData.into());
            }
        }
        if line.ends_with(b"\r") {
            line.pop();
        }
        line.reverse();
        stream.write_all(&line).await?;
        stream.write_all(b"\r\n").await?;
        stream.flush().await?;
    }
    Ok(())
}
