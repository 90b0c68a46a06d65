//! What is wrong with pages, at every width and in both themes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::chromium::Chromium;
use crate::server::Server;
use crate::tab::{Look, NARROW, WIDE};

/// The heaviest that a first view may be, in bytes over the network.
pub const WEIGHT: u64 = 150 * 1024;

/// The most requests of a first view.
pub const REQUESTS: usize = 12;

/// One page at one width in one theme.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its path in the site.
    pub page: String,
    /// Width of the window.
    pub width: u32,
    /// Theme.
    pub dark: bool,
    /// What axe-core says, a line each; `None` if it was not asked.
    pub violations: Option<Vec<String>>,
    /// Bytes of the first view, headers included.
    pub weight: u64,
    /// Requests of the first view.
    pub requests: usize,
    /// Requests to anyone but the server.
    pub others: Vec<String>,
    /// Exceptions, console errors, failed requests.
    pub errors: Vec<String>,
    /// Pixels by which the page is wider than the window.
    pub overflow: i64,
}

impl Seen {
    /// What breaks a promise, a line each.
    #[must_use]
    pub fn breaches(&self) -> Vec<String> {
        let mut found: Vec<String> = self.violations.iter().flatten().map(|one| format!("axe: {one}")).collect();
        found.extend(self.errors.iter().map(|one| format!("error: {one}")));
        found.extend(self.others.iter().map(|one| format!("a request to another host: {one}")));
        if self.weight > WEIGHT {
            found.push(format!("{} bytes for a first view, more than {WEIGHT}", self.weight));
        }
        if self.requests > REQUESTS {
            found.push(format!("{} requests for a first view, more than {REQUESTS}", self.requests));
        }
        if self.overflow != 0 {
            found.push(format!("{} px wider than the window", self.overflow));
        }
        let theme = if self.dark { "dark" } else { "light" };
        found.iter().map(|one| format!("{} ({} px, {theme}): {one}", self.page, self.width)).collect()
    }
}

/// Every look at a page: both themes at both widths.
#[must_use]
pub fn looks() -> [Look; 4] {
    [(NARROW, false), (NARROW, true), (WIDE, false), (WIDE, true)].map(|(width, dark)| Look {
        width,
        dark,
        ..Look::default()
    })
}

/// Opens each page as a new visitor, once for each look, and asks axe-core
/// each time, which takes four fifths of the time.
///
/// # Panics
///
/// Chromium or a page does not answer; axe-core is missing.
#[must_use]
pub fn survey(browser: &Arc<Chromium>, server: &Server, pages: &[String]) -> Vec<Seen> {
    all(browser, server, pages, |_| true, |_, _| true)
}

/// The same in a quarter of the time: light at the narrow width and dark at the
/// wide one, and axe-core is asked about each page at one of them. The page of
/// the other edition, which has the same parts, is asked about at the other.
///
/// # Panics
///
/// See [`survey`].
#[must_use]
pub fn glance(browser: &Arc<Chromium>, server: &Server, pages: &[String]) -> Vec<Seen> {
    all(
        browser,
        server,
        pages,
        |look| look.dark == (look.width == WIDE),
        |page, look| {
            let (edition, rest) = page.split_once('/').unwrap_or_default();
            // Any rule that both editions share and that mixes the looks in each.
            let wide = (edition == "ko") ^ rest.len().is_multiple_of(2);
            wide == (look.width == WIDE)
        },
    )
}

fn all(
    browser: &Arc<Chromium>,
    server: &Server,
    pages: &[String],
    wanted: fn(Look) -> bool,
    axe: fn(&str, Look) -> bool,
) -> Vec<Seen> {
    let looks = || looks().into_iter().filter(|look| wanted(*look));
    let work: Vec<(&String, Look)> = pages.iter().flat_map(|page| looks().map(move |look| (page, look))).collect();
    let (next, seen) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    // Pages are work for the processor: more tabs than processors gain nothing.
    let hands = std::thread::available_parallelism().map_or(2, |n| n.get().min(4));
    std::thread::scope(|scope| {
        for _ in 0..hands {
            scope.spawn(|| {
                while let Some((page, look)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let one = look_at(browser, server, page, *look, axe(page, *look));
                    seen.lock().unwrap_or_else(PoisonError::into_inner).push(one);
                }
            });
        }
    });
    let mut seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    seen.sort_by(|a, b| (&a.page, a.width, a.dark).cmp(&(&b.page, b.width, b.dark)));
    seen
}

fn look_at(browser: &Arc<Chromium>, server: &Server, page: &str, look: Look, axe: bool) -> Seen {
    let tab = browser.open(&server.url(page), look);
    let requests = tab.requests();
    let overflow = tab.overflow();
    let violations = axe.then(|| tab.axe());
    let host = server.host();
    Seen {
        page: page.to_string(),
        width: look.width,
        dark: look.dark,
        violations,
        weight: requests.iter().map(|one| one.bytes).sum(),
        requests: requests.len(),
        others: requests.iter().filter(|one| one.host() != host).map(|one| one.url.clone()).collect(),
        errors: tab.errors(),
        overflow,
    }
}
