//! Chromium as a reader: opens pages of a built site, looks, presses, measures.
//!
//! | module | holds |
//! |---|---|
//! | [`chromium`] | finding and starting one Chromium |
//! | [`tab`] | a tab: going somewhere, waiting, asking the page |
//! | [`hands`] | pressing and typing in it |
//! | [`server`] | a built site on 127.0.0.1, from any path |
//! | [`survey`] | what is wrong with pages, at every width and in both themes |
//! | [`experiments`] | how long the network in the page takes for each |
//! | [`search`] | what the search finds, beside plain mdBook's |
//! | [`axe`] | accessibility, by axe-core |
//!
//! Everything panics with what it waited for and where the caller stands; a tab
//! that is dropped by a panic leaves a picture in `target/screenshots`.

pub mod axe;
pub mod chromium;
pub mod experiments;
pub mod hands;
pub mod search;
pub mod server;
pub mod survey;
pub mod tab;
mod wire;

pub use chromium::Chromium;
pub use server::Server;
pub use tab::{Look, Tab};

use std::path::Path;
use std::time::Duration;

/// How long anything may take before it counts as not happening: axe needed a
/// minute for a page on a machine with twelve times the work it has cores for.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Root of the project.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
