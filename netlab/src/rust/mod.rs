//! A socket script as a Rust program: the reader's next step.
//!
//! [`program`] prints, call for call and in the order of the script, what a
//! teacher would write: `socket2::Socket` has one method for each call, so
//! nothing hides behind a constructor (`TcpListener::bind` of the standard
//! library would also listen and set `SO_REUSEADDR`). Descriptors keep their
//! names. A comment stands only before the first line where Rust says something
//! in another way.
//!
//! | question | decision |
//! |---|---|
//! | hosts | every host is this machine: `127.0.0.1`, `::1`. A host of its own for each (`127.0.0.2`) would not hold, because loopback answers and connects from `127.0.0.1` |
//! | ports | kept; below 1024, where a privilege is needed, 8000 is added; two hosts with the same port get two |
//! | programs | a thread each, a function each. Where the script expects descriptor numbers, each thread takes a descriptor table of its own, as a process has |
//! | `wait PROGRAM` | an `OnceLock` for each place that another program waits for |
//! | `wait FD …` | a loop around the question to the kernel (`FIONREAD`, `TCP_INFO`) |
//! | end | a `Barrier`: as in a script, sockets stay open until all have finished |
//! | results | `assert_eq!` with what Linux answers, so the program checks itself; nothing is printed on the way, since that would hide the calls |
//! | `count(…)` | a comment: packets are not a program's to see |
//! | closed descriptors | a comment: that this does not compile is what Rust is for |
//! | what the wire does | not on one machine. The program is printed all the same, and its head says what is missing |
//!
//! The text is laid out as rustfmt lays it out (with names of usual length). It
//! needs the crates socket2 (with `all`) and libc, and Linux.

mod body;
mod call;
mod helper;
mod names;
mod option;
mod place;
#[cfg(test)]
mod tests;
mod words;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use self::body::{Body, Known, Shared};
use self::helper::Helper;
use self::place::Place;
pub use self::words::Lang;
use self::words::Say;
use self::write::wrap;
use crate::run::{Plan, Planned};
use crate::script::{Script, What};

/// Why a script cannot be written in Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Not {
    /// A repeat closes what was opened outside of it: from the second round on
    /// there is nothing to close.
    CloseInRepeat,
    /// A repeat gives a name anew that it has used before: a variable would have
    /// to be closed for that.
    NewInRepeat,
}

impl Not {
    /// Every reason.
    pub const ALL: &'static [Not] = &[Not::CloseInRepeat, Not::NewInRepeat];

    /// The id of the reason.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Not::CloseInRepeat => "close-in-repeat",
            Not::NewInRepeat => "new-in-repeat",
        }
    }

    /// The reason in English.
    #[must_use]
    pub fn english(self) -> &'static str {
        match self {
            Not::CloseInRepeat => "a repeat closes a descriptor that was opened outside of it",
            Not::NewInRepeat => "a repeat gives a name to something else while it uses it",
        }
    }
}

/// What is missing on one machine, so that the printed program compiles but its
/// calls do not answer as in the script; empty if it behaves the same there.
#[must_use]
pub fn missing(script: &Script, lang: Lang) -> Vec<String> {
    let plan = Plan::new(script);
    Place::new(&plan).missing(script, lang)
}

/// The script as a Rust program for one Linux machine. See [the module](self)
/// for how.
///
/// # Errors
///
/// If the script does what no Rust program with owned sockets does.
pub fn program(script: &Script, lang: Lang) -> Result<String, Not> {
    let plan = Plan::new(script);
    let place = Place::new(&plan);
    let writer = Writer { script, plan: &plan, place: &place, lang, marks: marks(&plan) };
    // Written twice: the second time knows what becomes of each variable.
    let (mut shared, mut known) = (Shared::default(), Vec::new());
    for program in 0..plan.programs.len() {
        known.push(writer.body(program, &mut shared, None, false)?.1);
    }
    let own = shared.helpers.contains(&Helper::Own);
    let (mut shared, mut bodies) = (Shared::default(), Vec::new());
    for (program, known) in known.iter().enumerate() {
        bodies.push(writer.body(program, &mut shared, Some(known), own)?.0);
    }
    Ok(writer.whole(&bodies, &shared))
}

/// Text of a script that may stand in a comment.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| {
            !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .collect()
}

/// The places in programs that others wait for, by name: program and the number
/// of its steps that are done there.
fn marks(plan: &Plan) -> BTreeMap<(usize, usize), String> {
    fn down(steps: &[Planned], found: &mut BTreeSet<(usize, usize)>) {
        for planned in steps {
            found.extend(planned.after);
            down(&planned.body, found);
        }
    }
    let mut found = BTreeSet::new();
    plan.programs.iter().for_each(|program| down(&program.steps, &mut found));
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let mut name = |program: usize| {
        let name = names::snake(&plan.programs[program].name).to_uppercase();
        let count = names.entry(name.clone()).or_insert(0);
        *count += 1;
        format!("{name}_{count}")
    };
    found.into_iter().map(|(program, steps)| ((program, steps), name(program))).collect()
}

struct Writer<'a> {
    script: &'a Script,
    plan: &'a Plan,
    place: &'a Place<'a>,
    lang: Lang,
    marks: BTreeMap<(usize, usize), String>,
}

impl Writer<'_> {
    /// The inside of the function of a program.
    fn body(
        &self,
        program: usize,
        shared: &mut Shared,
        known: Option<&Known>,
        own: bool,
    ) -> Result<(String, Known), Not> {
        let host = self.plan.programs[program].host;
        let mut body = Body::new(self.place, self.lang, host, shared, known);
        body.begin(own);
        let mark = |after: (usize, usize)| self.marks.get(&after).cloned().unwrap_or_default();
        let (mut current, mut done) = (usize::MAX, 0);
        for item in &self.script.items {
            match &item.what {
                What::Program(header) => {
                    let named = |known: &crate::run::Program| known.name == header.name;
                    current = self.plan.programs.iter().position(named).unwrap_or(usize::MAX);
                    if current == program {
                        body.lines.blank();
                        body.remark(item.comment.as_deref());
                    }
                }
                What::Blank if current == program => body.remark(item.comment.as_deref()),
                What::Step(_) if current == program => {
                    body.remark(item.comment.as_deref());
                    let Some(planned) = self.plan.programs[program].steps.get(done) else { continue };
                    body.step(planned, &mark);
                    done += 1;
                    if let Some(name) = self.marks.get(&(program, done)) {
                        body.lines.line(&format!("{name}.set(()).unwrap();"));
                    }
                }
                _ => {}
            }
        }
        match body.trouble() {
            Some(not) => Err(not),
            None => Ok((body.lines.text, body.known)),
        }
    }

    fn say(&self, say: Say) -> &'static str {
        say.text(self.lang)
    }

    fn whole(&self, bodies: &[String], shared: &Shared) -> String {
        let mut code = self.statics();
        let many = bodies.len() > 1;
        if many {
            let mut names = BTreeMap::new();
            let functions: Vec<String> =
                self.plan.programs.iter().map(|program| names::name(&mut names, &program.name)).collect();
            for (function, body) in functions.iter().zip(bodies) {
                let body = body.trim_end();
                let gap = if body.is_empty() { "" } else { "\n\n" };
                code.push_str(&format!(
                    "fn {function}() -> io::Result<()> {{\n{body}{gap}    DONE.wait();\n    Ok(())\n}}\n\n"
                ));
            }
            code.push_str(&self.main(&functions));
        } else {
            let body = bodies.first().map_or("", String::as_str).trim_end();
            let gap = if body.is_empty() { "" } else { "\n\n" };
            code.push_str(&format!(
                "fn main() -> io::Result<()> {{\n{body}{gap}    println!(\"{}\");\n    Ok(())\n}}\n",
                self.say(Say::Finished)
            ));
        }
        for helper in &shared.helpers {
            code.push_str(&helper.text(self.lang));
        }
        format!("{}{}\n{code}", self.head(), imports(&code, &shared.libc))
    }

    /// What the program is, as a comment.
    fn head(&self) -> String {
        let mut text = String::new();
        let mut paragraph = |lines: &[String]| {
            if !text.is_empty() {
                text.push_str("//!\n");
            }
            for line in lines {
                text.push_str(format!("//! {line}").trim_end());
                text.push('\n');
            }
        };
        let wrapped = |text: &str| wrap(text, 76);
        let title = self.script.items.iter().take_while(|item| item.what == What::Blank);
        let title: Vec<String> = title.filter_map(|item| Some(plain(item.comment.as_deref()?))).collect();
        if !title.is_empty() {
            paragraph(&title);
        }
        let hosts = if self.plan.programs.len() > 1 { Say::Programs } else { Say::OneProgram };
        paragraph(&wrapped(&self.say(hosts).replace("{hosts}", self.place.hosts())));
        for (say, low) in [(Say::Low, true), (Say::Taken, false)] {
            let moved = self.place.moved(low, self.lang);
            if !moved.is_empty() {
                paragraph(&wrapped(&self.say(say).replace("{ports}", &moved.join(", "))));
            }
        }
        let missing = self.place.missing(self.script, self.lang);
        for (say, what) in [(Say::Wire, missing), (Say::Link, self.place.link(self.script))] {
            if !what.is_empty() {
                paragraph(&wrapped(&self.say(say).replace("{what}", &what.join("; "))));
            }
        }
        if self.place.raw {
            paragraph(&wrapped(self.say(Say::RawLoopback)));
        }
        paragraph(&wrapped(self.say(Say::Build)));
        if self.place.raw {
            let mut lines = wrapped(self.say(Say::Raw));
            lines.push("unshare --map-root-user --net sh -c 'ip link set lo up; cargo run'".to_owned());
            paragraph(&lines);
        }
        text + "\n"
    }

    fn statics(&self) -> String {
        let mut text = String::new();
        if !self.marks.is_empty() {
            text.push_str(&format!("// {}\n", self.say(Say::Marks)));
            for name in self.marks.values() {
                text.push_str(&format!("static {name}: OnceLock<()> = OnceLock::new();\n"));
            }
        }
        let programs = self.plan.programs.len();
        if programs > 1 {
            text.push_str(&format!("// {}\n", self.say(Say::Done)));
            text.push_str(&format!("static DONE: Barrier = Barrier::new({programs});\n"));
        }
        if text.is_empty() { text } else { text + "\n" }
    }

    fn main(&self, functions: &[String]) -> String {
        let mut text = format!(
            "fn main() {{\n    // {}\n    let report = panic::take_hook();\n    \
             panic::set_hook(Box::new(move |failure| {{\n        report(failure);\n        \
             process::exit(1);\n    }}));\n    thread::scope(|programs| {{\n",
            self.say(Say::Fails)
        );
        for function in functions {
            text.push_str(&format!("        programs.spawn(|| {function}().expect(\"{function}\"));\n"));
        }
        text.push_str(&format!("    }});\n    println!(\"{}\");\n}}\n", self.say(Say::Finished)));
        text
    }
}

/// The `use` lines that `code` needs.
fn imports(code: &str, libc: &BTreeSet<&str>) -> String {
    // In the order of rustfmt: what is looked for, and what is used then.
    let reads = [(".read(", "Read"), (".read_exact(", "Read"), (".read_to_end(", "Read"), (".write_all(", "Write")];
    let mut traits: Vec<&str> = reads.iter().filter(|(find, _)| code.contains(find)).map(|(_, name)| *name).collect();
    traits.dedup();
    let io = if traits.is_empty() { "io".to_owned() } else { format!("io::{{self, {}}}", traits.join(", ")) };
    let mut text = format!("use std::{io};\n");
    let sync: Vec<&str> =
        ["Barrier", "OnceLock"].into_iter().filter(|name| code.contains(&format!("{name}::"))).collect();
    let both = |names: &[&str]| if names.len() > 1 { format!("{{{}}}", names.join(", ")) } else { names.concat() };
    let net: Vec<&str> = [("Shutdown::", "Shutdown"), ("SocketAddr =", "SocketAddr")]
        .into_iter()
        .filter(|(find, _)| code.contains(find))
        .map(|(_, name)| name)
        .collect();
    for (find, line) in [
        ("MaybeUninit", "mem::MaybeUninit".to_owned()),
        if net.is_empty() { ("\0", String::new()) } else { ("", format!("net::{}", both(&net))) },
        ("as_raw_fd", "os::fd::AsRawFd".to_owned()),
        ("panic::", "panic".to_owned()),
        ("process::", "process".to_owned()),
        if sync.is_empty() { ("\0", String::new()) } else { ("", format!("sync::{}", both(&sync))) },
        ("thread::", "thread".to_owned()),
        ("Duration::", "time::Duration".to_owned()),
    ] {
        if code.contains(find) {
            text.push_str(&format!("use std::{line};\n"));
        }
    }
    text.push('\n');
    if !libc.is_empty() {
        let mut names: Vec<&str> = libc.iter().copied().collect();
        // As rustfmt: an underscore comes before letters.
        names.sort_by_key(|name| name.replace('_', " "));
        text.push_str(&list("libc", &names));
    }
    let names = [
        ("Domain::", "Domain"),
        ("Protocol::", "Protocol"),
        ("&SockAddr", "SockAddr"),
        ("-> SockAddr ", "SockAddr"),
        ("SockAddrStorage", "SockAddrStorage"),
        ("Socket::", "Socket"),
        ("Type::", "Type"),
    ];
    let mut used: Vec<&str> = names.iter().filter(|(find, _)| code.contains(find)).map(|(_, name)| *name).collect();
    used.dedup();
    if !used.is_empty() {
        text.push_str(&list("socket2", &used));
    }
    text
}

/// `use krate::{…};`, in as many lines as it needs.
fn list(krate: &str, names: &[&str]) -> String {
    if let [name] = names {
        return format!("use {krate}::{name};\n");
    }
    let flat = format!("use {krate}::{{{}}};\n", names.join(", "));
    // rustfmt leaves two columns free here.
    if flat.len() <= 99 {
        return flat;
    }
    let mut lines = vec!["   ".to_owned()];
    for (at, name) in names.iter().enumerate() {
        // Up to the last column only at the end.
        let most = if at + 1 == names.len() { 100 } else { 99 };
        if lines.last().is_some_and(|line| line.len() + name.len() + 2 > most) {
            lines.push("   ".to_owned());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(&format!(" {name},"));
        }
    }
    format!("use {krate}::{{\n{}}};\n", lines.join("\n") + "\n")
}
