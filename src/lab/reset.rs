//! Back to the starter, with what was there kept.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::handed::{self, Note};
use super::stamp;
use super::start::StartError;

/// What resetting a lab did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reset {
    /// Where the replaced files are now; `None` if there was nothing to keep.
    pub kept: Option<PathBuf>,
    /// Files that are as handed out again (paths below the copy).
    pub restored: Vec<String>,
    /// Files of the student's own that were moved away.
    pub moved: Vec<String>,
}

/// Puts the lab `id` of the copy `dir` back to what the handout `labs` has.
/// Everything of the student's that this replaces is kept below `.kept/` first.
///
/// # Errors
///
/// The handout has no such lab (an empty list would empty the folder), or a
/// file cannot be read or written. What was not kept yet was not replaced.
pub fn reset(labs: &Path, dir: &Path, id: &str) -> Result<Reset, StartError> {
    let prefix = format!("{id}/");
    let below = |files: BTreeMap<String, Vec<u8>>| -> BTreeMap<String, Vec<u8>> {
        files.into_iter().map(|(path, content)| (format!("{prefix}{path}"), content)).collect()
    };
    if !labs.join(id).join("lab.toml").is_file() {
        return Err(StartError::Incomplete(labs.to_path_buf(), vec![format!("{id}/lab.toml")]));
    }
    let handout = below(handed::files(&labs.join(id))?);
    let mine = if dir.join(id).is_dir() { below(everything(&dir.join(id))?) } else { BTreeMap::new() };
    let mut note = Note::load(dir).map_err(StartError::Data)?.unwrap_or_default();
    let differing: Vec<&String> =
        mine.iter().filter(|(path, content)| handout.get(*path) != Some(content)).map(|(path, _)| path).collect();

    let mut reset = Reset::default();
    if !differing.is_empty() {
        let kept = stamp::free(&dir.join(handed::KEPT).join(format!("{}-{id}", stamp::now())));
        for path in &differing {
            handed::replace(&kept.join(path), &mine[*path])?;
        }
        reset.kept = Some(kept);
    }
    for path in differing {
        if !handout.contains_key(path) {
            let file = dir.join(path);
            fs::remove_file(&file)
                .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())))?;
            reset.moved.push(path.clone());
        }
    }
    let written = || handout.iter().filter(|(path, content)| mine.get(*path) != Some(*content));
    for (path, content) in written() {
        note.announce(path, handed::hash(content));
    }
    note.save(dir)?;
    for (path, content) in written() {
        handed::replace(&dir.join(path), content)?;
        reset.restored.push(path.clone());
    }
    for (path, content) in &handout {
        note.files.insert(path.clone(), handed::hash(content));
        note.coming.remove(path);
    }
    note.save(dir)?;
    let progress = dir.join(handed::PROGRESS).join(format!("{id}.json"));
    match fs::remove_file(&progress) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(io::Error::new(error.kind(), format!("{}: {error}", progress.display())).into())
        }
        Ok(()) | Err(_) => Ok(reset),
    }
}

/// All files of a lab's folder but build products: also those that no
/// handout would have, since whatever is replaced here has to be kept.
fn everything(lab: &Path) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let walk = walkdir::WalkDir::new(lab).into_iter();
    for entry in walk.filter_entry(|entry| entry.depth() != 1 || entry.file_name() != "target") {
        let entry = entry?;
        if !entry.file_type().is_dir() {
            let content = fs::read(entry.path())
                .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", entry.path().display())))?;
            files.insert(handed::slashed(lab, entry.path()), content);
        }
    }
    Ok(files)
}
