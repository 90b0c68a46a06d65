//! Faults of experiments, one test a fault.

use crate::book::SmallBook;

const SCRIPT: &str = "book/experiments/alone.sock";
const TOPICS: &str = "book/experiments/topics.toml";
const ORDER: &str = "[[topic]]\nid = \"one\"\ntitle = { en = \"One\", ko = \"하나\" }\n\n[[topic.experiment]]\n\
                     name = \"alone\"\ntitle = { en = \"Alone\", ko = \"혼자\" }\n\
                     asks = { en = \"What happens?\", ko = \"무슨 일이 생길까요?\" }\n\
                     hint = { en = \"Close it.\", ko = \"닫으세요.\" }\n";

/// The good book with one experiment, on the bench and on a page.
fn book() -> SmallBook {
    let book = SmallBook::new();
    book.write(
        SCRIPT,
        "# It is alone.\nhost a 10.0.0.1\n\na:\n  u = socket(AF_INET, SOCK_DGRAM)\n  close(u)  # yours\n  \
         close(u) -> EBADF  # predict\n",
    );
    book.write(
        "book/experiments/alone.txt",
        "a:\n  u = socket(AF_INET, SOCK_DGRAM) -> 3\n  close(u) -> 0\n  close(u) -> EBADF\n",
    );
    book.write(TOPICS, ORDER);
    for lang in ["en", "ko"] {
        let path = format!("book/{lang}/README.md");
        let links = "\n[All](README.md \"all-experiments\")\n\n[One](README.md#alone \"predict\")\n";
        book.write(&path, &(book.read(&path) + links));
    }
    book
}

#[track_caller]
fn spoil(spoil: impl FnOnce(&SmallBook), expected: &[&str]) {
    let book = book();
    spoil(&book);
    book.expect(expected);
}

#[test]
fn a_good_experiment_passes() {
    book().expect(&[]);
}

#[test]
fn a_page_shows_an_experiment_that_exists() {
    let line = book().read("book/en/README.md").lines().count();
    let place = |id: &str| format!("book/en/README.md:{line} {id}");
    let (nameless, elsewhere) = (place("directives.no-experiment"), place("links.no-anchor"));
    let twin = format!("book/ko/README.md:{line} editions.directive");
    let found = |book: &SmallBook| book.edit("book/en/README.md", "#alone", "#lone");
    spoil(found, &[&nameless, &elsewhere, &twin]);
}

/// A task without anything to do fails in both editions, where it stands.
#[test]
fn a_reader_has_something_to_bet_on_or_to_write() {
    let line = book().read("book/en/README.md").lines().count();
    let both = |id: &str| ["en", "ko"].map(|lang| format!("book/{lang}/README.md:{line} directives.{id}"));
    let [en, ko] = both("no-bet");
    spoil(|book| book.edit(SCRIPT, " -> EBADF  # predict", ""), &[&en, &ko]);
    // A result that may be any is none to bet on.
    spoil(|book| book.edit(SCRIPT, "EBADF  # predict", "*"), &[&en, &ko]);
    let [en, ko] = both("nothing-to-write");
    let write = |book: &SmallBook| {
        for lang in ["en", "ko"] {
            book.edit(&format!("book/{lang}/README.md"), "\"predict\"", "\"write\"");
        }
    };
    spoil(write, &[]);
    let done = |book: &SmallBook| {
        write(book);
        book.edit(SCRIPT, "  # yours", "");
    };
    spoil(done, &[&en, &ko]);
}

#[test]
fn who_has_to_write_gets_a_hint() {
    let without = |book: &SmallBook| book.edit(TOPICS, "hint = { en = \"Close it.\", ko = \"닫으세요.\" }\n", "");
    spoil(without, &["book/experiments/topics.toml:6 experiments.hint"]);
}

/// A reason of a script has its sentence in Korean, and no sentence is left
/// behind by a reason that has gone.
#[test]
fn a_reason_is_said_in_both_languages() {
    let differs = |book: &SmallBook| book.edit(SCRIPT, "# predict\n", "\n    on sim -> 0 because \"it is\"\n");
    let said = |book: &SmallBook| {
        book.write(TOPICS, &format!("{ORDER}because = [{{ en = \"it is\", ko = \"그렇습니다\" }}]\n"));
    };
    let untold = "book/experiments/topics.toml:6 experiments.because";
    spoil(differs, &[untold]);
    spoil(said, &[untold]);
    let both = |book: &SmallBook| {
        differs(book);
        said(book);
    };
    spoil(both, &[]);
}

#[test]
fn a_mark_to_bet_on_has_a_result() {
    spoil(|book| book.edit(SCRIPT, "# yours", "# predict"), &["book/experiments/alone.sock:6 experiments.vain-mark"]);
}

/// Nothing is put in among other words, or inside of another block.
#[test]
fn an_experiment_has_a_paragraph_of_its_own() {
    let line = book().read("book/en/README.md").lines().count();
    let among = format!("book/en/README.md:{line} directives.among");
    let twin = format!("book/ko/README.md:{line} editions.directive");
    for before in ["Now: ", "- ", "> ", "1. "] {
        let moved = |book: &SmallBook| book.edit("book/en/README.md", "[One]", &format!("{before}[One]"));
        spoil(moved, &[&among, &twin]);
    }
}

#[test]
fn an_unknown_way_to_show_an_experiment_is_no_way() {
    let line = book().read("book/en/README.md").lines().count();
    let unknown = format!("book/en/README.md:{line} directives.unknown");
    let twin = format!("book/ko/README.md:{line} editions.directive");
    spoil(|book| book.edit("book/en/README.md", "\"predict\"", "\"guess\""), &[&unknown, &twin]);
}

#[test]
fn an_experiment_stands_in_both_editions() {
    let line = book().read("book/ko/README.md").lines().count();
    let twin = format!("book/ko/README.md:{line} editions.directive");
    spoil(|book| book.edit("book/en/README.md", "\"predict\"", "\"write\""), &[&twin]);
}

#[test]
fn a_script_can_be_read_and_says_what_it_shows() {
    spoil(
        |book| book.edit(SCRIPT, "host a 10.0.0.1", "host a ten"),
        &["book/experiments/alone.sock:2 experiments.script"],
    );
    spoil(|book| book.edit(SCRIPT, "# It is alone.\n", ""), &["book/experiments/alone.sock:1 experiments.no-sentence"]);
    spoil(
        |book| book.remove("book/experiments/alone.txt"),
        &["book/experiments/alone.sock:1 experiments.no-transcript"],
    );
}

#[test]
fn the_bench_has_each_experiment_once() {
    let other = "book/experiments/other.sock";
    spoil(
        |book| {
            book.write(other, "# Another.\nhost a 10.0.0.1\n");
            book.write("book/experiments/other.txt", "a:\n");
        },
        &["book/experiments/other.sock:1 experiments.no-topic"],
    );
    spoil(
        |book| book.edit(TOPICS, "name = \"alone\"", "name = \"lone\""),
        &["book/experiments/alone.sock:1 experiments.no-topic", "book/experiments/topics.toml:6 experiments.no-script"],
    );
    let again =
        ORDER.split_once("[[topic.experiment]]").map(|(_, rest)| format!("[[topic.experiment]]{rest}")).unwrap();
    spoil(
        |book| book.write(TOPICS, &(ORDER.to_string() + &again)),
        &["book/experiments/topics.toml:6 experiments.doubled"],
    );
}

#[test]
fn each_edition_has_a_bench() {
    spoil(
        |book| {
            for lang in ["en", "ko"] {
                book.edit(
                    &format!("book/{lang}/README.md"),
                    "\n[All](README.md \"all-experiments\")\n\n[One](README.md#alone \"predict\")\n",
                    "",
                );
            }
        },
        &["book/en/SUMMARY.md:1 experiments.no-bench", "book/ko/SUMMARY.md:1 experiments.no-bench"],
    );
}
