//! Misconception: a client asks and a service answers, so one thread that reads here, then there, is enough.
//! Caught by: lets_the_service_speak_first

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

fn main() -> io::Result<()> {
    let service = std::env::args().nth(1).expect("the address of the service, such as 127.0.0.1:4001");
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on {}", listener.local_addr()?);

    for client in listener.incoming() {
        let Ok(client) = client else {
            thread::sleep(std::time::Duration::from_millis(100));
            continue;
        };
        let service = service.clone();
        thread::spawn(move || {
            if let Err(error) = relay(&client, &service) {
                eprintln!("{error}");
            }
        });
    }

    Ok(())
}

/// Connects to the service and carries everything between it and the client.
fn relay(client: &TcpStream, service: &str) -> io::Result<()> {
    let service = TcpStream::connect(service)?;
    let (mut client, mut service) = (client, &service);
    let mut buffer = [0; 16 * 1024];
    loop {
        for turn in 0..2 {
            let (from, to) = if turn == 0 { (&mut client, &mut service) } else { (&mut service, &mut client) };
            let n = from.read(&mut buffer)?;
            if n == 0 {
                return to.shutdown(Shutdown::Write);
            }
            to.write_all(&buffer[..n])?;
        }
    }
}
