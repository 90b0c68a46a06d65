//! Built differently: tokio on one thread, its own copy loop for each direction, and a reset by dropping both.

use std::io;
use std::time::Duration;

use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let service = std::env::args().nth(1).expect("the address of the service, such as 127.0.0.1:4001");
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        let Ok((client, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let service = service.clone();
        tokio::spawn(async move {
            if let Err(error) = relay(client, &service).await {
                eprintln!("{error}");
            }
        });
    }
}

async fn relay(mut client: TcpStream, service: &str) -> io::Result<()> {
    let mut service = TcpStream::connect(service).await?;
    let carried = tokio::io::copy_bidirectional(&mut client, &mut service).await;
    if carried.is_err() {
        for stream in [&client, &service] {
            // Fails only on a connection that is gone already.
            let _lingers = SockRef::from(stream).set_linger(Some(Duration::ZERO));
        }
    }
    carried.map(drop)
}
