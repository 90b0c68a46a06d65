//! Nothing is typed by hand that a program can produce.
//!
//! A block of `rust`, `text` or `capture` on a page is included from code that compiles
//! or from a run that was recorded. Commands and files that the reader types
//! (`console`, `sh`, `toml` …) may be written out.

use super::{Book, Finding};
use crate::book::page::CodeBlock;

/// So many lines of Rust may be typed: a signature, a line to point at.
const RUST_LINES: usize = 3;

pub(super) fn check(book: &Book) -> Vec<Finding> {
    let mut findings = Vec::new();
    for page in book.pages() {
        for code in &page.code {
            if let Some(id) = judge(code) {
                let info = code.info.as_str();
                findings.push(Finding::new(&page.file, page.line(code.range.start), id).with("info", info));
            }
        }
    }
    findings
}

fn judge(code: &CodeBlock) -> Option<&'static str> {
    let language = code.info.split([',', ' ', '{']).next().unwrap_or_default();
    let typed = code.text.lines().filter(|line| !line.trim().is_empty() && !line.trim().starts_with("{{#")).count();
    let included = code.text.contains("{{#");
    match language {
        "" => Some("check.typed.no-language"),
        "rust" if typed > if included { 0 } else { RUST_LINES } => Some("check.typed.rust"),
        "text" | "capture" if typed > 0 || !included => Some("check.typed.text"),
        _ => None,
    }
}
