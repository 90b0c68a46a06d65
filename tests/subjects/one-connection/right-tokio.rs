//! Built differently: tokio, three unanswered at a time, all of the answer's bytes in a buffer of its own.

use std::io;
use std::process::ExitCode;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::main(flavor = "current_thread")]
async fn ask(service: &str, questions: &[String], answers: &mut Vec<String>) -> io::Result<()> {
    let mut service = TcpStream::connect(service).await?;
    let (mut have, mut asked) = (Vec::new(), 0);
    let mut can_write = true;
    while answers.len() < questions.len() {
        if let Some(end) = have.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = have.drain(..=end).collect();
            answers.push(std::str::from_utf8(&line[..end]).map_err(io::Error::other)?.to_string());
        } else if have.len() > 65_536 {
            return Err(io::Error::other("an answer too long"));
        } else if can_write && asked < questions.len() && asked < answers.len() + 3 {
            can_write = service.write_all(format!("{}\n", questions[asked]).as_bytes()).await.is_ok();
            asked += 1;
        } else if service.read_buf(&mut have).await? == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "no more answers"));
        }
    }
    Ok(())
}

fn main() -> io::Result<ExitCode> {
    let service = std::env::args().nth(1).expect("the address of the service, such as 127.0.0.1:4001");
    let questions: Vec<String> = io::stdin().lines().collect::<Result<_, _>>()?;
    let mut answers = Vec::new();
    let asked = ask(&service, &questions, &mut answers);
    for (n, question) in questions.iter().enumerate() {
        match answers.get(n) {
            Some(answer) => println!("{question} -> {answer}"),
            None => println!("{question} -> unknown"),
        }
    }
    match asked {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            eprintln!("{error}");
            Ok(ExitCode::FAILURE)
        }
    }
}
