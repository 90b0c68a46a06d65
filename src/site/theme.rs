//! Stylesheets and scripts: `book/theme/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use crate::hex::hex;

/// Stylesheets in the order in which they rule; sent as one file.
const STYLES: &[&str] = &[
    "colours.css",
    "text.css",
    "frame.css",
    "code.css",
    "cards.css",
    "progress.css",
    "experiment.css",
    "figure.css",
    "diagram.css",
    "search.css",
];

/// The files of `book/theme/` as the site has them.
pub(super) struct Theme {
    /// By path in the site.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// Changes with any of them.
    pub(super) stamp: String,
}

/// Scripts name each other and what they load as `"./name"`: each of those
/// names gets the stamp, or a browser would run old parts with new ones.
fn stamp_names(files: &mut BTreeMap<String, Vec<u8>>, stamp: &str) {
    let scripts = files.iter_mut().filter(|(path, _)| path.ends_with(".js"));
    for (_, bytes) in scripts {
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        let mut pieces = text.split("\"./");
        let mut out = pieces.next().unwrap_or_default().to_string();
        for piece in pieces {
            let (name, rest) = piece.split_once('"').unwrap_or((piece, ""));
            out.push_str(&format!("\"./{name}?{stamp}\"{rest}"));
        }
        *bytes = out.into_bytes();
    }
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
        let stamp = hex(&hash.finalize()[..4]);
        stamp_names(&mut files, &stamp);
        Ok(Theme { files, stamp })
    }
}
