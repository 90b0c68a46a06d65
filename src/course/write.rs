//! Writing a pack: as a folder, and as a zip beside it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::pack::Pack;

/// The pack as a zip: the same pack gives the same bytes. All files lie in one
/// folder, so that unpacking does not spill.
pub(super) fn zip(pack: &Pack, folder: &str) -> io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        // The format's own beginning: no clock and no zone in the bytes.
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644);
    for (path, content) in pack {
        zip.start_file(format!("{folder}/{path}"), options)?;
        zip.write_all(content)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Writes the pack into the folder `dir`, which must not be there, and `zip`
/// to `archive`. The folder appears whole or not at all.
pub(super) fn write(pack: &Pack, zip: &[u8], dir: &Path, archive: &Path) -> io::Result<()> {
    let parent = match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(|error| named(parent, &error))?;
    let part =
        tempfile::Builder::new().prefix(".handout-").tempdir_in(parent).map_err(|error| named(parent, &error))?;
    let whole = part.path().join("pack");
    files(pack, &whole)?;
    // An empty folder may be there: it is replaced.
    match fs::remove_dir(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(named(dir, &error)),
        Ok(()) | Err(_) => {}
    }
    fs::rename(&whole, dir).map_err(|error| named(dir, &error))?;
    crate::lab::handed::replace(archive, zip)
}

/// Writes the files of a pack into a folder.
pub(super) fn files(pack: &Pack, dir: &Path) -> io::Result<()> {
    for (path, content) in pack {
        let file = dir.join(path);
        let folder = file.parent().unwrap_or(dir);
        fs::create_dir_all(folder).map_err(|error| named(folder, &error))?;
        fs::write(&file, content).map_err(|error| named(&file, &error))?;
    }
    Ok(())
}

/// `DIR.zip` beside `DIR`.
pub(super) fn archive(dir: &Path) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_os_string();
    name.push(".zip");
    dir.with_file_name(name)
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
