//! Reads our data files: `lab.toml` and `messages.toml`.
//!
//! They are TOML, and hold texts, whole numbers, lists and tables. The `toml`
//! crate reads the same and all the rest; it and what it needs were a quarter
//! of what a student's first build costs, and a test holds the two against
//! each other. What is not read here is refused with its line: dates,
//! fractions and dotted keys.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// What stands behind a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Number(i64),
    Truth(bool),
    List(Vec<Value>),
    Table(Table),
}

pub(crate) type Table = BTreeMap<String, Value>;

impl Value {
    /// The value of `key`, if this is a table that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        if let Value::Table(table) = self { table.get(key) } else { None }
    }

    /// The text of `key`; empty if there is none.
    pub(crate) fn text(&self, key: &str) -> &str {
        if let Some(Value::Text(text)) = self.get(key) { text } else { "" }
    }

    /// The number of `key`.
    pub(crate) fn number(&self, key: &str) -> Option<i64> {
        if let Some(Value::Number(number)) = self.get(key) { Some(*number) } else { None }
    }

    /// The values in the list of `key`; none if there is no list.
    pub(crate) fn list(&self, key: &str) -> &[Value] {
        if let Some(Value::List(list)) = self.get(key) { list } else { &[] }
    }
}

/// Reads a file.
///
/// # Errors
///
/// A line and what is wrong with it.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    let mut reader = Reader { rest: text.chars().peekable(), line: 1 };
    let mut file = Table::new();
    reader.file(&mut file).map_err(|wrong| format!("line {}: {wrong}", reader.line))?;
    Ok(Value::Table(file))
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    line: usize,
}

type Read<T> = Result<T, String>;

impl Reader<'_> {
    fn file(&mut self, file: &mut Table) -> Read<()> {
        let mut table = &mut *file;
        loop {
            self.skip_lines();
            match self.rest.peek() {
                None => return Ok(()),
                Some('[') => {
                    self.next();
                    let is_entry = self.take('[');
                    let name = self.key()?;
                    self.expect(']')?;
                    if is_entry {
                        self.expect(']')?;
                    }
                    table = if is_entry { entry(file, name)? } else { section(file, name)? };
                }
                Some(_) => self.pair(table)?,
            }
            self.end_of_line()?;
        }
    }

    /// `key = value`.
    fn pair(&mut self, table: &mut Table) -> Read<()> {
        let key = self.key()?;
        self.skip_blanks();
        self.expect('=')?;
        self.skip_blanks();
        let value = self.value()?;
        if table.contains_key(&key) {
            return Err(format!("a second `{key}`"));
        }
        table.insert(key, value);
        Ok(())
    }

    fn key(&mut self) -> Read<String> {
        self.skip_blanks();
        let key = match self.rest.peek() {
            Some('"' | '\'') => self.text()?,
            _ => self.word(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-'),
        };
        self.skip_blanks();
        if key.is_empty() { Err("no key".to_string()) } else { Ok(key) }
    }

    fn value(&mut self) -> Read<Value> {
        match self.rest.peek() {
            Some('"' | '\'') => self.text().map(Value::Text),
            Some('[') => self.list(),
            Some('{') => self.table(),
            _ => {
                let word = self.word(|c| c.is_ascii_alphanumeric() || "+-_.:".contains(c));
                match word.as_str() {
                    "true" => Ok(Value::Truth(true)),
                    "false" => Ok(Value::Truth(false)),
                    number => number.parse().map(Value::Number).map_err(|_| format!("`{word}` is not read here")),
                }
            }
        }
    }

    fn list(&mut self) -> Read<Value> {
        let mut list = Vec::new();
        self.expect('[')?;
        loop {
            self.skip_lines();
            if self.take(']') {
                return Ok(Value::List(list));
            }
            list.push(self.value()?);
            self.skip_lines();
            if !self.take(',') {
                self.expect(']')?;
                return Ok(Value::List(list));
            }
        }
    }

    fn table(&mut self) -> Read<Value> {
        let mut table = Table::new();
        self.expect('{')?;
        loop {
            self.skip_lines();
            if self.take('}') {
                return Ok(Value::Table(table));
            }
            self.pair(&mut table)?;
            self.skip_lines();
            if !self.take(',') {
                self.expect('}')?;
                return Ok(Value::Table(table));
            }
        }
    }

    /// A string of any of the four kinds.
    fn text(&mut self) -> Read<String> {
        let Some(quote) = self.next() else { return Err("no text".to_string()) };
        let mut is_long = false;
        if self.take(quote) {
            if !self.take(quote) {
                return Ok(String::new());
            }
            is_long = true;
            self.take('\n');
        }
        let mut text = String::new();
        loop {
            match self.next() {
                None => return Err("a text without an end".to_string()),
                Some('\n') if !is_long => return Err("a text that ends with its line".to_string()),
                Some('\\') if quote == '"' => self.escape(&mut text)?,
                Some(c) if c == quote && !is_long => return Ok(text),
                Some(c) => text.push(c),
            }
            let end: String = [quote; 3].iter().collect();
            if is_long && text.ends_with(&end) && self.rest.peek() != Some(&quote) {
                text.truncate(text.len() - end.len());
                return Ok(text);
            }
        }
    }

    fn escape(&mut self, text: &mut String) -> Read<()> {
        let c = self.next().ok_or("a text without an end")?;
        text.push(match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '"' | '\\' => c,
            'u' | 'U' => {
                let digits: String = self.rest.by_ref().take(if c == 'u' { 4 } else { 8 }).collect();
                let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                code.ok_or_else(|| format!("`\\{c}{digits}` is no letter"))?
            }
            // The line goes on where the next one begins.
            '\n' => {
                while self.rest.peek().is_some_and(|c| c.is_ascii_whitespace()) {
                    self.next();
                }
                return Ok(());
            }
            _ => return Err(format!("`\\{c}` is not read here")),
        });
        Ok(())
    }

    fn next(&mut self) -> Option<char> {
        let mut c = self.rest.next()?;
        // Windows ends a line with two letters.
        if c == '\r' && self.rest.peek() == Some(&'\n') {
            c = self.rest.next()?;
        }
        self.line += usize::from(c == '\n');
        Some(c)
    }

    fn take(&mut self, c: char) -> bool {
        let there = self.rest.peek() == Some(&c);
        if there {
            self.next();
        }
        there
    }

    fn expect(&mut self, c: char) -> Read<()> {
        if self.take(c) {
            return Ok(());
        }
        let there = self.rest.peek().map_or("the end".to_string(), |c| format!("`{}`", c.escape_default()));
        Err(format!("{there} instead of `{c}`"))
    }

    fn word(&mut self, fits: impl Fn(char) -> bool) -> String {
        std::iter::from_fn(|| self.rest.next_if(|&c| fits(c))).collect()
    }

    fn skip_blanks(&mut self) {
        while self.rest.next_if(|&c| c == ' ' || c == '\t').is_some() {}
    }

    /// Blanks, ends of lines and comments.
    fn skip_lines(&mut self) {
        loop {
            match self.rest.peek() {
                Some('#') => while self.rest.next_if(|&c| c != '\n').is_some() {},
                Some(c) if c.is_ascii_whitespace() => drop(self.next()),
                _ => return,
            }
        }
    }

    fn end_of_line(&mut self) -> Read<()> {
        self.skip_blanks();
        match self.rest.peek() {
            None | Some('\n' | '\r' | '#') => Ok(()),
            Some(c) => Err(format!("`{c}` behind the end")),
        }
    }
}

/// A new `[[name]]`.
fn entry(file: &mut Table, name: String) -> Read<&mut Table> {
    let wrong = format!("`{name}` is no list of tables");
    let Value::List(list) = file.entry(name).or_insert(Value::List(Vec::new())) else { return Err(wrong) };
    list.push(Value::Table(Table::new()));
    if let Some(Value::Table(table)) = list.last_mut() { Ok(table) } else { Err(wrong) }
}

/// A new `[name]`.
fn section(file: &mut Table, name: String) -> Read<&mut Table> {
    let wrong = format!("a second `{name}`");
    if file.contains_key(&name) {
        return Err(wrong);
    }
    if let Value::Table(table) = file.entry(name).or_insert(Value::Table(Table::new())) {
        Ok(table)
    } else {
        Err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use toml::de::{DeTable, DeValue};

    use super::*;

    fn same(value: &DeValue<'_>) -> Value {
        match value {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(number) => Value::Number(number.as_str().parse().unwrap()),
            DeValue::Boolean(truth) => Value::Truth(*truth),
            DeValue::Array(list) => Value::List(list.iter().map(|value| same(value.get_ref())).collect()),
            DeValue::Table(table) => Value::Table(same_table(table)),
            other => panic!("{other:?}"),
        }
    }

    fn same_table(table: &DeTable<'_>) -> Table {
        table.iter().map(|(key, value)| (key.get_ref().to_string(), same(value.get_ref()))).collect()
    }

    fn is_read_as_toml_does(text: &str, what: &str) {
        let theirs = DeTable::parse(text).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(parse(text), Ok(Value::Table(same_table(theirs.get_ref()))), "{what}");
    }

    #[test]
    fn our_files_are_read_as_toml_reads_them() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let labs = fs::read_dir(root.join("..")).unwrap().flatten().map(|entry| entry.path().join("lab.toml"));
        let mut files: Vec<_> = labs.filter(|path| path.is_file()).collect();
        assert!(!files.is_empty());
        files.push(root.join("src/messages.toml"));
        for file in files {
            is_read_as_toml_does(&fs::read_to_string(&file).unwrap(), &file.display().to_string());
        }
    }

    #[test]
    fn every_form_is_read_as_toml_reads_it() {
        let text = "# a file\r\n\"quoted key\" = 'as it \\ is' # here\n\
            long = \"\"\"\nfirst \"two\"\nsecond \\\n    goes on\"\"\"\"\n\
            empty = \"\"\nescaped = \"\\t\\\"\\\\ \\u00e9 \\U0001F980\"\nraw = '''a\n'b' '''\n\
            list = [ 1, -20, # one\n  +3,\n]\nyes = true\n\
            table = { a = 1, b = { c = [] } }\n[section]\nx = 1\n[[entry]]\n[[entry]]\ny = \"\u{ac00}\"\n";
        is_read_as_toml_does(text, "all forms");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let wrong = [
            ("a = 1\nb = 2026-01-01", 2),
            ("a = 1.5", 1),
            ("\n\na.b = 1", 3),
            ("a = \"x", 1),
            ("a = \"x\ny\"", 2),
            ("a = [1,\n\n2", 3),
            ("a = 1 b = 2", 1),
            ("a = 1\na = 2", 2),
            ("[a]\n[a]", 2),
            ("a = \"\\q\"", 1),
            ("= 1", 1),
            ("a", 1),
        ];
        for (text, line) in wrong {
            let error = parse(text).expect_err(text);
            assert!(error.starts_with(&format!("line {line}: ")), "{text:?}: {error}");
        }
    }
}
