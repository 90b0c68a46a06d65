//! What people see of a run: everything that happened as JSON, the sequence
//! diagram, the table of sockets, the fields of a packet, the states of TCP.
//!
//! The page's WebAssembly and the command that builds the static pages call the
//! same functions, so both show the same bytes. Every function here is total:
//! whatever the script or the packet, there is an answer.

mod dissect;
mod figure;
mod play;
mod sequence;
mod sockets;
mod states;
pub mod svg;
#[cfg(test)]
mod tests;

pub use dissect::dissect;
pub use figure::Figure;
pub use play::{LIMITS, Played, play, rust};
pub use sequence::sequence;
pub use sockets::sockets;
pub use states::states;
pub(crate) use svg::escape;
