//! Lab `tokio-lines`: a server that answers lines, for many clients on one thread.
//! 실습 `tokio-lines`: 스레드 하나로 여러 클라이언트의 줄에 답하는 서버입니다.
//!
//! `cargo run -p tokio-lines` starts it. It prints one line:
//! `cargo run -p tokio-lines`로 실행합니다. 한 줄을 출력합니다.
//!
//! ```text
//! listening on 127.0.0.1:54321
//! ```
//!
//! Every line of every client is answered in upper case: `hello` becomes `HELLO`.
//! 줄을 받으면 대문자로 바꾸어 돌려보냅니다. `hello`에는 `HELLO`라고 답합니다.
//!
//! A line ends with `\n`. The last one may lack it; it is answered without one.
//! 줄은 `\n`으로 끝납니다. 마지막 줄에는 없을 수 있고, 그때는 답에도 붙이지 않습니다.
//!
//! `cargo test -p tokio-lines` says what is missing. Start with `answer`.
//! 무엇이 빠졌는지는 `cargo test -p tokio-lines`가 알려 줍니다. `answer`부터 시작하세요.

use std::io;

use tokio::net::{TcpListener, TcpStream};

// One thread for everything. Leave this line as it is.
// 스레드 하나로 모든 일을 합니다. 이 줄은 그대로 두세요.
#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on {}", listener.local_addr()?);

    loop {
        let (stream, _) = listener.accept().await?;
        // Yours to change from stage 4 on: this stays with one client until it has ended.
        // 4단계부터 고칠 곳: 지금은 한 클라이언트가 끝날 때까지 그 클라이언트만 상대합니다.
        answer(stream).await?;
    }
}

/// Answers each line of `stream` in upper case, until the client has no more.
/// `stream`의 줄마다 대문자로 답합니다. 클라이언트가 다 보낼 때까지 계속합니다.
async fn answer(_stream: TcpStream) -> io::Result<()> {
    todo!("collect bytes until a line is complete, answer it, go on / 한 줄이 될 때까지 모아서 답하기")
}
