//! The sequence diagram of a run, as SVG: a vertical line a node, time running
//! downwards, packets as arrows between the lines.
//!
//! Every event that is drawn has a row of its own, and every text stays in its
//! row, so no text meets another. The figure is 640 units wide and its letters
//! are 20 high: on a telephone of 360 pixels they are 11 pixels.
//!
//! Classes and `data-event` are for the page: its style sheet gives colours, its
//! script shows events up to one. Without either, everything is drawn in the
//! colour of the text, and kinds of packets differ by stroke and head.

mod arrow;
mod columns;
mod draw;
mod packet;
mod rows;

use super::Figure;
use crate::run::Run;

/// The sequence diagram of a run, with the words of `figure`.
///
/// Groups have the class `e` and a kind (`call`, `result`, `blocks`, `state`,
/// `sent`, `loopback`, `arrived`) and `data-event`, the index of the record. A
/// packet has `data-packet`, the index of the record with its bytes. Of a long
/// run the first and the last events are drawn.
#[must_use]
pub fn sequence(run: &Run, figure: &Figure) -> String {
    let rows = rows::rows(&run.records, &run.plan);
    let columns = columns::Columns::new(&run.plan);
    draw::draw(run, &rows, &columns, figure)
}
