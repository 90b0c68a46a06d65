//! Lab `one-connection`: many questions over one connection.
//! 실습 `one-connection`: 연결 하나로 묻는 많은 질문.
//!
//! Each line of standard input is a question. The service answers each line with
//! a line, in the order in which it was asked. What was not answered, nobody
//! knows.
//! 표준 입력의 한 줄이 질문 하나입니다. 서비스는 물은 순서대로 한 줄에 한 줄씩 답합니다.
//! 답이 오지 않은 것은 아무도 모릅니다.
//!
//! What is too long or not UTF-8 is no answer: there the program gives up. A line
//! more than it has asked for it does not look at. A service that falls silent it
//! waits for, for as long as that takes: the lab `name-the-end` sets a time limit.
//! So it does for one that vanishes, until the kernel gives up on a question that
//! nobody acknowledges, after a quarter of an hour (a check makes that short).
//! 너무 길거나 UTF-8이 아닌 것은 답이 아닙니다. 거기서 그만둡니다. 물은 것보다 더 온 줄은
//! 보지 않습니다. 서비스가 말없이 멈추면 하염없이 기다립니다. 시간 제한은 실습
//! `name-the-end`에서 둡니다. 서비스가 사라져도 기다립니다. 다만 보낸 질문에 ACK가 오지
//! 않으면 커널이 15분쯤 뒤에 포기합니다(검사에서는 이 시간을 줄입니다).
//!
//! ```text
//! socat TCP-LISTEN:4001,reuseaddr,fork EXEC:cat &
//! printf 'pear\nfig\n' | cargo run -p one-connection 127.0.0.1:4001
//! ```
//!
//! ```text
//! pear -> pear
//! fig -> fig
//! ```
//!
//! `cargo test -p one-connection` says what is missing. The first stages need no
//! more than a loop that writes a line and reads a line.
//! 무엇이 빠졌는지는 `cargo test -p one-connection`이 알려 줍니다. 처음 두 단계는 한 줄을
//! 쓰고 한 줄을 읽는 반복문이면 됩니다.

use std::io;
use std::process::ExitCode;

/// An answer of more bytes, its line end not counted, is no answer.
/// 이보다 긴 것은 답이 아닙니다. 줄 끝은 세지 않습니다.
const LONGEST_ANSWER: usize = 65_536;

/// Asks the service all questions, and puts each answer that comes, without its
/// line end, behind those that have come before. Comes back when all answers are
/// there. If no more can come, the error says why: what has come by then stays.
/// 서비스에 질문을 모두 묻고, 답이 올 때마다 줄 끝을 떼어 앞선 답 뒤에 넣습니다. 답이 다 오면
/// 돌아옵니다. 답이 더 올 수 없으면 오류로 까닭을 알립니다. 그때까지 온 답은 그대로 둡니다.
fn ask(_service: &str, _questions: &[String], _answers: &mut Vec<String>) -> io::Result<()> {
    todo!("ask, and take answers of {LONGEST_ANSWER} bytes at most / 묻고 {LONGEST_ANSWER}바이트까지 답 받기")
}

// Nothing to do below. / 아래에는 고칠 것이 없습니다.

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
