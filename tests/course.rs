//! `sockets course handout`: a starter pack stands alone and gives nothing
//! away.

mod fake;

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use fake::Project;
use sockets::course::{self, Pack, PackError, Source};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn cargo(args: &[&str], dir: &Path) -> (bool, String) {
    let mut command = Command::new(env!("CARGO"));
    command.args(args).current_dir(dir).env_remove("CARGO_TARGET_DIR");
    let output = command.output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// All files below `dir`, with `/`.
fn listing(dir: &Path) -> BTreeSet<String> {
    fn walk(dir: &Path, below: &str, files: &mut BTreeSet<String>) {
        for entry in fs::read_dir(dir).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{below}{}", entry.file_name().to_string_lossy());
            if entry.file_type().unwrap().is_dir() {
                walk(&entry.path(), &format!("{path}/"), files);
            } else {
                files.insert(path);
            }
        }
    }
    let mut files = BTreeSet::new();
    walk(dir, "", &mut files);
    files
}

#[test]
fn a_pack_holds_the_chosen_labs_and_nothing_else() {
    let project = Project::new();
    project.write("LICENSE-MIT", "MIT");
    project.write("labs/README.md", "of the project, not of the pack");
    project.run("course handout --out packs/week-1 --labs one").says(0, &["packs/week-1", "packs/week-1.zip"]);
    let files = listing(&project.root().join("packs/week-1"));
    let expected = [
        ".gitignore",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE-MIT",
        "README.ko.md",
        "README.md",
        "harness/Cargo.toml",
        "harness/src/lib.rs",
        "one/Cargo.toml",
        "one/lab.toml",
        "one/src/main.rs",
        "one/tests/one.rs",
    ];
    assert_eq!(files, expected.map(str::to_string).into());
    let manifest = project.read("packs/week-1/Cargo.toml");
    assert!(manifest.contains("\"one\"") && !manifest.contains("two"), "{manifest}");
    assert!(!project.read("packs/week-1/Cargo.lock").contains("two"));

    // It stands alone: checked, and red as a starter has to be.
    let pack = project.root().join("packs/week-1");
    let (ok, said) = cargo(&["metadata", "--offline", "--locked", "--format-version=1"], &pack);
    assert!(ok, "{said}");
    let (ok, said) = cargo(&["test", "--offline", "--locked"], &pack);
    assert!(!ok && said.contains("Running"), "the starter compiles and fails: {said}");
}

#[test]
fn the_instructions_are_in_both_languages() {
    let project = Project::new();
    project.run("course handout --out pack --site-url https://book.example/sub/").says(0, &[]);
    let (en, ko) = (project.read("pack/README.md"), project.read("pack/README.ko.md"));
    for part in ["cargo test -p one", "Lab one", "`two/src/main.rs`", "| `speaks` | It speaks. | 10 |"] {
        assert!(en.contains(part), "{part} not in\n{en}");
    }
    for part in ["cargo test -p one", "실습 one", "`two/src/main.rs`", "| `speaks` | speaks 해야 합니다. | 10 |"]
    {
        assert!(ko.contains(part), "{part} not in\n{ko}");
    }
    assert!(en.contains("(https://book.example/sub/en/tcp/connection.html)"), "{en}");
    assert!(ko.contains("(https://book.example/sub/ko/tcp/connection.html)"), "{ko}");
    // The messages of the pack link there, too.
    let config = project.read("pack/.cargo/config.toml");
    assert_eq!(config.parse::<toml::Table>().unwrap()["env"]["LAB_BOOK"].as_str(), Some("https://book.example/sub"));

    // A pack alone has no book.
    project.run("course handout --out bare").says(0, &[]);
    assert!(!project.has("bare/.cargo/config.toml"));
    for name in ["bare/README.md", "bare/README.ko.md"] {
        let text = project.read(name);
        assert!(text.contains("http://127.0.0.1:4000/") && text.contains("LAB_BOOK="), "{text}");
    }
}

#[test]
fn the_labs_stand_in_the_order_of_the_path() {
    let project = Project::new();
    let manifest = project.read("labs/Cargo.toml");
    let turned = manifest.replace("\"one\",\n    \"two\"", "\"two\",\n    \"one\"");
    assert_ne!(manifest, turned);
    project.write("labs/Cargo.toml", &turned);
    project.run("course handout --out pack").says(0, &[]);
    let text = project.read("pack/README.md");
    let place = |lab: &str| text.find(&format!("### {lab}: ")).unwrap();
    assert!(place("two") < place("one") && text.contains("cargo test -p two\n```"), "{text}");
}

#[test]
fn the_same_labs_give_the_same_bytes() {
    let project = Project::new();
    project.run("course handout --out a/pack").says(0, &[]);
    project.run("course handout --out b/pack").says(0, &[]);
    let zip = |folder: &str| fs::read(project.root().join(folder).join("pack.zip")).unwrap();
    assert_eq!(zip("a"), zip("b"));

    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip("a"))).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let folder = listing(&project.root().join("a/pack"));
    assert_eq!(names, folder.iter().map(|path| format!("pack/{path}")).collect::<Vec<_>>());
    for path in folder {
        let mut content = Vec::new();
        archive.by_name(&format!("pack/{path}")).unwrap().read_to_end(&mut content).unwrap();
        assert_eq!(content, fs::read(project.root().join("a/pack").join(&path)).unwrap(), "{path}");
    }
}

#[test]
fn what_is_there_is_not_written_over() {
    let project = Project::new();
    project.write("pack/grades.csv", "of great value");
    let handout = "course handout --out pack";
    project.run(handout).says(2, &["pack is already there", "--force"]);
    assert_eq!(listing(&project.root().join("pack")).len(), 1);
    project.run("course handout --out pack --force").says(0, &["Moved aside", "pack.kept-"]);
    assert!(!project.has("pack/grades.csv") && project.has("pack/one/lab.toml"));
    let kept = listing(project.root()).into_iter().find(|path| path.ends_with("grades.csv")).unwrap();
    assert_eq!(project.read(&kept), "of great value");

    // The zip counts too; an empty folder does not.
    fs::create_dir(project.root().join("empty")).unwrap();
    project.run("course handout --out empty").says(0, &[]);
    fs::remove_dir_all(project.root().join("empty")).unwrap();
    project.run("course handout --out empty").says(2, &["empty.zip is already there"]);
}

#[test]
fn mistakes_are_named_before_anything_is_written() {
    let project = Project::new();
    project.run("course handout --out pack --labs one,three,four").says(2, &["three, four", "one, two"]);
    project.run("course handout").says(2, &["--out"]);
    project.run("course handout --out labs/pack").says(2, &["inside the handout"]);
    project.run("course handout --out /").says(2, &[]);
    project.run("--lang ko course handout --out pack --labs three").says(2, &["없는 실습입니다: three"]);
    project.write("labs/one/src/solution.txt", "the answer");
    project.write("labs/notes-of-the-author.md", "private");
    project
        .run("course handout --out pack")
        .says(2, &["notes-of-the-author.md, one/src/solution.txt", "nothing is given out by accident"]);
    fs::remove_file(project.root().join("labs/one/src/solution.txt")).unwrap();
    fs::remove_file(project.root().join("labs/notes-of-the-author.md")).unwrap();
    fs::remove_file(project.root().join("labs/Cargo.lock")).unwrap();
    project.run("course handout --out pack").says(2, &["Cargo.lock is missing"]);
    project.write("labs/Cargo.lock", "version = 4\n");
    project.run("course handout --out pack").says(2, &["Cargo.lock", "does not know"]);
    project.write("labs/one/lab.toml", "id = \"one\"\nfrob = 1\n");
    project.run("course handout --out pack").says(2, &["one/lab.toml:2", "frob"]);
    assert!(!project.has("pack") && !project.has("pack.zip"));
}

#[test]
fn a_lab_that_needs_another_is_told() {
    let project = Project::new();
    let lock = project.read("labs/Cargo.lock").replace(
        "name = \"two\"\nversion = \"0.0.0\"\ndependencies = [\n",
        "name = \"two\"\nversion = \"0.0.0\"\ndependencies = [\n \"one\",\n",
    );
    project.write("labs/Cargo.lock", &lock);
    project.run("course handout --out pack --labs two").says(2, &["need one"]);
}

// The real labs of this project.

fn real() -> Pack {
    course::pack(&Source { root: root(), labs: &[], site: None, vendor: false })
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Every kind of file that a pack may hold. Written here once more, so that a
/// change of the list in the command is seen.
fn allowed(path: &str) -> bool {
    let top = ["Cargo.toml", "Cargo.lock", ".gitignore", "rustfmt.toml", "README.md", "README.ko.md"];
    let rest = ["LICENSE-MIT", "LICENSE-APACHE", ".config/insta.yaml", ".vscode/settings.json"];
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        _ if top.contains(&path) || rest.contains(&path) => true,
        [_, "Cargo.toml"] => true,
        ["harness", "src", ..] => path.ends_with(".rs") || path.ends_with(".toml"),
        [_, "lab.toml"] => true,
        [_, "src", ..] => path.ends_with(".rs"),
        [_, "tests", "snapshots", file] => file.ends_with(".snap"),
        [_, "tests", ..] => path.ends_with(".rs"),
        _ => false,
    }
}

#[test]
fn the_real_pack_holds_only_what_is_allowed() {
    let pack = real();
    let odd: Vec<&String> = pack.keys().filter(|path| !allowed(path)).collect();
    assert!(odd.is_empty(), "{odd:?}");
    assert!(pack.keys().any(|path| path.ends_with("lab.toml")));
}

#[test]
fn every_real_lab_alone_is_a_workspace_that_cargo_accepts_as_it_is() {
    // What the labs are made with, once, as any build of them would.
    let (ok, said) = cargo(&["fetch", "--locked"], &root().join("labs"));
    assert!(ok, "{said}");
    let ids = sockets::lab::ids(&root().join("labs"));
    let choices = ids.iter().map(|id| vec![id.clone()]).chain([ids.clone()]);
    for labs in choices {
        let pack = course::pack(&Source { root: root(), labs: &labs, site: None, vendor: false }).unwrap();
        let dir = tempfile::tempdir().unwrap();
        for (path, content) in &pack {
            let file = dir.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, content).unwrap();
        }
        let (ok, said) = cargo(&["metadata", "--offline", "--locked", "--format-version=1"], dir.path());
        assert!(ok, "{labs:?}: {said}");
    }
}

#[test]
fn a_pack_with_its_sources_builds_where_nothing_can_be_downloaded() {
    let (ok, said) = cargo(&["fetch", "--locked"], &root().join("labs"));
    assert!(ok, "{said}");
    let room = tempfile::tempdir().unwrap();
    let (pack, home) = (room.path().join("pack"), room.path().join("home"));
    let mut handout = Command::new(env!("CARGO_BIN_EXE_sockets"));
    handout.args(["--lang", "en", "course", "handout", "--labs", "tcp-echo", "--vendor", "--out"]).arg(&pack);
    // What was fetched is enough: nothing here depends on the network's mood.
    let output = handout.current_dir(root()).env("CARGO_NET_OFFLINE", "true").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let readme = fs::read_to_string(pack.join("README.md")).unwrap();
    assert!(readme.contains("not even a network"), "{readme}");

    fs::create_dir(&home).unwrap();
    let test = |dir: &Path| {
        let mut build = Command::new(env!("CARGO"));
        build.args(["test", "-p", "tcp-echo", "--no-run", "--offline", "--locked"]).current_dir(dir);
        build.env("CARGO_HOME", &home).env_remove("CARGO_TARGET_DIR").output().unwrap()
    };
    let output = test(&pack);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    // The same home and no sources: here it would have been found out.
    let bare = room.path().join("bare");
    let mut handout = Command::new(env!("CARGO_BIN_EXE_sockets"));
    handout.args(["course", "handout", "--labs", "tcp-echo", "--out"]).arg(&bare);
    assert!(handout.current_dir(root()).output().unwrap().status.success());
    assert!(!test(&bare).status.success(), "cargo found the sources elsewhere, so the pack shows nothing");
}

/// The programs that must not be given out, and their lab.
fn subjects() -> Vec<(String, PathBuf)> {
    let mut subjects = Vec::new();
    for id in sockets::lab::ids(&root().join("labs")) {
        let folder = root().join("tests/subjects").join(&id);
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|end| end == "rs") {
                subjects.push((id.clone(), entry.path()));
            }
        }
    }
    subjects
}

/// A line without what a comment or an indentation adds to it.
fn bare(line: &str) -> &str {
    line.trim().trim_start_matches("//").trim()
}

/// Whether a line is worth hiding: long enough to be a thought of its own,
/// and not a line that any program has.
fn of_substance(line: &str) -> bool {
    let line = bare(line);
    line.len() >= 24 && !line.starts_with("use ") && !line.starts_with("fn main(")
}

#[test]
fn no_line_of_a_solution_or_of_a_wrong_program_is_given_out() {
    let pack = real();
    let mut given_away = Vec::new();
    // What stands in a starter as code is the student's to begin with, in
    // every lab: one lab's frame may be a line of another's answer.
    let starters = pack.iter().filter(|(path, _)| path.ends_with("/src/main.rs"));
    let starters: String = starters.map(|(_, content)| String::from_utf8_lossy(content)).collect();
    let begun: BTreeSet<&str> = starters.lines().map(str::trim).collect();
    for (_, path) in subjects() {
        let text = fs::read_to_string(&path).unwrap();
        let secret: BTreeSet<&str> = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .map(bare)
            .filter(|line| of_substance(line) && !begun.contains(line))
            .collect();
        for (file, content) in &pack {
            let content = String::from_utf8_lossy(content);
            let hits: Vec<(usize, &str)> =
                content.lines().map(bare).enumerate().filter(|(_, line)| secret.contains(line)).collect();
            // The harness opens sockets too: there one line alone is nobody's
            // secret, and a second one close by makes a piece of an answer.
            let alone = |n: usize| !hits.iter().any(|(other, _)| *other != n && other.abs_diff(n) <= 6);
            for (n, line) in hits.iter().filter(|(n, _)| !(file.starts_with("harness/") && alone(*n))) {
                given_away.push(format!("{file}:{}: {line} ({})", n + 1, path.display()));
            }
        }
    }
    assert!(given_away.is_empty(), "{}", given_away.join("\n"));
}

#[test]
fn the_search_for_solutions_would_find_one() {
    // A search that finds nothing proves something only if there is something
    // to look for, and if it is found where it is.
    let all = subjects();
    for lab in sockets::lab::ids(&root().join("labs")) {
        let of_lab: Vec<_> = all.iter().filter(|(id, _)| *id == lab).collect();
        let solution = of_lab.iter().find(|(_, path)| path.ends_with("solution.rs"));
        let (_, solution) = solution.unwrap_or_else(|| panic!("{lab} has no solution to look for"));
        let text = fs::read_to_string(solution).unwrap();
        let starter = fs::read_to_string(root().join("labs").join(&lab).join("src/main.rs")).unwrap();
        let begun: BTreeSet<&str> = starter.lines().map(str::trim).collect();
        let lines = text.lines().filter(|line| of_substance(line) && !begun.contains(line.trim())).count();
        // The first lab is three calls long; every other one is work.
        let least = if lab == "first-socket" { 3 } else { 5 };
        assert!(lines >= least, "{lab}: only {lines} lines of its solution are worth looking for");
    }
    assert_eq!(bare("    // let n = stream.read(&mut buf)?;"), "let n = stream.read(&mut buf)?;");
    assert!(matches!(
        course::pack(&Source { root: root(), labs: &["none".to_string()], site: None, vendor: false }),
        Err(PackError::Unknown(..))
    ));
}

/// The page for instructors shows `judge.sh`: here it judges.
#[cfg(target_os = "linux")]
#[test]
fn the_script_of_the_page_tells_right_from_wrong_from_unfinished() {
    let dir = tempfile::tempdir().unwrap();
    let labs = ["tcp-echo".to_string()];
    let pack = course::pack(&Source { root: root(), labs: &labs, site: None, vendor: false }).unwrap();
    for (path, content) in &pack {
        let file = dir.path().join("week-1").join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }
    let subject = |name: &str| fs::read(root().join("tests/subjects/tcp-echo").join(name)).unwrap();
    let returned = [
        ("ann", subject("solution.rs")),
        ("bob", subject("wrong-one-at-a-time.rs")),
        ("eve", b"fn main() { let x: u8 = \"no\"; }\n".to_vec()),
        ("kim", pack["tcp-echo/src/main.rs"].clone()),
    ];
    for (who, main) in &returned {
        fs::create_dir_all(dir.path().join("returned").join(who)).unwrap();
        fs::write(dir.path().join("returned").join(who).join("main.rs"), main).unwrap();
    }
    let judge = || {
        let mut command = Command::new("sh");
        command.arg(root().join("book/listings/judge.sh")).args(["week-1", "tcp-echo"]).current_dir(dir.path());
        let output = command.output().unwrap();
        let said = fake::Said::of(&output);
        assert_eq!(said.code, Some(0), "{said:#?}");
        let verdicts: Vec<String> = said
            .out
            .lines()
            .map(|line| line.rsplit_once(' ').unwrap())
            .map(|(verdict, isolated)| {
                assert!(["isolated", "NOT-ISOLATED"].contains(&isolated), "{said:#?}");
                verdict.to_string()
            })
            .collect();
        verdicts
    };
    let shown = fs::read_to_string(root().join("book/listings/judge.txt")).unwrap();
    let shown: Vec<&str> = shown.lines().map(|line| line.trim_end_matches(" isolated")).collect();
    assert_eq!(judge(), shown, "the page shows something else");
    assert_eq!(shown, ["ann 0 8", "bob 101 7", "eve build 0", "kim 101 0"]);
    let report = fs::read_to_string(dir.path().join("judged/bob.txt")).unwrap();
    assert!(report.contains("serves_others_while_one_is_silent"), "{report}");
    assert!(fs::read_to_string(dir.path().join("judged/eve.txt")).unwrap().contains("mismatched types"));

    // Handed in again: judged is what was handed in last, never what was built.
    fs::write(dir.path().join("returned/ann/main.rs"), subject("wrong-one-at-a-time.rs")).unwrap();
    assert_eq!(judge()[0], "ann 101 7");
}
