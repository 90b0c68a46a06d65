//! What a section said when it was last read.
//!
//! The record holds hashes only: whole texts would be a third edition, and git
//! has them already. So the text of a reading is the newest version of the file
//! in git whose section has the recorded hash.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use similar::{Algorithm, ChangeTag, DiffOp, TextDiff, capture_diff_slices};

use crate::book::page::Page;
use crate::text::Lang;

/// How many versions of a file are looked through, the newest first.
pub const VERSIONS: usize = 200;

/// Below this share of common words, a changed paragraph is shown as the old
/// and the new one: words of one between those of the other would say nothing.
const ALIKE: f32 = 0.55;

/// A section as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// Abbreviated commit.
    pub commit: String,
    /// Day of the commit, `2026-11-20`.
    pub date: String,
    /// The section, heading and all.
    pub text: String,
}

/// The history of the files of a project, as far as it was asked for.
#[derive(Debug)]
pub struct Past<'a> {
    root: &'a Path,
    /// File → (commit, day, text if it was looked at).
    versions: BTreeMap<PathBuf, Vec<(String, String, Option<String>)>>,
}

impl<'a> Past<'a> {
    /// Of the project at `root`; asks nothing yet.
    #[must_use]
    pub fn of(root: &'a Path) -> Past<'a> {
        Past { root, versions: BTreeMap::new() }
    }

    /// The section `id` of `file` when it had the hash `hash`, or the number of
    /// versions in which it has not.
    ///
    /// # Errors
    ///
    /// There is no git, or it has no history of the project.
    pub fn read(&mut self, file: &Path, id: &str, hash: &str) -> io::Result<Result<Read, usize>> {
        if !self.versions.contains_key(file) {
            let limit = format!("-n{VERSIONS}");
            let listed = git(self.root, &["log", &limit, "--format=%h %as", "--", &here(file)])?;
            let versions = listed.lines().filter_map(|line| line.split_once(' '));
            let versions = versions.map(|(commit, date)| (commit.to_string(), date.to_string(), None)).collect();
            self.versions.insert(file.to_path_buf(), versions);
        }
        let versions = self.versions.get_mut(file).map(Vec::as_mut_slice).unwrap_or_default();
        for (commit, date, text) in versions.iter_mut() {
            if text.is_none() {
                // A commit that removed the file has no version of it.
                *text = Some(git(self.root, &["show", &format!("{commit}:{}", here(file))]).unwrap_or_default());
            }
            let found = section(text.as_deref().unwrap_or_default(), file, id);
            if let Some(text) = found.filter(|text| super::hash(text) == hash) {
                return Ok(Ok(Read { commit: commit.clone(), date: date.clone(), text }));
            }
        }
        Ok(Err(versions.len()))
    }
}

/// A path that git takes from the folder it runs in, not from the root of the
/// repository.
fn here(file: &Path) -> String {
    format!("./{}", file.display())
}

/// What git prints.
fn git(root: &Path, args: &[&str]) -> io::Result<String> {
    let output = Command::new("git").arg("-C").arg(root).args(args).output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(said.lines().next().unwrap_or_default().to_string()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The section `id` of a page.
fn section(page: &str, file: &Path, id: &str) -> Option<String> {
    // Neither name nor language of the page matters to where its headings are.
    let page = Page::parse("", Lang::En, file, page.to_string());
    let (_, range) = page.sections().into_iter().find(|(other, _)| *other == id)?;
    Some(page.text[range].to_string())
}

/// What changed from `old` to `new`, a line of output for each line that did:
/// the line's number, counted from `first` for the first of `new`, and the line
/// with `[-what went-]` and `{+what came+}`.
#[must_use]
pub fn changes(old: &str, new: &str, first: usize) -> Vec<String> {
    // Lines of nothing are alike everywhere and would tear paragraphs apart.
    let filled = |text: &'_ str| -> Vec<(usize, String)> {
        let lines = text.lines().map(|line| line.trim_end().to_string()).enumerate();
        lines.filter(|(_, line)| !line.is_empty()).collect()
    };
    let (old, new) = (filled(old), filled(new));
    let texts = |lines: &[(usize, String)]| lines.iter().map(|(_, line)| line.clone()).collect::<Vec<_>>();
    let mut out = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &texts(&old), &texts(&new)) {
        if let DiffOp::Equal { .. } = op {
            continue;
        }
        let (gone, came) = (&old[op.old_range()], &new[op.new_range()]);
        let numbered = |(at, _): &(usize, String), text: &str| format!("{:6}  {text}", first + at);
        let (before, after) = (texts(gone).join("\n"), texts(came).join("\n"));
        let words = TextDiff::from_words(before.as_str(), after.as_str());
        if words.ratio() >= ALIKE {
            out.extend(came.iter().zip(marked(&words).lines()).map(|(line, text)| numbered(line, text)));
        } else {
            out.extend(gone.iter().map(|(_, line)| format!("{:6}  [-{line}-]", "")));
            out.extend(came.iter().map(|line| numbered(line, &format!("{{+{}+}}", line.1))));
        }
    }
    out
}

/// The new text with what went and what came in the marks of git's word diff.
fn marked(words: &TextDiff<'_, '_, str>) -> String {
    let (mut out, mut gone, mut came) = (String::new(), String::new(), String::new());
    let flush = |out: &mut String, gone: &mut String, came: &mut String| {
        // Only the new text breaks lines: each has a number there.
        let marks = [("[-", gone.replace('\n', " "), "-]"), ("{+", came.replace('\n', "+}\n{+"), "+}")];
        for (open, text, close) in marks.iter().filter(|(_, text, _)| !text.is_empty()) {
            out.push_str(&format!("{open}{text}{close}").replace("{++}", ""));
        }
        gone.clear();
        came.clear();
    };
    for change in words.iter_all_changes() {
        let text = change.value();
        match change.tag() {
            ChangeTag::Delete => gone.push_str(text),
            ChangeTag::Insert => came.push_str(text),
            // A space between two changes tears one apart.
            ChangeTag::Equal if text == " " && !(gone.is_empty() && came.is_empty()) => {
                gone.push_str(text);
                came.push_str(text);
            }
            ChangeTag::Equal => {
                let spaced = gone.ends_with(' ') && came.ends_with(' ');
                if spaced {
                    gone.pop();
                    came.pop();
                }
                flush(&mut out, &mut gone, &mut came);
                out.push_str(if spaced { " " } else { "" });
                out.push_str(text);
            }
        }
    }
    flush(&mut out, &mut gone, &mut came);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_word_is_shown_in_its_line() {
        let old = "## A {#a}\n\nOne two three four.\n\nThe same.\n";
        let new = "## A {#a}\n\nOne two 3 four.\n\nThe same.\n";
        assert_eq!(changes(old, new, 10), ["    12  One two [-three-]{+3+} four."]);
    }

    #[test]
    fn words_that_changed_together_are_marked_together() {
        let shown = changes("The old big house stands on a hill here.\n", "The new red house stands on a hill.\n", 3);
        assert_eq!(shown, ["     3  The [-old big-]{+new red+} house stands on a [-hill here.-]{+hill.+}"]);
    }

    #[test]
    fn a_paragraph_that_went_and_one_that_came_stand_whole() {
        let old = "Stays.\n\nGoes away.\n\nStays too.\n";
        let new = "Stays.\n\nStays too.\n\nAnd this is new.\n";
        assert_eq!(changes(old, new, 1), ["        [-Goes away.-]", "     5  {+And this is new.+}"]);
    }

    #[test]
    fn another_paragraph_in_the_place_of_one_is_not_mixed_with_it() {
        let shown = changes("Alpha beta gamma delta.\n", "Quite other words stand here.\n", 7);
        assert_eq!(shown, ["        [-Alpha beta gamma delta.-]", "     7  {+Quite other words stand here.+}"]);
    }
}
