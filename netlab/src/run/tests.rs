use super::*;
use crate::script::parse;

const EARLY: &str = r#"
host a 10.0.0.1
host b 10.0.0.2
link a b delay 10ms

server on b:
  s = socket(AF_INET, SOCK_STREAM)
  bind(s, 0.0.0.0:80)
  listen(s, 1)

a:
  wait server
  c = socket(AF_INET, SOCK_STREAM)
  connect(c, b:80)
  send(c, "early") -> 5
  getsockname(c) -> 10.0.0.1:*

server on b:
  wait a
  d = accept(s) -> 4 from 10.0.0.1:*
  recv(d, 100) -> 5 "early"
  count(SYN from a) -> 1
"#;

fn play(text: &str) -> Run {
    run(&parse(text).unwrap(), Options::default())
}

#[test]
fn the_transcript_is_the_script_with_its_results() {
    let run = play(EARLY);
    assert!(run.passed(), "{:?} {:?}", run.end, run.failures);
    let expected = "\
server on b:
  s = socket(AF_INET, SOCK_STREAM) -> 3
  bind(s, 0.0.0.0:80) -> 0
  listen(s, 1) -> 0
a:
  wait server
  c = socket(AF_INET, SOCK_STREAM) -> 3
  connect(c, b:80) -> 0
  send(c, \"early\") -> 5
  getsockname(c) -> 10.0.0.1:P1
server on b:
  wait a
  d = accept(s) -> 4 from 10.0.0.1:P1
  recv(d, 100) -> 5 \"early\"
  count(SYN from a) -> 1
";
    assert_eq!(run.transcript(), expected);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (one, two) = (play(EARLY), play(EARLY));
    assert_eq!(one.json(), two.json());
    assert_eq!(one.pcap(), two.pcap());
    let other = run(&parse(EARLY).unwrap(), Options { seed: 2, ..Options::default() });
    assert_ne!(one.pcap(), other.pcap());
    assert_eq!(one.transcript(), other.transcript());
}

#[test]
fn a_wrong_expectation_names_the_line_and_both_results() {
    let run = play(&EARLY.replace("-> 5 \"early\"", "-> \"late\""));
    assert_eq!(run.end, End::Finished);
    let said: Vec<String> = run.failures.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["21:3: server: recv(d, 100): expected \"late\", got 5 \"early\""]);
}

#[test]
fn who_waits_for_ever_is_named() {
    let run = play("host a 10.0.0.1\na:\n  u = socket(AF_INET, SOCK_DGRAM)\n  recv(u, 10)\n");
    assert_eq!(run.end, End::Blocked);
    assert_eq!(run.failures[0].to_string(), "4:3: a: recv(u, 10): expected success, still waiting");
    let run = play("host a 10.0.0.1\nlimit 1s\na:\n  wait 2s\n");
    assert_eq!(run.end, End::OutOfTime(1_000_000));
}

#[test]
fn a_declared_difference_has_to_be_one() {
    let with = |linux: &str, sim: &str| {
        play(&format!(
            "host a 10.0.0.1\na:\n  s = socket(AF_INET, SOCK_STREAM)\n  listen(s, 1) -> {linux}\n    on sim -> {sim} because \"test\"\n"
        ))
    };
    assert!(with("EINVAL", "0").passed());
    assert!(with("0", "EINVAL").failures[0].difference_gone);
    assert!(!with("EINVAL", "EBADF").failures[0].difference_gone);
}

#[test]
fn limits_end_a_run_and_are_named() {
    let text = "host a 10.0.0.1\na:\n  u = socket(AF_INET, SOCK_DGRAM)\n  repeat 100000\n    sendto(u, bytes(1000), 127.0.0.1:9)\n  end\n";
    let limits = Limits { records: 1_000, ..Limits::default() };
    let run = run(&parse(text).unwrap(), Options { limits, ..Options::default() });
    assert_eq!(run.end, End::TooManyRecords(1_000));
    assert!(run.records.len() < 1_100);
}
