//! Lines of Rust, broken as rustfmt breaks them.

/// rustfmt: no line is longer.
const WIDTH: usize = 100;
/// rustfmt: the arguments of a call stand below each other from here on.
const ARGUMENTS: usize = 60;

/// A call: what stands before the parenthesis, and what in it.
#[derive(Clone, Debug)]
pub(super) struct Expr {
    head: String,
    args: Vec<String>,
}

impl Expr {
    pub(super) fn new(head: impl Into<String>, args: &[&str]) -> Expr {
        Expr { head: head.into(), args: args.iter().map(|arg| (*arg).to_owned()).collect() }
    }

    /// On one line.
    pub(super) fn flat(&self) -> String {
        format!("{}({})", self.head, self.args.join(", "))
    }
}

/// The text of a program as it grows.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) text: String,
    indent: usize,
}

/// How many columns it takes; Korean letters take two.
fn wide(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

impl Lines {
    /// Inside a function.
    pub(super) fn inside() -> Lines {
        Lines { text: String::new(), indent: 4 }
    }

    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(&format!("{:1$}{line}\n", "", self.indent));
    }

    /// At most one blank line, and none at the start of a block.
    pub(super) fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") && !self.text.ends_with("{\n") {
            self.text.push('\n');
        }
    }

    pub(super) fn open(&mut self, line: &str) {
        self.line(line);
        self.indent += 4;
    }

    pub(super) fn close(&mut self, line: &str) {
        self.indent -= 4;
        self.line(line);
    }

    /// A comment, in as many lines as it needs.
    pub(super) fn comment(&mut self, text: &str) {
        for line in wrap(text, 76usize.saturating_sub(self.indent)) {
            self.line(format!("// {line}").trim_end());
        }
    }

    /// `before` call `after`.
    pub(super) fn call(&mut self, before: &str, call: &Expr, after: &str) {
        let flat = format!("{before}{}{after}", call.flat());
        if wide(&call.args.join(", ")) <= ARGUMENTS {
            let chain = call.head.contains('.') && after.starts_with('.');
            if self.fits(&flat) && !(chain && wide(&flat) - wide(before) > ARGUMENTS + 1) {
                return self.line(&flat);
            }
            if let Some((receiver, method)) = call.head.split_once('.') {
                // A chain of methods: each on a line of its own, unless it would
                // stand below a name as short as the indent.
                let (end, rest) = if after.starts_with('.') { ("", after) } else { (after, "") };
                let args = call.args.join(", ");
                if receiver.len() <= 4 {
                    self.open(&format!("{before}{receiver}.{method}({args}){end}"));
                } else {
                    self.open(&format!("{before}{receiver}"));
                    self.line(&format!(".{method}({args}){end}"));
                }
                if !rest.is_empty() {
                    self.line(rest);
                }
                self.indent -= 4;
                return;
            }
            if let Some(name) = before.strip_suffix(' ') {
                self.open(name);
                self.line(&format!("{}{after}", call.flat()));
                self.indent -= 4;
                return;
            }
        }
        self.open(&format!("{before}{}(", call.head));
        for arg in &call.args {
            match arg.strip_prefix('[').and_then(|list| list.strip_suffix(']')) {
                Some(list) if wide(list) > ARGUMENTS => {
                    self.open("[");
                    for entry in list.split_inclusive("), ") {
                        self.line(&format!("{},", entry.trim_end_matches([',', ' '])));
                    }
                    self.close("],");
                }
                _ => self.line(&format!("{arg},")),
            }
        }
        if after.starts_with('.') {
            self.close(")");
            self.line(after);
        } else {
            self.close(&format!("){after}"));
        }
    }

    /// `let name = value;` of a literal.
    pub(super) fn literal(&mut self, name: &str, value: &str) {
        let flat = format!("let {name} = {value};");
        if !self.fits(&flat) && self.indent + 4 + wide(value) < WIDTH {
            self.open(&format!("let {name} ="));
            self.line(&format!("{value};"));
            self.indent -= 4;
        } else {
            self.line(&flat);
        }
    }

    /// Checks that the call gives `value`; the call stands alone, with its result
    /// in `name`, where both do not fit on a line. `around` is put around the
    /// result: `("", "?")`, `("errno(", ")")`.
    pub(super) fn check(&mut self, name: &str, call: &Expr, around: (&str, &str), value: &str) {
        let args = format!("{}{}{}, {value}", around.0, call.flat(), around.1);
        let flat = format!("assert_eq!({args});");
        if wide(&args) <= ARGUMENTS && self.fits(&flat) {
            return self.line(&flat);
        }
        if around.0.is_empty() {
            self.call(&format!("let {name} = "), call, &format!("{};", around.1));
            self.line(&format!("assert_eq!({name}, {value});"));
        } else {
            self.call(&format!("let {name} = "), call, ";");
            self.line(&format!("assert_eq!({}{name}{}, {value});", around.0, around.1));
        }
    }

    fn fits(&self, line: &str) -> bool {
        self.indent + wide(line) <= WIDTH
    }
}

/// Lines of at most `most` columns.
pub(super) fn wrap(text: &str, most: usize) -> Vec<String> {
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
    for word in text.split_whitespace() {
        let width = wide(word);
        if used > 0 && used + 1 + width > most {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += width;
    }
    lines.push(line);
    lines
}

/// `10_000_000`.
pub(super) fn number(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    if digits.len() < 5 {
        return number.to_string();
    }
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}
