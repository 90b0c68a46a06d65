//! Built differently: tokio on one thread, both directions at once, no thread of its own for either.

use std::io::{Read as _, Write as _};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let addr = std::env::args().nth(1).expect("the address of the service, such as 127.0.0.1:4001");
    let mut service = TcpStream::connect(addr).await?;
    let (mut reading, mut writing) = service.split();
    let send = async {
        let mut input = Vec::new();
        std::io::stdin().read_to_end(&mut input)?;
        writing.write_all(&input).await?;
        writing.shutdown().await
    };
    let listen = async {
        let mut buf = vec![0; 4096];
        loop {
            match reading.read(&mut buf).await? {
                0 => return std::io::stdout().flush(),
                n => std::io::stdout().write_all(&buf[..n])?,
            }
        }
    };
    tokio::try_join!(send, listen)?;
    Ok(())
}
