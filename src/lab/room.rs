//! A student's copy of the handout.

use std::path::{Path, PathBuf};

use crate::data::DataError;
use crate::manifest::Lab;

/// Folder of the copy, unless another is named.
pub const DEFAULT: &str = "my-labs";

/// A folder in which a student works: a copy of `labs/`, made by
/// [`start`](super::start) or by hand.
#[derive(Clone, Debug)]
pub struct Room {
    dir: PathBuf,
}

/// Why a folder cannot be worked in.
#[derive(Debug, PartialEq, Eq)]
pub enum NoRoom {
    /// There is no such folder: nothing was started yet.
    Missing(PathBuf),
    /// The folder holds no copy of the labs.
    Foreign(PathBuf),
}

/// Why a lab cannot be used.
#[derive(Debug)]
pub enum NoLab {
    /// No lab has this id; the ids that there are.
    Unknown(String, Vec<String>),
    /// Its `lab.toml` cannot be read.
    Broken(DataError),
}

impl Room {
    /// The copy in `dir`.
    ///
    /// # Errors
    ///
    /// There is no such folder, or no lab in it.
    pub fn open(dir: &Path) -> Result<Room, NoRoom> {
        if !dir.is_dir() {
            return Err(NoRoom::Missing(dir.to_path_buf()));
        }
        let room = Room { dir: dir.to_path_buf() };
        if !dir.join("Cargo.toml").is_file() || room.labs().is_empty() {
            return Err(NoRoom::Foreign(dir.to_path_buf()));
        }
        Ok(room)
    }

    /// Its folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Its labs, in the order of the book; see [`Lab::all`].
    #[must_use]
    pub fn labs(&self) -> Vec<Result<Lab, DataError>> {
        Lab::all(&self.dir)
    }

    /// The lab `id`.
    ///
    /// # Errors
    ///
    /// No lab has this id, or what it says of itself cannot be read.
    pub fn lab(&self, id: &str) -> Result<Lab, NoLab> {
        // The id is compared with the folders that are there, and never made
        // into a path: `../x` is simply not a lab.
        let dir = folders(&self.dir).into_iter().find(|dir| dir.file_name().is_some_and(|name| name == id));
        match dir {
            Some(dir) => Lab::load(&dir).map_err(NoLab::Broken),
            None => Err(NoLab::Unknown(id.to_string(), ids(&self.dir))),
        }
    }
}

/// The ids of the labs in `handout`, also of those that cannot be read.
#[must_use]
pub fn ids(handout: &Path) -> Vec<String> {
    folders(handout)
        .iter()
        .filter_map(|dir| dir.file_name().and_then(|name| name.to_str()).map(str::to_string))
        .collect()
}

fn folders(handout: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(handout) else { return Vec::new() };
    let mut dirs: Vec<_> =
        entries.flatten().map(|entry| entry.path()).filter(|dir| dir.join("lab.toml").is_file()).collect();
    dirs.sort();
    dirs
}
