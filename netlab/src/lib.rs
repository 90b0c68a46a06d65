//! The network in the page: hosts, links and BSD sockets in virtual time.
//!
//! A run is a pure function of a script and a seed. There is no clock, no thread
//! and no other randomness here, so the same run gives the same bytes natively
//! and in WebAssembly.
//!
//! | layer | module | what it is |
//! |---|---|---|
//! | wire | [`wire`], [`network`] | links with delay, rate, loss; routers; packets dropped by number |
//! | stack | [`host`] | a host: which packet is for whom; TCP by smoltcp |
//! | sockets | [`sockets`] | the calls, with Linux's errors |
//! | run | [`run`] | programs as lists of calls; records, transcript, pcap |
//! | script | [`script`] | what a `*.sock` file says |
//! | show | [`show`] | what people see of a run: JSON, diagrams, fields of packets |
//! | program | [`rust`] | a script as a Rust program |

pub mod errno;
pub mod host;
mod json;
mod map;
pub mod network;
pub mod packet;
pub mod rng;
pub mod run;
pub mod rust;
pub mod script;
pub mod show;
pub mod sockets;
pub mod time;
pub mod wire;
pub mod world;
