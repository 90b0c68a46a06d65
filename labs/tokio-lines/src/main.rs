//! Lab `tokio-lines`: a server that answers lines, for many clients on one thread.
//!
//! Start it with `cargo run -p tokio-lines`. It prints
//!
//! ```text
//! listening on 127.0.0.1:54321
//! ```
//!
//! and answers every line of every client with the same line in upper case:
//! `hello` becomes `HELLO`. A line ends with `\n`. The last one may lack it;
//! it is answered as well, as it is, without a newline.
//!
//! `cargo test -p tokio-lines` says what is missing. Start with `answer`.

use std::io;

use tokio::net::{TcpListener, TcpStream};

// One thread for everything. Leave this line as it is.
#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on {}", listener.local_addr()?);

    loop {
        let (stream, _) = listener.accept().await?;
        // Yours to change: this stays with one client until it has ended.
        answer(stream).await?;
    }
}

/// Answers each line of `stream` in upper case, until the client has no more.
async fn answer(_stream: TcpStream) -> io::Result<()> {
    todo!("collect bytes until a line is complete, answer it, go on with the rest")
}
