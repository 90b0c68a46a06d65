//! Lab `call-by-call`: a server and a client, one call after the other.
//! 실습 `call-by-call`: 서버와 클라이언트를 호출 하나씩 움직입니다.
//!
//! Each line of standard input is an order, and is answered with a line. There
//! is one thread: while it waits in one call, nothing else of it happens.
//! 표준 입력의 한 줄이 명령 하나이고, 명령마다 한 줄로 답합니다. 스레드는 하나뿐입니다.
//! 한 호출에서 기다리는 동안 이 프로그램은 다른 일을 하지 않습니다.
//!
//! | order / 명령                          | answer / 답                          |
//! |---------------------------------------|--------------------------------------|
//! | `listen 127.0.0.1:7000`               | `3 127.0.0.1:7000`                   |
//! | `connect 127.0.0.1:7000`              | `4 127.0.0.1:40512 -> 127.0.0.1:7000` |
//! | `connect 127.0.0.1:7000 from 127.0.0.1:5000` | `5 127.0.0.1:5000 -> 127.0.0.1:7000` |
//! | `accept 3`                            | `6 127.0.0.1:7000 -> 127.0.0.1:40512` |
//! | `names 3`                             | `127.0.0.1:7000`                     |
//! | `send 4 hello`                        | `sent 5`                             |
//! | `receive 6`                           | `received hello`, at the end / 끝이면 `end` |
//! | `shutdown 4`, `close 4`               | `shut 4`, `closed 4`                 |
//! | what fails / 안 되는 것               | `ECONNREFUSED`, `error: there is no 9` |
//!
//! A number is the descriptor that the kernel has given. Behind `->` stands the
//! other side, if there is one.
//! 번호는 커널이 준 디스크립터입니다. `->` 뒤는 상대의 주소이고, 상대가 없으면 적지 않습니다.
//!
//! Numbers and ports are others in each run. Messages of the checks call a
//! descriptor `#s` and an address `@s`, and a text that is sent `P1`.
//! 번호와 포트는 실행할 때마다 다릅니다. 검사의 메시지에서는 디스크립터를 `#s`, 주소를 `@s`,
//! 보내는 글을 `P1`처럼 적습니다.
//!
//! `cargo test -p call-by-call` says what is missing. Start with `listen` and `names`.
//! 무엇이 빠졌는지는 `cargo test -p call-by-call`이 알려 줍니다. `listen`과 `names`부터 시작하세요.

use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, RawFd};

use socket2::Socket;

/// A socket that listens at this address. Three calls, and the right order.
/// (SO_REUSEADDR, which a server that is to come back on its port sets, is left
/// out: nothing here comes back. The lab `time-wait` is about that.)
/// 이 주소에서 리스닝하는 소켓. 호출은 셋이고 순서가 있습니다.
/// (같은 포트에서 다시 켜질 서버라면 SO_REUSEADDR도 켜지만, 여기서는 다시 켜질 일이 없어
/// 뺐습니다. 그 이야기는 실습 `time-wait`에서 합니다.)
fn listen(_at: SocketAddr) -> io::Result<Socket> {
    todo!("socket, bind, listen / socket, bind, listen을 차례로 부르기")
}

/// The socket's own address, and that of the other side if it is connected:
/// `peer_addr()` fails where there is nobody, and that is no error here. The
/// answers to `listen`, `connect` and `accept` come from this function, too.
/// 소켓의 내 쪽 주소와, 연결되어 있다면 상대의 주소. 상대가 없으면 `peer_addr()`가
/// 실패하지만 여기서는 오류가 아닙니다. `listen`, `connect`, `accept`의 답에 적히는 주소도 이
/// 함수가 알려 줍니다.
fn names(_socket: &Socket) -> io::Result<(SocketAddr, Option<SocketAddr>)> {
    todo!("ask the kernel for both names / 두 주소를 커널에 묻기")
}

/// A socket that is connected to `to`; from the address `from`, if one is given.
/// `to`에 연결된 소켓. `from`이 있으면 그 주소에서 연결합니다.
fn connect(_to: SocketAddr, _from: Option<SocketAddr>) -> io::Result<Socket> {
    todo!("socket and connect, and one call between them for `from` / socket과 connect, `from`이 있으면 사이에 하나 더")
}

/// The next connection in the queue of `listening`; waits if there is none.
/// `listening`의 대기열에서 다음 연결을 꺼냅니다. 없으면 기다립니다.
fn accept(_listening: &Socket) -> io::Result<Socket> {
    todo!("one call / 호출 하나")
}

/// Hands the bytes to the kernel; says how many it has taken.
/// 바이트를 커널에 넘기고, 커널이 몇 바이트를 받았는지 돌려줍니다.
fn send(_socket: &Socket, _bytes: &[u8]) -> io::Result<usize> {
    todo!("one call / 호출 하나")
}

/// What has come, at most 1024 bytes of it; waits if there is nothing. Empty at
/// the end of the stream. Socket2's `recv` wants a buffer of `MaybeUninit<u8>`;
/// `Read` of std wants plain bytes, and makes the same call: with `use
/// std::io::Read`, `(&*socket).read(&mut buffer)`.
/// 와 있는 것을 1024바이트까지 돌려줍니다. 아무것도 없으면 기다립니다. 스트림의 끝이면
/// 빈 벡터입니다. socket2의 `recv`는 `MaybeUninit<u8>` 버퍼를 받습니다. 보통 바이트 버퍼로
/// 받으려면 `use std::io::Read`를 적고 `(&*socket).read(&mut buffer)`로 부르세요. 커널에 하는
/// 호출은 같습니다.
fn receive(_socket: &Socket) -> io::Result<Vec<u8>> {
    todo!("one read, and only the bytes that it has brought / 한 번 읽고, 읽은 만큼만 돌려주기")
}

/// Says "no more will come from me", and goes on listening.
/// "나는 더 보낼 것이 없다"고 알리고 계속 받습니다.
fn shutdown(_socket: &Socket) -> io::Result<()> {
    todo!("end one direction, keep the socket / 한 방향만 끝내고 소켓은 그대로 두기")
}

// Nothing to do below. / 아래에는 고칠 것이 없습니다.

/// What is open, by the numbers of the kernel.
type Open = BTreeMap<RawFd, Socket>;

fn main() -> io::Result<()> {
    let mut open = Open::new();
    for line in io::stdin().lock().split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        let answer = match understand(&line) {
            Some(order) => carry_out(order, &mut open),
            None => Err(io::Error::other(format!("no order: {line:?}"))),
        };
        println!("{}", answer.unwrap_or_else(|error| name_of(&error)));
    }
    Ok(())
}

enum Order {
    Listen(SocketAddr),
    Connect(SocketAddr, Option<SocketAddr>),
    Accept(RawFd),
    Names(RawFd),
    Send(RawFd, String),
    Receive(RawFd),
    Shutdown(RawFd),
    Close(RawFd),
}

fn understand(line: &str) -> Option<Order> {
    let words: Vec<&str> = line.splitn(3, ' ').collect();
    Some(match words[..] {
        ["listen", at] => Order::Listen(at.parse().ok()?),
        ["connect", to] => Order::Connect(to.parse().ok()?, None),
        ["connect", to, from] => Order::Connect(to.parse().ok()?, Some(from.strip_prefix("from ")?.parse().ok()?)),
        ["accept", number] => Order::Accept(number.parse().ok()?),
        ["names", number] => Order::Names(number.parse().ok()?),
        ["send", number, text] => Order::Send(number.parse().ok()?, text.to_string()),
        ["receive", number] => Order::Receive(number.parse().ok()?),
        ["shutdown", number] => Order::Shutdown(number.parse().ok()?),
        ["close", number] => Order::Close(number.parse().ok()?),
        _ => return None,
    })
}

fn carry_out(order: Order, open: &mut Open) -> io::Result<String> {
    let made = match order {
        Order::Listen(at) => listen(at)?,
        Order::Connect(to, from) => connect(to, from)?,
        Order::Accept(number) => accept(find(open, number)?)?,
        Order::Names(number) => return ends(find(open, number)?),
        Order::Send(number, text) => {
            return Ok(format!("sent {}", send(find(open, number)?, text.as_bytes())?));
        }
        Order::Receive(number) => {
            let bytes = receive(find(open, number)?)?;
            return Ok(if bytes.is_empty() { "end".into() } else { format!("received {}", bytes.escape_ascii()) });
        }
        Order::Shutdown(number) => {
            shutdown(find(open, number)?)?;
            return Ok(format!("shut {number}"));
        }
        Order::Close(number) => {
            find(open, number)?;
            open.remove(&number);
            return Ok(format!("closed {number}"));
        }
    };
    let number = made.as_raw_fd();
    let answer = format!("{number} {}", ends(&made)?);
    open.insert(number, made);
    Ok(answer)
}

fn find(open: &Open, number: RawFd) -> io::Result<&Socket> {
    open.get(&number).ok_or_else(|| io::Error::other(format!("there is no {number}")))
}

fn ends(socket: &Socket) -> io::Result<String> {
    Ok(match names(socket)? {
        (local, Some(peer)) => format!("{local} -> {peer}"),
        (local, None) => local.to_string(),
    })
}

/// The name of an error as the manual pages have it.
fn name_of(error: &io::Error) -> String {
    const NAMES: &[(i32, &str)] = &[
        (libc::EADDRINUSE, "EADDRINUSE"),
        (libc::EADDRNOTAVAIL, "EADDRNOTAVAIL"),
        (libc::ECONNREFUSED, "ECONNREFUSED"),
        (libc::ECONNRESET, "ECONNRESET"),
        (libc::EINVAL, "EINVAL"),
        (libc::EMFILE, "EMFILE"),
        (libc::ENOTCONN, "ENOTCONN"),
        (libc::EPIPE, "EPIPE"),
    ];
    let name = NAMES.iter().find(|(number, _)| Some(*number) == error.raw_os_error());
    name.map_or_else(|| format!("error: {error}"), |(_, name)| (*name).to_string())
}
