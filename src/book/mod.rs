//! The data under `book/` that both editions share.

pub mod claims;
pub mod glossary;
pub mod quiz;

/// Path of a page inside an edition, without language and extension:
/// `tcp/connection`. A section is `tcp/connection#short-write`.
pub type PagePath = String;
