//! Misconception: bytes that have no room come again; where the stream ends is known from now on.
//! Caught by: takes_no_more_than_it_has_room_for

use std::collections::VecDeque;
use std::io::{self, BufRead, Write};

/// What a read gives.
#[allow(dead_code, reason = "until you use it")]
enum Read {
    Bytes(Vec<u8>),
    /// Nothing can be read yet.
    Wait,
    /// Everything has been read, and no more will come.
    End,
}

/// One direction of a connection, at the side that receives.
struct Reassembler {
    room: usize,
    /// The number of the first byte that has not been read.
    first: u64,
    /// From there on: what has come. Never longer than the room.
    window: VecDeque<Option<u8>>,
    /// How many at the front of the window have no gap before them.
    ready: usize,
    /// The number of the end, once it is known.
    end: Option<u64>,
}

impl Reassembler {
    /// With room for `room` bytes.
    fn new(room: usize) -> Reassembler {
        Reassembler { room, first: 0, window: VecDeque::new(), ready: 0, end: None }
    }

    /// `bytes` have come, the first of which has the number `offset`. With
    /// `fin`, the stream ends right behind them.
    fn put(&mut self, offset: u64, bytes: &[u8], fin: bool) {
        // Numbers from the front of the window; what lies before it has been read.
        let skip = self.first.saturating_sub(offset).min(bytes.len() as u64) as usize;
        let Ok(start) = usize::try_from(offset.saturating_sub(self.first)) else { return };
        if start > self.room {
            if fin {
                self.end = offset.checked_add(bytes.len() as u64);
            }
            return;
        }
        let new = &bytes[skip..];
        let taken = new.len().min(self.room - start);
        self.window.resize(self.window.len().max(start + taken), None);
        for (slot, byte) in self.window.range_mut(start..start + taken).zip(new) {
            *slot = Some(*byte);
        }
        if fin && taken == new.len() {
            self.end = Some(offset + bytes.len() as u64);
        }
        self.ready += self.window.range(self.ready..).take_while(|byte| byte.is_some()).count();
    }

    /// The number that is awaited next.
    fn ack(&self) -> u64 {
        let next = self.first + self.ready as u64;
        // The end has a number, too.
        if self.end == Some(next) { next + 1 } else { next }
    }

    /// How many bytes wait behind a gap.
    fn kept(&self) -> usize {
        self.window.range(self.ready..).filter(|byte| byte.is_some()).count()
    }

    /// At most `most` bytes, in order; `most` is not 0.
    fn read(&mut self, most: usize) -> Read {
        if self.ready == 0 {
            return if self.end == Some(self.first) { Read::End } else { Read::Wait };
        }
        let n = most.min(self.ready);
        self.ready -= n;
        self.first += n as u64;
        Read::Bytes(self.window.drain(..n).flatten().collect())
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
