//! From what an author wrote to what can be drawn.

use std::collections::BTreeMap;
use std::path::Path;

use netlab::script::ast::TcpState;
use serde::de::DeserializeOwned;
use toml::Spanned;

use super::boxes::{self, Boxes};
use super::header::{self, Header};
use super::sequence::{Row, Sequence, Tone, What};
use super::source::{self, Named};
use super::{Diagram, Plan, Wrong};
use crate::data::{self, Lines};
use crate::text::{Bilingual, Lang};

/// Kinds of diagrams.
const KINDS: &str = "sequence, header, queue, states, tcp-states";
/// Boxes and rows stand so far apart if nothing else is said.
const GAP: [i32; 2] = [48, 64];

/// The diagram of a file, as far as it can be drawn, and what is wrong with it.
pub(super) fn read(file: &Path, text: &str) -> (Option<Diagram>, Vec<Wrong>) {
    let mut reader = Reader { file, lines: Lines::of(text), wrong: Vec::new() };
    let diagram = reader.diagram(text);
    (diagram, reader.wrong)
}

struct Reader<'a> {
    file: &'a Path,
    lines: Lines,
    wrong: Vec<Wrong>,
}

impl Reader<'_> {
    fn fault(&mut self, line: usize, id: &'static str, values: &[(&'static str, &str)]) {
        let values = values.iter().map(|(name, value)| (*name, (*value).to_string())).collect();
        self.wrong.push(Wrong { file: self.file.to_path_buf(), line, id, values });
    }

    fn line<T>(&self, spanned: &Spanned<T>) -> usize {
        self.lines.line(spanned.span().start)
    }

    fn parse<T: DeserializeOwned>(&mut self, text: &str) -> Option<T> {
        let parsed = data::parse(self.file, text);
        parsed.map_err(|error| self.fault(error.line, "diagram.unreadable", &[("why", &error.message)])).ok()
    }

    fn diagram(&mut self, text: &str) -> Option<Diagram> {
        let source::Head { kind } = self.parse(text)?;
        let (title, desc, plans) = match kind.get_ref().as_str() {
            "sequence" => {
                let source::Sequence { title, desc, host, step, .. } = self.parse(text)?;
                (title, desc, self.sequence(&host, &step))
            }
            "header" => {
                let source::Header { title, desc, bits, row, .. } = self.parse(text)?;
                (title, desc, self.header(bits.unwrap_or(32), &row))
            }
            kind @ ("queue" | "states") => {
                let states = kind == "states";
                let source::Boxes { title, desc, gap, r#box, arrow, .. } = self.parse(text)?;
                (title, desc, self.boxes(states, gap.unwrap_or(GAP), &r#box, &arrow))
            }
            "tcp-states" => {
                let source::TcpStates { title, desc, path, .. } = self.parse(text)?;
                (title, desc, self.tcp_states(&path))
            }
            other => {
                let line = self.line(&kind);
                self.fault(line, "diagram.kind", &[("kind", other), ("kinds", KINDS)]);
                return None;
            }
        };
        for words in [&title, &desc] {
            if Lang::ALL.iter().any(|lang| words.get(*lang).trim().is_empty()) {
                self.fault(1, "diagram.unspoken", &[]);
            }
        }
        let diagram = Diagram { title, desc, plans };
        for lang in Lang::ALL {
            let (_, misfits) = diagram.draw(lang, "");
            for misfit in misfits {
                self.fault(misfit.line.max(1), "diagram.no-room", &[("text", &misfit.text), ("lang", lang.code())]);
            }
        }
        Some(diagram)
    }

    /// The words of a thing in both languages, which it must have if `must`.
    fn words(&mut self, line: usize, named: &impl Named, must: bool) -> Bilingual {
        let (en, ko, both) = named.words();
        let words = |en: &str, ko: &str| Bilingual { en: en.to_string(), ko: ko.to_string() };
        match (en, ko, both) {
            (None, None, Some(both)) => words(both, both),
            (Some(en), Some(ko), None) if !en.trim().is_empty() && !ko.trim().is_empty() => words(en, ko),
            (None, None, None) if !must => words("", ""),
            (en, ko, both) => {
                self.fault(line, "diagram.language", &[]);
                let any = en.or(ko).or(both).unwrap_or_default();
                words(en.unwrap_or(any), ko.unwrap_or(any))
            }
        }
    }

    /// Ids with their places; each may stand once.
    fn ids<'i>(&mut self, ids: impl Iterator<Item = (usize, &'i str)>) -> BTreeMap<String, usize> {
        let mut known = BTreeMap::new();
        for (place, (line, id)) in ids.enumerate() {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if id.is_empty() || !id.chars().all(plain) {
                self.fault(line, "diagram.id", &[("id", id)]);
            }
            if known.insert(id.to_string(), place).is_some() {
                self.fault(line, "diagram.doubled", &[("id", id)]);
            }
        }
        known
    }

    fn sequence(&mut self, hosts: &[Spanned<source::Host>], steps: &[Spanned<source::Step>]) -> [Plan; 2] {
        let named: Vec<_> = hosts.iter().map(|host| (self.line(host), host.get_ref().id.as_str())).collect();
        let ids = self.ids(named.into_iter());
        let names: Vec<Bilingual> = hosts
            .iter()
            .map(|host| {
                let line = self.line(host);
                self.words(line, host.get_ref(), true)
            })
            .collect();
        let mut rows = Vec::new();
        for spanned in steps {
            let (line, step) = (self.line(spanned), spanned.get_ref());
            let label = self.words(line, step, true);
            let mut find = |id: &str| {
                let found = ids.get(id).copied();
                if found.is_none() {
                    self.fault(line, "diagram.unknown-host", &[("id", id)]);
                }
                found
            };
            let what = match (&step.from, &step.to, &step.at) {
                (Some(from), Some(to), None) => match (find(from), find(to)) {
                    (Some(from), Some(to)) if from != to => Some((Some((from, to)), None)),
                    (Some(_), Some(_)) => {
                        self.fault(line, "diagram.itself", &[("id", from)]);
                        None
                    }
                    _ => None,
                },
                (None, None, Some(at)) => find(at).map(|at| (None, Some(at))),
                (None, None, None) => Some((None, None)),
                _ => {
                    self.fault(line, "diagram.step", &[]);
                    None
                }
            };
            rows.extend(what.map(|(way, at)| (line, label, way, at, step.lost, step.mark)));
        }
        Lang::ALL.map(|lang| {
            let rows = rows.iter().map(|(line, label, way, at, lost, mark)| {
                let label = label.get(lang).to_string();
                let what = match *way {
                    Some((from, to)) => What::Arrow { from, to, label, lost: *lost },
                    None => What::Note { at: *at, label },
                };
                let tone = if *mark { Tone::Marked } else { Tone::Plain };
                Row { number: None, what, tone, line: *line }
            });
            let hosts = names.iter().map(|name| name.get(lang).to_string()).collect();
            Plan::Sequence(Sequence { hosts, rows: rows.collect() })
        })
    }

    fn header(&mut self, bits: usize, rows: &[Spanned<source::Row>]) -> [Plan; 2] {
        let fields = rows.iter().flat_map(|row| &row.get_ref().field);
        let named: Vec<_> = fields.map(|field| (self.line(field), field.get_ref().id.as_str())).collect();
        self.ids(named.into_iter());
        let mut drawn = Vec::new();
        for row in rows {
            let mut next = 0;
            let mut fields = Vec::new();
            for spanned in &row.get_ref().field {
                let (line, field) = (self.line(spanned), spanned.get_ref());
                let label = self.words(line, field, true);
                let (first, last) = field.bits.split_once('-').unwrap_or((&field.bits, &field.bits));
                let (Ok(first), Ok(last)) = (first.trim().parse::<usize>(), last.trim().parse::<usize>()) else {
                    self.fault(line, "diagram.bits", &[("bits", &field.bits)]);
                    continue;
                };
                if first > last || last >= bits {
                    self.fault(line, "diagram.bits", &[("bits", &field.bits)]);
                    continue;
                }
                let expected = next.to_string();
                if first < next {
                    self.fault(
                        line,
                        "diagram.overlap",
                        &[("id", &field.id), ("bits", &field.bits), ("next", &expected)],
                    );
                } else if first > next {
                    self.fault(line, "diagram.hole", &[("id", &field.id), ("bits", &field.bits), ("next", &expected)]);
                }
                next = last + 1;
                fields.push((first, last, label, field.mark, line));
            }
            if next != bits {
                let line = row.get_ref().field.last().map_or_else(|| self.line(row), |field| self.line(field));
                self.fault(line, "diagram.short-row", &[("next", &next.to_string()), ("bits", &bits.to_string())]);
            }
            drawn.push((row.get_ref().open, fields));
        }
        Lang::ALL.map(|lang| {
            let rows = drawn.iter().map(|(open, fields)| header::Row {
                open: *open,
                fields: fields
                    .iter()
                    .map(|(first, last, label, marked, line)| header::Field {
                        first: *first,
                        last: *last,
                        label: label.get(lang).to_string(),
                        marked: *marked,
                        line: *line,
                    })
                    .collect(),
            });
            Plan::Header(Header { bits, rows: rows.collect() })
        })
    }

    fn boxes(
        &mut self,
        states: bool,
        gap: [i32; 2],
        nodes: &[Spanned<source::Node>],
        edges: &[Spanned<source::Edge>],
    ) -> [Plan; 2] {
        let named: Vec<_> = nodes.iter().map(|node| (self.line(node), node.get_ref().id.as_str())).collect();
        let ids = self.ids(named.into_iter());
        let mut cells = Vec::new();
        let mut drawn = Vec::new();
        for spanned in nodes {
            let (line, node) = (self.line(spanned), spanned.get_ref());
            let label = self.words(line, node, states || (node.cell.is_empty() && node.slots.is_none()));
            let named: Vec<_> = node.cell.iter().map(|cell| (self.line(cell), cell.get_ref().id.as_str())).collect();
            cells.push(self.ids(named.into_iter()));
            let texts: Vec<Bilingual> = node
                .cell
                .iter()
                .map(|cell| {
                    let line = self.line(cell);
                    self.words(line, cell.get_ref(), true)
                })
                .collect();
            if drawn.iter().any(|(other, ..): &(&source::Node, _, _, _)| other.at == node.at) {
                self.fault(line, "diagram.same-place", &[("id", &node.id)]);
            }
            drawn.push((node, label, texts, line));
        }
        let mut arrows = Vec::new();
        for spanned in edges {
            let (line, edge) = (self.line(spanned), spanned.get_ref());
            let label = self.words(line, edge, false);
            let ends = [&edge.from, &edge.to].map(|end| {
                let (node, cell) = end.split_once('.').map_or((end.as_str(), None), |(node, cell)| (node, Some(cell)));
                let place = ids.get(node).copied();
                let found = place.and_then(|place| match cell {
                    None => Some((place, None)),
                    Some(cell) => cells[place].get(cell).map(|cell| (place, Some(*cell))),
                });
                if found.is_none() {
                    self.fault(
                        line,
                        if states { "diagram.unknown-state" } else { "diagram.unknown-box" },
                        &[("id", end)],
                    );
                }
                found
            });
            if let [Some(from), Some(to)] = ends {
                if from.0 == to.0 {
                    self.fault(line, "diagram.itself", &[("id", &edge.from)]);
                } else {
                    arrows.push((edge, from, to, label, line));
                }
            }
        }
        let columns =
            nodes.iter().map(Spanned::get_ref).map(|node| i32::from(node.at[0]) + i32::from(node.wide.unwrap_or(1)));
        let columns = columns.max().unwrap_or(1);
        Lang::ALL.map(|lang| {
            let boxes = drawn.iter().map(|(node, label, cells, line)| boxes::Node {
                at: (node.at[0].into(), node.at[1].into()),
                wide: node.wide.unwrap_or(1).into(),
                tall: node.tall.unwrap_or(1).into(),
                label: label.get(lang).to_string(),
                cells: cells.iter().map(|cell| cell.get(lang).to_string()).collect(),
                slots: node.slots.map(|slots| (slots.into(), node.filled.unwrap_or(0).into())),
                marked: node.mark,
                line: *line,
            });
            let arrows = arrows.iter().map(|(edge, from, to, label, line)| boxes::Arrow {
                from: *from,
                to: *to,
                label: label.get(lang).to_string(),
                marked: edge.mark,
                dashed: edge.dashed,
                line: *line,
            });
            let (boxes, arrows) = (boxes.collect(), arrows.collect());
            Plan::Boxes(Boxes { states, columns, gap: (gap[0], gap[1]), boxes, arrows })
        })
    }

    fn tcp_states(&mut self, path: &[Spanned<String>]) -> [Plan; 2] {
        for state in path {
            if TcpState::from_name(state.get_ref()).is_none() {
                let line = self.line(state);
                self.fault(line, "diagram.unknown-state", &[("id", state.get_ref())]);
            }
        }
        let path: Vec<String> = path.iter().map(|state| state.get_ref().clone()).collect();
        Lang::ALL.map(|_| Plan::TcpStates(path.clone()))
    }
}
