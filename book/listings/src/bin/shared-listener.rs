//! One listening socket in two processes: the port has two owners.

// ANCHOR: program
use std::env;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Command, Stdio};

use listings::{Ports, received};

fn main() -> io::Result<()> {
    let mut ports = Ports::new();

    // The second process runs this same program, with the socket as its descriptor 0.
    if env::args().any(|argument| argument == "child") {
        let listener = TcpListener::from(io::stdin().as_fd().try_clone_to_owned()?);
        ports.name("P", listener.local_addr()?);
        println!("child: descriptor 0 → local {}", ports.show(listener.local_addr()?));
        let (mut client, _) = listener.accept()?;
        return client.write_all(b"the child");
    }

    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    ports.name("P", address);
    println!("parent: local {}", ports.show(address));
    let copy = OwnedFd::from(listener.try_clone()?);
    let mut child = Command::new(env::current_exe()?).arg("child").stdin(Stdio::from(copy)).spawn()?;

    let mut buffer = [0; 100];
    let mut client = TcpStream::connect(address)?;
    println!("who answers? {}", received(&client.read(&mut buffer), &buffer));
    child.wait()?;

    // The child has ended. The port is still taken, and still answered.
    let mut client = TcpStream::connect(address)?;
    listener.accept()?.0.write_all(b"the parent")?;
    println!("who answers? {}", received(&client.read(&mut buffer), &buffer));
    Ok(())
}
// ANCHOR_END: program
