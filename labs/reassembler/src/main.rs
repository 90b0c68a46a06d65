//! Lab `reassembler`: puts a stream together from segments that come in any
//! order, more than once, and cut in any way.
//! 실습 `reassembler`: 순서 없이, 여러 번, 아무렇게나 잘려 오는 세그먼트로 스트림을 맞춥니다.
//!
//! No socket is opened. Each line of standard input is answered with a line:
//! 소켓은 열지 않습니다. 표준 입력의 한 줄마다 한 줄로 답합니다.
//!
//! | asked / 묻는 줄      | what it is / 뜻                      | answer / 답      |
//! |----------------------|--------------------------------------|------------------|
//! | `new 8`              | a new stream, with room for 8 bytes / 8바이트 자리가 있는 새 스트림 | `ack 0 kept 0` |
//! | `put 0 abc`          | the bytes 0, 1 and 2 have come / 0, 1, 2번 바이트가 옴 | `ack 3 kept 0` |
//! | `put 5 fg`           | 5 and 6, too early / 5, 6번이 일찍 옴 | `ack 3 kept 2`  |
//! | `put 7 - fin`        | no byte, and the end stands at 7 / 바이트는 없고 7번이 끝 | `ack 3 kept 2` |
//! | `read 100`           | the program reads at most 100 / 프로그램이 100바이트까지 읽음 | `bytes abc`, `wait`, `end` |
//!
//! Anything else is answered with `error: …` and changes nothing.
//! 그 밖의 줄은 `error: …`로 답하고 아무것도 바꾸지 않습니다.
//!
//! ```text
//! printf 'new 8\nput 3 de\nput 0 abc\nread 9\n' | cargo run -q -p reassembler
//! ```
//!
//! - `ack` is the number that is awaited next: the first byte that is missing.
//!   The end takes a number, too: when all bytes before it have come, `ack` is
//!   one more than the number of bytes.
//! - `kept` counts the bytes that came too early and wait behind a gap.
//! - `read` gives `wait` if nothing can be read yet, and `end` when everything
//!   has been read and the end has been reached.
//! - The room begins at the first byte that has not been read. Bytes beyond it
//!   are not taken; they will come again, and the end with them.
//! - `ack`는 다음에 기다리는 번호, 곧 처음 빠진 바이트의 번호입니다. 끝도 번호를 하나
//!   차지합니다. 끝 앞의 바이트가 다 왔다면 `ack`는 바이트 수보다 하나 큽니다.
//! - `kept`는 일찍 와서 빈 곳 뒤에서 기다리는 바이트의 수입니다.
//! - `read`는 아직 읽을 것이 없으면 `wait`, 다 읽고 끝에 이르렀으면 `end`를 냅니다.
//! - 자리는 아직 읽지 않은 첫 바이트부터 셉니다. 자리를 넘는 바이트는 받지 않습니다.
//!   나중에 끝 표시와 함께 다시 옵니다.
//!
//! `cargo test -p reassembler` says what is missing. Start with bytes that come
//! in order. / 무엇이 빠졌는지는 `cargo test -p reassembler`가 알려 줍니다. 순서대로 오는
//! 바이트부터 시작하세요.

use std::io::{self, BufRead, Write};

/// What a read gives. / 읽기의 결과.
#[allow(dead_code, reason = "until you use it")]
enum Read {
    Bytes(Vec<u8>),
    /// Nothing can be read yet. / 아직 읽을 것이 없음.
    Wait,
    /// Everything has been read, and no more will come. / 다 읽었고 더 올 것이 없음.
    End,
}

/// One direction of a connection, at the side that receives.
/// 연결의 한 방향을 받는 쪽.
struct Reassembler {
    // What has to be remembered between two lines?
    // 한 줄과 다음 줄 사이에 무엇을 기억해야 할까요?
}

impl Reassembler {
    /// With room for `room` bytes. / 자리가 `room`바이트인 새 스트림.
    fn new(_room: usize) -> Reassembler {
        todo!("remember what a new stream begins with / 새 스트림이 무엇으로 시작하는지 기억하기")
    }

    /// `bytes` have come, the first of which has the number `offset`. With
    /// `fin`, the stream ends right behind them. There may be no bytes at all.
    /// 번호 `offset`부터 `bytes`가 왔습니다. `fin`이면 바로 그 뒤가 스트림의 끝입니다.
    /// 바이트가 하나도 없을 수도 있습니다.
    fn put(&mut self, _offset: u64, _bytes: &[u8], _fin: bool) {
        todo!("take the bytes that come in order / 순서대로 온 바이트 받기")
    }

    /// The number that is awaited next. / 다음에 기다리는 번호.
    fn ack(&self) -> u64 {
        todo!("the first number that is missing / 처음 빠진 번호")
    }

    /// How many bytes wait behind a gap. / 빈 곳 뒤에서 기다리는 바이트의 수.
    fn kept(&self) -> usize {
        todo!("count them; 0 is enough for stage 1 / 세기. 1단계에서는 0이면 됩니다")
    }

    /// At most `most` bytes, in order; `most` is not 0.
    /// 순서대로 많아야 `most`바이트. `most`는 0이 아닙니다.
    fn read(&mut self, _most: usize) -> Read {
        todo!("give the bytes out in order / 바이트를 순서대로 내주기")
    }
}

// Nothing to do below. / 아래에는 고칠 것이 없습니다.

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

/// `-` stands for none. / `-`는 바이트가 없다는 뜻입니다.
fn bytes(text: &str) -> &[u8] {
    if text == "-" { b"" } else { text.as_bytes() }
}
