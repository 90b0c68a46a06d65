//! A receiver that does not read in time: every send succeeds all the same.

// ANCHOR: program
// ANCHOR: send
use std::io;
use std::net::UdpSocket;
use std::time::Duration;

use listings::errno;
use socket2::SockRef;

const COUNT: u32 = 1000;

fn main() -> io::Result<()> {
    let receiver = UdpSocket::bind("127.0.0.1:0")?;
    receiver.set_read_timeout(Some(Duration::from_millis(300)))?;
    // A small receive buffer fills at once. std has no call for it.
    SockRef::from(&receiver).set_recv_buffer_size(4096)?;
    let sender = UdpSocket::bind("127.0.0.1:0")?;
    sender.connect(receiver.local_addr()?)?;

    // Nobody reads while these are sent. Each carries its number.
    let mut errors = 0;
    for number in 0..COUNT {
        if sender.send(&number.to_be_bytes()).is_err() {
            errors += 1;
        }
    }
    println!("sender: send() × {COUNT} → errors {errors}");
    println!("sender: SO_ERROR → {:?}", sender.take_error()?);
    // ANCHOR_END: send

    let mut numbers = Vec::new();
    let mut buffer = [0; 4];
    let end = loop {
        match receiver.recv(&mut buffer) {
            Ok(_) => numbers.push(u32::from_be_bytes(buffer)),
            Err(error) => break error,
        }
    };
    let got = numbers.len();
    assert!(0 < got && got < COUNT as usize, "received {got}");
    println!("receiver: recv() × n → n datagrams, 0 < n < {COUNT}");
    println!("receiver: recv(), 300 ms → {}", errno(&end));
    println!("receiver: the n first → {}", (0..COUNT).zip(&numbers).all(|(expected, number)| expected == *number));
    Ok(())
}
// ANCHOR_END: program
