//! Socket scripts on Linux hosts: every experiment of the book gives the same
//! there as in the simulation, and what disagrees is caught.
//!
//! Where the system does not allow namespaces this says so, and what is recorded
//! in `book/experiments/agreement.toml` stands; with `SOCKETS_PROVE_ALL=1`, as in
//! CI, that is a failure.
#![cfg(target_os = "linux")]

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use sockets::net::agreement::Agreement;

/// Seconds of a script that a test may wait for. All are played at once, so this
/// is about what the test takes; longer ones are for `net agree` alone.
const LONGEST: &str = "45";

/// The exit code for "not run".
const NOT_RUN: i32 = 3;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn net(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockets"));
    command.current_dir(root()).env_remove("LAB_LANG").env("SOCKETS_LANG", "en");
    command.arg("net").args(args);
    command
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

/// Whether it was played; says so where it was not, and fails where it must be.
fn was_run(output: &Output) -> bool {
    if output.status.code() != Some(NOT_RUN) {
        return true;
    }
    let says = format!("{}{}", out(output), err(output));
    assert!(std::env::var_os("SOCKETS_PROVE_ALL").is_none(), "{says}");
    // Past libtest's capture: a test that passes shows nothing.
    let last = says.lines().find(|line| line.contains("not run")).unwrap_or("not run");
    std::io::stderr().write_all(format!("agree: {}\n", last.trim()).as_bytes()).unwrap();
    false
}

/// The kernel lets the send buffer of a connection grow (tcp(7), `tcp_wmem`); the
/// simulation leaves it as it was.
const DIFFERENT: &str = "host a 10.0.0.1
a:
  s = socket(AF_INET, SOCK_STREAM)
  bind(s, 127.0.0.1:80)
  listen(s, 1)
  c = socket(AF_INET, SOCK_STREAM)
  connect(c, 127.0.0.1:80)
";

#[test]
fn every_experiment_gives_the_same_on_linux() {
    let agreed = net(&["agree", "--most", LONGEST]).output().unwrap();
    if !was_run(&agreed) {
        return;
    }
    let left_out = out(&agreed).lines().filter(|line| line.contains(": left out, it takes ")).count();
    let all = Agreement::scripts(root()).unwrap().len() - left_out;
    assert!(left_out * 10 <= all, "{left_out} scripts are too long for a test");
    let last = out(&agreed).lines().last().unwrap_or_default().to_owned();
    assert!(agreed.status.success(), "{}{}", out(&agreed), err(&agreed));
    assert!(last.starts_with(&format!("agree {all} of {all} (")) && last.ends_with(" declared differences)"), "{last}");
    let recorded: usize = Agreement::load(root()).unwrap().experiment.iter().map(|of| of.differences).sum();
    assert!(left_out > 0 || last.contains(&format!("({recorded} declared")), "{last}: {recorded} are recorded");
}

#[test]
fn the_record_is_of_the_experiments_that_are_here() {
    let again = "run: cargo run -- net agree --write";
    let record = Agreement::load(root()).unwrap();
    let recorded = |experiment: &sockets::net::agreement::Experiment| {
        assert_eq!(experiment.verdict, "agrees", "{}", experiment.name);
        (experiment.name.clone(), experiment.digest.clone())
    };
    let recorded: Vec<_> = record.experiment.iter().map(recorded).collect();
    let name = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let here: Vec<_> = Agreement::scripts(root()).unwrap();
    let here: Vec<_> = here.iter().map(|path| (name(path), Agreement::digest(path).unwrap())).collect();
    let changed: Vec<_> = here.iter().filter(|one| !recorded.contains(one)).map(|(name, _)| name).collect();
    assert!(changed.is_empty(), "not recorded as they are: {changed:?}; {again}");
    assert_eq!(recorded.len(), here.len(), "recorded, and no more here; {again}");
    assert!(!record.linux.kernel.is_empty() && !record.linux.architecture.is_empty());
    let declared = record.experiment.iter().filter(|experiment| experiment.differences > 0).count();
    assert!(declared * 10 <= here.len(), "{declared} of {} experiments declare a difference", here.len());
}

/// What differs from run to run, or from machine to machine: the time, the client's
/// port, the clock of each host, and how large the buffers are. A window of 0 stays.
fn without_chance(line: &str) -> String {
    let word = |(at, word): (usize, &str)| match (at, word.split_once('=')) {
        (1, _) => "TIME".to_owned(),
        (_, Some((name @ ("TSval" | "TSecr" | "Win" | "WS"), value))) if value != "0" => format!("{name}=*"),
        _ if word.parse::<u16>().is_ok_and(|port| port >= 32768) => "PORT".to_owned(),
        _ => word.replace("SACK_PERM=1", "SACK_PERM"),
    };
    line.split_whitespace().enumerate().map(word).collect::<Vec<_>>().join(" ")
}

/// `book/experiments/captures/linux/NAME.txt` is what tshark read of a run of
/// `NAME.sock` on Linux, and another run gives the same but for chance. Record anew
/// what is not so: UPDATE_TRANSCRIPTS=1.
#[test]
fn a_capture_in_the_book_is_what_linux_sends() {
    if Command::new("tshark").arg("--version").output().is_err() {
        std::io::stderr().write_all(b"not run: tshark is not installed; the captures of the book stand\n").unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut compared = 0;
    for entry in std::fs::read_dir(root().join("book/experiments/captures/linux")).unwrap() {
        let text = entry.unwrap().path();
        let name = text.file_stem().unwrap().to_str().unwrap();
        let (capture, script) = (folder.path().join(name), format!("book/experiments/{name}.sock"));
        let ran = net(&["run", &script, "--on", "linux", "--pcap", capture.to_str().unwrap()]).output().unwrap();
        if !was_run(&ran) {
            return;
        }
        assert_eq!(ran.status.code(), Some(0), "{}", err(&ran));
        // `-n`: no names for addresses and ports, which differ from machine to machine.
        let read = Command::new("tshark").args(["-n", "-r", capture.to_str().unwrap()]).output().unwrap();
        // Versions pad the columns differently.
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let seen: Vec<String> = out(&read).lines().map(words).collect();
        let same = |text: &str| text.lines().map(without_chance).eq(seen.iter().map(|line| without_chance(line)));
        let mut book = std::fs::read_to_string(&text).unwrap();
        if !same(&book) && std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
            book = seen.join("\n") + "\n";
            std::fs::write(&text, &book).unwrap();
        }
        assert!(same(&book), "{name}: the book has\n{book}and Linux sends\n{}\n{}", seen.join("\n"), err(&read));
        compared += 1;
    }
    assert!(compared > 0, "no capture was compared");
}

#[test]
fn an_undeclared_difference_is_caught_and_shown() {
    let (_folder, path) = script(&format!("{DIFFERENT}  getsockopt(c, SO_SNDBUF)\n"));
    let agreed = net(&["agree", &path]).output().unwrap();
    if was_run(&agreed) {
        let says = out(&agreed);
        assert_eq!(agreed.status.code(), Some(1), "{says}");
        assert!(says.contains("line 8: getsockopt(c, SO_SNDBUF): sim 16384, Linux "), "{says}");
        assert!(says.ends_with("\nagree 0 of 1 (0 declared differences)\n"), "{says}");
    }
    // What the script itself expects is not what Linux gives.
    let (_folder, path) = script(&format!("{DIFFERENT}  getsockopt(c, SO_SNDBUF) -> 16384\n"));
    let agreed = net(&["agree", &path]).output().unwrap();
    if was_run(&agreed) {
        let says = out(&agreed);
        assert_eq!(agreed.status.code(), Some(1), "{says}");
        assert!(says.contains("on Linux: 8:3: a: getsockopt(c, SO_SNDBUF): expected 16384, got "), "{says}");
    }
}

#[test]
fn a_declared_difference_agrees_and_is_counted_until_it_disappears() {
    let declared = |sim: &str| {
        script(&format!(
            "{DIFFERENT}  getsockopt(c, SO_SNDBUF) -> 16385..999999999\n    on sim -> {sim} because \"it does not grow\" see \"tcp(7)\"\n"
        ))
    };
    let (_folder, path) = declared("16384");
    let agreed = net(&["agree", &path]).output().unwrap();
    if was_run(&agreed) {
        assert_eq!(agreed.status.code(), Some(0), "{}", out(&agreed));
        assert!(out(&agreed).ends_with("agree 1 of 1 (1 declared differences)\n"), "{}", out(&agreed));
    }
    let (_folder, path) = declared("1");
    let agreed = net(&["agree", &path]).output().unwrap();
    assert_eq!(agreed.status.code(), Some(1), "{}", out(&agreed));
    assert!(out(&agreed).contains("in the simulation: 8:3"), "{}", out(&agreed));
}

/// In a user namespace in which nobody has a number, nobody can make another:
/// user_namespaces(7).
fn forbidden(mut command: Command) -> Output {
    // SAFETY: unshare takes an integer, and the process has one thread here. If
    // it fails, namespaces are forbidden anyway.
    unsafe {
        command.pre_exec(|| {
            libc::unshare(libc::CLONE_NEWUSER);
            Ok(())
        });
    }
    command.output().unwrap()
}

#[test]
fn where_namespaces_are_forbidden_nothing_has_agreed() {
    let before_accept = "book/experiments/before-accept.sock";
    let agreed = forbidden(net(&["agree", before_accept]));
    assert_eq!(agreed.status.code(), Some(NOT_RUN), "{}{}", out(&agreed), err(&agreed));
    assert!(out(&agreed).contains("not run: making the namespaces"), "{}", out(&agreed));
    assert!(out(&agreed).ends_with("\nagree 0 of 1 (0 declared differences)\n"), "{}", out(&agreed));
    let ran = forbidden(net(&["run", "--on", "linux", before_accept]));
    assert_eq!((ran.status.code(), out(&ran)), (Some(NOT_RUN), String::new()), "{}", err(&ran));
    let korean = forbidden(net(&["run", "--on", "linux", before_accept, "--lang", "ko"]));
    assert!(err(&korean).contains("실행하지 못했습니다"), "{}", err(&korean));
}

#[test]
fn a_run_on_linux_shows_its_calls_and_packets() {
    let folder = tempfile::tempdir().unwrap();
    let capture = folder.path().join("out.pcap");
    let script = "book/experiments/before-accept.sock";
    let ran = net(&["run", "--on", "linux", script, "--json", "--pcap", capture.to_str().unwrap()]).output().unwrap();
    if !was_run(&ran) {
        return;
    }
    assert!(ran.status.success(), "{}", err(&ran));
    let mut events = std::collections::BTreeSet::new();
    let mut before = 0;
    for line in out(&ran).lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let at = value["at"].as_u64().unwrap();
        assert!(before <= at, "{line}");
        before = at;
        events.insert(value["event"].as_str().unwrap().to_owned());
    }
    assert_eq!(events.into_iter().collect::<Vec<_>>(), ["arrived", "call", "result", "sent", "unseen"]);
    let first: serde_json::Value = serde_json::from_str(out(&ran).lines().next().unwrap()).unwrap();
    assert_eq!(first["events"], serde_json::json!(["blocks", "loopback", "state"]));
    let capture = std::fs::read(capture).unwrap();
    // The magic number of pcap, and LINKTYPE_RAW; then a SYN to port 80.
    assert_eq!((&capture[..4], &capture[20..24]), (&[0xd4, 0xc3, 0xb2, 0xa1][..], &[101, 0, 0, 0][..]));
    let syn = &capture[40..];
    assert_eq!((syn[0], syn[9], &syn[12..20], &syn[22..24]), (0x45, 6, &[10, 0, 0, 1, 10, 0, 0, 2][..], &[0, 80][..]));
}

#[test]
fn a_call_that_never_ends_is_named_when_the_time_is_over() {
    let (_folder, path) = script("host a 10.0.0.1\nlimit 1s\na:\n  u = socket(AF_INET, SOCK_DGRAM)\n  recv(u, 9)\n");
    let ran = net(&["run", "--on", "linux", &path]).output().unwrap();
    if was_run(&ran) {
        assert_eq!(ran.status.code(), Some(1), "{}", err(&ran));
        assert!(err(&ran).contains("a.sock:5:3: a: recv(u, 9): expected success, got still waiting"), "{}", err(&ran));
        assert!(err(&ran).contains("not finished after 1s on the clock of the wire"), "{}", err(&ran));
        assert!(out(&ran).ends_with("  recv(u, 9) -> not reached\n"), "{}", out(&ran));
    }
    let (_folder, path) = script("host a 10.0.0.1\nlimit 10000s\na:\n  wait 5000s\n");
    let ran = net(&["run", "--on", "linux", &path]).output().unwrap();
    assert_eq!(ran.status.code(), Some(NOT_RUN), "{}", err(&ran));
    assert!(err(&ran).contains("this script takes 5000s"), "{}", err(&ran));
}

#[test]
fn the_hosts_end_with_the_command_that_made_them() {
    let (_folder, path) = script("host a 10.0.0.1\na:\n  wait 60s\n");
    let mut command = net(&["run", "--on", "linux", &path]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let children = format!("/proc/{0}/task/{0}/children", child.id());
    let deadline = Instant::now() + Duration::from_secs(20);
    let inside = loop {
        let children = std::fs::read_to_string(&children).unwrap_or_default();
        if let Some(inside) = children.split_whitespace().next() {
            break inside.to_owned();
        }
        if child.try_wait().unwrap().is_some() {
            // Where namespaces are forbidden there is nothing that could outlive it.
            return;
        }
        assert!(Instant::now() < deadline, "no hosts after 20 s");
        std::thread::sleep(Duration::from_millis(5));
    };
    child.kill().unwrap();
    child.wait().unwrap();
    let stat = format!("/proc/{inside}/stat");
    let gone = |stat: &str| std::fs::read_to_string(stat).map_or(true, |stat| stat.contains(") Z "));
    while !gone(&stat) {
        assert!(Instant::now() < deadline, "process {inside} outlives its command");
        std::thread::sleep(Duration::from_millis(5));
    }
}
