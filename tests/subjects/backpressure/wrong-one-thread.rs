//! Misconception: poll says who has something to read, and a write takes no time: one thread is enough for both directions.
//! Caught by: goes_on_in_the_other_direction

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;
use std::thread;
use std::time::Duration;

use socket2::SockRef;

fn main() -> io::Result<()> {
    let service = std::env::args().nth(1).expect("the address of the service, such as 127.0.0.1:4001");
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on {}", listener.local_addr()?);

    for stream in listener.incoming() {
        let Ok(client) = stream else {
            thread::sleep(Duration::from_millis(100));
            continue;
        };
        let service = service.clone();
        thread::spawn(move || {
            if let Err(error) = relay(client, &service) {
                eprintln!("{error}");
            }
        });
    }

    Ok(())
}

/// Connects to the service and carries everything between it and the client,
/// until both directions have ended.
fn relay(client: TcpStream, service: &str) -> io::Result<()> {
    let (client, service) = (&client, &TcpStream::connect(service)?);
    let result = carry(client, service);
    if result.is_err() {
        // A connection that broke has no end.
        for stream in [client, service] {
            let _lingers = SockRef::from(stream).set_linger(Some(Duration::ZERO));
        }
    }
    result
}

/// Carries the bytes of whichever side has some, and then their end.
fn carry(client: &TcpStream, service: &TcpStream) -> io::Result<()> {
    let ways = [(client, service), (service, client)];
    let mut buffer = [0; 16 * 1024];
    let mut wanted = ways.map(|(from, _)| libc::pollfd { fd: from.as_raw_fd(), events: libc::POLLIN, revents: 0 });
    while wanted.iter().any(|wanted| wanted.fd >= 0) {
        // SAFETY: two pollfds, alive during the call. One with fd -1 is ignored.
        unsafe { libc::poll(wanted.as_mut_ptr(), 2, -1) };
        for (wanted, (mut from, mut to)) in wanted.iter_mut().zip(ways) {
            if wanted.revents == 0 {
                continue;
            }
            wanted.revents = 0;
            match from.read(&mut buffer) {
                Ok(0) => {
                    wanted.fd = -1;
                    to.shutdown(Shutdown::Write)?;
                }
                Ok(n) => to.write_all(&buffer[..n])?,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}
