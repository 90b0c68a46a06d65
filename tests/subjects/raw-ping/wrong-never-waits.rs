//! Misconception: whether a reply comes is known when the request has been sent.
//! Caught by: gives_up_in_time

use std::ffi::OsString;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

const ECHO_REQUEST: u8 = 8;

fn main() -> io::Result<()> {
    let ping = Ping::from_arguments();
    let to = SocketAddr::from((ping.host, 0));
    let identifier = std::process::id() as u16;
    let socket = open()?;

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

/// A raw socket brings everybody's messages behind their IP header, and needs a
/// privilege. A datagram socket brings the replies to it without an IP header;
/// the kernel writes its identifier and its checksum.
fn open() -> io::Result<Socket> {
    match Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::ICMPV4)) {
        Ok(socket) => Ok(socket),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::ICMPV4))
        }
        Err(error) => Err(error),
    }
}

/// An ICMP echo request: 8 bytes of header, and the data behind them.
fn echo_request(identifier: u16, sequence: u16, data: &[u8]) -> Vec<u8> {
    let mut message = vec![ECHO_REQUEST, 0, 0, 0];
    message.extend(identifier.to_be_bytes());
    message.extend(sequence.to_be_bytes());
    message.extend(data);
    let sum = checksum(&message);
    message[2..4].copy_from_slice(&sum.to_be_bytes());
    message
}

/// RFC 1071: the sum of all 16-bit numbers, carries added in, every bit turned over.
fn checksum(message: &[u8]) -> u16 {
    let mut sum = 0u32;
    for pair in message.chunks(2) {
        let low = pair.get(1).copied().unwrap_or(0);
        sum += u32::from(u16::from_be_bytes([pair[0], low]));
    }
    while sum >> 16 != 0 {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// Nobody has answered while it was sent, so nobody will.
fn await_reply(_socket: &Socket, _identifier: u16, _sequence: u16, _patience: Duration) -> io::Result<Option<usize>> {
    Ok(None)
}

/// What to do: `raw-ping [HOST [COUNT [DATA [PATIENCE IN MILLISECONDS]]]]`.
struct Ping {
    host: Ipv4Addr,
    count: u16,
    data: Vec<u8>,
    patience: Duration,
}

impl Ping {
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
