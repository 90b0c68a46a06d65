//! The network in the page: hosts, links and BSD sockets in virtual time.
//!
//! A run is a pure function of a script and a seed. There is no clock, no thread
//! and no other randomness here, so the same run gives the same bytes natively
//! and in WebAssembly.
//!
//! | layer | module | what it is |
//! |---|---|---|
//! | wire | [`wire`], [`network`] | links with delay, rate, loss; routers; packets dropped by number |
//! | script | [`script`] | what a `*.sock` file says |

pub mod errno;
pub mod network;
pub mod packet;
pub mod rng;
pub mod script;
pub mod time;
pub mod wire;
