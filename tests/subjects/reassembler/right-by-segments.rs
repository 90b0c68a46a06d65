//! Keeps pieces of the stream that do not overlap, each by the number of its first byte.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

/// What a read gives.
enum Read {
    Bytes(Vec<u8>),
    /// Nothing can be read yet.
    Wait,
    /// Everything has been read, and no more will come.
    End,
}

/// One direction of a connection, at the side that receives.
struct Reassembler {
    room: u64,
    /// What may be read, and the number of the byte behind it.
    ready: Vec<u8>,
    next: u64,
    early: BTreeMap<u64, Vec<u8>>,
    end: Option<u64>,
}

impl Reassembler {
    /// With room for `room` bytes.
    fn new(room: usize) -> Reassembler {
        Reassembler { room: room as u64, ready: Vec::new(), next: 0, early: BTreeMap::new(), end: None }
    }

    /// `bytes` have come, the first of which has the number `offset`. With
    /// `fin`, the stream ends right behind them.
    fn put(&mut self, offset: u64, bytes: &[u8], fin: bool) {
        let edge = self.next - self.ready.len() as u64 + self.room;
        let Some(behind) = offset.checked_add(bytes.len() as u64) else { return };
        if fin && behind <= edge {
            self.end = Some(behind);
        }
        let mut start = offset.max(self.next);
        while start < behind.min(edge) {
            // Up to the next piece that is there, or past the one we stand in.
            let before = self.early.range(..=start).next_back();
            if let Some((at, piece)) = before
                && at + piece.len() as u64 > start
            {
                start = at + piece.len() as u64;
                continue;
            }
            let stop = self.early.range(start..).next().map_or(u64::MAX, |(at, _)| *at).min(behind).min(edge);
            self.early.insert(start, bytes[(start - offset) as usize..(stop - offset) as usize].to_vec());
            start = stop;
        }
        while let Some(piece) = self.early.remove(&self.next) {
            self.next += piece.len() as u64;
            self.ready.extend(piece);
        }
    }

    /// The number that is awaited next.
    fn ack(&self) -> u64 {
        self.next + u64::from(self.end == Some(self.next))
    }

    /// How many bytes wait behind a gap.
    fn kept(&self) -> usize {
        self.early.values().map(Vec::len).sum()
    }

    /// At most `most` bytes, in order; `most` is not 0.
    fn read(&mut self, most: usize) -> Read {
        match self.ready.len().min(most) {
            0 if self.end == Some(self.next) => Read::End,
            0 => Read::Wait,
            n => Read::Bytes(self.ready.drain(..n).collect()),
        }
    }
}

fn main() -> io::Result<()> {
    let mut stream = Reassembler::new(0);
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().split(b'\n') {
        let line = line?;
        match std::str::from_utf8(&line).ok().and_then(|line| answer(line, &mut stream)) {
            Some(answer) => writeln!(out, "{answer}")?,
            None => writeln!(out, "error: no order: {:?}", String::from_utf8_lossy(&line))?,
        }
    }
    Ok(())
}

/// `None`: the line is no order, and nothing has changed.
fn answer(line: &str, stream: &mut Reassembler) -> Option<String> {
    let words: Vec<&str> = line.split(' ').collect();
    match words[..] {
        ["new", room] => *stream = Reassembler::new(room.parse().ok()?),
        ["put", offset, text] => stream.put(offset.parse().ok()?, bytes(text), false),
        ["put", offset, text, "fin"] => stream.put(offset.parse().ok()?, bytes(text), true),
        ["read", most] => {
            return Some(match stream.read(most.parse().ok().filter(|&most| most > 0)?) {
                Read::Bytes(bytes) => format!("bytes {}", String::from_utf8_lossy(&bytes)),
                Read::Wait => "wait".to_string(),
                Read::End => "end".to_string(),
            });
        }
        _ => return None,
    }
    Some(format!("ack {} kept {}", stream.ack(), stream.kept()))
}

/// `-` stands for none.
fn bytes(text: &str) -> &[u8] {
    if text == "-" { b"" } else { text.as_bytes() }
}
