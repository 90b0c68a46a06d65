//! How we know that the labs are right.
//!
//! Each lab has *subjects* in `tests/subjects/`: a solution, a right program
//! that is built differently, and a wrong program for each misconception. All
//! of them are put under the very test executables that students run.
//!
//! | module | holds |
//! |---|---|
//! | [`subject`] | the programs, and what each is for |
//! | [`build`] | the test executables and the programs, built |
//! | [`judge`] | one program under the checks of its lab |
//! | [`table`] | the verdicts of all, as data: `tests/verdicts.toml` |
//! | [`peers`] | programs of others, talking to the solutions |
//! | [`leak`] | what of a solution stands in the handout |
//!
//! `cargo test` judges each once, and has the solutions meet the programs of
//! others that are installed. `sockets prove` judges each twenty times, to see
//! the same verdicts, and adds mutants; `sockets soak` judges until a number of
//! executions is reached, on a busy machine.

pub mod build;
mod command;
pub mod ideas;
pub mod judge;
pub mod leak;
mod mutants;
pub mod peers;
mod soak;
pub mod subject;
pub mod table;

pub use command::{prove, prove_command, soak_command, soak_run};
