//! Handing out: `labs/` is copied into a folder of the student's, and a newer
//! handout is brought into a copy that was worked in.
//!
//! Three contents decide about each file: what the handout has now, what was
//! last handed out (by its hash, in the note), and what the copy has. The
//! student's content is never replaced or removed. What is about to be written
//! stands in the note before the first file is: if the handing out is cut short,
//! the next one, of whatever handout, knows a file that it left from a student's.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::handed::{self, Note};
use super::room::ids;
use crate::data::DataError;
use crate::manifest::Lab;

/// What handing out did, each a list of paths below the copy, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Files that the copy did not have.
    pub new: Vec<String>,
    /// Files that the student had not touched, and that the handout changed.
    pub updated: Vec<String>,
    /// Files that the student changed and the handout did not.
    pub kept: Vec<String>,
    /// Files that both changed: the student's is kept, and the handout's lies
    /// beside it, under the second path.
    pub both: Vec<(String, String)>,
    /// Untouched files that the handout no longer has.
    pub removed: Vec<String>,
    /// Files that are as the handout has them.
    pub same: usize,
}

impl Report {
    /// Whether the copy was already as it should be.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.new.is_empty() && self.updated.is_empty() && self.both.is_empty() && self.removed.is_empty()
    }
}

/// Why nothing could be handed out.
#[derive(Debug)]
pub enum StartError {
    /// The handout lacks these paths.
    Incomplete(PathBuf, Vec<String>),
    /// A `lab.toml`, or the note of the copy, cannot be read.
    Data(DataError),
    /// The copy would lie in the handout, or the handout in the copy.
    Inside(PathBuf),
    /// The folder holds something that is no copy of the labs.
    Foreign(PathBuf),
    /// A file could not be read or written; the message names it.
    Io(io::Error),
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            StartError::Incomplete(labs, missing) => write!(f, "{}: missing {}", labs.display(), missing.join(", ")),
            StartError::Data(error) => error.fmt(f),
            StartError::Inside(dir) => write!(f, "{}: inside the handout", dir.display()),
            StartError::Foreign(dir) => write!(f, "{}: not a copy of the labs", dir.display()),
            StartError::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StartError {}

impl From<io::Error> for StartError {
    fn from(error: io::Error) -> StartError {
        StartError::Io(error)
    }
}

/// Copies the handout `labs` to `dir`, or brings it into the copy that `dir`
/// already is. A kill at any moment loses nothing: calling it again finishes.
///
/// # Errors
///
/// See [`StartError`]. Nothing is written unless the whole handout is there
/// and can be read.
pub fn start(labs: &Path, dir: &Path) -> Result<Report, StartError> {
    complete(labs)?;
    apart(labs, dir)?;
    let handout = handed::files(labs)?;
    let mut note = open(dir)?;
    let plan = plan(&handout, &note, dir)?;
    for (path, Planned { hash, act, .. }) in &plan {
        if matches!(act, Act::Add | Act::Update | Act::Beside(_)) {
            note.announce(path, hash.clone());
        }
    }
    if !note.coming.is_empty() {
        note.save(dir)?;
    }
    let mut report = Report::default();
    let mut next = Note::default();
    for (path, Planned { content, hash, act }) in plan {
        let target = dir.join(path);
        match act {
            Act::Leave => report.same += 1,
            Act::Keep => report.kept.push(path.to_string()),
            Act::Add => {
                handed::replace(&target, content)?;
                report.new.push(path.to_string());
            }
            Act::Update => {
                handed::replace(&target, content)?;
                report.updated.push(path.to_string());
            }
            Act::Beside(beside) => {
                handed::replace(&beside, content)?;
                report.both.push((path.to_string(), handed::slashed(dir, &beside)));
            }
        }
        next.files.insert(path.to_string(), hash);
    }
    let known: BTreeSet<&String> = note.files.keys().chain(note.coming.keys()).collect();
    for path in known.into_iter().filter(|path| !handout.contains_key(*path)) {
        let target = dir.join(path);
        match fs::read(&target) {
            Ok(mine) if note.knows(path, &handed::hash(&mine)) => {
                fs::remove_file(&target).map_err(|error| named(&target, &error))?;
                report.removed.push(path.clone());
            }
            Ok(_) => report.kept.push(path.clone()),
            // Gone already, as it should be.
            Err(_) => {}
        }
    }
    report.kept.sort();
    next.save(dir)?;
    Ok(report)
}

/// A file of the handout, and what is to be done with it.
struct Planned<'a> {
    content: &'a [u8],
    /// Of the content.
    hash: String,
    act: Act,
}

/// What handing out does with one file.
enum Act {
    /// The copy has it as it is.
    Leave,
    /// The copy does not have it.
    Add,
    /// The copy has an earlier one that nobody has touched.
    Update,
    /// The student has changed it, and the handout has not.
    Keep,
    /// Both have changed it: the handout's goes here.
    Beside(PathBuf),
}

/// What is to be done with each file. Nothing is written yet: what cannot be
/// read is found before anything is touched.
fn plan<'a>(
    handout: &'a BTreeMap<String, Vec<u8>>,
    note: &Note,
    dir: &Path,
) -> Result<BTreeMap<&'a str, Planned<'a>>, StartError> {
    let mut plan = BTreeMap::new();
    for (path, content) in handout {
        let target = dir.join(path);
        let hash = handed::hash(content);
        let act = match fs::read(&target) {
            Ok(mine) if mine == *content => Act::Leave,
            Ok(mine) if note.knows(path, &handed::hash(&mine)) => Act::Update,
            Ok(_) if note.files.get(path) == Some(&hash) => Act::Keep,
            Ok(_) => Act::Beside(beside(&target, content, |there| note.knows(path, there))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Act::Add,
            Err(error) => return Err(named(&target, &error).into()),
        };
        plan.insert(path.as_str(), Planned { content, hash, act });
    }
    Ok(plan)
}

/// The note of `dir`, which is made if it is not there.
fn open(dir: &Path) -> Result<Note, StartError> {
    if let Some(note) = Note::load(dir).map_err(StartError::Data)? {
        return Ok(note);
    }
    let mut entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // The first thing in a new copy is its note: a copy that was not
            // finished is known for one.
            Note::default().save(dir)?;
            return Ok(Note::default());
        }
        Err(error) => return Err(named(dir, &error).into()),
    };
    let by_hand = dir.join("harness").is_dir() && !ids(dir).is_empty();
    if entries.next().is_some() && !by_hand {
        return Err(StartError::Foreign(dir.to_path_buf()));
    }
    Note::default().save(dir)?;
    Ok(Note::default())
}

/// Whether all of the handout is there.
fn complete(labs: &Path) -> Result<(), StartError> {
    let mut missing: Vec<String> = ["Cargo.toml", "Cargo.lock", "harness/Cargo.toml"]
        .into_iter()
        .filter(|path| !labs.join(path).is_file())
        .map(str::to_string)
        .collect();
    let ids = ids(labs);
    if ids.is_empty() {
        missing.push("*/lab.toml".to_string());
    }
    for id in ids {
        let dir = labs.join(&id);
        let lab = Lab::load(&dir).map_err(StartError::Data)?;
        let needed: BTreeSet<PathBuf> = lab.edit.into_iter().chain([PathBuf::from("Cargo.toml")]).collect();
        missing.extend(
            needed.into_iter().filter(|path| !dir.join(path).is_file()).map(|path| format!("{id}/{}", path.display())),
        );
    }
    if missing.is_empty() { Ok(()) } else { Err(StartError::Incomplete(labs.to_path_buf(), missing)) }
}

/// A copy inside the handout would become a part of it.
pub(crate) fn apart(labs: &Path, dir: &Path) -> Result<(), StartError> {
    let labs = labs.canonicalize().map_err(|error| named(labs, &error))?;
    // The folder may not be there yet: the nearest that is tells where it is.
    let absolute = std::path::absolute(dir)?;
    let mut rest = Vec::new();
    let mut there = absolute.as_path();
    let real = loop {
        if let Ok(real) = there.canonicalize() {
            break rest.iter().rev().fold(real, |path, part: &std::ffi::OsString| path.join(part));
        }
        let (Some(parent), Some(name)) = (there.parent(), there.file_name()) else { break absolute.clone() };
        rest.push(name.to_os_string());
        there = parent;
    };
    if real.starts_with(&labs) || labs.starts_with(&real) {
        return Err(StartError::Inside(dir.to_path_buf()));
    }
    Ok(())
}

/// `main.rs.new` beside `main.rs`; the next free name if something else of the
/// student's is already there. `known` tells by its hash what was handed out.
fn beside(target: &Path, content: &[u8], known: impl Fn(&str) -> bool) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let names = std::iter::once(format!("{name}.new")).chain((2..).map(|n| format!("{name}.{n}.new")));
    let mut paths = names.map(|name| target.with_file_name(name));
    let free = |path: &PathBuf| match fs::read(path) {
        Ok(there) => there == content || known(&handed::hash(&there)),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
    paths.find(free).unwrap_or_else(|| target.with_file_name(format!("{name}.new")))
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
