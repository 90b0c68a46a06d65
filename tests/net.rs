//! `sockets net`: scripts on the command line.

use std::path::Path;
use std::process::{Command, Output};

fn net(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockets"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("LAB_LANG").env("SOCKETS_LANG", "en");
    command.arg("net").args(args).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A script in a folder of its own.
fn script(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sock");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn run_prints_the_transcript_and_writes_the_packets() {
    let (folder, _) = script("");
    let capture = folder.path().join("out.pcap");
    let ran = net(&["run", "book/experiments/before-accept.sock", "--pcap", capture.to_str().unwrap()]);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("book/experiments/before-accept.txt");
    assert_eq!((ran.status.code(), out(&ran)), (Some(0), std::fs::read_to_string(beside).unwrap()), "{}", err(&ran));
    let capture = std::fs::read(capture).unwrap();
    // The magic number of pcap, and LINKTYPE_RAW: whole IP packets.
    assert_eq!((&capture[..4], &capture[20..24]), (&[0xd4, 0xc3, 0xb2, 0xa1][..], &[101, 0, 0, 0][..]));
}

#[test]
fn json_is_one_object_a_line() {
    let ran = net(&["run", "book/experiments/before-accept.sock", "--json"]);
    let mut events = std::collections::BTreeSet::new();
    for line in out(&ran).lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(value["at"].is_u64(), "{line}");
        events.insert(value["event"].as_str().unwrap().to_owned());
    }
    assert_eq!(events.into_iter().collect::<Vec<_>>(), ["arrived", "blocks", "call", "result", "sent", "state"]);
}

#[test]
fn a_mistake_is_named_with_its_place_in_the_language_of_the_reader() {
    let (_folder, path) = script("host a 10.0.0.1\na:\n  sokcet(AF_INET, SOCK_STREAM)\n");
    let ran = net(&["run", &path]);
    assert_eq!(ran.status.code(), Some(1));
    assert!(err(&ran).contains("a.sock:3:3: expected a call"), "{}", err(&ran));
    assert!(err(&ran).contains("(found `sokcet`)"), "{}", err(&ran));
    let ran = net(&["run", &path, "--lang", "ko"]);
    assert!(err(&ran).contains("a.sock:3:3: 여기에는 호출을 적어야 합니다"), "{}", err(&ran));
    assert!(err(&ran).contains("`socket` 아닌가요?"), "{}", err(&ran));
}

#[test]
fn a_misspelt_word_gets_a_suggestion_and_a_limit_its_unit() {
    let (_folder, path) = script("host a 10.0.0.1\na:\n  sokcet(AF_INET, SOCK_STREAM)\n");
    assert!(err(&net(&["run", &path])).contains("Did you mean `socket`?"));
    let (_folder, path) = script("host a 10.0.0.1\na:\n  repeat 100001\n  end\n");
    let ran = net(&["run", &path]);
    assert!(err(&ran).contains("at most 100,000 times"), "{}", err(&ran));
    let much = "host a 10.0.0.1\na:\n  u = socket(AF_INET, SOCK_DGRAM)\n  repeat 100000\n    close(9) -> EBADF\n    \
                close(9) -> EBADF\n    close(9) -> EBADF\n  end\n";
    let (_folder, path) = script(much);
    let ran = net(&["run", &path]);
    assert_eq!(ran.status.code(), Some(1));
    let says = err(&ran);
    assert!(says.contains("at most 400,000 events are kept (calls, results"), "{}", says);
}

#[test]
fn another_result_than_expected_fails_and_shows_both() {
    let (_folder, path) = script("host a 10.0.0.1\na:\n  s = socket(AF_INET, SOCK_STREAM)\n  listen(s, 1) -> EINVAL\n");
    let ran = net(&["run", &path]);
    assert_eq!(ran.status.code(), Some(1));
    assert!(err(&ran).contains("a.sock:4:3: a: listen(s, 1): expected EINVAL, got 0"), "{}", err(&ran));
    let (_folder, path) = script("host a 10.0.0.1\na:\n  u = socket(AF_INET, SOCK_DGRAM)\n  recv(u, 9)\n");
    let ran = net(&["run", &path]);
    assert!(err(&ran).contains("wait for something that will not come"), "{}", err(&ran));
}

#[test]
fn fmt_writes_and_check_only_tells() {
    let (_folder, path) = script("host   a 10.0.0.1\na:\nwait 1s\n");
    let ran = net(&["fmt", "--check", &path]);
    assert_eq!(ran.status.code(), Some(1), "{}", err(&ran));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "host   a 10.0.0.1\na:\nwait 1s\n");
    assert_eq!(net(&["fmt", &path]).status.code(), Some(0));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "host a 10.0.0.1\na:\n  wait 1s\n");
    assert_eq!(net(&["fmt", "--check", &path]).status.code(), Some(0));
}
