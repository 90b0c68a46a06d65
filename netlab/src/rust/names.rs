//! Names of Rust for the names of a script.

use std::collections::BTreeMap;

use crate::script::{Family, Fd, SocketKind};

/// Words that are no names in Rust, and names that a printed program uses itself.
const TAKEN: &[&str] = &[
    // Rust
    "abstract",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "struct",
    "super",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
    "bool",
    "char",
    "str",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "f32",
    "f64",
    // Functions, modules and variables of the program
    "main",
    "own_descriptors",
    "at",
    "unspec",
    "ip",
    "port",
    "errno",
    "uninit",
    "bytes",
    "poll",
    "unread",
    "state",
    "queued",
    "tcp_info",
    "set_option",
    "option",
    "drop",
    "std",
    "core",
    "alloc",
    "libc",
    "socket2",
    "io",
    "thread",
    "panic",
    "process",
    "buffer",
    "data",
    "n",
    "sent",
    "result",
    "ready",
    "error",
    "from",
    "peer",
    "all",
    "kept",
    "programs",
    "report",
    "failure",
    "println",
    "vec",
    "assert",
    "assert_eq",
    "size_of",
    "address",
    "value",
];

/// A name of Rust, in lower case, different for different names.
pub(super) fn name(given: &mut BTreeMap<String, String>, script: &str) -> String {
    if let Some(name) = given.get(script) {
        return name.clone();
    }
    let mut base = snake(script);
    while TAKEN.contains(&base.as_str()) || given.values().any(|other| *other == base) {
        base.push('_');
    }
    given.insert(script.to_owned(), base.clone());
    base
}

/// `myServer-2` is `my_server_2`.
pub(super) fn snake(name: &str) -> String {
    let mut text = String::new();
    let mut before = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && before {
            text.push('_');
        }
        before = c.is_ascii_lowercase();
        let c = if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        if !(c == '_' && text.ends_with('_')) {
            text.push(c);
        }
    }
    // An underscore in front has a meaning of its own.
    let text = text.trim_start_matches('_');
    match text.chars().next() {
        Some(c) if c.is_ascii_alphabetic() => text.to_owned(),
        _ => format!("x{text}"),
    }
}

/// A descriptor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    /// Which variable of the program: the number of its `let`.
    pub(super) id: usize,
    pub(super) family: Family,
    pub(super) kind: SocketKind,
}

/// What a name of the script stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value {
    Open(Open),
    /// Closed, or never opened; the number that it had.
    Gone(Option<i32>),
    Address(usize),
    /// Given in a repeat that is over.
    Lost,
}

/// The names of one program, and the numbers of its descriptors.
#[derive(Debug, Default)]
pub(super) struct Names {
    rust: BTreeMap<String, String>,
    values: BTreeMap<String, Value>,
    /// Open descriptors by number: the number of the `let`.
    table: BTreeMap<i32, usize>,
    /// The numbers are not certain any more.
    pub(super) vague: bool,
}

impl Names {
    pub(super) fn rust(&mut self, name: &str) -> String {
        self::name(&mut self.rust, name)
    }

    pub(super) fn get(&self, name: &str) -> Option<Value> {
        self.values.get(name).copied()
    }

    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.values.insert(name.to_owned(), value);
    }

    pub(super) fn table(&self) -> &BTreeMap<i32, usize> {
        &self.table
    }

    /// The next descriptor of a process: the lowest number that is free.
    pub(super) fn opens(&mut self, id: usize) {
        let free = (3..).find(|number| !self.table.contains_key(number));
        self.table.extend(free.map(|number| (number, id)));
    }

    /// The descriptor of this `let` is closed; its number.
    pub(super) fn closes(&mut self, id: usize) -> Option<i32> {
        let number = self.table.iter().find(|(_, owner)| **owner == id).map(|(number, _)| *number)?;
        self.table.remove(&number);
        (!self.vague).then_some(number)
    }

    /// The name of the descriptor of this `let`.
    pub(super) fn named(&self, id: usize) -> Option<String> {
        let is = |value: &Value| matches!(value, Value::Open(open) if open.id == id);
        self.values.iter().find(|(_, value)| is(value)).map(|(name, _)| name.clone())
    }

    /// The name and the descriptor that an argument means. A name whose descriptor
    /// is closed means the one that has its number now, if any does.
    pub(super) fn find(&self, fd: &Fd) -> Option<(String, Value)> {
        let (name, value) = match fd {
            Fd::Name(_, name) => (Some(name), self.get(name)?),
            Fd::Number(number) => (None, Value::Gone(Some(*number))),
        };
        if let Value::Gone(Some(number)) = value
            && !self.vague
            && let Some(owner) = self.table.get(&number).and_then(|id| self.named(*id))
        {
            let value = self.get(&owner)?;
            return Some((owner, value));
        }
        Some((name?.clone(), value))
    }
}
