//! A reader whose browser runs no scripts: everything can still be read.

use browser::{Look, tab::WIDE};
use serde_json::json;

use crate::book;

const LOOK: Look = Look { width: WIDE, dark: false, languages: "en", scripts: false };

#[test]
fn a_chapter_shows_its_answers_and_its_experiments() {
    let Some(book) = book() else { return };
    for edition in ["en", "ko"] {
        let tab = book.open(&format!("{edition}/tcp/connection.html"), LOOK);
        // Of what can be folded, each kind opens by itself.
        for folded in ["[data-testid=vote] details.answer", "[data-testid=quiz] details.answer"] {
            tab.click(&format!("{folded} > summary"));
            tab.until(&format!("document.querySelector('{folded}').open"));
            assert!(tab.read(folded).len() > 40, "{edition}: nothing in {folded}");
        }
        // An experiment was run when the page was made.
        let card = "[data-testid=experiment][data-mode=run]";
        assert!(tab.read(&format!("{card} .x-script")).contains("socket(AF_INET"));
        let results = format!("{card} details:has([data-testid=transcript])");
        if !tab.is(&format!("document.querySelector('{results}').open")) {
            tab.click(&format!("{results} > summary"));
        }
        tab.see(&format!("{card} [data-testid=transcript]"));
        assert!(tab.read(&format!("{card} [data-testid=transcript]")).contains("->"));
        let figure = format!("document.querySelector('{card} [data-testid=packets] img')");
        tab.until(&format!("{figure}.complete && {figure}.naturalHeight > 100 && {figure}.alt"));
        // Buttons that would do nothing are not there.
        let idle =
            "[...document.querySelectorAll('button')].filter((b) => b.checkVisibility() && !b.popoverTargetElement)";
        assert_eq!(tab.js(&format!("{idle}.map((b) => b.outerHTML)")), json!([]), "{edition}");
        assert_eq!(tab.errors(), Vec::<String>::new());
    }
}

#[test]
fn links_lead_through_the_book_and_to_the_other_edition() {
    let Some(book) = book() else { return };
    let tab = book.open("", LOOK);
    tab.turn(|tab| tab.click("a[href^=\"ko/\"]"));
    tab.turn(|tab| tab.click(".turn a[rel=next]"));
    let here = tab.address();
    tab.turn(|tab| tab.click("[data-testid=language-switch]"));
    assert_eq!(tab.address(), here.replace("/ko/", "/en/"));
}
