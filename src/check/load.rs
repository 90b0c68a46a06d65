//! Everything that the gates read, loaded once.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::Finding;
use crate::book::PagePath;
use crate::book::claims::Claims;
use crate::book::edition::Edition;
use crate::book::experiment::Bench;
use crate::book::glossary::Glossary;
use crate::book::page::Page;
use crate::book::quiz::Quiz;
use crate::data::{self, Lines};
use crate::diagram::Diagrams;
use crate::manifest::Lab;
use crate::text::Lang;

/// The book and all that belongs to it. What could not be read is left out, and
/// the gates that need it find nothing: one broken file is one finding.
pub struct Book {
    /// The folder of the project.
    pub root: PathBuf,
    /// English, then Korean.
    pub editions: Vec<Edition>,
    /// `book/claims.toml`.
    pub claims: Option<Claims>,
    /// `book/glossary.toml`.
    pub glossary: Option<Glossary>,
    /// Page, file and questions, by page.
    pub quizzes: Vec<(PagePath, PathBuf, Quiz)>,
    /// Scripts and their order.
    pub bench: Bench,
    /// Diagrams, and what is wrong with them.
    pub diagrams: Diagrams,
    /// By level.
    pub labs: Vec<Lab>,
    /// What people read outside the pages: texts of the data, and the READMEs.
    outside: Vec<(Page, usize, String)>,
    /// File → `key = "value"` → the first line of it.
    entries: BTreeMap<PathBuf, BTreeMap<(String, String), usize>>,
}

/// A text in one language: a page, or one value of a data file.
pub struct Passage<'a> {
    /// The text, taken apart.
    pub page: &'a Page,
    /// Where it starts in its file, from 1.
    first: usize,
    /// The keys that lead to the value (`claim.truth`); empty for a page.
    pub key: &'a str,
}

impl Passage<'_> {
    /// The line in the file of an offset in the text.
    #[must_use]
    pub fn line(&self, at: usize) -> usize {
        self.first + self.page.line(at) - 1
    }

    /// A finding at an offset in the text.
    #[must_use]
    pub fn finding(&self, at: usize, id: &'static str) -> Finding {
        Finding::new(&self.page.file, self.line(at), id)
    }
}

impl Book {
    /// Loads what is there; the findings are what could not be read.
    #[must_use]
    pub fn load(root: &Path) -> (Book, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut keep = |error: &data::DataError| findings.push(Finding::from_data(root, error));
        let editions = Lang::ALL.map(|lang| Edition::load(root, lang).map_err(|error| keep(&error)).ok());
        let claims = Claims::load(root).map_err(|error| keep(&error)).ok();
        let glossary = Glossary::load(root).map_err(|error| keep(&error)).ok();
        let mut quizzes = Vec::new();
        for file in files_below(root, "book/quizzes", "toml") {
            let page = file.strip_prefix("book/quizzes").unwrap_or(&file).with_extension("");
            match data::load(&root.join(&file)) {
                Ok(quiz) => quizzes.push((page.to_string_lossy().replace('\\', "/"), file, quiz)),
                Err(error) => keep(&error),
            }
        }
        let bench = Bench::load(root).map_err(|error| keep(&error)).unwrap_or_default();
        let diagrams = Diagrams::load(root);
        let labs = Lab::all(&root.join("labs")).into_iter();
        let labs = labs.filter_map(|lab| lab.map_err(|error| keep(&error)).ok()).collect();
        let editions = editions.into_iter().flatten().collect();
        let data = data_files(root);
        let entries = data.iter().map(|(file, text)| (file.clone(), entries(text))).collect();
        let outside = outside(root, &data);
        (
            Book {
                root: root.to_path_buf(),
                editions,
                claims,
                glossary,
                quizzes,
                bench,
                diagrams,
                labs,
                outside,
                entries,
            },
            findings,
        )
    }

    /// All pages of both editions.
    pub fn pages(&self) -> impl Iterator<Item = &Page> {
        self.editions.iter().flat_map(|edition| &edition.pages)
    }

    /// Everything that people read: pages, data in both languages, READMEs.
    pub fn passages(&self) -> impl Iterator<Item = Passage<'_>> {
        let summaries = self.editions.iter().map(|edition| &edition.summary);
        let pages = summaries.chain(self.pages()).map(|page| Passage { page, first: 1, key: "" });
        pages.chain(self.outside())
    }

    /// What people read outside the pages.
    pub fn outside(&self) -> impl Iterator<Item = Passage<'_>> {
        self.outside.iter().map(|(page, first, key)| Passage { page, first: *first, key })
    }

    /// The edition in `lang`, if it could be read.
    #[must_use]
    pub fn edition(&self, lang: Lang) -> Option<&Edition> {
        self.editions.iter().find(|edition| edition.lang == lang)
    }

    /// The line of `key = "value"` in a data file: where the entry stands that
    /// is called so. 1 if there is none.
    #[must_use]
    pub fn line_of_entry(&self, file: &Path, key: &str, value: &str) -> usize {
        let entries = self.entries.get(file);
        entries.and_then(|entries| entries.get(&(key.to_string(), value.to_string()))).copied().unwrap_or(1)
    }
}

/// Files with `extension` below `folder`, relative to `root`, sorted.
pub(super) fn files_below(root: &Path, folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(root.join(folder)).sort_by_file_name().into_iter().flatten();
    let files = entries.filter(|entry| entry.path().extension().is_some_and(|found| found == extension));
    files.filter_map(|entry| entry.path().strip_prefix(root).ok().map(Path::to_path_buf)).collect()
}

/// The lines of a TOML file that give a key a plain string.
fn entries(text: &str) -> BTreeMap<(String, String), usize> {
    let mut entries = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let Some((key, value)) = line.split_once('=') else { continue };
        let value = value.trim().strip_prefix('"').and_then(|value| value.split('"').next());
        if let Some(value) = value {
            entries.entry((key.trim().to_string(), value.to_string())).or_insert(index + 1);
        }
    }
    entries
}

/// The data files with texts in both languages, and what they hold.
fn data_files(root: &Path) -> Vec<(PathBuf, String)> {
    let mut files = vec![PathBuf::from("book/claims.toml"), PathBuf::from("book/glossary.toml"), Bench::TOPICS.into()];
    files.extend(files_below(root, "book/quizzes", "toml"));
    files.extend(files_below(root, Diagrams::FOLDER, "toml"));
    files.extend(files_below(root, "src/text", "toml"));
    // The manifests of the labs, and what the harness says.
    let folders = fs::read_dir(root.join("labs")).into_iter().flatten().flatten();
    let mut folders: Vec<_> = folders.map(|entry| Path::new("labs").join(entry.file_name())).collect();
    folders.sort();
    for folder in folders {
        files.push(folder.join("lab.toml"));
        files.extend(files_below(root, &folder.join("src").to_string_lossy(), "toml"));
    }
    let read = |file: PathBuf| Some((fs::read_to_string(root.join(&file)).ok()?, file));
    files.into_iter().filter_map(read).map(|(text, file)| (file, text)).collect()
}

/// Texts in both languages outside the pages, each with its first line.
fn outside(root: &Path, data: &[(PathBuf, String)]) -> Vec<(Page, usize, String)> {
    let mut texts = Vec::new();
    for (file, source) in data {
        // A file that is no TOML is found where its data are loaded.
        let Ok(table) = DeTable::parse(source) else { continue };
        bilingual(&mut texts, file, (source, &Lines::of(source)), "", table.get_ref());
    }
    for file in ["", "labs"].iter().flat_map(|folder| papers(root, folder)) {
        let lang = if file.to_string_lossy().ends_with(".ko.md") { Lang::Ko } else { Lang::En };
        if let Ok(text) = fs::read_to_string(root.join(&file)) {
            texts.push((Page::parse("", lang, &file, text), 1, String::new()));
        }
    }
    texts
}

/// README, CONTRIBUTING and the like: the Markdown files right in a folder.
fn papers(root: &Path, folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
    let names = entries.map(|entry| Path::new(folder).join(entry.file_name()));
    let mut papers: Vec<_> = names.filter(|file| file.extension().is_some_and(|extension| extension == "md")).collect();
    papers.sort();
    papers
}

/// Collects the values of `en` and `ko`, wherever they are.
fn bilingual(
    texts: &mut Vec<(Page, usize, String)>,
    file: &Path,
    (source, lines): (&str, &Lines),
    key: &str,
    table: &DeTable<'_>,
) {
    for (name, value) in table {
        let place = if key.is_empty() { name.get_ref().to_string() } else { format!("{key}.{}", name.get_ref()) };
        match value.get_ref() {
            DeValue::Table(table) => bilingual(texts, file, (source, lines), &place, table),
            DeValue::Array(array) => {
                for value in array {
                    // Strings in an array are no texts: the banned words of a term.
                    if let DeValue::Table(table) = value.get_ref() {
                        bilingual(texts, file, (source, lines), &place, table);
                    }
                }
            }
            DeValue::String(text) => {
                let Some(lang) = Lang::ALL.into_iter().find(|lang| lang.code() == name.get_ref().as_ref()) else {
                    continue;
                };
                let start = value.span().start;
                // A multi-line string starts on the line after its quotes.
                let below = ["\"\"\"\n", "'''\n"].iter().any(|quotes| source[start..].starts_with(quotes));
                let first = lines.line(start) + usize::from(below);
                texts.push((Page::parse("", lang, file, text.to_string()), first, key.to_string()));
            }
            _ => {}
        }
    }
}
