//! A project with two tiny labs, so that what hands out, runs and packs labs
//! is tested without the real ones: their "network" is what a program prints.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Root of a project in a temporary folder.
pub(crate) struct Project {
    dir: tempfile::TempDir,
}

impl Project {
    /// With the labs `one` (two stages, three checks) and `two` (one check).
    pub(crate) fn new() -> Project {
        let project = Project { dir: tempfile::tempdir().unwrap() };
        project.write("book.toml", "");
        project.write("Cargo.toml", "# not the labs'\n");
        for (path, content) in LABS {
            project.write(&format!("labs/{path}"), content);
        }
        project.write("labs/one/lab.toml", &lab_toml("one", 1, &[("speaks", 1), ("repeats", 2), ("stops", 2)]));
        project.write("labs/one/tests/one.rs", &tests("one", &["speaks", "repeats", "stops"]));
        project.write("labs/two/lab.toml", &lab_toml("two", 2, &[("sings", 1)]));
        project.write("labs/two/tests/two.rs", &tests("two", &["sings"]));
        project
    }

    pub(crate) fn root(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn labs(&self) -> PathBuf {
        self.root().join("labs")
    }

    pub(crate) fn copy(&self) -> PathBuf {
        self.root().join("my-labs")
    }

    /// Writes a file below the root; folders are made.
    pub(crate) fn write(&self, path: &str, content: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    #[track_caller]
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.root().join(path).exists()
    }

    /// A program for a lab that prints these words.
    pub(crate) fn solve(&self, lab: &str, words: &str) {
        self.write(&format!("my-labs/{lab}/src/main.rs"), &format!("fn main() {{ println!(\"{words}\"); }}\n"));
    }

    /// The command, in the root, speaking English.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sockets"));
        command.args(line.split_whitespace()).current_dir(self.root()).env("SOCKETS_LANG", "en");
        // Cargo is asked by a test that cargo itself runs.
        command
            .env_remove("RUST_BACKTRACE")
            .env_remove("LAB_RECORD")
            .env_remove("LAB_LANG")
            .env_remove("CARGO_TARGET_DIR")
            .env("NO_COLOR", "1");
        command.stdin(Stdio::null());
        command
    }

    /// Runs the command to its end.
    pub(crate) fn run(&self, line: &str) -> Said {
        Said::of(&self.command(line).output().unwrap())
    }
}

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    pub(crate) fn of(output: &Output) -> Said {
        Said {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// It ended with `code`, and said each of `parts` on either stream.
    #[track_caller]
    pub(crate) fn says(&self, code: i32, parts: &[&str]) -> &Said {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert_eq!(self.hole(), None, "a value was not filled in\n{self:#?}");
        for part in parts {
            assert!(self.out.contains(part) || self.err.contains(part), "not said: {part}\n{self:#?}");
        }
        self
    }

    /// A `{name}` that was printed instead of its value.
    fn hole(&self) -> Option<&str> {
        let holes = [&self.out, &self.err].into_iter().flat_map(|text| text.split('{').skip(1));
        holes
            .filter_map(|rest| rest.split_once('}'))
            .map(|(name, _)| name)
            .find(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
    }

    /// It did not say any of `parts`.
    #[track_caller]
    pub(crate) fn not(&self, parts: &[&str]) -> &Said {
        for part in parts {
            assert!(!self.out.contains(part) && !self.err.contains(part), "said: {part}\n{self:#?}");
        }
        self
    }
}

/// A `lab.toml` with these checks (name, stage).
pub(crate) fn lab_toml(id: &str, level: u8, checks: &[(&str, u8)]) -> String {
    let mut text = format!(
        "id = \"{id}\"\nchapter = \"tcp/connection\"\nlevel = {level}\nminutes = 30\nneeds = \"user\"\n\
         systems = [\"linux\", \"macos\"]\nedit = [\"src/main.rs\"]\n\
         title = {{ en = \"Lab {id}\", ko = \"실습 {id}\" }}\n\
         goal = {{ en = \"A program that prints.\", ko = \"말하는 프로그램입니다.\" }}\n"
    );
    for (name, stage) in checks {
        text += &format!(
            "\n[[check]]\nname = \"{name}\"\nstage = {stage}\npoints = 10\nread = \"tcp/connection#{name}\"\n\
             says = {{ en = \"It {name}.\", ko = \"{name} 해야 합니다.\" }}\nby_hand = \"nc 127.0.0.1 PORT\"\n\
             hints = [\n  {{ en = \"{name} nudge\", ko = \"{name} 실마리\" }},\n  \
             {{ en = \"{name} more\", ko = \"{name} 더\" }},\n  {{ en = \"{name} nearly all\", ko = \"{name} 거의 답\" }},\n]\n"
        );
    }
    text
}

fn tests(lab: &str, checks: &[&str]) -> String {
    checks
        .iter()
        .map(|check| {
            format!(
                "#[test]\nfn {check}() {{\n    harness::check({lab:?}, {check:?}, env!(\"CARGO_BIN_EXE_{lab}\"));\n}}\n"
            )
        })
        .collect()
}

const LABS: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        "# The handout.\n[workspace]\nresolver = \"3\"\nmembers = [\n    \"harness\", # drives\n    \"one\",\n    \"two\",\n]\n",
    ),
    (
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"harness\"\nversion = \"0.0.0\"\n\n\
         [[package]]\nname = \"one\"\nversion = \"0.0.0\"\ndependencies = [\n \"harness\",\n]\n\n\
         [[package]]\nname = \"two\"\nversion = \"0.0.0\"\ndependencies = [\n \"harness\",\n]\n",
    ),
    (".gitignore", "/target\n"),
    ("harness/Cargo.toml", "[package]\nname = \"harness\"\nversion = \"0.0.0\"\nedition = \"2024\"\n"),
    ("harness/src/lib.rs", HARNESS),
    ("one/Cargo.toml", ONE),
    ("one/src/main.rs", "fn main() {\n    // Speak here.\n}\n"),
    ("two/Cargo.toml", TWO),
    ("two/src/main.rs", "fn main() {\n    // Sing here.\n}\n"),
];

const ONE: &str = "[package]\nname = \"one\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                   [dev-dependencies]\nharness = { path = \"../harness\" }\n";
const TWO: &str = "[package]\nname = \"two\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                   [dev-dependencies]\nharness = { path = \"../harness\" }\n";

/// Passes if the program prints the name of the check. `escape` (a process
/// that leaves the group), `hang`, `flood`, `silent` (no record), `steps` (a failure taken apart, for
/// a picture) and `forge` (a record that the exit code belies) in
/// what it prints do what they say.
const HARNESS: &str = r##"
use std::io::Write;
use std::process::Command;

pub fn check(lab: &str, check: &str, program: &str) {
    let head = format!("\"lab\":\"{lab}\",\"check\":\"{check}\"");
    write(&format!("{{\"event\":\"start\",{head},\"seed\":7}}"));
    let output = Command::new(program).env_remove("LAB_RECORD").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    write(&format!(
        "{{\"event\":\"step\",{head},\"n\":1,\"line\":\"program: speak\",\"from\":\"program\",\"to\":\"a\",\"what\":\"speak\"}}"
    ));
    if said.contains("escape") {
        // Leaves the process group, and names the program so that it is found.
        Command::new("setsid").args(["sh", "-c", "sleep 600; : $0", program]).spawn().unwrap();
    }
    if said.contains("hang") {
        std::thread::sleep(std::time::Duration::from_secs(600));
    }
    if said.contains("flood") {
        for _ in 0..40_000 {
            println!("{}", "flood ".repeat(20));
        }
    }
    let ok = said.contains(check);
    let verdict = if said.contains("absent") { "not-run" } else if ok || said.contains("forge") { "pass" } else { "fail" };
    let line = |text: &str| format!("{{\"from\":\"program\",\"to\":\"a\",\"text\":\"{text}\"}}");
    let steps = match said.contains("steps") && !ok {
        true => format!(
            ",\"first_difference\":2,\"expected_steps\":[{0},{1}],\"observed_steps\":[{0},{2}],\"hint\":\"look here\",\
             \"bytes\":{{\"from\":0,\"at\":1,\"expected\":\"6162\",\"observed\":\"6163\"}}",
            line("speak"), line(check), line("other"),
        ),
        false => String::new(),
    };
    if !said.contains("silent") {
        write(&format!(
            "{{\"event\":\"verdict\",{head},\"verdict\":\"{verdict}\",\"expected\":[\"{check}\"],\"observed\":[],\"ms\":3{steps}}}"
        ));
    }
    assert!(ok, "step 1: expected the word {check}, lang {}", std::env::var("LAB_LANG").unwrap_or_default());
}

fn write(line: &str) {
    let Some(path) = std::env::var_os("LAB_RECORD") else { return };
    let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(format!("{line}\n").as_bytes()).unwrap();
}
"##;
