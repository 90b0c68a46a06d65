//! Sequence diagrams: who says what to whom, in which order. The same drawing
//! shows what a check of a lab expected and observed.

use super::canvas::{Anchor, Canvas, LINE, Misfit, WIDTH, wide, wrap};

/// Who takes part and what happens, in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sequence {
    /// The names above the lines, from left to right.
    pub hosts: Vec<String>,
    /// From top to bottom.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The number at the left, if rows are counted.
    pub number: Option<usize>,
    /// What happens.
    pub what: What,
    /// How it stands out.
    pub tone: Tone,
    /// Line of the source, for faults.
    pub line: usize,
}

/// What happens in a row. Hosts are indices into [`Sequence::hosts`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Something goes from one to another.
    Arrow {
        /// Who sends.
        from: usize,
        /// Who is to get it.
        to: usize,
        /// What it is.
        label: String,
        /// It does not arrive.
        lost: bool,
    },
    /// Something happens at one of them, or at nobody's line.
    Note {
        /// Where.
        at: Option<usize>,
        /// What.
        label: String,
    },
}

/// How a row stands out; never by colour alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Not at all.
    #[default]
    Plain,
    /// What the diagram is about.
    Marked,
    /// What should have happened, with the word for that.
    Expected(String),
    /// What happened instead, with the word for that.
    Observed(String),
}

/// Foot of the names.
const NAMES: i32 = 26;
/// Where the lines begin.
const HEAD: i32 = 40;
/// Room for the numbers of rows.
const NUMBERS: i32 = 34;
/// Between a line and the end of an arrow.
const AWAY: i32 = 4;

struct Drawing<'a> {
    sequence: &'a Sequence,
    canvas: Canvas,
    xs: Vec<i32>,
    left: i32,
}

impl Sequence {
    /// The diagram as SVG.
    #[must_use]
    pub fn svg(&self, prefix: &str, title: &str, desc: &str) -> String {
        self.draw(prefix, title, desc).0
    }

    pub(super) fn draw(&self, prefix: &str, title: &str, desc: &str) -> (String, Vec<Misfit>) {
        let left = if self.rows.iter().any(|row| row.number.is_some()) { NUMBERS } else { 0 };
        // Names stand above their lines and have to stay in the picture.
        let half = |name: Option<&String>| name.map_or(0, |name| wide(name) / 2 + 4).clamp(44, 120);
        let (first, last) = (left + half(self.hosts.first()), WIDTH - half(self.hosts.last()));
        let gaps = i32::try_from(self.hosts.len()).unwrap_or(1).saturating_sub(1).max(1);
        let xs = (0..=gaps).map(|n| first + (last - first) * n / gaps).collect();
        let mut drawing = Drawing { sequence: self, canvas: Canvas::default(), xs, left };
        let (rows, high) = drawing.place();
        drawing.frame(high);
        for (row, top) in self.rows.iter().zip(rows) {
            drawing.row(row, top);
        }
        drawing.canvas.finish("sequence", prefix, title, desc, high + 8)
    }
}

/// What a row needs beside its own height: the word of its tone stands above.
fn tag(tone: &Tone) -> i32 {
    if matches!(tone, Tone::Expected(_) | Tone::Observed(_)) { LINE + 4 } else { 0 }
}

impl Drawing<'_> {
    fn x(&self, host: usize) -> i32 {
        self.xs.get(host).copied().unwrap_or(self.left)
    }

    /// The top of each row, and where the last one ends.
    fn place(&self) -> (Vec<i32>, i32) {
        let mut top = HEAD + 8;
        let mut tops = Vec::new();
        for row in &self.sequence.rows {
            tops.push(top);
            let lines = i32::try_from(self.label(row).len()).unwrap_or(1);
            top += tag(&row.tone)
                + lines * LINE
                + match &row.what {
                    What::Arrow { .. } => 21,
                    What::Note { .. } => 16,
                };
        }
        (tops, top)
    }

    /// The lines of a row's label.
    fn label(&self, row: &Row) -> Vec<String> {
        match &row.what {
            What::Arrow { from, to, label, .. } => {
                // A short way may lend a long text some room at its sides.
                let span = (self.x(*from) - self.x(*to)).abs() - 16;
                wrap(label, span.max(300).min(WIDTH - self.left - 12))
            }
            What::Note { at: Some(_), label } => wrap(label, 340),
            What::Note { at: None, label } => wrap(label, WIDTH - self.left - 24),
        }
    }

    fn frame(&mut self, high: i32) {
        for (host, name) in self.sequence.hosts.iter().enumerate() {
            let x = self.x(host);
            self.canvas.raw("<g class=\"node host\">");
            self.canvas.text(x, NAMES, Anchor::Middle, "name", 0, name);
            self.canvas.line("life", (x, HEAD), (x, high), " stroke-width=\"2\"");
            self.canvas.raw("</g>");
        }
    }

    fn row(&mut self, row: &Row, top: i32) {
        let label = self.label(row);
        let lines = i32::try_from(label.len()).unwrap_or(1);
        let kind = match &row.tone {
            Tone::Plain => "",
            Tone::Marked => " marked",
            Tone::Expected(_) => " expected",
            Tone::Observed(_) => " observed",
        };
        let shape = if matches!(row.what, What::Arrow { .. }) { "packet sent" } else { "say" };
        self.canvas.raw(&format!("<g class=\"e {shape}{kind}\">"));
        let mut y = top;
        if let Tone::Expected(word) | Tone::Observed(word) = &row.tone {
            let high = tag(&row.tone) + lines * LINE + 15;
            let dash = if matches!(row.tone, Tone::Expected(_)) { " stroke-dasharray=\"7 5\"" } else { "" };
            let more = format!(" stroke=\"currentColor\" stroke-width=\"2\"{dash}");
            self.canvas.rect("band", (1, top - 2), (WIDTH - 2, high), 8, &more);
            let sign = if matches!(row.tone, Tone::Expected(_)) { '✓' } else { '✗' };
            self.canvas.text(10, top + 20, Anchor::Start, "tag", row.line, &format!("{sign} {word}"));
            y += tag(&row.tone);
        }
        if let Some(number) = row.number {
            self.canvas.text(self.left - 8, y + 19, Anchor::End, "number", row.line, &number.to_string());
        }
        match &row.what {
            What::Arrow { from, to, lost, .. } => {
                let (from, to) = (self.x(*from), self.x(*to));
                let way = (to - from).signum();
                let middle = self.within((from + to) / 2, &label);
                self.canvas.lines(middle, y + 19, Anchor::Middle, "label", row.line, &label);
                let y = y + lines * LINE + 5;
                let stroke = match (&row.tone, lost) {
                    (Tone::Expected(_), _) => " stroke-width=\"2.5\" stroke-dasharray=\"7 5\"",
                    (_, true) => " stroke-width=\"2.5\" stroke-dasharray=\"3 4\"",
                    (Tone::Plain, false) => " stroke-width=\"2\"",
                    _ => " stroke-width=\"3.5\"",
                };
                if way == 0 {
                    // To itself: nothing goes over a wire.
                } else if *lost {
                    let tip = from + (to - from) * 2 / 3;
                    self.canvas.line("line", (from + way * AWAY, y), (tip, y), stroke);
                    let (x, y) = (tip - 8, y - 8);
                    self.canvas.raw(&format!(
                        "<path class=\"cross\" d=\"M{x} {y}l16 16m0 -16l-16 16\" stroke=\"currentColor\" \
                         stroke-width=\"3\" fill=\"none\"/>"
                    ));
                } else {
                    self.canvas.arrow((from + way * AWAY, y), (to - way * AWAY, y), stroke);
                }
            }
            What::Note { at, .. } => {
                let middle = at.map_or((self.left + WIDTH) / 2, |at| self.x(at));
                let middle = self.within(middle, &label);
                if at.is_some() {
                    let half = label.iter().map(|line| wide(line)).max().unwrap_or(0) / 2 + 8;
                    let high = lines * LINE + 6;
                    let more = " stroke=\"currentColor\" stroke-width=\"1.5\"";
                    self.canvas.rect("pill", (middle - half, y + 1), (half * 2, high), 10, more);
                }
                self.canvas.lines(middle, y + 22, Anchor::Middle, "label", row.line, &label);
            }
        }
        self.canvas.raw("</g>");
    }

    /// `middle`, so that lines around it stay in the picture.
    fn within(&self, middle: i32, lines: &[String]) -> i32 {
        let half = lines.iter().map(|line| wide(line)).max().unwrap_or(0) / 2 + 10;
        middle.min(WIDTH - half).max(self.left + half)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(what: What, tone: Tone) -> Row {
        Row { number: None, what, tone, line: 1 }
    }

    #[test]
    fn two_hosts_and_a_lost_packet() {
        let sequence = Sequence {
            hosts: vec!["client".into(), "server".into()],
            rows: vec![
                row(What::Arrow { from: 0, to: 1, label: "SYN".into(), lost: true }, Tone::Plain),
                row(What::Note { at: Some(0), label: "waits".into() }, Tone::Marked),
            ],
        };
        let (svg, misfits) = sequence.draw("s", "Two hosts", "A lost SYN");
        assert_eq!(misfits, []);
        insta::assert_snapshot!(svg.replace("><", ">\n<"));
    }

    #[test]
    fn long_texts_stay_in_the_picture() {
        let label = "prints no \"listening on ADDRESS\". The program sleeps (read()/recv()), and nothing will wake it.";
        let hosts = vec!["program".into(), "a".into(), "b".into(), "127.0.0.9".into()];
        let notes = (0..4).map(|at| What::Note { at: Some(at), label: label.into() });
        let ends = [(0, 3), (3, 0), (0, 1), (2, 3)];
        let arrows = ends.map(|(from, to)| What::Arrow { from, to, label: label.into(), lost: false });
        let rows = notes.chain(arrows).chain([What::Note { at: None, label: label.into() }]);
        let rows = rows.enumerate().map(|(n, what)| Row {
            number: Some(n + 1),
            tone: if n % 2 == 0 { Tone::Expected("expected".into()) } else { Tone::Observed("observed".into()) },
            what,
            line: n,
        });
        let sequence = Sequence { hosts, rows: rows.collect() };
        assert_eq!(sequence.draw("s", "", "").1, []);
    }
}
