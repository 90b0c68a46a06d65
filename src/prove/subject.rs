//! The programs whose verdicts are known.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// What a program is there to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// What a student is given: fails every check.
    Starter,
    /// Passes every check.
    Solution,
    /// Built differently, and passes every check: no check demands a style.
    Right,
    /// Holds one misconception, and is caught by the check meant for it.
    Wrong,
}

/// One program of `tests/subjects/LAB/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Id of the lab.
    pub lab: String,
    /// `solution`, `right-tokio`, `wrong-short-write`.
    pub name: String,
    /// What it is there to show.
    pub kind: Kind,
    /// Its first sentence: the misconception, or how it is built.
    pub idea: String,
    /// The check meant for it, of a wrong program.
    pub caught_by: Option<String>,
    /// The source.
    pub source: PathBuf,
}

/// Why the subjects of a lab cannot be used.
#[derive(Debug)]
pub enum SubjectError {
    /// The folder or a file cannot be read.
    Read(PathBuf, std::io::Error),
    /// A file whose name says nothing: neither solution, nor right-, nor wrong-.
    Name(PathBuf),
    /// A wrong program without `//! Caught by: CHECK`.
    NoCatcher(PathBuf),
}

impl std::fmt::Display for SubjectError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SubjectError::Read(path, error) => write!(f, "{}: {error}", path.display()),
            SubjectError::Name(path) => {
                write!(f, "{}: a subject is called solution.rs, right-*.rs or wrong-*.rs", path.display())
            }
            SubjectError::NoCatcher(path) => {
                write!(f, "{}: a wrong program needs a line `//! Caught by: CHECK`", path.display())
            }
        }
    }
}

impl std::error::Error for SubjectError {}

impl Subject {
    /// Name of the binary that is built of it.
    #[must_use]
    pub fn binary(&self) -> String {
        format!("{}--{}", self.lab, self.name)
    }

    /// The subjects of `lab`, solution first, then by name.
    ///
    /// # Errors
    ///
    /// See [`SubjectError`].
    pub fn of(root: &Path, lab: &str) -> Result<Vec<Subject>, SubjectError> {
        let dir = root.join("tests/subjects").join(lab);
        let entries = fs::read_dir(&dir).map_err(|error| SubjectError::Read(dir.clone(), error))?;
        let mut subjects = Vec::new();
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.extension().is_some_and(|extension| extension == "rs") {
                subjects.push(Subject::read(lab, path)?);
            }
        }
        subjects.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
        Ok(subjects)
    }

    fn read(lab: &str, source: PathBuf) -> Result<Subject, SubjectError> {
        let text = fs::read_to_string(&source).map_err(|error| SubjectError::Read(source.clone(), error))?;
        let name = source.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let kind = match name.split_once('-') {
            None if name == "solution" => Kind::Solution,
            Some(("right", _)) => Kind::Right,
            Some(("wrong", _)) => Kind::Wrong,
            _ => return Err(SubjectError::Name(source)),
        };
        let head: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
        let caught_by =
            head.iter().find_map(|line| line.strip_prefix("Caught by:")).map(|name| name.trim().to_string());
        if kind == Kind::Wrong && caught_by.is_none() {
            return Err(SubjectError::NoCatcher(source));
        }
        let idea: Vec<&str> =
            head.into_iter().take_while(|line| !line.is_empty() && !line.starts_with("Caught by:")).collect();
        // A solution is headed as the starter is.
        let idea = if kind == Kind::Solution { Vec::new() } else { idea };
        let idea = idea.join(" ").trim_start_matches("Misconception: ").to_string();
        Ok(Subject { lab: lab.to_string(), name, kind, idea, caught_by, source })
    }
}
