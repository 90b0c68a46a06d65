//! Lab `small-writes`: a client that sends many small messages, and wastes
//! neither packets nor time.
//! 실습 `small-writes`: 작은 메시지를 많이 보내면서 패킷도 시간도 낭비하지 않는
//! 클라이언트입니다.
//!
//! It reads commands, one a line, and sends messages to a collector. Each message
//! begins with its length: four bytes, the most significant first.
//! 한 줄에 하나씩 명령을 읽어 수집기에 메시지를 보냅니다. 메시지는 길이부터 시작합니다.
//! 길이는 4바이트이고 높은 자리가 먼저 옵니다.
//!
//! ```text
//! say pear     →   00 00 00 04  70 65 61 72
//! count 3      →   00 00 00 01  31   00 00 00 01  32   00 00 00 01  33
//! ```
//!
//! The text of `say` is bytes of any kind, or none. A line that is no command is told on
//! standard error, and nothing is sent for it.
//! `say`의 글은 아무 바이트나 되고 비어 있어도 됩니다. 명령이 아닌 줄은 표준 오류에 알리고 아무것도 보내지
//! 않습니다.
//!
//! ```text
//! nc -l 127.0.0.1 4001 | od -An -tx1 &
//! cargo run -p small-writes 127.0.0.1:4001
//! ```
//!
//! `cargo test -p small-writes` says what is missing. Start with `say`.
//! 무엇이 빠졌는지는 `cargo test -p small-writes`가 알려 줍니다. `say`부터 시작하세요.

use std::io::{self, BufRead as _};
use std::net::TcpStream;

fn main() -> io::Result<()> {
    let addr = std::env::args().nth(1).expect("the address of the collector, such as 127.0.0.1:4001");
    let mut collector = TcpStream::connect(addr)?;

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

    // The collector learns by the end of the stream that this was all.
    // 수집기는 스트림의 끝을 보고 다 왔다는 것을 압니다.
    Ok(())
}

/// The number behind `count `, if this is such a command.
/// `count ` 뒤의 수. 그런 명령이 아니면 `None`입니다.
fn counted(line: &[u8]) -> Option<u32> {
    std::str::from_utf8(line.strip_prefix(b"count ")?).ok()?.parse().ok()
}

/// Sends one message. Somebody waits for it.
/// 메시지 하나를 보냅니다. 기다리는 사람이 있습니다.
fn say(_collector: &mut TcpStream, _text: &[u8]) -> io::Result<()> {
    todo!("send the length and the text / 길이와 글을 보내기")
}

/// Stage 3: sends the numbers from 1 to `n`, each as a message, in few segments.
/// 3단계: 1부터 `n`까지 수를 하나씩 메시지로, 적은 세그먼트에 담아 보냅니다.
fn count(_collector: &mut TcpStream, _n: u32) -> io::Result<()> {
    todo!("send the messages 1, 2, 3 and so on / 메시지 1, 2, 3…을 보내기")
}
