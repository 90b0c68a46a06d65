//! What holds for every page, in both editions, both themes and at both widths.

use browser::survey::glance;

use crate::book;

#[test]
fn every_page_is_accessible_light_and_without_errors() {
    let Some(book) = book() else { return };
    let pages = book.server.pages();
    let seen = glance(&book.chromium, &book.server, &pages);
    assert_eq!(seen.len(), pages.len() * 2);
    assert_eq!(seen.iter().filter(|one| one.violations.is_some()).count(), pages.len());
    let breaches: Vec<String> = seen.iter().flat_map(|one| one.breaches()).collect();
    assert!(breaches.is_empty(), "{} breaches:\n{}", breaches.len(), breaches.join("\n"));
}
