//! A thousand questions over one connection, at most eight of them unanswered.

// ANCHOR: program
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use listings::outcome;

const QUESTIONS: u32 = 1000;
const UNANSWERED: u32 = 8;

/// Answers each number with its double, until the stream ends.
fn serve(mut stream: TcpStream) -> io::Result<u32> {
    let mut number = [0; 4];
    for answered in 0.. {
        if stream.read(&mut number[..1])? == 0 {
            return Ok(answered);
        }
        stream.read_exact(&mut number[1..])?;
        let double = 2 * u32::from_be_bytes(number);
        stream.write_all(&double.to_be_bytes())?;
    }
    unreachable!()
}

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut stream = TcpStream::connect(listener.local_addr()?)?;
    stream.set_nodelay(true)?;
    let (accepted, _) = listener.accept()?;
    accepted.set_nodelay(true)?;
    let server = thread::spawn(move || serve(accepted));

    let (mut sent, mut in_order) = (0, 0);
    for received in 0..QUESTIONS {
        while sent < QUESTIONS && sent - received < UNANSWERED {
            stream.write_all(&u32::to_be_bytes(sent))?;
            sent += 1;
        }
        let mut answer = [0; 4];
        stream.read_exact(&mut answer)?;
        in_order += u32::from(u32::from_be_bytes(answer) == 2 * received);
    }
    drop(stream);

    println!("questions answered: {}", server.join().expect("the server's thread")?);
    println!("answers in the order of the questions: {in_order}");
    listener.set_nonblocking(true)?;
    println!("a second accept() → {}", outcome(&listener.accept().map(|_| "a connection")));
    Ok(())
}
// ANCHOR_END: program
