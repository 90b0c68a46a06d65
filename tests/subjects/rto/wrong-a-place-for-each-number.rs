//! Misconception: a list with a place for each number is as long as what is on its way.
//! Caught by: measures_only_what_was_sent_once

use std::io::{self, BufRead};

/// The least and the most, and what a clock can tell apart.
const LEAST: u64 = 1000;
const MOST: u64 = 60_000;
const GRANULARITY: u64 = 1;

/// The side of a connection that sends, as far as time goes. All times are
/// milliseconds.
struct Sender {
    /// None before the first sample.
    srtt: Option<u64>,
    rttvar: u64,
    rto: u64,
    /// When the timer runs out, if it runs.
    timer: Option<u64>,
    /// What is on its way, each in the place of its number.
    flight: Vec<Option<Segment>>,
}

struct Segment {
    sent: u64,
    /// Nobody can tell which of the two an ACK is for.
    is_copy: bool,
}

impl Sender {
    fn new() -> Sender {
        Sender { srtt: None, rttvar: 0, rto: LEAST, timer: None, flight: Vec::new() }
    }

    /// A round trip has taken `r`.
    fn sample(&mut self, r: u64) {
        let srtt = match self.srtt {
            None => {
                self.rttvar = r / 2;
                r
            }
            Some(srtt) => {
                // With the mean as it was before.
                self.rttvar = (3 * self.rttvar + srtt.abs_diff(r)) / 4;
                (7 * srtt + r) / 8
            }
        };
        self.srtt = Some(srtt);
        self.rto = (srtt + GRANULARITY.max(4 * self.rttvar)).clamp(LEAST, MOST);
    }

    /// The timer has run out. It does not run again before something is sent.
    fn timeout(&mut self) {
        self.rto = (2 * self.rto).min(MOST);
        self.timer = None;
    }

    /// Segment `number` goes out, now.
    fn sent(&mut self, number: u64, now: u64) {
        let number = number as usize;
        if self.flight.len() <= number {
            self.flight.resize_with(number + 1, || None);
        }
        let is_copy = self.flight[number].is_some();
        self.flight[number] = Some(Segment { sent: now, is_copy });
        self.timer.get_or_insert(now + self.rto);
    }

    /// All segments below `number` are acknowledged, now. Gives the sample that
    /// was taken, if one was.
    fn acked(&mut self, number: u64, now: u64) -> Option<u64> {
        let below = self.flight.len().min(number as usize);
        let acked: Vec<Segment> = self.flight[..below].iter_mut().filter_map(Option::take).collect();
        // An ACK that says nothing new changes nothing.
        let last = acked.last()?;
        let is_sure = acked.iter().all(|segment| !segment.is_copy);
        let sample = is_sure.then(|| now - last.sent);
        if let Some(r) = sample {
            self.sample(r);
        }
        self.timer = self.flight.iter().any(Option::is_some).then(|| now + self.rto);
        sample
    }
}

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
