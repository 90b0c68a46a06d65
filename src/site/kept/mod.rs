//! What earlier builds made of the same text.
//!
//! Most of a build are pure functions of a text: the run of a script and its
//! figures ([`super::drawing`]), a chapter with its terms explained
//! ([`super::explain`]), the rework of its HTML ([`super::content`]), and what
//! the search finds in it ([`super::search`]). Their results are kept under a digest of all that they
//! depend on: the text, the language, and the program itself with the words that
//! are compiled into it (`build.rs`). The next build of the same process finds
//! them in memory, the next process in one file below `target/`.
//!
//! What is made of whole folders, the data of the book and each edition, is kept
//! under a digest of these folders and only in memory: who edits a chapter waits
//! for one edition and not for both.
//!
//! The file holds what the last build used and nothing else, so that it does
//! not grow. What is not as it was written is made again.

mod record;

use std::any::Any;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::lab::handed;

pub(super) use record::{Keep, Reader, Writer};

/// BLAKE3, since a build puts all that it reads through it: SHA-256 takes ten
/// times as long where the processor has no instructions for it.
type Digest = [u8; 32];

/// Results of earlier builds, for [`super::rebuild`].
pub struct Kept {
    /// `None`: nothing outlives the process.
    file: Option<PathBuf>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What the build before this one used; at first, what the file holds.
    earlier: BTreeMap<Digest, Arc<Entry>>,
    /// What this build has used so far.
    used: BTreeMap<Digest, Arc<Entry>>,
    /// Whether the file is not what was used.
    stale: bool,
    /// What the last build made of whole folders, by its name.
    last: BTreeMap<&'static str, (Digest, Arc<dyn Any + Send + Sync>)>,
    /// Whether this build took some of it: what went into that is used, too.
    took: bool,
    /// How much the last build used that made all by itself.
    whole: usize,
}

#[derive(Debug)]
struct Entry {
    bytes: Vec<u8>,
    sum: Digest,
    /// Whether `sum` was found to be that of `bytes`.
    proven: AtomicBool,
}

impl Kept {
    /// Where it is, below the root of the project.
    pub const FILE: &str = "target/kept-site";

    /// Nothing yet, and nothing that outlives the process.
    #[must_use]
    pub fn nothing() -> Kept {
        Kept { file: None, state: Mutex::default() }
    }

    /// What an earlier process left below `root`, if anything.
    #[must_use]
    pub fn open(root: &Path) -> Kept {
        let file = root.join(Kept::FILE);
        let mut state = State { stale: true, ..State::default() };
        let bytes = std::fs::read(&file).unwrap_or_default();
        let mut from = Reader(&bytes);
        while let Some((key, entry)) = Entry::read(&mut from) {
            state.earlier.insert(key, Arc::new(entry));
            state.stale = !from.0.is_empty();
        }
        Kept { file: Some(file), state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change of it is one insertion, made or not.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The result of `make`, which is a pure function of `of` and has the name
    /// `what`: from an earlier build, or made now.
    ///
    /// # Errors
    ///
    /// Those of `make`; they are not kept.
    pub(super) fn or_make<T: Keep, E>(
        &self,
        what: &str,
        of: &[&str],
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let key = key(what, of);
        if let Some(entry) = self.known(&key)
            && let Some(value) = T::read(&mut Reader(&entry.bytes))
        {
            self.state().used.insert(key, entry);
            return Ok(value);
        }
        let value = make()?;
        let mut out = Writer::default();
        value.write(&mut out);
        let entry = Entry { sum: sum(&key, &out.0), bytes: out.0, proven: AtomicBool::new(true) };
        let mut state = self.state();
        state.used.insert(key, Arc::new(entry));
        state.stale = true;
        Ok(value)
    }

    /// What the last build of this process made under the name `what` if `of`, a
    /// digest of all that it depends on, is what it was then; else the result of
    /// `make`.
    ///
    /// # Errors
    ///
    /// Those of `make`; they are not kept.
    pub(super) fn last_or_make<T: Send + Sync + 'static, E>(
        &self,
        what: &'static str,
        of: &Digest,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let mut state = self.state();
        // What only goes into one edition is forgotten when all is made again.
        let is_small = state.earlier.len() <= 2 * state.whole;
        let last = state.last.get(what).filter(|(digest, _)| digest == of && is_small).map(|(_, value)| value.clone());
        if let Some(Ok(value)) = last.map(Arc::downcast) {
            state.took = true;
            return Ok(value);
        }
        drop(state);
        let value = Arc::new(make()?);
        self.state().last.insert(what, (*of, value.clone()));
        Ok(value)
    }

    fn known(&self, key: &Digest) -> Option<Arc<Entry>> {
        let state = self.state();
        let entry = state.used.get(key).or_else(|| state.earlier.get(key)).cloned()?;
        // The sum is made without the lock: the editions have a thread each.
        drop(state);
        let proven = entry.proven.load(Ordering::Relaxed) || sum(key, &entry.bytes) == entry.sum;
        entry.proven.store(proven, Ordering::Relaxed);
        proven.then_some(entry)
    }

    /// Ends a build: what it did not use is forgotten, and the file written
    /// anew if it holds anything else. A build that took what the last one made
    /// leaves that to the next that takes nothing.
    pub(super) fn finish(&self) {
        let mut state = self.state();
        let mut used = std::mem::take(&mut state.used);
        if std::mem::take(&mut state.took) {
            state.earlier.append(&mut used);
            return;
        }
        let stale = std::mem::take(&mut state.stale) || used.len() != state.earlier.len();
        state.whole = used.len();
        state.earlier = used;
        let Some(file) = self.file.as_ref().filter(|_| stale) else { return };
        let mut out = Writer::default();
        state.earlier.iter().for_each(|(key, entry)| entry.write(key, &mut out));
        // Where nothing can be written, the next build takes as long as this.
        handed::replace(file, &out.0).ok();
    }
}

impl Entry {
    fn write(&self, key: &Digest, out: &mut Writer) {
        out.0.extend(key);
        out.0.extend(self.sum);
        out.number(self.bytes.len());
        out.0.extend(&self.bytes);
    }

    fn read(from: &mut Reader<'_>) -> Option<(Digest, Entry)> {
        let key = from.bytes(size_of::<Digest>())?.try_into().ok()?;
        let sum = from.bytes(size_of::<Digest>())?.try_into().ok()?;
        let length = from.number()?;
        let bytes = from.bytes(length)?.to_vec();
        Some((key, Entry { bytes, sum, proven: AtomicBool::new(false) }))
    }
}

/// What a result is found by.
fn key(what: &str, of: &[&str]) -> Digest {
    let mut hash = blake3::Hasher::new();
    for part in [env!("SOCKETS_SOURCES"), what].iter().chain(of) {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

/// Says that `bytes` belong to `key`, and are as they were.
fn sum(key: &Digest, bytes: &[u8]) -> Digest {
    blake3::Hasher::new().update(key).update(bytes).finalize().into()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    impl Keep for String {
        fn write(&self, out: &mut Writer) {
            out.text(self);
        }

        fn read(from: &mut Reader<'_>) -> Option<String> {
            from.text()
        }
    }

    /// One build that asks for each of `texts`; how many it had to make.
    fn made(kept: &Kept, texts: &[&str]) -> usize {
        let made = Cell::new(0);
        for text in texts {
            let upper = kept.or_make("upper", &[text], || {
                made.set(made.get() + 1);
                Ok::<_, ()>(text.to_uppercase())
            });
            assert_eq!(upper, Ok(text.to_uppercase()));
        }
        kept.finish();
        made.get()
    }

    #[test]
    fn each_thing_is_made_once() {
        let dir = tempfile::tempdir().unwrap();
        let kept = Kept::open(dir.path());
        assert_eq!(made(&kept, &["a", "b", "a"]), 2);
        assert_eq!(made(&kept, &["a", "b", "c"]), 1);
        let again = Kept::open(dir.path());
        assert_eq!(made(&again, &["a", "b", "c"]), 0);
        assert_eq!(again.or_make("lower", &["a"], || Ok::<_, ()>("a".to_string())), Ok("a".to_string()));
    }

    #[test]
    fn what_was_not_used_is_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(made(&Kept::open(dir.path()), &["a", "b"]), 2);
        let two = std::fs::metadata(dir.path().join(Kept::FILE)).unwrap().len();
        assert_eq!(made(&Kept::open(dir.path()), &["a"]), 0);
        assert_eq!(std::fs::metadata(dir.path().join(Kept::FILE)).unwrap().len() * 2, two);
        assert_eq!(made(&Kept::open(dir.path()), &["a", "b"]), 1);
    }

    /// One build of `text` as a whole; whether it had to be made.
    fn made_whole(kept: &Kept, text: &str, also: &str) -> bool {
        let mut made = false;
        let of = key("of", &[text]);
        let whole = kept.last_or_make("whole", &of, || {
            made = true;
            kept.or_make("upper", &[text], || Ok::<_, ()>(text.to_uppercase()))
        });
        assert_eq!(*whole.unwrap(), text.to_uppercase());
        let upper = kept.or_make("upper", &[also], || Ok::<_, ()>(also.to_uppercase()));
        assert_eq!(upper, Ok(also.to_uppercase()));
        kept.finish();
        made
    }

    #[test]
    fn a_whole_is_made_again_only_of_something_else() {
        let kept = Kept::nothing();
        assert!(made_whole(&kept, "a", "x"));
        assert!(!made_whole(&kept, "a", "x"));
        assert!(made_whole(&kept, "b", "x"));
        assert!(made_whole(&kept, "a", "x"), "only the last is kept");
    }

    #[test]
    fn what_a_whole_was_made_of_is_not_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let kept = Kept::open(dir.path());
        made_whole(&kept, "a", "x");
        assert!(!made_whole(&kept, "a", "y"));
        kept.state().last.clear();
        assert_eq!(made(&kept, &["a", "x", "y"]), 0);
    }

    #[test]
    fn many_edits_of_one_edition_do_not_fill_the_memory() {
        let kept = Kept::nothing();
        let builds = ["x", "y", "z", "p", "q", "r"].map(|also| made_whole(&kept, "a", also));
        assert_eq!(builds, [true, false, false, false, true, false]);
        assert!(kept.state().earlier.len() <= 4);
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(key("x", &["ab", "c"]), key("x", &["a", "bc"]));
        assert_ne!(key("x", &["ab"]), key("xa", &["b"]));
    }

    #[test]
    fn damage_anywhere_is_made_good() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(Kept::FILE);
        made(&Kept::open(dir.path()), &["a", "b"]);
        let good = std::fs::read(&file).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x20;
            std::fs::write(&file, &bad).unwrap();
            // `made` looks at the values.
            assert!(made(&Kept::open(dir.path()), &["a", "b"]) > 0, "byte {at}");
            assert_eq!(std::fs::read(&file).unwrap(), good, "byte {at}");
        }
        for bad in [&good[..good.len() - 1], b"", &[good.as_slice(), b"more"].concat()] {
            std::fs::write(&file, bad).unwrap();
            made(&Kept::open(dir.path()), &["a", "b"]);
            assert_eq!(std::fs::read(&file).unwrap(), good, "{} bytes", bad.len());
        }
    }
}
