//! The sequence diagram; not drawn yet.
use super::Figure;
use crate::run::Run;
/// The sequence diagram of a run; empty as yet.
#[must_use]
pub fn sequence(_run: &Run, _figure: &Figure) -> String {
    String::new()
}
