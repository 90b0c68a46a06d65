//! Each gate of `sockets check` is fed a bad book, and must say where it is
//! bad; the good one must pass.

mod book;
mod diagrams;
mod experiments;
mod gates;
mod glossary;
mod real;
mod twins;
