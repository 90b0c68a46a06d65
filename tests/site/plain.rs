//! Plain mdBook, without anything of ours.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use mdbook_driver::MDBook;
use mdbook_driver::config::Config;
use walkdir::WalkDir;

/// A copy of the real book in a folder of its own.
fn copy() -> tempfile::TempDir {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let copy = tempfile::tempdir().unwrap();
    fs::copy(here.join("book.toml"), copy.path().join("book.toml")).unwrap();
    for (path, bytes) in files(&here.join("book")) {
        let file = copy.path().join("book").join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
    copy
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| (entry.path().strip_prefix(folder).unwrap().to_path_buf(), fs::read(entry.path()).unwrap()))
        .collect()
}

#[test]
fn plain_mdbook_builds_both_editions_and_leaves_the_text_alone() {
    let copy = copy();
    let root = copy.path();
    let before = files(&root.join("book"));
    assert!(before.len() > 20, "the book is here: {before:?}");

    MDBook::load_with_config(root, Config::from_disk(root.join("book.toml")).unwrap()).unwrap().build().unwrap();
    // What the comment in book.toml tells to set for the Korean edition.
    let mut config = Config::from_disk(root.join("book.toml")).unwrap();
    config.book.src = "book/ko".into();
    config.book.language = Some("ko".into());
    config.build.build_dir = "target/site/ko".into();
    MDBook::load_with_config(root, config).unwrap().build().unwrap();

    assert_eq!(before, files(&root.join("book")), "a build changed the text");
    for lang in ["en", "ko"] {
        let chapter = fs::read_to_string(root.join("target/site").join(lang).join("tcp/connection.html")).unwrap();
        // A directive is still a link to where its card is.
        assert!(chapter.contains("claims.html#c"), "{lang}: no directive became a link");
    }
}
