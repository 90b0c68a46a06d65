//! Experiments: socket scripts under `book/experiments/`, what each gave, and
//! in which order the bench shows them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use netlab::script::{Action, Item, Script, What, parse, quote};
use serde::Deserialize;

use crate::data::{self, DataError};
use crate::text::{Bilingual, Lang};

/// How a reader meets an experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// The results are shown.
    Run,
    /// The results are shown after the reader has bet on them.
    Predict,
    /// The marked lines are the reader's to write.
    Write,
}

impl Mode {
    /// The title of a directive, and the value of `data-mode`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Mode::Run => "run",
            Mode::Predict => "predict",
            Mode::Write => "write",
        }
    }
}

/// `book/experiments/topics.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topics {
    /// In the order of the bench page.
    #[serde(default)]
    pub topic: Vec<Topic>,
}

/// Experiments that belong together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// The id of its heading on the bench page, after `topic-`.
    pub id: String,
    /// Its heading.
    pub title: Bilingual,
    /// In reading order.
    #[serde(default)]
    pub experiment: Vec<Entry>,
}

/// What the bench says of one experiment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The name of its files: `book/experiments/NAME.sock` and `.txt`.
    pub name: String,
    /// What is looked at, in a few words.
    pub title: Bilingual,
    /// The question it answers; it must not give the answer away.
    pub asks: Bilingual,
    /// What helps a reader who has to write the marked lines, short of the lines.
    #[serde(default)]
    pub hint: Option<Bilingual>,
    /// Why it differs from Linux: in English as the script says it after
    /// `because`, in Korean as a Korean page says it instead.
    #[serde(default)]
    pub because: Vec<Bilingual>,
}

/// A script, and what it gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Experiment {
    /// The text of the `.sock` file.
    pub script: String,
    /// The text of the `.txt` file, which is the same on Linux and in the page;
    /// empty if there is none.
    pub transcript: String,
}

/// Everything under `book/experiments/`.
#[derive(Clone, Debug, Default)]
pub struct Bench {
    /// The order of the bench page.
    pub topics: Topics,
    /// By name.
    pub experiments: BTreeMap<String, Experiment>,
}

impl Bench {
    /// Where the experiments stand, below the root of the project.
    pub const FOLDER: &str = "book/experiments";
    /// Where their order stands.
    pub const TOPICS: &str = "book/experiments/topics.toml";

    /// Reads what is there below `root`; a book without experiments has an
    /// empty bench.
    ///
    /// # Errors
    ///
    /// A script that cannot be read, or an order that is no such file: see
    /// [`data::load`].
    pub fn load(root: &Path) -> Result<Bench, DataError> {
        let topics = root.join(Bench::TOPICS);
        let topics = if topics.is_file() { data::load(&topics)? } else { Topics::default() };
        let mut experiments = BTreeMap::new();
        for entry in fs::read_dir(root.join(Bench::FOLDER)).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = path.file_stem().map(|name| name.to_string_lossy().into_owned());
            let (Some(name), true) = (name, path.extension().is_some_and(|extension| extension == "sock")) else {
                continue;
            };
            let script = fs::read_to_string(&path).map_err(|error| DataError {
                path: path.clone(),
                line: 0,
                message: error.to_string(),
            })?;
            let transcript = fs::read_to_string(path.with_extension("txt")).unwrap_or_default();
            experiments.insert(name, Experiment { script, transcript });
        }
        Ok(Bench { topics, experiments })
    }

    /// The experiment `name` as a page in `lang` shows it: with its reasons in
    /// that language.
    #[must_use]
    pub fn experiment(&self, name: &str, lang: Lang) -> Option<Experiment> {
        let mut experiment = self.experiments.get(name)?.clone();
        for reason in self.entry(name).into_iter().flat_map(|entry| &entry.because) {
            experiment.script = experiment.script.replace(&because(&reason.en), &because(reason.get(lang)));
        }
        Some(experiment)
    }

    /// What the bench says of the experiment `name`.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.topics.topic.iter().flat_map(|topic| &topic.experiment).find(|entry| entry.name == name)
    }
}

/// How a script writes a reason.
fn because(reason: &str) -> String {
    format!("because {}", quote(reason.as_bytes()))
}

/// A mark of a line: a comment at its end that says what the page does with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `# predict`: this result is the one to bet on.
    Predict,
    /// `# yours`: the reader writes this line.
    Yours,
}

impl Mark {
    /// The mark at the end of a line of a script.
    #[must_use]
    pub fn of(line: &str) -> Option<Mark> {
        // A mark is the last word of its line, so no quotation mark follows it.
        let (before, comment) = line.rsplit_once('#')?;
        if before.trim().is_empty() {
            return None;
        }
        match comment.trim() {
            "predict" => Some(Mark::Predict),
            "yours" => Some(Mark::Yours),
            _ => None,
        }
    }

    /// The line without its mark.
    #[must_use]
    pub fn strip(line: &str) -> &str {
        match Mark::of(line) {
            Some(_) => line.rsplit_once('#').map_or(line, |(before, _)| before.trim_end()),
            None => line,
        }
    }
}

impl Experiment {
    /// The script as a page shows it: without the sentence at its top, which
    /// the page says in its own language, and without marks.
    #[must_use]
    pub fn shown(&self) -> String {
        self.body().map(|line| format!("{}\n", Mark::strip(line))).collect()
    }

    /// The script with its marks, and without the sentence at its top.
    pub fn body(&self) -> impl Iterator<Item = &str> {
        let skip = usize::from(self.script.starts_with('#'));
        self.script.lines().skip(skip)
    }

    /// The script without the lines that are the reader's; `here` is the
    /// comment that stands for each run of them.
    #[must_use]
    pub fn unsolved(&self, here: &str) -> String {
        let mut out = String::new();
        let mut open = false;
        for line in self.body() {
            if Mark::of(line) != Some(Mark::Yours) {
                open = false;
                out.push_str(Mark::strip(line));
                out.push('\n');
            } else if !std::mem::replace(&mut open, true) {
                let indent = &line[..line.len() - line.trim_start().len()];
                out.push_str(&format!("{indent}# {here}\n"));
            }
        }
        out
    }

    /// The lines, from 1, whose results are to be bet on: those with a mark, or
    /// all with an arrow that names one result.
    #[must_use]
    pub fn asked(&self) -> Vec<usize> {
        let marked = self.has(Mark::Predict);
        let is_asked = |line: &str| match arrow(line) {
            None => false,
            Some(_) if marked => Mark::of(line) == Some(Mark::Predict),
            Some(at) => !is_open(&line[at..]) && !is_difference(line),
        };
        let lines = self.body().enumerate().filter(|(_, line)| is_asked(line));
        lines.map(|(index, _)| index + 1).collect()
    }

    /// The script with a question mark for each result to bet on. What a
    /// declared difference says would give it away.
    #[must_use]
    pub fn blanked(&self) -> String {
        let asked = self.asked();
        let mut out = String::new();
        for (index, line) in self.body().enumerate() {
            let line = Mark::strip(line);
            match arrow(line) {
                _ if is_difference(line) => continue,
                Some(at) if asked.contains(&(index + 1)) => out.push_str(&format!("{} -> ?\n", line[..at].trim_end())),
                _ => out.push_str(&format!("{line}\n")),
            }
        }
        out
    }

    /// Lines of the file, from 1, that are marked to be bet on and have no result.
    pub fn vain_marks(&self) -> impl Iterator<Item = usize> {
        let lines = self.script.lines().enumerate();
        lines.filter(|(_, line)| Mark::of(line) == Some(Mark::Predict) && arrow(line).is_none()).map(|(at, _)| at + 1)
    }

    /// Why it differs from Linux, as the script says it; nothing if it cannot be read.
    #[must_use]
    pub fn reasons(&self) -> BTreeSet<String> {
        fn of(items: &[Item], found: &mut BTreeSet<String>) {
            for item in items {
                let What::Step(step) = &item.what else { continue };
                found.extend(step.differs.iter().map(|difference| difference.because.clone()));
                if let Action::Repeat(_, body) = &step.action {
                    of(body, found);
                }
            }
        }
        let mut found = BTreeSet::new();
        if let Ok(Script { items }) = parse(&self.script) {
            of(&items, &mut found);
        }
        found
    }

    /// Whether a line is marked so.
    #[must_use]
    pub fn has(&self, mark: Mark) -> bool {
        self.body().any(|line| Mark::of(line) == Some(mark))
    }
}

/// `on sim -> …`
fn is_difference(line: &str) -> bool {
    line.trim_start().starts_with("on sim")
}

/// Whether an arrow leaves its result open: `-> *` or `-> 1..9`.
fn is_open(result: &str) -> bool {
    let result = Mark::strip(result).trim_start_matches("->").trim();
    result == "*" || result.contains("..")
}

/// Where the arrow of a line is; not one inside of data.
fn arrow(line: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '#' if !quoted => return None,
            '-' if !quoted && line[at..].starts_with("->") => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKED: &str = "# What it shows.\nhost a 10.0.0.1\n\na:\n  u = socket(AF_INET, SOCK_DGRAM)  # yours\n  \
                          bind(u, 127.0.0.1:9)  # yours\n  send(u, \"# predict\") -> EDESTADDRREQ  # predict\n";

    fn marked() -> Experiment {
        Experiment { script: MARKED.to_string(), transcript: String::new() }
    }

    #[test]
    fn a_mark_is_the_comment_at_the_end_of_a_line() {
        assert_eq!(Mark::of("  close(c)  # yours"), Some(Mark::Yours));
        assert_eq!(Mark::of("  recv(c, 9) -> 0 # predict"), Some(Mark::Predict));
        assert_eq!(Mark::of("# yours"), None);
        assert_eq!(Mark::of("  send(c, \"# predict\")"), None);
    }

    #[test]
    fn a_page_shows_the_script_without_marks() {
        let shown = marked().shown();
        assert!(shown.starts_with("host a"), "{shown}");
        assert!(!shown.contains("yours") && shown.contains("\"# predict\") -> EDESTADDRREQ\n"), "{shown}");
    }

    #[test]
    fn the_readers_lines_are_taken_out_as_one() {
        let unsolved = marked().unsolved("here");
        assert_eq!(unsolved.matches("  # here\n").count(), 1, "{unsolved}");
        assert!(!unsolved.contains("socket(") && !unsolved.contains("bind("), "{unsolved}");
    }

    fn of(script: &str) -> Experiment {
        Experiment { script: script.to_string(), transcript: String::new() }
    }

    #[test]
    fn results_are_blanked_and_nothing_gives_them_away() {
        let experiment = of(
            "a:\n  send(c, \"->\") -> 2\n  recv(c, 9) -> 0\n    on sim -> 1 because \"x\" see \"y\"\n  recv(c, 9) -> *\n",
        );
        assert_eq!(experiment.asked(), [2, 3]);
        assert_eq!(experiment.blanked(), "a:\n  send(c, \"->\") -> ?\n  recv(c, 9) -> ?\n  recv(c, 9) -> *\n");
    }

    #[test]
    fn marks_choose_what_to_bet_on() {
        let experiment = of("a:\n  connect(c, b:80) -> 0\n  send(c, \"x\") -> EPIPE  # predict\n");
        assert_eq!(experiment.asked(), [3]);
        assert_eq!(experiment.blanked(), "a:\n  connect(c, b:80) -> 0\n  send(c, \"x\") -> ?\n");
    }

    #[test]
    fn a_page_says_a_reason_in_its_language() {
        let topics = "[[topic]]\nid = \"t\"\ntitle = { en = \"T\", ko = \"티\" }\n[[topic.experiment]]\nname = \"n\"\n\
                      title = { en = \"N\", ko = \"엔\" }\nasks = { en = \"?\", ko = \"?\" }\n\
                      because = [{ en = \"it \\\"is\\\" so\", ko = \"그렇기 때문\" }]\n";
        let script = "# It.\na:\n  recv(c, 9) -> 0\n    on sim -> 1 because \"it \\\"is\\\" so\" see \"y\"\n";
        let bench =
            Bench { topics: toml::from_str(topics).unwrap(), experiments: [("n".to_string(), of(script))].into() };
        assert_eq!(bench.experiment("n", Lang::En), Some(of(script)));
        let korean = bench.experiment("n", Lang::Ko).unwrap().script;
        assert!(korean.ends_with("    on sim -> 1 because \"그렇기 때문\" see \"y\"\n"), "{korean}");
    }

    #[test]
    fn a_mark_without_a_result_asks_nothing() {
        let experiment = of("# It shows.\na:\n  connect(c, b:80)  # predict\n");
        assert_eq!(experiment.asked(), [0; 0]);
        assert_eq!(experiment.vain_marks().collect::<Vec<_>>(), [3]);
    }
}
