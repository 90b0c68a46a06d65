//! The sources of what the labs are made with, for a room without a network.
//!
//! `cargo vendor` brings them, for the pack's own lock file: what a build of
//! the pack would download, for every system, and nothing else. Whole, because
//! cargo compares each file with the checksum that the lock file knows.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use walkdir::WalkDir;

use super::pack::Pack;

/// The folder in the pack.
const FOLDER: &str = "vendor";

/// Where cargo is told of it.
pub(super) const CONFIG: &str = ".cargo/config.toml";

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
    let config = configuration(pack.get(CONFIG).map_or(&[][..], Vec::as_slice)).map_err(VendorError::Config)?;
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
    pack.insert(CONFIG.to_string(), config.into_bytes());
    Ok(())
}

/// What the pack's configuration said, and where the sources are.
fn configuration(said: &[u8]) -> Result<String, String> {
    let said = std::str::from_utf8(said).map_err(|error| error.to_string())?;
    let config = if said.is_empty() { SOURCES.to_string() } else { format!("{}\n\n{SOURCES}", said.trim_end()) };
    config.parse::<toml::Table>().map(|_| config).map_err(|error| error.message().to_string())
}

fn slashed(path: &Path, root: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_configuration_said_before_stays() {
        let config = configuration(b"[env]\nA = \"1\" # why\n").unwrap();
        assert!(config.starts_with("[env]\nA = \"1\" # why\n\n#"), "{config}");
        let table: toml::Table = config.parse().unwrap();
        assert_eq!(table["env"]["A"].as_str(), Some("1"));
        assert_eq!(table["source"]["crates-io"]["replace-with"].as_str(), Some("vendored"));
        assert!(configuration(b"[source.crates-io]\nreplace-with = \"ours\"\n").is_err());
    }
}
