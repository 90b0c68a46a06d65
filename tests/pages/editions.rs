//! Two editions as one book, and the words of each.

use browser::Look;
use browser::tab::NARROW;

use crate::book;

#[test]
fn the_switch_keeps_the_filter_of_a_list_and_the_entry() {
    let Some(book) = book() else { return };
    for look in [Look::default(), Look { width: NARROW, ..Look::default() }] {
        let tab = book.open("en/claims.html?verdict=wrong&topic=tcp", look);
        tab.until("document.querySelector('.claims-count').textContent");
        tab.turn(|tab| tab.click("[data-testid=language-switch]"));
        assert!(tab.address().contains("/ko/claims.html?verdict=wrong&topic=tcp"), "{}", tab.address());
        tab.until("document.querySelector('[value=wrong]').checked");
        assert_eq!(tab.text("document.querySelector('.topic select').value"), "tcp");
        // What is filtered away is at no place, and nobody is there.
        for (page, entry) in [
            ("ko/claims.html?verdict=wrong", ".claim[data-verdict=wrong]"),
            ("ko/labs.html", ".lab[id]"),
            ("ko/bench.html", "article h2[id]"),
            ("ko/glossary.html", ".terms > [id]"),
        ] {
            tab.goto(&book.server.url(page));
            tab.js(&format!("[...document.querySelectorAll('{entry}')].at(-3).scrollIntoView({{ block: 'start' }})"));
            let title = "document.elementFromPoint(innerWidth / 2, innerHeight / 3).closest('[id]:not(main)')?.id";
            let near = tab.text(&format!("{title} ?? ''"));
            tab.turn(|tab| tab.click("[data-testid=language-switch]"));
            let address = tab.address();
            let (path, section) = address.split_once('#').unwrap_or((&address, ""));
            assert!(path.ends_with(&page.replace("ko/", "en/")), "{address}");
            let there = format!("document.getElementById('{section}')");
            tab.until(&format!("{there}?.checkVisibility()"));
            let top = format!("Math.abs({there}.getBoundingClientRect().top)");
            tab.until(&format!("{top} < innerHeight"));
            assert!(!section.is_empty(), "{page}: from {near}");
        }
        assert_eq!(tab.errors(), Vec::<String>::new());
    }
}

/// Everything of the interface that is not in the language of the page: on
/// Korean ones labels and what is pressed, without names; on English ones any
/// Hangul. What says its language, and code, is so on purpose.
const FOREIGN: &str = "(() => {
  const meant = e => e.closest('[lang]:not(html), code, pre, kbd, .x-editor, svg');
  const said = [];
  for (const e of document.querySelectorAll('body *')) {
    if (['SCRIPT', 'STYLE'].includes(e.tagName) || meant(e)) continue;
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-roledescription', 'data-definition']) {
      // The search gives an example in each language.
      if (e.hasAttribute(name) && !e.matches('[type=search]')) said.push([e.getAttribute(name), true]);
    }
    const pressed = Boolean(e.closest('button, summary, legend, label, option, th, [role=option], [role=status]'));
    for (const n of e.childNodes) if (n.nodeType === 3) said.push([n.data.trim(), pressed]);
  }
  const name = /[\\w-]+\\(\\d*\\)|WebSocket/g;
  const korean = document.documentElement.lang === 'ko';
  const foreign = ([text, ours]) => korean
    ? ours && !/[가-힣]/.test(text) && /[a-z]{3,}/.test(text.replace(name, ''))
    : /[가-힣]/.test(text);
  if (said.length < 100) return 'there is nothing on the page';
  return [...new Set(said.filter(foreign).map(([text]) => text))].join('; ');
})()";

#[test]
fn everything_that_is_said_is_in_the_language_of_the_page() {
    let Some(book) = book() else { return };
    for lang in ["ko", "en"] {
        for page in ["tcp/connection", "claims", "labs", "bench", "glossary", "index"] {
            let tab = book.open(&format!("{lang}/{page}.html"), Look { languages: lang, ..Look::default() });
            if page == "tcp/connection" {
                // With what scripts add.
                let x = "[data-script='handshake']";
                tab.click(&format!("{x} [data-testid=run]"));
                tab.see(&format!("{x} [data-testid=packets] svg"));
                tab.click("[data-testid=progress-open]");
            }
            tab.settle();
            assert_eq!(tab.text(FOREIGN), "", "{lang}/{page}");
        }
    }
}
