//! A client that says nothing, and one that does: a server that serves one
//! after the other, and one with a thread for each.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use listings::received;

/// How many clients the experiment brings.
const CLIENTS: usize = 2;

fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..length])?;
    }
}

// ANCHOR: in-turn
fn serve_in_turn(listener: TcpListener) -> io::Result<()> {
    for stream in listener.incoming().take(CLIENTS) {
        echo(stream?)?;
    }
    Ok(())
}
// ANCHOR_END: in-turn

// ANCHOR: threads
fn serve_in_threads(listener: TcpListener) -> io::Result<()> {
    for stream in listener.incoming().take(CLIENTS) {
        let stream = stream?;
        thread::spawn(move || {
            // One client's error ends this thread only.
            if let Err(error) = echo(stream) {
                eprintln!("server: {error}");
            }
        });
    }
    Ok(())
}
// ANCHOR_END: threads

// ANCHOR: experiment
fn experiment(serve: fn(TcpListener) -> io::Result<()>) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = thread::spawn(move || serve(listener));

    let silent = TcpStream::connect(address)?;
    println!("a: connect()");
    let mut client = TcpStream::connect(address)?;
    println!("b: connect()");
    client.write_all(b"hello")?;
    println!("b: write_all(\"hello\")");

    let mut buffer = [0; 100];
    client.set_read_timeout(Some(Duration::from_secs(2)))?;
    let result = client.read(&mut buffer);
    println!("b: read(), 2 s → {}", received(&result, &buffer));

    drop(silent);
    println!("a: close()");
    if result.is_err() {
        client.set_read_timeout(Some(Duration::from_secs(10)))?;
        let result = client.read(&mut buffer);
        println!("b: read() → {}", received(&result, &buffer));
    }
    drop(client);
    server.join().expect("the server thread does not panic")
}
// ANCHOR_END: experiment

fn main() -> io::Result<()> {
    println!("serve_in_turn");
    experiment(serve_in_turn)?;
    println!();
    println!("serve_in_threads");
    experiment(serve_in_threads)
}
