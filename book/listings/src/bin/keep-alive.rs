//! What keep-alive asks of a peer that has vanished, and when it asks nothing.
//! Linux only.

// ANCHOR: program
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use listings::{outcome, tcp_info};
use socket2::{SockFilter, SockRef, TcpKeepalive};

/// The first question after one second of silence, then one each second, and
/// three of them: the defaults are 2 hours, 75 seconds and 9.
fn ask_soon(socket: &TcpStream) -> io::Result<()> {
    let second = Duration::from_secs(1);
    SockRef::from(socket)
        .set_tcp_keepalive(&TcpKeepalive::new().with_time(second).with_interval(second).with_retries(3))
}

/// The peer vanishes: the kernel drops what comes for `socket` before its TCP
/// sees it (`socket(7)`, `SO_ATTACH_FILTER`).
fn vanish(socket: &TcpStream) -> io::Result<()> {
    SockRef::from(socket).attach_filter(&[SockFilter::new((libc::BPF_RET | libc::BPF_K) as u16, 0, 0, 0)])
}

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let connect = || -> io::Result<(TcpStream, TcpStream)> {
        let client = TcpStream::connect(listener.local_addr()?)?;
        let (peer, _) = listener.accept()?;
        ask_soon(&client)?;
        vanish(&peer)?;
        Ok((client, peer))
    };
    // Each peer lives on: a socket that is dropped would still send its FIN.
    let (mut silent, _peer_of_silent) = connect()?;
    let (mut hurried, _peer_of_hurried) = connect()?;
    let (mut talking, _peer_of_talking) = connect()?;
    SockRef::from(&hurried).set_tcp_user_timeout(Some(Duration::from_secs(2)))?;
    talking.write_all(b"x")?;

    println!("nothing sent");
    println!("  read() → {}", outcome(&silent.read(&mut [0; 100])));
    println!("  questions asked: {}", tcp_info(&silent)?.tcpi_probes);

    println!("nothing sent, and a TCP_USER_TIMEOUT of two seconds");
    println!("  read() → {}", outcome(&hurried.read(&mut [0; 100])));
    println!("  questions asked: {}", tcp_info(&hurried)?.tcpi_probes);

    println!("a byte sent that nobody acknowledges");
    println!("  SO_ERROR → {:?}", talking.take_error()?);
    println!("  questions asked: {}", tcp_info(&talking)?.tcpi_probes);
    assert!(tcp_info(&talking)?.tcpi_total_retrans >= 1);
    println!("  copies of the byte: n, n ≥ 1");
    Ok(())
}
// ANCHOR_END: program
