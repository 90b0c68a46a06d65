//! A student's labs: handing out, running the checks, hints, progress.
//!
//! `cargo test -p LAB` in the student's copy is the whole interface of a lab.
//! Everything here is a comfort on top of it: the same test executables run,
//! and their exit code and record are the verdict.
//!
//! # For the served page
//!
//! ```no_run
//! use std::path::Path;
//! use sockets::lab::{self, Request, Room};
//! use sockets::text::Lang;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let copy = Path::new("my-labs");
//! lab::start(Path::new("labs"), copy)?;
//! let room = Room::open(copy).expect("just made");
//! let lab = room.lab("tcp-echo").expect("in the handout");
//! let request = Request::new(room.dir(), &lab, Lang::Ko);
//! let stop = request.stop.clone(); // stop.now() from any thread ends the run
//! # drop(stop);
//! let outcome = lab::run(&request, |event| println!("{event:?}"))?;
//! lab::keep(room.dir(), &lab, &outcome)?; // progress, as `lab list` shows it
//! for standing in lab::survey(&room).0.iter().flatten() {
//!     println!("{}: {} of {} checks", standing.id, standing.passed(), standing.checks.len());
//! }
//! # Ok(()) }
//! ```

mod command;
pub mod handed;
mod hint;
mod interrupt;
mod list;
mod picture;
pub mod progress;
pub mod record;
mod reset;
mod room;
mod run;
mod stamp;
mod start;
mod style;
mod survey;
mod test;
mod watch;

pub(crate) use command::{CANNOT, refuse, shown};
pub use command::{answer, command};
pub use picture::picture;
pub use progress::{Progress, SetAside, keep};
pub use record::{Is, Record, Step, Verdict};
pub use reset::{Reset, reset};
pub use room::{DEFAULT, NoLab, NoRoom, Room, ids};
pub use run::{End, Event, Outcome, Request, Stop, run};
pub(crate) use stamp::{free, now};
pub(crate) use start::apart;
pub use start::{Report, StartError, start};
pub(crate) use style::Style;
pub use survey::{Checked, Standing, standing, survey};
