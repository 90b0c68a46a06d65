//! Reading a line word by word.

use std::net::{IpAddr, SocketAddr};

use super::ast::Pos;
use super::error::{Expected, ScriptError};
use super::lex::{Spot, Token};
use crate::time::{self, Micros, SECOND};

/// The longest time that a script may name.
const MOST_TIME: Micros = 100_000 * SECOND;
/// The most bytes that a script may name at once.
const MOST_BYTES: u32 = 1 << 24;

pub(super) type Read<T> = Result<T, ScriptError>;

/// The words of a line that are still to be read.
pub(super) struct Line<'a> {
    spots: &'a [Spot],
    at: usize,
    end: Pos,
}

impl<'a> Line<'a> {
    pub(super) fn new(spots: &'a [Spot], end: Pos) -> Line<'a> {
        Line { spots, at: 0, end }
    }

    pub(super) fn peek(&self) -> Option<&'a Token> {
        self.spots.get(self.at).map(|spot| &spot.token)
    }

    pub(super) fn peek_second(&self) -> Option<&'a Token> {
        self.spots.get(self.at + 1).map(|spot| &spot.token)
    }

    pub(super) fn last(&self) -> Option<&'a Token> {
        self.spots.last().map(|spot| &spot.token)
    }

    pub(super) fn left(&self) -> usize {
        self.spots.len() - self.at
    }

    /// Where the next word starts.
    pub(super) fn pos(&self) -> Pos {
        self.spots.get(self.at).map_or(self.end, |spot| spot.pos)
    }

    /// An error at the next word.
    pub(super) fn wrong<T>(&self, expected: Expected) -> Read<T> {
        Err(self.error(expected))
    }

    fn error(&self, expected: Expected) -> ScriptError {
        let found = self.peek().map(Token::spell).unwrap_or_default();
        ScriptError { pos: self.pos(), expected, found }
    }

    pub(super) fn skip(&mut self) {
        self.at += 1;
    }

    /// Goes back by one word, so that an error names it.
    pub(super) fn back(&mut self) {
        self.at = self.at.saturating_sub(1);
    }

    /// Whether the next word is `word`; takes it then.
    pub(super) fn eat(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(next)) if next == word);
        self.at += usize::from(found);
        found
    }

    pub(super) fn eat_sign(&mut self, sign: char) -> bool {
        let found = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(found);
        found
    }

    pub(super) fn sign(&mut self, sign: char, expected: Expected) -> Read<()> {
        if self.eat_sign(sign) { Ok(()) } else { self.wrong(expected) }
    }

    pub(super) fn word(&mut self, expected: Expected) -> Read<&'a str> {
        match self.peek() {
            Some(Token::Word(word)) => {
                self.at += 1;
                Ok(word)
            }
            _ => self.wrong(expected),
        }
    }

    /// Reads a word with `read`, which says `None` if it makes no sense of it.
    pub(super) fn parse<T>(&mut self, expected: Expected, read: impl FnOnce(&str) -> Option<T>) -> Read<T> {
        match self.peek() {
            Some(Token::Word(word)) => match read(word) {
                Some(value) => {
                    self.at += 1;
                    Ok(value)
                }
                None => self.wrong(expected),
            },
            _ => self.wrong(expected),
        }
    }

    pub(super) fn end(&self) -> Read<()> {
        if self.left() == 0 { Ok(()) } else { self.wrong(Expected::EndOfLine) }
    }

    pub(super) fn name(&mut self) -> Read<String> {
        self.parse(Expected::Name, |word| is_name(word).then(|| word.to_owned()))
    }

    pub(super) fn number<T: TryFrom<i64>>(&mut self) -> Read<T> {
        self.parse(Expected::Number, |word| number(word).filter(|_| !word.starts_with('+')))
    }

    /// A number of bytes, within the limit.
    pub(super) fn length(&mut self) -> Read<u32> {
        let here = self.at;
        let length: u32 = self.number()?;
        if length > MOST_BYTES {
            self.at = here;
            return self.wrong(Expected::MostBytes);
        }
        Ok(length)
    }

    pub(super) fn duration(&mut self) -> Read<Micros> {
        let here = self.at;
        let length = self.parse(Expected::Duration, time::read)?;
        if length > MOST_TIME {
            self.at = here;
            return self.wrong(Expected::MostTime);
        }
        Ok(length)
    }

    pub(super) fn text(&mut self) -> Read<Vec<u8>> {
        match self.peek() {
            Some(Token::Text(text)) => {
                self.at += 1;
                Ok(text.clone())
            }
            _ => self.wrong(Expected::Text),
        }
    }

    /// A share as parts of a million: `10%`, `0.5%`.
    pub(super) fn share(&mut self) -> Read<u32> {
        self.parse(Expected::Percent, |word| {
            let share = word.strip_suffix('%')?;
            let (whole, part) = share.split_once('.').unwrap_or((share, "0"));
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            if !digits(whole) || !digits(part) || part.len() > 4 {
                return None;
            }
            let part = number::<u32>(&format!("{part:0<4}"))?;
            let share = number::<u32>(whole)?.checked_mul(10_000)?.checked_add(part)?;
            (share <= 1_000_000).then_some(share)
        })
    }

    pub(super) fn ip(&mut self) -> Read<IpAddr> {
        self.parse(Expected::IpAddress, |word| word.parse().ok())
    }

    /// Flags joined by `|`.
    pub(super) fn flags<F>(
        &mut self,
        expected: Expected,
        read: impl Fn(&str) -> Option<F>,
        join: impl Fn(F, F) -> F,
    ) -> Read<F> {
        let mut all = self.parse(expected, &read)?;
        while self.eat_sign('|') {
            all = join(all, self.parse(expected, &read)?);
        }
        Ok(all)
    }
}

/// A decimal number. All kinds of numbers are read by the same code.
pub(crate) fn number<T: TryFrom<i64>>(word: &str) -> Option<T> {
    word.parse::<i64>().ok().and_then(|number| T::try_from(number).ok())
}

/// Whether a word can be a name.
pub(super) fn is_name(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && word.len() <= 32
}

/// An address as written: `10.0.0.1:80`, `[fd00::1]:80`.
pub(super) fn socket_address(word: &str) -> Option<SocketAddr> {
    word.parse().ok()
}
