//! Gives the program a digest of what it is made from: what an earlier build of
//! the book left counts only for the program that left it (`src/site/kept`).

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

/// Sources with their words, and the versions of everything else.
const SOURCES: &[&str] = &["build.rs", "src", "netlab/src", "Cargo.toml", "Cargo.lock"];

fn main() -> std::io::Result<()> {
    let mut files = Vec::new();
    for path in SOURCES {
        println!("cargo::rerun-if-changed={path}");
        collect(Path::new(path), &mut files)?;
    }
    files.sort();
    let mut hash = DefaultHasher::new();
    for file in files {
        file.hash(&mut hash);
        std::fs::read(&file)?.hash(&mut hash);
    }
    println!("cargo::rustc-env=SOCKETS_SOURCES={:016x}", hash.finish());
    Ok(())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.is_file() {
        files.push(path.to_path_buf());
    }
    Ok(())
}
