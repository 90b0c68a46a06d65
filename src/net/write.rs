//! Replacing a file as a whole.

use std::path::Path;

use anyhow::Context as _;

/// Writes beside the file first, so that an interruption leaves the old one.
pub(super) fn whole(path: &Path, text: &str) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let named = || path.display().to_string();
    let file = tempfile::NamedTempFile::new_in(folder).with_context(named)?;
    std::fs::write(file.path(), text).with_context(named)?;
    // A temporary file is private; the script keeps the rights it had.
    let rights = std::fs::metadata(path).with_context(named)?.permissions();
    std::fs::set_permissions(file.path(), rights).with_context(named)?;
    file.persist(path).with_context(named)?;
    Ok(())
}
