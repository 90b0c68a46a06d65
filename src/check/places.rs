//! No file tells on whose machine it was written.

use std::fs;
use std::path::Path;

use walkdir::WalkDir;

use super::{Book, Finding};

/// Folders that are made, or someone's own.
const SKIPPED: &[&str] = &[".git", "target", "my-labs", "node_modules"];

/// Beginnings of absolute paths that exist on one machine only; the next
/// letter after them must be that of a name.
fn starts() -> [String; 5] {
    // Put together here, or this file would be found itself.
    ["home", "Users", "root", "tmp", "work"].map(|folder| format!("/{folder}/"))
}

/// Names in a path that stand for the reader's own.
const STAND_INS: &[&str] = &["you", "user", "me", "NAME", "USER", "YOU"];

/// The only registry that a lock file may name.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(super) fn check(book: &Book) -> Vec<Finding> {
    let starts = starts();
    let entries = WalkDir::new(&book.root).sort_by_file_name().into_iter();
    let entries = entries.filter_entry(|entry| !entry.file_name().to_str().is_some_and(|n| SKIPPED.contains(&n)));
    let mut findings = Vec::new();
    for entry in entries.flatten().filter(|entry| entry.file_type().is_file()) {
        let Ok(file) = entry.path().strip_prefix(&book.root) else { continue };
        // What is not UTF-8 is no text.
        let Ok(text) = fs::read_to_string(entry.path()) else { continue };
        findings.extend(machine_paths(file, &text, &starts));
        findings.extend(registries(file, &text));
    }
    findings
}

fn machine_paths(file: &Path, text: &str, starts: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for start in starts {
        for (at, _) in text.match_indices(start.as_str()) {
            // `book/home/x` and `https://host/home/` are no paths of a machine.
            let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '~' | '}' | ')' | '*' | '/');
            if text[..at].ends_with(is_inside) {
                continue;
            }
            let rest = &text[at + start.len()..];
            let name = &rest[..rest.find(|c: char| !(c.is_alphanumeric() || "._-".contains(c))).unwrap_or(rest.len())];
            if name.is_empty() || STAND_INS.contains(&name) {
                continue;
            }
            let line = crate::data::line_of(text, at);
            findings.push(Finding::new(file, line, "check.places.path").with("path", format!("{start}{name}")));
        }
    }
    findings
}

fn registries(file: &Path, text: &str) -> Vec<Finding> {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        let strange = match name {
            "Cargo.lock" => line.strip_prefix("source = ").is_some_and(|source| source.trim_matches('"') != REGISTRY),
            "Cargo.toml" => line.contains("registry =") || line.contains("registry-index"),
            "config.toml" | "config" => line.starts_with("replace-with") || line.starts_with("[registries"),
            _ => false,
        };
        if strange {
            findings.push(Finding::new(file, index + 1, "check.places.registry"));
        }
    }
    findings
}
