//! What the program writes on its standard output and standard error.

use std::io::{self, ErrorKind};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use crate::visible::visible;
use crate::wait::Interest;
use crate::words::{Words, say};

/// What is kept of standard output; the rest is read and forgotten, so that a
/// program that floods its output neither blocks nor fills our memory.
pub(crate) const KEEP: usize = 2 << 20;
/// What is kept of standard error: a person is to read it.
pub(crate) const KEEP_WORDS: usize = 64 << 10;

/// One stream. A thread of its own empties the pipe, and so does whoever looks:
/// what the program has written before a look is seen by it, even if the
/// thread has not had its turn yet.
#[derive(Clone, Debug)]
pub(crate) struct Output(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    pipe: OwnedFd,
    keep: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    kept: Vec<u8>,
    /// How many bytes have come, kept or not.
    taken: u64,
    ended: bool,
}

impl Output {
    /// Begins to read `pipe`, and keeps the first `keep` bytes.
    pub(crate) fn of(pipe: impl Into<OwnedFd>, keep: usize) -> Output {
        let shared = Arc::new(Shared { pipe: pipe.into(), keep, state: Mutex::default(), changed: Condvar::new() });
        shared.make_nonblocking();
        let reader = Arc::clone(&shared);
        thread::spawn(move || {
            while !reader.drain().ended {
                reader.wait_readable();
            }
        });
        Output(shared)
    }

    /// Takes what is in the pipe now, and says how many bytes have come so far.
    pub(crate) fn heard(&self) -> u64 {
        self.0.drain().taken
    }

    /// The line number `n` from 0, once it is complete.
    pub(crate) fn line(&self, n: usize) -> Option<String> {
        let state = self.0.drain();
        // Asked very often, and there may be much: only this line becomes text.
        let line = state.kept.split_inclusive(|&b| b == b'\n').nth(n)?;
        let is_whole = line.ends_with(b"\n") || state.ended;
        is_whole.then(|| String::from_utf8_lossy(line).trim_end_matches('\n').trim_end_matches('\r').to_string())
    }

    /// Everything that has come so far, and whether that is all; at most
    /// what is kept.
    pub(crate) fn bytes(&self) -> (Vec<u8>, bool) {
        let state = self.0.drain();
        (state.kept.clone(), state.ended)
    }

    /// What to wait for while a line is not there.
    pub(crate) fn more(&self) -> Interest {
        Interest { fd: self.0.pipe.as_raw_fd(), write: false }
    }

    /// All lines, once the program has closed the stream or `most` has passed
    /// (a grandchild may hold it open).
    pub(crate) fn lines_at_end(&self, most: Duration) -> Vec<String> {
        let state = self.0.state.lock().expect("no reader panics");
        let (state, _) = self.0.changed.wait_timeout_while(state, most, |s| !s.ended).expect("no reader panics");
        String::from_utf8_lossy(&state.kept).lines().map(str::to_string).collect()
    }
}

impl Shared {
    /// Takes what is in the pipe now.
    fn drain(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().expect("no reader panics");
        let mut chunk = [0u8; 4096];
        while !state.ended {
            // SAFETY: the buffer is as long as we say, and the pipe is ours.
            let n = unsafe { libc::read(self.pipe.as_raw_fd(), chunk.as_mut_ptr().cast(), chunk.len()) };
            match usize::try_from(n) {
                Ok(0) => state.ended = true,
                Ok(n) => {
                    state.taken += n as u64;
                    let room = self.keep - state.kept.len();
                    state.kept.extend_from_slice(&chunk[..n.min(room)]);
                }
                Err(_) => match io::Error::last_os_error().kind() {
                    ErrorKind::Interrupted => {}
                    ErrorKind::WouldBlock => break,
                    _ => state.ended = true,
                },
            }
        }
        self.changed.notify_all();
        state
    }

    fn make_nonblocking(&self) {
        // SAFETY: fcntl on a descriptor that we own, with integers.
        unsafe {
            let flags = libc::fcntl(self.pipe.as_raw_fd(), libc::F_GETFL);
            libc::fcntl(self.pipe.as_raw_fd(), libc::F_SETFL, flags | libc::O_NONBLOCK);
        }
    }

    fn wait_readable(&self) {
        let mut wanted = libc::pollfd { fd: self.pipe.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: one pollfd, alive during the call.
        unsafe { libc::poll(&mut wanted, 1, -1) };
    }
}

/// Standard error without what differs from run to run or says nothing, fit
/// for a terminal.
pub(crate) fn cleaned(lines: &[String]) -> Vec<String> {
    let noise = |line: &String| !line.trim().is_empty() && !line.starts_with("note: run with `RUST_BACKTRACE");
    lines.iter().filter(|line| noise(line)).map(|line| visible(&without_thread_number(line))).collect()
}

/// `thread 'main' (1234) panicked at` names a number that differs in each run.
fn without_thread_number(line: &str) -> String {
    let Some(end) = line.find(") panicked at ") else { return line.to_string() };
    match line[..end].rfind("' (") {
        Some(start) if line[start + 3..end].bytes().all(|b| b.is_ascii_digit()) => {
            format!("{}{}", &line[..start + 1], &line[end + 1..])
        }
        _ => line.to_string(),
    }
}

/// Where the words begin with which the main thread panics, and the program
/// ends: an answer that is here is older than they are.
pub(crate) fn end_of_main(stderr: &[String]) -> usize {
    stderr.iter().position(|line| line.starts_with("thread 'main' ")).unwrap_or(stderr.len())
}

/// A `todo!()` that the program ran into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Todo {
    pub(crate) place: String,
    what: Words,
}

impl Todo {
    pub(crate) fn new(place: &str, what: Words) -> Todo {
        Todo { place: place.to_string(), what }
    }

    /// Where it is, and what is to be done there.
    pub(crate) fn words(&self) -> Words {
        say("report.todo", &[("place", &self.place), ("what", &self.what)])
    }
}

/// The `todo!()` that the program ran into, if it did.
pub(crate) fn todo(stderr: &[String]) -> Option<Todo> {
    let at = stderr.iter().position(|line| line.starts_with("not yet implemented"))?;
    let what = stderr[at].trim_start_matches("not yet implemented").trim_start_matches(": ").to_string();
    let place = stderr[..at].iter().rev().find_map(|line| line.split_once("panicked at "))?.1;
    // Column numbers help nobody here.
    let place = place.trim_end_matches(':').rsplit_once(':').map_or(place, |(place, _)| place);
    // A starter says it in both languages.
    let (en, ko) = what.split_once(" / ").unwrap_or((&what, &what));
    let what = Words { en: en.to_string(), ko: ko.to_string() };
    Some(Todo::new(place, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_reads_the_same_in_every_run() {
        let line = "thread 'main' (4711) panicked at src/main.rs:3:5:";
        assert_eq!(without_thread_number(line), "thread 'main' panicked at src/main.rs:3:5:");
        assert_eq!(without_thread_number("thread (x) is fine"), "thread (x) is fine");
    }

    #[test]
    fn what_ends_the_program_is_later_than_its_answers() {
        let said = |lines: &[&str]| end_of_main(&lines.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(said(&["a note", "thread 'main' panicked at src/main.rs:3:5:", "index out of bounds"]), 1);
        assert_eq!(said(&["thread 'main' has overflowed its stack"]), 0);
        assert_eq!(said(&["thread 'reader' panicked at src/main.rs:3:5:", "a note"]), 2, "main goes on");
    }

    #[test]
    fn a_todo_is_found_with_its_place() {
        let stderr =
            ["thread 'main' panicked at src/main.rs:21:5:", "not yet implemented: send it / 보내기"].map(String::from);
        let todo = todo(&stderr).unwrap().words();
        assert_eq!(todo.en, "src/main.rs:21: still todo: send it");
        assert!(todo.ko.ends_with("보내기") && !todo.ko.contains("send"), "{}", todo.ko);
    }
}
