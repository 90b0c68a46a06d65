//! What the experiments of the book do not have; that those compile and run is
//! a test of the workspace (`tests/net_rust.rs`).

use super::{Lang, Not, missing, program};
use crate::script::parse;

fn printed(script: &str) -> String {
    program(&parse(script).unwrap(), Lang::En).unwrap()
}

/// A program on one host.
fn one(steps: &str) -> String {
    format!("host a 10.0.0.1\na:\n{steps}")
}

#[test]
fn the_languages_differ_in_comments_only() {
    let script = parse(include_str!("../../../book/experiments/before-accept.sock")).unwrap();
    let code = |lang| {
        let text = program(&script, lang).unwrap();
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with("//") && !line.starts_with("println!"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(code(Lang::En), code(Lang::Ko));
    assert!(program(&script, Lang::Ko).unwrap().contains("스레드"));
}

#[test]
fn names_that_rust_or_the_program_has_itself_are_changed() {
    let text = printed(&one(
        "  move = socket(AF_INET, SOCK_STREAM)\n  listen(move, 1)\n  myFd-2 = socket(AF_INET, SOCK_DGRAM)\n  \
         my_fd_2 = socket(AF_INET, SOCK_DGRAM)\n  sendto(myFd-2, \"x\", 127.0.0.1:9000)\n  close(my_fd_2)\n  \
         _ = socket(AF_INET, SOCK_DGRAM)\n",
    ));
    for line in [
        "move_.listen(1)?;",
        "my_fd_2.send_to(b\"x\", &at(\"127.0.0.1:9000\"))?;",
        "drop(my_fd_2_);",
        "let _x = Socket",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn what_is_closed_is_only_in_a_comment() {
    let text = printed(&one(
        "  c = socket(AF_INET, SOCK_STREAM)\n  close(c)\n  send(c, \"x\") -> EBADF\n  poll(c POLLIN, 0s) -> c POLLNVAL\n  \
         send(7, \"x\") -> EBADF\n  c = socket(AF_INET, SOCK_STREAM)\n  listen(3, 1)\n",
    ));
    assert!(text.contains("// send(c, \"x\") -> EBADF"), "{text}");
    assert!(text.contains("// send(7, \"x\") -> EBADF"), "{text}");
    // poll takes numbers, closed ones too; and 3 is the new socket.
    assert!(text.contains("poll([(&3, POLLIN)], 0)?, [POLLNVAL]"), "{text}");
    assert!(text.contains("c.listen(1)?;"), "{text}");
}

#[test]
fn a_repeat_keeps_what_it_opens() {
    let text = printed(&one(
        "  repeat 3\n    c = socket(AF_INET, SOCK_STREAM)\n    socket(AF_INET, SOCK_DGRAM)\n  end\n  listen(c, 1)\n",
    ));
    for line in
        ["let mut kept = Vec::new();", "kept.push(c);", "let c = kept.pop().expect(\"a round\");", "c.listen(1)"]
    {
        assert!(text.contains(line), "{line}\n{text}");
    }
    // What it closes itself, it need not keep.
    let text = printed(&one("  repeat 3\n    c = socket(AF_INET, SOCK_STREAM)\n    close(c)\n  end\n"));
    assert!(!text.contains("kept"), "{text}");
}

#[test]
fn what_a_variable_cannot_do_is_refused() {
    let not = |steps: &str| program(&parse(&one(steps)).unwrap(), Lang::En).unwrap_err();
    let open = "  c = socket(AF_INET, SOCK_STREAM)\n";
    assert_eq!(not(&format!("{open}  repeat 2\n    close(c)\n  end\n")), Not::CloseInRepeat);
    assert_eq!(not(&format!("{open}  repeat 2\n    listen(c, 1)\n  {open}  end\n")), Not::NewInRepeat);
}

#[test]
fn two_hosts_may_have_the_same_port() {
    let text = printed(
        "host a 10.0.0.1\nhost b 10.0.0.2\nlink a b delay 1ms\na:\n  s = socket(AF_INET, SOCK_DGRAM)\n  \
         bind(s, 0.0.0.0:5000)\nb:\n  s = socket(AF_INET, SOCK_DGRAM)\n  bind(s, 0.0.0.0:5000)\n  \
         sendto(s, \"x\", a:5000)\na:\n  recvfrom(s, 9) -> 1 \"x\" from 10.0.0.2:5000\n",
    );
    assert!(text.contains("s.bind(&at(\"0.0.0.0:5000\"))?;\n\n"), "{text}");
    assert!(
        text.contains("s.bind(&at(\"0.0.0.0:15000\"))?;\n    s.send_to(b\"x\", &at(\"127.0.0.1:5000\"))?;"),
        "{text}"
    );
    assert!(text.contains("assert_eq!(from, at(\"127.0.0.1:15000\"));"), "{text}");
}

#[test]
fn what_one_machine_cannot_show_is_said() {
    let missing = |script: &str| missing(&parse(script).unwrap(), Lang::En);
    assert!(missing(&one("  s = socket(AF_INET, SOCK_STREAM)\n")).is_empty());
    let far = "  u = socket(AF_INET, SOCK_DGRAM)\n  sendto(u, \"x\", 10.9.9.9:9)\n";
    assert_eq!(missing(&one(far)), ["10.9.9.9, which is no host"]);
    let pair = "host a 10.0.0.1\nhost b 10.0.0.2\n";
    let steps = "a:\n  u = socket(AF_INET, SOCK_DGRAM)\n  sendto(u, \"x\", b:9)\n";
    assert_eq!(missing(&format!("{pair}{steps}")), ["hosts without a link between them"]);
    let two = "  s = socket(AF_INET, SOCK_DGRAM)\n  bind(s, 127.0.0.1:9)\n  sendto(s, \"x\", 10.0.0.1:9)\n";
    assert_eq!(missing(&one(two)), ["127.0.0.1 beside 10.0.0.1, which are one address here"]);
    assert!(missing(&one(&two.replace("10.0.0.1:9", "10.0.0.1:10"))).is_empty());
    let link = "link a b delay 1ms loss 5%\n";
    assert_eq!(missing(&format!("{pair}{link}{steps}")), ["link a b delay 1ms loss 5%"]);
}
