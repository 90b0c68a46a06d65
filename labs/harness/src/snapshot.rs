//! What the wire must look like: `tests/snapshots/CHECK.snap`, in insta's format.
//!
//! Reading and comparing is ours and not insta's, because a verdict must not
//! depend on insta's configuration (`INSTA_FORCE_PASS` is one variable away),
//! because insta's advice to accept a snapshot is the wrong one for a student,
//! and because insta is half of the time a student waits for the first build.
//! Writing is left to insta, for maintainers only:
//! `INSTA_UPDATE=always cargo test -p LAB --features harness/write`.

use std::fs;
use std::path::PathBuf;

use crate::lab::Lab;

/// The lines that `check` must see; an error names the missing file.
pub(crate) fn expected(lab: &Lab, check: &str) -> Result<Vec<String>, PathBuf> {
    let path = path(lab, check);
    let text = fs::read_to_string(&path).map_err(|_| path.clone())?;
    // The head stands between two lines of dashes.
    let mut lines = text.lines().skip_while(|line| *line != "---").skip(1).skip_while(|line| *line != "---");
    lines.next().ok_or(path)?;
    Ok(lines.map(str::to_string).collect())
}

/// Writes the snapshot of `check`, headed by what must hold, if that is what
/// this run is for; whether it was.
#[cfg(feature = "write")]
pub(crate) fn write(lab: &Lab, check: &str, lines: &[String], says: &str) -> bool {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(path(lab, check).with_file_name(""));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(says);
    settings.bind(|| insta::assert_snapshot!(check, lines.join("\n")));
    true
}

/// A student's run writes no snapshot.
#[cfg(not(feature = "write"))]
pub(crate) fn write(_lab: &Lab, _check: &str, _lines: &[String], _says: &str) -> bool {
    false
}

fn path(lab: &Lab, check: &str) -> PathBuf {
    [lab.dir, "tests", "snapshots"].iter().collect::<PathBuf>().join(format!("{check}.snap"))
}
