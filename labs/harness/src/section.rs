//! What the sections of the book are called that a failure sends to: an
//! address alone says nothing where the book is not being served.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::data;
use crate::words::{Words, words};

static TITLES: LazyLock<BTreeMap<String, Words>> = LazyLock::new(|| {
    let file = data::parse(include_str!("sections.toml")).unwrap_or_else(|wrong| panic!("sections.toml: {wrong}"));
    file.as_table().into_iter().flatten().map(|(name, entry)| (name.name.to_string(), words(entry))).collect()
});

/// Chapter and section of `tcp/connection#four-calls`, as a reader finds them.
pub(crate) fn title(read: &str) -> Option<&'static Words> {
    TITLES.get(read)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::words::Lang;

    /// Sections that the labs beside this crate send to.
    fn read_by_labs(labs: &Path) -> Vec<String> {
        let mut reads = Vec::new();
        for entry in fs::read_dir(labs).expect("the folder can be read").flatten() {
            let Ok(text) = fs::read_to_string(entry.path().join("lab.toml")) else { continue };
            let file = data::parse(&text).unwrap_or_else(|wrong| panic!("{}: {wrong}", entry.path().display()));
            reads.extend(data::list(&file, "check").iter().map(|check| data::text(check, "read").to_string()));
        }
        reads.sort();
        reads.dedup();
        reads
    }

    /// `Making a connection · Four calls and one` of an edition.
    fn of_book(edition: &Path, read: &str) -> String {
        let (page, section) = read.split_once('#').expect("a check names a section");
        let path = edition.join(format!("{page}.md"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let headings = || text.lines().filter_map(|line| line.trim_start_matches('#').trim().rsplit_once(" {#"));
        let title = headings().next().expect("a page has a title").0;
        let section = headings().find(|(_, id)| id.trim_end_matches('}') == section);
        let section = section.unwrap_or_else(|| panic!("{}: no section {read}", path.display())).0;
        format!("{title} · {section}")
    }

    /// `SECTIONS_UPDATE=1` writes the file anew.
    #[test]
    fn titles_are_those_of_the_book() {
        let labs = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a crate stands among the labs");
        let book = labs.parent().expect("the labs stand in a folder").join("book");
        // A handout comes without it.
        if !book.join("en").is_dir() {
            return;
        }
        let of = |lang: Lang, read: &str| of_book(&book.join(lang.code()), read);
        let now: BTreeMap<String, Words> = read_by_labs(labs)
            .into_iter()
            .map(|read| (read.clone(), Words { en: of(Lang::En, &read), ko: of(Lang::Ko, &read) }))
            .collect();
        if std::env::var_os("SECTIONS_UPDATE").is_some() {
            let rows: String = now
                .iter()
                .map(|(read, title)| format!("{read:?} = {{ en = {:?}, ko = {:?} }}\n", title.en, title.ko))
                .collect();
            let head = "# What the sections are called that checks send to. Written by a test:\n\
                        # SECTIONS_UPDATE=1 cargo test -p harness titles\n\n";
            fs::write(labs.join("harness/src/sections.toml"), format!("{head}{rows}"))
                .expect("the file can be written");
            return;
        }
        let stale: Vec<_> = now.iter().filter(|(read, title)| TITLES.get(*read) != Some(title)).collect();
        assert!(
            stale.is_empty() && TITLES.len() == now.len(),
            "cd labs && SECTIONS_UPDATE=1 cargo test -p harness titles; in the book: {stale:#?}"
        );
    }
}
