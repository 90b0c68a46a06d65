//! An edition: the pages under `book/ko` or `book/en`, in reading order.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::page::Page;
use crate::data::DataError;
use crate::text::Lang;

/// All pages of one language.
#[derive(Debug)]
pub struct Edition {
    /// The language.
    pub lang: Lang,
    /// The table of contents itself.
    pub summary: Page,
    /// In the order of the table of contents; pages that it forgets are last.
    pub pages: Vec<Page>,
}

impl Edition {
    /// Reads `book/LANG` below `root`.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or is not UTF-8. A page that the table of
    /// contents names and that is not there is no error here: it is missing
    /// from [`Edition::pages`], and its link is dead.
    pub fn load(root: &Path, lang: Lang) -> Result<Edition, DataError> {
        let folder = Path::new("book").join(lang.code());
        let read = |relative: &Path| -> Result<Page, DataError> {
            let file = folder.join(relative);
            let text = fs::read_to_string(root.join(&file)).map_err(|error| DataError {
                path: file.clone(),
                line: 0,
                message: error.to_string(),
            })?;
            let path = relative.with_extension("").to_string_lossy().replace('\\', "/");
            Ok(Page::parse(&path, lang, &file, text))
        };
        let summary = read(Path::new("SUMMARY.md"))?;
        let mut left = markdown_files(&root.join(&folder));
        left.remove(Path::new("SUMMARY.md"));
        let listed = summary.links.iter().map(|link| PathBuf::from(&link.target));
        let mut order: Vec<PathBuf> = listed.filter(|path| left.remove(path)).collect();
        order.extend(left);
        let pages = order.iter().map(|path| read(path)).collect::<Result<_, _>>()?;
        Ok(Edition { lang, summary, pages })
    }

    /// The page `path` (`tcp/connection`).
    #[must_use]
    pub fn page(&self, path: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.path == path)
    }
}

/// Every `.md` below `folder`, relative to it.
fn markdown_files(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).into_iter().flatten();
    let files = entries.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "md"));
    files.filter_map(|entry| entry.path().strip_prefix(folder).ok().map(Path::to_path_buf)).collect()
}
