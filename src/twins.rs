//! `book/twins.toml`: which text of a section was last read against which.
//!
//! Neither edition is a translation of the other, so neither can be made from
//! the other; what can be kept is the knowledge that someone has read both. The
//! file holds a hash of each side of each section. When a side changes, the
//! section has *drifted* until someone has read its twin, changed it or found
//! that it still says the same, and recorded that with `sockets twins ack`.
//!
//! A section is the unit because a page is too much: an edit touches about one
//! section in five, and would otherwise ask for the whole page to be read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::book::PagePath;
use crate::book::edition::Edition;
use crate::book::page::Page;
use crate::cli::Context;
use crate::data::{self, DataError};
use crate::hex::hex;
use crate::text::{Lang, say};

pub mod past;

/// Where the record stands, below the root of the project.
pub const FILE: &str = "book/twins.toml";

/// Page → section → what was read. More than one reading of a section is what
/// git leaves when two branches have recorded one each.
type Record = BTreeMap<PagePath, BTreeMap<String, Vec<Twin>>>;

/// One section as it was when both sides were read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Twin {
    /// Hash of the English text.
    pub en: String,
    /// Hash of the Korean text.
    pub ko: String,
    /// Day of the reading, `2026-11-20`.
    pub date: String,
    /// What came of it.
    pub reason: String,
}

/// How a section and its record differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nobody has read the two against each other yet.
    New,
    /// The text in this language has changed since.
    One(Lang),
    /// Both have.
    Both,
    /// The record is of a section that is no more.
    Gone,
    /// Only this edition has the section, or the page: there is nothing to read
    /// it against yet.
    Only(Lang),
}

/// A section that somebody has to read.
#[derive(Clone, Debug)]
pub struct Drift {
    /// `tcp/connection#handshake`.
    pub section: String,
    /// What happened to it.
    pub change: Change,
    /// File and line of both sides, English first; of the one side there is; of
    /// the record if both are gone.
    pub places: Vec<(PathBuf, usize)>,
    /// Day of the last reading, if there was one.
    pub since: Option<String>,
    /// The hashes of today, English first.
    hashes: [String; 2],
    /// Those of the last reading.
    read: Option<[String; 2]>,
}

/// The hash of a section: of its words, whatever the white space between them.
/// What it includes is not part of it, and is the same in both editions.
#[must_use]
pub fn hash(section: &str) -> String {
    let words: Vec<&str> = section.split_whitespace().collect();
    hex(&Sha256::digest(words.join(" "))[..8])
}

/// Reads the record; none is an empty one.
///
/// The lines of two branches may stand side by side, between marks of a
/// conflict or without (`.gitattributes` asks git for both): which reading
/// holds, the texts themselves say, see [`drifts`].
///
/// # Errors
///
/// See [`data::load`].
pub fn load(root: &Path) -> Result<Record, DataError> {
    let path = root.join(FILE);
    if !path.exists() {
        return Ok(Record::new());
    }
    let text = fs::read_to_string(&path).map_err(|error| DataError {
        path: path.clone(),
        line: 0,
        message: error.to_string(),
    })?;
    parse(&path, &text)
}

fn parse(path: &Path, text: &str) -> Result<Record, DataError> {
    const MARKS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];
    let mut record = Record::new();
    let mut page = None;
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !MARKS.iter().any(|mark| line.starts_with(mark))) {
        let at_line = |error: DataError| DataError { line: at + 1, ..error };
        if line.starts_with('[') {
            let table: BTreeMap<PagePath, toml::Table> = data::parse(path, line).map_err(at_line)?;
            page = table.into_keys().next();
            continue;
        }
        let read: BTreeMap<String, Twin> = data::parse(path, line).map_err(at_line)?;
        for (id, twin) in read {
            let sections = record.entry(page.clone().unwrap_or_default()).or_default();
            let readings = sections.entry(id).or_default();
            if !readings.contains(&twin) {
                readings.push(twin);
            }
        }
    }
    Ok(record)
}

/// Of several readings of a section that of the texts of today, or the latest.
fn holding(readings: Vec<Twin>, [en, ko]: &[String; 2]) -> Option<Twin> {
    let fits = |twin: &Twin| (twin.en == *en && twin.ko == *ko, twin.date.clone());
    readings.into_iter().max_by_key(fits)
}

/// All sections whose record is not of today's texts, in reading order, with
/// those that only one edition has; then the records without a section. Of
/// readings that were recorded side by side, one of today's texts counts.
#[must_use]
pub fn drifts(en: &Edition, ko: &Edition, record: &Record) -> Vec<Drift> {
    let mut left = record.clone();
    let mut drifts = Vec::new();
    let place = |page: &Page, at| (page.file.clone(), page.line(at));
    let none = || [String::new(), String::new()];
    let only = |lang, section: String, place| {
        let change = Change::Only(lang);
        Drift { section, change, places: vec![place], since: None, hashes: none(), read: None }
    };
    for page in &en.pages {
        let Some(twin) = ko.page(&page.path) else {
            left.remove(&page.path);
            drifts.push(only(Lang::En, page.path.clone(), place(page, 0)));
            continue;
        };
        let (ours, theirs) = (page.sections(), twin.sections());
        let mut seen = BTreeSet::new();
        for (id, range) in &ours {
            if !seen.insert(*id) {
                continue;
            }
            let section = format!("{}#{id}", page.path);
            let read = left.get_mut(&page.path).and_then(|sections| sections.remove(*id));
            let Some((_, other)) = theirs.iter().find(|(other, _)| other == id) else {
                drifts.push(only(Lang::En, section, place(page, range.start)));
                continue;
            };
            let hashes = [hash(&page.text[range.clone()]), hash(&twin.text[other.clone()])];
            let read = read.and_then(|readings| holding(readings, &hashes));
            let change = match &read {
                None => Change::New,
                Some(read) => match (read.en == hashes[0], read.ko == hashes[1]) {
                    (true, true) => continue,
                    (false, true) => Change::One(Lang::En),
                    (true, false) => Change::One(Lang::Ko),
                    (false, false) => Change::Both,
                },
            };
            let places = vec![place(page, range.start), place(twin, other.start)];
            let since = read.as_ref().map(|read| read.date.clone());
            let read = read.map(|read| [read.en, read.ko]);
            drifts.push(Drift { section, change, places, since, hashes, read });
        }
        for (id, range) in theirs.iter().filter(|(id, _)| !seen.contains(id)) {
            left.get_mut(&page.path).and_then(|sections| sections.remove(*id));
            drifts.push(only(Lang::Ko, format!("{}#{id}", page.path), place(twin, range.start)));
        }
    }
    for page in ko.pages.iter().filter(|page| en.page(&page.path).is_none()) {
        left.remove(&page.path);
        drifts.push(only(Lang::Ko, page.path.clone(), place(page, 0)));
    }
    for (page, sections) in left {
        for (id, readings) in sections {
            let (section, places) = (format!("{page}#{id}"), vec![(PathBuf::from(FILE), 1)]);
            let since = readings.into_iter().map(|read| read.date).max();
            drifts.push(Drift { section, change: Change::Gone, places, since, hashes: none(), read: None });
        }
    }
    drifts
}

/// Records that the twins of `drifts` were read today, with `reason`.
pub fn acknowledge(record: &mut Record, drifts: &[Drift], date: &str, reason: &str) {
    for drift in drifts {
        let Some((page, id)) = drift.section.split_once('#') else { continue };
        let sections = record.entry(page.to_string()).or_default();
        if drift.change == Change::Gone {
            sections.remove(id);
            continue;
        }
        if matches!(drift.change, Change::Only(_)) {
            continue;
        }
        let [en, ko] = drift.hashes.clone();
        sections.insert(id.to_string(), vec![Twin { en, ko, date: date.to_string(), reason: reason.to_string() }]);
    }
    record.retain(|_, sections| !sections.is_empty());
}

/// Leaves of each section the reading that holds.
fn settle(record: &mut Record, editions: [&Edition; 2]) {
    for (page, sections) in record {
        for (id, readings) in sections.iter_mut().filter(|(_, readings)| readings.len() > 1) {
            let today = editions.map(|edition| {
                let page = edition.page(page);
                let found = page
                    .and_then(|page| page.sections().into_iter().find(|(one, _)| one == id).map(|(_, at)| (page, at)));
                found.map_or(String::new(), |(page, at)| hash(&page.text[at]))
            });
            *readings = holding(std::mem::take(readings), &today).into_iter().collect();
        }
    }
}

/// The record as a file: one line a section, so that two people who read two
/// sections do not meet in one line.
#[must_use]
pub fn render(record: &Record) -> String {
    let quote = |text: &str| toml::Value::String(text.to_string()).to_string();
    let mut out = String::from(
        "# Which text of a section was last read against which: `cargo run -- twins`.\n\
         # Written by `cargo run -- twins ack PAGE#SECTION --reason \"…\"`.\n",
    );
    for (page, sections) in record {
        out.push_str(&format!("\n[{}]\n", quote(page)));
        for (id, Twin { en, ko, date, reason }) in
            sections.iter().flat_map(|(id, all)| all.iter().map(move |one| (id, one)))
        {
            let reason = quote(reason);
            out.push_str(&format!("{id} = {{ en = \"{en}\", ko = \"{ko}\", date = \"{date}\", reason = {reason} }}\n"));
        }
    }
    out
}

/// How `twins` is typed.
#[must_use]
pub fn command(lang: Lang) -> Command {
    let sections = Arg::new("section").num_args(1..).value_name("PAGE[#SECTION]").help(say(lang, "twins.section", &[]));
    let all = Arg::new("all").long("all").action(ArgAction::SetTrue).help(say(lang, "twins.all", &[]));
    let reason = Arg::new("reason").long("reason").required(true).help(say(lang, "twins.reason", &[]));
    let ack = Command::new("ack").about(say(lang, "twins.ack", &[]));
    let ack = ack.arg(sections.required_unless_present("all")).arg(all.conflicts_with("section")).arg(reason);
    let sections = Arg::new("section").num_args(0..).value_name("PAGE[#SECTION]").help(say(lang, "twins.section", &[]));
    let diff = Command::new("diff").about(say(lang, "twins.diff", &[])).arg(sections);
    Command::new("twins").about(say(lang, "twins.about", &[])).subcommand(diff).subcommand(ack)
}

/// Lists what has drifted, shows how, or records what was read.
///
/// # Errors
///
/// An edition or the record cannot be read, the record cannot be written, a
/// section is named that has not drifted, or the reason says nothing.
pub fn run(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let lang = context.lang;
    let [en, ko] = Lang::ALL.map(|lang| Edition::load(&context.root, lang));
    let (en, ko, mut record) = (en?, ko?, load(&context.root)?);
    let drifts = drifts(&en, &ko, &record);
    let matches = match matches.subcommand() {
        Some(("ack", matches)) => matches,
        Some(("diff", matches)) => {
            let chosen = if matches.contains_id("section") { named(&drifts, matches, lang)? } else { drifts };
            for line in differences(&context.root, [&en, &ko], &chosen, lang) {
                println!("{line}");
            }
            return Ok(ExitCode::SUCCESS);
        }
        _ => {
            for drift in &drifts {
                println!("{}", describe(drift, lang));
            }
            println!("{}", say(lang, "twins.count", &[("count", &drifts.len())]));
            if drifts.iter().any(|drift| drift.read.is_some()) {
                println!("{}", say(lang, "twins.see-diff", &[]));
            }
            return Ok(ExitCode::SUCCESS);
        }
    };
    let reason = matches.get_one::<String>("reason").map_or("", |reason| reason.trim());
    if reason.is_empty() {
        bail!(say(lang, "twins.no-reason", &[]));
    }
    let mut read = if matches.get_flag("all") { drifts } else { named(&drifts, matches, lang)? };
    let named = read.len();
    read.retain(|drift| !matches!(drift.change, Change::Only(_)));
    if read.is_empty() && named > 0 {
        bail!(say(lang, "twins.nothing-to-read", &[]));
    }
    settle(&mut record, [&en, &ko]);
    acknowledge(&mut record, &read, &today(), reason);
    fs::write(context.root.join(FILE), render(&record)).context(FILE)?;
    println!("{}", say(lang, "twins.recorded", &[("count", &read.len())]));
    Ok(ExitCode::SUCCESS)
}

/// The drifts that were named, by section or by page.
fn named(drifts: &[Drift], matches: &ArgMatches, lang: Lang) -> anyhow::Result<Vec<Drift>> {
    let mut read = Vec::new();
    for name in matches.get_many::<String>("section").into_iter().flatten() {
        let is_named =
            |drift: &&Drift| drift.section == *name || drift.section.split('#').next() == Some(name.as_str());
        let named: Vec<_> = drifts.iter().filter(is_named).cloned().collect();
        if named.is_empty() {
            bail!(say(lang, "twins.not-drifted", &[("section", name)]));
        }
        read.extend(named);
    }
    Ok(read)
}

/// What changed in each section since it was last read, side by side with what
/// it was: the listing's line, then each side that changed.
fn differences(root: &Path, editions: [&Edition; 2], drifts: &[Drift], lang: Lang) -> Vec<String> {
    let mut past = past::Past::of(root);
    let mut out = Vec::new();
    for drift in drifts {
        out.push(describe(drift, lang));
        let (Some(read), Some((page, id))) = (&drift.read, drift.section.split_once('#')) else { continue };
        for side in [0, 1].into_iter().filter(|&side| read[side] != drift.hashes[side]) {
            let (file, line) = &drift.places[side];
            let Some(page) = editions[side].page(page) else { continue };
            let Some((_, range)) = page.sections().into_iter().find(|(other, _)| *other == id) else { continue };
            let name = file.display().to_string();
            match past.read(file, id, &read[side]) {
                Ok(Ok(past::Read { commit, date, text })) => {
                    let against = [("file", &name as _), ("commit", &commit as _), ("date", &date as _)];
                    out.push(format!("\n  {}", say(lang, "twins.against", &against)));
                    out.extend(past::changes(&text, &page.text[range], *line));
                }
                Ok(Err(count)) => {
                    let values = [("file", &name as _), ("count", &count as _)];
                    out.push(format!("\n  {}", say(lang, "twins.never-committed", &values)));
                }
                Err(error) => {
                    let values = [("file", &name as _), ("error", &error as _)];
                    out.push(format!("\n  {}", say(lang, "twins.no-git", &values)));
                }
            }
        }
        out.push(String::new());
    }
    out
}

/// What happened to a section, with the places to read.
fn describe(drift: &Drift, lang: Lang) -> String {
    let id = match drift.change {
        Change::New => "twins.new",
        Change::One(Lang::En) => "twins.en-changed",
        Change::One(Lang::Ko) => "twins.ko-changed",
        Change::Both => "twins.both-changed",
        Change::Gone => "twins.gone",
        Change::Only(Lang::En) => "twins.only-en",
        Change::Only(Lang::Ko) => "twins.only-ko",
    };
    let since = drift.since.as_deref().unwrap_or("-");
    let places: Vec<_> = drift.places.iter().map(|(file, line)| format!("{}:{line}", file.display())).collect();
    say(lang, id, &[("section", &drift.section), ("since", &since), ("places", &places.join("  "))])
}

/// Today in UTC, `2026-11-20`.
fn today() -> String {
    date(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// The day that is `since` after 1970-01-01.
fn date(since: Duration) -> String {
    let mut days = since.as_secs() / 86_400;
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1970;
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    format!("{year:04}-{:02}-{:02}", month + 1, days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_its_date() {
        let day = |days: u64| date(Duration::from_secs(days * 86_400));
        assert_eq!([day(0), day(59), day(365)], ["1970-01-01", "1970-03-01", "1971-01-01"]);
        assert_eq!([day(11_016), day(20_777)], ["2000-02-29", "2026-11-20"]);
    }

    #[test]
    fn white_space_is_no_change() {
        assert_eq!(hash("one  two\nthree\n"), hash("one two three"));
        assert_ne!(hash("one two"), hash("one too"));
    }

    #[test]
    fn the_record_reads_as_it_was_written() {
        let twin = Twin {
            en: "a".repeat(16),
            ko: "b".repeat(16),
            date: "2026-11-20".into(),
            reason: "said \"the same\"\\".into(),
        };
        let sections = BTreeMap::from([("short-write".to_string(), vec![twin])]);
        let record = Record::from([("tcp/connection".to_string(), sections)]);
        assert_eq!(parse(Path::new(FILE), &render(&record)).unwrap(), record);
        assert_eq!(parse(Path::new(FILE), "\n[\"a\"]\nb = { en = 1 }\n").unwrap_err().line, 3);
    }

    #[test]
    fn of_two_readings_that_of_the_texts_of_today_holds() {
        let line = |en: &str, ko: &str, date: &str| {
            format!("a = {{ en = \"{en}\", ko = \"{ko}\", date = \"{date}\", reason = \"r\" }}\n")
        };
        let (one, two) = (line("e1", "k0", "2026-11-22"), line("e0", "k1", "2026-11-21"));
        let marked = format!("[\"p\"]\n<<<<<<< a\n{one}=======\n{two}{two}>>>>>>> b\n");
        let side_by_side = format!("[\"p\"]\n{one}[\"p\"]\n{two}");
        for text in [marked, side_by_side] {
            let readings = parse(Path::new(FILE), &text).unwrap()["p"]["a"].clone();
            assert_eq!(readings.len(), 2);
            let held = |en: &str, ko: &str| holding(readings.clone(), &[en.into(), ko.into()]).unwrap().en;
            assert_eq!([held("e0", "k1"), held("e1", "k0"), held("e1", "k1")], ["e0", "e1", "e1"]);
        }
    }
}
