//! Lab `udp-rules`: a UDP server whose answers show the rules of UDP.
//! 실습 `udp-rules`: UDP의 규칙을 답으로 보여 주는 서버입니다.
//!
//! `cargo run -p udp-rules` starts it. It prints one line and answers every
//! datagram until you stop it with Ctrl-C.
//! `cargo run -p udp-rules`로 실행합니다. 한 줄을 출력하고 Ctrl-C로 멈출 때까지
//! 데이터그램마다 답합니다.
//!
//! ```text
//! listening on 127.0.0.1:54321
//! ```
//!
//! | what comes           | what goes back                                      |
//! |----------------------|-----------------------------------------------------|
//! | `give 100`           | a datagram of 100 bytes, or `too long`              |
//! | `knock 127.0.0.1:80` | `open`, `refused` or `silent`: who is at that port? |
//! | anything else        | how many bytes came, as text: `37`                  |
//!
//! | 오는 것              | 보내는 답                                           |
//! |----------------------|-----------------------------------------------------|
//! | `give 100`           | 100바이트짜리 데이터그램, 안 되면 `too long`        |
//! | `knock 127.0.0.1:80` | 그 포트에 누가 있는지 `open`, `refused`, `silent`   |
//! | 나머지               | 몇 바이트가 왔는지 적은 글자: `37`                  |
//!
//! `cargo test -p udp-rules` says what is missing. Start with `receive`.
//! 무엇이 빠졌는지는 `cargo test -p udp-rules`가 알려 줍니다. `receive`부터 시작하세요.

use std::io;
use std::net::{SocketAddr, UdpSocket};

fn main() -> io::Result<()> {
    let addr = std::env::args().nth(1).unwrap_or("127.0.0.1:0".to_string());
    let socket = UdpSocket::bind(addr)?;
    println!("listening on {}", socket.local_addr()?);

    loop {
        let (data, length, from) = receive(&socket)?;
        match understand(&data) {
            Request::Give(size) => give(&socket, size, from)?,
            Request::Knock(addr) => {
                let word = knock(addr)?;
                socket.send_to(word.as_bytes(), from)?;
            }
            Request::Other => tell_length(&socket, length, from)?,
        }
    }
}

/// Waits for one datagram: its bytes, its true length, and who sent it.
/// 데이터그램 하나를 기다립니다. 받은 바이트, 보낸 길이 그대로의 길이, 보낸 쪽의 주소를 돌려줍니다.
fn receive(_socket: &UdpSocket) -> io::Result<(Vec<u8>, usize, SocketAddr)> {
    todo!("receive one datagram / 데이터그램 하나 받기")
}

/// Sends `length` as text, such as `37`, to `to`.
/// `length`를 `37` 같은 글자로 바꾸어 `to`로 보냅니다.
fn tell_length(_socket: &UdpSocket, _length: usize, _to: SocketAddr) -> io::Result<()> {
    todo!("send the length, as text, to the one who asked / 물어본 쪽에 길이를 글자로 보내기")
}

/// Sends `size` bytes of any value to `to`, in one datagram; if that is more
/// than a datagram can carry, the text `too long`.
/// 아무 값이나 담은 `size`바이트를 데이터그램 하나로 `to`에 보냅니다. 데이터그램 하나에
/// 담을 수 없는 크기면 `too long`이라는 글자를 보냅니다.
fn give(_socket: &UdpSocket, _size: usize, _to: SocketAddr) -> io::Result<()> {
    todo!("send that many bytes, or `too long` / 그 수만큼 바이트를 보내거나 `too long` 보내기")
}

/// Sends a datagram to `addr` and says what came of it: `open` (an answer
/// came), `refused` (nobody is there) or `silent` (nothing in a second).
/// `addr`로 데이터그램을 보내고 결과를 말합니다. 답이 오면 `open`, 아무도 없으면
/// `refused`, 1초 동안 아무것도 오지 않으면 `silent`입니다.
fn knock(_addr: SocketAddr) -> io::Result<&'static str> {
    todo!("from a new socket, send something there and see what comes back / 새 소켓으로 보내고 결과 보기")
}

/// What a datagram asks for.
/// 데이터그램이 바라는 것.
enum Request {
    Give(usize),
    Knock(SocketAddr),
    Other,
}

/// Finds out what `data` asks for. Nothing to do here.
/// `data`가 바라는 것을 알아냅니다. 고칠 것이 없습니다.
fn understand(data: &[u8]) -> Request {
    let text = String::from_utf8_lossy(data);
    match text.trim_end().split_once(' ') {
        Some(("give", size)) => size.parse().map_or(Request::Other, Request::Give),
        Some(("knock", addr)) => addr.parse().map_or(Request::Other, Request::Knock),
        _ => Request::Other,
    }
}
