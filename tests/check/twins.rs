//! What has to be read again, and how that is recorded.

use std::fs;
use std::process::{Command, Output};

use crate::book::SmallBook;

const EN: &str = "book/en/tcp/connection.md";
const KO: &str = "book/ko/tcp/connection.md";

fn twins(book: &SmallBook, args: &[&str]) -> Output {
    book.write("book.toml", "");
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockets"));
    command.args(["--lang", "en", "twins"]).args(args).current_dir(book.root());
    command.output().unwrap()
}

#[test]
fn a_changed_section_is_found_until_it_is_acknowledged() {
    let book = SmallBook::new();
    book.edit(EN, "What happens?", "What will happen?");
    assert_eq!(book.findings(), ["book/en/tcp/connection.md:3 twins.changed"]);
    book.edit(KO, "출처", "근거");
    assert_eq!(
        book.findings(),
        ["book/en/tcp/connection.md:3 twins.changed", "book/ko/tcp/connection.md:31 twins.changed",]
    );

    let listed = String::from_utf8(twins(&book, &[]).stdout).unwrap();
    assert!(listed.contains("en changed     tcp/connection#question"), "{listed}");
    assert!(listed.contains("ko changed     tcp/connection#sources"), "{listed}");

    assert!(twins(&book, &["ack", "tcp/connection#question", "--reason", "only the tense"]).status.success());
    assert_eq!(book.findings(), ["book/ko/tcp/connection.md:31 twins.changed"]);
    assert!(twins(&book, &["ack", "--all", "--reason", "a better word"]).status.success());
    assert!(book.findings().is_empty());
    let record = fs::read_to_string(book.root().join("book/twins.toml")).unwrap();
    assert!(record.contains("reason = \"only the tense\""), "{record}");
}

#[test]
fn white_space_and_what_is_included_change_nothing() {
    let book = SmallBook::new();
    book.edit(EN, "A client calls `connect()` before", "A client calls\n`connect()` before");
    book.write("book/listings/transcripts/echo.txt", "listening, now\n");
    assert!(book.findings().is_empty(), "{:?}", book.findings());
}

#[test]
fn a_section_that_is_new_or_gone_is_found() {
    let book = SmallBook::new();
    book.edit(EN, "## Sources {#sources}", "## Origins {#origins}");
    book.edit(KO, "## 출처 {#sources}", "## 근거 {#origins}");
    assert_eq!(book.findings(), ["book/en/tcp/connection.md:31 twins.new", "book/twins.toml:1 twins.gone"]);
    assert!(twins(&book, &["ack", "--all", "--reason", "renamed"]).status.success());
    assert!(book.findings().is_empty());
}

#[test]
fn what_only_one_edition_has_is_listed_and_cannot_be_acknowledged() {
    let book = SmallBook::new();
    let record = book.read("book/twins.toml");
    book.edit(EN, "## Sources {#sources}", "## Sources");
    book.write("book/ko/tcp/alone.md", "# 혼자 {#alone}\n");
    book.edit(KO, "무엇이", "누가");
    let listed = String::from_utf8(twins(&book, &[]).stdout).unwrap();
    for part in [
        "only ko        tcp/connection#sources  book/ko/tcp/connection.md:31",
        "only ko        tcp/alone  book/ko/tcp/alone.md:1",
    ] {
        assert!(listed.contains(part), "lacks {part}\n{listed}");
    }
    assert!(!listed.contains("gone"), "{listed}");
    for name in ["tcp/alone", "tcp/connection#sources"] {
        assert!(!twins(&book, &["ack", name, "--reason", "x"]).status.success(), "{name}");
    }
    // What was read of it stays known until the other side is there again.
    assert!(twins(&book, &["ack", "--all", "--reason", "x"]).status.success());
    let sources = |record: &str| record.lines().find(|line| line.starts_with("sources")).map(str::to_string);
    assert_eq!(sources(&book.read("book/twins.toml")), sources(&record));
}

#[test]
fn two_branches_that_record_readings_are_joined_by_the_next_one() {
    let book = SmallBook::new();
    let before = book.read("book/twins.toml");
    book.edit(EN, "What happens?", "What will happen?");
    assert!(twins(&book, &["ack", "--all", "--reason", "one branch"]).status.success());
    let after = book.read("book/twins.toml");
    let changed: Vec<&str> = after.lines().filter(|line| !before.contains(line)).collect();
    // As git leaves it: marked, or both lines one after the other.
    let old = before.lines().find(|line| line.starts_with("question")).unwrap();
    for joined in [
        after.replace(changed[0], &format!("<<<<<<< one\n{}\n=======\n{old}\n>>>>>>> two", changed[0])),
        after.replace(changed[0], &format!("{}\n{old}", changed[0])),
    ] {
        book.write("book/twins.toml", &joined);
        assert!(book.findings().is_empty(), "{:?}", book.findings());
        assert!(twins(&book, &["ack", "--all", "--reason", "nothing to read"]).status.success());
        assert_eq!(book.read("book/twins.toml"), after);
    }
    // Where neither reading is of today's texts, somebody has to read.
    book.edit(KO, "어떻게 될까요?", "무슨 일이 생길까요?");
    assert_eq!(book.findings(), ["book/ko/tcp/connection.md:3 twins.changed"]);
}

#[test]
fn nothing_is_recorded_without_a_reason_or_a_change() {
    let book = SmallBook::new();
    book.edit(EN, "What happens?", "What will happen?");
    let before = fs::read_to_string(book.root().join("book/twins.toml")).unwrap();
    for args in [
        &["ack", "--all"][..],
        &["ack", "--all", "--reason", " "],
        &["ack", "tcp/connection#sources", "--reason", "nothing new"],
        &["ack", "--reason", "which?"],
    ] {
        assert!(!twins(&book, args).status.success(), "{args:?}");
    }
    assert_eq!(fs::read_to_string(book.root().join("book/twins.toml")).unwrap(), before);
}

/// Commits the book as it stands. `None` on a machine without git, on which
/// `twins diff` has something else to say.
fn commit(book: &SmallBook) -> Option<()> {
    book.write("book.toml", "");
    for args in [&["init", "--quiet"][..], &["add", "--all"], &["commit", "--quiet", "--message", "read"]] {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]).args(args);
        git.env("GIT_CONFIG_GLOBAL", "/dev/null").current_dir(book.root());
        match git.output() {
            Ok(output) => assert!(output.status.success(), "{output:?}"),
            Err(_) => return None,
        }
    }
    Some(())
}

fn diff(book: &SmallBook, args: &[&str]) -> String {
    let output = twins(book, &[&["diff"], args].concat());
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_changed_since_the_reading_is_shown_word_by_word() {
    let book = SmallBook::new();
    let git = commit(&book);
    book.edit(EN, "What happens?", "What will happen?");
    book.edit(KO, "출처", "근거");
    assert!(String::from_utf8(twins(&book, &[]).stdout).unwrap().contains("twins diff"));
    let shown = diff(&book, &[]);
    if git.is_none() {
        assert_eq!(shown.matches("without git").count(), 2, "{shown}");
        return;
    }
    for part in ["What [-happens?-]{+will happen?+}", "[-출처-]{+근거+}", "book/en/tcp/connection.md, against "] {
        assert!(shown.contains(part), "lacks {part}\n{shown}");
    }

    // What was read is found again behind a commit that changed it.
    commit(&book);
    assert_eq!(diff(&book, &["tcp/connection#question"]).matches("{+").count(), 1);
    assert_eq!(diff(&book, &["tcp/connection"]).matches("{+").count(), 2);
    assert!(!twins(&book, &["diff", "tcp/connection#handshake"]).status.success());

    assert!(twins(&book, &["ack", "--all", "--reason", "a better word"]).status.success());
    assert_eq!(diff(&book, &[]), "");
    // What is compared is the text that was read, not the last one committed.
    book.edit(EN, "What will happen?", "What is going to happen?");
    assert!(diff(&book, &[]).contains("What [-will-]{+is going to+} happen?"));
}

#[test]
fn a_reading_that_git_does_not_know_is_named() {
    let book = SmallBook::new();
    book.edit(EN, "What happens?", "What will happen?");
    if commit(&book).is_some() {
        assert!(diff(&book, &[]).contains("not in the last 1 version(s)"), "{}", diff(&book, &[]));
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockets"));
    command.args(["--lang", "en", "twins", "diff"]).current_dir(book.root()).env("PATH", book.root());
    let output = command.output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && shown.contains("without git"), "{shown}");
}
