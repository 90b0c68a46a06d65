//! `start` and `reset`: nothing that a student wrote is ever lost.

use sockets::lab::{self, StartError};

use crate::fake::Project;

#[test]
fn the_first_start_copies_the_handout_and_nothing_else() {
    let project = Project::new();
    project.write("labs/target/debug/one", "built");
    project.write("labs/one/tests/snapshots/x.snap.new", "left over");
    let report = lab::start(&project.labs(), &project.copy()).unwrap();
    assert_eq!(report.new.len(), 13, "{report:?}");
    assert!(report.updated.is_empty() && report.both.is_empty() && report.removed.is_empty());
    assert_eq!(project.read("my-labs/one/src/main.rs"), project.read("labs/one/src/main.rs"));
    assert!(!project.has("my-labs/target") && !project.has("my-labs/one/tests/snapshots"));
    let again = lab::start(&project.labs(), &project.copy()).unwrap();
    assert!(again.is_quiet() && again.same == 13, "{again:?}");
}

#[test]
fn a_newer_handout_is_merged_and_each_file_told() {
    let project = Project::new();
    lab::start(&project.labs(), &project.copy()).unwrap();
    project.solve("one", "mine");
    project.solve("two", "mine too");
    project.write("my-labs/one/src/notes.rs", "// mine alone");
    project.write("labs/one/src/main.rs", "fn main() { /* a better starter */ }\n");
    project.write("labs/one/tests/one.rs", "// better checks\n");
    project.write("labs/one/tests/more.rs", "// more checks\n");
    std::fs::remove_file(project.root().join("labs/.gitignore")).unwrap();

    let report = lab::start(&project.labs(), &project.copy()).unwrap();
    assert_eq!(report.new, ["one/tests/more.rs"]);
    assert_eq!(report.updated, ["one/tests/one.rs"]);
    assert_eq!(report.kept, ["two/src/main.rs"]);
    assert_eq!(report.both, [("one/src/main.rs".to_string(), "one/src/main.rs.new".to_string())]);
    assert_eq!(report.removed, [".gitignore"]);
    assert!(project.read("my-labs/one/src/main.rs").contains("mine"));
    assert!(project.read("my-labs/one/src/main.rs.new").contains("a better starter"));
    assert!(project.has("my-labs/one/src/notes.rs"));

    // Told once: the next start has nothing new to offer.
    let again = lab::start(&project.labs(), &project.copy()).unwrap();
    assert!(again.is_quiet(), "{again:?}");
    assert_eq!(again.kept, ["one/src/main.rs", "two/src/main.rs"]);
}

#[test]
fn what_a_student_made_of_the_new_version_is_not_replaced_by_a_still_newer_one() {
    let project = Project::new();
    lab::start(&project.labs(), &project.copy()).unwrap();
    project.solve("one", "mine");
    project.write("labs/one/src/main.rs", "// second\n");
    lab::start(&project.labs(), &project.copy()).unwrap();
    project.write("my-labs/one/src/main.rs.new", "// second, and my remarks\n");
    project.write("labs/one/src/main.rs", "// third\n");
    let report = lab::start(&project.labs(), &project.copy()).unwrap();
    assert_eq!(report.both[0].1, "one/src/main.rs.2.new");
    assert_eq!(project.read("my-labs/one/src/main.rs.new"), "// second, and my remarks\n");
    assert_eq!(project.read("my-labs/one/src/main.rs.2.new"), "// third\n");
}

#[test]
fn a_start_that_was_killed_is_finished_by_the_next() {
    let whole = Project::new();
    lab::start(&whole.labs(), &whole.copy()).unwrap();
    let paths: Vec<String> = sockets::lab::handed::files(&whole.copy()).unwrap().into_keys().collect();
    // A kill leaves the empty note, the first files, and a part of the next.
    for killed_after in 0..paths.len() {
        let project = Project::new();
        project.write("my-labs/.handout.toml", "[files]\n");
        for path in &paths[..killed_after] {
            project.write(&format!("my-labs/{path}"), &whole.read(&format!("labs/{path}")));
        }
        let (folder, name) = paths[killed_after].rsplit_once('/').unwrap_or((".", &paths[killed_after]));
        project.write(&format!("my-labs/{folder}/.{name}.part"), "half");
        let report = lab::start(&project.labs(), &project.copy()).unwrap();
        assert!(report.both.is_empty() && report.kept.is_empty(), "{report:?}");
        assert_eq!(report.same, killed_after);
        for path in &paths {
            assert_eq!(project.read(&format!("my-labs/{path}")), whole.read(&format!("labs/{path}")));
        }
        assert!(!project.has(&format!("my-labs/{folder}/.{name}.part")));
    }
}

#[test]
fn a_merge_that_was_killed_before_its_note_is_finished_by_the_next() {
    let project = Project::new();
    lab::start(&project.labs(), &project.copy()).unwrap();
    let note = project.read("my-labs/.handout.toml");
    project.solve("two", "mine");
    project.write("labs/one/src/main.rs", "// newer\n");
    project.write("labs/two/src/main.rs", "// newer\n");
    let first = lab::start(&project.labs(), &project.copy()).unwrap();
    project.write("my-labs/.handout.toml", &note);
    let second = lab::start(&project.labs(), &project.copy()).unwrap();
    assert_eq!((first.updated.len(), second.updated.len()), (1, 0));
    assert_eq!(first.both, second.both);
    assert!(project.read("my-labs/two/src/main.rs").contains("mine"));
    assert!(!project.has("my-labs/two/src/main.rs.2.new"));
}

#[test]
fn a_copy_made_by_hand_is_taken_over_without_loss() {
    let project = Project::new();
    for (path, content) in sockets::lab::handed::files(&project.labs()).unwrap() {
        project.write(&format!("my-labs/{path}"), std::str::from_utf8(&content).unwrap());
    }
    project.solve("one", "mine");
    let report = lab::start(&project.labs(), &project.copy()).unwrap();
    assert_eq!((report.same, report.both.len()), (12, 1));
    assert!(project.read("my-labs/one/src/main.rs").contains("mine"));
}

#[test]
fn an_incomplete_handout_is_not_handed_out() {
    let project = Project::new();
    lab::start(&project.labs(), &project.copy()).unwrap();
    for missing in ["labs/Cargo.lock", "labs/one/src/main.rs", "labs/harness/Cargo.toml"] {
        let project = Project::new();
        std::fs::remove_file(project.root().join(missing)).unwrap();
        let said = project.run("lab start");
        said.says(2, &[missing.strip_prefix("labs/").unwrap(), "nothing was copied"]);
        assert!(!project.has("my-labs"), "{missing}");
    }
}

#[test]
fn a_lab_toml_with_a_wrong_key_is_named_with_its_line() {
    let project = Project::new();
    project.write("labs/one/lab.toml", "id = \"one\"\nchapterr = \"x\"\n");
    project.run("lab start").says(2, &["one/lab.toml:2", "chapterr"]);
    assert!(!project.has("my-labs"));
}

#[test]
fn a_folder_with_something_else_in_it_is_left_alone() {
    let project = Project::new();
    project.write("thesis/chapter.tex", "x");
    assert!(matches!(lab::start(&project.labs(), &project.root().join("thesis")), Err(StartError::Foreign(_))));
    project.run("lab start thesis").says(2, &["thesis", "already holds something else"]);
    project.run("lab start labs/mine").says(2, &["inside the handout"]);
    project.run("lab start labs").says(2, &["inside the handout"]);
    project.run("lab start .").says(2, &["inside the handout"]);
    assert!(!project.has("thesis/.handout.toml") && !project.has("labs/.handout.toml"));
}

#[test]
fn a_note_that_cannot_be_read_stops_before_anything_is_touched() {
    let project = Project::new();
    lab::start(&project.labs(), &project.copy()).unwrap();
    project.write("my-labs/.handout.toml", "files = 3\n");
    project.write("labs/one/src/main.rs", "// newer\n");
    project.run("lab start").says(2, &[".handout.toml:1"]);
    assert!(!project.read("my-labs/one/src/main.rs").contains("newer"));
}

#[test]
fn resetting_keeps_what_it_replaces() {
    let project = Project::new();
    lab::start(&project.labs(), &project.copy()).unwrap();
    project.solve("one", "mine");
    project.solve("two", "not touched by this");
    project.write("my-labs/one/src/extra.rs", "// mine");
    project.write("my-labs/one/tests/one.rs", "// weaker");
    project.write("my-labs/.progress/one.json", "{}");
    let done = lab::reset(&project.labs(), &project.copy(), "one").unwrap();
    let kept = done.kept.expect("there was something to keep");
    assert!(std::fs::read_to_string(kept.join("one/src/main.rs")).unwrap().contains("mine"));
    assert!(kept.join("one/src/extra.rs").is_file() && kept.join("one/tests/one.rs").is_file());
    assert_eq!(done.moved, ["one/src/extra.rs"]);
    assert_eq!(project.read("my-labs/one/src/main.rs"), project.read("labs/one/src/main.rs"));
    assert!(!project.has("my-labs/one/src/extra.rs") && !project.has("my-labs/.progress/one.json"));
    assert!(project.read("my-labs/two/src/main.rs").contains("not touched"));

    // Twice in a second is twice kept.
    project.solve("one", "mine again");
    let again = lab::reset(&project.labs(), &project.copy(), "one").unwrap().kept.unwrap();
    assert_ne!(again, kept);
    assert!(kept.join("one/src/main.rs").is_file());
}

#[test]
fn resetting_says_where_the_work_is_and_knows_its_labs() {
    let project = Project::new();
    project.run("lab start").says(0, &["my-labs", "13 files", "cargo test -p one"]);
    project.run("lab reset one").says(0, &["already is as it was handed out"]);
    project.solve("one", "mine");
    project.run("lab reset one").says(0, &["one/src/main.rs", "kept in my-labs/.kept/"]);
    project.run("lab reset three").says(2, &["no lab called `three`", "one, two"]);
    project.run("lab reset ../labs").says(2, &["no lab called"]);
    // Also a lab whose own description is broken comes back.
    project.write("my-labs/one/lab.toml", "no toml");
    project.run("lab reset one").says(0, &["one/lab.toml"]);
}

#[test]
fn what_a_start_that_was_cut_short_has_left_is_nobodys_work() {
    let project = Project::new();
    let hand_out = |round: u32| {
        for file in ["a", "b", "c", "main"] {
            project.write(&format!("labs/one/src/{file}.rs"), &format!("// round {round}\n"));
        }
        lab::start(&project.labs(), &project.copy())
    };
    hand_out(0).unwrap();
    project.solve("one", "mine");
    // It cannot write `b` in one round and `c` in the next, and goes no further.
    let obstacle = |file: &str| project.copy().join(format!("one/src/.{file}.rs.part"));
    for (round, file) in [(1, "b"), (2, "c")] {
        std::fs::create_dir(obstacle(file)).unwrap();
        let error = hand_out(round).unwrap_err().to_string();
        assert!(error.contains(&format!("{file}.rs")), "{error}");
        std::fs::remove_dir(obstacle(file)).unwrap();
    }
    let now = ["a", "b", "c"].map(|file| project.read(&format!("my-labs/one/src/{file}.rs")));
    assert_eq!(now, ["// round 2\n", "// round 2\n", "// round 0\n"]);

    std::fs::remove_file(project.labs().join("one/src/a.rs")).unwrap();
    for file in ["b", "c", "main"] {
        project.write(&format!("labs/one/src/{file}.rs"), "// round 3\n");
    }
    let report = lab::start(&project.labs(), &project.copy()).unwrap();
    assert_eq!(report.updated, ["one/src/b.rs", "one/src/c.rs"]);
    assert_eq!(report.removed, ["one/src/a.rs"]);
    assert_eq!(report.both, [("one/src/main.rs".to_string(), "one/src/main.rs.new".to_string())]);
    assert!(project.read("my-labs/one/src/main.rs").contains("mine"));
    assert_eq!(project.read("my-labs/one/src/main.rs.new"), "// round 3\n");
}

#[test]
fn a_start_can_be_killed_at_any_moment() {
    let project = Project::new();
    for n in 0..60 {
        project.write(&format!("labs/one/src/part{n}.rs"), &"// long\n".repeat(2_000));
    }
    project.run("lab start").says(0, &[]);
    project.solve("one", "mine");
    for round in 0..12_u32 {
        for n in 0..60 {
            project.write(&format!("labs/one/src/part{n}.rs"), &format!("// round {round}\n").repeat(2_000));
        }
        let mut start = project.command("lab start").stdout(std::process::Stdio::null()).spawn().unwrap();
        // Wherever it is by then: before, in the middle, or done.
        let until = std::time::Instant::now() + std::time::Duration::from_millis(2 * u64::from(round));
        while std::time::Instant::now() < until {
            std::thread::yield_now();
        }
        start.kill().unwrap();
        start.wait().unwrap();
        for n in 0..60 {
            let part = project.read(&format!("my-labs/one/src/part{n}.rs"));
            assert_eq!(part.lines().count(), 2_000, "a half file");
        }
        assert!(project.read("my-labs/one/src/main.rs").contains("mine"));
    }
    project.run("lab start").says(0, &[]);
    for n in 0..60 {
        let part = project.read(&format!("my-labs/one/src/part{n}.rs"));
        assert!(part.starts_with("// round 11\n") && !project.has(&format!("my-labs/one/src/part{n}.rs.new")));
    }
    assert!(project.read("my-labs/one/src/main.rs").contains("mine"));
}
