//! Misconception: a number that is too large becomes a smaller one.
//! Caught by: sends_nothing_for_nonsense

use std::io::{self, BufRead as _, BufWriter, Write as _};
use std::net::TcpStream;

fn main() -> io::Result<()> {
    let addr = std::env::args().nth(1).expect("the address of the collector, such as 127.0.0.1:4001");
    let mut collector = TcpStream::connect(addr)?;
    // Every write below is a whole message or many: none gains by waiting.
    collector.set_nodelay(true)?;

    for line in io::stdin().lock().split(b'\n') {
        let line = line?;
        if let Some(text) = line.strip_prefix(b"say ") {
            say(&mut collector, text)?;
        } else if let Some(n) = counted(&line) {
            count(&mut collector, n)?;
        } else {
            eprintln!("no command: {:?}", String::from_utf8_lossy(&line));
        }
    }

    Ok(())
}

/// The number behind `count `, if this is such a command.
fn counted(line: &[u8]) -> Option<u32> {
    std::str::from_utf8(line.strip_prefix(b"count ")?).ok()?.parse().ok().map(|n: u64| n as u32)
}

/// Sends one message, length and text in one write.
fn say(collector: &mut TcpStream, text: &[u8]) -> io::Result<()> {
    collector.write_all(&message(text)?)
}

/// Sends the numbers from 1 to `n`, each as a message, as many as fit in a write.
fn count(collector: &mut TcpStream, n: u32) -> io::Result<()> {
    let mut buffered = BufWriter::new(collector);
    for number in 1..=n {
        buffered.write_all(&message(number.to_string().as_bytes())?)?;
    }
    buffered.flush()
}

/// The bytes of a message: its length, and the text.
fn message(text: &[u8]) -> io::Result<Vec<u8>> {
    let length = u32::try_from(text.len()).map_err(io::Error::other)?;
    Ok([&length.to_be_bytes(), text].concat())
}
