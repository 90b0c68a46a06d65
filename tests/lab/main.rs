//! `sockets lab`: through the library and through the command.

#[path = "../fake/mod.rs"]
mod fake;

mod handing_out;
mod running;
mod speaking;
mod watching;
