//! Socket scripts: reading, checking, writing.

pub mod ast;

pub use ast::*;
