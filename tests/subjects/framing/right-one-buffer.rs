//! Built differently: one buffer for each connection, which is cut by hand, and a thread for each client.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

const LONGEST_MESSAGE: usize = 65_536;
const LONGEST_LINE: usize = 1_000;

/// What the buffer begins with.
enum Front {
    /// So many bytes of it are done with, and this is the answer.
    Whole(usize, Vec<u8>),
    /// Nothing whole yet.
    Piece,
    /// Something that will never be taken.
    TooLong,
}

fn main() -> io::Result<()> {
    let look = match std::env::args().nth(1).as_deref() {
        Some("lines") => line,
        _ => message,
    };
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on {}", listener.local_addr()?);
    for stream in listener.incoming() {
        let stream = stream?;
        thread::spawn(move || {
            let became = match converse(stream, look) {
                Ok(became) => became,
                Err(error) if error.kind() == ErrorKind::InvalidData => "too long",
                Err(_) => "lost",
            };
            println!("{became}");
        });
    }
    Ok(())
}

fn converse(mut stream: TcpStream, look: fn(&[u8]) -> Front) -> io::Result<&'static str> {
    let mut pending = Vec::new();
    let mut chunk = [0; 777];
    loop {
        match look(&pending) {
            Front::Whole(n, answer) => {
                pending.drain(..n);
                let mut rest = &answer[..];
                while !rest.is_empty() {
                    rest = &rest[stream.write(rest)?..];
                }
            }
            Front::TooLong => return Err(ErrorKind::InvalidData.into()),
            Front::Piece => match stream.read(&mut chunk)? {
                0 => return Ok(if pending.is_empty() { "done" } else { "cut off" }),
                n => pending.extend_from_slice(&chunk[..n]),
            },
        }
    }
}

fn message(pending: &[u8]) -> Front {
    let Some((prefix, rest)) = pending.split_at_checked(4) else { return Front::Piece };
    let len = prefix.iter().fold(0, |len, &byte| len << 8 | usize::from(byte));
    if len > LONGEST_MESSAGE {
        return Front::TooLong;
    }
    let Some(body) = rest.get(..len) else { return Front::Piece };
    Front::Whole(4 + len, prefix.iter().chain(body.iter().rev()).copied().collect())
}

fn line(pending: &[u8]) -> Front {
    let Some(end) = pending.iter().position(|&byte| byte == b'\n') else {
        // One more may be a `\r` that has only to wait for its `\n`.
        let is_too_long = pending.len() > LONGEST_LINE + 1;
        return if is_too_long { Front::TooLong } else { Front::Piece };
    };
    let line = pending[..end].strip_suffix(b"\r").unwrap_or(&pending[..end]);
    if line.len() > LONGEST_LINE {
        return Front::TooLong;
    }
    Front::Whole(end + 1, line.iter().rev().chain(b"\r\n").copied().collect())
}
