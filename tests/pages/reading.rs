//! Reading: from page to page, from one edition to the other, by day and night.

use browser::Look;
use browser::tab::NARROW;

use crate::book;

#[test]
fn the_root_opens_the_edition_of_the_reader() {
    let Some(book) = book() else { return };
    for (languages, edition) in [("ko-KR,ko,en", "ko"), ("en-GB,en", "en"), ("fr,de", "en"), ("fr,ko", "ko")] {
        let tab = book.open("", Look { languages, ..Look::default() });
        tab.until(&format!("location.pathname === '/{edition}/index.html'"));
        assert_eq!(tab.errors(), Vec::<String>::new());
    }
}

#[test]
fn the_language_switch_keeps_the_section_and_the_root_remembers_it() {
    let Some(book) = book() else { return };
    for look in [Look::default(), Look { width: NARROW, ..Look::default() }] {
        let tab = book.open("en/tcp/connection.html#half-close-nowhere", look);
        for section in ["handshake", "reuseaddr", "sources"] {
            tab.js(&format!("document.getElementById('{section}').scrollIntoView()"));
            tab.turn(|tab| tab.click("[data-testid=language-switch]"));
            let there = book.server.url(&format!("ko/tcp/connection.html#{section}"));
            assert_eq!(tab.address(), there);
            let top = format!("Math.abs(document.getElementById('{section}').getBoundingClientRect().top)");
            tab.until(&format!("{top} < innerHeight"));
            tab.turn(|tab| tab.click("[data-testid=language-switch]"));
            assert_eq!(tab.address(), there.replace("/ko/", "/en/"));
        }
        tab.turn(|tab| tab.click("[data-testid=language-switch]"));
        // An English browser, but a reader of Korean.
        tab.goto(&book.server.url(""));
        tab.until("location.pathname === '/ko/index.html'");
    }
}

#[test]
fn an_address_with_a_section_opens_there() {
    let Some(book) = book() else { return };
    for (page, section) in [
        ("en/tcp/closing.html", "vanished"),
        ("ko/start/opening-a-socket.html", "endpoint"),
        ("ko/glossary.html", "backlog"),
        ("en/bench.html", "half-close"),
        // The bar is not all that stands over a claim: its page has a choice there.
        ("en/claims.html", "c1-16"),
    ] {
        let tab = book.open("en/index.html", Look::default());
        // As most readers have it: what moves may move.
        tab.ask("Emulation.setEmulatedMedia", serde_json::json!({ "features": [] }));
        tab.goto(&book.server.url(&format!("{page}#{section}")));
        // The scripts of the page make it longer and shorter while it opens.
        let top = tab.js(&format!("document.getElementById('{section}').getBoundingClientRect().top"));
        let top = top.as_f64().unwrap();
        let bars = "[...document.querySelectorAll('.bar, .filter')].map(bar => bar.getBoundingClientRect().bottom)";
        let bar = tab.js(&format!("Math.max(...{bars})")).as_f64().unwrap();
        assert!((bar..bar + 64.0).contains(&top), "{page}#{section} is at {top}, below what stays on top to {bar}");
    }
}

#[test]
fn the_theme_is_kept_and_shown_before_anything_else() {
    let Some(book) = book() else { return };
    let tab = book.open("en/index.html", Look::default());
    let back = "getComputedStyle(document.body).backgroundColor";
    let light = tab.text(back);
    tab.click("[data-theme-switch]");
    tab.until(&format!("{back} !== '{light}'"));
    let dark = tab.text(back);
    assert_eq!(tab.text("document.querySelector('[data-theme-switch]').ariaPressed"), "true");
    tab.goto(&book.server.url("ko/udp/datagrams.html"));
    assert_eq!(tab.text(back), dark);
    // Who has chosen nothing gets what the system has.
    assert_eq!(book.open("en/index.html", Look { dark: true, ..Look::default() }).text(back), dark);
    // A second tab of the same reader.
    assert_eq!(
        {
            let second = tab.another(Look::default());
            second.goto(&book.server.url("en/claims.html"));
            second.text(back)
        },
        dark
    );
    tab.click("[data-theme-switch]");
    tab.until(&format!("{back} === '{light}'"));
    tab.reload();
    assert_eq!(tab.text(back), light);
}

#[test]
fn a_chapter_is_read_from_the_contents_to_the_last_link() {
    let Some(book) = book() else { return };
    for (edition, languages) in [("en", "en"), ("ko", "ko")] {
        let tab = book.open(&format!("{edition}/index.html"), Look { width: NARROW, languages, ..Look::default() });
        tab.click(".menu");
        tab.see("#contents a[href$='tcp/connection.html']");
        tab.turn(|tab| tab.click("#contents a[href$='tcp/connection.html']"));
        assert_eq!(tab.text("document.documentElement.lang"), edition);
        let sections = tab.js("document.querySelectorAll('article > h2[id]').length").as_u64().unwrap();
        assert!(sections >= 10, "{sections}");
        // A section from the contents: they close, and it is what one sees.
        tab.click(".menu");
        tab.click("#contents .sections a[href='#reset']");
        tab.until("!document.querySelector('#contents').matches(':popover-open')");
        tab.until(
            "(top => top >= 0 && top < innerHeight / 2)(document.getElementById('reset').getBoundingClientRect().top)",
        );
        // On through every page to the end of the book.
        let mut pages = 0;
        while tab.is("document.querySelector('.turn a[rel=next]')") {
            tab.turn(|tab| tab.click(".turn a[rel=next]"));
            pages += 1;
            assert!(pages < 100, "the book has no end");
        }
        assert!(pages >= 8, "{pages}");
        assert_eq!(tab.errors(), Vec::<String>::new());
    }
}
