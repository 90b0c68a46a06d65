//! Numbers by which the program holds its sockets: what it says of them, and
//! what the kernel says.

use std::collections::BTreeMap;
use std::fmt;

use crate::ask::{Question, or_empty, row};
use crate::check::Check;
use crate::program::Program;
use crate::transcript::{Detail, Step};
use crate::words::{Lang, Words, say};

/// A descriptor that the program has told. The transcript calls it by a name:
/// which number it is differs from run to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    name: String,
    number: i32,
}

impl Number {
    /// What the transcript calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number)
    }
}

impl Check {
    /// [`Check::start_with_typist`] with at most `most` descriptors at a time.
    pub fn start_with_few_descriptors(&self, most: u64) -> Program {
        let program = self.start_typed_with_few_descriptors(most);
        self.transcript().step(Step::new(say("wire.few", &[("n", &most)]), "", "program", "start"));
        program
    }
}

impl Program {
    /// Types `order`; the answer must be as many numbers as there are names,
    /// each of a socket that the program has now, and had not before.
    pub fn opens<const N: usize>(&mut self, order: &str, names: [&str; N]) -> [Number; N] {
        self.opens_by(&Question::plain(order), names)
    }

    /// [`Program::opens`] for an order in which a number stands.
    pub fn opens_by<const N: usize>(&mut self, order: &Question, names: [&str; N]) -> [Number; N] {
        let name = names.join(" ");
        // Nothing asks for them when the check has ended.
        let none = || names.map(|name| Number { name: name.to_string(), number: -1 });
        let (before, answer) = (self.sockets(), self.reply(order));
        let Some(answer) = answer else { return none() };
        match self.new_ones(&answer, &before, N) {
            Some(numbers) => {
                self.step("wire.answers", &[("what", &order.name()), ("answer", &name)], "stdout");
                let mut numbers = numbers.into_iter();
                names.map(|name| self.tells(name.to_string(), numbers.next().unwrap_or(-1)))
            }
            None => {
                let id = if N == 1 { "fail.no-number" } else { "fail.no-numbers" };
                self.has_not(order, &answer, say(id, &[("what", &order.name()), ("want", &name)]));
                none()
            }
        }
    }

    /// Types `order` again and again, at most `most` times, until the answer is
    /// `refusal`: the numbers that were the answers until then.
    pub fn opens_until(&mut self, order: &str, refusal: &str, most: usize) -> Vec<Number> {
        let order = Question::plain(order);
        let mut numbers = Vec::new();
        while !self.transcript.is_stopped() {
            let (before, answer) = (self.sockets(), self.reply(&order));
            let Some(answer) = answer else { break };
            let told = self.new_ones(&answer, &before, 1);
            match told.as_deref() {
                Some(&[number]) if numbers.len() < most => {
                    numbers.push(self.tells(format!("#{}", numbers.len() + 1), number));
                }
                None if answer == refusal && !numbers.is_empty() => {
                    self.step("wire.until", &[("what", &order.name()), ("answer", &refusal)], "stdout");
                    break;
                }
                _ => self.has_not(&order, &answer, say("fail.other-answer", &[("what", &order.name())])),
            }
        }
        numbers
    }

    /// Waits for the next line of its output: `line`, in which `name` stands for a
    /// number. It must be that of a socket that the program has, and that it has
    /// not told of before.
    pub fn prints_number(&mut self, line: &str, name: &str) -> Number {
        let none = Number { name: name.to_string(), number: -1 };
        let what = format!("{line:?}");
        let Some(got) = self.line(&what) else { return none };
        let Some(number) = in_place_of(name, line, &got).and_then(|number| number.parse::<i32>().ok()) else {
            self.fail("fail.other-output", &[("got", &format!("{got:?}")), ("what", &what)]);
            return none;
        };
        let (now, before) = (self.sockets(), self.told.get(&number));
        if let (None, true) = (before, now.contains_key(&number) || !cfg!(target_os = "linux")) {
            self.step("wire.printed", &[("what", &what)], "stdout");
            return self.tells(name.to_string(), number);
        }
        // A port is another one in each run.
        let port = self.places.iter().find(|place| i32::from(place.addr().port()) == number);
        let number = port.map_or_else(|| number.to_string(), |place| place.port_name().to_string());
        let got = format!("{:?}", line.replacen(name, &number, 1));
        let words = match before {
            Some(other) => say("fail.number-again", &[("got", &got), ("name", other)]),
            None => say("fail.nobodys-number", &[("got", &got)]),
        };
        let rows = vec![self.row_of_sockets(&now)];
        self.transcript.stop(Step::new(words, "program", "", "fail"), Detail { rows, bytes: None });
        none
    }

    fn tells(&mut self, name: String, number: i32) -> Number {
        self.told.insert(number, name.clone());
        Number { name, number }
    }

    /// The kernel has just these numbers of sockets for the program, beside its
    /// standard input and output; each group is one socket (looked at on Linux
    /// only).
    pub fn holds(&mut self, sockets: &[&[&Number]]) {
        let name = |group: &&[&Number]| group.iter().map(|number| number.name()).collect::<Vec<_>>().join(" = ");
        let what: Vec<String> = sockets.iter().map(name).collect();
        let what = if what.is_empty() { say("data.none", &[]) } else { Words::same(what.join(", ")) };
        let groups = sockets.iter().map(|group| group.iter().map(|number| number.number).collect()).collect();
        let names: Vec<&Number> = sockets.iter().flat_map(|group| group.iter().copied()).collect();
        self.has_groups(groups, &names, &say("wire.numbers", &[("what", &what)]));
    }

    /// [`Program::holds`] of numbers that each have a socket of their own.
    pub fn holds_all<'a>(&mut self, numbers: impl IntoIterator<Item = &'a Number>) {
        let numbers: Vec<&Number> = numbers.into_iter().collect();
        let groups = numbers.iter().map(|number| vec![number.number]).collect();
        self.has_groups(groups, &numbers, &say("wire.numbers-all", &[]));
    }

    fn has_groups(&mut self, mut want: Vec<Vec<i32>>, names: &[&Number], line: &Words) {
        self.settle();
        if self.transcript.is_stopped() {
            return;
        }
        let mut by_socket = BTreeMap::<String, Vec<i32>>::new();
        for (number, socket) in self.sockets() {
            by_socket.entry(socket).or_default().push(number);
        }
        let mut have: Vec<Vec<i32>> = by_socket.into_values().collect();
        have.iter_mut().chain(&mut want).for_each(|group| group.sort_unstable());
        have.sort();
        want.sort();
        if have == want || !cfg!(target_os = "linux") {
            return self.transcript.step(Step::new(line.clone(), "program", "", "look"));
        }
        // A number may have had several owners; those that are asked for are the
        // present ones.
        let call = |number: &i32| {
            let known = names.iter().find(|known| known.number == *number).map(|known| &known.name);
            match known.or_else(|| self.told.get(number)) {
                Some(name) => Words::same(name),
                None => say("report.untold", &[("n", number)]),
            }
        };
        let group = |group: &Vec<i32>| joined(group.iter().map(call), " = ");
        let what = if have.is_empty() { say("data.none", &[]) } else { joined(have.iter().map(group), ", ") };
        self.fail("fail.numbers", &[("what", &what)]);
    }

    /// The kernel lists all of these as UDP sockets at `want`: `127.0.0.1:?` is
    /// any port of that address (looked at on Linux only).
    pub fn has_udp_at(&self, numbers: &[&Number], want: &str) {
        if self.transcript.is_stopped() {
            return;
        }
        #[cfg(target_os = "linux")]
        for number in numbers {
            let place = crate::proc::udp_address(self.run.pid(), number.number).map(|addr| match addr.port() {
                0 => addr.to_string(),
                // It is another one in each run.
                port => addr.to_string().replace(&format!(":{port}"), ":?"),
            });
            match place {
                Some(place) if place == want => {}
                Some(place) => return self.fail("fail.udp-at", &[("what", &number.name), ("addr", &place)]),
                None => return self.fail("fail.no-udp", &[("what", &number.name)]),
            }
        }
        let names: Vec<&str> = numbers.iter().map(|number| number.name()).collect();
        self.step("wire.udp-at", &[("what", &names.join(", ")), ("addr", &want)], "look");
    }

    /// The `n` numbers of `answer`, if they are those of sockets that the
    /// program has and did not have `before`.
    fn new_ones(&self, answer: &str, before: &BTreeMap<i32, String>, n: usize) -> Option<Vec<i32>> {
        let numbers: Vec<i32> = answer.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?;
        let now = self.sockets();
        let is_new = |number: &i32| now.contains_key(number) && !before.contains_key(number);
        let all_new = !cfg!(target_os = "linux") || numbers.iter().all(is_new);
        let mut once = numbers.clone();
        once.sort_unstable();
        once.dedup();
        (numbers.len() == n && once.len() == n && all_new).then_some(numbers)
    }

    /// The answer is another one: `line` says so, and below it is what there is.
    fn has_not(&mut self, order: &Question, answer: &str, line: Words) {
        let now = self.sockets();
        let word = |word: &str| word.parse().map_or_else(|_| Words::same(word), |number| self.called(number, &now));
        let observed = if answer.is_empty() { or_empty(answer) } else { joined(answer.split(' ').map(word), " ") };
        let rows = vec![
            row(&say("report.asked", &[]), &Words::same(self.with_letters(&order.text()))),
            row(&say("report.observed", &[]), &observed),
            self.row_of_sockets(&now),
        ];
        self.transcript.stop(Step::new(line, "program", "", "fail"), Detail { rows, bytes: None });
    }

    /// `number` with what the check calls it, if the program has told it; `now`
    /// are its sockets.
    fn called(&self, number: i32, now: &BTreeMap<i32, String>) -> Words {
        match self.told.get(&number) {
            Some(name) if !cfg!(target_os = "linux") || now.contains_key(&number) => {
                say("report.told", &[("n", &number), ("name", name)])
            }
            Some(name) => say("report.told-closed", &[("n", &number), ("name", name)]),
            None => Words::same(number.to_string()),
        }
    }

    /// What the program has, for below a failure.
    fn row_of_sockets(&self, now: &BTreeMap<i32, String>) -> Words {
        let numbers = now.keys().map(|number| self.called(*number, now));
        let have = if now.is_empty() { say("data.none", &[]) } else { joined(numbers, ", ") };
        row(&say("report.sockets", &[]), &have)
    }

    /// An order about a number, with what the check calls it: `read 4 (B)`.
    pub(crate) fn with_letters(&self, order: &str) -> String {
        let known = |number: &str| self.told.get(&number.parse().ok()?);
        let mut words = order.splitn(3, ' ');
        match (words.next(), words.next().and_then(|number| Some((number, known(number)?))), words.next()) {
            (Some(verb), Some((number, name)), None) => format!("{verb} {number} ({name})"),
            (Some(verb), Some((number, name)), Some(rest)) => format!("{verb} {number} ({name}) {rest}"),
            _ => order.to_string(),
        }
    }

    /// The program's sockets by number, without its standard input and output.
    fn sockets(&self) -> BTreeMap<i32, String> {
        #[cfg(target_os = "linux")]
        return crate::proc::numbers(self.run.pid()).into_iter().filter(|(number, _)| *number > 2).collect();
        #[cfg(not(target_os = "linux"))]
        BTreeMap::new()
    }
}

/// What stands in `got` where `line` has `name`, if all else is the same.
pub(crate) fn in_place_of<'a>(name: &str, line: &str, got: &'a str) -> Option<&'a str> {
    let (before, behind) = line.split_once(name)?;
    got.strip_prefix(before)?.strip_suffix(behind)
}

fn joined(parts: impl Iterator<Item = Words>, between: &str) -> Words {
    let parts: Vec<Words> = parts.collect();
    let of = |lang| parts.iter().map(|part| part.get(lang)).collect::<Vec<_>>().join(between);
    Words { en: of(Lang::En), ko: of(Lang::Ko) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_what_the_program_prints() {
        let told = |got| in_place_of("A", "first: descriptor A", got);
        assert_eq!(told("first: descriptor 17"), Some("17"));
        assert_eq!(told("first: descriptor "), Some(""), "which is no number");
        assert_eq!(told("second: descriptor 17"), None);
        assert_eq!(in_place_of("P", "P is open", "4711 is open"), Some("4711"));
        assert_eq!(in_place_of("P", "P is open", "4711 is closed"), None);
    }
}
