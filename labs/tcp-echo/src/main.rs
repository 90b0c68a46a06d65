//! Lab `tcp-echo`: a server that sends back whatever it receives.
//! 실습 `tcp-echo`: 받은 것을 그대로 돌려보내는 서버입니다.
//!
//! `cargo run -p tcp-echo` starts it. It prints one line and serves clients
//! until you stop it with Ctrl-C.
//! `cargo run -p tcp-echo`로 실행합니다. 한 줄을 출력하고 Ctrl-C로 멈출 때까지
//! 클라이언트를 상대합니다.
//!
//! ```text
//! listening on 127.0.0.1:54321
//! ```
//!
//! With an address (`cargo run -p tcp-echo 127.0.0.1:4001`) it listens there.
//! 주소를 주면(`cargo run -p tcp-echo 127.0.0.1:4001`) 그 주소에서 리스닝합니다.
//!
//! `cargo test -p tcp-echo` says what is missing. Start with `echo`.
//! 무엇이 빠졌는지는 `cargo test -p tcp-echo`가 알려 줍니다. `echo`부터 시작하세요.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = match std::env::args().nth(1) {
        None => TcpListener::bind("127.0.0.1:0")?,
        Some(addr) => listen_on(addr.parse().expect("an address such as 127.0.0.1:4001"))?,
    };
    println!("listening on {}", listener.local_addr()?);

    // Yours to change from stage 4 on: this serves one client after the other.
    // 4단계부터 고칠 곳: 지금은 클라이언트를 한 번에 하나씩 차례로 상대합니다.
    for stream in listener.incoming() {
        echo(stream?)?;
    }

    Ok(())
}

/// Sends back every byte that `stream` brings, until the client has no more.
/// `stream`으로 온 바이트를 모두 돌려보냅니다. 클라이언트가 다 보낼 때까지 계속합니다.
fn echo(_stream: TcpStream) -> io::Result<()> {
    todo!("read some bytes, write the same bytes back, again and again / 읽은 만큼 되돌려 쓰기를 되풀이하기")
}

/// Stage 6: a listening socket on `addr`, made call by call: socket, options, bind, listen.
/// `TcpListener::bind` passes, too: it sets the option that this stage is about.
/// 6단계: `addr`의 리스닝 소켓을 호출 하나하나로 만듭니다. 소켓, 옵션, bind, listen.
/// `TcpListener::bind`로도 통과하지만, 이 단계에서 볼 옵션을 그 함수가 알아서 켜 버립니다.
fn listen_on(_addr: SocketAddr) -> io::Result<TcpListener> {
    todo!("make the socket with socket2, one line for each call / socket2로 호출마다 한 줄씩 쓰기")
}
