//! The site as it is now, and who wants to hear of a new one.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde::Serialize;
use tokio::sync::broadcast;

use crate::site::{self, Fault, Kept, Site};
use crate::text::{Lang, say};

/// How many faults a terminal is filled with; the page shows them all.
const SHOWN: usize = 12;

/// What open pages are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum News {
    /// A build began.
    Building,
    /// The site is as it was.
    Same,
    /// There is a new site: show it.
    Built,
    /// Where the student stands with the labs has changed.
    Labs,
    /// Something has to be mended; the site is the last good one.
    Broken {
        /// Whether an earlier version without faults is still shown.
        kept: bool,
        /// Files, lines, messages.
        faults: Vec<Fault>,
    },
}

/// The site and its readers.
pub(super) struct Board {
    pub(super) root: PathBuf,
    pub(super) lang: Lang,
    /// What the builds so far have made: an edit changes little of it.
    kept: Kept,
    now: Mutex<Now>,
    news: broadcast::Sender<News>,
}

#[derive(Default)]
struct Now {
    site: Arc<Site>,
    /// Counts the sites that were shown.
    version: u64,
    /// Whether the site is one without faults.
    good: bool,
    /// What is wrong with the sources as they are.
    faults: Vec<Fault>,
}

impl Board {
    /// Without a site yet.
    pub(super) fn new(root: PathBuf, lang: Lang) -> Board {
        Board { kept: Kept::open(&root), root, lang, now: Mutex::default(), news: broadcast::channel(64).0 }
    }

    fn now(&self) -> std::sync::MutexGuard<'_, Now> {
        // A reader that panicked has changed nothing.
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The site to show, and which one it is.
    pub(super) fn site(&self) -> (Arc<Site>, u64) {
        let now = self.now();
        (Arc::clone(&now.site), now.version)
    }

    /// What has to be mended now, if anything.
    pub(super) fn broken(&self) -> Option<News> {
        let now = self.now();
        (!now.faults.is_empty()).then(|| News::Broken { kept: now.good, faults: now.faults.clone() })
    }

    /// News from here on.
    pub(super) fn listen(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    /// Tells open pages.
    pub(super) fn tell(&self, news: News) {
        // No page may be open; then nobody has to know.
        self.news.send(news).ok();
    }

    /// Builds the site again and returns what to say in the terminal. A site
    /// with faults replaces only one that had faults too.
    pub(super) fn rebuild(&self, step: &(dyn Fn(&str) + Sync)) -> Vec<String> {
        self.tell(News::Building);
        let begun = Instant::now();
        let built = site::rebuild(&self.root, None, self.lang, &self.kept, step);
        let mut now = self.now();
        let site = built.unwrap_or_else(|error| {
            let fault = Fault { file: "book".into(), line: 0, message: format!("{error:#}") };
            Site { faults: vec![fault], ..Site::default() }
        });
        let (pages, faults) = (site.pages, site.faults.clone());
        let good = faults.is_empty();
        // An editor's own files change the folder and not the book.
        let same = faults == now.faults && site.files == now.site.files;
        if good || (!now.good && (pages > 0 || now.site.pages == 0)) {
            now.site = Arc::new(site);
            now.version += u64::from(!same);
            now.good = good;
        }
        now.faults.clone_from(&faults);
        let shown = now.site.pages > 0 && (good || !now.good);
        let kept = now.good && !good;
        drop(now);
        if same {
            self.tell(News::Same);
        } else if shown {
            self.tell(News::Built);
        }
        if good {
            let values: [(&str, &dyn std::fmt::Display); 2] = [("pages", &pages), ("ms", &begun.elapsed().as_millis())];
            return vec![say(self.lang, "serve.built", &values)];
        }
        let mut lines: Vec<String> = faults.iter().take(SHOWN).map(ToString::to_string).collect();
        if faults.len() > SHOWN {
            lines.push(say(self.lang, "serve.more", &[("n", &(faults.len() - SHOWN))]));
        }
        let id = if kept { "serve.broken-kept" } else { "serve.broken" };
        lines.push(say(self.lang, id, &[("n", &faults.len())]));
        self.tell(News::Broken { kept, faults });
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_book_is_said_and_not_fatal() {
        let dir = tempfile::tempdir().unwrap();
        let board = Board::new(dir.path().to_path_buf(), Lang::En);
        let mut news = board.listen();
        assert!(!board.rebuild(&|_| {}).is_empty());
        assert!(matches!(board.broken(), Some(News::Broken { kept: false, faults }) if faults.len() == 1));
        assert_eq!(news.try_recv().unwrap(), News::Building);
        assert!(matches!(news.try_recv().unwrap(), News::Broken { .. }));
    }
}
