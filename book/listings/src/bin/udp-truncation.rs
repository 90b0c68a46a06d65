//! A datagram larger than the buffer. Linux only: what `MSG_TRUNC` returns.

use std::io;
#[cfg(target_os = "linux")]
use std::mem::MaybeUninit;
use std::net::UdpSocket;
use std::time::Duration;

use listings::received;
#[cfg(target_os = "linux")]
use socket2::SockRef;

// ANCHOR: recv
fn cut(sender: &UdpSocket, receiver: &UdpSocket) -> io::Result<()> {
    let sent = sender.send_to(b"0123456789", receiver.local_addr()?)?;
    println!("send_to(\"0123456789\") → {sent}");

    let mut small = [0; 5];
    let result = receiver.recv(&mut small);
    println!("recv(5) → {}", received(&result, &small));
    let result = receiver.recv(&mut small);
    println!("recv(5), 100 ms → {}", received(&result, &small));
    Ok(())
}
// ANCHOR_END: recv

#[cfg(target_os = "linux")]
// ANCHOR: true-length
fn true_length(sender: &UdpSocket, receiver: &UdpSocket) -> io::Result<()> {
    let sent = sender.send_to(b"0123456789", receiver.local_addr()?)?;
    println!("send_to(\"0123456789\") → {sent}");

    // std's recv() has no flags; socket2 takes them, and a buffer that need
    // not be filled beforehand.
    let mut small = [MaybeUninit::<u8>::uninit(); 5];
    let length = SockRef::from(receiver).recv_with_flags(&mut small, libc::MSG_TRUNC)?;
    println!("recv(5, MSG_TRUNC) → {length}");
    Ok(())
}
// ANCHOR_END: true-length

#[cfg(not(target_os = "linux"))]
fn true_length(_: &UdpSocket, _: &UdpSocket) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "Linux only"))
}

// ANCHOR: main
fn main() -> io::Result<()> {
    let receiver = UdpSocket::bind("127.0.0.1:0")?;
    let sender = UdpSocket::bind("127.0.0.1:0")?;
    receiver.set_read_timeout(Some(Duration::from_millis(100)))?;
    cut(&sender, &receiver)?;
    println!();
    true_length(&sender, &receiver)
}
// ANCHOR_END: main
