//! Stylesheets and scripts: `book/theme/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

/// Stylesheets in the order in which they rule; sent as one file.
const STYLES: &[&str] = &["colours.css", "text.css", "frame.css", "code.css", "cards.css"];

/// The files of `book/theme/` as the site has them.
pub(super) struct Theme {
    /// By path in the site.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// Changes with any of them.
    pub(super) stamp: String,
}

impl Theme {
    /// Reads `book/theme/` below `root`.
    ///
    /// # Errors
    ///
    /// A file cannot be read.
    pub(super) fn load(root: &Path) -> anyhow::Result<Theme> {
        let folder = root.join("book/theme");
        let mut styles = Vec::new();
        for name in STYLES {
            styles.extend(fs::read(folder.join(name)).with_context(|| folder.join(name).display().to_string())?);
        }
        let mut files = BTreeMap::from([("theme/book.css".to_string(), styles)]);
        let mut entries: Vec<_> = fs::read_dir(&folder)?.collect::<Result<_, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_file() && !name.ends_with(".css") {
                files.insert(format!("theme/{name}"), fs::read(entry.path())?);
            }
        }
        let mut hash = Sha256::new();
        for (path, bytes) in &files {
            hash.update(path);
            hash.update(bytes);
        }
        let stamp = hash.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        Ok(Theme { files, stamp })
    }
}
