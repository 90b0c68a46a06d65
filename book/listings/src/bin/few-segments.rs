//! Three pieces of one message, handed to the kernel in six ways.

// ANCHOR: ways
use std::io::{self, BufWriter, IoSlice, Write};
use std::net::{TcpListener, TcpStream};

use listings::{data_segments_sent, outcome};
use socket2::SockRef;

const PIECES: [&[u8]; 3] = [b"7 ", b"message", b"\n"];

fn three_writes(mut stream: &TcpStream) -> io::Result<u32> {
    for piece in PIECES {
        stream.write_all(piece)?;
    }
    data_segments_sent(stream)
}

fn one_buffer(mut stream: &TcpStream) -> io::Result<u32> {
    stream.write_all(&PIECES.concat())?;
    data_segments_sent(stream)
}

fn one_vectored_write(mut stream: &TcpStream) -> io::Result<u32> {
    let written = stream.write_vectored(&PIECES.map(IoSlice::new))?;
    assert_eq!(written, 10, "all of it: the send buffer is empty");
    data_segments_sent(stream)
}

fn buffered_and_flushed(stream: &TcpStream) -> io::Result<u32> {
    let mut buffered = BufWriter::new(stream);
    for piece in PIECES {
        buffered.write_all(piece)?;
    }
    buffered.flush()?;
    data_segments_sent(stream)
}

fn buffered_and_not_flushed(stream: &TcpStream) -> io::Result<u32> {
    let mut buffered = BufWriter::new(stream);
    for piece in PIECES {
        buffered.write_all(piece)?;
    }
    data_segments_sent(stream)
}

fn corked(mut stream: &TcpStream) -> io::Result<u32> {
    let socket = SockRef::from(stream);
    socket.set_tcp_cork(true)?;
    for piece in PIECES {
        stream.write_all(piece)?;
    }
    socket.set_tcp_cork(false)?;
    data_segments_sent(stream)
}
// ANCHOR_END: ways

type Way = fn(&TcpStream) -> io::Result<u32>;

fn main() -> io::Result<()> {
    let ways: [(&str, Way); 6] = [
        ("three writes", three_writes),
        ("one buffer, one write", one_buffer),
        ("one vectored write", one_vectored_write),
        ("BufWriter, flushed", buffered_and_flushed),
        ("BufWriter, not flushed", buffered_and_not_flushed),
        ("three writes, corked", corked),
    ];
    let listener = TcpListener::bind("127.0.0.1:0")?;
    for (name, way) in ways {
        let stream = TcpStream::connect(listener.local_addr()?)?;
        let _accepted = listener.accept()?;
        stream.set_nodelay(true)?;
        println!("{name}: {}", outcome(&way(&stream)));
    }
    Ok(())
}
