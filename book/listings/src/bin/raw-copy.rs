//! A raw socket beside TCP: who gets the segment, and who answers? Linux only:
//! runs in a private network, as an ordinary user.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use listings::{outcome, private_network, received, text};
use socket2::{Domain, Protocol, Socket, Type};

// ANCHOR: show
/// The first packet that `raw` gets and that `wanted` picks by the flags and
/// the data of the segment in it.
fn show(raw: &mut Socket, wanted: fn(flags: u8, data: &[u8]) -> bool) -> io::Result<()> {
    let mut buffer = [0; 2000];
    loop {
        let length = raw.read(&mut buffer)?;
        let packet = &buffer[..length];
        // Both headers say in four bits how long they are, in 32-bit words.
        let ip_length = usize::from(packet[0] & 0x0f) * 4;
        let segment = &packet[ip_length..];
        let tcp_length = usize::from(segment[12] >> 4) * 4;
        let (flags, data) = (segment[13], &segment[tcp_length..]);
        if !wanted(flags, data) {
            continue;
        }
        let from = u16::from_be_bytes([segment[0], segment[1]]);
        let to = u16::from_be_bytes([segment[2], segment[3]]);
        // The other port is the client's, which the system chose.
        let way = if to == OPEN || to == CLOSED { format!("… → {to}") } else { format!("{from} → …") };
        println!(
            "raw: read() → {length} bytes, the first {:#04x}: IPv4 header {ip_length}, TCP header {tcp_length}, data {}",
            packet[0],
            text(data)
        );
        println!("raw:   {way}{}", names(flags));
        return Ok(());
    }
}
// ANCHOR_END: show

/// The TCP flags (RFC 9293, section 3.1) that matter here.
fn names(flags: u8) -> String {
    let named = [(SYN, " SYN"), (RST, " RST"), (ACK, " ACK")];
    named.into_iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| name).collect()
}

const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;

// ANCHOR: main
/// In a network of our own these two ports are what we make of them.
const OPEN: u16 = 7777;
const CLOSED: u16 = 7778;

fn main() -> io::Result<()> {
    private_network::enter_or_exit();

    let mut raw = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::TCP))?;
    raw.set_read_timeout(Some(Duration::from_secs(5)))?;
    println!("raw: socket(AF_INET, SOCK_RAW, IPPROTO_TCP)");

    let listener = TcpListener::bind(("127.0.0.1", OPEN))?;
    let mut client = TcpStream::connect(("127.0.0.1", OPEN))?;
    let (mut server, _) = listener.accept()?;
    client.write_all(b"secret")?;
    println!("client: connect(127.0.0.1:{OPEN}), write_all(\"secret\")");
    show(&mut raw, |flags, _| flags & SYN != 0)?;
    show(&mut raw, |flags, _| flags & SYN != 0)?;
    show(&mut raw, |_, data| !data.is_empty())?;

    let mut buffer = [0; 100];
    let result = server.read(&mut buffer);
    println!("server: read() → {}", received(&result, &buffer));

    let refused = TcpStream::connect(("127.0.0.1", CLOSED)).map(|_| "connected");
    println!("client: connect(127.0.0.1:{CLOSED}) → {}", outcome(&refused));
    show(&mut raw, |flags, _| flags & SYN != 0)?;
    show(&mut raw, |flags, _| flags & RST != 0)
}
// ANCHOR_END: main
