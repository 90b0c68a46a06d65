//! Socket scripts: reading, checking, writing. The grammar is in
//! `netlab/README.md`.

pub mod ast;
mod call;
mod check;
mod error;
mod expect;
mod lex;
mod line;
mod option;
mod parse;
mod print;
#[cfg(test)]
mod tests;

pub use ast::*;
pub use error::{Expected, ScriptError};
pub use parse::parse;
pub use print::{data_text, expect_text, head_text, outcome_text, print, quote};

/// The one way to write a script.
///
/// # Errors
///
/// What is wrong with it.
pub fn format(text: &str) -> Result<String, ScriptError> {
    parse(text).map(|script| print(&script))
}
