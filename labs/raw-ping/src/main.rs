//! Lab `raw-ping`: asks a host "are you there?", in packets of your own making.
//! 실습 `raw-ping`: 직접 만든 패킷으로 "거기 있나요?" 하고 묻는 ping입니다.
//!
//! Raw sockets need a privilege. In a private network you have it:
//! 원시 소켓에는 권한이 필요합니다. 나만의 네트워크 안에서는 그 권한이 있습니다.
//!
//! ```text
//! cargo build -p raw-ping
//! unshare -Urn sh -c 'ip link set lo up; target/debug/raw-ping 127.0.0.1 3 hello'
//! ```
//!
//! It sends so many echo requests, with the sequence numbers 1, 2, 3, and
//! prints one line for each:
//! 순서 번호가 1, 2, 3인 에코 요청을 보내고 요청마다 한 줄을 출력합니다.
//!
//! ```text
//! reply from 127.0.0.1: seq=1 bytes=5
//! no reply: seq=2
//! ```
//!
//! The bytes are those of the data.
//! bytes는 데이터가 몇 바이트인지입니다.
//!
//! `cargo test -p raw-ping` says what is missing, and makes a private network
//! by itself. Start with `echo_request`.
//! 무엇이 빠졌는지는 `cargo test -p raw-ping`이 알려 줍니다. 나만의 네트워크도
//! 알아서 만듭니다. `echo_request`부터 시작하세요.

use std::ffi::OsString;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

fn main() -> io::Result<()> {
    let ping = Ping::from_arguments();
    let to = SocketAddr::from((ping.host, 0));
    let identifier = std::process::id() as u16;
    // Yours to change in stage 6: where this is forbidden, another type of socket may do.
    // 6단계에서 고칠 곳: 이것이 금지된 곳에서도 다른 종류의 소켓은 될 수 있습니다.
    let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::ICMPV4))?;

    for sequence in 1..=ping.count {
        let request = echo_request(identifier, sequence, &ping.data);
        socket.send_to(&request, &to.into())?;
        match await_reply(&socket, identifier, sequence, ping.patience)? {
            Some(bytes) => println!("reply from {}: seq={sequence} bytes={bytes}", ping.host),
            None => println!("no reply: seq={sequence}"),
        }
    }
    Ok(())
}

/// An ICMP echo request: 8 bytes of header, and the data behind them.
/// ICMP 에코 요청입니다. 헤더 8바이트 뒤에 데이터가 옵니다.
fn echo_request(_identifier: u16, _sequence: u16, _data: &[u8]) -> Vec<u8> {
    todo!("put the header together; stage 1 takes 0 as a checksum / 헤더 짜 맞추기(1단계에서는 체크섬이 0이어도 됨)")
}

/// Reads packets until the reply to this request is among them: then how many
/// bytes of data it has. `None` if it has not come when `patience` is over.
/// 이 요청의 응답이 나올 때까지 패킷을 읽고, 응답의 데이터가 몇 바이트인지 돌려줍니다.
/// `patience`가 지나도록 오지 않으면 `None`입니다.
fn await_reply(_socket: &Socket, _identifier: u16, _sequence: u16, _patience: Duration) -> io::Result<Option<usize>> {
    todo!("read a packet; if it is not the reply, read the next / 패킷을 읽고, 응답이 아니면 다음 패킷 읽기")
}

/// What to do: `raw-ping [HOST [COUNT [DATA [PATIENCE IN MILLISECONDS]]]]`.
/// 명령줄에서 받은 것: 호스트, 횟수, 데이터, 기다릴 시간(밀리초).
struct Ping {
    host: Ipv4Addr,
    count: u16,
    data: Vec<u8>,
    patience: Duration,
}

impl Ping {
    /// Nothing to do here. 고칠 것이 없습니다.
    fn from_arguments() -> Ping {
        let argument = |n| std::env::args_os().nth(n);
        let text = |n| argument(n).and_then(|text| text.into_string().ok());
        Ping {
            host: text(1).map_or(Ipv4Addr::LOCALHOST, |host| host.parse().expect("a host such as 127.0.0.1")),
            count: text(2).map_or(1, |count| count.parse().expect("how many requests")),
            data: argument(3).map_or(b"abcdefgh".to_vec(), OsString::into_encoded_bytes),
            patience: Duration::from_millis(text(4).map_or(1000, |ms| ms.parse().expect("milliseconds"))),
        }
    }
}
