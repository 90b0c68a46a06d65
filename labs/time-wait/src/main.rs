//! Lab `time-wait`: a server that closes first, and comes back on its port.
//! 실습 `time-wait`: 먼저 닫는 서버, 그리고 같은 포트에서 다시 켜지는 서버입니다.
//!
//! It hands out a text, the one on its standard input, to everyone who
//! connects, and closes. So the leftovers of its connections are its own.
//! 표준 입력으로 받은 글을, 연결해 오는 누구에게나 보내고 닫습니다. 먼저
//! 닫으니 연결의 흔적은 모두 서버에 남습니다.
//!
//! ```text
//! cargo run -p time-wait 127.0.0.1:7000 < README.md
//! ```
//!
//! Stopped and started again, it has to be there at once; but never next to
//! another server that lives on that port. If it cannot have the address, it
//! prints `ADDRESS: EADDRINUSE`, or whatever the reason is, and fails.
//! 껐다가 다시 켜면 바로 그 포트에 있어야 합니다. 다만 그 포트에 살아 있는
//! 다른 서버가 있다면 끼어들지 않습니다. 주소를 쓸 수 없으면
//! `ADDRESS: EADDRINUSE`처럼 까닭을 출력하고 0이 아닌 코드로 끝납니다.
//! `ADDRESS` 자리에는 인자로 받은 주소가 들어갑니다.

use std::io::{self, Read as _};
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;

use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_string());
    let addr: SocketAddr = addr.parse().expect("an IP address and a port");
    let mut text = Vec::new();
    io::stdin().read_to_end(&mut text).expect("a text on standard input");
    match listen(addr) {
        Ok(listener) => {
            println!("listening on {}", listener.local_addr().expect("a bound socket"));
            hand_out(&listener, &text);
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("{addr}: {}", name(&error));
            ExitCode::FAILURE
        }
    }
}

/// A listening socket on `addr`, and on no other address. These are the calls
/// that `TcpListener::bind` makes as well, all but one. Write the rest of the
/// program first, then stop it, start it again, and see what comes without it.
/// `addr`에서, 그리고 거기서만 리스닝하는 소켓입니다. `TcpListener::bind`도 이 호출들을
/// 부르는데, 여기에는 그 가운데 하나가 빠져 있습니다. 나머지를 먼저 쓰고, 껐다가 다시 켜
/// 보세요. 그 호출이 없으면 어떻게 되는지 보입니다.
fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    let listening = Socket::new(Domain::for_address(addr), Type::STREAM, None)?;
    listening.bind(&addr.into())?;
    listening.listen(128)?;
    Ok(listening.into())
}

/// Why there is no listening socket: `EADDRINUSE`, or what the system calls it.
/// 리스닝 소켓을 만들지 못한 이유입니다. `EADDRINUSE`이거나 시스템이 알려 준 그대로입니다.
fn name(_error: &io::Error) -> String {
    todo!("name the reason / 실패한 이유를 적기")
}

/// Sends `text` to one client after another, and closes first. A client that
/// breaks off ends its own connection only. One that never reads a long text
/// stops this server for all behind it: that is what "one after another" costs.
/// It has one client's descriptor at a time, so it does not run out of them.
/// 클라이언트마다 차례로 `text`를 보내고 먼저 닫습니다. 클라이언트가 RST로 끊으면 그 연결만
/// 끝납니다. 긴 글을 영영 읽지 않는 클라이언트가 있으면 뒤의 클라이언트는 모두 기다립니다.
/// 한 번에 하나씩 상대하는 대가입니다. 클라이언트의 디스크립터는 한 번에 하나뿐이라
/// 모자랄 일이 없습니다.
fn hand_out(_listener: &TcpListener, _text: &[u8]) {
    todo!("accept, send, close / 받고, 보내고, 닫기")
}
