//! Lab `framing`: a server that finds the messages in a stream of bytes.
//! 실습 `framing`: 바이트 스트림에서 메시지를 찾아내는 서버입니다.
//!
//! `cargo run -p framing` answers messages. Each begins with its length: four
//! bytes, the most significant first, which do not count themselves. The answer
//! is a message with the same bytes in reverse order.
//! `cargo run -p framing`은 메시지에 답합니다. 메시지는 길이부터 시작합니다. 길이는
//! 4바이트이고 높은 자리가 먼저 오며, 이 4바이트 자신은 세지 않습니다. 답은 같은
//! 바이트를 거꾸로 늘어놓은 메시지입니다.
//!
//! ```text
//! 00 00 00 03  61 62 63   →   00 00 00 03  63 62 61
//! ```
//!
//! `cargo run -p framing lines` answers lines. A line ends with `\n` or with
//! `\r\n`; the answer is the line in reverse order, and `\r\n`.
//! `cargo run -p framing lines`는 줄에 답합니다. 줄은 `\n`이나 `\r\n`으로 끝납니다.
//! 답은 거꾸로 늘어놓은 줄과 `\r\n`입니다.
//!
//! Either way it prints one line for each client that is gone: what became of it.
//! Words of your own belong on standard error: `eprintln!`.
//! 어느 쪽이든 클라이언트가 떠날 때마다 어떻게 끝났는지 한 줄을 출력합니다. 그 밖에
//! 찍어 보고 싶은 것은 `eprintln!`으로 표준 오류에 쓰세요.
//!
//! `cargo test -p framing` says what is missing. Start with `answer_messages`. There a
//! message that is sent is called `m1`, its answer `M1`, and `m1[..9]` are its first
//! nine bytes, length and all; a line is `l1`, its answer `L1`.
//! 무엇이 빠졌는지는 `cargo test -p framing`이 알려 줍니다. `answer_messages`부터
//! 시작하세요. 거기서 `m1`은 보낸 메시지이고 `M1`은 돌아올 답입니다. `m1[..9]`는 길이까지
//! 쳐서 처음 9바이트입니다. 줄은 `l1`, 그 답은 `L1`입니다.

use std::io::{self, ErrorKind};
use std::net::{TcpListener, TcpStream};

/// A message of more bytes is refused.
/// 이보다 긴 메시지는 거절합니다.
const LONGEST_MESSAGE: usize = 65_536;

/// A line of more bytes, its end not counted, is refused.
/// 이보다 긴 줄은 거절합니다. 줄 끝은 세지 않습니다.
const LONGEST_LINE: usize = 1_000;

fn main() -> io::Result<()> {
    let takes_lines = std::env::args().nth(1).is_some_and(|mode| mode == "lines");
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on {}", listener.local_addr()?);

    // One client after the other: that is enough here, and costs two things. A client
    // that falls silent keeps all behind it waiting, for ever: there is no time limit.
    // So does one that vanishes, until the kernel gives up on an answer that nobody
    // acknowledges: an error, after a quarter of an hour (a check makes that short).
    // And only because one client at a time has a descriptor may accept's error end
    // the program: no crowd can use them up. Leave the printing as it is.
    // 클라이언트는 한 번에 하나씩 차례로 상대하면 됩니다. 대신 말없이 버티는 클라이언트가
    // 있으면 뒤의 클라이언트는 영영 기다립니다. 시간 제한이 없습니다. 사라진 클라이언트가
    // 있어도 그렇습니다. 다만 보낸 답에 ACK가 오지 않으면 커널이 15분쯤 뒤에 포기하고
    // 오류로 알립니다(검사에서는 이 시간을 줄입니다). 디스크립터를 쓰는
    // 클라이언트도 한 번에 하나뿐이라, 아무리 몰려와도 모자라지 않습니다. 그래서 accept의
    // 오류로는 프로그램을 끝내도 됩니다. 출력하는 부분은 그대로 두세요.
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
/// `done`은 클라이언트가 메시지를 온전히 보내고 끝냈다는 뜻이고, 나머지는 오류입니다.
fn what_became_of_it(result: &io::Result<()>) -> &'static str {
    match result.as_ref().map_err(io::Error::kind) {
        Ok(()) => "done",
        Err(ErrorKind::UnexpectedEof) => "cut off",
        Err(ErrorKind::InvalidData) => "too long",
        Err(_) => "lost",
    }
}

/// Answers each message of `stream`, until the client has no more.
/// `stream`의 메시지마다 답합니다. 클라이언트가 다 보낼 때까지 계속합니다.
fn answer_messages(_stream: TcpStream) -> io::Result<()> {
    todo!("take {LONGEST_MESSAGE} bytes at most, answer each message / {LONGEST_MESSAGE}바이트까지 받아 답하기")
}

/// Stage 6: answers each line of `stream`, until the client has no more.
/// 6단계: `stream`의 줄마다 답합니다. 클라이언트가 다 보낼 때까지 계속합니다.
fn answer_lines(_stream: TcpStream) -> io::Result<()> {
    todo!("take {LONGEST_LINE} bytes at most, answer each line / {LONGEST_LINE}바이트까지 받아 줄마다 답하기")
}
