//! Lab `name-the-end`: a client that says what has ended a conversation, and who.
//! 실습 `name-the-end`: 연결이 어떻게, 누구 때문에 끝났는지 출력하는 클라이언트입니다.
//!
//! It sends each line of its input as soon as it is typed, byte for byte, text
//! or not; the last one may have no line end. When the input is over it ends
//! its own half, and prints what the service says until the end. The last line
//! of its output names that end:
//! 입력을 한 줄씩, 들어오는 대로, 글이든 아니든 바이트 그대로 보냅니다. 마지막 줄에는
//! 줄 끝이 없을 수도 있습니다. 입력이 끝나면 자기 쪽만 닫고, 서비스가 보내는 것을
//! 끝까지 출력합니다. 마지막 줄에는 무엇으로 끝났는지 적습니다.
//!
//! ```text
//! EOF, by the peer's program
//! ECONNRESET, by the peer or its kernel
//! ```
//!
//! Other names are `EPIPE`, `ETIMEDOUT` and `ECONNREFUSED`; others who can
//! have done it are `the peer's kernel` and `this kernel`. The book has the
//! table: tcp/closing, "What the answers mean".
//! 나머지 이름은 `EPIPE`, `ETIMEDOUT`, `ECONNREFUSED`이고, 끝낸 쪽으로는
//! `the peer's kernel`(상대의 커널)과 `this kernel`(내 커널)이 더 있습니다.
//! 책의 tcp/closing 장, "돌아온 값 읽기"에 표가 있습니다.

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

/// How long the kernel may wait for an answer: to a SYN, or to sent bytes.
/// SYN이나 보낸 바이트의 답을 커널이 기다려도 되는 시간입니다.
const PATIENCE: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let addr = std::env::args().nth(1).expect("the address of the service, such as 127.0.0.1:4001");
    let addr: SocketAddr = addr.parse().expect("an IP address and a port");
    let end = converse(addr, PATIENCE);
    println!("{}", name(&end));
    if end.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Sends standard input line by line, then prints the answer. `Ok` says that
/// the answer has come to its end; `Err` is the first error of any call that
/// tells why the connection is gone. (ENOTCONN tells only that it is.)
/// 표준 입력을 한 줄씩 보내고 나서 답을 출력합니다. 답이 끝까지 왔으면 `Ok`,
/// 아니면 연결이 왜 사라졌는지 알려 주는 첫 오류가 `Err`입니다.
/// (ENOTCONN은 사라졌다는 것만 알려 줍니다.)
fn converse(_addr: SocketAddr, _patience: Duration) -> io::Result<()> {
    todo!("connect, send, end my half, print the answer / 연결하고, 보내고, 내 쪽을 닫고, 답을 출력하기")
}

/// The last line of the output.
/// 출력의 마지막 줄입니다.
fn name(_end: &io::Result<()>) -> String {
    todo!("name the end, and who has caused it / 무엇으로, 누가 끝냈는지 적기")
}
