//! Packets as arrows.

use super::draw::Canvas;
use super::packet::{Look, label, look};
use super::rows::{Row, What};

use crate::json::Part::{N, S};
use crate::network::{NodeId, Sighting};
use crate::packet::Summary;
use crate::show::svg::{self, fit, width};
use crate::wire::Fate;

/// Foot of the letters in the row of a packet, and where its arrow begins.
const BASE: i32 = 20;
const START: i32 = 28;
/// An arrow that goes down by more is steep.
const STEEP: i32 = 50;
/// Arrows stop so far from a line.
const AWAY: i32 = 6;

impl Canvas<'_> {
    /// A packet leaves: its words, and its line down to where it arrives.
    pub(super) fn sent(&mut self, index: usize, seen: &Sighting, again: bool) {
        let (event, top) = (self.rows[index].event, self.tops[index]);
        let look = look(&seen.packet);
        let mut words = label(&seen.packet, !self.run.plan.routers.is_empty());
        if again {
            words.push(' ');
            words.push_str(&self.figure.again);
        }
        let fate = match seen.fate {
            Fate::Arrives(_) | Fate::Twice(..) => None,
            Fate::Lost => Some(self.figure.lost.clone()),
            Fate::QueueFull => Some(self.figure.full.clone()),
            Fate::Dropped => Some(self.figure.dropped.clone()),
            Fate::NoRoute => Some(self.figure.unreachable.clone()),
            Fate::Expired => Some(self.figure.expired.clone()),
        };
        self.open_packet("sent", event, event, look.class, &seen.packet, fate.as_deref());
        let way = self.way(seen.from, seen.to);
        let (x1, y1) = (self.columns.x(seen.from) + way * AWAY, top + START);
        let x2 = if seen.from == seen.to { x1 + way * 90 } else { self.columns.x(seen.to) - way * AWAY };
        let mut steep = false;
        if let Some(fate) = &fate {
            let (x, y) = (x1 + (x2 - x1) * 3 / 5, y1 + 12);
            self.line(look, (x1, y1), (x, y));
            let parts = [N((x - 8).into()), N((y - 8).into())];
            self.put("<path class=\"cross\" d=\"M% %l16 16m0 -16l-16 16\" stroke=\"currentColor\" stroke-width=\"3\" fill=\"none\"/>", &parts);
            let (x, anchor) = self.beside(x + way * 16, way, fate);
            self.text(x, y + 7, anchor, "word", fate);
        } else {
            for (at, arrival) in self.arrivals(index, seen) {
                let y2 = match arrival {
                    Some(row) => self.tops[row] + 8,
                    None => self.tops[at].max(y1 + 8) + 2,
                };
                self.line(look, (x1, y1), (x2, y2));
                steep |= y2 - y1 > STEEP;
                if arrival.is_none() && at + 1 < self.tops.len() {
                    self.head(look, (x1, y1), (x2, y2));
                }
            }
        }
        let words = fit(&words, self.columns.right() - self.columns.left());
        if steep {
            // In the middle other lines may be nearer than its own.
            let (x, anchor) = self.beside(x1 + way * 40, way, &words);
            self.text(x, top + BASE, anchor, "label", &words);
        } else {
            let half = (width(&words) + 1) / 2;
            let middle = ((x1 + x2) / 2).min(self.columns.right() - half).max(self.columns.left() + half);
            self.text(middle, top + BASE, "middle", "label", &words);
        }
        self.close();
    }

    /// A packet arrives: the head of its arrow.
    pub(super) fn arrived(&mut self, index: usize, host: NodeId, sent: Option<usize>) {
        let event = self.rows[index].event;
        // The row in which it left, unless that is left out of the figure.
        let from = sent.and_then(|sent| self.rows.iter().position(|row| row.event == sent));
        let Some((from, What::Sent { seen, .. })) = from.map(|from| (from, &self.rows[from].what)) else { return };
        let look = look(&seen.packet);
        let way = self.way(seen.from, seen.to);
        let start = (self.columns.x(seen.from) + way * AWAY, self.tops[from] + START);
        let tip = (self.columns.x(host) - way * AWAY, self.tops[index] + 8);
        self.open_packet("arrived", event, self.rows[from].event, look.class, &seen.packet, None);
        self.head(look, start, tip);
        self.close();
    }

    /// A host sent a packet to itself: out and back in one row.
    pub(super) fn loopback(&mut self, row: &Row<'_>, top: i32, host: NodeId, packet: &[u8], again: bool) {
        let look = look(packet);
        let way = if self.columns.rightwards(host) { 1 } else { -1 };
        let x = self.columns.x(host) + way * AWAY;
        self.open_packet("loopback", row.event, row.event, look.class, packet, None);
        let (out, sweep) = (way * 26, i32::from(way > 0));
        let back = -out + way * 12;
        let parts = [N(x.into()), N((top + 7).into()), N(out.into()), N(sweep.into()), N(back.into()), S(look.stroke)];
        self.put(
            "<path class=\"line\" d=\"M% %h%a8 8 0 0 % 0 16h%\" stroke=\"currentColor\" % fill=\"none\"/>",
            &parts,
        );
        self.head(look, (x + way * 20, top + 23), (x, top + 23));
        let mut words = label(packet, false);
        if again {
            words.push(' ');
            words.push_str(&self.figure.again);
        }
        let anchor = if way > 0 { "start" } else { "end" };
        let words = fit(&words, self.columns.room(host) - 40);
        self.text(self.columns.x(host) + way * 50, top + BASE + 1, anchor, "label", &words);
        self.close();
    }

    /// Opens the group of a packet: it can be chosen with the keyboard.
    fn open_packet(&mut self, class: &str, event: usize, packet: usize, kind: &str, bytes: &[u8], fate: Option<&str>) {
        let mut title = Summary::of(bytes).map_or_else(|| "?".to_owned(), |summary| summary.to_string());
        if let Some(fate) = fate {
            title.push_str(&format!(", {fate}"));
        }
        // One stop for the keyboard a packet is enough.
        let button = if class == "arrived" { "" } else { " tabindex=\"0\" role=\"button\"" };
        self.open(&format!("packet {class} {kind}"), event, &format!(" data-packet=\"{packet}\"{button}"), &title);
    }

    /// 1 to the right, -1 to the left; of a node to itself, inwards.
    fn way(&self, from: NodeId, to: NodeId) -> i32 {
        let (from_x, to_x) = (self.columns.x(from), self.columns.x(to));
        match to_x.cmp(&from_x) {
            std::cmp::Ordering::Greater => 1,
            std::cmp::Ordering::Less => -1,
            std::cmp::Ordering::Equal => {
                if self.columns.rightwards(from) {
                    1
                } else {
                    -1
                }
            }
        }
    }

    /// Where the arrows of a packet end: the row of that time, and the row that
    /// tells of the arrival, if there is one.
    fn arrivals(&self, index: usize, seen: &Sighting) -> Vec<(usize, Option<usize>)> {
        let event = self.rows[index].event;
        let times = match seen.fate {
            Fate::Arrives(at) => vec![at],
            Fate::Twice(first, second) => vec![first, second],
            _ => Vec::new(),
        };
        let told = |row: &Row<'_>| matches!(row.what, What::Arrived { sent, .. } if sent == Some(event));
        let mut from = index + 1;
        let mut found = Vec::new();
        for at in times {
            let due = from + self.rows[from..].partition_point(|row| row.at < at);
            // What arrives has its row among those of the same moment, or of the next.
            let mut rows = self.rows[due..].iter().take_while(|row| row.at <= at + 1);
            let arrival = rows.position(told).map(|further| due + further);
            from = arrival.map_or(due, |arrival| arrival + 1).min(self.rows.len());
            found.push((due, arrival));
        }
        found
    }

    fn line(&mut self, look: Look, (x1, y1): (i32, i32), (x2, y2): (i32, i32)) {
        let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(|number| N(number.into()));
        let parts = [x1, y1, x2, y2, x1, y1, x2, y2, S(look.stroke)];
        self.put(
            "<path class=\"reach\" d=\"M% %L% %\" stroke=\"transparent\" stroke-width=\"24\" fill=\"none\" \
             pointer-events=\"stroke\"/><path class=\"line\" d=\"M% %L% %\" stroke=\"currentColor\" % fill=\"none\"/>",
            &parts,
        );
    }

    /// The head of an arrow that ends at `tip`.
    fn head(&mut self, look: Look, from: (i32, i32), tip: (i32, i32)) {
        let (close, paint) = if look.filled { ("Z", "currentColor") } else { ("", "none") };
        self.put("<path class=\"head\" d=\"", &[]);
        svg::head(&mut self.out, from, tip);
        self.put("%\" fill=\"%\" stroke=\"currentColor\" stroke-width=\"2\"/>", &[S(close), S(paint)]);
    }

    /// Where a word stands beside a cross, so that it stays in the figure.
    fn beside(&self, x: i32, way: i32, word: &str) -> (i32, &'static str) {
        if way > 0 {
            (x.min(self.columns.right() - width(word)), "start")
        } else {
            (x.max(self.columns.left() + width(word)), "end")
        }
    }
}
