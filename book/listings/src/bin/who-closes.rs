//! Two descriptors for one socket: which of the two closes is the end?

// ANCHOR: setup
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use listings::{outcome, received};

/// Reads once; without this limit a read that has nothing to read waits for ever.
fn read_for_100_ms(stream: &mut UnixStream) -> io::Result<String> {
    stream.set_read_timeout(Some(Duration::from_millis(100)))?;
    let mut buffer = [0; 100];
    let result = stream.read(&mut buffer);
    Ok(received(&result, &buffer))
}
// ANCHOR_END: setup

// ANCHOR: close
fn close_one_then_the_other() -> io::Result<()> {
    let (one, mut peer) = UnixStream::pair()?;
    println!("socketpair() → fd {}, fd {}", one.as_raw_fd(), peer.as_raw_fd());
    let mut other = one.try_clone()?;
    println!("try_clone(fd {}) → fd {}", one.as_raw_fd(), other.as_raw_fd());

    println!("close(fd {})", one.as_raw_fd());
    drop(one);
    println!("read(fd {}) → {}", peer.as_raw_fd(), read_for_100_ms(&mut peer)?);
    println!("write(fd {}, \"still here\") → {}", other.as_raw_fd(), outcome(&other.write(b"still here")));
    println!("read(fd {}) → {}", peer.as_raw_fd(), read_for_100_ms(&mut peer)?);

    println!("close(fd {})", other.as_raw_fd());
    drop(other);
    println!("read(fd {}) → {}", peer.as_raw_fd(), read_for_100_ms(&mut peer)?);
    Ok(())
}
// ANCHOR_END: close

// ANCHOR: shutdown
fn shut_down_one() -> io::Result<()> {
    let (one, mut peer) = UnixStream::pair()?;
    println!("socketpair() → fd {}, fd {}", one.as_raw_fd(), peer.as_raw_fd());
    let mut other = one.try_clone()?;
    println!("try_clone(fd {}) → fd {}", one.as_raw_fd(), other.as_raw_fd());

    one.shutdown(Shutdown::Write)?;
    println!("shutdown(fd {}, SHUT_WR)", one.as_raw_fd());
    println!("read(fd {}) → {}", peer.as_raw_fd(), read_for_100_ms(&mut peer)?);
    println!("write(fd {}, \"still here\") → {}", other.as_raw_fd(), outcome(&other.write(b"still here")));
    Ok(())
}
// ANCHOR_END: shutdown

fn main() -> io::Result<()> {
    close_one_then_the_other()?;
    println!();
    shut_down_one()
}
