//! Misconception: a line that cannot be read is left out, and the next one is the answer.
//! Caught by: takes_no_garbage_for_an_answer

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;

/// An answer of more bytes, its line end not counted, is no answer.
const LONGEST_ANSWER: usize = 65_536;

/// Questions without an answer at a time: so many fit into any buffer.
const UNANSWERED: usize = 8;

/// Asks the service all questions, and puts each answer that comes, without its
/// line end, behind those that have come before. Comes back when all answers are
/// there. If no more can come, the error says why: what has come by then stays.
fn ask(service: &str, questions: &[String], answers: &mut Vec<String>) -> io::Result<()> {
    let service = TcpStream::connect(service)?;
    // The next question is not to wait until the one before is acknowledged.
    service.set_nodelay(true)?;
    let mut coming = BufReader::new(&service);
    let mut going = &service;
    let mut asked = 0;
    let mut failed = None;
    while answers.len() < questions.len() {
        while failed.is_none() && asked < questions.len() && asked - answers.len() < UNANSWERED {
            // What was answered before it broke may still be on this side.
            failed = going.write_all(format!("{}\n", questions[asked]).as_bytes()).err();
            asked += 1;
        }
        let mut answer = String::new();
        // No more of it than the longest and its end: it may have no end.
        if let Err(e) = coming.by_ref().take(LONGEST_ANSWER as u64 + 1).read_line(&mut answer) {
            if e.kind() == std::io::ErrorKind::InvalidData {
                continue;
            }
            return Err(e);
        }
        match answer.strip_suffix('\n') {
            Some(answer) => answers.push(answer.to_string()),
            // Too long, or the stream has ended, perhaps with a piece.
            None => return Err(failed.unwrap_or_else(|| io::Error::other("an answer without its end"))),
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
