//! `sockets doctor`: it finds what is there, and says what to do about what
//! is not.

mod fake;

use std::process::Command;

use fake::{Project, Said, lab_toml};
use serde_json::Value;

/// A project whose lab `two` needs a private network, and `one` does not.
fn project() -> Project {
    let project = Project::new();
    let private = lab_toml("two", 2, &[("sings", 1)]).replace("needs = \"user\"", "needs = \"private-network\"");
    project.write("labs/two/lab.toml", &private);
    project
}

fn json(said: &Said) -> Value {
    serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}\n{said:#?}"))
}

#[track_caller]
fn finding<'a>(report: &'a Value, id: &str) -> &'a Value {
    let all = report["findings"].as_array().unwrap();
    all.iter().find(|finding| finding["id"] == id).unwrap_or_else(|| panic!("no {id} in {report:#}"))
}

#[test]
fn a_system_that_runs_this_test_has_all_that_is_necessary() {
    let project = project();
    let said = project.run("doctor --json");
    assert_eq!(said.code, Some(0), "{said:#?}");
    let report = json(&said);
    for id in ["rustc", "cargo", "loopback"] {
        assert_eq!(finding(&report, id)["state"], "good", "{report:#}");
    }
    assert_eq!((&report["labs"][0]["lab"], &report["labs"][0]["runs"]), (&"one".into(), &true.into()));
    let raw =
        finding(&report, "private-network")["state"] == "good" || finding(&report, "raw-socket")["state"] == "good";
    assert_eq!(report["labs"][1]["runs"], raw);
}

#[test]
fn it_speaks_both_languages() {
    let project = project();
    project
        .run("doctor")
        .says(0, &["rustc", "127.0.0.1", "Labs on this system", "one  can run", "Everything necessary"]);
    project.run("--lang ko doctor").says(0, &["정상", "one  할 수 있습니다", "모두 갖춰져 있습니다"]);
    project.run("doctor --help").says(0, &["What this system allows"]);
}

#[test]
fn without_rust_it_says_where_to_get_it_and_fails() {
    let project = project();
    let empty = project.root().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let doctor = |line: &str| {
        let mut command = project.command(line);
        command.env("PATH", &empty).env_remove("CARGO").env_remove("RUSTC");
        Said::of(&command.output().unwrap())
    };
    doctor("doctor").says(1, &["FAULT", "rustc cannot be started", "https://rustup.rs", "see FAULT"]);
    let report = json(&doctor("doctor --json"));
    for tool in ["nc", "curl", "tshark", "bwrap"] {
        assert_ne!(finding(&report, tool)["state"], "good", "nothing is on the PATH");
    }
}

#[cfg(unix)]
#[test]
fn a_rust_that_is_too_old_is_no_rust() {
    use std::os::unix::fs::PermissionsExt;
    let project = project();
    for program in ["rustc", "cargo"] {
        project.write(&format!("old/{program}"), &format!("#!/bin/sh\necho {program} 1.70.0\n"));
        let file = project.root().join("old").join(program);
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = project.command("doctor");
    command.env("PATH", project.root().join("old")).env_remove("CARGO").env_remove("RUSTC");
    Said::of(&command.output().unwrap()).says(1, &["rustc 1.70.0 is too old", "rustup update"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_forbidden_private_network_is_found_by_trying() {
    let project = project();
    // Inside a user namespace of our own the limit is ours to set to 0.
    let script = "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$0\" doctor --json";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "sh", "-c", script, env!("CARGO_BIN_EXE_sockets")]);
    let output = command.current_dir(project.root()).env("SOCKETS_LANG", "en").output();
    let (forbidden, step) = match output.map(|output| Said::of(&output)) {
        Ok(said) if said.out.starts_with('{') => (said, "making the namespaces"),
        // They are forbidden already: then that is what it must find, at
        // whichever step it was forbidden.
        _ => (project.run("doctor --json"), "No private network"),
    };
    let report = json(&forbidden);
    let private = finding(&report, "private-network");
    assert_eq!(private["state"], "missing", "{report:#}");
    assert!(private["says"].as_str().unwrap().contains(step), "{private:#}");
    if finding(&report, "raw-socket")["state"] != "good" {
        assert_eq!(report["labs"][1]["runs"], false);
        assert!(report["labs"][1]["says"].as_str().unwrap().contains("CAP_NET_RAW"));
    }
    assert_eq!(report["labs"][0]["runs"], true);
    assert_eq!(forbidden.code, Some(0), "one can do without: {forbidden:#?}");
}

#[test]
fn a_lab_that_cannot_be_read_is_named() {
    let project = project();
    project.write("labs/one/lab.toml", "id = 3\n");
    project.run("doctor").says(0, &["one/lab.toml:1", "two"]);
}
