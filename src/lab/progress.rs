//! What a copy remembers of each lab: which checks passed last, and which
//! hints were given. One small JSON file a lab, in `.progress/`, so that two
//! labs that run at once never write the same one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::handed;
use super::record::Is;
use super::run::Outcome;
use super::stamp;
use crate::manifest::Lab;

/// What is remembered of one lab.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The last verdict of each check that had one.
    #[serde(default)]
    pub checks: BTreeMap<String, Is>,
    /// The hash of the student's files when that was so.
    #[serde(default)]
    pub sources: String,
    /// When, in seconds since 1970.
    #[serde(default)]
    pub at: u64,
    /// The highest hint given for a check, 1 to 3.
    #[serde(default)]
    pub hints: BTreeMap<String, u8>,
}

/// A file that could not be read, and where it was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Where it was.
    pub from: PathBuf,
    /// Where it is now.
    pub to: PathBuf,
    /// What was wrong with it.
    pub why: String,
}

impl Progress {
    /// What the copy `dir` remembers of the lab `id`; nothing, if it has never
    /// been run. A file that cannot be read is moved aside, and told.
    #[must_use]
    pub fn load(dir: &Path, id: &str) -> (Progress, Option<SetAside>) {
        let path = path(dir, id);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return (Progress::default(), None),
            Err(error) => return (Progress::default(), Some(set_aside(path, &error.to_string()))),
        };
        match serde_json::from_str(&text) {
            Ok(progress) => (progress, None),
            Err(error) => (Progress::default(), Some(set_aside(path, &error.to_string()))),
        }
    }

    /// Writes it down.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn save(&self, dir: &Path, id: &str) -> std::io::Result<()> {
        let mut text = serde_json::to_string_pretty(self).map_err(std::io::Error::other)?;
        text.push('\n');
        handed::replace(&path(dir, id), text.as_bytes())
    }

    /// Takes over the verdicts of a run. A check that left none keeps the
    /// one it had.
    pub fn take(&mut self, outcome: &Outcome) {
        let mut any = false;
        for (check, verdict) in &outcome.checks {
            if let Some(verdict) = verdict {
                self.checks.insert(check.clone(), verdict.verdict);
                any = true;
            }
        }
        if any {
            self.sources.clone_from(&outcome.sources);
            self.at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        }
    }

    /// Whether `check` passed when it ran last.
    #[must_use]
    pub fn passed(&self, check: &str) -> bool {
        self.checks.get(check) == Some(&Is::Pass)
    }

    /// The first check of `lab` that has not passed.
    #[must_use]
    pub fn next<'a>(&self, lab: &'a Lab) -> Option<&'a crate::manifest::Check> {
        let mut checks: Vec<_> = lab.check.iter().collect();
        checks.sort_by_key(|check| check.stage);
        checks.into_iter().find(|check| !self.passed(&check.name))
    }
}

/// Runs the verdicts of `outcome` into what the copy `dir` remembers of `lab`.
///
/// # Errors
///
/// It cannot be written.
pub fn keep(dir: &Path, lab: &Lab, outcome: &Outcome) -> std::io::Result<Option<SetAside>> {
    let (mut progress, aside) = Progress::load(dir, &lab.id);
    progress.take(outcome);
    progress.save(dir, &lab.id)?;
    Ok(aside)
}

/// The hash of the files that the student may edit, as they are now in the
/// copy `dir`.
#[must_use]
pub fn sources(dir: &Path, lab: &Lab) -> String {
    let mut all = Vec::new();
    for path in &lab.edit {
        all.extend_from_slice(path.to_string_lossy().as_bytes());
        all.push(0);
        all.extend(fs::read(dir.join(&lab.id).join(path)).unwrap_or_default());
        all.push(0);
    }
    handed::hash(&all)
}

fn path(dir: &Path, id: &str) -> PathBuf {
    dir.join(handed::PROGRESS).join(format!("{id}.json"))
}

/// Moves a file that cannot be read out of the way: not lost, not in the way.
fn set_aside(from: PathBuf, why: &str) -> SetAside {
    let to = stamp::free(&from.with_extension("json.unreadable"));
    let why = match fs::rename(&from, &to) {
        Ok(()) => why.to_string(),
        Err(error) => format!("{why}; {error}"),
    };
    SetAside { from, to, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_set_aside_and_not_lost() {
        let dir = tempfile::tempdir().unwrap();
        let file = path(dir.path(), "tcp-echo");
        handed::replace(&file, b"{ half").unwrap();
        let (progress, aside) = Progress::load(dir.path(), "tcp-echo");
        let aside = aside.expect("told");
        assert_eq!(progress, Progress::default());
        assert_eq!(fs::read(&aside.to).unwrap(), b"{ half");
        assert!(!file.exists());
        assert_eq!(Progress::load(dir.path(), "tcp-echo").1, None, "told once");
    }

    #[test]
    fn progress_is_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let progress = Progress {
            checks: BTreeMap::from([("a".to_string(), Is::Pass)]),
            hints: BTreeMap::from([("a".to_string(), 2)]),
            ..Progress::default()
        };
        progress.save(dir.path(), "l").unwrap();
        assert_eq!(Progress::load(dir.path(), "l"), (progress, None));
    }
}
