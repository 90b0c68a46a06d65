//! Built differently: a thread writes while another reads, with no limit and no wait.

use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::net::{Shutdown, TcpStream};
use std::process::ExitCode;
use std::thread;

fn ask(service: &str, questions: &[String], answers: &mut Vec<String>) -> io::Result<()> {
    let service = TcpStream::connect(service)?;
    let going = &service;
    thread::scope(|scope| {
        let sender = scope.spawn(move || -> io::Result<()> {
            let mut going = BufWriter::new(going);
            for question in questions {
                writeln!(going, "{question}")?;
            }
            going.flush()?;
            going.get_ref().shutdown(Shutdown::Write)
        });
        let heard = hear(&service, questions.len(), answers);
        if heard.is_err() {
            // The writer may stand in a write that nobody takes.
            let _over = service.shutdown(Shutdown::Both);
        }
        let sent = sender.join().expect("the writer does not panic");
        heard.or_else(|error| sent.and(Err(error)))
    })
}

fn hear(service: &TcpStream, want: usize, answers: &mut Vec<String>) -> io::Result<()> {
    let mut coming = BufReader::new(service);
    while answers.len() < want {
        let mut line = Vec::new();
        io::Read::take(&mut coming, 65_537).read_until(b'\n', &mut line)?;
        if line.pop() != Some(b'\n') {
            return Err(io::Error::other("it ended before the answer did, or the answer does not end"));
        }
        answers.push(String::from_utf8(line).map_err(io::Error::other)?);
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
