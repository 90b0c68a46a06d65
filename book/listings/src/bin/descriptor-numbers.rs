//! Which number a socket gets, and what the same number is in another process.

// ANCHOR: program
use std::env;
use std::fs::File;
use std::io;
use std::net::UdpSocket;
use std::os::fd::AsRawFd;
use std::process::Command;

use listings::open_descriptors;

fn main() -> io::Result<()> {
    // The second process runs this same program with one argument.
    if env::args().any(|argument| argument == "child") {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        println!("child: socket → fd {}", socket.as_raw_fd());
        return Ok(());
    }

    let first = UdpSocket::bind("127.0.0.1:0")?;
    println!("parent: socket → fd {}", first.as_raw_fd());
    let file = File::open("/dev/null")?;
    println!("parent: file → fd {}", file.as_raw_fd());
    let second = UdpSocket::bind("127.0.0.1:0")?;
    println!("parent: socket → fd {}", second.as_raw_fd());

    println!("parent: close(fd {})", file.as_raw_fd());
    drop(file);
    let third = UdpSocket::bind("127.0.0.1:0")?;
    println!("parent: socket → fd {}", third.as_raw_fd());

    // The parent's three sockets stay open while the child runs.
    let status = Command::new(env::current_exe()?).arg("child").status()?;
    println!("parent: wait() → {status}");
    println!("parent: open {:?}", open_descriptors());
    Ok(())
}
// ANCHOR_END: program
