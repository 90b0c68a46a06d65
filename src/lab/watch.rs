//! `lab watch`: the checks run again whenever a file of the lab changes.

use std::io::{BufRead, IsTerminal};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use notify::{Config, PollWatcher, RecursiveMode, Watcher};

use super::command::{Answer, find, refuse, shown};
use super::handed;
use super::interrupt::Interrupt;
use super::list::chosen;
use super::room::Room;
use super::run::{End, Stop};
use super::test::{INTERRUPTED, run_shown, tell};
use crate::text::{Lang, say};

/// An editor writes a file in several steps: a change counts once nothing
/// has happened for this long.
const QUIET: Duration = Duration::from_millis(200);
/// How often files are looked at where the system does not tell of changes.
const POLL: Duration = Duration::from_millis(500);

/// The run that is going on: of which files, and how to end it.
type Current = Arc<Mutex<(String, Stop)>>;

/// Runs the checks of a lab, and again after each change, until Ctrl-C.
pub(super) fn watch(lang: Lang, room: &Room, id: Option<&str>, poll: bool) -> Answer {
    let Some(id) = chosen(room, id) else { return refuse(lang, "lab.none", &[]) };
    let lab = match find(lang, room, &id) {
        Ok(lab) => lab,
        Err(answer) => return answer,
    };
    let dir = room.dir().join(&lab.id);
    let interrupt = Interrupt::listen()?;
    let (wake, woken) = mpsc::channel();
    interrupt.tells(wake.clone());
    let again = Arc::new(AtomicBool::new(false));
    if std::io::stdin().is_terminal() {
        on_enter(again.clone(), wake.clone());
    }
    let current: Current = Arc::new(Mutex::new((String::new(), Stop::default())));
    let _watcher = match observe(lang, &dir, poll, current.clone(), wake) {
        Ok(watcher) => watcher,
        Err(error) => {
            return refuse(lang, "lab.watch.failed", &[("dir", &shown(&dir)), ("error", &error)]);
        }
    };
    loop {
        let seen = fingerprint(&dir);
        let stop = Stop::default();
        *current.lock().unwrap_or_else(PoisonError::into_inner) = (seen.clone(), stop.clone());
        interrupt.ends(&stop);
        let outcome = run_shown(lang, room, &lab, &stop, false)?;
        if !interrupt.came() && outcome.end != End::Stopped {
            if std::io::stdout().is_terminal() {
                print!("\x1b[2J\x1b[H");
            }
            tell(lang, &lab, &outcome);
            println!("{}", say(lang, "lab.watch.waiting", &[("dir", &shown(&dir))]));
        }
        loop {
            if interrupt.came() {
                return Ok(ExitCode::from(INTERRUPTED));
            }
            if again.swap(false, Ordering::SeqCst) || fingerprint(&dir) != seen {
                break;
            }
            // All senders live as long as we do.
            woken.recv()?;
        }
    }
}

/// Enter runs again: where changes are not seen at all, that still works.
fn on_enter(again: Arc<AtomicBool>, wake: Sender<()>) {
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            again.store(true, Ordering::SeqCst);
            if line.is_err() || wake.send(()).is_err() {
                return;
            }
        }
    });
}

/// Watches `dir`, ends the current run and wakes when a file differs. Looks by
/// itself where the system cannot tell (too few watches, a network folder).
fn observe(
    lang: Lang,
    dir: &Path,
    poll: bool,
    current: Current,
    wake: Sender<()>,
) -> notify::Result<Box<dyn Watcher + Send>> {
    let (raw, events) = mpsc::channel();
    let watched = dir.to_path_buf();
    std::thread::spawn(move || settle(&events, &watched, &current, &wake));
    let tell = move |raw: &Sender<()>| {
        // The thread that listens ends with the process.
        raw.send(()).ok();
    };
    if !poll {
        let raw = raw.clone();
        let watching = notify::recommended_watcher(move |_| tell(&raw))
            .and_then(|mut watcher| watcher.watch(dir, RecursiveMode::Recursive).map(|()| watcher));
        match watching {
            Ok(watcher) => return Ok(Box::new(watcher)),
            Err(error) => eprintln!("{}", say(lang, "lab.watch.polling", &[("error", &error)])),
        }
    }
    let config = Config::default().with_poll_interval(POLL).with_compare_contents(true);
    let mut watcher = PollWatcher::new(move |_| tell(&raw), config)?;
    watcher.watch(dir, RecursiveMode::Recursive)?;
    Ok(Box::new(watcher))
}

/// Waits until a burst of events is over; then the contents decide. Reading
/// the files is an event too, and must not start another run.
fn settle(events: &Receiver<()>, dir: &Path, current: &Current, wake: &Sender<()>) {
    while events.recv().is_ok() {
        while events.recv_timeout(QUIET).is_ok() {}
        let now = fingerprint(dir);
        let current = current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.0 != now {
            current.1.now();
            if wake.send(()).is_err() {
                return;
            }
        }
    }
}

/// One hash for all files of the lab.
fn fingerprint(dir: &Path) -> String {
    let mut all = Vec::new();
    for (path, content) in handed::files(dir).unwrap_or_default() {
        all.extend_from_slice(path.as_bytes());
        all.push(0);
        all.extend_from_slice(handed::hash(&content).as_bytes());
    }
    handed::hash(&all)
}
