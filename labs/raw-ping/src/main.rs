//! Lab `raw-ping`: asks a host "are you there?", in packets of your own making.
//!
//! It may not run as it is, because raw sockets need a privilege. In a private
//! network you have it:
//!
//! ```text
//! cargo build -p raw-ping
//! unshare -Urn sh -c 'ip link set lo up; target/debug/raw-ping 127.0.0.1 3 hello'
//! ```
//!
//! It sends so many echo requests, with the sequence numbers 1, 2, 3, and says
//! of each what came of it, in one of these two forms:
//!
//! ```text
//! reply from 127.0.0.1: seq=1 bytes=5
//! no reply: seq=2
//! ```
//!
//! The bytes are those of the data. `cargo test -p raw-ping` says what is
//! missing, and makes a private network by itself. Start with `echo_request`.

use std::ffi::OsString;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

fn main() -> io::Result<()> {
    let ping = Ping::from_arguments();
    let to = SocketAddr::from((ping.host, 0));
    let identifier = std::process::id() as u16;
    // Yours to change: where this is forbidden, another type of socket may do.
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
fn echo_request(_identifier: u16, _sequence: u16, _data: &[u8]) -> Vec<u8> {
    todo!("put the header together; the checksum may be 0 for the first check")
}

/// Reads packets until the reply to this request is among them: then how many
/// bytes of data it has. `None` if it has not come when `patience` is over.
fn await_reply(_socket: &Socket, _identifier: u16, _sequence: u16, _patience: Duration) -> io::Result<Option<usize>> {
    todo!("read a packet, find out whether it is the reply, otherwise read the next")
}

/// What to do: `raw-ping [HOST [COUNT [DATA [PATIENCE IN MILLISECONDS]]]]`.
struct Ping {
    host: Ipv4Addr,
    count: u16,
    data: Vec<u8>,
    patience: Duration,
}

impl Ping {
    /// Nothing to do here.
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
