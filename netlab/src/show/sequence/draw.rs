//! The figure itself.

use super::columns::{Columns, LEFT};
use super::rows::{Row, What};
use crate::host::StateChange;
use crate::json::Part::{self, N, S, X};
use crate::json::put;
use crate::run::Run;
use crate::show::Figure;
use crate::show::svg::{FONT, fit, width, wrap};
use crate::time::Micros;
use crate::wire::Fate;

/// Height of the head.
const HEAD: i32 = 62;
/// From the top of a row to the foot of its letters.
const BASE: i32 = 21;
/// Between a call and its result.
const SPACE: i32 = 12;
/// From line to line of a text that takes two.
const LINE: i32 = 24;
/// The second line begins so far from the first.
const INDENT: i32 = 24;
/// Rows of another moment stand off by so much.
const PAUSE: i32 = 8;

/// How a figure begins.
const HEAD_OF_FILE: &str = "<svg class=\"sequence\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 % %\" \
    role=\"group\" aria-labelledby=\"%-title\" aria-describedby=\"%-desc\" font-family=\"ui-monospace, monospace\" \
    font-size=\"%\" fill=\"currentColor\"><title id=\"%-title\">%</title><desc id=\"%-desc\">%</desc>";

/// The figure being drawn.
pub(super) struct Canvas<'a> {
    pub(super) out: String,
    pub(super) run: &'a Run,
    pub(super) columns: &'a Columns,
    pub(super) rows: &'a [Row<'a>],
    pub(super) figure: &'a Figure,
    /// Top of each row, and at last the end of all.
    pub(super) tops: Vec<i32>,
    /// The time beside a row, where it is another one.
    times: Vec<Option<String>>,
}

/// Draws the figure.
pub(super) fn draw(run: &Run, rows: &[Row<'_>], columns: &Columns, figure: &Figure) -> String {
    let mut canvas = Canvas { out: String::new(), run, columns, rows, figure, tops: Vec::new(), times: Vec::new() };
    canvas.place();
    canvas.frame();
    for index in 0..rows.len() {
        canvas.time(index);
    }
    // Words stand on the arrows, not below them.
    for packets in [true, false] {
        for (index, row) in rows.iter().enumerate() {
            if packets == matches!(row.what, What::Sent { .. } | What::Arrived { .. }) {
                canvas.row(index);
            }
        }
    }
    canvas.out.push_str("</svg>");
    canvas.out
}

/// A time in milliseconds, in at most six characters as long as it can be.
fn milliseconds(at: Micros) -> String {
    let (whole, rest) = (at / 1_000, at % 1_000);
    let text = format!("{whole}.{rest:03}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.len() > 6 { whole.to_string() } else { text.to_owned() }
}

impl Canvas<'_> {
    /// Gives each row its place and its time.
    fn place(&mut self) {
        let mut top = HEAD;
        let mut last = String::new();
        for row in self.rows {
            let height = match &row.what {
                What::Loopback { .. } => 30,
                What::Result { text: "", .. } => 14,
                What::Call { .. } | What::Result { .. } => 30 + LINE * self.layout(row).more(),
                What::Sent { seen, .. } => {
                    if matches!(seen.fate, Fate::Arrives(_) | Fate::Twice(..)) {
                        30
                    } else {
                        54
                    }
                }
                What::Arrived { .. } => 14,
                What::State { .. } => 34,
                What::Gap(_) => 48,
            };
            let time = milliseconds(row.at);
            let new = time != last;
            if new && !last.is_empty() {
                top += PAUSE;
            }
            self.tops.push(top);
            top += if new { height.max(26) } else { height };
            self.times.push(new.then(|| time.clone()));
            last = time;
        }
        self.tops.push(top);
    }

    /// Where everything ends.
    pub(super) fn end(&self) -> i32 {
        self.tops.last().copied().unwrap_or(HEAD) + 6
    }

    fn frame(&mut self) {
        let Figure { prefix, title, desc, .. } = self.figure;
        let parts = [
            N(self.columns.width.into()),
            N((self.end() + 8).into()),
            X(prefix),
            X(prefix),
            N(FONT.into()),
            X(prefix),
            X(title),
            X(prefix),
            X(desc),
        ];
        self.put(HEAD_OF_FILE, &parts);
        self.text(LEFT - 22, 24, "end", "unit", "ms");
        let plan = &self.run.plan;
        for (id, node) in plan.hosts.iter().chain(&plan.routers).enumerate() {
            let router = id >= plan.hosts.len();
            let (x, anchor, room) = self.columns.name(id);
            let kind = if router { "router" } else { "host" };
            let addresses: Vec<String> = node.addresses.iter().map(ToString::to_string).collect();
            let (from, to) = (HEAD - 8, self.end());
            let dash = if router { " stroke-dasharray=\"3 6\"" } else { "" };
            let line = self.columns.x(id);
            let all = addresses.join(" ");
            let parts = [S(kind), X(&node.name), X(&all), N(line.into()), N(from.into()), N(to.into()), S(dash)];
            self.put("<g class=\"node %\"><title>% %</title><path class=\"life\" d=\"M% %V%\" stroke=\"currentColor\" stroke-width=\"2\"% fill=\"none\"/>", &parts);
            self.text(x, 22, anchor, "name", &fit(&node.name, room));
            if let Some(address) = addresses.first().filter(|address| width(address) <= room) {
                self.text(x, 45, anchor, "address", address);
            }
            self.out.push_str("</g>");
        }
    }

    fn time(&mut self, index: usize) {
        let Some(time) = self.times[index].clone() else { return };
        let (y, right) = (self.tops[index], self.columns.right());
        let event = self.rows[index].event;
        let parts = [N(event as i64), N((y - PAUSE / 2 + 1).into()), N(right.into())];
        self.put("<g class=\"e time\" data-event=\"%\"><path d=\"M4 %H%\" stroke=\"currentColor\" stroke-opacity=\".18\" fill=\"none\"/>", &parts);
        self.text(LEFT - 14, y + BASE, "end", "ms", &time);
        self.out.push_str("</g>");
    }

    /// A text; `class` is for the style sheet.
    pub(super) fn text(&mut self, x: i32, y: i32, anchor: &str, class: &str, text: &str) {
        self.put("<text class=\"%\" x=\"%\" y=\"%\"", &[S(class), N(x.into()), N(y.into())]);
        if anchor != "start" {
            self.put(" text-anchor=\"%\"", &[S(anchor)]);
        }
        self.put(">%</text>", &[X(text)]);
    }

    pub(super) fn put(&mut self, template: &str, parts: &[Part<'_>]) {
        put(&mut self.out, template, parts);
    }

    /// Opens the group of an event, with its title.
    pub(super) fn open(&mut self, class: &str, event: usize, more: &str, title: &str) {
        let parts = [S(class), N(event as i64), S(more), X(title)];
        self.put("<g class=\"e %\" data-event=\"%\"%><title>%</title>", &parts);
    }

    pub(super) fn close(&mut self) {
        self.out.push_str("</g>");
    }

    fn row(&mut self, index: usize) {
        let (row, top) = (&self.rows[index], self.tops[index]);
        match &row.what {
            What::Call { program, text, result, waits } => {
                self.call(row, top, *program, text, *result);
                if let Some(waits) = waits {
                    self.waits(row, top, *program, *waits);
                }
            }
            What::Result { program, name, text, .. } => self.result(row, top, *program, name, text),
            What::Sent { seen, again } => self.sent(index, seen, *again),
            What::Arrived { host, sent } => self.arrived(index, *host, *sent),
            What::Loopback { host, packet, again } => self.loopback(row, top, *host, packet, *again),
            What::State { host, change } => self.state(row, top, *host, change),
            What::Gap(count) => self.gap(row, top, *count),
        }
    }

    /// Name of the program before a call, where the host runs several.
    fn by(&self, program: usize) -> (usize, String) {
        let program = &self.run.plan.programs[program];
        let crowded = self.columns.crowded(program.host);
        (program.host, if crowded { format!("{}: ", program.name) } else { String::new() })
    }

    /// The words of a call or a result in lines.
    #[inline(never)]
    fn layout(&self, row: &Row<'_>) -> Layout {
        let (program, words, beside) = match row.what {
            What::Call { program, text, result, waits } => {
                let beside = match result {
                    Some((_, text)) => answer("", text),
                    None => waits.map_or_else(String::new, |_| self.figure.waits.clone()),
                };
                (program, text.to_owned(), beside)
            }
            What::Result { program, name, text, .. } => (program, answer(&format!("{name} "), text), String::new()),
            _ => return Layout::default(),
        };
        let (host, by) = self.by(program);
        let room = self.columns.room(host);
        let (first, second) = wrap(&format!("{by}{words}"), room, room - INDENT);
        let beside = fit(&beside, room - INDENT);
        let last = if second.is_empty() { width(&first) } else { INDENT + width(&second) };
        let below = !beside.is_empty() && last + SPACE + width(&beside) > room;
        Layout { first, second, beside, below, last }
    }

    /// Writes the words of a layout, or, in another class, what stands beside them.
    #[inline(never)]
    fn write(&mut self, host: usize, top: i32, layout: &Layout, class: &str, beside: bool) {
        let Layout { first, second, beside: other, below, last } = layout;
        let (x, y) = (self.columns.text_x(host), top + BASE);
        let end = y + if second.is_empty() { 0 } else { LINE };
        // On the right of a text stands what is read last.
        let rightwards = self.columns.rightwards(host);
        let (indent, anchor) = if rightwards { (INDENT, "start") } else { (0, "end") };
        let away = if rightwards || *below || other.is_empty() { 0 } else { width(other) + SPACE };
        if beside {
            let along = if rightwards { last + SPACE } else { 0 };
            let (x, y) = if *below { (x + indent, end + LINE) } else { (x + along, end) };
            self.text(x, y, anchor, class, other);
        } else if second.is_empty() {
            self.text(x - away, y, anchor, class, first);
        } else {
            self.text(x, y, anchor, class, first);
            self.text(x + indent - away, end, anchor, class, second);
        }
    }

    fn call(&mut self, row: &Row<'_>, top: i32, program: usize, text: &str, result: Option<(usize, &str)>) {
        let (host, by) = self.by(program);
        let layout = self.layout(row);
        let mut title = format!("{by}{text}");
        if let Some((_, text)) = result {
            title.push_str(&format!(" → {text}"));
        }
        self.open("call", row.event, "", &title);
        let (x, y) = (self.columns.track_x(program, host), top + 15);
        self.put("<circle class=\"dot\" cx=\"%\" cy=\"%\" r=\"4.5\"/>", &[N(x.into()), N(y.into())]);
        self.write(host, top, &layout, "say", false);
        self.close();
        if let Some((event, text)) = result {
            self.open("result", event, "", &title);
            self.write(host, top, &layout, kind_of(text), true);
            self.close();
        }
    }

    /// A bar along the line for as long as a call waits, and the word.
    fn waits(&mut self, row: &Row<'_>, top: i32, program: usize, event: usize) {
        let ended =
            self.rows.iter().position(|other| matches!(other.what, What::Result { call, .. } if call == row.event));
        let (y, until) = (
            top + 15,
            ended.map_or(self.end(), |ended| self.tops[ended] + if is_empty(&self.rows[ended]) { 7 } else { 15 }),
        );
        let (host, by) = self.by(program);
        let What::Call { text, .. } = &row.what else { return };
        let layout = self.layout(row);
        self.open("blocks", event, "", &format!("{by}{text}: {}", self.figure.waits));
        let (left, high) = (self.columns.track_x(program, host) - 4, until - y);
        let parts = [N(left.into()), N(y.into()), N(high.into())];
        self.put("<rect class=\"bar\" x=\"%\" y=\"%\" width=\"8\" height=\"%\" rx=\"4\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/>", &parts);
        self.write(host, top, &layout, "word", true);
        self.close();
    }

    fn result(&mut self, row: &Row<'_>, top: i32, program: usize, name: &str, text: &str) {
        let (host, by) = self.by(program);
        self.open("result", row.event, "", &format!("{by}{name} → {text}"));
        if !text.is_empty() {
            let (x, y) = (self.columns.track_x(program, host), top + 15);
            self.put("<circle class=\"ring\" cx=\"%\" cy=\"%\" r=\"4.5\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/>", &[N(x.into()), N(y.into())]);
            let layout = self.layout(row);
            self.write(host, top, &layout, kind_of(text), false);
        }
        self.close();
    }

    fn state(&mut self, row: &Row<'_>, top: i32, host: usize, change: &StateChange) {
        let remote = change.remote.map_or_else(|| "*".to_owned(), |remote| remote.to_string());
        let title = format!("{} {remote}: {} → {}", change.local, change.from.name(), change.to.name());
        let mut label = change.to.name().to_owned();
        if self.several(host) {
            // The port that tells the connections of this host apart.
            let local = change.local.port();
            let port = change.remote.filter(|_| local < 32_768).map_or(local, |remote| remote.port());
            label.push_str(&format!(" :{port}"));
        }
        let wide = width(&label) + 22;
        let rightwards = self.columns.rightwards(host);
        let text_x = self.columns.text_x(host);
        let left = if rightwards { text_x - 2 } else { text_x + 2 - wide };
        let class = change.to.name().to_ascii_lowercase();
        self.open("state", row.event, &format!(" data-state=\"{}\"", change.to.name()), &title);
        let parts = [S(&class), N(left.into()), N((top + 3).into()), N(wide.into())];
        self.put("<rect class=\"pill %\" x=\"%\" y=\"%\" width=\"%\" height=\"28\" rx=\"14\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"/>", &parts);
        self.text(left + wide / 2, top + 24, "middle", "name", &label);
        self.close();
    }

    /// Whether more than one connection of the host changes its state.
    fn several(&self, host: usize) -> bool {
        let mut ends = self.rows.iter().filter_map(|row| match &row.what {
            What::State { host: at, change } if *at == host => Some((change.local, change.remote)),
            _ => None,
        });
        ends.next().is_some_and(|first| ends.any(|other| other != first))
    }

    fn gap(&mut self, row: &Row<'_>, top: i32, count: usize) {
        let (before, after) = self.figure.hidden.split_once('{').unwrap_or((&self.figure.hidden, ""));
        let after = after.split_once('}').map_or(after, |(_, after)| after);
        let text = format!("{before}{count}{after}");
        let (left, right) = (4, self.columns.right());
        self.open("gap", row.event, "", &text);
        for y in [top + 6, top + 42] {
            let parts = [N(left.into()), N(y.into()), N(right.into())];
            self.put("<path d=\"M% %H%\" stroke=\"currentColor\" stroke-width=\"2\" stroke-dasharray=\"10 8\" fill=\"none\"/>", &parts);
        }
        self.text((left + right) / 2, top + 31, "middle", "word", &fit(&text, right - left));
        self.close();
    }
}

/// The words of a call, in lines, and what stands beside them or below.
#[derive(Default)]
struct Layout {
    first: String,
    second: String,
    beside: String,
    below: bool,
    /// Where the last line of the words ends.
    last: i32,
}

impl Layout {
    /// The lines after the first.
    fn more(&self) -> i32 {
        i32::from(!self.second.is_empty()) + i32::from(self.below)
    }
}

/// What a call gave, without most of its bytes, so that what follows them is
/// not cut.
fn answer(name: &str, text: &str) -> String {
    let mut out = format!("{name}→ {text}");
    if let (Some(from), Some(to)) =
        (out.bytes().position(|byte| byte == b'('), out.bytes().position(|byte| byte == b')'))
        && from + 24 < to
        && let (Some(head), Some(tail)) = (out.get(..from + 12), out.get(to..))
        && head.get(..from).is_some_and(|head| head.ends_with(" hex"))
    {
        out = [head, " …", tail].concat();
    }
    out
}

/// The class of a result: errors look different.
fn kind_of(result: &str) -> &'static str {
    let error = result.len() > 1
        && result.starts_with('E')
        && result.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if error { "answer errno" } else { "answer" }
}

fn is_empty(row: &Row<'_>) -> bool {
    matches!(row.what, What::Result { text: "", .. })
}

#[cfg(test)]
mod tests {
    use super::{answer, kind_of, milliseconds};

    #[test]
    fn a_sender_is_not_cut_off_by_bytes() {
        let long = answer("recvfrom ", "52 hex(45 00 00 34 00 00 40 00 40 06) from 10.0.0.1:0");
        assert_eq!(long, "recvfrom → 52 hex(45 00 00 34 …) from 10.0.0.1:0");
        assert_eq!(answer("", "2 hex(00 ff)"), "→ 2 hex(00 ff)");
        let text = "\"hex(é é é éé, no end of it)\"";
        assert!(answer("", text).ends_with(")\""));
    }

    #[test]
    fn times_are_short() {
        for (at, text) in [
            (0, "0"),
            (10_000, "10"),
            (10_001, "10.001"),
            (1_000_500, "1000.5"),
            (1_000_001, "1000"),
            (127_000_000, "127000"),
        ] {
            assert_eq!(milliseconds(at), text);
        }
    }

    #[test]
    fn errors_are_told_from_states() {
        assert_eq!(kind_of("ECONNREFUSED"), "answer errno");
        assert_eq!(kind_of("E2BIG"), "answer errno");
        assert_eq!(kind_of("5 \"EXIT\""), "answer");
    }
}
