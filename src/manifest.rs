//! `lab.toml`: what a lab says of itself.
//!
//! The labs are found by looking into a folder, so that a new lab needs no
//! list to be kept: each folder with a `lab.toml` is one.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::book::PagePath;
use crate::data::{self, DataError};
use crate::text::Bilingual;

/// One lab.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lab {
    /// Name of the folder and of the package.
    pub id: String,
    /// The page that teaches it.
    pub chapter: PagePath,
    /// Shown on the card.
    pub title: Bilingual,
    /// What the student will have made, in a sentence.
    pub goal: Bilingual,
    /// 1 (fill in one call) to 5 (write a program).
    pub level: u8,
    /// How long it takes someone in their second month of Rust.
    pub minutes: u16,
    /// What the checks need of the system.
    pub needs: Needs,
    /// Where it can be solved.
    pub systems: Vec<System>,
    /// The files a student may change; only these are collected and graded.
    pub edit: Vec<PathBuf>,
    /// In the order in which they should come to pass.
    pub check: Vec<Check>,
    /// Programs by others to try the solution with.
    #[serde(default)]
    pub peer: Vec<Peer>,
}

/// What the checks of a lab need of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Needs {
    /// Nothing: an ordinary user on any network.
    User,
    /// A private network namespace, or CAP_NET_RAW.
    PrivateNetwork,
}

/// A system on which a lab can be solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum System {
    /// Linux, WSL2, a dev container.
    Linux,
    /// macOS.
    Macos,
    /// Windows itself.
    Windows,
}

/// One check: a `#[test]` of the lab.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Name of the test, which is the sentence it proves.
    pub name: String,
    /// Stage, from 1; a stage is done when all its checks pass.
    pub stage: u8,
    /// What it is worth.
    pub points: u16,
    /// What must hold, in one sentence for the student.
    pub says: Bilingual,
    /// Page and section that teach it: `tcp/connection#short-write`.
    pub read: PagePath,
    /// A command to see it by hand; `PORT` stands for the program's port.
    pub by_hand: String,
    /// From a nudge to nearly the answer.
    pub hints: [Bilingual; 3],
}

/// A program by others that talks to the solution.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// The program to look for on the PATH.
    pub program: String,
    /// The command line; `PORT` stands for the program's port. If it holds
    /// `PROGRAM`, that stands for the program itself, and no server is started.
    pub run: String,
    /// What the program is started with, to work in the way this peer is for.
    #[serde(default)]
    pub argument: Option<String>,
    /// It is the service, listening on `PORT`, and our program the client: that
    /// is started with `127.0.0.1:PORT` as soon as it listens.
    #[serde(default)]
    pub serves: bool,
    /// With `serves`, what runs in the place of the program as soon as the service
    /// listens. If it holds `PROGRAM`, `PORT` is the service's; otherwise the
    /// program is a server that needs the service, and `PORT` is its own.
    #[serde(default)]
    pub calls: Option<String>,
    /// What one should see.
    pub shows: Bilingual,
    /// What `sockets prove` types.
    #[serde(default)]
    pub types: Option<String>,
    /// What `sockets prove` has to find in the output then.
    #[serde(default)]
    pub finds: Option<String>,
}

impl Lab {
    /// Reads `DIR/lab.toml`.
    ///
    /// # Errors
    ///
    /// See [`data::load`]; also an id that is not the folder's name.
    pub fn load(dir: &Path) -> Result<Lab, DataError> {
        let path = dir.join("lab.toml");
        let lab: Lab = data::load(&path)?;
        if dir.file_name().is_some_and(|name| name != lab.id.as_str()) {
            let message = format!("id is `{}`, but the folder is called otherwise", lab.id);
            return Err(DataError { path, line: 0, message });
        }
        Ok(lab)
    }

    /// All labs of a handout (`labs/` or a student's copy), in the order of its
    /// `Cargo.toml`: that of the book, in which each needs only what came before.
    /// What is not listed there comes last, by level, then id. A lab that cannot
    /// be read is an error of its own; the others are there.
    #[must_use]
    pub fn all(handout: &Path) -> Vec<Result<Lab, DataError>> {
        let Ok(entries) = fs::read_dir(handout) else { return Vec::new() };
        let mut labs: Vec<_> = entries
            .flatten()
            .filter(|entry| entry.path().join("lab.toml").is_file())
            .map(|entry| Lab::load(&entry.path()))
            .collect();
        let path = members(handout);
        let place = |lab: &Lab| path.iter().position(|member| *member == lab.id).unwrap_or(path.len());
        labs.sort_by_cached_key(|lab| lab.as_ref().ok().map(|lab| (place(lab), lab.level, lab.id.clone())));
        labs
    }

    /// What all checks together are worth.
    #[must_use]
    pub fn points(&self) -> u32 {
        self.check.iter().map(|check| u32::from(check.points)).sum()
    }
}

/// The packages of the workspace at `handout`, if it lists any.
fn members(handout: &Path) -> Vec<String> {
    let text = fs::read_to_string(handout.join("Cargo.toml")).unwrap_or_default();
    let manifest: toml::Table = text.parse().unwrap_or_default();
    let list = manifest.get("workspace").and_then(|workspace| workspace.get("members"));
    let list = list.and_then(toml::Value::as_array).into_iter().flatten();
    list.filter_map(|member| member.as_str().map(str::to_string)).collect()
}
