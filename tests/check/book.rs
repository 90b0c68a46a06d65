//! A small book that passes all gates, to be spoilt.

use std::fs;
use std::path::Path;

use sockets::book::edition::Edition;
use sockets::check;
use sockets::text::Lang;
use sockets::twins;
use tempfile::TempDir;

/// A project in a temporary folder.
pub(crate) struct SmallBook {
    folder: TempDir,
}

/// Path and text of each file of the good book.
const FILES: &[(&str, &str)] = &[
    ("book/en/SUMMARY.md", include_str!("good/en-summary.md")),
    ("book/ko/SUMMARY.md", include_str!("good/ko-summary.md")),
    ("book/en/README.md", include_str!("good/en-readme.md")),
    ("book/ko/README.md", include_str!("good/ko-readme.md")),
    ("book/en/tcp/connection.md", include_str!("good/en-connection.md")),
    ("book/ko/tcp/connection.md", include_str!("good/ko-connection.md")),
    ("book/claims.toml", include_str!("good/claims.toml")),
    ("book/glossary.toml", include_str!("good/glossary.toml")),
    ("book/quizzes/tcp/connection.toml", include_str!("good/quiz.toml")),
    ("book/listings/src/bin/echo.rs", include_str!("good/echo.rs")),
    ("book/listings/transcripts/echo.txt", "listening\n"),
    ("labs/tcp-echo/lab.toml", include_str!("good/lab.toml")),
    ("labs/tcp-echo/src/main.rs", "fn main() {}\n"),
    ("labs/tcp-echo/tests/tcp_echo.rs", "#[test]\nfn answers_one_client() {}\n"),
];

impl SmallBook {
    /// The good book, with its twins read.
    pub(crate) fn new() -> SmallBook {
        let book = SmallBook { folder: tempfile::tempdir().unwrap() };
        for (path, text) in FILES {
            book.write(path, text);
        }
        book.read_twins();
        book
    }

    /// The folder of the project.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, and its folders.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let file = self.root().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// The text of a file.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap()
    }

    /// Removes a file.
    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.root().join(path)).unwrap();
    }

    /// Replaces a piece of a file, which must be there exactly once.
    #[track_caller]
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.root().join(path)).unwrap();
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {path}");
        self.write(path, &text.replace(from, to));
    }

    /// Records that all twins were read.
    pub(crate) fn read_twins(&self) {
        let [en, ko] = Lang::ALL.map(|lang| Edition::load(self.root(), lang).unwrap());
        let mut record = twins::load(self.root()).unwrap();
        let drifts = twins::drifts(&en, &ko, &record);
        twins::acknowledge(&mut record, &drifts, "2026-11-20", "read for the test");
        self.write(twins::FILE, &twins::render(&record));
    }

    /// `file:line id` of all findings.
    pub(crate) fn findings(&self) -> Vec<String> {
        let (findings, _) = check::gates(self.root());
        let line = |found: &check::Finding| {
            // Both languages have words for it, with each value in its place.
            for lang in Lang::ALL {
                let words = found.message(lang).replace("{#…}", "");
                assert!(!words.contains('{'), "{words}");
            }
            format!("{}:{} {}", found.file.display(), found.line, found.id.trim_start_matches("check."))
        };
        findings.iter().map(line).collect()
    }

    /// The findings are exactly these, whatever the twins say.
    #[track_caller]
    pub(crate) fn expect(&self, expected: &[&str]) {
        self.read_twins();
        assert_eq!(self.findings(), expected);
    }
}
