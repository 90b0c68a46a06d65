//! Proves the labs, with the very test executables that students run: the
//! starter fails every check, what is right passes them all, and each wrong
//! program is caught by the check meant for it.
//!
//! After a change that is meant to change verdicts or messages:
//! `INSTA_UPDATE=always cargo test --test verdicts`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use sockets::prove::build::Built;
use sockets::prove::ideas::Ideas;
use sockets::prove::judge::{Order, at_once, each, judge};
use sockets::prove::leak;
use sockets::prove::peers::{Meeting, meet};
use sockets::prove::subject::{Kind, Subject};
use sockets::prove::table::Verdicts;
use sockets::text::Lang;

/// Each file a whole lab, so that one message can be found and read.
static BUILT: LazyLock<Built> =
    LazyLock::new(|| Built::all(root()).unwrap_or_else(|error| panic!("the labs do not build:\n{error:#}")));

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn subjects() -> Vec<Subject> {
    let of = |lab: &str| Subject::of(root(), lab).unwrap_or_else(|error| panic!("{error}"));
    BUILT.labs.iter().flat_map(|lab| of(&lab.id)).collect()
}

/// Everything has to run: where the project itself is proven.
fn must_run() -> bool {
    std::env::var_os("SOCKETS_PROVE_ALL").is_some()
}

/// Says what could not run here. Past libtest's capture, because a test that
/// passes shows nothing.
fn tell(not_run: &BTreeMap<String, String>) {
    let lines: String = not_run.iter().map(|(lab, reason)| format!("{lab}: {reason}\n")).collect();
    std::io::stderr().write_all(lines.as_bytes()).expect("standard error can be written");
}

/// A maintainer has asked for new snapshots.
fn is_update() -> bool {
    std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always")
}

#[test]
fn starters_compile_without_a_warning() {
    assert!(BUILT.warnings.is_empty(), "{}", BUILT.warnings.concat());
}

#[test]
fn every_program_is_explained_in_korean() {
    let ideas = Ideas::load(root()).unwrap_or_else(|error| panic!("{error}"));
    let explained: Vec<_> =
        ideas.0.iter().flat_map(|(lab, of)| of.keys().map(move |name| format!("{lab}/{name}"))).collect();
    let mut there: Vec<_> = subjects()
        .into_iter()
        .filter(|subject| subject.kind != Kind::Solution)
        .map(|subject| format!("{}/{}", subject.lab, subject.name))
        .collect();
    there.sort();
    assert_eq!(explained, there);
}

/// What is right must not be only what our own checks take for right.
#[test]
fn solutions_get_on_with_the_programs_of_others() {
    let mut absent: BTreeMap<String, String> = BTreeMap::new();
    let mut faults = Vec::new();
    for lab in &BUILT.labs {
        for peer in &lab.peer {
            match meet(&BUILT, lab, peer).unwrap_or_else(|error| panic!("{error:#}")) {
                Meeting::Agreed => {}
                Meeting::Absent => {
                    let missing = absent.entry(lab.id.clone()).or_insert_with(|| "not installed:".to_owned());
                    *missing += &format!(" {}", peer.program);
                }
                Meeting::Differed(error) => faults.push(format!("{}: {}\n  {error:#}", lab.id, peer.run)),
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(absent.is_empty() || !must_run(), "{absent:?}");
    tell(&absent);
}

#[test]
fn every_program_gets_its_verdict() {
    let taken = Verdicts::take(root(), &BUILT).unwrap_or_else(|error| panic!("{error:#}"));
    let mut verdicts = taken.verdicts;
    let mut faults = Vec::new();
    for lab in &verdicts.lab {
        for program in &lab.program {
            let is_right = match program.kind {
                Kind::Starter => program.fails == lab.checks,
                Kind::Solution | Kind::Right => program.fails.is_empty(),
                Kind::Wrong => program.caught_by.as_ref().is_some_and(|check| program.fails.contains(check)),
            };
            if !is_right {
                faults.push(format!(
                    "{} {}: meant for {:?}, fails {:?}",
                    lab.id, program.name, program.caught_by, program.fails
                ));
            }
        }
        let kinds = |kind| lab.program.iter().filter(|program| program.kind == kind).count();
        let enough = kinds(Kind::Solution) == 1 && kinds(Kind::Right) >= 1 && kinds(Kind::Wrong) >= 5;
        if !enough {
            faults.push(format!("{}: needs a solution, a right program and five wrong ones", lab.id));
        }
        for check in &lab.checks {
            if !lab.program.iter().any(|program| program.caught_by.as_ref() == Some(check)) {
                faults.push(format!("{}: no wrong program is meant for {check}", lab.id));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    if !taken.not_run.is_empty() {
        assert!(!must_run(), "{:?}", taken.not_run);
        tell(&taken.not_run);
        // Of these the last known verdicts stand.
        let kept = Verdicts::load(root()).unwrap_or_else(|error| panic!("{error}"));
        verdicts.lab.extend(kept.lab.into_iter().filter(|lab| taken.not_run.contains_key(&lab.id)));
        let place = |id: &str| BUILT.labs.iter().position(|lab| lab.id == id);
        verdicts.lab.sort_by_key(|lab| place(&lab.id));
    }
    insta::assert_snapshot!("verdicts", verdicts.table());
    if is_update() {
        let head = "# The verdict of each program, as `cargo test` finds it. Written by a test:\n\
                    # INSTA_UPDATE=always cargo test --test verdicts\n\n";
        let text = toml::to_string_pretty(&verdicts).expect("verdicts can be written");
        fs::write(root().join(Verdicts::FILE), format!("{head}{text}")).expect("the file can be written");
    }
    let kept = Verdicts::load(root()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(kept, verdicts, "{} is not what the programs get", Verdicts::FILE);
}

/// The message of the check meant for each wrong program, with a fixed seed.
#[test]
fn what_a_student_reads_is_worth_reading() {
    // These also in Korean; the others differ in nothing but words.
    let also_korean = [
        "first-socket--wrong-always-three",
        "framing--wrong-allocates-first",
        "framing--wrong-keeps-the-return",
        "tcp-echo--wrong-never-closes",
        "tcp-echo--wrong-string",
        "tcp-echo--wrong-whole-buffer",
        "tcp-echo--wrong-no-bind",
        "tcp-echo--wrong-no-listen",
        "tcp-echo--wrong-one-helper",
        "tokio-lines--wrong-blocks-the-runtime",
        "udp-rules--wrong-knocks-unconnected",
        "raw-ping--wrong-identifier-unchecked",
    ];
    let wrong: Vec<Subject> = subjects().into_iter().filter(|subject| subject.kind == Kind::Wrong).collect();
    let both = |subject: &Subject| {
        let korean = also_korean.contains(&subject.binary().as_str());
        [(Lang::En, subject.clone())].into_iter().chain(korean.then(|| (Lang::Ko, subject.clone()))).collect::<Vec<_>>()
    };
    let jobs: Vec<(Lang, Subject)> = wrong.iter().flat_map(both).collect();
    let messages = each(&jobs, at_once(), |(lang, subject)| -> anyhow::Result<Option<String>> {
        let check = subject.caught_by.as_deref();
        let (test, program) = (BUILT.test(&subject.lab)?, BUILT.program(&subject.lab, &subject.name)?);
        let judged = judge(&Order { test, program, check, seed: Some(1), lang: *lang })?;
        // The verdict test says so, and fails where everything must run.
        let runs = judged.not_run().is_none();
        let message = steady(&judged.message(check.unwrap_or_default()));
        Ok(runs.then(|| settled(&subject.binary(), message)))
    });
    insta::with_settings!({ snapshot_path => "snapshots/messages", prepend_module_to_snapshot => false, omit_expression => true }, {
        for ((lang, subject), message) in jobs.iter().zip(messages) {
            let Some(message) = message.unwrap_or_else(|error| panic!("{error:#}")) else { continue };
            assert!(!message.is_empty(), "{}: no message", subject.binary());
            insta::assert_snapshot!(format!("{}.{}", subject.binary(), lang.code()), message);
        }
    });
}

/// `message` of `program` without what one run of it says otherwise than the next.
fn settled(program: &str, message: String) -> String {
    match program {
        // How much is lost depends on how the bytes fell into the reads.
        "one-connection--wrong-reader-for-each-answer" => {
            uncounted(&message, |line| line.trim_start().starts_with("observed  "))
        }
        // At the first answer or at the second: whose turn it is when the window
        // closes is up to the scheduler.
        "backpressure--wrong-one-lock" | "backpressure--wrong-one-thread" => {
            uncounted(&last_step(&message), |line| line.starts_with('✗'))
        }
        _ => message,
    }
}

/// `message` without the numbers in the lines that are `inexact`.
fn uncounted(message: &str, inexact: impl Fn(&str) -> bool) -> String {
    let lines = message.lines().map(|line| if inexact(line) { without_numbers(line) } else { line.to_string() });
    lines.collect::<Vec<_>>().join("\n")
}

/// `message` without the steps that went well.
fn last_step(message: &str) -> String {
    let lines = message.lines().filter(|line| !line.trim_start().starts_with(|c: char| c.is_ascii_digit()));
    let lines = lines.map(|line| match line.strip_prefix('✗') {
        Some(step) => format!("✗   #{}", step.trim_start().trim_start_matches(|c: char| c.is_ascii_digit())),
        None => line.to_string(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A line with a number that depends on how much the processor has to do.
const BUSY: [&str; 2] = ["kept the processor busy", "segments with data from the program"];

/// Where a fast and a slow run may part: how far a stream had come when it was
/// cut, and the bytes there; how long a program computed; how many segments a
/// kernel made of small writes.
fn steady(message: &str) -> String {
    // The last number of such a line is the offset of the difference.
    let is_far = |line: &str| numbers(line).next_back().is_some_and(|offset| offset > 100_000);
    // How much of many bytes had come when the rest was lost.
    let cut = |line: &str| {
        let (what, came) = line.split_once(" only ")?;
        numbers(what).any(|bytes| bytes >= 10_000).then(|| format!("{what} only {}", without_numbers(came)))
    };
    // Of many bytes none may have come, either.
    let nothing = |line: &str| {
        let (what, bytes) = line.split_once("end of stream, and nothing of ")?;
        let many = numbers(bytes).any(|bytes| bytes >= 10_000);
        many.then(|| format!("{what}of {} only # bytes, then the end of the stream", without_numbers(bytes)))
    };
    // At which of many single bytes a peer hears that nobody takes them any more.
    let dribbled = |line: &str| {
        let (what, byte) = line.split_once("send byte ")?;
        let rest = byte.trim_start_matches(|c: char| c.is_ascii_digit());
        line.contains("closed this connection").then(|| format!("{what}send byte #{rest}"))
    };
    let mut far = false;
    let lines = message.lines().filter_map(|line| {
        let is_observation = ["       observed  ", "       실제  "].iter().any(|start| line.starts_with(start));
        // How the program has ended is the same in every run.
        let ending = [". The program has ended", ". The program has been killed", ". 프로그램이 "];
        let at = ending.iter().find_map(|start| line.find(start)).filter(|_| is_observation);
        let (whole, (line, ending)) = (line, line.split_at(at.unwrap_or(line.len())));
        if let Some(line) = is_observation.then(|| nothing(line)).flatten() {
            return Some(line + ending);
        }
        if is_observation && BUSY.iter().any(|busy| whole.contains(busy)) {
            return Some(without_numbers(whole));
        }
        if is_observation && is_far(line) {
            far = true;
            return Some(without_numbers(line) + ending);
        }
        if let Some(line) = is_observation.then(|| cut(line).or_else(|| dribbled(line))).flatten() {
            return Some(line + ending);
        }
        // The rows end where the hint begins.
        far &= !["Hint ", "힌트 "].iter().any(|hint| line.starts_with(hint));
        // The rows of the difference, and the line above them.
        let is_row = far && line.starts_with("   ") && !line.trim_start().starts_with("program");
        (!is_row).then(|| whole.to_string())
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn numbers(line: &str) -> impl DoubleEndedIterator<Item = u64> {
    line.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok())
}

/// A `#` for each number, however long.
fn without_numbers(line: &str) -> String {
    let mut text = String::new();
    for c in line.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }) {
        if c != '#' || !text.ends_with('#') {
            text.push(c);
        }
    }
    text
}

#[test]
fn snapshots_are_headed_by_what_must_hold() {
    for lab in &BUILT.labs {
        for check in &lab.check {
            let path = root().join(format!("labs/{}/tests/snapshots/{}.snap", lab.id, check.name));
            let snapshot =
                insta::Snapshot::from_file(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let says = snapshot.metadata().description();
            assert_eq!(says, Some(check.says.en.as_str()), "{}: lab.toml says something else", path.display());
        }
    }
}

#[test]
fn the_handout_holds_no_line_of_a_solution() {
    for lab in &BUILT.labs {
        let starter = root().join("labs").join(&lab.id).join("src/main.rs");
        let solution = root().join("tests/subjects").join(&lab.id).join("solution.rs");
        let leaks = leak::leaks(&root().join("labs"), &starter, &solution).expect("the handout can be read");
        let leaks: Vec<String> = leaks.iter().map(ToString::to_string).collect();
        assert!(leaks.is_empty(), "{}:\n{}", lab.id, leaks.join("\n"));
    }
}

#[test]
fn what_a_starter_has_its_solution_keeps() {
    for lab in &BUILT.labs {
        let starter = root().join("labs").join(&lab.id).join("src/main.rs");
        let solution = root().join("tests/subjects").join(&lab.id).join("solution.rs");
        let drift = leak::drift(&starter, &solution).expect("both can be read");
        let drift: Vec<String> = drift.iter().map(ToString::to_string).collect();
        assert!(drift.is_empty(), "{}:\n{}", lab.id, drift.join("\n"));
    }
}
