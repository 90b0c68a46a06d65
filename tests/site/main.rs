//! The site: built, and served.

#[path = "../fake/mod.rs"]
mod fake;

mod building;
mod client;
mod editions;
mod experiments;
mod live;
mod plain;
mod printing;
mod running;
mod serving;
mod small;
mod speed;
