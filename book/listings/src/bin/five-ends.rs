//! Five answers at the end of a connection, and who caused each.

// ANCHOR: program
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

use listings::{outcome, received, wait_for_error};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let mut buffer = [0; 100];

    let mut client = TcpStream::connect(address)?;
    let (peer, _) = listener.accept()?;
    drop(peer);
    println!("the peer closes");
    println!("  read() → {}", received(&client.read(&mut buffer), &buffer));
    println!("  write() → {}", outcome(&client.write(b"x")));
    // The peer's kernel answers with an RST; wait until it is here.
    wait_for_error(&client)?;
    println!("  write() → {}", outcome(&client.write(b"x")));

    let mut client = TcpStream::connect(address)?;
    let (peer, _) = listener.accept()?;
    client.write_all(b"unread")?;
    peer.peek(&mut buffer)?;
    drop(peer);
    println!("the peer closes with data unread");
    println!("  read() → {}", received(&client.read(&mut buffer), &buffer));

    drop(listener);
    println!("nobody listens");
    println!("  connect() → {}", outcome(&TcpStream::connect(address).map(|_| "0")));
    Ok(())
}
// ANCHOR_END: program
