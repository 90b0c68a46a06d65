//! The starter pack: which files are in it, and what is written for it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;

use super::config;
use super::lock::{self, LockError};
use super::readme;
use super::vendor::{self, VendorError};
use crate::data::DataError;
use crate::lab::{handed, ids};
use crate::manifest::Lab;
use crate::text::Lang;

/// A starter pack: paths with `/`, and their contents.
pub type Pack = BTreeMap<String, Vec<u8>>;

/// Why there is no pack.
#[derive(Debug)]
pub enum PackError {
    /// There are no labs with these ids; those that there are.
    Unknown(Vec<String>, Vec<String>),
    /// A `lab.toml` cannot be read.
    Data(DataError),
    /// These files are not known to belong to a pack: nothing is given out by
    /// accident.
    Unexpected(Vec<String>),
    /// This file is needed and not there.
    Missing(PathBuf),
    /// `Cargo.toml` or `Cargo.lock` of the handout cannot be cut down, why.
    Manifest(PathBuf, String),
    /// The chosen labs need this package, which was not chosen.
    NotChosen(String),
    /// `cargo vendor` did not bring the sources of the dependencies; its words.
    Vendor(String),
    /// A file cannot be read; the message names it.
    Io(io::Error),
}

impl std::fmt::Display for PackError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PackError::Unknown(ids, known) => write!(f, "no lab {}; there are {}", ids.join(", "), known.join(", ")),
            PackError::Data(error) => error.fmt(f),
            PackError::Unexpected(paths) => write!(f, "not known to belong to a pack: {}", paths.join(", ")),
            PackError::Missing(path) => write!(f, "{}: missing", path.display()),
            PackError::Manifest(path, why) => write!(f, "{}: {why}", path.display()),
            PackError::NotChosen(package) => write!(f, "the chosen labs need {package}"),
            PackError::Vendor(said) => write!(f, "cargo vendor: {said}"),
            PackError::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PackError {}

/// What a pack is made from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Root of the project.
    pub root: &'a std::path::Path,
    /// The labs to give out; all, if none is named.
    pub labs: &'a [String],
    /// Where the book is published, if it is; the instructions link to it.
    pub site: Option<&'a str>,
    /// Whether the sources of the dependencies are given out, too.
    pub vendor: bool,
}

/// Puts a pack together, in memory. With `vendor`, cargo may download.
///
/// # Errors
///
/// See [`PackError`].
pub fn pack(source: &Source<'_>) -> Result<Pack, PackError> {
    let handout = source.root.join("labs");
    let labs = choose(source)?;
    let chosen: BTreeSet<String> = labs.iter().map(|lab| lab.id.clone()).collect();
    let others: BTreeSet<String> = ids(&handout).into_iter().filter(|id| !chosen.contains(id)).collect();

    let mut pack = Pack::new();
    let mut unexpected = Vec::new();
    for (path, content) in handed::files(&handout).map_err(PackError::Io)? {
        match belongs(&path, &chosen, &others) {
            Belongs::Yes => {
                pack.insert(path, content);
            }
            Belongs::No => {}
            Belongs::Unknown => unexpected.push(path),
        }
    }
    if !unexpected.is_empty() {
        return Err(PackError::Unexpected(unexpected));
    }
    // A lab that may be given out says so with a licence.
    for licence in LICENCES {
        if let Ok(content) = std::fs::read(source.root.join(licence)) {
            pack.insert(licence.to_string(), content);
        }
    }
    let members: BTreeSet<String> = chosen.iter().cloned().chain(["harness".to_string()]).collect();
    let text = |pack: &Pack, name: &str| {
        let content = pack.get(name).ok_or_else(|| PackError::Missing(handout.join(name)))?;
        String::from_utf8(content.clone()).map_err(|error| PackError::Manifest(handout.join(name), error.to_string()))
    };
    let manifest = text(&pack, "Cargo.toml")?;
    let manifest =
        lock::choose(&manifest, &members).map_err(|why| PackError::Manifest(handout.join("Cargo.toml"), why))?;
    let lock = lock::prune(&text(&pack, "Cargo.lock")?, &members).map_err(|error| match error {
        LockError::Unreadable(why) => PackError::Manifest(handout.join("Cargo.lock"), why),
        LockError::Unknown(name) => PackError::Manifest(handout.join("Cargo.lock"), format!("does not know {name}")),
        LockError::NotChosen(name) => PackError::NotChosen(name),
    })?;
    let rust = rust_version(&manifest);
    pack.insert("Cargo.toml".to_string(), manifest.into_bytes());
    pack.insert("Cargo.lock".to_string(), lock.into_bytes());
    for (lang, name) in [(Lang::En, "README.md"), (Lang::Ko, "README.ko.md")] {
        let text = readme::write(lang, &labs, rust.as_deref(), source);
        pack.insert(name.to_string(), text.into_bytes());
    }
    if let Some(site) = source.site {
        // A failure links to the book there, and not to one on this machine.
        let site = toml::Value::from(site.trim_end_matches('/'));
        let book = format!("# Where the book is: messages link to it.\n[env]\nLAB_BOOK = {site}\n");
        let config = config::with(&pack, &book).map_err(|why| PackError::Manifest(handout.join(config::FILE), why))?;
        pack.insert(config::FILE.to_string(), config.into_bytes());
    }
    if source.vendor {
        vendor::add(&mut pack).map_err(|error| match error {
            VendorError::Cargo(said) => PackError::Vendor(said),
            VendorError::Config(why) => PackError::Manifest(handout.join(config::FILE), why),
            VendorError::Io(error) => PackError::Io(error),
        })?;
    }
    Ok(pack)
}

const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];
/// Files beside the labs that every pack has.
const TOP: [&str; 6] =
    ["Cargo.toml", "Cargo.lock", ".gitignore", "rustfmt.toml", ".config/insta.yaml", ".vscode/settings.json"];

enum Belongs {
    Yes,
    No,
    Unknown,
}

/// Whether a file of the handout belongs to the pack. A file of a kind that
/// is not named here is an error: nothing is given out by accident.
fn belongs(path: &str, chosen: &BTreeSet<String>, others: &BTreeSet<String>) -> Belongs {
    // The pack has instructions of its own.
    if path == "README.md" || path == "README.ko.md" {
        return Belongs::No;
    }
    if TOP.contains(&path) {
        return Belongs::Yes;
    }
    let Some((folder, rest)) = path.split_once('/') else { return Belongs::Unknown };
    if others.contains(folder) {
        return Belongs::No;
    }
    let known = if folder == "harness" {
        rest == "Cargo.toml" || within(rest, "src/", &[".rs", ".toml"])
    } else if chosen.contains(folder) {
        rest == "Cargo.toml"
            || rest == "lab.toml"
            || within(rest, "src/", &[".rs"])
            || within(rest, "tests/", &[".rs"])
            || within(rest, "tests/snapshots/", &[".snap"])
    } else {
        false
    };
    if known { Belongs::Yes } else { Belongs::Unknown }
}

fn within(path: &str, folder: &str, ends: &[&str]) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| !rest.is_empty()) && ends.iter().any(|end| path.ends_with(end))
}

/// The labs asked for, in the order of the path: that of [`Lab::all`].
fn choose(source: &Source<'_>) -> Result<Vec<Lab>, PackError> {
    let handout = source.root.join("labs");
    let known = ids(&handout);
    let unknown: Vec<String> = source.labs.iter().filter(|id| !known.contains(id)).cloned().collect();
    if !unknown.is_empty() || known.is_empty() {
        return Err(PackError::Unknown(unknown, known));
    }
    let is_asked_for = |id: &str| source.labs.is_empty() || source.labs.iter().any(|lab| lab == id);
    let mut labs = Vec::new();
    for lab in Lab::all(&handout) {
        match lab {
            Ok(lab) if is_asked_for(&lab.id) => labs.push(lab),
            Err(error) if folder_of(&error).is_none_or(is_asked_for) => return Err(PackError::Data(error)),
            // A lab that nobody asked for may be broken.
            Ok(_) | Err(_) => {}
        }
    }
    Ok(labs)
}

/// The lab whose `lab.toml` is at fault.
fn folder_of(error: &DataError) -> Option<&str> {
    error.path.parent()?.file_name()?.to_str()
}

/// The oldest Rust with which the labs compile, if the workspace says so.
fn rust_version(manifest: &str) -> Option<String> {
    let table: toml::Table = manifest.parse().ok()?;
    Some(table.get("workspace")?.get("package")?.get("rust-version")?.as_str()?.to_string())
}
