//! Lab `descriptors`: sockets, and the numbers by which a program holds them.
//! 실습 `descriptors`: 소켓, 그리고 프로그램이 소켓을 다룰 때 쓰는 번호.
//!
//! Each line of standard input is an order, and is answered with a line. The
//! numbers are the kernel's: yours may be others.
//! 표준 입력의 한 줄이 명령 하나이고, 명령마다 한 줄로 답합니다. 번호는 커널이 준 것이라
//! 아래와 다를 수 있습니다.
//!
//! | order / 명령             | answer / 답             | stage / 단계 |
//! |--------------------------|-------------------------|---|
//! | `udp`                    | `3`                     | 1 |
//! | `close 3`                | `closed 3`              | 2 |
//! | `socket inet stream`     | `3`                     | 3 |
//! | `kind 3`                 | `AF_INET SOCK_STREAM 6` | 3 |
//! | `socket inet stream udp` | `EPROTONOSUPPORT`       | 3 |
//! | `pair`                   | `4 5`                   | 4 |
//! | `write 4 hello`          | `5`                     | 4 |
//! | `read 5`                 | `hello`                 | 4 |
//! | `read 5`                 | `EAGAIN`                | 4 |
//! | `seek 5`                 | `ESPIPE`                | 4 |
//! | `copy 4`                 | `6`                     | 5 |
//! | `shutdown 4`             | `done`                  | 5 |
//! | `read 5`                 | `end`                   | 5 |
//! | `write 6 hello`          | `EPIPE`                 | 5 |
//!
//! `cargo run -p descriptors` takes orders from your keyboard. `cargo test -p
//! descriptors` says what is missing. Start with `udp` and `number`.
//! `cargo run -p descriptors`로 명령을 직접 쳐 볼 수 있습니다. 무엇이 빠졌는지는
//! `cargo test -p descriptors`가 알려 줍니다. `udp`와 `number`부터 시작하세요.

use std::fs::File;
use std::io::{self, BufRead};
use std::os::fd::RawFd;

use socket2::{Domain, Protocol, Type};

/// What this program has open. A `File` of Rust holds a number and nothing
/// else, whatever that number stands for, and closes it when it is dropped.
/// 이 프로그램이 열어 둔 것. Rust의 `File`은 번호 하나를 담고 있을 뿐이고 그 번호가 무엇을
/// 가리키든 상관하지 않습니다. 버려질 때(drop) 그 번호를 닫습니다.
type Open = Vec<File>;

// Stage 1 / 1단계

/// A UDP socket on 127.0.0.1, with any port. Between the socket and the `File`
/// stands an `OwnedFd`: a number that is closed when it is dropped.
/// 127.0.0.1의 아무 포트에 붙인 UDP 소켓. 소켓은 `OwnedFd`를 거쳐 `File`이 됩니다.
/// `OwnedFd`는 버려질 때 닫히는 번호입니다.
fn udp() -> io::Result<File> {
    todo!("open it with std, and make a File of it / 표준 라이브러리로 열어서 File로 바꾸기")
}

/// The number by which this program holds it.
/// 이 프로그램에서 그것을 가리키는 번호.
fn number(_held: &File) -> RawFd {
    todo!("the number that the kernel has given / 커널이 준 번호")
}

// Stage 2 / 2단계

/// Closes this number; whether it was one of ours.
/// 이 번호를 닫습니다. 우리 것이었는지 돌려줍니다.
fn close(_open: &mut Open, _wanted: RawFd) -> bool {
    todo!("the other numbers stay what they are / 다른 번호는 그대로 두기")
}

// Stage 3 / 3단계

/// A socket of this family, type and protocol. `None`: the usual protocol.
/// 이 주소 체계, 타입, 프로토콜의 소켓. `None`이면 그 조합의 기본 프로토콜입니다.
fn socket(_family: Domain, _kind: Type, _protocol: Option<Protocol>) -> io::Result<File> {
    todo!("std cannot ask for all of these: socket2 can / 표준 라이브러리로는 다 고를 수 없으니 socket2로 열기")
}

/// Family, type and protocol of the socket, as the kernel has them. A `File`
/// has no such questions: socket2's `SockRef::from(held)` borrows it as a
/// socket, and takes no number for that.
/// 커널이 아는 그 소켓의 주소 체계, 타입, 프로토콜. `File`에는 이런 것을 묻는 메서드가
/// 없습니다. socket2의 `SockRef::from(held)`로 빌리면 소켓으로 다룰 수 있고, 번호도 새로
/// 쓰지 않습니다.
fn kind(_held: &File) -> io::Result<(Domain, Type, Option<Protocol>)> {
    todo!("ask the socket, not your memory / 기억해 두지 말고 소켓에게 묻기")
}

// Stage 4 / 4단계

/// Two sockets of this machine, connected to each other. Set both to
/// non-blocking: to read when nothing is there is EAGAIN then, and not a wait.
/// 같은 컴퓨터 안에서 서로 연결된 소켓 둘. 둘 다 논블로킹으로 바꾸세요. 그러면 읽을 것이
/// 없을 때 기다리지 않고 EAGAIN이 됩니다.
fn pair() -> io::Result<(File, File)> {
    todo!("std has a pair of Unix sockets / 표준 라이브러리에 유닉스 소켓 한 쌍이 있습니다")
}

/// Writes this text in one call; how many bytes were taken.
/// 호출 한 번으로 이 글을 씁니다. 몇 바이트를 받아 주었는지 돌려줍니다.
fn write(_held: &File, _text: &str) -> io::Result<usize> {
    todo!("as into any file / 파일에 쓰듯이 쓰기")
}

/// The text that one read brings, at most 100 bytes: what is more is for the
/// next read. `end` if no more will ever come (stage 5).
/// 한 번 읽어서 온 글. 100바이트까지만 읽고 나머지는 다음 read에 남깁니다. 앞으로도 더 오지
/// 않는다면 `end`입니다(5단계).
fn read(_held: &File) -> io::Result<String> {
    todo!("as from any file / 파일에서 읽듯이 읽기")
}

/// Goes back to the beginning, as one can in a file; the new position.
/// 파일에서 하듯이 맨 앞으로 되돌아갑니다. 새 위치를 돌려줍니다.
fn seek(_held: &File) -> io::Result<u64> {
    todo!("lseek to 0, and what it says / 0으로 lseek하고 그 답을 그대로 돌려주기")
}

// Stage 5 / 5단계

/// One more number for the same socket.
/// 같은 소켓을 가리키는 번호 하나 더.
fn copy(_held: &File) -> io::Result<File> {
    todo!("not a second socket / 소켓을 하나 더 만드는 것이 아닙니다")
}

/// Says that nothing more will be written to this socket, and closes nothing.
/// `SockRef` again: a `File` has no `shutdown`.
/// 이 소켓에 더 쓰지 않겠다고 알립니다. 아무 번호도 닫지 않습니다. `File`에는 `shutdown`이
/// 없으니 여기서도 `SockRef`로 빌립니다.
fn shutdown(_held: &File) -> io::Result<()> {
    todo!("one direction only / 한 방향만 끝내기")
}

// Nothing to do below. / 아래에는 고칠 것이 없습니다.

fn main() -> io::Result<()> {
    let mut open = Open::new();
    for line in io::stdin().lock().split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        println!("{}", answer(&line, &mut open).unwrap_or_else(|| format!("error: no order: {line:?}")));
    }
    Ok(())
}

/// `None`: this is no order.
fn answer(line: &str, open: &mut Open) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["udp"] => Some(opened(udp(), open)),
        ["pair"] => Some(opened_both(pair(), open)),
        ["socket", family, kind] => opened_as(family, kind, None, open),
        ["socket", family, kind, protocol] => opened_as(family, kind, Some(protocol), open),
        [order, number, ref text @ ..] => carry_out(order, number.parse().ok()?, text, open),
        _ => None,
    }
}

/// An order that has to do with the number `wanted`.
fn carry_out(order: &str, wanted: RawFd, text: &[&str], open: &mut Open) -> Option<String> {
    let none = format!("error: there is no {wanted}");
    if let ("close", []) = (order, text) {
        return Some(if close(open, wanted) { format!("closed {wanted}") } else { none });
    }
    let Some(held) = open.iter().find(|held| number(held) == wanted) else { return Some(none) };
    match (order, text) {
        ("kind", []) => Some(told(kind(held).map(spelled))),
        ("write", [text]) => Some(told(write(held, text))),
        ("read", []) => Some(told(read(held))),
        ("seek", []) => Some(told(seek(held))),
        ("shutdown", []) => Some(told(shutdown(held).map(|()| "done"))),
        ("copy", []) => Some(opened(copy(held), open)),
        _ => None,
    }
}

fn told(result: io::Result<impl ToString>) -> String {
    result.map_or_else(|error| name_of(&error), |what| what.to_string())
}

/// Keeps what was opened; its number.
fn opened(result: io::Result<File>, open: &mut Open) -> String {
    told(result.map(|file| {
        open.push(file);
        number(&open[open.len() - 1])
    }))
}

fn opened_both(result: io::Result<(File, File)>, open: &mut Open) -> String {
    match result {
        Ok((one, other)) => format!("{} {}", opened(Ok(one), open), opened(Ok(other), open)),
        Err(error) => name_of(&error),
    }
}

/// In an order, in an answer, and in socket2.
const FAMILIES: [(&str, &str, Domain); 3] =
    [("inet", "AF_INET", Domain::IPV4), ("inet6", "AF_INET6", Domain::IPV6), ("unix", "AF_UNIX", Domain::UNIX)];
const TYPES: [(&str, &str, Type); 3] = [
    ("stream", "SOCK_STREAM", Type::STREAM),
    ("dgram", "SOCK_DGRAM", Type::DGRAM),
    ("seqpacket", "SOCK_SEQPACKET", Type::SEQPACKET),
];
const PROTOCOLS: [(&str, Protocol); 2] = [("tcp", Protocol::TCP), ("udp", Protocol::UDP)];

/// `None` if one of the words means nothing.
fn opened_as(family: &str, kind: &str, protocol: Option<&str>, open: &mut Open) -> Option<String> {
    let family = FAMILIES.iter().find(|known| known.0 == family)?.2;
    let kind = TYPES.iter().find(|known| known.0 == kind)?.2;
    let protocol = match protocol {
        Some(word) => Some(PROTOCOLS.iter().find(|known| known.0 == word)?.1),
        None => None,
    };
    Some(opened(socket(family, kind, protocol), open))
}

fn spelled((family, kind, protocol): (Domain, Type, Option<Protocol>)) -> String {
    let family = FAMILIES.iter().find(|known| known.2 == family).map_or("AF_?", |known| known.1);
    let kind = TYPES.iter().find(|known| known.2 == kind).map_or("SOCK_?", |known| known.1);
    format!("{family} {kind} {}", protocol.map_or(0, i32::from))
}

/// The name of an error, as the manual pages have it.
fn name_of(error: &io::Error) -> String {
    let name = match error.raw_os_error() {
        Some(libc::EAGAIN) => "EAGAIN",
        Some(libc::EMFILE) => "EMFILE",
        Some(libc::EPIPE) => "EPIPE",
        Some(libc::EPROTONOSUPPORT) => "EPROTONOSUPPORT",
        Some(libc::ESPIPE) => "ESPIPE",
        _ => return format!("error: {error}"),
    };
    name.to_string()
}
