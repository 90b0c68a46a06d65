//! What stands under `book/`: the pages of both editions, and the data that
//! they share.

pub mod claims;
pub mod directive;
pub mod edition;
pub mod experiment;
pub mod glossary;
pub mod include;
pub mod known;
pub mod page;
pub mod quiz;
pub mod words;

/// Path of a page inside an edition, without language and extension:
/// `tcp/connection`. A section is `tcp/connection#short-write`.
pub type PagePath = String;

/// Markdown as mdBook 0.5 reads it, without its curly quotes: those change the
/// text, and what is written should be found as it was written.
#[must_use]
pub fn markdown(text: &str) -> pulldown_cmark::Parser<'_> {
    use pulldown_cmark::Options;
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM;
    pulldown_cmark::Parser::new_ext(text, options)
}
