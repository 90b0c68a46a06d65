//! A lab in the page of the local server, as a student uses it.

use browser::{Chromium, Look, tab::NARROW};

use crate::client::Server;
use crate::small;

#[test]
fn a_student_starts_a_lab_fails_and_sees_where() {
    if browser::chromium::skipped() {
        eprintln!("not run: BROWSER_TESTS=skip");
        return;
    }
    let chromium = Chromium::start().unwrap_or_else(|error| panic!("{error}"));
    let project = small::project();
    let server = Server::start(&project, "");
    let url = format!("http://{}/en/tcp/connection.html", server.host());
    let tab = chromium.open(&url, Look { width: NARROW, ..Look::default() });
    let card = "[data-testid=lab-card][data-lab=one]";
    tab.click(&format!("{card} [data-testid=start]"));
    tab.see(&format!("{card} [data-testid=run]"));
    assert!(project.has("my-labs/one/src/main.rs"));

    // The first check passes, the others do not, and say where it went wrong.
    project.solve("one", "speaks steps");
    tab.click(&format!("{card} [data-testid=run]"));
    let state = |check: &str, is: &str| {
        tab.until(&format!("document.querySelector('{card} [data-check={check}] [data-is={is}]')"));
    };
    state("speaks", "pass");
    state("repeats", "fail");
    state("stops", "fail");
    // Of several failures the first one is open, with its picture.
    let failed = format!("{card} [data-check=repeats]");
    tab.see(&format!("{failed} [data-testid=lab-picture] svg"));
    assert!(!tab.is(&format!("document.querySelector('{card} [data-check=stops] .live-record').open")));
    assert_eq!(tab.js(&format!("document.querySelectorAll('{failed} [data-testid=step]').length")), 1);
    let picture = tab.read(&format!("{failed} [data-testid=lab-picture]"));
    for part in ["speak", "repeats", "other", "look here", "61 62", "61 63"] {
        assert!(picture.contains(part), "no {part} in {picture}");
    }
    // Whoever hears it is told the same.
    let heard = tab.text(&format!("document.querySelector('{failed} svg desc').textContent"));
    assert!(heard.contains("repeats") || heard.contains('2'), "{heard}");
    assert_eq!(tab.overflow(), 0);
    assert_eq!(tab.errors(), Vec::<String>::new());

    // Mended, saved, run again: all that is left of the failure is the mark.
    project.solve("one", "speaks repeats stops");
    tab.click(&format!("{card} [data-testid=run]"));
    state("stops", "pass");
    state("repeats", "pass");
    assert!(!tab.is(&format!("document.querySelector('{card} [data-testid=lab-picture]')")));
}
