//! A whole chapter with the keyboard alone.

use browser::Look;
use browser::tab::NARROW;

use crate::book;

/// Everything that a reader can press on the page, in the order of the page,
/// and numbered: what cannot be seen and what is one of a group is left out.
const NUMBER: &str = "(() => {
  const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')];
  const groups = new Set();
  const reached = all.filter(e => {
    if (e.disabled || e.tabIndex < 0 || !e.checkVisibility({ visibilityProperty: true })) return false;
    if (e.tagName === 'SUMMARY' && e.parentElement.querySelector(':scope > summary') !== e) return false;
    if (e.type !== 'radio') return true;
    // Of a group of choices the tab key stops at one.
    const group = `${e.form?.id ?? ''}/${e.closest('fieldset, form, section')?.id ?? ''}/${e.name}`;
    return !groups.has(group) && groups.add(group);
  });
  reached.forEach((e, at) => { e.dataset.order = at; });
  return reached.length;
})()";

/// Number of the element in focus, whether one sees that it has the focus, and
/// whether it is in the window.
const FOCUS: &str = "(() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e);
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  // A choice shows it on its label, the editor on the box that holds text and colours.
  const label = getComputedStyle(e.closest('label') ?? e).outlineStyle !== 'none';
  const editor = e.closest('.x-editor');
  const shown = ring || label || style.boxShadow !== 'none' || (editor && getComputedStyle(editor).boxShadow !== 'none');
  const box = e.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const group = e.type === 'radio' ? document.querySelector(`input[name='${e.name}'][data-order]`)?.dataset.order : null;
  return { order: Number(e.dataset.order ?? group ?? -1), shown, inside, is: e.outerHTML.slice(0, 160) };
})()";

#[test]
fn the_tab_key_reaches_everything_in_order_and_is_never_trapped() {
    let Some(book) = book() else { return };
    for (page, width) in [("en/tcp/connection.html", 1280), ("ko/udp/datagrams.html", NARROW)] {
        let tab = book.open(page, Look { width, ..Look::default() });
        let count = tab.js(NUMBER).as_u64().unwrap();
        assert!(count > 40, "{page}: {count}");
        let (mut reached, mut wrong) = (Vec::new(), Vec::new());
        for _ in 0..count + 5 {
            tab.press(&["Tab"]);
            let focus = tab.js(FOCUS);
            if focus.is_null() {
                break;
            }
            let order = focus["order"].as_i64().unwrap();
            if reached.last() == Some(&order) {
                wrong.push(format!("trapped: {}", focus["is"]));
                break;
            }
            if focus["shown"] != true {
                wrong.push(format!("focus cannot be seen: {}", focus["is"]));
            }
            if focus["inside"] != true {
                wrong.push(format!("outside of the window: {}", focus["is"]));
            }
            reached.push(order);
        }
        let missed: Vec<String> = (0..count as i64)
            .filter(|order| !reached.contains(order))
            .map(|order| {
                tab.text(&format!(
                    "document.querySelector('[data-order=\"{order}\"]')?.outerHTML.slice(0, 120) ?? 'gone'"
                ))
            })
            .collect();
        assert!(missed.is_empty(), "{page}: never reached:\n{}", missed.join("\n"));
        assert!(reached.is_sorted(), "{page}: out of order: {reached:?}");
        assert!(wrong.is_empty(), "{page}:\n{}", wrong.join("\n"));
    }
}

#[test]
fn a_chapter_is_worked_through_without_a_mouse() {
    let Some(book) = book() else { return };
    let tab = book.open("en/index.html", Look { width: NARROW, ..Look::default() });
    // Past the bar, straight to the text.
    tab.press(&["Tab"]);
    assert!(tab.focus().starts_with("a skip"), "{}", tab.focus());
    tab.press(&["Enter"]);
    tab.until("document.activeElement.id === 'main'");
    // The contents open, a chapter is chosen, Escape closes them again.
    tab.press(&["Shift+Tab"]);
    tab.js("document.querySelector('.menu').focus()");
    tab.press(&["Enter"]);
    tab.until("document.querySelector('#contents').matches(':popover-open')");
    tab.press(&["Escape"]);
    tab.until("!document.querySelector('#contents').matches(':popover-open')");
    assert!(tab.focus().contains("menu"), "{}", tab.focus());
    tab.press(&["Enter"]);
    for _ in 0..100 {
        if tab.is("document.activeElement.href?.endsWith('tcp/connection.html')") {
            break;
        }
        tab.press(&["Tab"]);
    }
    tab.turn(|tab| tab.press(&["Enter"]));
    assert!(tab.address().ends_with("/en/tcp/connection.html"), "{}", tab.address());
    // An experiment: run, step back, open a packet, leave it again.
    let x = "[data-script='handshake']";
    let go = |to: &str| {
        for _ in 0..400 {
            if tab.is(&format!("document.activeElement.matches(\"{to}\")")) {
                return;
            }
            tab.press(&["Tab"]);
        }
        panic!("{to} is not reached by the tab key");
    };
    go(&format!("{x} [data-testid=run]"));
    tab.press(&["Enter"]);
    tab.see(&format!("{x} [data-testid=packets] svg"));
    go(&format!("{x} [data-testid=back]"));
    tab.press(&["Space"]);
    go(&format!("{x} [data-testid=packets]"));
    tab.press(&["Home"]);
    for _ in 0..40 {
        tab.press(&["Enter"]);
        if tab.is(&format!("document.activeElement.matches(\"{x} [role=option]\")")) {
            break;
        }
        tab.press(&["ArrowRight"]);
        // Opening a packet asks the network for its fields first.
        tab.settle();
        if tab.is(&format!("document.activeElement.matches(\"{x} [role=option]\")")) {
            break;
        }
    }
    tab.see(&format!("{x} [data-testid=packet-detail]"));
    tab.press(&["ArrowDown"]);
    assert_eq!(tab.js("document.activeElement.role"), "option");
    go("[data-script='before-accept'] .x-bet");
    assert_eq!(tab.errors(), Vec::<String>::new());
}
