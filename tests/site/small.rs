//! A small book in a project with two tiny labs.

use crate::fake::Project;

/// A project with a book of four pages an edition, without a fault.
pub(crate) fn project() -> Project {
    let project = Project::new();
    project.write("book.toml", include_str!("../../book.toml"));
    let theme = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/book/theme"));
    for entry in std::fs::read_dir(theme).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if [".css", ".js", ".svg"].iter().any(|end| name.ends_with(end)) {
            project.write(&format!("book/theme/{name}"), &std::fs::read_to_string(&path).unwrap());
        }
    }
    for (path, text) in FILES {
        project.write(path, text);
    }
    for lang in ["en", "ko"] {
        let word = if lang == "en" { "Word" } else { "말" };
        project.write(&format!("book/{lang}/SUMMARY.md"), &SUMMARY.replace("WORD", word));
        project.write(
            &format!("book/{lang}/README.md"),
            &format!("# {word} {{#book}}\n\nSee [one](tcp/connection.md#speaks).\n"),
        );
        project.write(&format!("book/{lang}/tcp/connection.md"), &CHAPTER.replace("WORD", word));
        project.write(
            &format!("book/{lang}/labs.md"),
            "# L {#labs}\n\n[All](labs.md \"all-labs\")\n\n[Table](labs.md \"all-verdicts\")\n",
        );
        let lists = "# C {#claims}\n\n[All](claims.md \"all-claims\")\n\n[Terms](claims.md \"all-terms\")\n";
        project.write(&format!("book/{lang}/bench.md"), BENCH);
        project.write(&format!("book/{lang}/claims.md"), lists);
    }
    project
}

const SUMMARY: &str = "# Summary\n\n[WORD](README.md)\n\n# TCP\n\n- [WORD 2](tcp/connection.md)\n\n# Lists\n\n\
                       - [L](labs.md)\n- [C](claims.md)\n- [B](bench.md)\n";

/// Line 5 includes, line 10 votes, line 12 asks, line 14 has a lab.
const CHAPTER: &str = r#"# WORD {#top}

## WORD one {#speaks}
```rust
{{#include ../../listings/src/bin/one.rs:all}}
```

> [!NOTE]
> Mind this.

[Claim 0-1: x](../claims.md#c0-1 "vote")

[Q](../labs.md "quiz:tcp/connection/first")

[Lab one](../labs.md#one "lab")

## WORD two {#repeats}
[Again](../claims.md "votes-again")

[Old](../labs.md "review:tcp/connection#why")

Back to [the start](../README.md), and to [a word](../claims.md#socket).

## WORD three {#stops}
The [lab](../labs.md#two).

## WORD four {#sings}
[Run](../bench.md#alone "experiment")

[Bet](../bench.md#alone "predict")

[Write](../bench.md#alone "write")
"#;

const BENCH: &str = "# B {#bench}\n\n[All](bench.md \"all-experiments\")\n\n[All](bench.md \"all-differences\")\n";

const FILES: &[(&str, &str)] = &[
    ("book/listings/src/bin/one.rs", "// ANCHOR: all\nfn main() {\n    println!(\"<&>\");\n}\n// ANCHOR_END: all\n"),
    (
        "book/claims.toml",
        r#"[[claim]]
id = "0-1"
topic = "tcp"
claim = { en = "It is so", ko = "그렇다" }
verdict = "partly"
truth = { en = "Only if `x`.", ko = "`x`일 때만 그렇습니다." }
source = ["RFC 9293 §3.4"]
status = "shown"
chapter = "tcp/connection#speaks"
shown_by = ["listing:one", "lab:one/speaks"]
"#,
    ),
    (
        "book/experiments/alone.sock",
        "# It is alone.\nhost a 10.0.0.1\n\na:\n  u = socket(AF_INET, SOCK_DGRAM)\n  send(u, \"x\") -> EDESTADDRREQ  \
         # predict\n  close(u)  # yours\n  close(u) -> EBADF\n",
    ),
    (
        "book/experiments/alone.txt",
        "a:\n  u = socket(AF_INET, SOCK_DGRAM) -> 3\n  send(u, \"x\") -> EDESTADDRREQ\n  close(u) -> 0\n  close(u) -> EBADF\n",
    ),
    (
        "book/experiments/topics.toml",
        "[[topic]]\nid = \"one\"\ntitle = { en = \"One\", ko = \"하나\" }\n\n[[topic.experiment]]\nname = \"alone\"\n\
         title = { en = \"Alone\", ko = \"혼자\" }\nasks = { en = \"What happens?\", ko = \"무슨 일이 생길까요?\" }\n\
         hint = { en = \"Close it.\", ko = \"닫으세요.\" }\n",
    ),
    (
        "book/glossary.toml",
        r#"[[term]]
id = "socket"
en = "socket"
ko = "소켓"
definition = { en = "An endpoint.", ko = "종단점입니다." }
"#,
    ),
    (
        "book/quizzes/tcp/connection.toml",
        r#"[[question]]
id = "why"
group = "first"
prompt = { en = "Why `x`?\n\n```rust\nlet a = 1;\n\nlet b = 2;\n```", ko = "왜 `x`일까요?\n\n```rust\nlet a = 1;\n\nlet b = 2;\n```" }
[[question.option]]
text = { en = "Because.", ko = "그러니까요." }
correct = true
why = { en = "It does.", ko = "그렇습니다." }
[[question.option]]
text = { en = "Not.", ko = "아닙니다." }
why = { en = "It does not.", ko = "그렇지 않습니다." }
"#,
    ),
];
