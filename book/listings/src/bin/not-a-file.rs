//! A socket can be read and written like a file, but it has no position.

// ANCHOR: program
use std::env;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use listings::{outcome, received};

fn main() -> io::Result<()> {
    // Two sockets, connected to each other: what goes into one comes out of the other.
    let (left, right) = UnixStream::pair()?;

    // From here on the program treats them as files: read(), write(), lseek().
    let mut left = File::from(OwnedFd::from(left));
    let mut right = File::from(OwnedFd::from(right));
    let mut buffer = [0; 100];

    println!("left: write(\"hello\") → {}", outcome(&left.write(b"hello")));
    let result = right.read(&mut buffer);
    println!("right: read() → {}", received(&result, &buffer));
    println!("right: lseek(0) → {}", outcome(&right.seek(SeekFrom::Start(0))));

    let mut file = File::open(env::current_exe()?)?;
    println!("file: lseek(7) → {}", outcome(&file.seek(SeekFrom::Start(7))));
    Ok(())
}
// ANCHOR_END: program
