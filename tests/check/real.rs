//! The book itself.

use std::path::Path;

use sockets::check;
use sockets::text::Lang;

#[test]
fn the_book_passes_all_gates() {
    let (findings, counts) = check::gates(Path::new(env!("CARGO_MANIFEST_DIR")));
    let lines: Vec<_> = findings.iter().map(|finding| finding.line_for_people(Lang::En)).collect();
    assert!(lines.is_empty(), "\n{}\n", lines.join("\n"));
    // A book that was not found would pass every gate.
    assert_eq!(counts.planned + counts.sourced + counts.shown, 163);
    assert!(counts.labs >= 4 && counts.pages >= 11 && counts.sections >= 100, "{counts:?}");
}
