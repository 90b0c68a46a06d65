//! Two ways to wait half a second for nothing: asleep in one call, or asking
//! again and again.

// ANCHOR: program
// ANCHOR: wait
use std::io::{self, Read};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use listings::{errno, thread_cpu_time};

const WAIT: Duration = Duration::from_millis(500);

/// Reads until `WAIT` is over: how many calls, how much processor time, and
/// the last error.
fn wait(stream: &mut TcpStream) -> (u64, Duration, String) {
    let (start, cpu) = (Instant::now(), thread_cpu_time());
    let mut calls = 0;
    loop {
        calls += 1;
        let result = stream.read(&mut [0; 100]);
        if start.elapsed() >= WAIT {
            let last = result.map_or_else(|error| errno(&error), |length| length.to_string());
            return (calls, thread_cpu_time() - cpu, last);
        }
    }
}
// ANCHOR_END: wait

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    // The client says nothing.
    let _client = TcpStream::connect(listener.local_addr()?)?;
    let (mut stream, _) = listener.accept()?;

    // A little longer than WAIT, so that one call is enough.
    stream.set_read_timeout(Some(WAIT + Duration::from_millis(50)))?;
    let (calls, blocked, last) = wait(&mut stream);
    println!("blocking: read() × {calls} → {last}");

    stream.set_nonblocking(true)?;
    let (calls, busy, last) = wait(&mut stream);
    assert!(calls > 100, "{calls} calls");
    println!("non-blocking: read() × n → {last}, n > 100");

    assert!(busy > 10 * blocked, "processor time {busy:?} and {blocked:?}");
    println!("processor time: non-blocking > 10 × blocking");
    eprintln!("(here: {busy:?} and {blocked:?}, {calls} calls)");
    Ok(())
}
// ANCHOR_END: program
