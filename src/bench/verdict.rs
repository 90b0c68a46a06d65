//! From a saved edit to the verdict, as a student waits for it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;

use super::stopwatch::{Beside, Row, cargo, time};
use crate::cli::Context;
use crate::doctor::tools;
use crate::lab;

/// The exercise of rustlings that is run: it has tests, as a lab has.
const RUSTLINGS: &str = "if1";

/// A program to put into a lab, and what its row is called.
struct Subject {
    lab: &'static str,
    file: &'static str,
    row: &'static str,
    /// Whether it is right: what the checks must answer.
    passes: bool,
    /// Seconds that the project allows.
    bar: f64,
}

const SUBJECTS: [Subject; 4] = [
    Subject { lab: "tcp-echo", file: "solution.rs", row: "echo-right", passes: true, bar: 0.3 },
    Subject { lab: "tcp-echo", file: "wrong-string.rs", row: "echo-wrong", passes: false, bar: 0.3 },
    Subject { lab: "tcp-echo", file: "wrong-never-closes.rs", row: "echo-hangs", passes: false, bar: 1.0 },
    Subject { lab: "tokio-lines", file: "solution.rs", row: "lines-right", passes: true, bar: 0.5 },
];

/// Edits, tests, and edits again, all subjects in turn, so that a slow moment
/// of the machine meets each of them.
pub(super) fn measure(context: &Context, runs: usize) -> anyhow::Result<Vec<Row>> {
    let temp = tempfile::tempdir()?;
    let copy = temp.path().join("labs");
    lab::start(&context.root.join("labs"), &copy)?;
    let rustlings = Rustlings::prepare(temp.path())?;
    let empty = Empty::prepare(temp.path())?;

    let subjects: Vec<(&Subject, String)> = SUBJECTS
        .iter()
        .map(|subject| {
            let path = context.root.join("tests/subjects").join(subject.lab).join(subject.file);
            fs::read_to_string(&path).map(|text| (subject, text)).with_context(|| path.display().to_string())
        })
        .collect::<anyhow::Result<_>>()?;
    for (subject, text) in &subjects {
        edit(&copy, subject.lab, text, 0)?;
        // A program that does not compile would fail quickly.
        time(cargo(&copy).args(["test", "--no-run", "-p", subject.lab]), true)?;
    }
    let (right, right_text) = &subjects[0];
    let checks = test_executable(&copy, right.lab)?;
    let mut times = vec![Vec::new(); subjects.len()];
    let (mut beside, mut floor, mut built, mut checked) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for run in 1..=runs {
        if let Some(rustlings) = &rustlings {
            beside.push(rustlings.edit_and_run(run)?);
        }
        for (times, (subject, text)) in times.iter_mut().zip(&subjects) {
            times.push(edit_and_test(&copy, subject.lab, text, run, subject.passes)?);
        }
        // The same once more for the first, in its two parts.
        floor.push(empty.edit_and_test(run)?);
        edit(&copy, right.lab, right_text, runs + run)?;
        built.push(time(cargo(&copy).args(["test", "--quiet", "--no-run", "-p", right.lab]), true)?);
        checked.push(time(Command::new(&checks).arg("--quiet").current_dir(copy.join(right.lab)), right.passes)?);
    }
    let mut rows: Vec<Row> = subjects
        .iter()
        .zip(times)
        .map(|((subject, _), times)| Row::new(subject.row, times, Some(Beside::Bar(subject.bar))))
        .collect();
    let right = rows[0].times.clone();
    rows.push(Row::new("empty", floor, None));
    rows.push(Row::new("echo-build", built, Some(Beside::Row(rows.len() - 1))));
    rows.push(Row::new("echo-checks", checked, None));
    rows.push(Row::new("rustlings", beside, None));
    rows.push(Row::new("echo-beside-rustlings", right, Some(Beside::Row(rows.len() - 1))));
    Ok(rows)
}

/// The program that runs the checks of `lab`, once they are built.
fn test_executable(copy: &Path, lab: &str) -> anyhow::Result<PathBuf> {
    let mut build = cargo(copy);
    build.args(["test", "--quiet", "--no-run", "--message-format=json", "-p", lab]);
    let output = build.output().with_context(|| format!("{build:?}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let messages = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let mut tests = messages.filter(|message| message["target"]["kind"][0] == "test");
    let path = tests.find_map(|message| message["executable"].as_str().map(PathBuf::from));
    path.with_context(|| format!("{lab} has no test executable"))
}

/// A package with a program that does nothing and a test that asks nothing: the
/// least that an edit and `cargo test` cost, whatever is tested.
struct Empty(PathBuf);

impl Empty {
    fn prepare(temp: &Path) -> anyhow::Result<Empty> {
        let dir = temp.join("empty");
        fs::create_dir_all(dir.join("src"))?;
        fs::create_dir_all(dir.join("tests"))?;
        let manifest = "[package]\nname = \"empty\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
            [[bin]]\nname = \"empty\"\npath = \"src/main.rs\"\ntest = false\n\
            [profile.dev]\ndebug = \"line-tables-only\"\n[workspace]\n";
        fs::write(dir.join("Cargo.toml"), manifest)?;
        fs::write(dir.join("tests/empty.rs"), "#[test]\nfn passes() {}\n")?;
        let empty = Empty(dir);
        empty.edit_and_test(0)?;
        Ok(empty)
    }

    fn edit_and_test(&self, run: usize) -> anyhow::Result<Duration> {
        fs::write(self.0.join("src/main.rs"), format!("fn main() {{}}\n// {run}\n"))?;
        time(cargo(&self.0).args(["test", "--quiet"]), true)
    }
}

/// Saves `program` as the one of `lab` in a student's copy, as another text in
/// each `run`.
fn edit(copy: &Path, lab: &str, program: &str, run: usize) -> std::io::Result<()> {
    fs::write(copy.join(lab).join("src/main.rs"), format!("{program}\n// {run}\n"))
}

/// How long a student waits who saves `program` and tests `lab`; `passes` is
/// what the checks must answer.
pub(super) fn edit_and_test(
    copy: &Path,
    lab: &str,
    program: &str,
    run: usize,
    passes: bool,
) -> anyhow::Result<Duration> {
    edit(copy, lab, program, run)?;
    time(cargo(copy).args(["test", "--quiet", "-p", lab]), passes)
}

/// rustlings, where it is installed.
struct Rustlings {
    program: PathBuf,
    dir: PathBuf,
    exercise: PathBuf,
    solved: String,
}

impl Rustlings {
    fn prepare(temp: &Path) -> anyhow::Result<Option<Rustlings>> {
        let Some(program) = tools::find("rustlings") else { return Ok(None) };
        // `init` asks for Enter once.
        let mut init = Command::new(&program);
        init.arg("init").current_dir(temp).stdin(std::process::Stdio::piped());
        init.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let mut init = init.spawn()?;
        if let Some(mut enter) = init.stdin.take() {
            std::io::Write::write_all(&mut enter, b"\n")?;
        }
        init.wait()?;
        let dir = temp.join("rustlings");
        let find = |below: &str| {
            walkdir::WalkDir::new(dir.join(below))
                .into_iter()
                .flatten()
                .map(walkdir::DirEntry::into_path)
                .find(|path| path.file_name().is_some_and(|name| name == format!("{RUSTLINGS}.rs").as_str()))
        };
        let Some(exercise) = find("exercises") else { return Ok(None) };
        // Solutions are written only once an exercise was solved; a program
        // that compiles and answers is all that is needed for the time.
        let solved = fs::read_to_string(&exercise)?.replace(
            "fn bigger(a: i32, b: i32) -> i32 {",
            "fn bigger(a: i32, b: i32) -> i32 {\n    if a > b { a } else { b }",
        );
        let rustlings = Rustlings { program, dir, exercise, solved };
        rustlings.edit_and_run(0)?;
        Ok(Some(rustlings))
    }

    fn edit_and_run(&self, run: usize) -> anyhow::Result<Duration> {
        fs::write(&self.exercise, format!("{}\n// {run}\n", self.solved))?;
        time(Command::new(&self.program).args(["run", RUSTLINGS]).current_dir(&self.dir), true)
    }
}
