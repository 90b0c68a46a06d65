//! What a program was given whose answers depend on nothing else: after a
//! failure it lies in a file, for the student to give it once more.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::lab::Lab;
use crate::words::{Words, say};

/// So many bytes of it are kept at most: whole lines.
const MOST: usize = 1 << 20;

/// The lines of a program's standard input so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    text: Vec<u8>,
    lines: usize,
    /// No more is kept: there was no room for a line.
    is_full: bool,
    /// Number of the line that was not answered well, from 1.
    fails: Option<usize>,
}

impl Given {
    /// One more line, without its `\n`.
    pub(crate) fn add(&mut self, line: &[u8]) {
        self.is_full |= self.text.len() + line.len() >= MOST;
        if !self.is_full {
            self.text.extend_from_slice(line);
            self.text.push(b'\n');
            self.lines += 1;
        }
    }

    /// Line number `line` was not answered well. The first one counts.
    pub(crate) fn fails_at(&mut self, line: usize) {
        self.fails.get_or_insert(line);
    }

    /// Writes the file for `check`; the command that gives it to the program,
    /// and below it the line to look at. `None` if the file would not show the
    /// failure, or cannot be written.
    pub(crate) fn command(&self, lab: &Lab, check: &str) -> Option<Words> {
        let is_shown = self.fails.map_or(!self.is_full, |line| line <= self.lines);
        if self.lines == 0 || !is_shown {
            return None;
        }
        let path = Path::new(lab.tmp).join(format!("{}.{check}.txt", lab.id));
        self.write(&path).ok()?;
        // Where cargo is run for the labs.
        let labs = Path::new(lab.dir).parent()?;
        let path = path.strip_prefix(labs).unwrap_or(&path).display().to_string();
        let path = if path.contains(char::is_whitespace) { format!("'{path}'") } else { path };
        let command = say("report.replay-command", &[("lab", &lab.id), ("file", &path)]);
        let below = match self.fails {
            Some(line) => say("report.replay-line", &[("n", &line), ("of", &self.lines)]),
            None => return Some(command),
        };
        let both = |command: &str, below: &str| format!("{command}\n{below}");
        Some(Words { en: both(&command.en, &below.en), ko: both(&command.ko, &below.ko) })
    }

    /// Whole or not at all, and never through a link that is there already.
    fn write(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        let new = PathBuf::from(format!("{}.{}", path.display(), std::process::id()));
        let written = File::create_new(&new).and_then(|mut file| file.write_all(&self.text));
        written.and_then(|()| fs::rename(&new, path)).inspect_err(|_| {
            let _gone = fs::remove_file(&new);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lab whose files lie in `dir`.
    fn lab(dir: &'static str) -> Lab {
        Lab { manifest: "", exe: "", dir, id: "rto", tmp: dir }
    }

    fn folder(name: &str) -> &'static str {
        let dir = std::env::temp_dir().join(format!("lab-replay-{name}-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        Box::leak(dir.into_os_string().into_string().unwrap().into_boxed_str())
    }

    #[test]
    fn the_file_is_what_was_given() {
        let dir = folder("all");
        let mut given = Given::default();
        given.add(b"new");
        given.add(b"sample \xff");
        let command = given.command(&lab(dir), "c").unwrap().en;
        assert!(command.starts_with("cargo run -q -p rto < ") && command.ends_with("rto.c.txt"), "{command}");
        assert_eq!(fs::read(Path::new(dir).join("rto.c.txt")).unwrap(), b"new\nsample \xff\n");
        given.fails_at(2);
        given.fails_at(1);
        let command = given.command(&lab(dir), "c").unwrap();
        assert!(command.en.lines().nth(1).unwrap().contains("line 2 of 2"), "{}", command.en);
        assert_eq!(fs::read_dir(dir).unwrap().count(), 1, "nothing else is left there");
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn it_has_an_end_and_shows_the_failure() {
        let dir = folder("cut");
        let mut given = Given::default();
        for _ in 0..30 {
            given.add(&[b'a'; 50_000]);
        }
        given.add(b"short");
        assert!(given.text.len() <= MOST && given.lines == 20, "{} lines", given.lines);
        assert_eq!(given.command(&lab(dir), "c"), None, "what failed may be in what was left out");
        let with = |line| {
            let mut given = given.clone();
            given.fails_at(line);
            given.command(&lab(dir), "c").is_some()
        };
        assert!(with(20) && !with(21));
        fs::remove_dir_all(dir).unwrap();
    }
}
