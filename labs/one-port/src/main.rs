//! Lab `one-port`: how many owners can one port number have?
//! 실습 `one-port`: 포트 번호 하나의 주인은 몇이나 될 수 있을까요?
//!
//! Each line of standard input is an order, and is answered with a line. What
//! has been opened stays open until it is closed, or until Ctrl-C.
//! 표준 입력의 한 줄이 명령 하나이고, 명령마다 한 줄로 답합니다. 연 것은 닫으라고 하거나
//! Ctrl-C를 누를 때까지 그대로 둡니다.
//!
//! ```text
//! tcp 127.0.0.1:7010           1 127.0.0.1:7010
//! udp 127.0.0.1:7010           2 127.0.0.1:7010
//! tcp 127.0.0.1:7010           EADDRINUSE
//! tcp 192.0.2.1:7010           EADDRNOTAVAIL
//! tcp 127.0.0.1:7011 shared    3 127.0.0.1:7011    SO_REUSEPORT
//! tcp 127.0.0.1:0              4 127.0.0.1:41873   any port / 아무 포트
//! tcp [::1]:7010               5 [::1]:7010        IPv6
//! copy 1                       6 127.0.0.1:7010    the same socket / 같은 소켓
//! close 1                      closed 1
//! close 1                      error: there is no 1
//! ```
//!
//! `cargo test -p one-port` says what is missing. Start with `open`. There addresses
//! have names, because they are others in each run: `A:1` is an address with its port,
//! `B:1` another address with the same port, `A:?` the first one with a port that has
//! no name. The answer `2 A:1` is number 2, which is at `A:1`.
//! 무엇이 빠졌는지는 `cargo test -p one-port`가 알려 줍니다. `open`부터 시작하세요. 실행할
//! 때마다 주소가 달라지므로 거기서는 이름으로 부릅니다. `A:1`은 주소 하나와 포트 하나이고,
//! `B:1`은 포트는 같고 주소만 다른 곳, `A:?`는 주소는 같지만 이름 없는 포트를 쓰는 곳입니다.
//! 답이 `2 A:1`이면 `A:1`에 있는 2번이라는 뜻입니다.

use std::io::{self, BufRead};
use std::net::SocketAddr;
use std::thread;

use socket2::{Socket, Type};

/// What has been opened: number 1 is the first. `None` has been closed.
/// 지금까지 연 것. 1번이 맨 앞입니다. 닫은 자리는 `None`입니다.
type Owners = Vec<Option<Socket>>;

/// A socket of this kind at `addr`. A TCP socket listens. `shared`: others may
/// have just the same address and port, if they say so, too.
/// `addr`에 붙인 이 종류의 소켓. TCP 소켓이면 리스닝까지 합니다. `shared`라면 똑같이 `shared`인
/// 다른 소켓도 같은 주소와 포트를 쓸 수 있습니다.
fn open(_kind: Type, _addr: SocketAddr, _shared: bool) -> io::Result<Socket> {
    todo!("make a socket, bind it, and let a TCP socket listen / 소켓을 만들고, 주소를 붙이고, TCP 소켓이면 리스닝하기")
}

/// The address and port that the socket really has.
/// 소켓이 실제로 가진 주소와 포트.
fn address(_socket: &Socket) -> io::Result<SocketAddr> {
    todo!("ask the kernel / 커널에게 물어보기")
}

/// `EADDRINUSE`, `EADDRNOTAVAIL`, or for any other error what it says itself.
/// `EADDRINUSE`나 `EADDRNOTAVAIL`, 다른 오류라면 오류의 말 그대로.
fn reason(_error: &io::Error) -> String {
    todo!("which of the two is it? / 둘 가운데 어느 것인지 가리기")
}

/// One more descriptor of the same socket.
/// 같은 소켓을 가리키는 디스크립터 하나 더.
fn copy(_socket: &Socket) -> io::Result<Socket> {
    todo!("not a second socket: a second descriptor / 소켓을 더 만들지 말고 디스크립터만 더 만들기")
}

/// The owner with this number, if there is one.
/// 이 번호의 주인. 없으면 `None`입니다.
fn find(_owners: &Owners, _number: usize) -> Option<&Socket> {
    todo!("any number may come, 0 and 4000000000 among them / 0이나 4000000000도 올 수 있습니다")
}

/// Gives up the owner with this number; whether there was one.
/// 이 번호의 주인을 닫습니다. 그런 주인이 있었는지 돌려줍니다.
fn close(_owners: &mut Owners, _number: usize) -> bool {
    todo!("the other numbers stay what they are / 다른 번호는 그대로 두기")
}

// Nothing to do below. / 아래에는 고칠 것이 없습니다.

fn main() -> io::Result<()> {
    let mut owners = Owners::new();
    for line in io::stdin().lock().split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        match understand(&line) {
            Some(order) => println!("{}", carry_out(order, &mut owners)),
            None => println!("error: no order: {line:?}"),
        }
    }
    // Who holds a socket holds its port.
    loop {
        thread::park();
    }
}

enum Order {
    Open(Type, SocketAddr, bool),
    Copy(usize),
    Close(usize),
}

fn understand(line: &str) -> Option<Order> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["tcp", addr] => Some(Order::Open(Type::STREAM, addr.parse().ok()?, false)),
        ["udp", addr] => Some(Order::Open(Type::DGRAM, addr.parse().ok()?, false)),
        ["tcp", addr, "shared"] => Some(Order::Open(Type::STREAM, addr.parse().ok()?, true)),
        ["udp", addr, "shared"] => Some(Order::Open(Type::DGRAM, addr.parse().ok()?, true)),
        ["copy", number] => Some(Order::Copy(number.parse().ok()?)),
        ["close", number] => Some(Order::Close(number.parse().ok()?)),
        _ => None,
    }
}

fn carry_out(order: Order, owners: &mut Owners) -> String {
    let opened = match order {
        Order::Open(kind, addr, shared) => open(kind, addr, shared),
        Order::Copy(number) => match find(owners, number) {
            Some(socket) => copy(socket),
            None => return format!("error: there is no {number}"),
        },
        Order::Close(number) if close(owners, number) => return format!("closed {number}"),
        Order::Close(number) => return format!("error: there is no {number}"),
    };
    match opened.and_then(|socket| Ok((address(&socket)?, socket))) {
        Ok((addr, socket)) => {
            owners.push(Some(socket));
            format!("{} {addr}", owners.len())
        }
        Err(error) => reason(&error),
    }
}
