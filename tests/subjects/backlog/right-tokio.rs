//! Built differently: tokio puts the time limit around a connect that does not block.

use std::io::{self, BufRead as _};
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let backlog = std::env::args().nth(1).expect("a backlog, such as 4");
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let listener = socket.listen(backlog.parse().expect("a number"))?;
    let server = listener.local_addr()?;
    println!("listening on {server}");

    let mut held = Vec::new();
    for line in io::stdin().lock().split(b'\n') {
        let line = line?;
        if line == b"accept" {
            held.push(listener.accept().await?.0);
            println!("accepted");
            continue;
        }
        if line != b"fill" {
            continue;
        }
        let before = held.len();
        while let Ok(client) = timeout(Duration::from_millis(250), TcpStream::connect(server)).await {
            held.push(client?);
        }
        println!("{}", held.len() - before);
    }
    Ok(())
}
