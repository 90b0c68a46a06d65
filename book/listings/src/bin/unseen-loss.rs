//! What is lost is sent again, and neither program is told. Linux only.

// ANCHOR: program
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use listings::{outcome, received, tcp_info};
use socket2::{SockFilter, SockRef};

/// Puts a fault into the line: the kernel drops what comes for `socket` before
/// its TCP sees it (`socket(7)`, `SO_ATTACH_FILTER`).
fn lose_everything(socket: &TcpStream) -> io::Result<()> {
    SockRef::from(socket).attach_filter(&[SockFilter::new((libc::BPF_RET | libc::BPF_K) as u16, 0, 0, 0)])
}

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;
    server.set_read_timeout(Some(Duration::from_millis(100)))?;

    lose_everything(&server)?;
    println!("client: write(\"hello\") → {}", outcome(&client.write(b"hello")));

    // The server looks again and again, until the kernel has sent the five
    // bytes at least twice more.
    let mut buffer = [0; 100];
    let empty = loop {
        let result = server.read(&mut buffer);
        if tcp_info(&client)?.tcpi_total_retrans >= 2 {
            break result;
        }
    };
    println!("server: read() → {}", received(&empty, &buffer));
    println!("client: SO_ERROR → {:?}", client.take_error()?);
    println!("client: write(\" again\") → {}", outcome(&client.write(b" again")));
    assert!(tcp_info(&client)?.tcpi_unacked > 0);
    println!("client: TCP_INFO → copies n, n ≥ 2; segments without an ACK m, m > 0");

    // The line is mended. The next copy brings what is missing.
    SockRef::from(&server).detach_filter()?;
    server.set_read_timeout(None)?;
    let mut all = [0; 11];
    server.read_exact(&mut all)?;
    println!("server: read_exact(11) → {}", received(&Ok(all.len()), &all));
    println!("client: SO_ERROR → {:?}", client.take_error()?);
    Ok(())
}
// ANCHOR_END: program
