//! Terms, explained where a page first uses them.

use browser::Look;
use browser::tab::NARROW;

use crate::book;

#[test]
fn a_term_is_explained_to_keys_and_mouse_and_leads_to_its_entry() {
    let Some(book) = book() else { return };
    for (edition, width) in [("en", NARROW), ("ko", 1280)] {
        let tab = book.open(&format!("{edition}/tcp/connection.html"), Look { width, ..Look::default() });
        let term = "document.querySelector('a.term')";
        tab.js(&format!("{term}.focus()"));
        tab.see(".term-tip");
        assert_eq!(tab.read(".term-tip"), tab.text(&format!("{term}.dataset.definition")));
        assert_eq!(tab.text(&format!("{term}.getAttribute('aria-describedby')")), "term-tip");
        assert_eq!(tab.overflow(), 0);
        tab.press(&["Escape"]);
        tab.until("document.querySelector('.term-tip').hidden");
        // Each term once, and none in a heading or in code.
        assert!(tab.is(
            "(links => new Set(links).size === links.length)([...document.querySelectorAll('a.term')].map(a => a.hash))"
        ));
        assert!(tab.is("!document.querySelector('h1 .term, h2 .term, h3 .term, pre .term, code .term, a a')"));
        tab.turn(|tab| tab.click("a.term"));
        assert!(tab.is("document.querySelector(':target dt, dl :target')"), "{}", tab.address());
        assert_eq!(tab.errors(), Vec::<String>::new());
    }
}
