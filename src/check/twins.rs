//! A section that changed was read against its twin.

use super::{Book, Finding};
use crate::text::Lang;
use crate::twins::{self, Change};

pub(super) fn check(book: &Book) -> Vec<Finding> {
    let (Some(en), Some(ko)) = (book.edition(Lang::En), book.edition(Lang::Ko)) else { return Vec::new() };
    let record = match twins::load(&book.root) {
        Ok(record) => record,
        Err(error) => return vec![Finding::from_data(&book.root, &error)],
    };
    // What only one edition has is found where the editions are compared.
    let drifts = twins::drifts(en, ko, &record).into_iter().filter(|drift| !matches!(drift.change, Change::Only(_)));
    let finding = |drift: twins::Drift| {
        let (id, changed, other) = match drift.change {
            Change::New => ("check.twins.new", 0, 1),
            Change::One(Lang::En) => ("check.twins.changed", 0, 1),
            Change::One(Lang::Ko) => ("check.twins.changed", 1, 0),
            Change::Both => ("check.twins.both", 0, 1),
            Change::Gone | Change::Only(_) => ("check.twins.gone", 0, 0),
        };
        let (file, line) = &drift.places[changed];
        let (twin, twin_line) = &drift.places[other];
        Finding::new(file, *line, id)
            .with("section", &drift.section)
            .with("twin", format!("{}:{twin_line}", twin.display()))
            .with("since", drift.since.as_deref().unwrap_or("-"))
    };
    drifts.map(finding).collect()
}
