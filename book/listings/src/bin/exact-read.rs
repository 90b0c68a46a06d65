//! read() takes what is there; read_exact() goes on until the buffer is full,
//! or says that the stream has ended before.

// ANCHOR: program
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

use listings::{received, text};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let mut client = TcpStream::connect(address)?;
    let (mut server, _) = listener.accept()?;
    let mut buffer = [0; 11];

    client.write_all(b"first")?;
    println!("client: write_all(\"first\")");
    let result = server.read(&mut buffer);
    println!("server: read() → {}", received(&result, &buffer));

    client.write_all(b"again")?;
    client.write_all(b"secondXX")?;
    println!("client: write_all(\"again\"), write_all(\"secondXX\")");
    server.read_exact(&mut buffer)?;
    println!("server: read_exact() → {}", text(&buffer));

    drop(client);
    println!("client: close()");
    let error = server.read_exact(&mut buffer).expect_err("only two bytes are left");
    println!("server: read_exact() → {:?}", error.kind());

    // Another client, which ends without a byte.
    drop(TcpStream::connect(address)?);
    println!("client 2: connect(), close()");
    let (mut server, _) = listener.accept()?;
    let error = server.read_exact(&mut buffer).expect_err("nothing comes");
    println!("server: read_exact() → {:?}", error.kind());
    Ok(())
}
// ANCHOR_END: program
