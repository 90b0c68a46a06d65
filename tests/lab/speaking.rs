//! `list`, `next`, `hint`, `test` as one types them.

use crate::fake::{Project, lab_toml};

fn started() -> Project {
    let project = Project::new();
    project.run("lab start").says(0, &[]);
    project
}

#[test]
fn without_a_copy_each_command_says_how_to_get_one() {
    let project = Project::new();
    for line in ["lab list", "lab next", "lab hint", "lab test", "lab watch", "lab reset one"] {
        project.run(line).says(2, &["no folder my-labs", "cargo run -- lab start"]);
    }
    project.run("--lang ko lab list").says(2, &["오류", "my-labs", "cargo run -- lab start"]);
}

#[test]
fn help_speaks_both_languages() {
    let project = Project::new();
    project.run("lab --help").says(0, &["start", "hint", "What to do now"]);
    project.run("--lang ko lab --help").says(0, &["start", "hint", "지금 할 일"]);
    project.run("lab").says(2, &["Usage"]);
    project.run("lab frob").says(2, &["frob"]);
}

#[test]
fn testing_one_lab_shows_each_check_and_what_the_first_failing_one_said() {
    let project = started();
    project.solve("one", "speaks");
    let said = project.run("lab test one");
    said.says(1, &["Lab one", "speaks", "expected the word repeats", "1 of 3 checks pass", "lab hint one"]);
    said.not(&["expected the word stops"]);
    project.run("--lang ko lab test one").says(1, &["실습 one", "3개 중 1개", "lang ko"]);
    project.solve("one", "speaks repeats stops");
    project.run("lab test one").says(0, &["all 3 checks pass"]).not(&["expected"]);
}

#[test]
fn a_lab_that_does_not_compile_does_not_stop_the_others() {
    let project = started();
    project.write("my-labs/one/src/main.rs", "fn main() { let x: u8 = \"no\"; }\n");
    project.solve("two", "sings");
    project.run("lab test").says(1, &["one: does not compile", "two: all 1 checks pass", "1 of 2 labs pass"]);
    project.run("lab test one").says(1, &["mismatched types", "does not compile"]);
    project.solve("one", "speaks repeats stops");
    project.run("lab test").says(0, &["2 of 2 labs pass"]);
}

#[test]
fn progress_is_kept_and_a_later_change_is_seen() {
    let project = started();
    project.run("lab list").says(0, &["one", "[.|..]", "0/2", "30 min", "tcp/connection", "Lab one", "[.]"]);
    project.solve("one", "speaks");
    project.run("lab test one").says(1, &[]);
    project.run("lab list").says(0, &["[#|xx]", "1/2"]).not(&["changed since"]);
    project.solve("one", "speaks, and more");
    project.run("lab list").says(0, &["[#|xx]", "changed since the last run"]);
    let list = project.run("lab list --json");
    let list: serde_json::Value = serde_json::from_str(&list.out).unwrap();
    assert_eq!(list[0]["id"], "one");
    assert_eq!((&list[0]["stages"], &list[0]["of_stages"]), (&1.into(), &2.into()));
    assert_eq!((&list[0]["points"], &list[0]["of_points"]), (&10.into(), &30.into()));
    assert_eq!(list[0]["checks"][1]["last"], "fail");
    assert_eq!(list[1]["checks"][0]["last"], serde_json::Value::Null);
}

#[test]
fn progress_that_cannot_be_read_is_set_aside_and_told() {
    let project = started();
    project.write("my-labs/.progress/one.json", "{ half");
    project.run("lab list").says(0, &["one.json", "one.json.unreadable", "[.|..]"]);
    assert_eq!(project.read("my-labs/.progress/one.json.unreadable"), "{ half");
    project.run("lab list").says(0, &[]).not(&["unreadable"]);
}

#[test]
fn next_names_the_check_the_file_and_the_section() {
    let project = started();
    project.run("lab next").says(
        0,
        &["Lab one", "Stage 1 of 2", "speaks", "my-labs/one/src/main.rs", "tcp/connection#speaks", "cargo test -p one"],
    );
    project.solve("one", "speaks repeats stops");
    project.run("lab test one").says(0, &[]);
    project.run("lab next").says(0, &["Lab two", "sings"]);
    project.solve("two", "sings");
    project.run("lab test two").says(0, &[]);
    project.run("lab next").says(0, &["Every check of every lab passed"]);
    project.run("lab hint two").says(0, &["Every check of two passed"]);
}

#[test]
fn hints_grow_and_each_can_be_asked_for() {
    let project = started();
    project.run("lab hint").says(0, &["speaks (1/3)", "speaks nudge"]).not(&["nearly"]);
    project.run("lab hint one").says(0, &["speaks (2/3)", "speaks more"]);
    project.run("lab hint one").says(0, &["speaks (3/3)", "speaks nearly all", "nc 127.0.0.1 PORT"]);
    project.run("lab hint one").says(0, &["speaks (3/3)"]);
    project.run("lab hint one --check stops --level 2").says(0, &["stops (2/3)", "stops more"]);
    project.run("--lang ko lab hint one --check stops").says(0, &["stops (3/3)", "stops 거의 답"]);
    project.run("lab hint --check sings").says(0, &["two: sings (1/3)"]);
    project.run("lab hint one --check frob").says(2, &["no check called `frob`", "speaks, repeats, stops"]);
    project.run("lab hint one --level 4").says(2, &["4"]);
    project.run("lab hint three").says(2, &["no lab called `three`", "one, two"]);
}

#[test]
fn a_broken_lab_toml_is_named_and_the_other_labs_go_on() {
    let project = started();
    project.write("my-labs/one/lab.toml", &lab_toml("one", 1, &[("speaks", 1)]).replace("minutes", "minuets"));
    project.solve("two", "sings");
    project.run("lab list").says(1, &["one/lab.toml:", "minuets", "Lab two"]);
    project.run("lab test").says(1, &["one/lab.toml:", "two: all 1 checks pass"]);
    project.run("lab test one").says(2, &["one/lab.toml:"]);
    project.run("lab hint two --check sings").says(0, &["sings nudge"]);
}

#[test]
fn another_folder_can_be_worked_in() {
    let project = Project::new();
    project.run("lab start elsewhere").says(0, &["elsewhere", "--dir elsewhere"]);
    project.run("lab --dir elsewhere list").says(0, &["Lab one"]);
    project.run("lab list --dir elsewhere").says(0, &["Lab one"]);
    let mut inside = project.command("lab list");
    let output = inside.current_dir(project.root().join("elsewhere/one/src")).output().unwrap();
    crate::fake::Said::of(&output).says(0, &["Lab one"]);
    project.run("lab list --dir book.toml").says(2, &["book.toml"]);
}

#[test]
fn test_as_json_is_one_event_a_line() {
    let project = started();
    project.solve("two", "sings");
    let said = project.run("lab test two --json");
    said.says(0, &[]);
    let kinds: Vec<String> = said
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["kind"].as_str().unwrap().to_string())
        .collect();
    assert!(kinds.iter().any(|kind| kind == "record") && kinds.last().unwrap() == "outcome", "{kinds:?}");
}

#[test]
fn without_cargo_it_says_so() {
    let project = started();
    let empty = project.root().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let mut command = project.command("lab test one");
    let output = command.env("PATH", &empty).env_remove("CARGO").output().unwrap();
    crate::fake::Said::of(&output).says(1, &["cargo could not be started", "doctor"]);
}
