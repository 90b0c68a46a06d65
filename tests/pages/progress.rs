//! Progress: counted, kept in the browser, saved, taken in, started over.

use browser::tab::NARROW;
use browser::{Look, Tab};
use serde_json::{Value, json};

use crate::book;

const PAGE: &str = "en/tcp/connection.html";

/// The kept entries, as a test may ask for them.
const ENTRIES: &str = "(JSON.parse(localStorage.getItem('sockets-progress') ?? '{}').entries ?? {})";

#[track_caller]
fn kept(tab: &Tab, key: &str) -> Value {
    tab.js(&format!("{ENTRIES}[{}]?.[0] ?? null", json!(key)))
}

#[track_caller]
fn vote(tab: &Tab, bet: &str) {
    tab.click(&format!("[data-round=before][data-claim='1-16'] [value={bet}]"));
    tab.until(&format!("{ENTRIES}['vote:1-16:before']?.[0] === '{bet}'"));
}

#[track_caller]
fn done(tab: &Tab, detail: &str) {
    tab.js(&format!("document.dispatchEvent(new CustomEvent('sockets:done', {{ detail: {detail} }}))"));
}

/// Gives the page a file with this text.
#[track_caller]
fn take_in(tab: &Tab, text: &str) {
    tab.see(&button("dialog"));
    tab.js(&format!(
        "(() => {{ const input = document.querySelector('[data-testid=progress-import]'); const files = new DataTransfer(); \
         files.items.add(new File([{}], 'p.json')); input.files = files.files; input.dispatchEvent(new Event('change')); }})()",
        json!(text)
    ));
}

#[track_caller]
fn says(tab: &Tab, words: &str) {
    tab.until(&format!("document.querySelector('.progress-said').textContent.includes({})", json!(words)));
}

fn button(name: &str) -> String {
    format!("[data-testid=progress-{name}]")
}

#[test]
fn what_was_read_and_run_is_counted_in_the_contents() {
    let Some(book) = book() else { return };
    let tab = book.open(PAGE, Look::default());
    tab.js(
        "document.getElementById('half-close')?.scrollIntoView() ?? document.getElementById('reset').scrollIntoView()",
    );
    tab.until(&format!("Object.keys({ENTRIES}).some(key => key.startsWith('section:tcp/connection#'))"));
    done(&tab, "{ kind: 'experiment', id: 'handshake', value: 'run' }");
    done(&tab, "{ kind: 'bet', id: 'handshake', value: { right: 2, of: 3 } }");
    done(&tab, "{ kind: 'no such kind', id: 'x', value: 1 }");
    assert_eq!(kept(&tab, "experiment:handshake"), "run");
    assert_eq!(kept(&tab, "no such kind:x"), Value::Null);
    let ring = "document.querySelector('#contents a[aria-current] .ring')";
    tab.until(&format!("{ring}?.ariaLabel.includes(' of ')"));
    // The same numbers in the other edition.
    let counted = tab.text(&format!("{ring}.style.getPropertyValue('--done')"));
    tab.goto(&book.server.url("ko/index.html"));
    tab.until(&format!(
        "document.querySelector('#contents a[data-page=\"tcp/connection\"] .ring').style.getPropertyValue('--done') === '{counted}'"
    ));
    tab.click(&button("open"));
    tab.see(&button("dialog"));
    assert!(tab.read(&button("dialog")).contains("예상: 3개 가운데 2개 맞음"));
    assert_eq!(tab.axe(), Vec::<String>::new());
}

#[test]
fn progress_is_saved_started_over_brought_back_and_taken_in() {
    let Some(book) = book() else { return };
    for look in [Look::default(), Look { width: NARROW, dark: true, ..Look::default() }] {
        let tab = book.open(PAGE, look);
        vote(&tab, "wrong");
        done(&tab, "{ kind: 'lab', id: 'tcp-echo', value: '3/8' }");
        if look.width == NARROW {
            tab.click(".menu");
        }
        tab.click(&button("open"));
        tab.click(&button("export"));
        let day = tab.text("new Date().toISOString().slice(0, 10)");
        let file = String::from_utf8(tab.download(&format!("sockets-progress-{day}.json"))).unwrap();
        let saved: Value = serde_json::from_str(&file).unwrap();
        assert_eq!(saved["entries"]["vote:1-16:before"][0], "wrong");
        assert_eq!(saved["version"], 1);
        // Asked first; then everything is gone, and can be brought back once.
        tab.click(&button("reset"));
        tab.click(&button("reset-no"));
        assert_eq!(kept(&tab, "vote:1-16:before"), "wrong");
        for _ in 0..2 {
            tab.click(&button("reset"));
            // What is read meanwhile takes no button away.
            done(&tab, "{ kind: 'section', id: 'udp/datagrams#loss' }");
            tab.click(&button("reset-yes"));
            tab.until(&format!("Object.keys({ENTRIES}).every(key => key.startsWith('section:'))"));
            if tab.is(&format!("document.querySelector('{}')", button("aside-save"))) {
                panic!("nothing was to be set aside");
            }
            tab.click(&button("restore"));
            tab.until(&format!("{ENTRIES}['vote:1-16:before']?.[0] === 'wrong'"));
            assert!(tab.is(&format!("!document.querySelector('{}')", button("restore"))));
        }
        tab.click(&button("reset"));
        tab.click(&button("reset-yes"));
        tab.click(&button("close"));
        tab.until("!document.querySelector('[data-round=before] :checked')");
        vote(&tab, "right");
        // What is newer here stays, the rest comes back.
        if look.width == NARROW {
            tab.click(".menu");
        }
        tab.click(&button("open"));
        take_in(&tab, &file);
        says(&tab, "Entries taken in");
        assert_eq!(kept(&tab, "lab:tcp-echo"), "3/8");
        assert_eq!(kept(&tab, "vote:1-16:before"), "right");
        assert_eq!(tab.overflow(), 0);
        assert_eq!(tab.axe(), Vec::<String>::new());
        assert_eq!(tab.errors(), Vec::<String>::new());
    }
}

#[test]
fn a_file_that_is_none_of_ours_is_named_and_changes_nothing() {
    let Some(book) = book() else { return };
    let tab = book.open(PAGE, Look::default());
    vote(&tab, "partly");
    tab.click(&button("open"));
    for (file, words) in [
        ("", "damaged"),
        ("{\"book\":", "damaged"),
        ("null", "not the progress"),
        ("{\"book\":\"another\",\"version\":1,\"entries\":{}}", "not the progress"),
        ("{\"book\":\"sockets-by-experiment\",\"version\":2,\"entries\":{}}", "newer version"),
        ("{\"book\":\"sockets-by-experiment\",\"version\":1,\"entries\":7}", "damaged"),
    ] {
        take_in(&tab, file);
        says(&tab, words);
        says(&tab, "Nothing was changed");
        assert_eq!(kept(&tab, "vote:1-16:before"), "partly");
    }
    take_in(
        &tab,
        "{\"book\":\"sockets-by-experiment\",\"version\":1,\"entries\":{\"vote:9-9:before\":[\"wrong\",5],\
         \"__proto__\":[1,1],\"vote:a\":1,\"vote:b\":[1,-1],\"<b>\":[1,1]}}",
    );
    says(&tab, "Left out, because they made no sense: 4");
    assert_eq!(kept(&tab, "vote:9-9:before"), "wrong");
    assert!(tab.is("Object.prototype.toString.call({}) === '[object Object]'"));
}

#[test]
fn damaged_progress_is_set_aside_told_and_not_lost() {
    let Some(book) = book() else { return };
    let newer = "{\"book\":\"sockets-by-experiment\",\"version\":9,\"entries\":{\"vote:1-16:before\":[\"right\",1,2]}}";
    for (text, words) in [("{broken", "damaged"), ("[1,2]", "not the progress"), (newer, "newer version")] {
        let tab = book.open("en/glossary.html", Look::default());
        // Just before the page: the script of the one before it would find the
        // damage first, if it still had something to write down.
        let plant = format!(
            "if (!sessionStorage.planted) {{ sessionStorage.planted = 1; localStorage.setItem('sockets-progress', {}) }}",
            json!(text)
        );
        tab.ask("Page.addScriptToEvaluateOnNewDocument", json!({ "source": plant }));
        tab.goto(&book.server.url(PAGE));
        let notice = tab.read("[data-testid=progress-notice]");
        assert!(notice.contains(words), "{notice}");
        assert_eq!(tab.text("JSON.parse(localStorage.getItem('sockets-progress-aside-1')).text"), text);
        // The page works as ever, and says it once.
        vote(&tab, "right");
        tab.reload();
        assert_eq!(kept(&tab, "vote:1-16:before"), "right");
        assert!(tab.is("!document.querySelector('[data-testid=progress-notice]')"));
        assert!(tab.is("!localStorage.getItem('sockets-progress-aside-2')"));
        tab.click(&button("open"));
        tab.click(&button("aside-try"));
        says(&tab, words);
        tab.click(&button("aside-save"));
        assert_eq!(tab.download("sockets-progress-aside-1.txt"), text.as_bytes());
        tab.click(&button("aside-drop"));
        tab.until("!localStorage.getItem('sockets-progress-aside-1')");
        assert_eq!(tab.errors(), Vec::<String>::new());
    }
}

#[test]
fn two_tabs_lose_nothing_of_each_other() {
    let Some(book) = book() else { return };
    let one = book.open(PAGE, Look::default());
    let two = one.another(Look::default());
    two.goto(&book.server.url("ko/tcp/connection.html"));
    vote(&one, "wrong");
    two.until("document.querySelector(`[data-round=before][data-claim='1-16'] [value=wrong]`).checked");
    // Written from old data, as if both had written at the same moment.
    let old = two.js("localStorage.getItem('sockets-progress')");
    done(&two, "{ kind: 'experiment', id: 'half-close', value: 'run' }");
    one.js(&format!("localStorage.setItem('sockets-progress', {old})"));
    for tab in [&one, &two] {
        tab.until(&format!("{ENTRIES}['experiment:half-close'] && {ENTRIES}['vote:1-16:before']"));
    }
    // Forgotten in one is forgotten in both.
    one.click(&button("open"));
    one.click(&button("reset"));
    one.click(&button("reset-yes"));
    two.until("!document.querySelector('[data-round=before] :checked')");
    vote(&two, "partly");
    assert_eq!(kept(&two, "experiment:half-close"), Value::Null);
}

#[test]
fn without_storage_a_page_still_answers_and_says_that_it_forgets() {
    let Some(book) = book() else { return };
    let tab = book.open("en/glossary.html", Look::default());
    let none =
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })";
    tab.ask("Page.addScriptToEvaluateOnNewDocument", json!({ "source": none }));
    tab.goto(&book.server.url(PAGE));
    let card = "[data-round=after][data-claim='1-16']";
    tab.click("[data-round=before][data-claim='1-16'] [value=right]");
    tab.click(&format!("{card} [value=wrong]"));
    tab.until(&format!("document.querySelector(`{card} .change`)"));
    tab.click(&button("open"));
    assert!(tab.read(&button("dialog")).contains("forgotten when you leave"));
    tab.click(&button("reset"));
    tab.click(&button("reset-yes"));
    says(&tab, "Everything is forgotten");
    assert_eq!(tab.errors(), Vec::<String>::new());
}
