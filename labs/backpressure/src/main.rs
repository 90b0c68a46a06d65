//! Lab `backpressure`: a relay that holds little, loses nothing, and lets a slow
//! reader slow down the writer.
//! 실습 `backpressure`: 조금만 담아 두고, 아무것도 잃지 않고, 받는 쪽이 느리면 보내는 쪽도
//! 느려지게 하는 중계기입니다.
//!
//! Clients connect to the relay. For each of them it makes a connection to the
//! service, and carries the bytes in both directions.
//! 클라이언트가 중계기에 연결하면, 중계기는 그때마다 서비스에 연결하고 바이트를 양쪽으로
//! 나릅니다.
//!
//! ```text
//! socat TCP-LISTEN:4001,fork EXEC:rev &
//! cargo run -p backpressure 127.0.0.1:4001
//! nc 127.0.0.1 PORT
//! ```
//!
//! `cargo test -p backpressure` says what is missing. Words of your own belong
//! on standard error: `eprintln!`.
//! 무엇이 빠졌는지는 `cargo test -p backpressure`가 알려 줍니다. 찍어 보고 싶은 것은
//! `eprintln!`으로 표준 오류에 쓰세요.

use std::io;
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let service = std::env::args().nth(1).expect("the address of the service, such as 127.0.0.1:4001");
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on {}", listener.local_addr()?);

    // Yours to change in stage 4. Until then one client after the other will do.
    // 3단계까지는 클라이언트를 한 번에 하나씩 상대해도 됩니다. 4단계에서 고치세요.
    for stream in listener.incoming() {
        if let Err(error) = relay(stream?, &service) {
            eprintln!("{error}");
        }
    }

    Ok(())
}

/// Connects to the service and carries everything between it and the client,
/// until both directions have ended.
/// 서비스에 연결하고, 두 방향이 다 끝날 때까지 클라이언트와 서비스 사이에서 모두 나릅니다.
fn relay(_client: TcpStream, _service: &str) -> io::Result<()> {
    todo!("connect to the service, carry the bytes both ways / 서비스에 연결하고 바이트를 양쪽으로 나르기")
}
