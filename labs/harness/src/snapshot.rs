//! What the wire must look like: `tests/snapshots/CHECK.snap`, in insta's format.
//!
//! The comparison is ours and not insta's, because a verdict must not depend
//! on insta's configuration (`INSTA_FORCE_PASS` is one variable away), and
//! because insta's advice to accept a snapshot is the wrong one for a student.
//! Writing one is left to insta: `INSTA_UPDATE=always cargo test`.

use std::path::PathBuf;

use crate::lab::Lab;

/// The lines that `check` must see; an error names the missing file.
pub(crate) fn expected(lab: &Lab, check: &str) -> Result<Vec<String>, PathBuf> {
    let path = path(lab, check);
    let snapshot = insta::Snapshot::from_file(&path).map_err(|_| path.clone())?;
    let insta::internals::SnapshotContents::Text(text) = snapshot.contents() else { return Err(path) };
    Ok(text.to_string().lines().map(str::to_string).collect())
}

/// A maintainer has asked for new snapshots.
pub(crate) fn is_to_be_written() -> bool {
    std::env::var("INSTA_UPDATE").is_ok_and(|how| !matches!(how.as_str(), "no" | "" | "auto"))
}

/// Writes the snapshot of `check`, headed by what must hold.
pub(crate) fn write(lab: &Lab, check: &str, lines: &[String], says: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(path(lab, check).with_file_name(""));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(says);
    settings.bind(|| insta::assert_snapshot!(check, lines.join("\n")));
}

fn path(lab: &Lab, check: &str) -> PathBuf {
    [lab.dir, "tests", "snapshots"].iter().collect::<PathBuf>().join(format!("{check}.snap"))
}
