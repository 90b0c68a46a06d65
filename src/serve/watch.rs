//! Noticing that a source changed.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use notify::event::{EventKind, ModifyKind};
use notify::{Config, Event, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use crate::prove::table::Verdicts;

/// An editor writes a file in several steps: this long has to pass without
/// one before the change counts as made.
const QUIET: Duration = Duration::from_millis(120);
/// A file that never comes to rest must not hold the others up for longer.
const LONGEST: Duration = Duration::from_secs(2);
/// How often to look where the system does not tell.
const POLL: Duration = Duration::from_secs(2);

/// Changes, as they come.
pub(super) struct Changes {
    receiver: mpsc::UnboundedReceiver<()>,
    /// Stops telling when it is dropped.
    _watcher: Box<dyn Watcher + Send>,
}

impl Changes {
    /// Waits until something changed and has come to rest; `false` if no
    /// change can come any more.
    pub(super) async fn next(&mut self) -> bool {
        if self.receiver.recv().await.is_none() {
            return false;
        }
        let latest = Instant::now() + LONGEST;
        while let Ok(Some(())) = timeout(QUIET, self.receiver.recv()).await {
            if Instant::now() > latest {
                break;
            }
        }
        true
    }
}

/// Watches everything that a build of the book at `root` reads.
///
/// # Errors
///
/// Neither the system's way of watching nor looking again and again works.
pub(super) fn start(root: &Path) -> anyhow::Result<Changes> {
    let (sender, receiver) = mpsc::unbounded_channel();
    let tell = move |event: notify::Result<Event>| {
        if event.is_ok_and(|event| counts(&event)) {
            // Nobody listens any more: the server is ending.
            sender.send(()).ok();
        }
    };
    let native = RecommendedWatcher::new(tell.clone(), Config::default()).and_then(|mut watcher| {
        watch_all(&mut watcher, root)?;
        Ok(watcher)
    });
    let watcher: Box<dyn Watcher + Send> = match native {
        Ok(watcher) => Box::new(watcher),
        // Some network file systems, and systems out of watches.
        Err(_) => {
            let mut watcher = PollWatcher::new(tell, Config::default().with_poll_interval(POLL)).context("watch")?;
            watch_all(&mut watcher, root).context("watch")?;
            Box::new(watcher)
        }
    };
    Ok(Changes { receiver, _watcher: watcher })
}

fn watch_all(watcher: &mut dyn Watcher, root: &Path) -> notify::Result<()> {
    watcher.watch(&root.join("book"), RecursiveMode::Recursive)?;
    watcher.watch(&root.join("book.toml"), RecursiveMode::NonRecursive)?;
    let verdicts = root.join(Verdicts::FILE);
    if verdicts.is_file() {
        watcher.watch(&verdicts, RecursiveMode::NonRecursive)?;
    }
    // Not `labs` as a whole: its target folder changes with every test.
    let Ok(labs) = std::fs::read_dir(root.join("labs")) else { return Ok(()) };
    for lab in labs.flatten().filter(|lab| lab.path().join("lab.toml").is_file()) {
        watcher.watch(&lab.path(), RecursiveMode::Recursive)?;
    }
    Ok(())
}

/// Reading a file, or its time stamp, changes nothing.
fn counts(event: &Event) -> bool {
    !matches!(event.kind, EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_burst_of_writes_is_one_change() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("book/en")).unwrap();
        std::fs::write(dir.path().join("book.toml"), "").unwrap();
        let mut changes = start(dir.path()).unwrap();
        for n in 0..5 {
            std::fs::write(dir.path().join("book/en/a.md"), format!("{n}")).unwrap();
        }
        let soon = Duration::from_secs(20);
        assert!(timeout(soon, changes.next()).await.unwrap());
        std::fs::read(dir.path().join("book/en/a.md")).unwrap();
        assert!(timeout(QUIET * 3, changes.next()).await.is_err(), "reading is no change");
    }
}
