//! Reading a script, line by line.

use std::sync::Arc;

use super::ast::{Action, Condition, Drop, Fd, Header, Item, Link, Node, Pos, Script, Step, TcpState, What, Which};
use super::error::{Expected, ScriptError};
use super::lex::{self, Token};
use super::line::{Line, Read, is_name, number};
use super::{call, check, expect};
use crate::wire::LinkSpec;

/// The longest script, in bytes.
const MOST_TEXT: usize = 262_144;
/// The most lines.
const MOST_LINES: usize = 2_000;
/// The most rounds of a repeat.
const MOST_REPEATS: u32 = 100_000;

/// Reads a script and checks that every name in it is known.
///
/// # Errors
///
/// The first thing that is wrong, with its place.
pub fn parse(text: &str) -> Result<Script, ScriptError> {
    let fail = |line: usize, expected| ScriptError {
        pos: Pos { line: line as u32, column: 1 },
        expected,
        found: String::new(),
    };
    if text.len() > MOST_TEXT {
        return Err(fail(1, Expected::MostText));
    }
    if text.lines().count() > MOST_LINES {
        return Err(fail(MOST_LINES + 1, Expected::MostLines));
    }
    let mut reader = Reader::default();
    for (n, line) in text.lines().enumerate() {
        reader.line(n as u32 + 1, line)?;
    }
    if let Some((pos, ..)) = reader.open {
        return Err(ScriptError { pos, expected: Expected::End, found: "repeat".to_owned() });
    }
    let script = Script { items: reader.items };
    check::check(&script)?;
    Ok(script)
}

#[derive(Default)]
struct Reader {
    items: Vec<Item>,
    /// The repeat that is being read: where it starts, how often, its lines, the
    /// comment at its head.
    open: Option<(Pos, u32, Vec<Item>, Option<String>)>,
    program: bool,
}

impl Reader {
    fn line(&mut self, number: u32, text: &str) -> Read<()> {
        let (spots, comment) = lex::words(number, text)?;
        let end = Pos { line: number, column: text.trim_end().chars().count() as u32 + 1 };
        let mut line = Line::new(&spots, end);
        let pos = line.pos();
        let Some(first) = line.peek() else {
            self.push(Item { pos, what: What::Blank, comment });
            return Ok(());
        };
        let word = match first {
            Token::Word(word) => word.as_str(),
            _ => return line.wrong(Expected::Unknown),
        };
        let step = matches!(line.peek_second(), Some(Token::Sign('(' | '=')));
        let header = matches!(line.last(), Some(Token::Word(last)) if last.ends_with(':') && !step);
        if !step && !header {
            match word {
                "on" => {
                    line.skip();
                    return self.difference(&mut line, comment);
                }
                "repeat" => return self.repeat(&mut line, comment),
                "end" => return self.end(&mut line, comment),
                _ => {}
            }
        }
        let what = match word {
            _ if step => What::Step(Arc::new(self.step(&mut line)?)),
            _ if header => {
                if self.open.is_some() {
                    return line.wrong(Expected::End);
                }
                self.program = true;
                What::Program(program(&mut line)?)
            }
            "wait" => {
                if !self.program {
                    return line.wrong(Expected::Program);
                }
                What::Step(Arc::new(wait(&mut line)?))
            }
            "host" => What::Host(node(&mut line)?),
            "router" => What::Router(node(&mut line)?),
            "link" => What::Link(link(&mut line)?),
            "drop" => What::Drop(drop(&mut line)?),
            "limit" => {
                line.skip();
                What::Limit(line.duration()?)
            }
            _ if self.program => return line.wrong(Expected::Call),
            _ => return line.wrong(Expected::Unknown),
        };
        line.end()?;
        self.push(Item { pos, what, comment });
        Ok(())
    }

    fn push(&mut self, item: Item) {
        match &mut self.open {
            Some((_, _, body, _)) => body.push(item),
            None => self.items.push(item),
        }
    }

    fn step(&self, line: &mut Line<'_>) -> Read<Step> {
        if !self.program {
            return line.wrong(Expected::Program);
        }
        let name = if line.peek_second() == Some(&Token::Sign('=')) {
            let name = line.name()?;
            line.skip();
            Some(name)
        } else {
            None
        };
        let action = call::call(line)?;
        let expect = match line.peek() {
            Some(Token::Arrow) => {
                line.skip();
                Some(expect::expect(line)?)
            }
            Some(_) => return line.wrong(Expected::Arrow),
            None => None,
        };
        Ok(Step { name, action, expect, differs: None })
    }

    fn difference(&mut self, line: &mut Line<'_>, comment: Option<String>) -> Read<()> {
        let pos = line.pos();
        let difference = expect::difference(line, comment)?;
        let last = match &mut self.open {
            Some((_, _, body, _)) => body.last_mut(),
            None => self.items.last_mut(),
        };
        match last.map(|item| &mut item.what) {
            Some(What::Step(step))
                if step.differs.is_none() && matches!(step.action, Action::Call(_) | Action::Count(..)) =>
            {
                // Nobody else has it before the script is read.
                if let Some(step) = Arc::get_mut(step) {
                    step.differs = Some(difference);
                }
                Ok(())
            }
            _ => Err(ScriptError { pos, expected: Expected::Difference, found: "on".to_owned() }),
        }
    }

    fn repeat(&mut self, line: &mut Line<'_>, comment: Option<String>) -> Read<()> {
        let pos = line.pos();
        if !self.program {
            return line.wrong(Expected::Program);
        }
        if self.open.is_some() {
            return line.wrong(Expected::Nested);
        }
        line.skip();
        let times: u32 = line.number()?;
        line.end()?;
        if times > MOST_REPEATS {
            return Err(ScriptError { pos, expected: Expected::MostRepeats, found: times.to_string() });
        }
        self.open = Some((pos, times, Vec::new(), comment));
        Ok(())
    }

    fn end(&mut self, line: &mut Line<'_>, comment: Option<String>) -> Read<()> {
        let Some((pos, times, mut body, head)) = self.open.take() else { return line.wrong(Expected::EndAlone) };
        line.skip();
        line.end()?;
        if comment.is_some() {
            // The comment of `end` goes where it can be kept: a line of its own before it.
            body.push(Item { pos: line.pos(), what: What::Blank, comment });
        }
        let action = Action::Repeat(times, body);
        let step = Step { name: None, action, expect: None, differs: None };
        self.items.push(Item { pos, what: What::Step(Arc::new(step)), comment: head });
        Ok(())
    }
}

/// `client on a:` or `a:`
fn program(line: &mut Line<'_>) -> Read<Header> {
    let named = line.left() > 1;
    let read = |line: &mut Line<'_>| {
        line.parse(Expected::HostName, |word| word.strip_suffix(':').filter(|name| is_name(name)).map(str::to_owned))
    };
    if !named {
        let name = read(line)?;
        return Ok(Header { host: name.clone(), name });
    }
    let name = line.name()?;
    if !line.eat("on") {
        return line.wrong(Expected::Unknown);
    }
    Ok(Header { name, host: read(line)? })
}

fn node(line: &mut Line<'_>) -> Read<Node> {
    line.skip();
    let name = line.name()?;
    let mut addresses = vec![line.ip()?];
    while line.left() > 0 {
        addresses.push(line.ip()?);
    }
    Ok(Node { name, addresses })
}

fn link(line: &mut Line<'_>) -> Read<Link> {
    line.skip();
    let (a, b) = (line.name()?, line.name()?);
    let mut spec = LinkSpec::default();
    while line.left() > 0 {
        let word = line.word(Expected::LinkWord)?;
        match word {
            "delay" => spec.delay = line.duration()?,
            "rate" => spec.rate = Some(line.number::<u64>()?.max(1)),
            "queue" => spec.queue = line.number()?,
            "loss" => spec.loss = line.share()?,
            "duplicate" => spec.duplicate = line.share()?,
            "reorder" => spec.reorder = line.share()?,
            _ => {
                line.back();
                return line.wrong(Expected::LinkWord);
            }
        }
    }
    Ok(Link { a, b, spec })
}

fn drop(line: &mut Line<'_>) -> Read<Drop> {
    line.skip();
    let which = which(line)?;
    let kind = call::kind(line)?;
    if !line.eat("from") {
        return line.wrong(Expected::From);
    }
    Ok(Drop { which, kind, from: line.name()? })
}

fn which(line: &mut Line<'_>) -> Read<Which> {
    if line.eat("every") {
        return Ok(Which::Every);
    }
    let ordinal = |word: &str| {
        let digits = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end))?;
        number::<u32>(digits).filter(|number| *number > 0 && *number < 1_000_000 && !word.starts_with('+'))
    };
    if let Some(Token::Word(word)) = line.peek()
        && let Some(first) = word.strip_suffix('+').and_then(ordinal)
    {
        line.skip();
        return Ok(Which::From(first));
    }
    let mut numbers = vec![line.parse(Expected::Ordinal, ordinal)?];
    while matches!(line.peek(), Some(Token::Word(word)) if ordinal(word).is_some()) {
        numbers.push(line.parse(Expected::Ordinal, ordinal)?);
    }
    Ok(Which::Numbers(numbers))
}

fn wait(line: &mut Line<'_>) -> Read<Step> {
    line.skip();
    let step = |action| Step { name: None, action, expect: None, differs: None };
    if line.left() == 1 {
        let starts_with_digit =
            matches!(line.peek(), Some(Token::Word(word)) if word.starts_with(|c: char| c.is_ascii_digit()));
        if starts_with_digit {
            return Ok(step(Action::WaitTime(line.duration()?)));
        }
        let name = line.parse(Expected::WaitFor, |word| is_name(word).then(|| word.to_owned()))?;
        return Ok(step(Action::WaitProgram(name)));
    }
    let fd: Fd = call::fd(line)?;
    let condition = match line.peek() {
        Some(Token::Word(word)) if word.starts_with(|c: char| c.is_ascii_digit()) => {
            let number = line.length()?;
            match line.word(Expected::WaitFor)? {
                "bytes" => Condition::Bytes(number),
                "queued" => Condition::Queued(number),
                _ => {
                    line.back();
                    return line.wrong(Expected::WaitFor);
                }
            }
        }
        _ => Condition::State(line.parse(Expected::WaitFor, TcpState::from_name)?),
    };
    Ok(step(Action::WaitSocket(fd, condition)))
}
