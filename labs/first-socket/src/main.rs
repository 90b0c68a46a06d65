//! Lab `first-socket`: your first socket.
//! 실습 `first-socket`: 나의 첫 소켓.
//!
//! Three functions are yours, and each is one call of the standard library.
//! `main` is there already: it opens two sockets, and waits for Enter before each
//! further step, so that you can look at the program from a second terminal.
//! 채울 함수는 셋이고, 저마다 표준 라이브러리의 호출 하나입니다. `main`은 이미 다 되어
//! 있습니다. 소켓을 둘 열고, 단계마다 Enter를 기다립니다. 그동안 다른 터미널에서 이
//! 프로그램을 들여다볼 수 있습니다.
//!
//! ```text
//! first: 127.0.0.1:54321       ss -uanp | grep first-socket
//! second: 127.0.0.1:40123
//!                       Enter
//! first: descriptor 3          ls -l /proc/$(pgrep -nx first-socket)/fd
//! second: descriptor 4
//!                       Enter
//! first: closed                ls -l /proc/$(pgrep -nx first-socket)/fd
//!                       Enter
//! ```
//!
//! `cargo test -p first-socket` says what is missing. Start with `open`. There
//! `A` and `B` stand for the numbers and `P` and `Q` for the ports, because they may
//! be others in each run.
//! 무엇이 빠졌는지는 `cargo test -p first-socket`이 알려 줍니다. `open`부터 시작하세요.
//! 번호와 포트는 실행할 때마다 다를 수 있어서 거기서는 번호를 `A`와 `B`, 포트를 `P`와 `Q`로
//! 적습니다.

use std::io;
use std::net::UdpSocket;
use std::os::fd::RawFd;

// Stage 1 / 1단계

/// A UDP socket on 127.0.0.1, with any port that is free.
/// 127.0.0.1의 비어 있는 아무 포트에 붙인 UDP 소켓.
fn open() -> io::Result<UdpSocket> {
    todo!("one call that makes a socket and gives it an address / 소켓을 만들고 주소를 붙이는 호출 하나")
}

// Stage 2 / 2단계

/// The number by which this program holds the socket: its descriptor.
/// 이 프로그램이 소켓을 쥐고 있는 번호, 곧 디스크립터.
fn number(_socket: &UdpSocket) -> RawFd {
    todo!("ask the socket for its number / 소켓에게 번호 묻기")
}

// Stage 3 / 3단계

/// Closes the socket: its number is free again.
/// 소켓을 닫습니다. 그 번호는 다시 비게 됩니다.
fn close(_socket: UdpSocket) {
    todo!("one call that gives it up / 소켓을 놓는 호출 하나")
}

// Nothing to do below. / 아래에는 고칠 것이 없습니다.

fn main() -> io::Result<()> {
    let first = open()?;
    let second = open()?;
    println!("first: {}", first.local_addr()?);
    println!("second: {}", second.local_addr()?);
    wait_for_enter()?;

    println!("first: descriptor {}", number(&first));
    println!("second: descriptor {}", number(&second));
    wait_for_enter()?;

    close(first);
    println!("first: closed");
    wait_for_enter()
}

fn wait_for_enter() -> io::Result<()> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(())
}
