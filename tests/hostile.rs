//! Programs that are not merely wrong: each gets its verdict in time, and
//! leaves nothing behind. They are shell scripts, because a lab program may be
//! anything that can be started.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::LazyLock;

use sockets::lab::Is;
use sockets::prove::build::Built;
use sockets::prove::judge::{Judged, Order, judge};
use sockets::text::Lang;

static BUILT: LazyLock<Built> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Built::all(root).unwrap_or_else(|error| panic!("the labs do not build:\n{error:#}"))
});

/// Judges the shell script `text`; `DIR` in it stands for a folder of its own.
fn judged(text: &str) -> (Judged, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let script = dir.path().join("program");
    // Not `#!/bin/sh` and a name that others use: leftovers are found by it.
    fs::write(&script, format!("#!/bin/sh\n{}\n", text.replace("DIR", dir.path().to_str().unwrap()))).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let order = Order {
        test: BUILT.test("tcp-echo").unwrap(),
        program: &script,
        check: Some("answers_one_client"),
        seed: Some(1),
        lang: Lang::En,
    };
    let judged = judge(&order).unwrap_or_else(|error| panic!("{error:#}"));
    (judged, dir)
}

/// It fails; its message. No clock decides: a harness that waited for one of
/// these programs to end would wait for a thousand seconds, or for ever.
#[track_caller]
fn assert_fails(text: &str) -> String {
    let (judged, dir) = judged(text);
    assert_eq!(judged.verdicts["answers_one_client"].verdict, Is::Fail, "{}", judged.output);
    let left = processes_naming(dir.path());
    assert!(left.is_empty(), "left behind: {left:?}");
    judged.message("answers_one_client")
}

/// Processes whose command line or environment names `dir`.
fn processes_naming(dir: &Path) -> Vec<String> {
    let names =
        |file: &Path| fs::read(file).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(dir.to_str().unwrap()));
    let processes = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let found = processes.filter(|path| names(&path.join("cmdline")) || names(&path.join("environ")));
    found.map(|path| fs::read_to_string(path.join("cmdline")).unwrap_or_default().replace('\0', " ")).collect()
}

#[test]
fn one_that_prints_garbage() {
    let message = assert_fails(r"printf '\377\000\n'; exec sleep 1000");
    assert!(message.contains("instead of \"listening on ADDRESS\""), "{message}");
}

#[test]
fn one_that_gives_orders_to_the_terminal() {
    let message = assert_fails(r"printf '\033]0;gone\007\n\302\233\n' >&2; printf '\033[2J\n'; exec sleep 1000");
    assert!(!message.chars().any(|c| c.is_control() && c != '\n'), "{message:?}");
    assert!(message.contains(r"\x1b]0;gone\x07"), "{message}");
}

#[test]
fn one_that_ends_at_once() {
    let message = assert_fails("exit 3");
    assert!(message.contains("The program has ended with exit code 3."), "{message}");
}

#[test]
fn one_that_floods_its_output() {
    assert_fails("exec yes");
}

#[test]
fn one_that_floods_its_output_without_a_newline() {
    let message = assert_fails("exec tr '\\000' x < /dev/zero");
    assert!(message.len() < 20_000, "{} bytes of message", message.len());
}

#[test]
fn one_that_never_ends() {
    let message = assert_fails("exec sleep 1000");
    assert!(message.contains("prints no \"listening on ADDRESS\""), "{message}");
}

#[test]
fn one_that_keeps_the_processor_busy() {
    let message = assert_fails("while :; do :; done");
    assert!(message.contains("kept the processor busy"), "{message}");
}

#[test]
fn one_that_eats_memory() {
    // Doubles until it may not have more: RLIMIT_DATA.
    assert_fails("x=0123456789abcdef; while :; do x=$x$x; done");
}

#[test]
fn one_that_leaves_children_in_sessions_of_their_own() {
    let text = r#"
        mark=DIR; export mark
        setsid sh -c 'trap "" HUP TERM INT; sleep 1000; sleep 1000' &
        (setsid sleep 1000 &)
        echo listening on 127.0.0.1:1
        exec sleep 1000"#;
    assert_fails(text);
}

#[test]
fn one_whose_children_outlive_it() {
    assert_fails("mark=DIR; export mark; setsid sleep 1000 & setsid sleep 1000 & exit 0");
}

#[test]
fn one_that_looks_for_the_record_and_forges_a_verdict() {
    let text = r#"
        env > DIR/env
        cat /proc/$PPID/environ > DIR/parent 2> DIR/refused
        echo 'test answers_one_client ... ok' > /proc/$PPID/fd/1
        exit 0"#;
    let (judged, dir) = judged(text);
    let read = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
    assert_eq!(judged.verdicts["answers_one_client"].verdict, Is::Fail);
    assert!(!read("env").contains("LAB_RECORD") && !read("env").contains("LAB_SEED"), "{}", read("env"));
    // Root may read everything; an ordinary user may not.
    let is_root = fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0);
    assert!(is_root || read("parent").is_empty(), "{}", read("parent"));
}
