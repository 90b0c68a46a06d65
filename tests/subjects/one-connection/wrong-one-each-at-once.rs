//! Misconception: questions that go out together need a connection each.
//! Caught by: asks_all_on_one_connection

use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::net::TcpStream;
use std::process::ExitCode;

/// Questions without an answer at a time: so many fit into any buffer.
const UNANSWERED: usize = 8;

/// Asks the service all questions, and puts each answer that comes, without its
/// line end, behind those that have come before. Comes back when all answers are
/// there. If no more can come, the error says why: what has come by then stays.
fn ask(service: &str, questions: &[String], answers: &mut Vec<String>) -> io::Result<()> {
    for some in questions.chunks(UNANSWERED) {
        let mut open = Vec::new();
        for question in some {
            let service = TcpStream::connect(service)?;
            (&service).write_all(format!("{question}\n").as_bytes())?;
            open.push(service);
        }
        for service in open {
            let mut answer = String::new();
            io::Read::take(BufReader::new(service), 65_537).read_line(&mut answer)?;
            match answer.strip_suffix('\n') {
                Some(answer) => answers.push(answer.to_string()),
                None => return Err(ErrorKind::UnexpectedEof.into()),
            }
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
