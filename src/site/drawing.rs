//! What a page shows of an experiment's run, made while building.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use netlab::run::{Options, run};
use netlab::rust;
use netlab::script::parse;
use netlab::show::{Figure, sequence};

use super::kept::{Keep, Kept, Reader, Writer};
use crate::book::experiment::Bench;
use crate::text::{Lang, say};

/// One run, drawn.
#[derive(Debug)]
pub(super) struct Drawing {
    /// The sequence diagram, with the words of each language.
    svg: [String; 2],
    /// The script as a Rust program, with comments in each language, or the id
    /// of why it cannot be one.
    rust: [Result<String, String>; 2],
}

impl Drawing {
    fn of(script: &str) -> Option<Drawing> {
        let script = parse(script).ok()?;
        let run = run(&script, Options::default());
        let svg = Lang::ALL.map(|lang| sequence(&run, &figure(lang)));
        let rust = [rust::Lang::En, rust::Lang::Ko]
            .map(|lang| rust::program(&script, lang).map_err(|not| not.id().to_string()));
        Some(Drawing { svg, rust })
    }

    /// The sequence diagram.
    pub(super) fn svg(&self, lang: Lang) -> &str {
        let [en, ko] = &self.svg;
        match lang {
            Lang::En => en,
            Lang::Ko => ko,
        }
    }

    /// The script as a Rust program, or the id of why there is none.
    pub(super) fn rust(&self, lang: Lang) -> &Result<String, String> {
        let [en, ko] = &self.rust;
        match lang {
            Lang::En => en,
            Lang::Ko => ko,
        }
    }

    /// The diagram as a file of its own, with `style` for its colours.
    pub(super) fn file(&self, lang: Lang, style: &str) -> Vec<u8> {
        let svg = self.svg(lang);
        let (open, rest) = svg.split_once('>').unwrap_or((svg, ""));
        format!("{open}><style>{style}</style>{rest}").into_bytes()
    }
}

impl Keep for Drawing {
    fn write(&self, out: &mut Writer) {
        out.texts(&self.svg);
        for program in &self.rust {
            out.number(usize::from(program.is_ok()));
            out.text(program.as_ref().unwrap_or_else(|not| not));
        }
    }

    fn read(from: &mut Reader<'_>) -> Option<Drawing> {
        let svg = from.texts()?.try_into().ok()?;
        let mut program = || {
            let is_one = from.number()? == 1;
            let text = from.text()?;
            Some(if is_one { Ok(text) } else { Err(text) })
        };
        Some(Drawing { svg, rust: [program()?, program()?] })
    }
}

/// The style of figures; a file sees none of its page's. It has a ground of its
/// own: a browser may show it dark on a page that was made light.
pub(super) fn style(root: &Path) -> anyhow::Result<String> {
    let mut style = "svg { background: var(--code-ground); }".to_string();
    for name in ["colours.css", "figure.css"] {
        let path = root.join("book/theme").join(name);
        style.push_str(&std::fs::read_to_string(&path).with_context(|| path.display().to_string())?);
    }
    Ok(style)
}

/// The words of a figure.
fn figure(lang: Lang) -> Figure {
    let words = Figure::WORDS.iter().filter(|name| **name != "prefix");
    let words = words.map(|name| format!("{name}={}\n", say(lang, &format!("experiment.figure.{name}"), &[])));
    Figure::read(&format!("prefix=figure\n{}", words.collect::<String>()))
}

/// The drawings of all experiments by name. What cannot be read has none.
pub(super) fn draw(bench: &Bench, kept: &Kept) -> BTreeMap<String, Drawing> {
    let experiments: Vec<_> = bench.experiments.iter().collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut drawn = Vec::new();
        while let Some((name, experiment)) = experiments.get(next.fetch_add(1, Ordering::Relaxed)) {
            let script = experiment.shown();
            // A run is a pure function of its script.
            let drawing = kept.or_make("drawing", &[&script], || Drawing::of(&script).ok_or(()));
            drawn.extend(drawing.ok().map(|drawing| ((*name).clone(), drawing)));
        }
        drawn
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(experiments.len());
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}
