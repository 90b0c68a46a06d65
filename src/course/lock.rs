//! `Cargo.toml` and `Cargo.lock` of the handout, cut down to fewer labs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;
use toml::Spanned;

/// One `[[package]]` of a lock file, as cargo writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lock {
    version: u32,
    #[serde(default)]
    package: Vec<Package>,
}

/// Why a lock file cannot be cut down.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LockError {
    /// It is not a lock file that we know; what is wrong.
    Unreadable(String),
    /// It does not know this package: it is out of date.
    Unknown(String),
    /// A chosen package needs this one of the workspace, which was not chosen.
    NotChosen(String),
}

/// `lock` without the packages that none of `members` needs, written as cargo
/// itself would write it, so that `--locked` accepts it.
pub(super) fn prune(lock: &str, members: &BTreeSet<String>) -> Result<String, LockError> {
    let parsed: Lock = toml::from_str(lock).map_err(|error| LockError::Unreadable(error.message().to_string()))?;
    let packages = parsed.package;
    let mut kept = BTreeSet::new();
    let mut todo: Vec<usize> = Vec::new();
    for member in members {
        let at = packages.iter().position(|package| package.source.is_none() && package.name == *member);
        todo.push(at.ok_or_else(|| LockError::Unknown(member.clone()))?);
    }
    while let Some(at) = todo.pop() {
        if !kept.insert(at) {
            continue;
        }
        let package = &packages[at];
        if package.source.is_none() && !members.contains(&package.name) {
            return Err(LockError::NotChosen(package.name.clone()));
        }
        for dependency in &package.dependencies {
            todo.push(resolve(&packages, dependency).ok_or_else(|| LockError::Unknown(dependency.clone()))?);
        }
    }
    let left: Vec<&Package> = kept.iter().map(|at| &packages[*at]).collect();
    let mut text = header(lock);
    writeln!(text, "version = {}", parsed.version).ok();
    for package in &left {
        write(&mut text, package, &packages, &left);
    }
    Ok(text)
}

/// The comments at the top of the file.
fn header(lock: &str) -> String {
    lock.lines().take_while(|line| line.starts_with('#')).fold(String::new(), |text, line| text + line + "\n")
}

/// The package that `name`, `name version` or `name version (source)` means.
fn resolve(packages: &[Package], reference: &str) -> Option<usize> {
    let mut parts = reference.splitn(3, ' ');
    let (name, version, source) = (parts.next()?, parts.next(), parts.next());
    let source = source.map(|source| source.trim_start_matches('(').trim_end_matches(')'));
    packages.iter().position(|package| {
        package.name == name
            && version.is_none_or(|version| package.version == version)
            && source.is_none_or(|source| package.source.as_deref() == Some(source))
    })
}

/// Cargo names a dependency as shortly as is unambiguous in this file: which
/// can be shorter, now that others are gone.
fn reference(package: &Package, left: &[&Package]) -> String {
    let same: Vec<_> = left.iter().filter(|other| other.name == package.name).collect();
    if same.len() == 1 {
        return package.name.clone();
    }
    let short = format!("{} {}", package.name, package.version);
    match (&package.source, same.iter().filter(|other| other.version == package.version).count()) {
        (Some(source), 2..) => format!("{short} ({source})"),
        _ => short,
    }
}

fn write(text: &mut String, package: &Package, all: &[Package], left: &[&Package]) {
    // Writing to a String cannot fail.
    write!(text, "\n[[package]]\nname = \"{}\"\nversion = \"{}\"\n", package.name, package.version).ok();
    if let Some(source) = &package.source {
        writeln!(text, "source = \"{source}\"").ok();
    }
    if let Some(checksum) = &package.checksum {
        writeln!(text, "checksum = \"{checksum}\"").ok();
    }
    if !package.dependencies.is_empty() {
        text.push_str("dependencies = [\n");
        for dependency in &package.dependencies {
            if let Some(at) = resolve(all, dependency) {
                writeln!(text, " \"{}\",", reference(&all[at], left)).ok();
            }
        }
        text.push_str("]\n");
    }
}

/// The workspace manifest with exactly these of its members, in their order;
/// everything else, the comments too, stays as it is. An error is what is wrong
/// with it.
pub(super) fn choose(manifest: &str, members: &BTreeSet<String>) -> Result<String, String> {
    #[derive(Deserialize)]
    struct Manifest {
        workspace: Workspace,
    }
    #[derive(Deserialize)]
    struct Workspace {
        members: Spanned<Vec<String>>,
        #[serde(flatten)]
        rest: BTreeMap<String, toml::Value>,
    }
    let parsed: Manifest = toml::from_str(manifest).map_err(|error| error.message().to_string())?;
    if parsed.workspace.rest.contains_key("default-members") {
        return Err("default-members would name labs that are not in the pack".to_string());
    }
    let all = parsed.workspace.members.get_ref().iter();
    let list: String =
        all.filter(|member| members.contains(*member)).map(|member| format!("    \"{member}\",\n")).collect();
    let mut text = manifest.to_string();
    text.replace_range(parsed.workspace.members.span(), &format!("[\n{list}]"));
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"# This file is automatically @generated by Cargo.
# It is not intended for manual editing.
version = 4

[[package]]
name = "a"
version = "0.0.0"
dependencies = [
 "harness",
 "x 1.0.0",
]

[[package]]
name = "b"
version = "0.0.0"
dependencies = [
 "a",
 "x 2.0.0",
]

[[package]]
name = "harness"
version = "0.0.0"

[[package]]
name = "x"
version = "1.0.0"
source = "registry+https://example.org/index"
checksum = "aa"

[[package]]
name = "x"
version = "2.0.0"
source = "registry+https://example.org/index"
checksum = "bb"
"#;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| name.to_string()).collect()
    }

    #[test]
    fn all_members_leave_the_lock_as_it_is() {
        assert_eq!(prune(LOCK, &set(&["a", "b", "harness"])).unwrap(), LOCK);
    }

    #[test]
    fn what_nobody_needs_goes_and_names_become_as_short_as_cargo_writes_them() {
        let lock = prune(LOCK, &set(&["a", "harness"])).unwrap();
        assert!(!lock.contains("name = \"b\"") && !lock.contains("2.0.0"), "{lock}");
        assert!(lock.contains(" \"x\",\n"), "{lock}");
    }

    #[test]
    fn a_member_that_needs_another_is_told() {
        assert_eq!(prune(LOCK, &set(&["b", "harness"])), Err(LockError::NotChosen("a".to_string())));
        assert_eq!(prune(LOCK, &set(&["c"])), Err(LockError::Unknown("c".to_string())));
        assert!(matches!(prune("version = []", &set(&["c"])), Err(LockError::Unreadable(_))));
    }

    #[test]
    fn the_members_are_replaced_and_the_comments_stay() {
        let manifest =
            "# All.\n[workspace]\nresolver = \"3\"\nmembers = [\"harness\", # first\n  \"a\", \"b\"]\n# Rest.\n";
        let chosen = choose(manifest, &set(&["a", "harness"])).unwrap();
        assert_eq!(
            chosen,
            "# All.\n[workspace]\nresolver = \"3\"\nmembers = [\n    \"harness\",\n    \"a\",\n]\n# Rest.\n"
        );
        assert!(choose("[package]\n", &set(&["a"])).is_err());
    }
}
