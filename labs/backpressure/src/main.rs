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
//! What goes wrong with one client is that client's: a service that is gone, a
//! side that breaks off. A side that vanishes in silence keeps its two
//! connections for ever: this relay has no time limit. Only if something is on its
//! way to that side does the kernel give up, after a quarter of an hour (a check
//! makes that short): an error, like that of a reset. Two sockets a client are
//! also why descriptors run out here first; then `main` goes on with what it has.
//! 클라이언트 하나에서 잘못된 것은 그 클라이언트의 일입니다. 서비스가 없거나 한쪽이 RST로
//! 끊어도 다른 클라이언트는 계속합니다. 말없이 사라진 쪽이 있으면 연결 둘이 영영 남습니다.
//! 이 중계기에는 시간 제한이 없습니다. 다만 그쪽으로 보낸 것에 ACK가 오지 않으면 커널이
//! 15분쯤 뒤에 포기하고, RST를 받았을 때처럼 오류로 알립니다(검사에서는 이 시간을
//! 줄입니다). 클라이언트마다 소켓이 둘이라 디스크립터가 먼저
//! 모자랍니다. 그때도 `main`은 이미 맺은 연결로 계속합니다.
//!
//! A kernel tells of a reset once, to whichever call comes first. If that is a
//! write of one thread, another thread's read of the same socket is given 0, and
//! that is no end. Which call comes first is chance, so no check asks for it.
//! 커널은 RST를 한 번만, 먼저 온 호출에 알려 줍니다. 한 스레드의 write가 그 오류를 가져가면
//! 같은 소켓을 읽던 다른 스레드는 0을 받는데, 이 0은 끝이 아닙니다. 어느 호출이 먼저일지는
//! 우연이라서 검사하지는 않습니다.
//!
//! `cargo test -p backpressure` says what is missing. Words of your own belong
//! on standard error: `eprintln!`.
//! 무엇이 빠졌는지는 `cargo test -p backpressure`가 알려 줍니다. 찍어 보고 싶은 것은
//! `eprintln!`으로 표준 오류에 쓰세요.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// How long `main` lets accept be when it has failed. Whoever comes waits in
/// the queue; to ask again at once would only keep the processor busy.
/// accept가 실패하면 이만큼 쉬었다 다시 부릅니다. 그동안 온 클라이언트는 대기열에서
/// 기다립니다. 바로 다시 부르면 CPU만 씁니다.
const A_MOMENT: Duration = Duration::from_millis(100);

fn main() -> io::Result<()> {
    let service = std::env::args().nth(1).expect("the address of the service, such as 127.0.0.1:4001");
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on {}", listener.local_addr()?);

    // Yours to change in stage 4. Until then one client after the other will do.
    // 3단계까지는 클라이언트를 한 번에 하나씩 상대해도 됩니다. 4단계에서 고치세요.
    for stream in listener.incoming() {
        let client = match stream {
            Ok(client) => client,
            // No descriptor is left, say: those who are served may give one back.
            // 디스크립터가 모자랄 때 그렇습니다. 상대하던 클라이언트가 떠나면 다시 생깁니다.
            Err(error) => {
                eprintln!("accept: {error}");
                thread::sleep(A_MOMENT);
                continue;
            }
        };
        if let Err(error) = relay(client, &service) {
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
