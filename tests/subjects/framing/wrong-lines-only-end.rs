//! Misconception: a line that does not end was cut off, whatever the reason.
//! Caught by: takes_no_piece_for_a_line

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};

/// A message of more bytes is refused.
const LONGEST_MESSAGE: usize = 65_536;

/// A line of more bytes, its end not counted, is refused.
const LONGEST_LINE: usize = 1_000;

fn main() -> io::Result<()> {
    let takes_lines = std::env::args().nth(1).is_some_and(|mode| mode == "lines");
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on {}", listener.local_addr()?);

    // One client after the other: that is enough here. Leave the printing as it is.
    for stream in listener.incoming() {
        let stream = stream?;
        let result = if takes_lines { answer_lines(stream) } else { answer_messages(stream) };
        if let Err(error) = &result {
            eprintln!("{error}");
        }
        println!("{}", what_became_of_it(&result));
    }

    Ok(())
}

/// `done`: the client ended after a whole message. The rest are errors.
fn what_became_of_it(result: &io::Result<()>) -> &'static str {
    match result.as_ref().map_err(io::Error::kind) {
        Ok(()) => "done",
        Err(ErrorKind::UnexpectedEof) => "cut off",
        Err(ErrorKind::InvalidData) => "too long",
        Err(_) => "lost",
    }
}

/// Answers each message of `stream`, until the client has no more.
fn answer_messages(mut stream: TcpStream) -> io::Result<()> {
    loop {
        let mut prefix = [0; 4];
        match fill(&mut stream, &mut prefix)? {
            0 => return Ok(()),
            4 => {}
            _ => return Err(ErrorKind::UnexpectedEof.into()),
        }
        let len = u32::from_be_bytes(prefix) as usize;
        // Before anything is made that is so long.
        if len > LONGEST_MESSAGE {
            return Err(ErrorKind::InvalidData.into());
        }
        let mut message = vec![0; len];
        if fill(&mut stream, &mut message)? < len {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        message.reverse();
        stream.write_all(&[&prefix, &message[..]].concat())?;
    }
}

/// Reads until `buf` is full. Returns how many bytes came: fewer only if the
/// stream has ended.
fn fill(stream: &mut TcpStream, buf: &mut [u8]) -> io::Result<usize> {
    let mut have = 0;
    while have < buf.len() {
        match stream.read(&mut buf[have..])? {
            0 => break,
            n => have += n,
        }
    }
    Ok(have)
}

/// Stage 6: answers each line of `stream`, until the client has no more.
fn answer_lines(mut stream: TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut line = Vec::new();
        // A line that may still be right has at most `\r\n` behind it.
        let most = LONGEST_LINE as u64 + 2;
        let Ok(count) = reader.by_ref().take(most).read_until(b'\n', &mut line) else {
            return Err(ErrorKind::UnexpectedEof.into());
        };
        if count == 0 {
            return Ok(());
        }
        let is_whole = line.pop_if(|last| *last == b'\n').is_some();
        if is_whole {
            line.pop_if(|last| *last == b'\r');
        }
        if line.len() > LONGEST_LINE {
            return Err(ErrorKind::InvalidData.into());
        }
        if !is_whole {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        line.reverse();
        line.extend(b"\r\n");
        stream.write_all(&line)?;
    }
}
