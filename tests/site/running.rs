//! Labs that are run from the page.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::client::{Server, until};
use crate::small;

#[test]
fn only_our_own_page_with_its_token_may_run_a_lab() {
    let project = small::project();
    let server = Server::start(&project, "");
    let token = server.token();
    let ours = format!("http://{}", server.host());
    let refused: [&[(&str, &str)]; 6] = [
        &[],
        &[("origin", &ours)],
        &[("x-sockets-token", &token)],
        &[("origin", &ours), ("x-sockets-token", "0123456789abcdef0123456789abcdef")],
        &[("origin", "http://evil.example"), ("x-sockets-token", &token)],
        &[("host", "evil.example"), ("origin", "http://evil.example"), ("x-sockets-token", &token)],
    ];
    for path in ["/_live/start", "/_live/labs", "/_live/run/one/en"] {
        for headers in refused {
            assert_eq!(server.ask(&format!("POST {path}"), headers).0, 403, "{path} {headers:?}");
        }
        assert_eq!(server.ask(&format!("GET {path}"), &[("x-sockets-token", &token)]).0, 405, "{path}");
    }
    assert!(!project.has("my-labs"), "a refused request has done something");
}

#[test]
fn a_lab_that_is_not_in_the_handout_is_not_run() {
    let project = small::project();
    let server = Server::start(&project, "");
    assert_eq!(server.own("/_live/run/one/en").0, 409, "nothing was started yet");
    assert_eq!(server.own("/_live/start").0, 200);
    // A folder that the student added is no lab of the handout.
    project.write("my-labs/own/lab.toml", &project.read("my-labs/two/lab.toml").replace("\"two\"", "\"own\""));
    for id in ["own", "three", "..", "%2e%2e", "..%2fone", "one%2f..", "one;ls", "--help", "harness"] {
        let (status, answer) = server.own(&format!("/_live/run/{id}/en"));
        assert_eq!(status, 404, "{id}: {answer}");
    }
}

#[test]
fn a_run_is_told_step_by_step_and_remembered() {
    let project = small::project();
    let server = Server::start(&project, "");
    let (_, labs) = server.own("/_live/labs");
    assert!(labs.contains("\"started\":false"), "{labs}");
    let (_, labs) = server.own("/_live/start");
    assert!(labs.contains("\"started\":true") && labs.contains("\"id\":\"two\""), "{labs}");

    project.solve("one", "speaks");
    let (status, told) = server.own("/_live/run/one/en");
    assert_eq!(status, 200);
    for part in [
        "\"kind\":\"building\"",
        "\"ok\":true",
        "program: speak",
        "\"verdict\":\"pass\"",
        "\"kind\":\"over\"",
        "\"end\":\"failed\"",
    ] {
        assert!(told.contains(part), "lacks {part}\n{told}");
    }
    let (_, labs) = server.own("/_live/labs");
    assert!(labs.contains("\"last\":\"pass\",\"name\":\"speaks\""), "{labs}");
    assert!(labs.contains("\"last\":\"fail\",\"name\":\"stops\""), "{labs}");

    project.write("my-labs/one/src/main.rs", "fn main() { no }\n");
    let (_, told) = server.own("/_live/run/one/en");
    assert!(told.contains("cannot find value `no`") && told.contains("\"end\":\"not-compiled\""), "{told}");
}

#[test]
fn one_run_at_a_time_and_it_ends_with_the_page() {
    let project = small::project();
    let mut server = Server::start(&project, "");
    assert_eq!(server.own("/_live/start").0, 200);
    project.solve("one", "hang");
    let mut run = server.own_open("/_live/run/one/en");
    until(&mut run, "\"event\":\"step\"");
    assert_eq!(server.own("/_live/run/one/en").0, 409, "one run a lab");

    // The page goes away: the place is free again, long before the program
    // that hangs would have ended by itself.
    drop(run);
    let gone = Instant::now();
    let mut again = loop {
        let mut stream = server.own_open("/_live/run/one/en");
        if until(&mut stream, "HTTP/1.1").contains(" 200 ") {
            break stream;
        }
        assert!(gone.elapsed() < Duration::from_secs(60), "the run outlives its page");
        std::thread::sleep(Duration::from_millis(50));
    };
    until(&mut again, "\"event\":\"step\"");

    // And it ends with the server.
    assert!(server.interrupt());
    assert_eq!(processes_of(&project.copy()), Vec::<String>::new(), "something outlives the server");
}

/// The command lines that name `folder`.
fn processes_of(folder: &Path) -> Vec<String> {
    let folder = folder.display().to_string();
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let lines = entries.flatten().filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " ")).filter(|line| line.contains(&folder)).collect()
}
