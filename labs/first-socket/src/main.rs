//! Lab `first-socket`: your first socket.
//! 실습 `first-socket`: 나의 첫 소켓.
//!
//! Three functions are yours, and each is one line.
//! `main` is there already: it opens two sockets, and waits for Enter before each
//! further step, so that you can look at the program from a second terminal.
//! 채울 함수는 셋이고, 저마다 한 줄입니다. `main`은 이미 다 되어
//! 있습니다. 소켓을 둘 열고, 단계마다 Enter를 기다립니다. 그동안 다른 터미널에서 이
//! 프로그램을 들여다볼 수 있습니다.
//!
//! ```text
//! first: 127.0.0.1:P           ss -uanp | grep first-socket
//! second: 127.0.0.1:Q
//!                       Enter
//! first: descriptor A          ls -l /proc/$(pgrep -nx first-socket)/fd
//! second: descriptor B
//!                       Enter
//! first: closed                ls -l /proc/$(pgrep -nx first-socket)/fd
//!                       Enter
//! ```
//!
//! `A` and `B` stand for numbers and `P` and `Q` for ports, because they may be
//! others in each run. `cargo test -p first-socket` says what is missing. Start
//! with `open`.
//! `A`와 `B`는 번호, `P`와 `Q`는 포트입니다. 실행할 때마다 다를 수 있어서 글자로 적었습니다.
//! 무엇이 빠졌는지는 `cargo test -p first-socket`이 알려 줍니다. `open`부터 시작하세요.

use std::fs::File;
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

/// Closes the socket that is kept here: its number is free again. It has been
/// dropped then, and nothing is left in its place.
/// 여기 들어 있는 소켓을 닫습니다. 소켓은 버려지고(drop), 그 자리는 비고, 번호도 다시 비게
/// 됩니다.
fn close(_kept: &mut Option<UdpSocket>) {
    todo!("one line that leaves nothing here / 여기를 비우는 한 줄")
}

// Nothing to do below. / 아래에는 고칠 것이 없습니다.

fn main() -> io::Result<()> {
    let first = open()?;
    // Files take numbers from the same table.
    // 파일도 같은 표에서 번호를 받습니다.
    let _file = File::open("/dev/null")?;
    let second = open()?;
    println!("first: {}", first.local_addr()?);
    println!("second: {}", second.local_addr()?);
    wait_for_enter()?;

    println!("first: descriptor {}", number(&first));
    println!("second: descriptor {}", number(&second));
    wait_for_enter()?;

    let mut first = Some(first);
    close(&mut first);
    println!("first: closed");
    wait_for_enter()
}

fn wait_for_enter() -> io::Result<()> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(())
}
