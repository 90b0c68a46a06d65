//! Lab `half-close`: has a service work on your input, and prints its answer.
//! 실습 `half-close`: 입력을 서비스에 맡기고 돌아온 답을 출력하는 클라이언트입니다.
//!
//! The service has no idea how much is coming. It learns that this was all in
//! the way every program learns it: by the end of the stream. Input and answer
//! are bytes, text or not.
//! 서비스는 얼마나 올지 모릅니다. 다 왔다는 것은 스트림 끝(EOF)을 보고서야 압니다.
//! 입력도 답도 바이트이고, 글이 아닐 수도 있습니다.
//!
//! ```text
//! socat -t 5 TCP-LISTEN:4001,fork EXEC:sort &
//! printf 'pear\nfig\napple\n' | cargo run -p half-close 127.0.0.1:4001
//! ```
//!
//! prints the three lines in order. `cargo test -p half-close` says what is
//! missing. The service may vanish in silence: then this program waits, for ever
//! if nothing is on its way to it, else until the kernel gives up after a quarter
//! of an hour (a check makes that short). The lab `name-the-end` sets a time limit.
//! 이렇게 하면 세 줄이 차례대로 출력됩니다. 무엇이 빠졌는지는
//! `cargo test -p half-close`가 알려 줍니다. 서비스가 말없이 사라지면 이 프로그램은
//! 하염없이 기다립니다. 다만 보낸 것에 ACK가 오지 않으면 커널이 15분쯤 뒤에
//! 포기합니다(검사에서는 이 시간을 줄입니다). 시간 제한은 실습 `name-the-end`에서 둡니다.

use std::io;
use std::net::TcpStream;

fn main() -> io::Result<()> {
    let addr = std::env::args().nth(1).expect("the address of the service, such as 127.0.0.1:4001");
    let service = TcpStream::connect(addr)?;
    converse(service)
}

/// Sends all of standard input to the service, and prints all of its answer.
/// 표준 입력을 모두 서비스로 보내고, 돌아온 답을 모두 출력합니다.
fn converse(_service: TcpStream) -> io::Result<()> {
    todo!("send the input, say that this was all, print the answer / 입력을 보내고, 다 보냈다고 알리고, 답을 출력하기")
}
