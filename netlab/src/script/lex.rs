//! A line of a script as words.

use super::ast::Pos;
use super::error::{Expected, ScriptError};

/// What a word is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Names, numbers, addresses: everything without spaces and signs.
    Word(String),
    /// Text in quotation marks, escapes resolved.
    Text(Vec<u8>),
    /// `( ) , = |`
    Sign(char),
    /// `->`
    Arrow,
}

/// A word and where it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) pos: Pos,
    pub(super) token: Token,
}

impl Token {
    /// How it was written, for messages.
    pub(super) fn spell(&self) -> String {
        match self {
            Token::Word(word) => word.clone(),
            Token::Text(text) => super::print::quote(text),
            Token::Sign(sign) => sign.to_string(),
            Token::Arrow => "->".to_owned(),
        }
    }
}

/// Letters of other languages are part of a word, so that an error names the
/// whole word.
fn is_word(c: char) -> bool {
    match c {
        '0'..='9' | 'A'..='Z' | 'a'..='z' => true,
        '_' | '.' | ':' | '%' | '+' | '*' | '-' | '/' | '[' | ']' => true,
        c => !c.is_ascii() && !c.is_whitespace() && !c.is_control(),
    }
}

/// Cuts line number `line` into words and the comment at its end.
pub(super) fn words(line: u32, text: &str) -> Result<(Vec<Spot>, Option<String>), ScriptError> {
    let chars: Vec<char> = text.chars().collect();
    let pos = |at: usize| Pos { line, column: at as u32 + 1 };
    let mut spots = Vec::new();
    let mut at = 0;
    while let Some(c) = chars.get(at).copied() {
        let start = at;
        let token = match c {
            c if c.is_whitespace() => {
                at += 1;
                continue;
            }
            '#' => {
                let comment: String = chars[at + 1..].iter().collect();
                return Ok((spots, Some(comment.trim().to_owned())));
            }
            '-' if chars.get(at + 1) == Some(&'>') => {
                at += 2;
                Token::Arrow
            }
            '(' | ')' | ',' | '=' | '|' => {
                at += 1;
                Token::Sign(c)
            }
            '"' => Token::Text(text_at(&chars, &mut at, pos)?),
            c if is_word(c) => {
                let mut word = String::new();
                while let Some(c) = chars.get(at).copied().filter(|c| is_word(*c)) {
                    if c == '-' && chars.get(at + 1) == Some(&'>') {
                        break;
                    }
                    word.push(c);
                    at += 1;
                }
                Token::Word(word)
            }
            other => {
                return Err(ScriptError { pos: pos(at), expected: Expected::Unknown, found: other.to_string() });
            }
        };
        spots.push(Spot { pos: pos(start), token });
    }
    Ok((spots, None))
}

fn text_at(chars: &[char], at: &mut usize, pos: impl Fn(usize) -> Pos) -> Result<Vec<u8>, ScriptError> {
    let start = *at;
    let mut bytes = Vec::new();
    *at += 1;
    loop {
        let Some(c) = chars.get(*at).copied() else {
            return Err(ScriptError { pos: pos(start), expected: Expected::TextEnd, found: String::new() });
        };
        *at += 1;
        match c {
            '"' => return Ok(bytes),
            '\\' => {
                let here = *at - 1;
                let escape = chars.get(*at).copied();
                *at += 1;
                bytes.push(match escape {
                    Some('n') => b'\n',
                    Some('r') => b'\r',
                    Some('t') => b'\t',
                    Some('0') => 0,
                    Some('\\') => b'\\',
                    Some('"') => b'"',
                    Some('x') => {
                        let digits: String = chars.iter().skip(*at).take(2).collect();
                        *at += 2;
                        let byte = u8::from_str_radix(&digits, 16).ok();
                        byte.filter(|_| digits.len() == 2 && !digits.starts_with('+')).ok_or(ScriptError {
                            pos: pos(here),
                            expected: Expected::UnknownEscape,
                            found: format!("\\x{digits}"),
                        })?
                    }
                    other => {
                        let found = format!("\\{}", other.map(String::from).unwrap_or_default());
                        return Err(ScriptError { pos: pos(here), expected: Expected::UnknownEscape, found });
                    }
                });
            }
            c => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
}
