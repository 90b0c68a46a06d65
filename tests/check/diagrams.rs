//! Diagrams: what is wrong with one is named with its file and line, by the
//! gates and by the build.

use sockets::site;
use sockets::text::Lang;

use crate::book::SmallBook;

const FILE: &str = "book/diagrams/hello.toml";

const GOOD: &str = r#"kind = "sequence"
title = { en = "A greeting", ko = "인사" }
desc = { en = "One greets the other", ko = "하나가 다른 하나에게 인사합니다" }
host = [
  { id = "a", en = "one", ko = "하나" },
  { id = "b", en = "other", ko = "다른 하나" },
]
step = [
  { from = "a", to = "b", both = "SYN" },
  { at = "b", en = "hears it", ko = "듣습니다" },
]
"#;

const HEADER: &str = r#"kind = "header"
title = { en = "A head", ko = "머리" }
desc = { en = "Two fields", ko = "두 칸" }

[[row]]
field = [
  { bits = "0-15", id = "one", en = "One", ko = "하나" },
  { bits = "16-31", id = "two", en = "Two", ko = "둘" },
]
"#;

const STATES: &str = r#"kind = "states"
title = { en = "Two states", ko = "두 상태" }
desc = { en = "From one to the other", ko = "하나에서 다른 하나로" }
state = [
  { id = "on", at = [0, 0], en = "on", ko = "켜짐" },
  { id = "off", at = [1, 0], en = "off", ko = "꺼짐" },
]
edge = [
  { from = "on", to = "off" },
]
"#;

/// A book that shows the diagram `text` in both editions.
fn book(text: &str) -> SmallBook {
    let book = SmallBook::new();
    book.write(FILE, text);
    for (lang, caption) in [("en", "A diagram"), ("ko", "그림 하나")] {
        let page = format!("book/{lang}/README.md");
        let body = book.read(&page);
        // The target is any page: it is the title that makes the diagram.
        book.write(&page, &format!("{body}\n[{caption}](README.md#hello \"diagram\")\n"));
    }
    book.read_twins();
    book
}

/// The gates find just this in the file, and the build says the same.
#[track_caller]
fn told(text: &str, line: usize, id: &str) {
    let book = book(text);
    let (findings, _) = sockets::check::gates(book.root());
    let found: Vec<_> = findings.iter().filter(|finding| finding.gate == "diagrams").collect();
    assert!(
        found.iter().any(|found| found.file.ends_with("hello.toml") && found.line == line && found.id == id),
        "{found:#?}"
    );
    let diagrams = sockets::diagram::Diagrams::load(book.root());
    assert!(diagrams.wrong.iter().any(|wrong| wrong.line == line && wrong.id == id), "{:#?}", diagrams.wrong);
    assert!(!diagrams.wrong[0].message(Lang::Ko).is_empty());
}

#[test]
fn good_diagrams_pass() {
    for text in [GOOD, HEADER, STATES] {
        let (findings, _) = sockets::check::gates(book(text).root());
        let wrong: Vec<_> = findings.iter().filter(|finding| finding.file.ends_with("hello.toml")).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[test]
fn an_unknown_host_is_named() {
    told(&GOOD.replace("to = \"b\"", "to = \"c\""), 9, "diagram.unknown-host");
    told(&GOOD.replace("at = \"b\"", "at = \"nobody\""), 10, "diagram.unknown-host");
}

#[test]
fn an_unknown_state_is_named() {
    told(&STATES.replace("to = \"off\"", "to = \"of\""), 9, "diagram.unknown-state");
    let tcp = "kind = \"tcp-states\"\ntitle = { en = \"T\", ko = \"티\" }\ndesc = { en = \"D\", ko = \"디\" }\n";
    told(&format!("{tcp}path = [\n  \"LISTEN\",\n  \"OPEN\",\n]\n"), 6, "diagram.unknown-state");
}

#[test]
fn fields_fill_their_row_and_do_not_overlap() {
    told(&HEADER.replace("16-31", "15-31"), 8, "diagram.overlap");
    told(&HEADER.replace("16-31", "17-31"), 8, "diagram.hole");
    told(&HEADER.replace("16-31", "16-30"), 8, "diagram.short-row");
    told(&HEADER.replace("16-31", "16-32"), 8, "diagram.bits");
    told(&HEADER.replace("16-31", "rest"), 8, "diagram.bits");
}

#[test]
fn words_are_there_in_both_languages() {
    told(&GOOD.replace(", ko = \"듣습니다\"", ""), 10, "diagram.language");
    told(&HEADER.replace("en = \"One\", ", ""), 7, "diagram.language");
    told(&GOOD.replace("ko = \"인사\"", "ko = \" \""), 1, "diagram.unspoken");
    told(
        &GOOD.replace("title = { en = \"A greeting\", ko = \"인사\" }", "title = { en = \"A greeting\" }"),
        2,
        "diagram.unreadable",
    );
}

#[test]
fn words_have_room() {
    let long = "ko = \"너무 길어서 어디에도 들어가지 않는 이름\"";
    told(&HEADER.replace("0-15", "0-2").replace("16-31", "3-31").replace("ko = \"하나\"", long), 7, "diagram.no-room");
}

#[test]
fn what_cannot_be_a_diagram_is_told() {
    told(&GOOD.replace("\"sequence\"", "\"pie\""), 1, "diagram.kind");
    told(&GOOD.replace("id = \"b\"", "id = \"a\""), 6, "diagram.doubled");
    told(&GOOD.replace("to = \"b\"", "to = \"a\""), 9, "diagram.itself");
    told(&GOOD.replace("step = [", "stop = ["), 8, "diagram.unreadable");
    told(&STATES.replace("[1, 0]", "[0, 0]"), 6, "diagram.same-place");
    told("kind = ", 1, "diagram.unreadable");
}

#[test]
fn a_diagram_that_nobody_shows_or_that_is_not_there_is_told() {
    let book = book(GOOD);
    book.edit("book/ko/README.md", "#hello", "#hallo");
    let (findings, _) = sockets::check::gates(book.root());
    let has = |id: &str, file: &str| findings.iter().any(|found| found.id == id && found.file.ends_with(file));
    assert!(has("diagram.unused", "hello.toml"), "{findings:#?}");
    assert!(has("check.directives.no-diagram", "ko/README.md"), "{findings:#?}");
}

/// The build names the same places.
#[test]
fn the_build_refuses_it_too() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path();
    let book = book(&GOOD.replace("to = \"b\"", "to = \"c\""));
    book.write("book/diagrams/alone.toml", GOOD);
    for entry in walkdir::WalkDir::new(book.root()).into_iter().flatten() {
        let path = copy.join(entry.path().strip_prefix(book.root()).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(path).unwrap();
        } else {
            std::fs::copy(entry.path(), path).unwrap();
        }
    }
    std::fs::copy(root.join("book.toml"), copy.join("book.toml")).unwrap();
    std::fs::create_dir_all(copy.join("book/theme")).unwrap();
    for entry in std::fs::read_dir(root.join("book/theme")).unwrap().flatten() {
        std::fs::copy(entry.path(), copy.join("book/theme").join(entry.file_name())).unwrap();
    }
    let site = site::build(copy, None, Lang::En, &|_| {}).unwrap();
    let has = |file: &str, line: usize, what: &str| {
        site.faults.iter().any(|fault| fault.file.ends_with(file) && fault.line == line && fault.message.contains(what))
    };
    assert!(has("hello.toml", 9, "no host is called `c`"), "{:#?}", site.faults);
    assert!(has("alone.toml", 1, "shows this diagram"), "{:#?}", site.faults);
    assert!(!has("hello.toml", 1, "shows this diagram"), "{:#?}", site.faults);
}
