//! The files that a build reads, told by what is in them.

use std::fs;
use std::path::{Path, PathBuf};

use blake3::Hasher;
use walkdir::WalkDir;

use super::fault::below;
use crate::prove::table::Verdicts;
use crate::text::Lang;

/// Digests of all sources of one moment.
pub(super) struct Sources {
    /// Of each edition's text, in the order of [`Lang::ALL`].
    editions: [[u8; 32]; 2],
    /// Of everything else.
    shared: [u8; 32],
}

impl Sources {
    /// Reads what is there below `root`.
    pub(super) fn of(root: &Path) -> Sources {
        let editions = Lang::ALL.map(|lang| root.join("book").join(lang.code()));
        let mut texts = [Hasher::new(), Hasher::new()];
        let mut shared = Hasher::new();
        for file in files(root) {
            let hash = match editions.iter().position(|edition| file.starts_with(edition)) {
                Some(edition) => &mut texts[edition],
                None => &mut shared,
            };
            // Who needs it says that it cannot be read.
            let bytes = fs::read(&file).unwrap_or_default();
            let name = below(root, &file);
            hash.update(name.as_os_str().as_encoded_bytes());
            // No name holds a 0: what is behind it is the file.
            hash.update(&[0]);
            hash.update(&(bytes.len() as u64).to_le_bytes());
            hash.update(&bytes);
        }
        Sources { editions: texts.map(|hash| hash.finalize().into()), shared: shared.finalize().into() }
    }

    /// Of what both editions are made of, for messages in `speak`.
    pub(super) fn of_all(&self, speak: Lang) -> [u8; 32] {
        Hasher::new().update(&self.shared).update(speak.code().as_bytes()).finalize().into()
    }

    /// Of what the edition `lang` is made of.
    pub(super) fn of_edition(&self, lang: Lang, speak: Lang) -> [u8; 32] {
        let at = Lang::ALL.iter().position(|&one| one == lang).unwrap_or_default();
        Hasher::new().update(&self.of_all(speak)).update(&self.editions[at]).finalize().into()
    }
}

/// Every file that a build may read, in a fixed order.
pub(crate) fn files(root: &Path) -> impl Iterator<Item = PathBuf> {
    let parts = ["book.toml", "book", "labs", "tests/subjects", Verdicts::FILE].map(|part| root.join(part));
    let walk = parts.into_iter().flat_map(|part| {
        let walk = WalkDir::new(part).sort_by_file_name().into_iter();
        walk.filter_entry(|entry| entry.file_name() != "target")
    });
    // A part may be missing: a book without labs is a book.
    walk.flatten().filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path)
}
