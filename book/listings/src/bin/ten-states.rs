//! Sockets in all the states in which `ss` can show one. Linux only: runs in a
//! private network, as an ordinary user.

// ANCHOR: program
use std::io::{self, Read};
use std::net::{Shutdown, SocketAddr};
use std::process::Command;
use std::time::{Duration, Instant};

use listings::private_network;
use socket2::{Domain, SockFilter, Socket, Type};

fn port(number: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], number))
}

fn bound(number: u16) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&port(number).into())?;
    Ok(socket)
}

/// From now on the kernel drops what comes for this socket, before TCP sees it:
/// a filter that keeps 0 bytes of each packet (`socket(7)`, `SO_ATTACH_FILTER`).
fn deafen(socket: &Socket) -> io::Result<()> {
    socket.attach_filter(&[SockFilter::new((libc::BPF_RET | libc::BPF_K) as u16, 0, 0, 0)])
}

fn main() -> io::Result<()> {
    private_network::enter_or_exit();
    let listener = bound(7000)?;
    listener.listen(5)?;
    let server = port(7000).into();
    let pair = |number| -> io::Result<(Socket, Socket)> {
        let client = bound(number)?;
        client.connect(&server)?;
        Ok((client, listener.accept()?.0))
    };

    // 5001: the client has finished; the server's program has not closed yet.
    let (client1, _server1) = pair(5001)?;
    client1.shutdown(Shutdown::Write)?;

    // 5002: the server reads the end, and closes when the client is out of reach.
    let (client2, mut server2) = pair(5002)?;
    client2.shutdown(Shutdown::Write)?;
    server2.read_to_end(&mut Vec::new())?;
    wait_for(|all| all.iter().any(|row| row.is("FIN-WAIT-2", 5002)))?;
    deafen(&client2)?;
    server2.shutdown(Shutdown::Write)?;

    // 5003: the server is out of reach, and then both finish.
    let (client3, server3) = pair(5003)?;
    deafen(&server3)?;
    client3.shutdown(Shutdown::Write)?;
    server3.shutdown(Shutdown::Write)?;

    // 5004: the client closes first, then the server.
    let (client4, mut server4) = pair(5004)?;
    drop(client4);
    server4.read_to_end(&mut Vec::new())?;
    drop(server4);

    // 5005: the client calls, and hears no answer.
    let client5 = bound(5005)?;
    deafen(&client5)?;
    client5.set_nonblocking(true)?;
    client5.connect(&server).unwrap_err();

    // 5006: connected, five bytes sent, and nobody has accepted.
    let client6 = bound(5006)?;
    client6.connect(&server)?;
    client6.send(b"hello")?;

    let all = wait_for(|all| {
        let mut states: Vec<&str> = all.iter().map(|row| row.state.as_str()).collect();
        states.sort();
        states.dedup();
        states.len() == 10 && all.len() == 12
    })?;
    println!("State      Recv-Q Send-Q  Local Address:Port  Peer Address:Port");
    for Row { state, recv, send, local, peer } in all {
        println!("{state:<10} {recv:>6} {send:>6}  {local:<18}  {peer}");
    }
    Ok(())
}
// ANCHOR_END: program

/// A line of `ss -tan`.
struct Row {
    state: String,
    recv: String,
    send: String,
    local: String,
    peer: String,
}

impl Row {
    fn is(&self, state: &str, number: u16) -> bool {
        self.state == state && self.local == port(number).to_string()
    }

    /// The client's port; the listening socket has none, and comes first.
    fn client(&self) -> u16 {
        let number = |addr: &str| addr.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(0);
        if number(&self.local) == 7000 { number(&self.peer) } else { number(&self.local) }
    }
}

/// What `ss -tan` says, by the clients' ports, the client's end first: the
/// order in which the kernel lists them is another one in each run.
fn look() -> io::Result<Vec<Row>> {
    let Ok(output) = Command::new("ss").args(["-H", "-tan"]).output() else {
        private_network::not_run("`ss` of iproute2 is not installed");
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let row = |line: &str| match line.split_whitespace().collect::<Vec<_>>()[..] {
        [state, recv, send, local, peer, ..] => {
            let [state, recv, send, local, peer] = [state, recv, send, local, peer].map(str::to_string);
            Some(Row { state, recv, send, local, peer })
        }
        _ => None,
    };
    let mut rows: Vec<Row> = text.lines().filter_map(row).collect();
    rows.sort_by_key(|row| (row.client(), row.local.ends_with(":7000")));
    Ok(rows)
}

/// Looks until it is so; what crosses the loopback takes a moment.
fn wait_for(is_so: impl Fn(&[Row]) -> bool) -> io::Result<Vec<Row>> {
    let end = Instant::now() + Duration::from_secs(20);
    while Instant::now() < end {
        let rows = look()?;
        if is_so(&rows) {
            return Ok(rows);
        }
    }
    Err(io::ErrorKind::TimedOut.into())
}
