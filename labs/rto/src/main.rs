//! Lab `rto`: how long a sender waits for an ACK before it sends again.
//! 실습 `rto`: 보내는 쪽이 ACK를 얼마나 기다렸다가 다시 보낼지 정합니다.
//!
//! No socket is opened and no clock is read: each line of standard input says
//! what happens and when, in milliseconds, and is answered with a line.
//! 소켓도 시계도 쓰지 않습니다. 표준 입력의 한 줄마다 무슨 일이 언제(ms) 일어났는지
//! 적혀 있고, 한 줄로 답합니다.
//!
//! | asked / 묻는 줄 | what it is / 뜻                          | answer / 답                     |
//! |-----------------|------------------------------------------|---------------------------------|
//! | `new`           | a new connection / 새 연결               | `rto 1000 timer off`            |
//! | `sample 800`    | a round trip took so long / 왕복 시간 하나 | `srtt 800 rttvar 400 rto 2400` |
//! | `timeout`       | the timer has run out / 타이머가 다 됨   | `rto 4800 timer off`            |
//! | `sent 0 at 7`   | segment 0 goes out, at 7 ms; perhaps not for the first time / 7ms에 0번 세그먼트를 보냄. 다시 보내는 것일 수도 있음 | `rto 1000 timer 1007` |
//! | `acked 2 at 90` | all below 2 are acknowledged: 0 and 1 / 2보다 작은 것, 곧 0번과 1번의 ACK가 옴 | `sample 83 rto 1000 timer off`, `no sample rto 1000 timer 1007` |
//!
//! Anything else is answered with `error: …` and changes nothing: also a number
//! above 4294967295, and a time that is before the last one.
//! 그 밖의 줄은 `error: …`로 답하고 아무것도 바꾸지 않습니다. 4294967295를 넘는 수와 앞
//! 줄보다 이른 시각도 마찬가지입니다.
//!
//! ```text
//! printf 'sample 800\nsample 800\nsample 1600\n' | cargo run -q -p rto
//! ```
//!
//! The rules are those of RFC 6298, in whole numbers; a division rounds down.
//! 규칙은 RFC 6298과 같고 모두 정수로 계산합니다. 나눗셈은 소수점 아래를 버립니다.
//!
//! - first sample R / 첫 표본 R: SRTT = R, RTTVAR = R / 2
//! - each further one / 그다음부터: RTTVAR = (3 × RTTVAR + |SRTT − R|) / 4, then / 그다음
//!   SRTT = (7 × SRTT + R) / 8
//! - RTO = SRTT + 4 × RTTVAR; of 4 × RTTVAR at least 1 is taken, and the RTO is
//!   at least 1000 and at most 60000. Before any sample it is 1000.
//!   4 × RTTVAR가 0이면 1로 치고, RTO는 1000에서 60000까지입니다. 표본이 없으면 1000입니다.
//! - An ACK gives a sample if it acknowledges something new, and nothing of that
//!   was sent twice: the time since the last of those segments was sent.
//!   ACK가 새로 확인한 것이 있고 그 가운데 두 번 보낸 것이 없으면 표본이 됩니다. 그 가운데
//!   마지막 세그먼트를 보낸 뒤로 흐른 시간입니다.
//!
//! `cargo test -p rto` says what is missing. Start with `sample`.
//! 무엇이 빠졌는지는 `cargo test -p rto`가 알려 줍니다. `sample`부터 시작하세요.

use std::io::{self, BufRead};

/// The side of a connection that sends, as far as time goes. All times are
/// milliseconds. / 연결에서 보내는 쪽의 시간. 모두 ms입니다.
struct Sender {
    /// None before the first sample. / 첫 표본 전에는 없음.
    srtt: Option<u64>,
    rttvar: u64,
    rto: u64,
    /// When the timer runs out, if it runs. / 타이머가 돌고 있다면 다 되는 때.
    timer: Option<u64>,
    // What has to be remembered of the segments that are on their way?
    // 가는 중인 세그먼트마다 무엇을 기억해야 할까요?
}

impl Sender {
    fn new() -> Sender {
        todo!("no sample, an rto of 1000, no timer / 표본도 타이머도 없고 rto는 1000")
    }

    /// A round trip has taken `r`. / 왕복에 `r`이 걸렸습니다.
    fn sample(&mut self, _r: u64) {
        todo!("srtt and rttvar from the sample, and the rto from both / 표본에서 srtt와 rttvar, 그 둘에서 rto 구하기")
    }

    /// The timer has run out. It does not run again before something is sent.
    /// 타이머가 다 되었습니다. 무언가 보낼 때까지는 돌지 않습니다.
    fn timeout(&mut self) {
        todo!("wait longer next time / 다음에는 더 오래 기다리기")
    }

    /// Segment `number` goes out, now. / 지금 `number`번 세그먼트를 보냅니다.
    fn sent(&mut self, _number: u64, _now: u64) {
        todo!("remember it, and start the timer if it does not run / 기억하고, 타이머가 멈춰 있으면 켜기")
    }

    /// All segments below `number` are acknowledged, now. Gives the sample that
    /// was taken, if one was.
    /// 지금 `number`보다 작은 세그먼트의 ACK가 왔습니다. 표본을 얻었다면 돌려줍니다.
    fn acked(&mut self, _number: u64, _now: u64) -> Option<u64> {
        todo!("take a sample if you may, then the timer / 재도 되면 재고, 그다음은 타이머")
    }
}

// Nothing to do below. / 아래에는 고칠 것이 없습니다.

fn main() -> io::Result<()> {
    let (mut sender, mut clock) = (Sender::new(), 0);
    for line in io::stdin().lock().split(b'\n') {
        // Bytes that are no text become a sign that is in no order.
        let line = String::from_utf8_lossy(&line?).into_owned();
        match answer(&line, &mut sender, &mut clock) {
            Some(text) => println!("{text}"),
            None => println!("error: no order: {line:?}"),
        }
    }
    Ok(())
}

/// `None`: the line is no order, and nothing has changed.
fn answer(line: &str, sender: &mut Sender, clock: &mut u64) -> Option<String> {
    let words: Vec<&str> = line.split(' ').collect();
    let mut sample = String::new();
    match words[..] {
        ["new"] => (*sender, *clock) = (Sender::new(), 0),
        ["sample", r] => {
            sender.sample(number(r)?);
            let srtt = sender.srtt.map_or("none".to_string(), |srtt| srtt.to_string());
            return Some(format!("srtt {srtt} rttvar {} rto {}", sender.rttvar, sender.rto));
        }
        ["timeout"] => sender.timeout(),
        ["sent", segment, "at", now] => {
            let (segment, now) = (number(segment)?, time(now, clock)?);
            sender.sent(segment, now);
        }
        ["acked", segment, "at", now] => {
            let (segment, now) = (number(segment)?, time(now, clock)?);
            sample = sender.acked(segment, now).map_or("no sample ".to_string(), |r| format!("sample {r} "));
        }
        _ => return None,
    }
    let timer = sender.timer.map_or("off".to_string(), |at| at.to_string());
    Some(format!("{sample}rto {} timer {timer}", sender.rto))
}

/// So small that no sum of a few of them is too large.
fn number(text: &str) -> Option<u64> {
    text.parse::<u32>().ok().map(u64::from)
}

/// Time does not run backwards.
fn time(text: &str, clock: &mut u64) -> Option<u64> {
    let now = number(text).filter(|now| now >= clock)?;
    *clock = now;
    Some(now)
}
