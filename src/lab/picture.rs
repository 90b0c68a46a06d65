//! A failure as a picture: the conversation as one sequence diagram, with what
//! was expected above what was observed, the hint, and the bytes.
//!
//! A fragment of static HTML, made of the record of the check and nothing else:
//! the live card shows it, and a report can.

use super::record::{Bytes, Is, Line, Verdict};
use crate::diagram::{Row, Sequence, Tone, What};
use crate::text::{Lang, say};

/// The picture of a verdict; `None` if there is nothing to draw: it passed, the
/// program says itself that it is unfinished, or an older harness wrote the
/// record. `prefix` begins the ids.
#[must_use]
pub fn picture(lang: Lang, prefix: &str, verdict: &Verdict) -> Option<String> {
    let at = usize::try_from(verdict.first_difference?).ok()?.checked_sub(1)?;
    if verdict.verdict != Is::Fail || verdict.todo.is_some() || verdict.expected_steps.is_empty() {
        return None;
    }
    let word = |id: &str| say(lang, &format!("lab.picture.{id}"), &[]);
    let (title, desc) = (say(lang, "lab.picture.title", &[("check", &verdict.check)]), describe(lang, at, verdict));
    let svg = sequence(lang, at, verdict).svg(prefix, &title, &desc);
    let mut out = format!("<div class=\"lab-picture\" data-testid=\"lab-picture\">{svg}");
    if let Some(hint) = &verdict.hint {
        out.push_str(&format!("<p class=\"lab-hint\"><b>{}</b> {}</p>", word("hint"), code(hint)));
    }
    if let Some(bytes) = &verdict.bytes {
        out.push_str(&table(lang, bytes));
    }
    out.push_str("</div>");
    Some(out)
}

/// The picture in a sentence, for those who hear it.
fn describe(lang: Lang, at: usize, verdict: &Verdict) -> String {
    let nothing = say(lang, "lab.picture.nothing", &[]);
    let line = |lines: &[String]| lines.get(at).cloned().unwrap_or_else(|| nothing.clone());
    let (expected, observed) = (line(&verdict.expected), line(&verdict.observed));
    say(lang, "lab.picture.desc", &[("n", &(at + 1)), ("expected", &expected), ("observed", &observed)])
}

fn sequence(lang: Lang, at: usize, verdict: &Verdict) -> Sequence {
    let (expected, observed) = (&verdict.expected_steps, &verdict.observed_steps);
    let shown = observed.iter().take(at + 1).chain(expected.iter().skip(at).take(1));
    // The program first, then its peers as they come.
    let mut names = vec!["program"];
    for name in shown.flat_map(|line| [line.from.as_str(), line.to.as_str()]) {
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    let mut rows: Vec<Row> = Vec::new();
    for (n, line) in observed.iter().take(at).enumerate() {
        rows.push(Row { number: Some(n + 1), what: what(&names, line), tone: Tone::Plain, line: 0 });
    }
    let nothing = || What::Note { at: None, label: say(lang, "lab.picture.nothing", &[]) };
    for (lines, tone) in [
        (expected, Tone::Expected(say(lang, "lab.picture.expected", &[]))),
        (observed, Tone::Observed(say(lang, "lab.picture.observed", &[]))),
    ] {
        let what = lines.get(at).map_or_else(nothing, |line| what(&names, line));
        rows.push(Row { number: Some(at + 1), what, tone, line: 0 });
    }
    let hosts = names.iter().map(|name| match *name {
        "program" => say(lang, "lab.picture.program", &[]),
        name => name.to_string(),
    });
    Sequence { hosts: hosts.collect(), rows }
}

fn what(names: &[&str], line: &Line) -> What {
    let place = |name: &str| names.iter().position(|known| *known == name);
    // Backticks would be read as marks of code.
    let label = line.text.replace('`', "");
    match (place(&line.from), place(&line.to)) {
        (Some(from), Some(to)) if from != to => What::Arrow { from, to, label, lost: false },
        (from, to) => What::Note { at: from.or(to), label },
    }
}

/// Both sides in hex and text, eight bytes a row; the first that differs has a
/// mark and a word.
fn table(lang: Lang, bytes: &Bytes) -> String {
    let word = |id: &str| say(lang, &format!("lab.picture.{id}"), &[]);
    let (expected, observed) = (unhex(&bytes.expected), unhex(&bytes.observed));
    let mut out = format!(
        "<table class=\"lab-bytes\"><caption>{}</caption><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead><tbody>",
        say(lang, "lab.picture.bytes", &[("at", &bytes.at)]),
        word("offset"),
        word("expected"),
        word("observed")
    );
    let rows = expected.len().max(observed.len()).div_ceil(8);
    for row in 0..rows {
        let first = bytes.from + row * 8;
        out.push_str(&format!("<tr><th scope=\"row\">{first}</th>"));
        for side in [&expected, &observed] {
            out.push_str("<td><code>");
            let cells = side.iter().enumerate().skip(row * 8).take(8);
            let (mut hex, mut text) = (String::new(), String::new());
            let mut seen = 0;
            for (index, byte) in cells {
                seen += 1;
                let letter = if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' };
                let letter = escape(&letter.to_string());
                if bytes.from + index == bytes.at {
                    hex.push_str(&format!("<mark>{byte:02x}</mark> "));
                    text.push_str(&format!("<mark>{letter}</mark>"));
                } else {
                    hex.push_str(&format!("{byte:02x} "));
                    text.push_str(&letter);
                }
            }
            if (first..first + 8).contains(&bytes.at) && bytes.at == first + seen {
                // This side has ended.
                hex.push_str(&format!("<mark>{}</mark>", word("end")));
            }
            out.push_str(&format!("<span>{}</span> <span>{text}</span></code></td>", hex.trim_end()));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
    out
}

fn unhex(hex: &str) -> Vec<u8> {
    let digits = |at: usize| hex.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
    (0..hex.len()).step_by(2).filter_map(digits).collect()
}

/// Text between backticks as code.
fn code(text: &str) -> String {
    let pieces = text.split('`').enumerate();
    pieces
        .map(|(n, piece)| if n % 2 == 1 { format!("<code>{}</code>", escape(piece)) } else { escape(piece) })
        .collect()
}

fn escape(text: &str) -> String {
    let mut out = String::new();
    netlab::show::svg::escape(&mut out, text);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict() -> Verdict {
        let line = |from: &str, to: &str, text: &str| Line { from: from.into(), to: to.into(), text: text.into() };
        let connect = line("a", "program", "connect");
        serde_json::from_value(serde_json::json!({
            "lab": "l", "check": "c", "verdict": "fail", "first_difference": 2,
            "expected": ["a: connect", "program → a: P1"], "observed": ["a: connect", "program → a: <nothing>"],
            "expected_steps": [connect, line("program", "a", "P1 (9 bytes)"), line("program", "", "still running")],
            "observed_steps": [connect, line("", "a", "nothing came <here>")],
            "hint": "Does `read` & write?",
            "bytes": { "from": 0, "at": 2, "expected": "613c63", "observed": "613c" },
        }))
        .unwrap()
    }

    #[test]
    fn a_failure_is_one_diagram_with_both_versions_of_its_last_step() {
        let html = picture(Lang::En, "p", &verdict()).unwrap();
        insta::assert_snapshot!(html.replace("><", ">\n<"));
        assert!(html.find("e packet sent expected").unwrap() < html.find("e say observed").unwrap());
        assert!(!html.contains("still running") && !html.contains("<here>"));
        assert!(html.contains("<code>read</code> &amp; write"));
        assert!(html.contains("<mark>63</mark>") && html.contains("<mark>(end)</mark>"), "{html}");
    }

    #[test]
    fn what_has_no_picture_has_none() {
        assert_eq!(picture(Lang::Ko, "p", &Verdict { verdict: Is::Pass, ..verdict() }), None);
        assert_eq!(picture(Lang::Ko, "p", &Verdict { todo: Some("src".into()), ..verdict() }), None);
        assert_eq!(picture(Lang::Ko, "p", &Verdict { expected_steps: Vec::new(), ..verdict() }), None);
        assert_eq!(picture(Lang::Ko, "p", &Verdict { first_difference: Some(0), ..verdict() }), None);
        assert!(picture(Lang::Ko, "p", &Verdict { first_difference: Some(99), ..verdict() }).is_some());
    }
}
