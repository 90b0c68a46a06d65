//! The sources of what the labs are made with, for a room without a network.
//!
//! `cargo vendor` brings them, for the pack's own lock file: what a build of
//! the pack would download, for every system, and nothing else. Whole, because
//! cargo compares each file with the checksum that the lock file knows.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use walkdir::WalkDir;

use super::config;
use super::pack::Pack;

/// The folder in the pack.
const FOLDER: &str = "vendor";

/// A relative folder of a source counts from the one that holds `.cargo`.
const SOURCES: &str = "# Nothing is downloaded: the sources are here.
[source.crates-io]
replace-with = \"vendored\"

[source.vendored]
directory = \"vendor\"
";

/// Why the sources are not in the pack.
#[derive(Debug)]
pub(super) enum VendorError {
    /// `cargo vendor` failed; its last words.
    Cargo(String),
    /// The `.cargo/config.toml` of the pack names sources of its own, or is
    /// not TOML; why.
    Config(String),
    /// A file cannot be written or read.
    Io(io::Error),
}

/// Puts the sources into the pack, and a configuration that makes cargo take
/// them from there.
///
/// # Errors
///
/// See [`VendorError`].
pub(super) fn add(pack: &mut Pack) -> Result<(), VendorError> {
    let config = config::with(pack, SOURCES).map_err(VendorError::Config)?;
    let room = tempfile::tempdir().map_err(VendorError::Io)?;
    super::write::files(pack, room.path()).map_err(VendorError::Io)?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Whoever downloads from a mirror has said so in a configuration, which
    // `cargo vendor` does not read unasked.
    cargo.args(["vendor", "--locked", "--respect-source-config", FOLDER]).current_dir(room.path());
    let output = cargo.stdin(Stdio::null()).output().map_err(VendorError::Io)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let from = said.find("error").unwrap_or_default();
        return Err(VendorError::Cargo(said[from..].trim().to_string()));
    }
    for entry in WalkDir::new(room.path().join(FOLDER)) {
        let entry = entry.map_err(|error| VendorError::Io(error.into()))?;
        if entry.file_type().is_file() {
            let content = std::fs::read(entry.path()).map_err(VendorError::Io)?;
            pack.insert(slashed(entry.path(), room.path()), content);
        }
    }
    pack.insert(config::FILE.to_string(), config.into_bytes());
    Ok(())
}

fn slashed(path: &Path, root: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}
