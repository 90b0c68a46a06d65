//! The steps of one program.

use std::collections::BTreeSet;

use super::Not;
use super::helper::Helper;
use super::names::{Names, Open, Value};
use super::place::Place;
use super::words::{Lang, Say};
use super::write::{Expr, Lines, number};
use crate::errno::Errno;
use crate::run::Planned;
use crate::script::{
    Action, AddrPattern, Condition, Data, Expect, Family, Fd, Item, SocketKind, Step, What, data_text, expect_text,
    head_text,
};
use crate::time::{MILLI, Micros, SECOND};

/// What all programs of a script share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) helpers: BTreeSet<Helper>,
    /// Names of libc that are used alone.
    pub(super) libc: BTreeSet<&'static str>,
    /// What was explained already.
    said: Vec<Say>,
}

/// What is known of the variables of a program once it has been written: it is
/// written twice, and the second time knows what becomes of each.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    used: BTreeSet<usize>,
    mutable: BTreeSet<usize>,
    /// Repeats that have to keep what they open.
    keeps: BTreeSet<usize>,
    /// The longest receive.
    buffer: u32,
}

/// The repeat that is being written.
#[derive(Debug)]
struct Repeat {
    /// Names from outside that were used in it.
    touched: BTreeSet<String>,
    /// Names it has given, and to what.
    made: Vec<(String, usize)>,
    /// Names it has given to addresses.
    addresses: Vec<String>,
}

/// One program.
pub(super) struct Body<'a> {
    pub(super) place: &'a Place<'a>,
    pub(super) lang: Lang,
    /// The host: its number in the plan.
    pub(super) host: usize,
    pub(super) shared: &'a mut Shared,
    /// From the first time; nothing is known while that is written.
    before: Option<&'a Known>,
    pub(super) known: Known,
    pub(super) lines: Lines,
    names: Names,
    lets: usize,
    repeats: usize,
    repeat: Option<Repeat>,
    not: Option<Not>,
}

impl<'a> Body<'a> {
    pub(super) fn new(
        place: &'a Place<'a>,
        lang: Lang,
        host: usize,
        shared: &'a mut Shared,
        before: Option<&'a Known>,
    ) -> Body<'a> {
        Body {
            place,
            lang,
            host,
            shared,
            before,
            known: Known::default(),
            lines: Lines::inside(),
            names: Names::default(),
            lets: 0,
            repeats: 0,
            repeat: None,
            not: None,
        }
    }

    /// What cannot be written, if anything.
    pub(super) fn trouble(&self) -> Option<Not> {
        self.not
    }

    /// The first lines.
    pub(super) fn begin(&mut self, own: bool) {
        if own {
            self.need(Helper::Own);
            self.lines.line("own_descriptors();");
        }
        match self.before.map_or(0, |known| known.buffer) {
            0 => {}
            most @ 1..=4096 => self.lines.line(&format!("let mut buffer = [0; {}];", number(most.into()))),
            most => self.lines.line(&format!("let mut buffer = vec![0; {}];", number(most.into()))),
        }
    }

    pub(super) fn need(&mut self, helper: Helper) {
        self.shared.helpers.insert(helper);
        self.shared.helpers.extend(helper.calls());
    }

    /// A constant of libc.
    pub(super) fn libc(&mut self, name: &'static str) -> &'static str {
        self.shared.libc.insert(name);
        name
    }

    /// Says it before the first line that needs it.
    pub(super) fn say(&mut self, say: Say) {
        if !self.shared.said.contains(&say) {
            self.shared.said.push(say);
            self.lines.comment(say.text(self.lang));
        }
    }

    /// One step. `mark` names the place in another program that a `wait` means.
    pub(super) fn step(&mut self, planned: &Planned, mark: &dyn Fn((usize, usize)) -> String) {
        let step = &planned.step;
        match &step.action {
            Action::Call(call) => self.call(call, step),
            Action::WaitProgram(_) => {
                if let Some(after) = planned.after {
                    self.lines.line(&format!("{}.wait();", mark(after)));
                }
            }
            Action::WaitTime(length) => {
                let length = duration(*length);
                self.lines.call("", &Expr::new("thread::sleep", &[&length]), ";");
            }
            Action::WaitSocket(fd, condition) => self.wait(fd, *condition, step),
            Action::Count(..) => {
                self.say(Say::Count);
                self.lines.line(&format!("// {}", as_written(step)));
            }
            Action::Repeat(times, body) => self.repeat(*times, body, &planned.body, mark),
        }
    }

    fn wait(&mut self, fd: &Fd, condition: Condition, step: &Step) {
        let Some((name, _)) = self.socket(fd) else { return self.gone(step) };
        let until = match condition {
            Condition::Bytes(count) => {
                self.need(Helper::Unread);
                format!("unread(&{name})? < {}", number(count.into()))
            }
            Condition::Queued(count) => {
                self.need(Helper::Queued);
                format!("queued(&{name})? < {count}")
            }
            Condition::State(state) => {
                self.need(Helper::State);
                format!("state(&{name})? != \"{}\"", state.name())
            }
        };
        self.lines.open(&format!("while {until} {{"));
        self.lines.line("thread::sleep(Duration::from_millis(1));");
        self.lines.close("}");
    }

    fn repeat(&mut self, times: u32, items: &[Item], steps: &[Planned], mark: &dyn Fn((usize, usize)) -> String) {
        let keeps = self.repeats;
        self.repeats += 1;
        if self.before.is_some_and(|known| known.keeps.contains(&keeps)) {
            self.lines.line("let mut kept = Vec::new();");
        }
        self.lines.open(&format!("for _ in 0..{} {{", number(times.into())));
        self.repeat = Some(Repeat { touched: BTreeSet::new(), made: Vec::new(), addresses: Vec::new() });
        let table = self.names.table().clone();
        let mut steps = steps.iter();
        for item in items {
            self.remark(item.comment.as_deref());
            if let (What::Step(_), Some(planned)) = (&item.what, steps.next()) {
                self.step(planned, mark);
            }
        }
        let repeat = self.repeat.take();
        let (made, addresses) = repeat.map(|repeat| (repeat.made, repeat.addresses)).unwrap_or_default();
        for (name, id) in &made {
            let rust = self.names.rust(name);
            self.lines.line(&format!("kept.push({rust});"));
            self.known.used.insert(*id);
            self.known.keeps.insert(keeps);
        }
        self.lines.close("}");
        self.names.vague |= table != *self.names.table();
        for name in addresses {
            self.names.set(&name, Value::Lost);
        }
        self.after_repeat(&made);
    }

    /// The names that a repeat has given mean what its last round has opened.
    fn after_repeat(&mut self, made: &[(String, usize)]) {
        let mut lets = Vec::new();
        for (name, _) in made.iter().rev() {
            let Some(Value::Open(open)) = self.names.get(name) else { continue };
            let id = self.new_let();
            self.names.set(name, Value::Open(Open { id, ..open }));
            lets.push((name.clone(), id));
        }
        let used = |id: &usize| self.before.is_some_and(|known| known.used.contains(id));
        if let Some(last) = lets.iter().rposition(|(_, id)| used(id)) {
            for (name, id) in &lets[..=last] {
                let rust = self.variable(name, *id);
                self.lines.line(&format!("let {rust} = kept.pop().expect(\"a round\");"));
            }
        }
    }

    /// A comment of the script.
    pub(super) fn remark(&mut self, comment: Option<&str>) {
        let Some(comment) = comment else { return };
        // Marks for the page, not for readers.
        if comment.split_whitespace().any(|word| word != "predict" && word != "yours") {
            self.lines.comment(&super::plain(comment));
        }
    }

    // Variables.

    fn new_let(&mut self) -> usize {
        self.lets += 1;
        self.lets
    }

    /// How the variable is written where it gets its value.
    fn variable(&mut self, name: &str, id: usize) -> String {
        let rust = self.names.rust(name);
        match self.before {
            Some(known) if !known.used.contains(&id) => format!("_{rust}"),
            Some(known) if known.mutable.contains(&id) => format!("mut {rust}"),
            _ => rust,
        }
    }

    /// A new descriptor; gives the variable and what it stands for.
    pub(super) fn opens(&mut self, name: Option<&str>, family: Family, kind: SocketKind) -> (String, Open) {
        // Without a name it stays open all the same.
        let name = name.unwrap_or(if self.repeat.is_some() { " opened" } else { " kept open" });
        let id = self.new_let();
        if let Some(repeat) = &mut self.repeat {
            if repeat.touched.contains(name) || repeat.made.iter().any(|(made, _)| made == name) {
                self.not = self.not.or(Some(Not::NewInRepeat));
            }
            repeat.made.push((name.to_owned(), id));
        }
        self.names.opens(id);
        let open = Open { id, family, kind };
        self.names.set(name, Value::Open(open));
        (self.variable(name, id), open)
    }

    /// The name stands for nothing.
    pub(super) fn fails(&mut self, name: Option<&str>) {
        if let Some(name) = name {
            if let Some(repeat) = &self.repeat
                && (repeat.touched.contains(name) || repeat.made.iter().any(|(made, _)| made == name))
            {
                self.not = self.not.or(Some(Not::NewInRepeat));
            }
            self.names.set(name, Value::Gone(None));
        }
    }

    /// It may stand for something: nothing certain can be said of numbers.
    pub(super) fn may_open(&mut self, name: Option<&str>) {
        self.names.vague = true;
        self.fails(name);
    }

    /// The descriptor is closed.
    pub(super) fn closes(&mut self, fd: &Fd, open: Open) {
        let Some((name, _)) = self.names.find(fd) else { return };
        let number = self.names.closes(open.id);
        self.names.set(&name, Value::Gone(number));
        if let Some(repeat) = &mut self.repeat {
            let made = repeat.made.len();
            repeat.made.retain(|(_, id)| *id != open.id);
            if repeat.made.len() == made {
                self.not = self.not.or(Some(Not::CloseInRepeat));
            }
        }
    }

    /// A new name of an address; gives the variable.
    pub(super) fn address(&mut self, name: &str) -> (String, usize) {
        let id = self.new_let();
        if let Some(repeat) = &mut self.repeat {
            if repeat.touched.contains(name) {
                self.not = self.not.or(Some(Not::NewInRepeat));
            }
            repeat.addresses.push(name.to_owned());
        }
        self.names.set(name, Value::Address(id));
        (self.variable(name, id), id)
    }

    pub(super) fn uses(&mut self, id: usize) {
        self.known.used.insert(id);
    }

    pub(super) fn changes(&mut self, id: usize) {
        self.known.mutable.insert(id);
    }

    /// The variable of an address.
    pub(super) fn address_named(&mut self, name: &str) -> String {
        match self.names.get(name) {
            Some(Value::Address(id)) => self.uses(id),
            // Its variable is gone, or the call that should give it has failed.
            _ => self.not = self.not.or(Some(Not::NewInRepeat)),
        }
        if let Some(repeat) = &mut self.repeat
            && !repeat.addresses.iter().any(|known| known == name)
        {
            repeat.touched.insert(name.to_owned());
        }
        self.names.rust(name)
    }

    /// The variable of a descriptor, and what it is; nothing if it is closed.
    pub(super) fn socket(&mut self, fd: &Fd) -> Option<(String, Open)> {
        let Some((name, Value::Open(open))) = self.names.find(fd) else { return None };
        if matches!(fd, Fd::Name(_, closed) if *closed != name) {
            self.say(Say::Stale);
        }
        self.uses(open.id);
        if let Some(repeat) = &mut self.repeat
            && !repeat.made.iter().any(|(_, id)| *id == open.id)
        {
            repeat.touched.insert(name.clone());
        }
        Some((self.names.rust(&name), open))
    }

    /// Whether the descriptor has a variable.
    pub(super) fn is_open(&self, fd: &Fd) -> bool {
        matches!(self.names.find(fd), Some((_, Value::Open(_))))
    }

    /// The number of a descriptor that is not open, for poll.
    pub(super) fn closed_number(&self, fd: &Fd) -> Option<i32> {
        match (fd, self.names.find(fd)) {
            (_, Some((_, Value::Gone(number)))) => number,
            (Fd::Number(number), None) => Some(*number),
            _ => None,
        }
    }

    // Results.

    /// A line that Rust has no words for.
    pub(super) fn gone(&mut self, step: &Step) {
        self.say(Say::Gone);
        self.lines.line(&format!("// {}", as_written(step)));
    }

    /// The call is made, and what the script expects of it cannot be.
    pub(super) fn odd(&mut self, step: &Step) {
        let result = step.expect.as_ref().map(expect_text).unwrap_or_default();
        let text = Say::Odd.text(self.lang).replace("{result}", &super::plain(&result));
        self.lines.comment(&text);
    }

    pub(super) fn errno(&mut self, call: &Expr, errno: Errno) {
        self.need(Helper::Errno);
        let name = self.libc(errno.name());
        self.lines.check("result", call, ("errno(", ")"), name);
    }

    /// A call that gives nothing.
    pub(super) fn void(&mut self, call: &Expr, step: &Step) {
        match &step.expect {
            None | Some(Expect::Value { number: Some(0), data: None, from: None }) => self.lines.call("", call, "?;"),
            Some(Expect::Errno(errno)) => self.errno(call, *errno),
            Some(Expect::Any) => self.lines.call("", call, ".ok();"),
            Some(_) => {
                self.lines.call("", call, "?;");
                self.odd(step);
            }
        }
    }

    /// A call that gives a number; `name` is for it.
    pub(super) fn number(&mut self, name: &str, call: &Expr, step: &Step) {
        match &step.expect {
            None => self.lines.call("", call, "?;"),
            Some(Expect::Value { number: Some(value), data: None, from: None }) if *value >= 0 => {
                self.lines.check(name, call, ("", "?"), &number(*value));
            }
            Some(Expect::Range(low, high)) if *high >= 0 => {
                self.lines.call(&format!("let {name} = "), call, "?;");
                self.within(name, *low, *high);
            }
            Some(Expect::Errno(errno)) => self.errno(call, *errno),
            Some(Expect::Any) => self.lines.call("", call, ".ok();"),
            Some(_) => {
                self.lines.call("", call, "?;");
                self.odd(step);
            }
        }
    }

    pub(super) fn within(&mut self, name: &str, low: i64, high: i64) {
        let (low, high) = (number(low.max(0)), number(high));
        self.lines.line(&format!("assert!(({low}..={high}).contains(&{name}));"));
    }

    /// Bytes as an expression: `b"hello"`, `data` after a line of their own,
    /// `&bytes(100)`.
    pub(super) fn data(&mut self, data: &Data, family: Family) -> String {
        let literal = match data {
            Data::Pattern(length) => {
                self.need(Helper::Bytes);
                return format!("&bytes({})", number((*length).into()));
            }
            Data::Text(text) => text_literal(text),
            Data::Hex(bytes) => bytes_literal(bytes),
            Data::Echo(id, sequence, text) => {
                let message = match family {
                    Family::Inet => data.bytes(),
                    // The kernel fills the checksum in (RFC 3542, section 3.1).
                    Family::Inet6 => {
                        let mut message = vec![128, 0, 0, 0];
                        message.extend(id.to_be_bytes());
                        message.extend(sequence.to_be_bytes());
                        message.extend(text);
                        message
                    }
                };
                self.lines.line(&format!("// {}", super::plain(&data_text(data))));
                bytes_literal(&message)
            }
        };
        if literal.len() <= 40 {
            return literal;
        }
        self.lines.literal("data", &literal);
        "data".to_owned()
    }

    /// Checks an address: all of it, or without what may be anything.
    pub(super) fn fits(&mut self, address: &str, pattern: &AddrPattern) {
        let here = self.place.pattern(pattern, self.host);
        match (here.ip, here.port) {
            (Some(ip), Some(port)) => {
                self.need(Helper::At);
                let wanted = std::net::SocketAddr::new(ip, port);
                self.lines.line(&format!("assert_eq!({address}, at(\"{wanted}\"));"));
            }
            (Some(ip), None) => {
                self.need(Helper::Ip);
                self.lines.line(&format!("assert_eq!(ip(&{address}), \"{ip}\");"));
            }
            (None, Some(port)) => {
                self.need(Helper::Port);
                self.lines.line(&format!("assert_eq!(port(&{address}), {port});"));
            }
            (None, None) => {}
        }
    }

    /// The part of the buffer that a receive may fill.
    pub(super) fn room(&mut self, most: u32) -> String {
        self.known.buffer = self.known.buffer.max(most.max(1));
        if self.before.is_some_and(|known| known.buffer == most) {
            "&mut buffer".to_owned()
        } else {
            format!("&mut buffer[..{}]", number(most.into()))
        }
    }
}

/// The step and its result, as a script writes them.
fn as_written(step: &Step) -> String {
    let expect = step.expect.as_ref().map(|expect| format!(" -> {}", expect_text(expect))).unwrap_or_default();
    super::plain(&format!("{}{expect}", head_text(step)))
}

/// A length of time as an expression.
pub(super) fn duration(length: Micros) -> String {
    match length {
        0 => "Duration::ZERO".to_owned(),
        _ if length.is_multiple_of(SECOND) => format!("Duration::from_secs({})", length / SECOND),
        _ if length.is_multiple_of(MILLI) => format!("Duration::from_millis({})", length / MILLI),
        _ => format!("Duration::from_micros({length})"),
    }
}

/// `b"text"`, or `"글".as_bytes()` where the letters are worth keeping.
fn text_literal(text: &[u8]) -> String {
    match std::str::from_utf8(text) {
        Ok(text)
            if !text.is_ascii()
                && text.chars().all(|c| c.is_alphanumeric() || c == ' ' || c.is_ascii_punctuation()) =>
        {
            format!("\"{}\".as_bytes()", text.replace('\\', "\\\\").replace('"', "\\\""))
        }
        _ => bytes_literal(text),
    }
}

fn bytes_literal(bytes: &[u8]) -> String {
    format!("b\"{}\"", bytes.escape_ascii().to_string().replace("\\'", "'"))
}
