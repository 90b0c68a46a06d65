//! Help and mistakes on the command line, in both languages.

mod fake;

use fake::Project;

#[test]
fn help_is_in_one_language_down_to_its_headings() {
    let project = Project::new();
    for line in ["--help", "lab --help", "lab hint --help", "course handout --help", "doctor -h", "twins ack --help"] {
        let en = project.run(line);
        en.says(0, &["Usage: sockets", "Options:", "Print this help"]);
        assert!(en.out.is_ascii() || !en.out.chars().any(|c| ('가'..='힣').contains(&c)), "{}", en.out);
        let ko = project.run(&format!("--lang ko {line}"));
        ko.says(0, &["사용법: sockets", "옵션:", "이 도움말"]).not(&[
            "Usage",
            "Options",
            "Commands",
            "possible values",
        ]);
    }
    project.run("--lang ko --help").says(0, &["명령:", "lab", "doctor"]);
    project.run("--lang ko lab hint --help").says(0, &["인자:"]);
}

#[test]
fn each_kind_of_mistake_is_named_with_what_to_do() {
    let project = Project::new();
    for (line, en, ko) in [
        ("frob", "no command `frob`", "`frob` 명령은 없습니다"),
        ("lab frob", "no command `frob`", "`frob` 명령은 없습니다"),
        ("lab list --frob", "no argument `--frob`", "`--frob` 인자는"),
        ("lab reset", "missing: <LAB>", "빠진 것이 있습니다: <LAB>"),
        ("course handout", "missing: --out <DIR>", "빠진 것이 있습니다: --out <DIR>"),
        ("lab hint --level 4", "`4` does not fit --level", "`4` 값은 쓸 수 없습니다"),
        ("lab hnt", "Perhaps you meant: next, hint", "비슷한 것: next, hint"),
    ] {
        project.run(line).says(2, &[en, "--help"]).not(&["Usage"]);
        project.run(&format!("--lang ko {line}")).says(2, &["오류", ko, "--help"]).not(&["error", "Usage"]);
    }
    project.run("--lang fr doctor").says(2, &["`fr` does not fit --lang", "Possible: en, ko"]);
}
