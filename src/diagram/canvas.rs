//! What every diagram is drawn on: texts that are known to have room, lines,
//! boxes and arrows, in units of which [`WIDTH`] are as wide as a phone.

use netlab::show::svg::{self, FONT, escape, width};

/// Width of every diagram. On a phone of 390 pixels the letters, 20 units high,
/// are then 12 pixels high.
pub(super) const WIDTH: i32 = 560;
/// From one line of text to the next.
pub(super) const LINE: i32 = 25;

/// A text that found no room: it leaves the diagram, or meets another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    /// Line of the source.
    pub(super) line: usize,
    /// The text.
    pub(super) text: String,
}

/// Where a text stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    left: i32,
    right: i32,
    base: i32,
}

/// A figure being drawn.
#[derive(Debug, Default)]
pub(super) struct Canvas {
    out: String,
    places: Vec<Place>,
    misfits: Vec<Misfit>,
}

/// Which point of a text its x is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How wide a text is at most, without the marks of code.
pub(super) fn wide(text: &str) -> i32 {
    width(&text.replace('`', ""))
}

/// The text in lines of at most `room` units, cut between words. A word that is
/// wider has a line of its own.
pub(super) fn wrap(text: &str, room: i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for hard in text.split('\n') {
        let mut line = String::new();
        for word in hard.split(' ') {
            if line.is_empty() {
                line = word.to_string();
            } else if wide(&line) + wide(word) + 12 <= room {
                line.push(' ');
                line.push_str(word);
            } else {
                lines.push(std::mem::replace(&mut line, word.to_string()));
            }
        }
        lines.push(line);
    }
    lines
}

impl Canvas {
    /// Appends SVG as it is.
    pub(super) fn raw(&mut self, svg: &str) {
        self.out.push_str(svg);
    }

    /// One line of text; its letters stand on `base`.
    pub(super) fn text(&mut self, x: i32, base: i32, anchor: Anchor, class: &str, line: usize, text: &str) {
        let wide = wide(text);
        let left = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - wide / 2,
            Anchor::End => x - wide,
        };
        let place = Place { left, right: left + wide, base };
        let meets = |other: &Place| {
            place.left < other.right && other.left < place.right && (place.base - other.base).abs() < FONT
        };
        if !text.is_empty() {
            if place.left < 0 || place.right > WIDTH || self.places.iter().any(meets) {
                self.misfits.push(Misfit { line, text: text.to_string() });
            }
            self.places.push(place);
        }
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        self.out.push_str(&format!("<text class=\"{class}\" x=\"{x}\" y=\"{base}\"{anchor}>"));
        for (index, piece) in text.split('`').enumerate() {
            let code = index % 2 == 1;
            self.out.push_str(if code { "<tspan class=\"code\">" } else { "" });
            escape(&mut self.out, piece);
            self.out.push_str(if code { "</tspan>" } else { "" });
        }
        self.out.push_str("</text>");
    }

    /// Lines of text around `x`, the first on `base`.
    pub(super) fn lines(&mut self, x: i32, base: i32, anchor: Anchor, class: &str, line: usize, lines: &[String]) {
        let mut base = base;
        for text in lines {
            self.text(x, base, anchor, class, line, text);
            base += LINE;
        }
    }

    /// Says that a text has no room where it has to stand.
    pub(super) fn misfit(&mut self, line: usize, text: &str) {
        self.misfits.push(Misfit { line, text: text.to_string() });
    }

    /// A box.
    pub(super) fn rect(&mut self, class: &str, (x, y): (i32, i32), (wide, high): (i32, i32), round: i32, more: &str) {
        self.out.push_str(&format!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{high}\" rx=\"{round}\"{more}/>"
        ));
    }

    /// A straight line.
    pub(super) fn line(&mut self, class: &str, from: (i32, i32), to: (i32, i32), more: &str) {
        self.out.push_str(&format!(
            "<path class=\"{class}\" d=\"M{} {}L{} {}\" fill=\"none\" stroke=\"currentColor\"{more}/>",
            from.0, from.1, to.0, to.1
        ));
    }

    /// An arrow; `more` is how its line is drawn.
    pub(super) fn arrow(&mut self, from: (i32, i32), tip: (i32, i32), more: &str) {
        self.line("line", from, tip, more);
        self.out.push_str("<path class=\"head\" d=\"");
        svg::head(&mut self.out, from, tip);
        self.out.push_str("Z\" stroke=\"currentColor\"/>");
    }

    /// The figure, `high` units high, with its title and description for those
    /// who hear it.
    pub(super) fn finish(self, class: &str, prefix: &str, title: &str, desc: &str, high: i32) -> (String, Vec<Misfit>) {
        let mut head = String::new();
        let mut id = String::new();
        escape(&mut id, prefix);
        head.push_str(&format!(
            "<svg class=\"drawn {class}\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {high}\" \
             role=\"img\" aria-labelledby=\"{id}-title\" aria-describedby=\"{id}-desc\" font-size=\"{FONT}\" \
             fill=\"currentColor\"><title id=\"{id}-title\">"
        ));
        escape(&mut head, title);
        head.push_str(&format!("</title><desc id=\"{id}-desc\">"));
        escape(&mut head, desc);
        head.push_str("</desc>");
        (format!("{head}{}</svg>", self.out), self.misfits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_between_words() {
        assert_eq!(wrap("one two three", 100), ["one two", "three"]);
        assert_eq!(wrap("대기열에 있는 연결", 120), ["대기열에", "있는 연결"]);
        assert_eq!(wrap("a\nb", 100), ["a", "b"]);
        assert_eq!(wrap("", 100), [""]);
    }

    #[test]
    fn texts_that_meet_or_leave_are_named() {
        let mut canvas = Canvas::default();
        canvas.text(10, 20, Anchor::Start, "", 1, "first");
        canvas.text(10, 40, Anchor::Start, "", 2, "below");
        canvas.text(30, 25, Anchor::Start, "", 3, "meets");
        canvas.text(-1, 90, Anchor::Start, "", 4, "leaves");
        canvas.text(550, 140, Anchor::Middle, "", 5, "`leaves` too");
        let (svg, misfits) = canvas.finish("x", "p", "t<", "d", 100);
        assert_eq!(misfits.iter().map(|misfit| misfit.line).collect::<Vec<_>>(), [3, 4, 5]);
        assert!(svg.contains("<title id=\"p-title\">t&lt;</title>"), "{svg}");
        assert!(svg.contains("<tspan class=\"code\">leaves</tspan> too"), "{svg}");
    }
}
