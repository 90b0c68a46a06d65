//! The pages, as a reader meets them: in a real Chromium.
//!
//! A test begins with `let Some(book) = book() else { return };` and opens tabs
//! of its own; each is a visitor without any history. `BROWSER_TESTS=skip`
//! leaves all of them out.

mod editions;
mod every;
mod experiments;
mod faulty;
mod keyboard;
mod offline;
mod progress;
mod reading;
mod search;
mod terms;
mod votes;
mod without_scripts;

use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use browser::{Chromium, Look, Server, Tab};
use sockets::site;
use sockets::text::Lang;

/// Both editions, served, and a browser.
pub(crate) struct Book {
    pub(crate) chromium: Arc<Chromium>,
    pub(crate) server: Server,
}

impl Book {
    /// A new visitor who opens a page: `en/tcp/connection.html`.
    #[track_caller]
    pub(crate) fn open(&self, page: &str, look: Look) -> Tab {
        self.chromium.open(&self.server.url(page), look)
    }
}

/// The book as all tests share it; `None` if browser tests are to be skipped.
pub(crate) fn book() -> Option<&'static Book> {
    static BOOK: OnceLock<Result<Book, String>> = OnceLock::new();
    chromium()?;
    let book = BOOK.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let site = site::build(root, None, Lang::En, &|_| {}).map_err(|error| format!("{error:#}"))?;
        if let Some(fault) = site.faults.first() {
            return Err(format!("the book has faults: {fault}"));
        }
        Ok(Book { chromium: chromium().ok_or("skipped")?, server: Server::start(site.files) })
    });
    Some(book.as_ref().unwrap_or_else(|error| panic!("{error}")))
}

/// One Chromium for all tests; it ends with this process.
pub(crate) fn chromium() -> Option<Arc<Chromium>> {
    static CHROMIUM: OnceLock<Result<Arc<Chromium>, String>> = OnceLock::new();
    if browser::chromium::skipped() {
        // Past the test's own capture: what was not run is to be seen.
        writeln!(std::io::stderr(), "not run: BROWSER_TESTS=skip").ok();
        return None;
    }
    let chromium = CHROMIUM.get_or_init(Chromium::start);
    Some(Arc::clone(chromium.as_ref().unwrap_or_else(|error| panic!("{error}"))))
}
