//! Every program of the book does what the page says it did.
//!
//! `book/listings/transcripts/NAME.txt` is what `book/listings/src/bin/NAME.rs`
//! printed; the pages include both. Record anew with
//! `UPDATE_TRANSCRIPTS=1 cargo test --test listings`; run each program more
//! often than once with `LISTING_RUNS=50`.
#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

/// A listing ends by itself; this only bounds one that is broken.
const DEADLINE: Duration = Duration::from_secs(60);

/// How many listings run at the same time.
const WORKERS: usize = 4;

/// What a listing exits with when its private network was refused
/// (`listings::private_network::NOT_RUN`).
const NOT_RUN: i32 = 3;

fn folder(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("book/listings").join(below)
}

/// The names of the files in `folder` that end in `extension`.
fn names(folder: &Path, extension: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect()
}

/// Builds the listings; their executables by name.
fn build() -> BTreeMap<String, PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // Both packages, so that the dependencies are those of this very test run
    // and nothing is compiled twice.
    let output = Command::new(cargo)
        .args(["build", "--quiet", "--bins", "-p", "sockets", "-p", "listings", "--message-format=json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "the listings do not compile");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|message| {
            let executable = message["executable"].as_str()?;
            Some((message["target"]["name"].as_str()?.to_string(), PathBuf::from(executable)))
        })
        .collect()
}

/// What a listing printed, and its exit status (none: ended by a signal).
struct Run {
    stdout: String,
    stderr: String,
    status: Option<i32>,
}

/// Reads `pipe` to its end, beside whatever else goes on.
fn read_to_end(mut pipe: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if pipe.read_to_end(&mut bytes).is_ok() {
            // Nobody listens any more once the deadline has passed.
            drop(sender.send(String::from_utf8_lossy(&bytes).into_owned()));
        }
    });
    receiver
}

fn run(executable: &Path) -> Run {
    let mut command = Command::new(executable);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    #[cfg(target_os = "linux")]
    // SAFETY: close_range() is one system call, allowed between fork and exec.
    unsafe {
        // Descriptors that some caller left open would shift the numbers that
        // the listings print.
        command.pre_exec(|| match libc::close_range(3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC as i32) {
            0 => Ok(()),
            _ => Err(std::io::Error::last_os_error()),
        });
    }
    let mut child = command.spawn().unwrap_or_else(|e| panic!("{}: {e}", executable.display()));
    let stdout = read_to_end(child.stdout.take().unwrap());
    let stderr = read_to_end(child.stderr.take().unwrap());
    let Ok(stdout) = stdout.recv_timeout(DEADLINE) else {
        child.kill().unwrap();
        panic!("{} still ran after {DEADLINE:?}", executable.display());
    };
    let stderr = stderr.recv_timeout(DEADLINE).unwrap_or_default();
    Run { stdout, stderr, status: child.wait().unwrap().code() }
}

/// How a run differs from its transcript, for people; nothing if it does not.
fn difference(transcript: &str, run: &Run) -> Option<String> {
    if run.status != Some(0) {
        return Some(format!("ended with status {:?} after printing:\n{}{}", run.status, run.stdout, run.stderr));
    }
    if transcript == run.stdout {
        return None;
    }
    let diff = similar::TextDiff::from_lines(transcript, &run.stdout);
    Some(diff.unified_diff().header("transcript", "this run").to_string())
}

/// Runs a listing `runs` times against its transcript, or records that anew;
/// the first run that is not as it should be is the error.
fn compare(name: &str, executable: &Path, runs: usize, update: bool) -> Result<(), String> {
    let source = fs::read_to_string(folder("src/bin").join(name).with_extension("rs")).unwrap();
    if cfg!(not(target_os = "linux")) && source.contains("Linux only") {
        return Ok(());
    }
    let path = folder("transcripts").join(name).with_extension("txt");
    for n in 1..=runs {
        let run = run(executable);
        if run.status == Some(NOT_RUN) && run.stdout.starts_with("NOT RUN") {
            let allowed = std::env::var("LAB_ALLOW_SKIP").as_deref() == Ok("1");
            return if allowed { Ok(()) } else { Err(run.stdout) };
        }
        if update && run.status == Some(0) {
            return fs::write(&path, &run.stdout).map_err(|error| format!("{}: {error}", path.display()));
        }
        let transcript = fs::read_to_string(&path).unwrap_or_default();
        if let Some(difference) = difference(&transcript, &run) {
            return Err(format!("run {n} of {runs}: {difference}"));
        }
    }
    Ok(())
}

#[test]
fn every_listing_has_a_transcript_and_every_transcript_a_listing() {
    if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
        return;
    }
    assert_eq!(names(&folder("src/bin"), "rs"), names(&folder("transcripts"), "txt"));
}

#[test]
fn every_listing_prints_its_transcript() {
    let update = std::env::var_os("UPDATE_TRANSCRIPTS").is_some();
    let runs = std::env::var("LISTING_RUNS").map_or(1, |runs| runs.parse().expect("LISTING_RUNS is a number"));
    let executables = build();
    let listings = Mutex::new(names(&folder("src/bin"), "rs").into_iter());
    let failures = Mutex::new(Vec::new());
    // Most of the time a listing waits; several at once wait no longer.
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(name) = { listings.lock().unwrap().next() } {
                    let executable = executables.get(&name).unwrap_or_else(|| panic!("{name} was not built"));
                    if let Err(failure) = compare(&name, executable, runs, update) {
                        failures.lock().unwrap().push(format!("{name}: {failure}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn a_changed_line_and_a_failed_run_are_differences() {
    let run = |stdout: &str, status| Run { stdout: stdout.to_string(), stderr: String::new(), status };
    assert!(difference("a\n", &run("a\n", Some(0))).is_none());
    assert!(difference("a\n", &run("b\n", Some(0))).is_some_and(|shown| shown.contains("-a\n+b\n")));
    assert!(difference("a\n", &run("a\n", Some(1))).is_some());
}
