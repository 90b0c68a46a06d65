//! The site as files of a folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::Site;

/// Names what an earlier build wrote, so that only that is ever removed.
const LIST: &str = ".sockets-site";

/// Whether a site in `out` would lie over the sources of the project.
pub(super) fn holds_sources(root: &Path, out: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let (root, out) = (real(root), real(out));
    let sources = ["book", "labs", "src", "tests", "my-labs", ".git"];
    root.starts_with(&out) || sources.iter().any(|name| out.starts_with(root.join(name)))
}

/// Writes what differs from what is there, and removes what an earlier build
/// wrote and this one does not have.
pub(super) fn write(site: &Site, out: &Path) -> anyhow::Result<()> {
    let stale: BTreeSet<String> = fs::read_to_string(out.join(LIST))
        .unwrap_or_default()
        .lines()
        .filter(|line| !site.files.contains_key(*line))
        .map(str::to_string)
        .collect();
    for (path, bytes) in &site.files {
        let file = out.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        // To write a file anew makes a disk wait, and whoever copies the site copy it.
        if fs::read(&file).is_ok_and(|there| there == *bytes) {
            continue;
        }
        fs::write(&file, bytes).with_context(|| file.display().to_string())?;
    }
    for path in stale.iter().filter(|path| !path.contains("..")) {
        match fs::remove_file(out.join(path)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error).context(path.clone()),
            _ => {}
        }
    }
    let list: String = site.files.keys().map(|path| format!("{path}\n")).collect();
    fs::write(out.join(LIST), list).with_context(|| out.join(LIST).display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_build_takes_away_only_what_the_first_one_wrote() {
        let dir = tempfile::tempdir().unwrap();
        let site = |names: &[&str]| Site {
            files: names.iter().map(|name| (name.to_string(), b"x".to_vec())).collect(),
            ..Site::default()
        };
        write(&site(&["en/a.html", "en/b.html"]), dir.path()).unwrap();
        fs::write(dir.path().join("CNAME"), "mine").unwrap();
        write(&site(&["en/a.html"]), dir.path()).unwrap();
        assert!(dir.path().join("en/a.html").exists() && dir.path().join("CNAME").exists());
        assert!(!dir.path().join("en/b.html").exists());
    }

    #[test]
    fn a_file_that_is_the_same_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let site = |text: &str| Site {
            files: [("a.html", "same"), ("b.html", text)].map(|(name, text)| (name.into(), text.into())).into(),
            ..Site::default()
        };
        write(&site("one"), dir.path()).unwrap();
        // A file that must not be written says so by its time.
        let long_ago = std::time::SystemTime::UNIX_EPOCH;
        let same = fs::File::options().append(true).open(dir.path().join("a.html")).unwrap();
        same.set_modified(long_ago).unwrap();
        write(&site("two"), dir.path()).unwrap();
        assert_eq!(fs::metadata(dir.path().join("a.html")).unwrap().modified().unwrap(), long_ago);
        assert_eq!(fs::read_to_string(dir.path().join("b.html")).unwrap(), "two");
    }

    #[test]
    fn the_sources_are_never_an_output() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("book/en")).unwrap();
        let at = |name: &str| holds_sources(dir.path(), &dir.path().join(name));
        assert!(at("") && at("book") && at("book/en"));
        assert!(!at("target/site") && !at("public"));
    }
}
