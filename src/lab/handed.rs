//! What belongs to the handout, and what was handed out: the files of `labs/`,
//! and the note of them, `.handout.toml`, that a student's copy carries.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::data::{self, DataError};
use crate::hex::hex;

/// Name of the note in a copy.
pub const NOTE: &str = ".handout.toml";
/// Folder of a copy in which replaced files are kept.
pub const KEPT: &str = ".kept";
/// Folder of a copy in which its progress is written down.
pub const PROGRESS: &str = ".progress";

/// Folders in which nothing was written by a person.
const NOT_FOLDERS: [&str; 6] = ["target", ".git", ".hg", ".jj", KEPT, PROGRESS];
/// Ends of names that editors, systems and insta leave behind.
const NOT_ENDS: [&str; 7] = [".snap.new", ".new", ".part", ".swp", "~", ".orig", ".DS_Store"];

/// The files of the handout in `labs`: paths below it with `/`, and their
/// contents, in the order of the paths. Build products, version control and
/// leftovers of editors are passed over.
///
/// # Errors
///
/// A folder or file cannot be read, or is a symbolic link (a copy of it would
/// not stand alone); the message names it.
pub fn files(labs: &Path) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let walk = walkdir::WalkDir::new(labs).into_iter().filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !(entry.file_type().is_dir() && NOT_FOLDERS.contains(&name.as_ref()))
    });
    for entry in walk {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy();
        if entry.file_type().is_dir() || name == NOTE || NOT_ENDS.iter().any(|end| name.ends_with(end)) {
            continue;
        }
        if entry.file_type().is_symlink() {
            return Err(io::Error::other(format!("{}: a symbolic link", entry.path().display())));
        }
        let content = fs::read(entry.path())
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", entry.path().display())))?;
        files.insert(slashed(labs, entry.path()), content);
    }
    Ok(files)
}

/// `path` below `root`, with `/` on every system.
pub(crate) fn slashed(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The hash by which two contents are told apart.
#[must_use]
pub fn hash(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

/// The note of what was handed out: path → hash of the content that was
/// last offered for it, and what was being offered when that was cut short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// By path with `/`.
    pub files: BTreeMap<String, String>,
    /// What was on its way when a handing out was cut short: a file may be as
    /// in `files`, or as in one of these. Empty when it came to its end.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub coming: BTreeMap<String, BTreeSet<String>>,
}

impl Note {
    /// Whether a content of this hash came to `path` by handing out, and so
    /// holds nobody's work.
    #[must_use]
    pub fn knows(&self, path: &str, hash: &str) -> bool {
        self.files.get(path).is_some_and(|given| given == hash)
            || self.coming.get(path).is_some_and(|coming| coming.contains(hash))
    }

    /// Notes that a content of this hash is about to come to `path`. To be
    /// saved before it does.
    pub fn announce(&mut self, path: &str, hash: String) {
        self.coming.entry(path.to_string()).or_default().insert(hash);
    }

    /// The note in the copy `dir`; `None` if it has none (copied by hand).
    ///
    /// # Errors
    ///
    /// It cannot be read, or is not such a note.
    pub fn load(dir: &Path) -> Result<Option<Note>, DataError> {
        let path = dir.join(NOTE);
        if path.symlink_metadata().is_err() {
            return Ok(None);
        }
        data::load(&path).map(Some)
    }

    /// Writes the note into the copy `dir`.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn save(&self, dir: &Path) -> io::Result<()> {
        let mut text = String::from(
            "# What was handed out, so that a newer handout can be told from your work.\n\
             # 나누어 준 파일의 기록입니다. 새 실습본과 직접 고친 내용을 구별하는 데 씁니다.\n",
        );
        text.push_str(&toml::to_string(self).map_err(io::Error::other)?);
        replace(&dir.join(NOTE), text.as_bytes())
    }
}

/// Writes `content` to `path` so that at every moment either the old or the
/// new content is there whole. Folders are made.
///
/// # Errors
///
/// It cannot be written; the message names the file.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::Error::other(format!("{}: not a file", path.display())));
    };
    fs::create_dir_all(parent).map_err(named)?;
    // One name for all times: what a kill leaves here, the next try overwrites.
    let mut part = std::ffi::OsString::from(".");
    part.push(name);
    part.push(".part");
    let part: PathBuf = parent.join(part);
    fs::write(&part, content).map_err(named)?;
    fs::rename(&part, path).map_err(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handout_is_what_people_wrote() {
        let dir = tempfile::tempdir().unwrap();
        for path in ["a/src/main.rs", "a/target/x", "target/y", ".git/config", "a/t/s.snap", "a/t/s.snap.new", "b~"] {
            replace(&dir.path().join(path), b"x").unwrap();
        }
        let files = files(dir.path()).unwrap();
        assert_eq!(files.keys().collect::<Vec<_>>(), ["a/src/main.rs", "a/t/s.snap"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_is_named() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/etc/hosts", dir.path().join("hosts")).unwrap();
        assert!(files(dir.path()).unwrap_err().to_string().contains("hosts"));
    }

    #[test]
    fn a_note_is_read_back() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Note::load(dir.path()).unwrap(), None);
        let files = BTreeMap::from([("tcp-echo/src/main.rs".to_string(), hash(b"x"))]);
        let mut note = Note { files, ..Note::default() };
        for _ in 0..2 {
            note.save(dir.path()).unwrap();
            assert_eq!(Note::load(dir.path()).unwrap().as_ref(), Some(&note));
            note.announce("tcp-echo/src/main.rs", hash(b"y"));
        }
        let known = |content| note.knows("tcp-echo/src/main.rs", &hash(content));
        assert_eq!([known(b"x"), known(b"y"), known(b"z")], [true, true, false]);
    }
}
