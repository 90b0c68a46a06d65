//! Lab `backlog`: an instrument that measures the queue of a listening socket.
//! 실습 `backlog`: 리스닝 소켓의 대기열을 재는 도구입니다.
//!
//! ```text
//! cargo run -p backlog 4
//! ```
//!
//! listens with a backlog of 4 and prints where. Then it does what it is told,
//! one line at a time:
//! 백로그 4로 리스닝하고 주소를 출력합니다. 그다음부터는 한 줄씩 시키는 대로 합니다.
//!
//! - `fill`: connects to itself until the queue takes no more, and prints how
//!   many clients got in.
//!   대기열이 더 받지 않을 때까지 스스로 연결하고, 몇이 들어갔는지 출력합니다.
//! - `accept`: takes one connection out of the queue, keeps it, and prints
//!   `accepted`.
//!   대기열에서 연결을 하나 꺼내 그대로 두고 `accepted`를 출력합니다.
//!
//! - anything else: says so on standard error, and does nothing.
//!   그 밖의 줄: 표준 오류에 알리고 아무것도 하지 않습니다.
//!
//! At the end of its input it ends. `cargo test -p backlog` says what is missing.
//! 입력이 끝나면 프로그램도 끝납니다. 무엇이 빠졌는지는 `cargo test -p backlog`가
//! 알려 줍니다.

use std::io::{self, BufRead as _};
use std::net::{SocketAddr, TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let backlog = std::env::args().nth(1).expect("a backlog, such as 4");
    let listener = listen(backlog.parse().expect("a number"))?;
    let server = listener.local_addr()?;
    println!("listening on {server}");

    let mut clients = Vec::new();
    for line in io::stdin().lock().split(b'\n') {
        match &line?[..] {
            b"fill" => println!("{}", fill(server, &mut clients)?),
            b"accept" => {
                todo!("stage 3: accept one, keep it, print `accepted` / 3단계: 하나 꺼내 두고 `accepted` 출력하기")
            }
            other => eprintln!("fill or accept, not {:?}", String::from_utf8_lossy(other)),
        }
    }
    Ok(())
}

/// Stage 1: a listening socket with this backlog, on any free port of 127.0.0.1.
/// 1단계: 127.0.0.1의 아무 빈 포트에서, 받은 백로그로 리스닝하는 소켓을 만듭니다.
fn listen(_backlog: i32) -> io::Result<TcpListener> {
    todo!("make the socket with socket2, one line for each call / socket2로 호출마다 한 줄씩 쓰기")
}

/// Stage 2: connects to `server` until no further client gets in, and keeps
/// those who did in `clients`. Says how many they were this time.
/// 2단계: 더 들어가지 못할 때까지 `server`에 연결하고, 들어간 것은 `clients`에
/// 둡니다. 이번에 몇이 들어갔는지 돌려줍니다.
fn fill(_server: SocketAddr, _clients: &mut Vec<TcpStream>) -> io::Result<usize> {
    todo!("connect without waiting for ever, and count / 끝없이 기다리지 않고 연결하며 세기")
}
