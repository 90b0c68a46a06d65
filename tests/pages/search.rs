//! The search: what it finds, how fast, and how it is used.

use browser::search::{Query, ours, suite};
use browser::tab::NARROW;
use browser::{Look, Tab};
use serde_json::Value;

use crate::{Book, book};

const OPEN: &str = "[data-testid=search-open]";
const INPUT: &str = "document.querySelector('[data-testid=search-input]')";
const RESULTS: &str = "document.querySelectorAll('[data-testid=search-result]')";

/// The most that a place may weigh in an index on its way to a reader, in bytes:
/// the index grows with the book, and holds little more than its text.
const MOST_BYTES: usize = 272;

/// `cargo run -p browser -- search` shows the numbers, and how fast it is.
#[test]
fn all_of_the_suite_is_found() {
    let Some(book) = book() else { return };
    let suite = suite().unwrap();
    assert!(suite.len() >= 60, "{} queries", suite.len());
    let mut breaches = Vec::new();
    for edition in ["ko", "en"] {
        let queries: Vec<&Query> = suite.iter().filter(|query| query.edition == edition).collect();
        let tab = book.open(&format!("{edition}/index.html"), Look::default());
        let rows = ours(&tab, &queries);
        assert_eq!(rows.len(), queries.len());
        for (query, row) in queries.iter().zip(rows) {
            let mut breach = |what: &str| breaches.push(format!("{edition} “{}”: {what}: {row:?}", query.query));
            if row.recall.is_some_and(|recall| recall < 1.0) {
                breach("not all was found");
            }
            if row.precision.is_some_and(|precision| precision < 0.8) {
                breach("too much was found");
            }
            if query.first.is_some() && !(0..5).contains(&row.at) {
                breach("not among the first five");
            }
            if query.finds.is_none() && query.first.is_none() && row.found != 0 {
                breach("there is nothing to find");
            }
        }
    }
    assert!(breaches.is_empty(), "{} breaches:\n{}", breaches.len(), breaches.join("\n"));
}

#[test]
fn the_index_is_light_and_loaded_by_who_searches() {
    let Some(book) = book() else { return };
    for edition in ["ko", "en"] {
        let tab = book.open(&format!("{edition}/tcp/connection.html"), Look::default());
        let file = tab.text("new URL(document.getElementById('search').dataset.index, location).pathname");
        let weight = book.server.weight(file.trim_start_matches('/')).expect("the index is a file of the site");
        let [(_, index)] = &book.server.files(file.trim_start_matches('/'))[..] else { panic!("one index") };
        let index: Value = serde_json::from_slice(index).unwrap();
        let places = index["places"]["id"].as_array().unwrap().len();
        assert!(weight <= places * MOST_BYTES, "{edition}: {weight} bytes for {places} places");
        let asked = |tab: &Tab| tab.requests().iter().any(|request| request.url.contains("/search"));
        assert!(!asked(&tab), "the search was loaded though nobody searched");
        tab.click(OPEN);
        tab.settle();
        assert!(asked(&tab));
        assert_eq!(tab.errors(), Vec::<String>::new());
    }
}

/// Opens the search on a page and asks.
#[track_caller]
fn ask(book: &Book, page: &str, look: Look, query: &str) -> Tab {
    let tab = book.open(page, look);
    tab.click(OPEN);
    tab.until(&format!("document.activeElement === {INPUT}"));
    tab.insert(query);
    tab.until(&format!("{RESULTS}.length > 0"));
    tab
}

#[test]
fn keys_alone_lead_to_what_was_found_and_it_is_marked_there() {
    let Some(book) = book() else { return };
    for (edition, query) in [("ko", "반만닫기"), ("en", "half close")] {
        let tab = book.open(&format!("{edition}/index.html"), Look::default());
        tab.press(&["/"]);
        tab.until(&format!("document.activeElement === {INPUT}"));
        assert_eq!(tab.text(&format!("{INPUT}.value")), "", "the key that opens is not typed");
        tab.insert(query);
        tab.until(&format!("{RESULTS}.length > 1"));
        let status = tab.text("document.querySelector('#search [role=status]').textContent");
        assert!(status.starts_with(&tab.js(&format!("{RESULTS}.length")).to_string()), "{status}");
        tab.press(&["ArrowDown", "ArrowDown", "ArrowUp"]);
        tab.until(&format!("document.activeElement === {RESULTS}[0]"));
        let there = tab.text(&format!("{RESULTS}[0].href"));
        assert!(there.contains(".html#"), "{there} names no section");
        tab.turn(|tab| tab.press(&["Enter"]));
        assert_eq!(tab.address(), there);
        tab.until("CSS.highlights.get('found')?.size > 0");
        // What was asked is still there for the next result.
        tab.press(&["Control+k"]);
        tab.until(&format!("{INPUT}.value === {} && {RESULTS}.length > 1", Value::from(query)));
        tab.press(&["Escape"]);
        tab.until("!document.getElementById('search').open");
        assert_eq!(tab.errors(), Vec::<String>::new());
    }
}

#[test]
fn escape_gives_the_focus_back_and_the_query_stays() {
    let Some(book) = book() else { return };
    let tab = ask(book, "en/udp/datagrams.html", Look { width: NARROW, ..Look::default() }, "checksum");
    tab.press(&["Escape"]);
    tab.until(&format!("document.activeElement === document.querySelector('{OPEN}')"));
    tab.press(&["Enter"]);
    tab.until(&format!("document.activeElement === {INPUT} && {INPUT}.value === 'checksum' && {RESULTS}.length > 0"));
}

#[test]
fn an_input_method_keeps_its_keys_and_its_text() {
    let Some(book) = book() else { return };
    let tab = book.open("ko/index.html", Look::default());
    let here = tab.address();
    tab.click(OPEN);
    tab.until(&format!("document.activeElement === {INPUT}"));
    for part in ["ㅅ", "소", "솤", "소케"] {
        tab.compose(part);
    }
    // Found before the syllable is done, and nothing of it is touched.
    tab.until(&format!("{RESULTS}.length > 0"));
    assert_eq!(tab.text(&format!("{INPUT}.value")), "소케");
    // Enter ends the syllable: that is what an input method sends.
    tab.js(&format!(
        "{INPUT}.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter', keyCode: 229, isComposing: true, bubbles: true, cancelable: true }}))"
    ));
    assert_eq!((tab.address(), tab.text(&format!("{INPUT}.value"))), (here, "소케".to_string()));
    tab.insert("소켓");
    tab.until(&format!("{INPUT}.value === '소켓' && {RESULTS}.length > 0"));
    tab.turn(|tab| tab.press(&["Enter"]));
    assert!(tab.address().contains('#'), "{}", tab.address());
}

#[test]
fn who_writes_elsewhere_writes_on() {
    let Some(book) = book() else { return };
    let tab = book.open("en/index.html", Look::default());
    tab.js("document.querySelector('article').append(document.createElement('textarea'))");
    tab.click("article textarea");
    tab.press(&["/", "Control+k"]);
    assert_eq!(tab.text("document.querySelector('article textarea').value"), "/");
    assert!(!tab.is("document.getElementById('search').open"));
}

#[test]
fn a_slip_is_answered_and_nothing_is_called_nothing() {
    let Some(book) = book() else { return };
    let tab = ask(book, "en/index.html", Look::default(), "conection");
    let status = "document.querySelector('#search [role=status]').textContent";
    assert!(tab.text(status).contains("connection"), "{}", tab.text(status));
    tab.fill("[data-testid=search-input]", "kubernetes");
    tab.until(&format!("{RESULTS}.length === 0 && {status}.includes('kubernetes')"));
}

#[test]
fn the_open_search_is_accessible_at_every_width() {
    let Some(book) = book() else { return };
    for (edition, query) in [("ko", "논블록킹"), ("en", "EAGAIN")] {
        for look in browser::survey::looks() {
            let tab = ask(book, &format!("{edition}/waiting/tokio.html"), look, query);
            assert_eq!(tab.axe(), Vec::<String>::new(), "{edition} {look:?}");
            assert_eq!(tab.overflow(), 0, "{edition} {look:?}");
        }
    }
}
