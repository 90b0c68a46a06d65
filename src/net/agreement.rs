//! `book/experiments/agreement.toml`: which experiments gave the same on Linux,
//! and on which one.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::hex::hex;

/// The record of `net agree --write`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// Where the experiments were played.
    pub linux: Linux,
    /// Each experiment, by name.
    #[serde(default)]
    pub experiment: Vec<Experiment>,
}

/// The machine, as far as it may matter to a result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Linux {
    /// The release of the kernel, `6.18.44`, without what a distribution adds.
    pub kernel: String,
    /// `x86_64`, …
    pub architecture: String,
}

/// An experiment that was played on both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// The name of its file.
    pub name: String,
    /// SHA-256 over the script and the transcript beside it.
    pub digest: String,
    /// `agrees`: nothing else is recorded.
    pub verdict: String,
    /// Differences that the script declares.
    pub differences: usize,
}

impl Agreement {
    /// Where it is.
    #[must_use]
    pub fn file(root: &Path) -> PathBuf {
        root.join("book/experiments/agreement.toml")
    }

    /// Every experiment of the book, by name.
    ///
    /// # Errors
    ///
    /// If the folder cannot be read.
    pub fn scripts(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
        let folder = root.join("book/experiments");
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "sock") {
                paths.push(path);
            }
        }
        paths.sort();
        Ok(paths)
    }

    /// The record that is there.
    ///
    /// # Errors
    ///
    /// If there is none, or it has another form.
    pub fn load(root: &Path) -> anyhow::Result<Agreement> {
        let file = Agreement::file(root);
        let named = || file.display().to_string();
        let text = std::fs::read_to_string(&file).with_context(named)?;
        toml::from_str(&text).with_context(named)
    }

    /// What an experiment is: its script and its transcript.
    ///
    /// # Errors
    ///
    /// If one of them cannot be read.
    pub fn digest(script: &Path) -> anyhow::Result<String> {
        let mut digest = Sha256::new();
        for path in [script.to_path_buf(), script.with_extension("txt")] {
            digest.update(std::fs::read(&path).with_context(|| path.display().to_string())?);
            // So that no end of one is the beginning of the other.
            digest.update([0]);
        }
        Ok(hex(&digest.finalize()))
    }

    /// Adds an experiment, or replaces what was known of it.
    pub fn put(&mut self, experiment: Experiment) {
        self.experiment.retain(|known| known.name != experiment.name);
        self.experiment.push(experiment);
    }

    /// Writes it, without experiments that are no more.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn write(mut self, root: &Path) -> anyhow::Result<()> {
        self.experiment.retain(|known| root.join(format!("book/experiments/{}.sock", known.name)).is_file());
        self.experiment.sort_by(|a, b| a.name.cmp(&b.name));
        let head = "# What each experiment gave in the simulation and on Linux. Written by\n\
                    # cargo run -- net agree --write\n\n";
        let file = Agreement::file(root);
        let text = format!("{head}{}", toml::to_string_pretty(&self)?);
        std::fs::write(&file, text).with_context(|| file.display().to_string())
    }
}

/// This machine: uname(2).
pub(super) fn here() -> Linux {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let number = |c: char| c.is_ascii_digit() || c == '.';
    let kernel = release.trim().split(|c| !number(c)).next().unwrap_or_default().to_owned();
    Linux { kernel, architecture: std::env::consts::ARCH.to_owned() }
}
