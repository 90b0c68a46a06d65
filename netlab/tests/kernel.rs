//! Calls in a random order, and what a real kernel answered to each.

use netlab::run::{Options, run};
use netlab::script::parse;

const RECORDED: &str = include_str!("kernel.sock");

#[test]
fn calls_in_any_order_answer_as_linux_did() {
    let (mut scripts, mut calls) = (0, 0);
    for (n, text) in RECORDED.split("host a ").skip(1).enumerate() {
        let text = format!("host a {text}");
        let script = parse(&text).unwrap_or_else(|error| panic!("script {n}: {error}"));
        let run = run(&script, Options::default());
        assert!(run.passed(), "script {n}: {}: {:#?}\n{text}", run.end, run.failures);
        scripts += 1;
        calls += text.matches(" -> ").count();
    }
    assert!(scripts >= 50 && calls > 1_000, "only {scripts} scripts with {calls} calls");
}
