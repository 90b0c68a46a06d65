//! The states of a TCP connection: RFC 9293 section 3.3.2, figure 5.

use super::svg::{FONT, escape, head, width};

/// Name and middle of each state; CLOSED is where it begins and where it ends.
const STATES: &[(&str, i32, i32)] = &[
    ("CLOSED", 320, 30),
    ("LISTEN", 320, 160),
    ("SYN-RECEIVED", 100, 310),
    ("SYN-SENT", 548, 310),
    ("ESTABLISHED", 320, 460),
    ("FIN-WAIT-1", 96, 610),
    ("CLOSE-WAIT", 548, 610),
    ("FIN-WAIT-2", 96, 760),
    ("CLOSING", 330, 760),
    ("LAST-ACK", 548, 760),
    ("TIME-WAIT", 96, 910),
    ("CLOSED", 548, 910),
];

/// Height of a state.
const HIGH: i32 = 38;

/// Words on an arrow: x, y, anchor, text.
type Words = &'static [(i32, i32, &'static str, &'static str)];

/// A transition: from, to, the corners of its arrow, its words: what happens,
/// and what is sent for it.
struct Edge(&'static str, &'static str, &'static [(i32, i32)], Words);

const EDGES: &[Edge] = &[
    Edge("CLOSED", "LISTEN", &[(300, 49), (300, 141)], &[(290, 101, "end", "passive OPEN")]),
    Edge("LISTEN", "CLOSED", &[(330, 141), (330, 49)], &[(340, 118, "start", "CLOSE")]),
    Edge(
        "CLOSED",
        "SYN-SENT",
        &[(370, 26), (606, 26), (606, 291)],
        &[(598, 19, "end", "active OPEN"), (598, 49, "end", "snd SYN")],
    ),
    Edge("SYN-SENT", "CLOSED", &[(544, 291), (544, 72), (352, 72), (352, 50)], &[(534, 118, "end", "CLOSE")]),
    Edge(
        "LISTEN",
        "SYN-RECEIVED",
        &[(270, 164), (120, 290)],
        &[(176, 184, "end", "rcv SYN"), (176, 206, "end", "snd SYN,ACK")],
    ),
    Edge("SYN-RECEIVED", "LISTEN", &[(160, 290), (290, 181)], &[(232, 262, "start", "rcv RST")]),
    Edge(
        "LISTEN",
        "SYN-SENT",
        &[(352, 181), (490, 291)],
        &[(416, 197, "start", "SEND"), (442, 219, "start", "snd SYN")],
    ),
    Edge(
        "SYN-SENT",
        "SYN-RECEIVED",
        &[(484, 310), (188, 310)],
        &[(400, 303, "middle", "rcv SYN"), (336, 333, "middle", "snd SYN,ACK")],
    ),
    Edge(
        "SYN-RECEIVED",
        "ESTABLISHED",
        &[(140, 330), (280, 440)],
        &[(205, 364, "start", "rcv ACK"), (232, 386, "start", "of SYN")],
    ),
    Edge(
        "SYN-SENT",
        "ESTABLISHED",
        &[(510, 330), (370, 440)],
        &[(478, 378, "start", "rcv SYN,ACK"), (450, 400, "start", "snd ACK")],
    ),
    Edge(
        "SYN-RECEIVED",
        "FIN-WAIT-1",
        &[(50, 330), (50, 590)],
        &[(60, 462, "start", "CLOSE"), (60, 484, "start", "snd FIN")],
    ),
    Edge(
        "ESTABLISHED",
        "FIN-WAIT-1",
        &[(270, 480), (130, 590)],
        &[(236, 530, "start", "CLOSE"), (208, 552, "start", "snd FIN")],
    ),
    Edge(
        "ESTABLISHED",
        "CLOSE-WAIT",
        &[(370, 480), (510, 590)],
        &[(436, 518, "start", "rcv FIN"), (464, 540, "start", "snd ACK")],
    ),
    Edge(
        "FIN-WAIT-1",
        "FIN-WAIT-2",
        &[(50, 630), (50, 740)],
        &[(60, 682, "start", "rcv ACK"), (60, 704, "start", "of FIN")],
    ),
    Edge(
        "FIN-WAIT-1",
        "CLOSING",
        &[(140, 630), (290, 740)],
        &[(212, 668, "start", "rcv FIN"), (242, 690, "start", "snd ACK")],
    ),
    Edge(
        "CLOSE-WAIT",
        "LAST-ACK",
        &[(530, 630), (530, 740)],
        &[(540, 682, "start", "CLOSE"), (540, 704, "start", "snd FIN")],
    ),
    Edge(
        "FIN-WAIT-2",
        "TIME-WAIT",
        &[(50, 780), (50, 890)],
        &[(60, 832, "start", "rcv FIN"), (60, 854, "start", "snd ACK")],
    ),
    Edge(
        "CLOSING",
        "TIME-WAIT",
        &[(290, 780), (140, 890)],
        &[(262, 830, "start", "rcv ACK"), (232, 852, "start", "of FIN")],
    ),
    Edge(
        "LAST-ACK",
        "CLOSED",
        &[(530, 780), (530, 890)],
        &[(540, 832, "start", "rcv ACK"), (540, 854, "start", "of FIN")],
    ),
    Edge(
        "TIME-WAIT",
        "CLOSED",
        &[(164, 910), (496, 910)],
        &[(330, 903, "middle", "timeout 2 MSL"), (330, 934, "middle", "delete TCB")],
    ),
];

/// The state diagram as SVG, 640 units wide. Each state is a group with
/// `data-state`, each transition one with `data-from` and `data-to`, so that a
/// page can mark where a connection is. `prefix` begins the ids; `title` is for
/// those who hear the figure.
#[must_use]
pub fn states(prefix: &str, title: &str) -> String {
    let mut id = String::new();
    escape(&mut id, prefix);
    let mut out = format!(
        "<svg class=\"states\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 944\" role=\"img\" aria-labelledby=\"{id}-title\" font-family=\"ui-monospace, monospace\" font-size=\"{FONT}\" fill=\"currentColor\"><title id=\"{id}-title\">"
    );
    escape(&mut out, title);
    out.push_str("</title>");
    for Edge(from, to, corners, words) in EDGES {
        out.push_str(&format!("<g class=\"edge\" data-from=\"{from}\" data-to=\"{to}\">"));
        if let [.., before, tip] = corners {
            let line: Vec<String> = corners.iter().map(|(x, y)| format!("{x} {y}")).collect();
            out.push_str(&format!(
                "<path class=\"line\" d=\"M{}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/><path class=\"head\" d=\"",
                line.join("L")
            ));
            head(&mut out, *before, *tip);
            out.push_str("Z\" stroke=\"currentColor\"/>");
        }
        for (x, y, anchor, text) in *words {
            out.push_str(&format!("<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>"));
        }
        out.push_str("</g>");
    }
    for (name, x, y) in STATES {
        let wide = width(name) + 22;
        let (left, top, base) = (x - wide / 2, y - HIGH / 2, y + 7);
        out.push_str(&format!(
            "<g class=\"tcp\" data-state=\"{name}\"><rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{HIGH}\" rx=\"19\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/><text x=\"{x}\" y=\"{base}\" text-anchor=\"middle\">{name}</text></g>"
        ));
    }
    out.push_str("</svg>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::ast::TcpState;

    #[test]
    fn every_state_is_there_and_can_be_left() {
        let svg = states("a&b", "States");
        assert!(svg.contains("id=\"a&amp;b-title\">States<"));
        for state in TcpState::ALL {
            let name = state.name();
            assert!(svg.contains(&format!("data-state=\"{name}\"")), "{name}");
            assert!(EDGES.iter().any(|Edge(from, ..)| *from == name), "{name}");
            assert!(EDGES.iter().any(|Edge(_, to, ..)| *to == name), "{name}");
        }
        assert!(
            EDGES.iter().all(|Edge(from, to, ..)| TcpState::from_name(from).and(TcpState::from_name(to)).is_some())
        );
    }

    /// No two words of the figure meet, and none leaves it.
    #[test]
    fn words_keep_apart() {
        let mut boxes: Vec<(i32, i32, i32, &str)> = Vec::new();
        for (name, x, y) in STATES {
            let half = width(name) / 2 + 11;
            boxes.push((x - half, x + half, y + 7, name));
        }
        for (x, y, anchor, text) in EDGES.iter().flat_map(|Edge(.., words)| *words) {
            let wide = width(text);
            let left = match *anchor {
                "start" => *x,
                "end" => x - wide,
                _ => x - wide / 2,
            };
            boxes.push((left, left + wide, *y, text));
        }
        for (n, (left, right, y, text)) in boxes.iter().enumerate() {
            assert!(*left >= 0 && *right <= 640 && *y >= 16 && *y <= 940, "{text}");
            for (other_left, other_right, other_y, other) in &boxes[..n] {
                let apart = right <= other_left || other_right <= left || (y - other_y).abs() >= FONT;
                assert!(apart, "{text} meets {other}");
            }
        }
    }
}
