//! `{{#include …}}`: what mdBook puts in from other files.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One `{{#include PATH:PART}}` (or `rustdoc_include`, or `playground`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Include {
    /// The word after `{{#`.
    pub kind: String,
    /// As written, relative to the folder of the page.
    pub path: String,
    /// An anchor's name, or lines (`3`, `3:`, `:7`, `3:7`).
    pub part: Option<String>,
    /// Where it stands in the text.
    pub range: Range<usize>,
}

/// Why an include brings nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IncludeError {
    /// There is no such file (or it is no text).
    NoFile(PathBuf),
    /// The file has no such anchor.
    NoAnchor(String),
    /// The file, the lines or the anchor hold nothing but white space.
    Empty,
    /// `{{#word …}}` with a word that mdBook does not know.
    NoSuchKind(String),
}

/// All includes of `text`, in order; `\{{#…}}` is none.
#[must_use]
pub fn find(text: &str) -> Vec<Include> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find("{{#").map(|at| from + at) {
        let Some(end) = text[start..].find("}}").map(|at| start + at + 2) else { break };
        from = end;
        if text[..start].ends_with('\\') {
            continue;
        }
        let inside = text[start + 3..end - 2].trim();
        let (kind, rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
        // `playground file.rs editable` has words after the path.
        let address = rest.split_whitespace().next().unwrap_or_default();
        let (path, part) = match address.split_once(':') {
            Some((path, part)) => (path, Some(part.to_string())),
            None => (address, None),
        };
        found.push(Include { kind: kind.to_string(), path: path.to_string(), part, range: start..end });
    }
    found
}

impl Include {
    /// The text that mdBook puts in its place on a page in `folder`.
    ///
    /// # Errors
    ///
    /// Whatever would leave the page without the text: mdBook only logs a file
    /// that is missing, and says nothing at all of an anchor that is.
    pub fn resolve(&self, folder: &Path) -> Result<String, IncludeError> {
        if !["include", "rustdoc_include", "playground"].contains(&self.kind.as_str()) {
            return Err(IncludeError::NoSuchKind(self.kind.clone()));
        }
        let path = folder.join(&self.path);
        let text = fs::read_to_string(&path).map_err(|_| IncludeError::NoFile(path))?;
        let part = self.part.as_deref().unwrap_or_default();
        let taken = if part.is_empty() {
            text
        } else if part.chars().all(|c| c.is_ascii_digit() || c == ':') {
            lines(&text, part)
        } else {
            anchored(&text, part).ok_or_else(|| IncludeError::NoAnchor(part.to_string()))?
        };
        let kept: Vec<&str> = taken.lines().filter(|line| mark(line).is_none()).collect();
        if kept.iter().all(|line| line.trim().is_empty()) {
            return Err(IncludeError::Empty);
        }
        Ok(kept.join("\n"))
    }
}

/// `ANCHOR: name` or `ANCHOR_END: name` on a line: whether it ends, and which.
fn mark(line: &str) -> Option<(bool, &str)> {
    let (ends, rest) = match line.split_once("ANCHOR_END:") {
        Some((_, rest)) => (true, rest),
        None => (false, line.split_once("ANCHOR:")?.1),
    };
    let rest = rest.trim_start();
    let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len());
    (length > 0).then(|| (ends, &rest[..length]))
}

/// The lines between `ANCHOR: name` and its end, or the end of the file.
fn anchored(text: &str, name: &str) -> Option<String> {
    let mut lines = text.lines();
    lines.find(|line| mark(line) == Some((false, name)))?;
    Some(lines.take_while(|line| mark(line) != Some((true, name))).collect::<Vec<_>>().join("\n"))
}

/// `3` is one line, `3:` from there on, `:7` up to there.
fn lines(text: &str, part: &str) -> String {
    let (first, last) = match part.split_once(':') {
        None => (part.parse().unwrap_or(1), part.parse().unwrap_or(usize::MAX)),
        Some((first, last)) => (first.parse().unwrap_or(1), last.parse().unwrap_or(usize::MAX)),
    };
    let first: usize = first;
    let skip = first.saturating_sub(1);
    text.lines().skip(skip).take(last.saturating_sub(skip)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_what_stands_between_its_anchors() {
        let folder = tempfile::tempdir().unwrap();
        let code =
            "fn a() {}\n// ANCHOR: b\nfn b() {}\n// ANCHOR: c\n    fn c() {}\n// ANCHOR_END: c\n// ANCHOR_END: b\n\n";
        fs::write(folder.path().join("x.rs"), code).unwrap();
        let take = |text: &str| find(text)[0].resolve(folder.path());
        assert_eq!(take("{{#include x.rs:c}}").unwrap(), "    fn c() {}");
        assert_eq!(take("{{#include x.rs:b}}").unwrap(), "fn b() {}\n    fn c() {}");
        assert_eq!(take("{{#include x.rs:1}}").unwrap(), "fn a() {}");
        assert_eq!(take("{{#include x.rs:8:9}}"), Err(IncludeError::Empty));
        assert_eq!(take("{{#include x.rs:d}}"), Err(IncludeError::NoAnchor("d".into())));
        assert_eq!(take("{{#include y.rs}}"), Err(IncludeError::NoFile(folder.path().join("y.rs"))));
        assert_eq!(take("{{#inklude x.rs}}"), Err(IncludeError::NoSuchKind("inklude".into())));
        assert!(find("\\{{#include x.rs}}").is_empty());
    }
}
