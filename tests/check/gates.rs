//! One test a fault.

use std::process::Command;

use crate::book::SmallBook;

const EN: &str = "book/en/tcp/connection.md";
const KO: &str = "book/ko/tcp/connection.md";
const CLAIMS: &str = "book/claims.toml";
const QUIZ: &str = "book/quizzes/tcp/connection.toml";
const LAB: &str = "labs/tcp-echo/lab.toml";

/// One edit of one file, and what is found then.
#[track_caller]
fn spoil(path: &str, from: &str, to: &str, expected: &[&str]) {
    let book = SmallBook::new();
    book.edit(path, from, to);
    book.expect(expected);
}

#[test]
fn a_good_book_passes() {
    SmallBook::new().expect(&[]);
}

#[test]
fn an_include_brings_something() {
    spoil(
        EN,
        "echo.rs:listen",
        "ecko.rs:listen",
        &["book/en/tcp/connection.md:14 includes.no-file", "book/listings/src/bin/echo.rs:1 includes.unshown"],
    );
    spoil(EN, "echo.rs:listen", "echo.rs:lisen", &["book/en/tcp/connection.md:14 includes.no-anchor"]);
    spoil(EN, "echo.rs:listen", "echo.rs:nothing", &["book/en/tcp/connection.md:14 includes.empty"]);
    spoil(
        EN,
        "{{#include ../../listings/tr",
        "{{#inklude ../../listings/tr",
        &["book/en/tcp/connection.md:18 includes.no-such-kind"],
    );
    spoil(
        EN,
        "echo.txt}}",
        "echo.txt",
        &["book/en/tcp/connection.md:18 includes.open", "book/listings/transcripts/echo.txt:1 includes.unshown"],
    );
    spoil(EN, "$ cargo run --bin echo\n", "", &["book/en/tcp/connection.md:23 includes.empty-block"]);
}

#[test]
fn both_editions_show_each_program_and_transcript() {
    let book = SmallBook::new();
    book.write("book/listings/transcripts/more.txt", "more\n");
    book.edit(
        EN,
        "{{#include ../../listings/transcripts/echo.txt}}",
        "{{#include ../../listings/transcripts/more.txt}}",
    );
    book.expect(&[
        "book/listings/transcripts/echo.txt:1 includes.unshown",
        "book/listings/transcripts/more.txt:1 includes.unshown",
    ]);
}

#[test]
fn a_link_leads_somewhere() {
    let link = "[echo server](../README.md#tcp-echo)";
    let broken = |to: &str, id: &str| spoil(EN, link, to, &[&format!("book/en/tcp/connection.md:11 links.{id}")]);
    broken("[echo](../labs.md)", "no-page");
    broken("[echo](../README.md#udp-echo)", "no-anchor");
    broken("[echo](#nowhere)", "no-anchor");
    broken("[echo](echo.png)", "no-file");
    broken("![echo](echo.png)", "no-file");
    broken("<img src=\"echo.png\">", "no-file");
    broken("[echo](../../ko/README.md)", "outside");
    broken("[echo](/en/README.md)", "absolute");
    broken("[echo](http://example.org/)", "not-https");
    broken("[echo](mailto:x@example.org)", "absolute");
    broken("[echo]()", "empty");
    broken("[echo][nowhere]", "half-written");
}

#[test]
fn a_link_may_lead_to_pages_entries_assets_and_this_machine() {
    let book = SmallBook::new();
    book.write("book/en/tcp/echo.svg", "<svg/>");
    let text = "[a](../README.md) [b](#sources) [c](../README.md#c4-1) ![d](echo.svg) <http://127.0.0.1:4000/>";
    book.edit(EN, "[echo server](../README.md#tcp-echo)", text);
    book.expect(&[]);
}

#[test]
fn a_link_outside_the_pages_leads_somewhere() {
    let book = SmallBook::new();
    book.write("README.md", "# Small\n\n[the page](book/en/README.md#book) [contribute](CONTRIBUTING.md)\n");
    book.edit(QUIZ, "It answers by itself.", "It [answers](../README.md) by itself.");
    book.write(
        "src/text/course.toml",
        "[course.intro]\nen = \"[Here](README.md)\"\nko = \"[여기](http://example.org/)\"\n",
    );
    book.expect(&[
        "README.md:3 links.no-file",
        "book/quizzes/tcp/connection.toml:11 links.in-data",
        "src/text/course.toml:3 links.not-https",
    ]);
}

#[test]
fn every_page_is_in_the_table_of_contents() {
    let book = SmallBook::new();
    for lang in ["en", "ko"] {
        book.edit(&format!("book/{lang}/SUMMARY.md"), "(README.md)", "(READM.md)");
    }
    book.expect(&[
        "book/en/README.md:1 links.not-listed",
        "book/en/SUMMARY.md:3 links.no-page",
        "book/ko/README.md:1 links.not-listed",
        "book/ko/SUMMARY.md:3 links.no-page",
    ]);
}

#[test]
fn an_id_stands_once_on_a_page() {
    let book = SmallBook::new();
    book.edit(EN, "{#sources}", "{#experiment}");
    book.edit(KO, "{#sources}", "{#experiment}");
    book.expect(&["book/en/tcp/connection.md:31 links.doubled", "book/ko/tcp/connection.md:31 links.doubled"]);
}

#[test]
fn every_heading_has_an_id() {
    spoil(
        EN,
        " {#sources}",
        "",
        &["book/en/tcp/connection.md:31 editions.no-id", "book/ko/tcp/connection.md:31 editions.no-section"],
    );
    spoil(
        KO,
        "{#sources}",
        "{#출처}",
        &[
            "book/en/tcp/connection.md:31 editions.no-section",
            "book/ko/tcp/connection.md:31 editions.no-section",
            "book/ko/tcp/connection.md:31 editions.odd-id",
        ],
    );
}

#[test]
fn both_editions_have_the_same_sections_in_the_same_order() {
    let book = SmallBook::new();
    book.edit(KO, "## 출처 {#sources}", "## 끝 {#end}\n\n## 출처 {#sources}");
    book.expect(&["book/ko/tcp/connection.md:31 editions.no-section"]);

    let book = SmallBook::new();
    for id in ["one", "two"] {
        book.edit(EN, "## Sources", &format!("## Word {{#{id}}}\n\n## Sources"));
    }
    for id in ["two", "one"] {
        book.edit(KO, "## 출처", &format!("## 말 {{#{id}}}\n\n## 출처"));
    }
    book.expect(&["book/ko/tcp/connection.md:31 editions.order"]);

    spoil(KO, "## 출처", "### 출처", &["book/ko/tcp/connection.md:31 editions.level"]);
}

#[test]
fn both_editions_have_the_same_pages() {
    let book = SmallBook::new();
    book.write("book/en/more.md", "# More {#more}\n");
    book.edit("book/en/SUMMARY.md", "(README.md)", "(README.md)\n[More](more.md)");
    book.expect(&["book/en/more.md:1 editions.no-page", "book/ko/SUMMARY.md:5 editions.contents"]);
}

#[test]
fn both_editions_ask_and_vote_at_the_same_places() {
    let card = "[Lab tcp-echo: an echo server](../README.md#tcp-echo \"lab\")\n\n";
    let book = SmallBook::new();
    book.edit(EN, card, "");
    book.edit(EN, "## The experiment", &format!("{card}## The experiment"));
    book.expect(&["book/ko/tcp/connection.md:27 editions.directive"]);
}

#[test]
fn a_directive_stands_alone_and_is_known() {
    spoil(
        EN,
        "[Questions",
        "Now: [Questions",
        &[
            "book/en/tcp/connection.md:27 directives.among",
            "book/ko/tcp/connection.md:27 editions.directive",
            "book/quizzes/tcp/connection.toml:2 quizzes.not-asked",
        ],
    );
    spoil(
        EN,
        "\"lab\"",
        "\"labs\"",
        &[
            "book/en/tcp/connection.md:29 directives.unknown",
            "book/ko/tcp/connection.md:29 editions.directive",
            "labs/tcp-echo/lab.toml:2 labs.no-card",
        ],
    );
}

#[test]
fn a_directive_names_what_exists() {
    let both = |en: (&str, &str), expected: &[&str]| {
        let book = SmallBook::new();
        book.edit(EN, en.0, en.1);
        book.edit(KO, en.0, en.1);
        book.expect(expected);
    };
    both(
        ("../README.md#c1-16 \"vote\"", "../README.md#c4-99 \"vote\""),
        &[
            "book/claims.toml:2 claims.not-treated",
            "book/claims.toml:2 claims.not-treated",
            "book/en/tcp/connection.md:7 directives.no-claim",
            "book/en/tcp/connection.md:7 links.no-anchor",
            "book/ko/tcp/connection.md:7 directives.no-claim",
            "book/ko/tcp/connection.md:7 links.no-anchor",
        ],
    );
    both(
        ("quiz:tcp/connection/handshake", "quiz:tcp/connection/handshakes"),
        &[
            "book/en/tcp/connection.md:27 directives.no-group",
            "book/ko/tcp/connection.md:27 directives.no-group",
            "book/quizzes/tcp/connection.toml:2 quizzes.not-asked",
            "book/quizzes/tcp/connection.toml:2 quizzes.not-asked",
        ],
    );
}

#[test]
fn a_review_names_a_question() {
    let book = SmallBook::new();
    for (path, heading) in [(EN, "## Sources"), (KO, "## 출처")] {
        book.edit(path, heading, &format!("[Older](../README.md \"review:tcp/connection#who-sleeps\")\n\n{heading}"));
    }
    book.expect(&[
        "book/en/tcp/connection.md:31 directives.no-question",
        "book/ko/tcp/connection.md:31 directives.no-question",
    ]);
}

#[test]
fn whoever_voted_votes_again() {
    spoil(
        EN,
        "[Vote again](../README.md \"votes-again\")",
        "",
        &["book/en/tcp/connection.md:7 chapters.no-second-vote", "book/ko/tcp/connection.md:35 editions.directive"],
    );
    let book = SmallBook::new();
    for (path, heading) in [(EN, "## What waits"), (KO, "## 무엇이")] {
        book.edit(path, heading, &format!("[Again](../README.md \"votes-again\")\n\n{heading}"));
    }
    book.expect(&[
        "book/en/tcp/connection.md:3 chapters.nothing-to-vote",
        "book/ko/tcp/connection.md:3 chapters.nothing-to-vote",
    ]);
}

#[test]
fn a_chapter_begins_with_older_questions_and_a_part_ends_with_a_mixture() {
    let book = SmallBook::new();
    let chapter = |lang: &str, asks: &str, mixes: &str| {
        let (claim, words) = match lang {
            "en" => ("Claim 1-16: `connect()` waits for `accept()`", "Once more"),
            _ => ("주장 1-16: `connect()`는 `accept()`를 기다린다", "다시"),
        };
        format!(
            "# {words} {{#more}}\n\n{asks}\n\n[{claim}](../README.md#c1-16 \"vote\")\n\n\
             [{words}](../README.md \"votes-again\")\n\n{mixes}\n"
        )
    };
    let older = "[Q](../README.md \"review:tcp/connection#who-waits\")";
    let mixed = "[Q](../README.md \"mixed:tcp\")";
    for lang in ["en", "ko"] {
        let summary = format!("book/{lang}/SUMMARY.md");
        book.write(
            &summary,
            &format!("{}\n- [2](tcp/second.md)\n- [3](tcp/third.md)\n", book.read(&summary).trim_end()),
        );
        book.write(&format!("book/{lang}/tcp/second.md"), &chapter(lang, "", ""));
        book.write(&format!("book/{lang}/tcp/third.md"), &chapter(lang, older, mixed));
    }
    book.expect(&[]);
    for lang in ["en", "ko"] {
        book.edit(&format!("book/{lang}/tcp/third.md"), older, "");
        book.edit(&format!("book/{lang}/tcp/third.md"), mixed, "");
    }
    book.expect(&[
        "book/en/tcp/third.md:1 chapters.no-mixed",
        "book/en/tcp/third.md:5 chapters.older",
        "book/ko/tcp/third.md:1 chapters.no-mixed",
        "book/ko/tcp/third.md:5 chapters.older",
    ]);
    for lang in ["en", "ko"] {
        book.edit(&format!("book/{lang}/tcp/third.md"), "# ", "[Q](../README.md \"mixed:udp\")\n\n# ");
    }
    let findings = book.findings();
    assert!(findings.contains(&"book/en/tcp/third.md:1 directives.no-part".to_string()), "{findings:?}");
}

#[test]
fn a_rival_of_a_word_is_found_with_its_particle() {
    spoil(
        KO,
        "실행해 보세요.",
        "쓰레드를 띄웁니다. `쓰레드`는 코드입니다.",
        &["book/ko/tcp/connection.md:21 glossary.banned"],
    );
    spoil(EN, "Try it: ", "Two\nlightweight processes run.", &["book/en/tcp/connection.md:22 glossary.banned"]);
    spoil(CLAIMS, "연결은 커널이 알아서 끝냅니다.", "쓰레드가 끝냅니다.", &["book/claims.toml:8 glossary.banned"]);
}

#[test]
fn a_word_comes_with_its_original_once() {
    spoil(KO, "소켓(socket)", "소켓", &["book/ko/tcp/connection.md:11 glossary.introduce"]);
    spoil(KO, "실행해 보세요.", "소켓은 이제 그냥 씁니다.", &[]);
    spoil(KO, "서버가 `accept()`를", "[소켓](#experiment)은 나중입니다. 서버가 `accept()`를", &[]);
    let book = SmallBook::new();
    book.edit(KO, "서버가 `accept()`를", "[소켓(socket)](#experiment)입니다. 서버가 `accept()`를");
    book.edit(KO, "소켓(socket) 하나", "소켓 하나");
    book.expect(&[]);
}

#[test]
fn a_text_is_in_its_own_language() {
    spoil(KO, "실행해 보세요.", "実行해 보세요.", &["book/ko/tcp/connection.md:21 language.letter"]);
    spoil(EN, "Try it: ", "Try の it:", &["book/en/tcp/connection.md:21 language.letter"]);
    let english = "The server answers each client, and then it waits for the next one to come.";
    spoil(KO, "실행해 보세요.", english, &["book/ko/tcp/connection.md:21 language.other"]);
    spoil(KO, "실행해 보세요.", "docker run --security-opt systempaths=unconfined --rm rust", &[]);
    spoil(EN, "Try it: ", "서버가 클라이언트에 대답합니다.", &["book/en/tcp/connection.md:21 language.other"]);
    spoil(KO, "실행해 보세요.", "**소켓(socket)**을 엽니다.", &["book/ko/tcp/connection.md:21 language.stars"]);
}

#[test]
fn korean_sentences_end_in_one_style() {
    spoil(KO, "실행해 보세요.", "실행해 봅니다.\n이제 실행한다.", &["book/ko/tcp/connection.md:22 endings.style"]);
    spoil(
        QUIZ,
        "끝난 연결을 꺼낼 뿐입니다.",
        "끝난 연결을 꺼내요.",
        &["book/quizzes/tcp/connection.toml:18 endings.style"],
    );
}

#[test]
fn particles_agree_with_the_sound_before_them() {
    spoil(KO, "실행해 보세요.", "SYN를 보냅니다.", &["book/ko/tcp/connection.md:21 particles.disagrees"]);
}

#[test]
fn a_claim_is_treated_in_both_editions() {
    let vote = "[주장 1-16: connect()는 accept()를 기다린다](../README.md#c1-16 \"vote\")";
    spoil(
        KO,
        vote,
        "투표는 없습니다.",
        &[
            "book/claims.toml:2 claims.not-treated",
            "book/ko/tcp/connection.md:27 editions.directive",
            "book/ko/tcp/connection.md:35 chapters.nothing-to-vote",
        ],
    );
    spoil(
        CLAIMS,
        "status = \"planned\"",
        "status = \"sourced\"",
        &["book/claims.toml:15 claims.no-chapter", "book/claims.toml:15 claims.no-chapter"],
    );
    spoil(
        CLAIMS,
        "status = \"shown\"",
        "status = \"planned\"",
        &["book/en/tcp/connection.md:7 claims.still-planned", "book/ko/tcp/connection.md:7 claims.still-planned"],
    );
}

#[test]
fn a_claim_is_planned_only_until_its_chapter_is_written() {
    spoil(
        CLAIMS,
        "chapter = \"protocols/http\"",
        "chapter = \"tcp/connection\"",
        &["book/claims.toml:15 claims.forgotten", "book/claims.toml:15 claims.forgotten"],
    );
}

#[test]
fn a_vote_reads_like_its_claim() {
    spoil(EN, "Claim 1-16", "Claim 1-15", &["book/en/tcp/connection.md:7 claims.label"]);
    spoil(KO, "accept()를 기다린다", "accept()를 안다", &["book/ko/tcp/connection.md:7 claims.label"]);
}

#[test]
fn a_claim_is_shown_by_something_that_exists() {
    spoil(CLAIMS, "listing:echo", "listing:ecko", &["book/claims.toml:2 claims.no-evidence"]);
    spoil(CLAIMS, "answers_one_client", "answers_one", &["book/claims.toml:2 claims.no-evidence"]);
    spoil(CLAIMS, "listing:echo", "experiment:echo", &["book/claims.toml:2 claims.no-evidence"]);
    spoil(
        CLAIMS,
        "[\"listing:echo\", \"lab:tcp-echo/answers_one_client\"]",
        "[]",
        &["book/claims.toml:2 claims.not-shown"],
    );
    let book = SmallBook::new();
    book.edit(CLAIMS, "status = \"shown\"", "status = \"sourced\"");
    book.edit(CLAIMS, "[\"RFC 9293 §3.5\"]", "[]");
    book.expect(&["book/claims.toml:2 claims.no-source"]);
    spoil(
        CLAIMS,
        "id = \"4-1\"",
        "id = \"1-16\"",
        &[
            "book/claims.toml:2 claims.doubled",
            // The second of the two is still planned.
            "book/en/tcp/connection.md:7 claims.still-planned",
            "book/ko/tcp/connection.md:7 claims.still-planned",
        ],
    );
}

#[test]
fn data_that_cannot_be_read_is_named_with_its_line() {
    spoil(
        CLAIMS,
        "verdict = \"wrong\"\ntruth.en = \"One",
        "verdikt = \"wrong\"\ntruth.en = \"One",
        &[
            "book/claims.toml:19 data",
            "book/en/tcp/connection.md:7 links.no-anchor",
            "book/ko/tcp/connection.md:7 links.no-anchor",
        ],
    );
    let book = SmallBook::new();
    book.remove("book/ko/SUMMARY.md");
    assert_eq!(book.findings(), ["book/ko/SUMMARY.md:1 data"]);
    let book = SmallBook::new();
    std::fs::write(book.root().join("book/ko/README.md"), b"\xff\xfe").unwrap();
    assert_eq!(book.findings(), ["book/ko/README.md:1 data"]);
    let book = SmallBook::new();
    book.remove("book/glossary.toml");
    book.expect(&["book/en/tcp/connection.md:11 links.no-anchor", "book/glossary.toml:1 data"]);
    let book = SmallBook::new();
    book.edit(LAB, "level = 1", "level = \"easy\"");
    assert!(book.findings().contains(&"labs/tcp-echo/lab.toml:5 data".to_string()), "{:?}", book.findings());
}

#[test]
fn a_lab_and_its_chapter_know_each_other() {
    let book = SmallBook::new();
    book.edit(EN, "[Lab tcp-echo: an echo server](../README.md#tcp-echo \"lab\")\n", "");
    book.edit(KO, "[실습 tcp-echo: 에코 서버](../README.md#tcp-echo \"lab\")\n", "");
    book.expect(&["labs/tcp-echo/lab.toml:2 labs.no-card", "labs/tcp-echo/lab.toml:2 labs.no-card"]);

    spoil(
        LAB,
        "chapter = \"tcp/connection\"",
        "chapter = \"tcp/conection\"",
        &["labs/tcp-echo/lab.toml:2 labs.no-chapter", "labs/tcp-echo/lab.toml:2 labs.no-chapter"],
    );
    spoil(
        LAB,
        "connection#experiment",
        "connection#experiments",
        &["labs/tcp-echo/lab.toml:12 labs.no-section", "labs/tcp-echo/lab.toml:12 labs.no-section"],
    );
}

#[test]
fn a_lab_says_what_is_so() {
    spoil(LAB, "level = 1", "level = 6", &["labs/tcp-echo/lab.toml:1 labs.level"]);
    spoil(LAB, "src/main.rs", "src/mian.rs", &["labs/tcp-echo/lab.toml:1 labs.edit"]);
    spoil(LAB, "stage = 1", "stage = 2", &["labs/tcp-echo/lab.toml:12 labs.stage"]);
    spoil(LAB, "Which call waits?", "", &["labs/tcp-echo/lab.toml:12 labs.hints"]);
    spoil(LAB, "어떤 호출이 기다립니까?", "읽고 나서 씁니다.", &["labs/tcp-echo/lab.toml:12 labs.hints"]);
    spoil(LAB, "One client gets its bytes back.", " ", &["labs/tcp-echo/lab.toml:12 labs.says"]);
}

#[test]
fn the_checks_of_a_lab_are_its_tests() {
    let book = SmallBook::new();
    book.write("labs/tcp-echo/tests/tcp_echo.rs", "#[test]\nfn answers_one_client() {}\n\n#[test]\nfn extra() {}\n");
    book.expect(&["labs/tcp-echo/tests/tcp_echo.rs:5 labs.unnamed-test"]);
    book.write("labs/tcp-echo/tests/tcp_echo.rs", "fn answers_one_client() {}\n");
    book.expect(&["labs/tcp-echo/lab.toml:12 labs.no-test"]);
}

#[test]
fn a_question_has_one_answer_and_explains_all() {
    const AT: &str = "book/quizzes/tcp/connection.toml:2";
    spoil(QUIZ, "correct = true\n", "", &[&format!("{AT} quizzes.correct")]);
    spoil(QUIZ, "why.ko = \"스스로 대답합니다.\"", "why.ko = \"\"", &[&format!("{AT} quizzes.unexplained")]);
    spoil(QUIZ, "text.en = \"The kernel\"", "text.en = \"\"", &[&format!("{AT} quizzes.empty")]);
    spoil(
        QUIZ,
        "group = \"handshake\"",
        "group = \"hands\"",
        &[
            "book/en/tcp/connection.md:27 directives.no-group",
            "book/ko/tcp/connection.md:27 directives.no-group",
            "book/quizzes/tcp/connection.toml:2 quizzes.not-asked",
            "book/quizzes/tcp/connection.toml:2 quizzes.not-asked",
        ],
    );
}

#[test]
fn the_right_answer_is_not_found_by_its_place() {
    let question = include_str!("good/quiz.toml");
    let (head, options) = question.split_once("[[question.option]]").unwrap();
    let (first, second) = options.split_once("[[question.option]]").unwrap();
    let other_way = format!("{head}[[question.option]]{second}\n[[question.option]]{first}");
    let quiz = |texts: &[&str]| -> String {
        let named =
            texts.iter().enumerate().map(|(n, text)| text.replace("\"who-waits\"", &format!("\"who-waits-{n}\"")));
        named.collect::<Vec<_>>().join("\n")
    };
    let book = SmallBook::new();
    book.write(QUIZ, &quiz(&[question, question, question, question, &other_way, &other_way]));
    book.expect(&[&format!("{QUIZ}:1 quizzes.same-place")]);
    book.write(QUIZ, &quiz(&[question, question, question, &other_way, &other_way, &other_way]));
    book.expect(&[]);
    // Of five, chance alone may well put four there.
    book.write(QUIZ, &quiz(&[question, question, question, question, &other_way]));
    book.expect(&[]);
}

#[test]
fn nothing_is_typed_that_a_program_can_produce() {
    let console = "```console\n$ cargo run --bin echo\n```";
    let typed = |block: &str, id: &str| {
        spoil(EN, console, block, &[&format!("book/en/tcp/connection.md:23 typed.{id}")]);
    };
    typed("```text\nlistening\n```", "text");
    typed("```\nlistening\n```", "no-language");
    typed("```rust\nfn a() {\n    b();\n    c();\n}\n```", "rust");
    spoil(EN, console, "```rust\nlet n = stream.read(&mut buffer)?;\n```", &[]);
}

#[test]
fn no_file_tells_on_whose_machine_it_was_written() {
    let book = SmallBook::new();
    // In two pieces, or the real book's own gate would find this file.
    let path = ["/ho", "me/kim/book"].concat();
    book.write("notes.txt", &format!("made in\n{path} today\n"));
    book.write("Cargo.lock", "[[package]]\nsource = \"registry+https://example.org/index\"\n");
    book.write("ok.txt", &["/ho", "me/you/book and https://example.org/ho", "me/kim"].concat());
    book.expect(&["Cargo.lock:2 places.registry", "notes.txt:2 places.path"]);
}

#[test]
fn the_command_fails_and_names_the_place() {
    let book = SmallBook::new();
    book.write("book.toml", "");
    let run = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_sockets")).args(args).current_dir(book.root()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, out) = run(&["check", "--lang", "en"]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.starts_with("claims: 1 planned, 0 sourced, 1 shown; "), "{out}");

    book.edit(EN, "echo.rs:listen", "echo.rs:lisen");
    let (code, out) = run(&["check", "--lang", "ko"]);
    assert_eq!(code, Some(1));
    assert!(out.contains("book/en/tcp/connection.md:14: includes: "), "{out}");

    let (code, out) = run(&["check", "--json"]);
    assert_eq!(code, Some(1));
    let findings: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // The changed section was not read against its twin, either.
    assert_eq!(findings.len(), 2, "{out}");
    assert_eq!((&findings[1]["line"], &findings[1]["gate"]), (&14.into(), &"includes".into()));
}
