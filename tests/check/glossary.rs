//! What is wrong with the glossary itself.

use crate::book::SmallBook;

const FILE: &str = "book/glossary.toml";

/// One edit of the glossary, and what is said of the glossary then.
#[track_caller]
fn spoil(from: &str, to: &str, expected: &[&str]) {
    let book = SmallBook::new();
    book.edit(FILE, from, to);
    book.read_twins();
    let findings = book.findings();
    let found: Vec<_> =
        findings.iter().filter(|finding| finding.starts_with(FILE) && !finding.ends_with("banned")).collect();
    assert_eq!(found, expected, "{findings:#?}");
}

#[test]
fn an_id_stands_for_one_term() {
    spoil("id = \"thread\"", "id = \"socket\"", &["book/glossary.toml:10 glossary.doubled"]);
}

#[test]
fn a_word_is_that_of_one_term() {
    spoil("en = \"thread\"", "en = \"Socket\"", &["book/glossary.toml:11 glossary.conflict"]);
    spoil("ko = \"스레드\"", "ko = \"소켓\"", &["book/glossary.toml:12 glossary.conflict"]);
}

#[test]
fn a_variant_is_no_word_of_another_term_and_no_variant_of_two() {
    spoil(
        "[\"lightweight process\"]",
        "[\"light\", \"sockets\", \"socket\"]",
        &["book/glossary.toml:13 glossary.conflict"],
    );
    spoil("[\"쓰레드\"]", "[\"쓰레드\", \"스레드\"]", &["book/glossary.toml:14 glossary.conflict"]);
    spoil(
        "original = \"socket\"",
        "original = \"socket\"\nbanned.ko = [\"쓰레드\"]",
        &["book/glossary.toml:15 glossary.conflict"],
    );
}
