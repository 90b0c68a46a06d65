//! Boxes and arrows on a grid: queues with their places, tables, what points to
//! what, and state machines.

use super::canvas::{Anchor, Canvas, LINE, Misfit, WIDTH, wide, wrap};

/// Boxes and arrows, in one language.
#[derive(Clone, Debug)]
pub(super) struct Boxes {
    /// Whether the boxes are states: round, as wide as their names.
    pub(super) states: bool,
    /// Columns of the grid.
    pub(super) columns: i32,
    /// Between two boxes in a row, and between two rows.
    pub(super) gap: (i32, i32),
    pub(super) boxes: Vec<Node>,
    pub(super) arrows: Vec<Arrow>,
}

/// A box.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Column and row.
    pub(super) at: (i32, i32),
    /// Columns it takes.
    pub(super) wide: i32,
    /// Rows it stands beside.
    pub(super) tall: i32,
    pub(super) label: String,
    /// Rows of a table.
    pub(super) cells: Vec<String>,
    /// Places of a queue, and how many are taken.
    pub(super) slots: Option<(usize, usize)>,
    pub(super) marked: bool,
    pub(super) line: usize,
}

/// An arrow from a box, or one of its cells, to another.
#[derive(Clone, Debug)]
pub(super) struct Arrow {
    pub(super) from: (usize, Option<usize>),
    pub(super) to: (usize, Option<usize>),
    pub(super) label: String,
    pub(super) marked: bool,
    pub(super) dashed: bool,
    pub(super) line: usize,
}

const EDGE: i32 = 4;
const CELL: i32 = 36;
const SLOT: i32 = 30;
const PAD: i32 = 11;

/// Where something stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

impl Place {
    fn middle(self) -> (i32, i32) {
        ((self.left + self.right) / 2, (self.top + self.bottom) / 2)
    }
}

impl Boxes {
    fn column(&self) -> i32 {
        (WIDTH - 2 * EDGE + self.gap.0) / self.columns.max(1)
    }

    /// Left and right of a box.
    fn sides(&self, node: &Node) -> (i32, i32) {
        let left = EDGE + self.column() * node.at.0;
        let right = left + self.column() * node.wide - self.gap.0;
        if !self.states {
            return (left, right);
        }
        let middle = (left + right) / 2;
        let lines = wrap(&node.label, right - left - 2 * PAD);
        let half = lines.iter().map(|line| wide(line)).max().unwrap_or(0) / 2 + PAD;
        (middle - half, middle + half)
    }

    fn label(&self, node: &Node) -> Vec<String> {
        if node.label.is_empty() {
            return Vec::new();
        }
        let column = self.column() * node.wide - self.gap.0;
        wrap(&node.label, column - 2 * PAD)
    }

    /// Height of the label of a box, and of all of it.
    fn heights(&self, node: &Node) -> (i32, i32) {
        let lines = i32::try_from(self.label(node).len()).unwrap_or(0);
        let label = if lines == 0 { 0 } else { lines * LINE + 13 };
        let cells = i32::try_from(node.cells.len()).unwrap_or(0) * CELL;
        let slots = if node.slots.is_some() { SLOT + 12 } else { 0 };
        (label, label + cells + slots)
    }

    /// The place of each box, and where the last one ends.
    fn places(&self) -> (Vec<Place>, i32) {
        let rows = self.boxes.iter().map(|node| node.at.1 + node.tall).max().unwrap_or(0);
        let high = |row: i32| {
            let nodes = self.boxes.iter().filter(|node| node.at.1 == row && node.tall == 1);
            let own = nodes.map(|node| self.heights(node).1).max().unwrap_or(0);
            // What stands beside several rows may need more than they do.
            let beside =
                self.boxes.iter().filter(|node| node.tall > 1 && (node.at.1..node.at.1 + node.tall).contains(&row));
            let shares = beside.map(|node| (self.heights(node).1 - self.gap.1 * (node.tall - 1)) / node.tall);
            own.max(shares.max().unwrap_or(0))
        };
        let mut tops = vec![EDGE];
        for row in 0..rows {
            let top = tops.last().copied().unwrap_or(EDGE);
            tops.push(top + high(row) + self.gap.1);
        }
        let place = |node: &Node| {
            let (left, right) = self.sides(node);
            let row = usize::try_from(node.at.1).unwrap_or(0);
            let (top, own) = (tops.get(row).copied().unwrap_or(EDGE), self.heights(node).1);
            // In the middle of its row, or rows.
            let all: i32 = (node.at.1..node.at.1 + node.tall).map(high).sum();
            let top = top + (all + self.gap.1 * (node.tall - 1) - own) / 2;
            Place { left, top, right, bottom: top + own }
        };
        let end = tops.last().copied().unwrap_or(EDGE) - self.gap.1;
        (self.boxes.iter().map(place).collect(), end.max(EDGE))
    }

    pub(super) fn draw(&self, prefix: &str, title: &str, desc: &str) -> (String, Vec<Misfit>) {
        let (places, end) = self.places();
        let mut canvas = Canvas::default();
        for (node, place) in self.boxes.iter().zip(&places) {
            self.node(&mut canvas, node, *place);
        }
        for arrow in &self.arrows {
            self.arrow(&mut canvas, arrow, &places);
        }
        canvas.finish(if self.states { "states" } else { "boxes" }, prefix, title, desc, end + EDGE + 2)
    }

    fn node(&self, canvas: &mut Canvas, node: &Node, place: Place) {
        let kind = if node.marked { " marked" } else { "" };
        canvas.raw(&format!("<g class=\"box{kind}\">"));
        let size = (place.right - place.left, place.bottom - place.top);
        let stroke = if node.marked { 4 } else { 2 };
        let more = format!(" fill=\"none\" stroke=\"currentColor\" stroke-width=\"{stroke}\"");
        canvas.rect("frame", (place.left, place.top), size, if self.states { 20 } else { 6 }, &more);
        let middle = place.middle().0;
        let label = self.label(node);
        for line in &label {
            if wide(line) > size.0 - 4 {
                canvas.misfit(node.line, line);
            }
        }
        canvas.lines(middle, place.top + 26, Anchor::Middle, "name", node.line, &label);
        let mut top = place.top + self.heights(node).0;
        for cell in &node.cells {
            canvas.line("cell", (place.left, top), (place.right, top), " stroke-width=\"1.5\"");
            if wide(cell) > size.0 - 6 {
                canvas.misfit(node.line, cell);
            }
            canvas.text(middle, top + 25, Anchor::Middle, "label", node.line, cell);
            top += CELL;
        }
        if let Some((slots, filled)) = node.slots {
            let count = i32::try_from(slots).unwrap_or(1).max(1);
            let step = ((size.0 - 16) / count).min(44);
            let left = middle - step * count / 2;
            for slot in 0..count {
                let full = usize::try_from(slot).is_ok_and(|slot| slot < filled);
                let (x, wide) = (left + slot * step + 2, step - 4);
                let more = if full {
                    " stroke=\"currentColor\" stroke-width=\"2\""
                } else {
                    " fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\" stroke-dasharray=\"4 4\""
                };
                canvas.rect(if full { "slot full" } else { "slot" }, (x, top), (wide, SLOT), 4, more);
            }
        }
        canvas.raw("</g>");
    }

    /// The place of what an arrow starts from or leads to.
    fn end(&self, (node, cell): (usize, Option<usize>), places: &[Place]) -> Option<Place> {
        let (place, own) = (*places.get(node)?, self.boxes.get(node)?);
        let Some(cell) = cell else { return Some(place) };
        let top = place.top + self.heights(own).0 + i32::try_from(cell).ok()? * CELL;
        Some(Place { top, bottom: top + CELL, ..place })
    }

    fn arrow(&self, canvas: &mut Canvas, arrow: &Arrow, places: &[Place]) {
        let (Some(from), Some(to)) = (self.end(arrow.from, places), self.end(arrow.to, places)) else { return };
        let back = self.arrows.iter().any(|other| other.from == arrow.to && other.to == arrow.from);
        let apart = from.right <= to.left || to.right <= from.left;
        let level = from.top < to.bottom && to.top < from.bottom;
        let stroke = format!(
            " stroke-width=\"{}\"{}",
            if arrow.marked { "3.5" } else { "2" },
            if arrow.dashed { " stroke-dasharray=\"7 5\"" } else { "" }
        );
        canvas.raw(&format!("<g class=\"edge{}\">", if arrow.marked { " marked" } else { "" }));
        if apart && (level || arrow.from.1.is_some()) {
            // Side to side.
            let right = from.right <= to.left;
            let aside = if back { if right { -9 } else { 9 } } else { 0 };
            let (x1, x2) = if right { (from.right, to.left) } else { (from.left, to.right) };
            let (y1, y2) = (from.middle().1 + aside, to.middle().1 + aside);
            // A box that is high enough is met straight on.
            let y2 = if y1 > to.top + 12 && y1 < to.bottom - 12 { y1 } else { y2 };
            canvas.arrow((x1, y1), (x2, y2), &stroke);
            let lines = wrap(&arrow.label, (x2 - x1).abs() - 10);
            let above = i32::try_from(lines.len()).unwrap_or(1) * LINE;
            let top = y1.min((y1 + y2) / 2);
            let base = if aside > 0 { top + 24 } else { top - above + LINE - 8 };
            if !arrow.label.is_empty() {
                canvas.lines((x1 + x2) / 2, base, Anchor::Middle, "label", arrow.line, &lines);
            }
        } else {
            // From the bottom of the upper one to the top of the lower one.
            let down = from.bottom <= to.top;
            let (upper, lower) = if down { (from, to) } else { (to, from) };
            let (left, right) = (upper.left.max(lower.left), upper.right.min(lower.right));
            let (mut x1, mut x2) = (upper.middle().0, lower.middle().0);
            if left + 20 < right {
                // One stands above the other: straight down where both are.
                x1 = x1.clamp(left + 10, right - 10);
                x2 = x2.clamp(left + 10, right - 10);
                let narrow = if upper.right - upper.left < lower.right - lower.left { x1 } else { x2 };
                (x1, x2) = (narrow, narrow);
            }
            let aside = if back { if down { 12 } else { -12 } } else { 0 };
            let (upper_end, lower_end) = ((x1 + aside, upper.bottom), (x2 + aside, lower.top));
            let (start, tip) = if down { (upper_end, lower_end) } else { (lower_end, upper_end) };
            canvas.arrow(start, tip, &stroke);
            if !arrow.label.is_empty() {
                let (x, y) = ((start.0 + tip.0) / 2, (start.1 + tip.1) / 2);
                // Beside the line; of one that leans, on the side of the edge.
                let lean = (x2 - x1).abs() * 25 / (lower.top - upper.bottom).abs().max(1);
                let leftwards = if back { !down } else { x1 != x2 && x < WIDTH / 2 };
                let room = if leftwards { x - 12 - lean } else { WIDTH - x - 14 - lean };
                let lines = wrap(&arrow.label, room);
                let high = i32::try_from(lines.len()).unwrap_or(1) * LINE;
                let base = y - high / 2 + 18;
                if leftwards {
                    canvas.lines(x - 9 - lean / 2, base, Anchor::End, "label", arrow.line, &lines);
                } else {
                    canvas.lines(x + 9 + lean / 2, base, Anchor::Start, "label", arrow.line, &lines);
                }
            }
        }
        canvas.raw("</g>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(at: (i32, i32), label: &str) -> Node {
        Node { at, wide: 1, tall: 1, label: label.into(), cells: Vec::new(), slots: None, marked: false, line: 1 }
    }

    fn arrow(from: usize, to: usize, label: &str) -> Arrow {
        let (from, to) = ((from, None), (to, None));
        Arrow { from, to, label: label.into(), marked: false, dashed: false, line: 1 }
    }

    #[test]
    fn a_table_a_queue_and_an_arrow_from_a_cell() {
        let table = Node { cells: vec!["3".into(), "4".into()], ..node((0, 0), "table") };
        let queue = Node { slots: Some((3, 1)), ..node((1, 0), "queue") };
        let pointer = Arrow { from: (0, Some(1)), ..arrow(0, 1, "") };
        let boxes =
            Boxes { states: false, columns: 2, gap: (60, 60), boxes: vec![table, queue], arrows: vec![pointer] };
        let (svg, misfits) = boxes.draw("b", "A table", "4 leads to a queue");
        assert_eq!(misfits, []);
        insta::assert_snapshot!(svg.replace("><", ">\n<"));
    }

    #[test]
    fn states_with_ways_there_and_back() {
        let boxes = Boxes {
            states: true,
            columns: 1,
            gap: (60, 80),
            boxes: vec![node((0, 0), "waiting"), node((0, 1), "running")],
            arrows: vec![arrow(0, 1, "woken"), arrow(1, 0, "`await`")],
        };
        let (svg, misfits) = boxes.draw("s", "A task", "It waits and runs");
        assert_eq!(misfits, []);
        insta::assert_snapshot!(svg.replace("><", ">\n<"));
    }
}
