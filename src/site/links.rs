//! Links of the finished pages: each leads to a page, a file and a section
//! that exist.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::content::is_external;
use super::edition::Edition;
use super::fault::Fault;
use super::outline::html_path;
use crate::text::{Lang, say};

/// Looks at every link of `editions`.
pub(super) fn check(root: &Path, editions: &[&Edition], speak: Lang, faults: &mut Vec<Fault>) {
    let mut targets: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for edition in editions {
        let code = edition.lang.code();
        for (page, content) in &edition.pages {
            let ids = content.ids.iter().map(String::as_str).collect();
            targets.insert(format!("{code}/{}", html_path(page)), ids);
        }
        for asset in edition.assets.keys() {
            targets.insert(format!("{code}/{asset}"), BTreeSet::new());
        }
    }
    for edition in editions {
        for (page, content) in &edition.pages {
            let here = format!("{}/{}", edition.lang.code(), html_path(page));
            for link in content.links.iter().filter(|link| !is_external(link)) {
                let (path, id) = link.split_once('#').map_or((link.as_str(), None), |(path, id)| (path, Some(id)));
                let target = if path.is_empty() { here.clone() } else { resolve(&here, path) };
                let id_of_fault = match targets.get(&target) {
                    None => "site.fault.no-target",
                    Some(ids) if id.is_some_and(|id| !ids.contains(id)) => "site.fault.no-section",
                    Some(_) => continue,
                };
                let file = edition.src.join(page).with_extension("md");
                let line = line_with(&root.join(&file), link);
                // A directive that was left as a link has been named already.
                if line > 0 && faults.iter().any(|fault| fault.line == line && fault.file == file) {
                    continue;
                }
                faults.push(Fault { file, line, message: say(speak, id_of_fault, &[("what", link)]) });
            }
        }
    }
}

/// `path` as seen from the file `here`.
pub(super) fn resolve(here: &str, path: &str) -> String {
    let mut parts: Vec<&str> = here.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path }
}

/// The first line of a source that holds a link, as an author writes it.
fn line_with(file: &Path, link: &str) -> usize {
    let Ok(text) = std::fs::read_to_string(file) else { return 0 };
    let written = link.replace("index.html", "README.md").replace(".html", ".md");
    text.lines().position(|line| line.contains(&written) || line.contains(link)).map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_resolved_from_its_page() {
        assert_eq!(resolve("en/tcp/connection.html", "../udp/datagrams.html"), "en/udp/datagrams.html");
        assert_eq!(resolve("en/index.html", "labs.html"), "en/labs.html");
    }
}
