//! What a page takes from other files. mdBook only logs an include that fails,
//! and makes an empty block of an anchor that does not exist.

use std::path::Path;

/// One `{{#include …}}` of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Include<'a> {
    /// Where it begins, in bytes.
    pub(super) start: usize,
    /// The file, relative to the page.
    pub(super) path: &'a str,
    /// The part of it: an anchor or a range of lines.
    pub(super) part: Option<&'a str>,
}

/// Why an include gives nothing to read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// There is no such file.
    NoFile,
    /// The file has no such anchor.
    NoAnchor,
    /// The part is empty.
    Empty,
}

/// All includes of `text`, those escaped with `\` left out.
pub(super) fn all(text: &str) -> Vec<Include<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find("{{#").map(|at| from + at) {
        from = start + 3;
        let Some(end) = text[start..].find("}}").map(|at| start + at) else { break };
        let mut words = text[start + 3..end].split_whitespace();
        let kind = words.next().unwrap_or_default();
        if !matches!(kind, "include" | "rustdoc_include" | "playground") || text[..start].ends_with('\\') {
            continue;
        }
        let Some(target) = words.next() else { continue };
        let (path, part) = target.split_once(':').map_or((target, None), |(path, part)| (path, Some(part)));
        found.push(Include { start, path, part });
    }
    found
}

impl Include<'_> {
    /// Looks whether there is something to include, relative to `folder`.
    pub(super) fn check(&self, folder: &Path) -> Result<(), Broken> {
        let text = std::fs::read_to_string(folder.join(self.path)).map_err(|_| Broken::NoFile)?;
        let blank = |line: &str| line.trim().is_empty();
        let anchor = self.part.filter(|part| !part.starts_with(|c: char| c.is_ascii_digit() || c == ':'));
        let is_empty = match anchor {
            None => text.lines().all(blank),
            Some(name) => {
                let mut lines = text.lines().skip_while(|line| mark(line, "ANCHOR:") != Some(name));
                if lines.next().is_none() {
                    return Err(Broken::NoAnchor);
                }
                lines.take_while(|line| mark(line, "ANCHOR_END:") != Some(name)).all(blank)
            }
        };
        if is_empty { Err(Broken::Empty) } else { Ok(()) }
    }
}

/// The name behind `ANCHOR:` or `ANCHOR_END:` in a line.
fn mark<'a>(line: &'a str, mark: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(mark)?;
    rest.split_whitespace().next()
}

/// Whether a line only marks the beginning or the end of an anchor.
pub(super) fn is_mark(line: &str) -> bool {
    let body = line.trim_start().trim_start_matches(['/', '#', ' ']);
    body.starts_with("ANCHOR:") || body.starts_with("ANCHOR_END:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_include_nothing_is_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(
            dir.path().join("a.rs"),
            "// ANCHOR: full\nx\n// ANCHOR_END: full\n// ANCHOR: none\n\n// ANCHOR_END: none\n",
        )
        .unwrap();
        let check = |text: &str| all(text)[0].check(dir.path());
        assert_eq!(check("{{#include a.rs}}"), Ok(()));
        assert_eq!(check("{{#include a.rs:full}}"), Ok(()));
        assert_eq!(check("{{#include a.rs:2:3}}"), Ok(()));
        assert_eq!(check("{{#include a.rs:none}}"), Err(Broken::Empty));
        assert_eq!(check("{{#include a.rs:nowhere}}"), Err(Broken::NoAnchor));
        assert_eq!(check("{{#include b.rs}}"), Err(Broken::NoFile));
        assert!(all("\\{{#include a.rs}} {{#title x}}").is_empty());
    }
}
