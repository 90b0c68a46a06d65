//! Where a student stands: every lab of a copy with its progress.

use serde::Serialize;

use super::progress::{Progress, SetAside, sources};
use super::record::Is;
use super::room::Room;
use crate::book::PagePath;
use crate::data::DataError;
use crate::manifest::Lab;
use crate::text::Bilingual;

/// One lab of a copy.
#[derive(Clone, Debug, Serialize)]
pub struct Standing {
    /// Id of the lab.
    pub id: String,
    /// Its title.
    pub title: Bilingual,
    /// The page that teaches it.
    pub chapter: PagePath,
    /// 1 to 5.
    pub level: u8,
    /// How long it takes.
    pub minutes: u16,
    /// Points of the checks that passed last.
    pub points: u32,
    /// Points of all checks.
    pub of_points: u32,
    /// Stages of which every check passed last.
    pub stages: usize,
    /// All stages.
    pub of_stages: usize,
    /// Its checks by stage, in order.
    pub checks: Vec<Checked>,
    /// Whether the student's files changed since the checks ran.
    pub changed: bool,
}

/// One check of a [`Standing`].
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// Its name.
    pub name: String,
    /// Its stage.
    pub stage: u8,
    /// Its last verdict; none if it never ran.
    pub last: Option<Is>,
}

impl Standing {
    /// Whether every check passed last.
    #[must_use]
    pub fn done(&self) -> bool {
        self.checks.iter().all(|check| check.last == Some(Is::Pass))
    }

    /// How many checks passed last.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.checks.iter().filter(|check| check.last == Some(Is::Pass)).count()
    }
}

/// All labs of `room`, in the order of the book, and what had to be set aside. A lab
/// that cannot be read is an error of its own.
#[must_use]
pub fn survey(room: &Room) -> (Vec<Result<Standing, DataError>>, Vec<SetAside>) {
    let mut aside = Vec::new();
    let standings = room
        .labs()
        .into_iter()
        .map(|lab| {
            let lab = lab?;
            let (progress, moved) = Progress::load(room.dir(), &lab.id);
            aside.extend(moved);
            Ok(standing(room, &lab, &progress))
        })
        .collect();
    (standings, aside)
}

/// Where the student stands with `lab`.
#[must_use]
pub fn standing(room: &Room, lab: &Lab, progress: &Progress) -> Standing {
    let mut checks: Vec<Checked> = lab
        .check
        .iter()
        .map(|check| Checked {
            name: check.name.clone(),
            stage: check.stage,
            last: progress.checks.get(&check.name).copied(),
        })
        .collect();
    checks.sort_by_key(|check| check.stage);
    let stages: Vec<_> = checks.chunk_by(|a, b| a.stage == b.stage).collect();
    let passed = |check: &Checked| check.last == Some(Is::Pass);
    Standing {
        id: lab.id.clone(),
        title: lab.title.clone(),
        chapter: lab.chapter.clone(),
        level: lab.level,
        minutes: lab.minutes,
        points: lab.check.iter().filter(|c| progress.passed(&c.name)).map(|c| u32::from(c.points)).sum(),
        of_points: lab.points(),
        stages: stages.iter().filter(|stage| stage.iter().all(passed)).count(),
        of_stages: stages.len(),
        changed: !progress.checks.is_empty() && progress.sources != sources(room.dir(), lab),
        checks,
    }
}
