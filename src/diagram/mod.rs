//! Diagrams of the book: one source with both languages, drawn as SVG when the
//! site is built.
//!
//! A diagram is a file `book/diagrams/NAME.toml` ([`source`] has an example), and
//! a page shows it by a paragraph `[the caption](../diagrams.md#NAME "diagram")`.
//! What cannot be drawn, or would not be readable on a phone, is a [`Wrong`]
//! with file and line.

mod boxes;
mod canvas;
mod header;
mod read;
mod sequence;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

pub use sequence::{Row, Sequence, Tone, What};

use crate::book::directive::Directive;
use crate::text::{Bilingual, Lang, say};

/// A diagram in both languages.
#[derive(Clone, Debug)]
pub struct Diagram {
    /// For those who hear it.
    pub title: Bilingual,
    /// What there is to see.
    pub desc: Bilingual,
    /// One a language, in the order of [`Lang::ALL`].
    plans: [Plan; 2],
}

/// What is drawn, in one language.
#[derive(Clone, Debug)]
enum Plan {
    Sequence(Sequence),
    Header(header::Header),
    Boxes(boxes::Boxes),
    TcpStates(Vec<String>),
}

/// What is wrong with a diagram, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Below the root of the project.
    pub file: PathBuf,
    /// From 1; 0 if it is the whole file.
    pub line: usize,
    /// Id of the words for it.
    pub id: &'static str,
    /// What the words name.
    pub values: Vec<(&'static str, String)>,
}

impl Wrong {
    /// What is wrong, in words.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        let values: Vec<_> = self.values.iter().map(|(name, value)| (*name, value as &dyn Display)).collect();
        say(lang, self.id, &values)
    }
}

/// All diagrams of a book.
#[derive(Clone, Debug, Default)]
pub struct Diagrams {
    /// By name.
    pub by_name: BTreeMap<String, Diagram>,
    /// What is wrong with the others.
    pub wrong: Vec<Wrong>,
}

impl Diagrams {
    /// Where they stand, below the root of the project.
    pub const FOLDER: &str = "book/diagrams";

    /// Reads what is there below `root`; a book may have none. A diagram with a
    /// text that has no room is drawn all the same.
    #[must_use]
    pub fn load(root: &Path) -> Diagrams {
        let mut diagrams = Diagrams::default();
        let mut names: Vec<_> =
            fs::read_dir(root.join(Diagrams::FOLDER)).into_iter().flatten().flatten().map(|e| e.file_name()).collect();
        names.sort();
        for name in names {
            let file = Path::new(Diagrams::FOLDER).join(&name);
            let (Some(name), true) = (file.file_stem(), file.extension().is_some_and(|found| found == "toml")) else {
                continue;
            };
            let name = name.to_string_lossy().into_owned();
            let text = match fs::read_to_string(root.join(&file)) {
                Ok(text) => text,
                Err(error) => {
                    let values = vec![("why", error.to_string())];
                    diagrams.wrong.push(Wrong { file, line: 0, id: "diagram.unreadable", values });
                    continue;
                }
            };
            let (diagram, wrong) = read::read(&file, &text);
            diagrams.wrong.extend(wrong);
            if let Some(diagram) = diagram {
                diagrams.by_name.insert(name, diagram);
            }
        }
        diagrams
    }

    /// Whether there is a file of that name, be it right or wrong: one fault is
    /// told once.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name) || self.wrong.iter().any(|wrong| wrong.file == Diagrams::file(name))
    }

    /// The diagrams that none of `directives` shows.
    pub fn unused<'a>(&self, directives: impl Iterator<Item = &'a Directive>) -> impl Iterator<Item = &str> {
        let shown: BTreeSet<&str> = directives
            .filter_map(|directive| match directive {
                Directive::Diagram { name } => Some(name.as_str()),
                _ => None,
            })
            .collect();
        self.by_name.keys().map(String::as_str).filter(move |name| !shown.contains(name))
    }

    /// The file of the diagram `name`, below the root of the project.
    #[must_use]
    pub fn file(name: &str) -> PathBuf {
        Path::new(Diagrams::FOLDER).join(format!("{name}.toml"))
    }
}

impl Diagram {
    /// The diagram as SVG; `prefix` begins its ids.
    #[must_use]
    pub fn svg(&self, lang: Lang, prefix: &str) -> String {
        self.draw(lang, prefix).0
    }

    fn draw(&self, lang: Lang, prefix: &str) -> (String, Vec<canvas::Misfit>) {
        let (title, desc) = (self.title.get(lang), self.desc.get(lang));
        let plan = Lang::ALL.iter().zip(&self.plans).find(|(of, _)| **of == lang).map(|(_, plan)| plan);
        match plan {
            Some(Plan::Sequence(sequence)) => sequence.draw(prefix, title, desc),
            Some(Plan::Header(header)) => header.draw(prefix, title, desc),
            Some(Plan::Boxes(boxes)) => boxes.draw(prefix, title, desc),
            Some(Plan::TcpStates(path)) => (tcp_states(path, prefix, title, desc), Vec::new()),
            None => (String::new(), Vec::new()),
        }
    }
}

/// The states of a TCP connection, as experiments show them, with a way through
/// them marked.
fn tcp_states(path: &[String], prefix: &str, title: &str, desc: &str) -> String {
    let mut svg = netlab::show::states(prefix, title).replacen("class=\"states\"", "class=\"drawn states\"", 1);
    let mut words = String::new();
    netlab::show::svg::escape(&mut words, desc);
    svg = svg.replacen(" role=\"img\" ", &format!(" role=\"img\" aria-describedby=\"{prefix}-desc\" "), 1);
    svg = svg.replacen("</title>", &format!("</title><desc id=\"{prefix}-desc\">{words}</desc>"), 1);
    for state in path {
        let (from, to) =
            (format!("class=\"tcp\" data-state=\"{state}\""), format!("class=\"tcp was\" data-state=\"{state}\""));
        svg = svg.replace(&from, &to);
    }
    for pair in path.windows(2) {
        let ends = format!("data-from=\"{}\" data-to=\"{}\"", pair[0], pair[1]);
        svg = svg.replace(&format!("class=\"edge\" {ends}"), &format!("class=\"edge was\" {ends}"));
    }
    svg
}
