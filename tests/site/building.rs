//! Both editions as files.

use std::fs;
use std::io::Write as _;

use sockets::site::{Kept, Site, build, rebuild};
use sockets::text::Lang;

use crate::fake::Project;
use crate::small;

#[track_caller]
pub(crate) fn built(project: &Project, site_url: Option<&str>) -> Site {
    build(project.root(), site_url, Lang::En, &|_| {}).unwrap()
}

#[track_caller]
pub(crate) fn page<'a>(site: &'a Site, path: &str) -> &'a str {
    std::str::from_utf8(site.files.get(path).unwrap_or_else(|| panic!("no {path}: {:?}", site.files.keys()))).unwrap()
}

#[track_caller]
pub(crate) fn holds(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "lacks {part}\n{page}");
    }
}

#[test]
fn a_good_book_has_every_card_in_both_editions() {
    let site = built(&small::project(), None);
    assert_eq!(site.faults, []);
    for lang in ["en", "ko"] {
        let chapter = page(&site, &format!("{lang}/tcp/connection.html"));
        holds(
            chapter,
            &[
                &format!("<html lang=\"{lang}\""),
                "data-testid=\"vote\" data-claim=\"0-1\"",
                "id=\"vote-0-1\"",
                "id=\"again-0-1\"",
                "data-testid=\"quiz\" data-question=\"tcp/connection#why\"",
                "data-testid=\"lab-card\" data-lab=\"one\"",
                "data-check=\"speaks\"",
                "href=\"../labs.html#one\"",
                "href=\"../claims.html#c0-1\"",
                // Evidence leads to the section that shows the listing.
                "<a href=\"#speaks\">",
                // A blank line in the code of a question ends nothing.
                "<span class=\"k\">let</span> b",
                "&lt;&amp;&gt;",
                "href=\"../index.html\"",
            ],
        );
        assert!(!chapter.contains("ANCHOR"), "{chapter}");
        holds(page(&site, &format!("{lang}/labs.html")), &["id=\"one\"", "id=\"two\""]);
        holds(
            page(&site, &format!("{lang}/claims.html")),
            &["id=\"c0-1\"", "id=\"socket\"", "data-verdict=\"partly\""],
        );
    }
    holds(page(&site, "index.html"), &["href=\"en/index.html\"", "href=\"ko/index.html\""]);
}

#[test]
fn everything_with_an_address_can_be_found_at_it() {
    let site = built(&small::project(), None);
    for lang in ["en", "ko"] {
        let chapter = page(&site, &format!("{lang}/tcp/connection.html"));
        let file = chapter.split("data-index=\"../").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let index: serde_json::Value = serde_json::from_str(page(&site, &format!("{lang}/{file}"))).unwrap();
        let [pages, ids, kinds] = ["page", "id", "kind"].map(|column| index["places"][column].as_array().unwrap());
        let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str().unwrap()).collect();
        assert!(pages.len() == ids.len() && ids.len() == kinds.len());
        for (on, id) in pages.iter().zip(ids) {
            let on = index["pages"][on.as_u64().unwrap() as usize][0].as_str().unwrap();
            let html = page(&site, &format!("{lang}/{on}"));
            assert!(html.contains(&format!("id=\"{}\"", id.as_str().unwrap())), "{id} is not on {on}");
        }
        for kind in ["h1", "h2", "claim", "lab", "experiment"] {
            assert!(kinds.contains(&kind), "no {kind} in {kinds:?}");
        }
        // The text is there once: what is on a card is found where all cards are.
        let claims = kinds.iter().filter(|kind| **kind == "claim").count();
        assert_eq!(claims, html_count(page(&site, &format!("{lang}/claims.html")), "class=\"claim\""));
    }
}

fn html_count(page: &str, what: &str) -> usize {
    page.matches(what).count()
}

#[test]
fn what_earlier_builds_left_changes_nothing() {
    let project = small::project();
    let again = |kept: &Kept| rebuild(project.root(), None, Lang::En, kept, &|_| {}).unwrap().files;
    let fresh = || built(&project, None).files;
    let file = project.root().join(Kept::FILE);
    let first = fresh();
    assert!(!file.exists());
    assert!(again(&Kept::open(project.root())) == first, "with nothing kept yet");
    let good = fs::read(&file).unwrap();
    let kept = Kept::open(project.root());
    assert!(again(&kept) == first, "with all of it kept");

    // The last byte of each half is in some entry.
    for at in [good.len() / 2, good.len() - 1] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        fs::write(&file, &bad).unwrap();
        assert!(again(&Kept::open(project.root())) == first, "with a damaged byte {at}");
        assert!(fs::read(&file).unwrap() == good, "the damage at {at} was not mended");
    }

    // The same process, and one that comes after it, see what changed.
    edit(&project, "book/experiments/alone.sock", "\"x\"", "\"a longer word\"");
    let changed = fresh();
    assert!(changed["en/figures/alone.svg"] != first["en/figures/alone.svg"]);
    assert!(again(&kept) == changed, "after a script was changed");
    edit(&project, "book/ko/tcp/connection.md", "Mind this", "이것도");
    let changed = fresh();
    assert!(again(&Kept::open(project.root())) == changed, "after a text was changed");
    assert!(again(&kept) == changed);
}

#[test]
fn korean_pages_speak_korean() {
    let site = built(&small::project(), None);
    let chapter = page(&site, "ko/tcp/connection.html");
    holds(
        chapter,
        &["참고", "이전", "다음", "차례", "본문으로 건너뛰기", "실험을 마쳤다면: 판정 보기", "<html lang=\"ko\""],
    );
    for english in ["Note</", "Next", "Previous", "Contents", "After the experiment", "Hint 1"] {
        assert!(!chapter.contains(english), "{english} on a Korean page");
    }
}

#[test]
fn a_page_asks_no_other_host_and_works_below_any_path() {
    let site = built(&small::project(), None);
    for (path, bytes) in site.files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let html = std::str::from_utf8(bytes).unwrap();
        for part in html.split(['<']) {
            let loads = ["script", "link", "img", "iframe"].iter().any(|tag| part.starts_with(tag));
            assert!(!(loads && part.contains("//")), "{path} loads <{part}");
            assert!(!part.contains("href=\"/") && !part.contains("src=\"/"), "{path} is bound to a root: <{part}");
        }
        assert!(!html.contains("canonical") && !html.contains("rel=\"alternate\""), "{path}: no address was given");
    }
}

/// One change that breaks the book, and how the fault has to read.
type Break = (fn(&Project), &'static str);

const BREAKS: &[Break] = &[
    (
        |p| replace(p, "one.rs:all", "two.rs"),
        "book/en/tcp/connection.md:5: no such file to include: ../../listings/src/bin/two.rs",
    ),
    (|p| replace(p, "one.rs:all", "one.rs:some"), "book/en/tcp/connection.md:5: the included file has no such anchor"),
    (
        |p| p.write("book/listings/src/bin/one.rs", "// ANCHOR: all\n\n// ANCHOR_END: all\n"),
        "book/en/tcp/connection.md:5: this includes nothing",
    ),
    (|p| replace(p, "#c0-1 \"vote\"", "#c9-9 \"vote\""), "book/en/tcp/connection.md:11: no such claim"),
    (
        |p| replace(p, "quiz:tcp/connection/first", "quiz:tcp/connection/last"),
        "book/en/tcp/connection.md:13: no question belongs to \"quiz:tcp/connection/last\"",
    ),
    (
        |p| replace(p, "#alone \"predict\"", "#lone \"predict\""),
        "book/en/tcp/connection.md:30: no such experiment: ../bench.md#lone",
    ),
    (|p| replace(p, "\"predict\"", "\"guess\""), "book/en/tcp/connection.md:30: no directive is called \"guess\""),
    (|p| replace(p, "[Bet]", "Now [bet]"), "book/en/tcp/connection.md:30: a link titled \"predict\" among other words"),
    (|p| replace(p, "[Bet]", "> [Bet]"), "book/en/tcp/connection.md:30: a link titled \"predict\" among other words"),
    (
        |p| {
            script(p, "EDESTADDRREQ  # predict", "*");
            script(p, "EBADF", "*");
        },
        "book/en/tcp/connection.md:30: nothing to bet on",
    ),
    (|p| script(p, "# yours", "# mine"), "book/en/tcp/connection.md:32: nothing to write"),
    (|p| replace(p, "#one \"lab\"", "#ten \"lab\""), "book/en/tcp/connection.md:15: no such lab: `../labs.md#ten`"),
    (|p| replace(p, "connection#why", "connection#how"), "book/en/tcp/connection.md:20: no such question"),
    (
        |p| replace(p, "review:tcp/connection#why", "mixed:udp"),
        "book/en/tcp/connection.md:20: no question belongs to the part",
    ),
    (
        |p| replace(p, "(../claims.md#c0-1 \"vote\")", "(../claims.md#c0-1)"),
        "book/en/tcp/connection.md:18: \"votes-again\" stands before",
    ),
    (|p| question(p, "correct = true\n", ""), "book/quizzes/tcp/connection.toml:2: question `why` needs exactly one"),
    (
        |p| question(p, "why = { en = \"It does not", "correct = true\nwhy = { en = \"It does not"),
        "book/quizzes/tcp/connection.toml:2: question `why` needs exactly one",
    ),
    (
        |p| question(p, "It does not.", ""),
        "book/quizzes/tcp/connection.toml:2: question `why` leaves an answer unexplained",
    ),
    (
        |p| question(p, "why = { en = \"It does not.\", ko = \"그렇지 않습니다.\" }\n", ""),
        "book/quizzes/tcp/connection.toml:9: missing field `why`",
    ),
    (
        |p| question(p, "en = \"Not.\"", "en = \"Because.\""),
        "book/quizzes/tcp/connection.toml:2: question `why` has the same answer twice",
    ),
    (
        |p| replace(p, "labs.md#two", "labs.md#three"),
        "book/en/tcp/connection.md:25: link to a section that does not exist",
    ),
    (
        |p| replace(p, "(../labs.md#two)", "(../lab.md)"),
        "book/en/tcp/connection.md:25: link to a page or file that does not exist",
    ),
    (|p| replace(p, "{#repeats}", "{#speaks}"), "book/en/tcp/connection.md: the id stands twice: speaks"),
    (|p| replace(p, "## WORD four", "```\n```\n\n## WORD four"), "book/en/tcp/connection.md: a code block is empty"),
    (|p| p.write("book/claims.toml", "[[claim]]\nid = \"0-1\"\nverdikt = 1\n"), "book/claims.toml:"),
    (
        |p| p.write("book/ko/README.md", "# 말 {#book}\n\n<b>Next chapter</b>\n"),
        "book/ko/README.md: English words of the interface on a Korean page: Next chapter",
    ),
    (
        |p| p.write("book/en/README.md", "# Word {#book}\n\n<i title=\"복사\">x</i>\n"),
        "book/en/README.md: Korean words of the interface on an English page: 복사",
    ),
    (|p| p.write("labs/two/lab.toml", "id = \"two\"\nidd = 1\n"), "labs/two/lab.toml:"),
];

fn question(project: &Project, from: &str, to: &str) {
    let path = "book/quizzes/tcp/connection.toml";
    let text = project.read(path);
    assert!(text.contains(from), "the small book's question has no {from}");
    project.write(path, &text.replacen(from, to, 1));
}

fn replace(project: &Project, from: &str, to: &str) {
    edit(project, "book/en/tcp/connection.md", from, to);
}

fn script(project: &Project, from: &str, to: &str) {
    edit(project, "book/experiments/alone.sock", from, to);
}

pub(crate) fn edit(project: &Project, path: &str, from: &str, to: &str) {
    let text = project.read(path);
    let (from, to) = (from.replace("WORD", "Word"), to.replace("WORD", "Word"));
    assert!(text.contains(&from), "the small book has no {from}");
    project.write(path, &text.replace(&from, &to));
}

#[test]
fn each_fault_is_named_with_its_place() {
    for (break_it, expected) in BREAKS {
        let project = small::project();
        break_it(&project);
        let faults: Vec<String> = built(&project, None).faults.iter().map(ToString::to_string).collect();
        assert!(faults.iter().any(|fault| fault.starts_with(expected)), "wanted {expected}, found {faults:#?}");
    }
}

#[test]
fn the_command_writes_a_good_book_and_refuses_a_bad_one() {
    let project = small::project();
    project.run("build --out public").says(0, &["10 pages"]);
    assert!(project.has("public/ko/tcp/connection.html") && project.has("public/theme/book.css"));
    project.run("build --out book/en").says(1, &["holds the sources"]);
    replace(&project, "labs.md#two", "labs.md#three");
    fs::remove_dir_all(project.root().join("public")).unwrap();
    project.run("build --out public").says(1, &["book/en/tcp/connection.md:25:", "1 to mend, nothing written"]);
    assert!(!project.has("public"));
    project.run("--lang ko build --out public").says(1, &["고칠 곳 1개"]);
}

#[test]
fn the_book_itself_has_no_fault() {
    let site = build(std::path::Path::new(env!("CARGO_MANIFEST_DIR")), None, Lang::En, &|_| {}).unwrap();
    assert_eq!(site.faults, []);
    // A page and all it needs at first view, as it is sent. What makes
    // experiments run is loaded when one is run, but for betting; the search by
    // who searches; of the words those of the page's own language.
    let first = |path: &&String, twin: &str| {
        let late = [
            "client",
            "figure",
            "link",
            "near",
            "packet",
            "parts",
            "sliders",
            "states",
            "transcript",
            "view",
            "why",
            "worker",
        ];
        path.starts_with("theme/")
            && !path.ends_with(".wasm")
            && !late.iter().any(|part| path.ends_with(&format!("/experiment-{part}.js")))
            && !["theme/search", "theme/tcp-states", "theme/experiment.en.json", "theme/experiment.ko.json"]
                .iter()
                .any(|part| path.starts_with(part))
            && !path.contains(&format!(".{twin}."))
    };
    for lang in Lang::ALL {
        let names = site.files.keys().filter(|path| first(path, lang.twin().code()));
        let shared: usize = names.map(|path| sent(&site.files[path])).sum();
        let pages = site.files.iter().filter(|(path, _)| path.starts_with(lang.code()) && path.ends_with(".html"));
        for (path, bytes) in pages {
            assert!(sent(bytes) + shared < 150_000, "{path} weighs {} bytes", sent(bytes) + shared);
        }
    }
}

/// How many bytes of a file go over the wire, compressed with gzip.
fn sent(bytes: &[u8]) -> usize {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}
