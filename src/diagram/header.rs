//! Header layouts: fields of bits, in rows of 32 as the RFCs draw them.

use super::canvas::{Anchor, Canvas, LINE, Misfit, WIDTH, wide, wrap};

/// A header, in one language.
#[derive(Clone, Debug)]
pub(super) struct Header {
    /// Bits in a row.
    pub(super) bits: usize,
    pub(super) rows: Vec<Row>,
}

/// One row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// How long it is depends on the packet.
    pub(super) open: bool,
    pub(super) fields: Vec<Field>,
}

/// Some bits of a row.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) label: String,
    pub(super) marked: bool,
    pub(super) line: usize,
}

/// Left and right of the rows.
const EDGE: i32 = 8;
/// Foot of the numbers of the bits; below them the rows begin.
const NUMBERS: i32 = 24;
/// Of a letter in an upright text.
const LETTER: i32 = 21;

impl Header {
    fn x(&self, bit: usize) -> i32 {
        let inner = i64::from(WIDTH - 2 * EDGE);
        let x = inner * bit as i64 / self.bits.max(1) as i64;
        EDGE + i32::try_from(x).unwrap_or(0)
    }

    /// The label in lines, and whether its letters stand one below the other.
    fn label(&self, field: &Field) -> (Vec<String>, bool) {
        let room = self.x(field.last + 1) - self.x(field.first) - 6;
        let lines = wrap(&field.label, room);
        let fits = lines.iter().all(|line| wide(line) <= room);
        if fits || field.label.chars().count() > 4 {
            return (lines, false);
        }
        (field.label.chars().map(String::from).collect(), true)
    }

    pub(super) fn draw(&self, prefix: &str, title: &str, desc: &str) -> (String, Vec<Misfit>) {
        let mut canvas = Canvas::default();
        // The bits at which a row is cut anywhere, as far as their numbers have room.
        let mut marks: Vec<usize> = vec![0, self.bits / 4, self.bits / 2, self.bits * 3 / 4, self.bits - 1];
        marks.dedup();
        for bit in marks {
            let middle = (self.x(bit) + self.x(bit + 1)) / 2;
            canvas.text(middle.clamp(14, WIDTH - 14), NUMBERS - 6, Anchor::Middle, "number", 0, &bit.to_string());
        }
        let mut top = NUMBERS;
        for row in &self.rows {
            let lines = |field: &Field| {
                let (lines, upright) = self.label(field);
                i32::try_from(lines.len()).unwrap_or(1) * if upright { LETTER } else { LINE }
            };
            let high = (row.fields.iter().map(lines).max().unwrap_or(0) + 14).max(46);
            for field in &row.fields {
                let (left, right) = (self.x(field.first), self.x(field.last + 1));
                let kind = if field.marked { "field marked" } else { "field" };
                let dash = if row.open { " stroke-dasharray=\"8 6\"" } else { "" };
                let more = format!(
                    " fill=\"none\" stroke=\"currentColor\" stroke-width=\"{}\"{dash}",
                    if field.marked { 4 } else { 2 }
                );
                canvas.raw("<g>");
                canvas.rect(kind, (left, top), (right - left, high), 0, &more);
                let (lines, upright) = self.label(field);
                if lines.iter().any(|line| wide(line) > right - left - 2) {
                    canvas.misfit(field.line, &field.label);
                }
                let step = if upright { LETTER } else { LINE };
                let count = i32::try_from(lines.len()).unwrap_or(1);
                let mut base = top + (high - count * step) / 2 + step - 6;
                for line in &lines {
                    let class = if upright { "label upright" } else { "label" };
                    canvas.text((left + right) / 2, base, Anchor::Middle, class, field.line, line);
                    base += step;
                }
                canvas.raw("</g>");
            }
            top += high;
        }
        canvas.finish("header", prefix, title, desc, top + 6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(first: usize, last: usize, label: &str) -> Field {
        Field { first, last, label: label.into(), marked: first == 8, line: 1 }
    }

    #[test]
    fn flags_stand_upright_and_options_are_dashed() {
        let header = Header {
            bits: 32,
            rows: vec![
                Row { open: false, fields: vec![field(0, 7, "Type"), field(8, 8, "SYN"), field(9, 31, "Source Port")] },
                Row { open: true, fields: vec![field(0, 31, "Options")] },
            ],
        };
        let (svg, misfits) = header.draw("h", "A header", "Two rows");
        assert_eq!(misfits, []);
        insta::assert_snapshot!(svg.replace("><", ">\n<"));
    }

    #[test]
    fn a_name_that_has_no_room_is_a_misfit() {
        let rows = vec![Row { open: false, fields: vec![field(0, 2, "Identification"), field(3, 31, "Rest")] }];
        let (_, misfits) = Header { bits: 32, rows }.draw("h", "", "");
        assert!(misfits.iter().any(|misfit| misfit.text == "Identification"), "{misfits:?}");
    }
}
