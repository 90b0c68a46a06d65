//! Shifts instead of divisions, and one list of all that was ever sent.

use std::io::{self, BufRead};

/// The side of a connection that sends, as far as time goes. All times are
/// milliseconds.
struct Sender {
    /// None before the first sample.
    srtt: Option<u64>,
    rttvar: u64,
    rto: u64,
    /// When the timer runs out, if it runs.
    timer: Option<u64>,
    /// Number, time of the last sending, and how often it was sent.
    log: Vec<(u64, u64, u32)>,
    acked: u64,
}

impl Sender {
    fn new() -> Sender {
        Sender { srtt: None, rttvar: 0, rto: 1000, timer: None, log: Vec::new(), acked: 0 }
    }

    /// A round trip has taken `r`.
    fn sample(&mut self, r: u64) {
        if let Some(mean) = self.srtt.as_mut() {
            let strayed = r.max(*mean) - r.min(*mean);
            self.rttvar = (self.rttvar + 2 * self.rttvar + strayed) >> 2;
            *mean = ((*mean << 3) - *mean + r) >> 3;
        } else {
            self.srtt = Some(r);
            self.rttvar = r >> 1;
        }
        let sum = self.srtt.unwrap_or(r) + if self.rttvar == 0 { 1 } else { self.rttvar << 2 };
        self.rto = match sum {
            0..1000 => 1000,
            60_001.. => 60_000,
            _ => sum,
        };
    }

    /// The timer has run out. It does not run again before something is sent.
    fn timeout(&mut self) {
        self.rto = if self.rto > 30_000 { 60_000 } else { self.rto + self.rto };
        self.timer = None;
    }

    /// Segment `number` goes out, now.
    fn sent(&mut self, number: u64, now: u64) {
        match self.log.iter_mut().find(|(n, ..)| *n == number) {
            Some((_, at, times)) => (*at, *times) = (now, *times + 1),
            None => self.log.push((number, now, 1)),
        }
        if self.timer.is_none() {
            self.timer = Some(now + self.rto);
        }
    }

    /// All segments below `number` are acknowledged, now. Gives the sample that
    /// was taken, if one was.
    fn acked(&mut self, number: u64, now: u64) -> Option<u64> {
        let before = self.acked;
        self.acked = number.max(before);
        let new: Vec<_> = self.log.iter().filter(|(n, ..)| (before..number).contains(n)).copied().collect();
        if new.is_empty() {
            return None;
        }
        let once = new.iter().all(|(.., times)| *times == 1);
        let sample = new.iter().max().filter(|_| once).map(|(_, at, _)| now - at);
        if let Some(r) = sample {
            self.sample(r);
        }
        let rest = self.log.iter().any(|(n, ..)| *n >= number);
        self.timer = if rest { Some(now + self.rto) } else { None };
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
