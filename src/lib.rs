//! Sockets by Experiment: the book, the labs and the proof, behind one command.
//!
//! # Layout
//!
//! | module | holds |
//! |---|---|
//! | [`chromium`] | where a Chromium is |
//! | [`cli`] | what can be typed, and which module answers |
//! | [`text`] | words for people, in both languages, by id |
//! | [`book`] | the data under `book/`: claims, glossary, questions, twins |
//! | [`course`] | starter packs for instructors |
//! | [`doctor`] | what this system allows, and what allows the rest |
//! | [`lab`] | handing out, running the checks, hints, progress |
//! | [`check`] | the gates that hold the book together |
//! | [`twins`] | which text was last read against which |
//! | [`bench`] | how long a person waits, as ratios of one run |
//! | [`diagram`] | pictures of the book, drawn from one source |
//! | [`manifest`] | `lab.toml`: what a lab says of itself |
//! | `hex` | bytes as text |
//! | `process` | a child and everything it starts, which die with their owner |
//! | [`prove`] | how we know that the labs are right |
//! | [`serve`] | the book on this machine: live pages, live labs |
//! | [`site`] | both editions as one static site |

pub mod bench;
pub mod book;
pub mod check;
pub mod chromium;
pub mod cli;
pub mod course;
pub mod data;
pub mod diagram;
pub mod doctor;
mod hex;
pub mod lab;
pub mod manifest;
pub mod net;
mod process;
pub mod prove;
pub mod serve;
pub mod site;
pub mod text;
pub mod twins;
