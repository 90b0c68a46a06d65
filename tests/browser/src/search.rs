//! The search of the book under its suite, and plain mdBook's on the same text.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::server::Server;
use crate::{Tab, root};

/// What a reader may ask; see the head of `tests/search/queries.toml`.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Query {
    /// Edition in which it is asked.
    pub edition: String,
    /// What is difficult about it.
    pub kind: String,
    /// As it is typed.
    pub query: String,
    /// Regular expression of what has to be found.
    pub finds: Option<String>,
    /// What has to be among the first five.
    pub first: Option<String>,
}

/// What came of a query, as `tests/search/measure.js` counts.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs, reason = "measure.js names them")]
pub struct Row {
    pub ms: f64,
    pub found: usize,
    /// Rank of what had to be first, from 0; -1 if it was not found.
    pub at: i64,
    pub recall: Option<f64>,
    pub precision: Option<f64>,
    pub lacks: Vec<String>,
    pub odd: Vec<String>,
    pub best: Vec<String>,
}

/// All queries.
///
/// # Errors
///
/// The file cannot be read as queries.
pub fn suite() -> Result<Vec<Query>, String> {
    #[derive(Deserialize)]
    struct Suite {
        query: Vec<Query>,
    }
    let path = root().join("tests/search/queries.toml");
    let suite: Suite = sockets::data::load(&path).map_err(|error| error.to_string())?;
    Ok(suite.query)
}

const OURS: &str = "
    const core = await import(new URL('../theme/search-core.js', location));
    const search = core.search;
    const index = core.prepare(await (await fetch(document.getElementById('search').dataset.index)).json());";

/// mdBook's own index of the same places, whose ids are `n` and their number.
const PLAIN: &str = "
    const load = (begin) => new Promise((done, failed) => {
        const script = document.createElement('script');
        script.src = FILES.find((file) => file.startsWith(begin));
        script.onload = done;
        script.onerror = failed;
        document.head.append(script);
    });
    window.search = window.search ?? {};
    await load('elasticlunr');
    await load('searchindex');
    const found = elasticlunr.Index.load(window.search.index);
    const index = { file: TEXT };
    const search = (_, query) => ({
        places: found
            .search(query, window.search.search_options)
            .map(({ ref }) => ({ number: Number(/#n(\\d+)$/.exec(window.search.doc_urls[ref])?.[1]) }))
            .filter(({ number }) => number >= 0),
    });";

/// What the search of the book gives, on any page of an edition.
#[track_caller]
#[must_use]
pub fn ours(tab: &Tab, queries: &[&Query]) -> Vec<Row> {
    measured(tab, OURS, queries)
}

/// What plain mdBook's search gives for the same text.
///
/// # Errors
///
/// `mdbook` does not run, or does not build the text.
pub fn plain(site: &Server, edition: &str, queries: &[&Query], mdbook: &Path, tab: &Tab) -> Result<Vec<Row>, String> {
    tab.goto(&site.url(&format!("{edition}/index.html")));
    let text = tab.js(&format!("(async () => {{ {OURS} return index.file; }})()"));
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    write_book(folder.path(), edition, &text).map_err(|error| error.to_string())?;
    let built = Command::new(mdbook)
        .arg("build")
        .arg(folder.path())
        .output()
        .map_err(|error| format!("{}: {error}", mdbook.display()))?;
    if !built.status.success() {
        return Err(format!("{}: {}", mdbook.display(), String::from_utf8_lossy(&built.stderr)));
    }
    let files = Server::folder(&folder.path().join("book")).map_err(|error| error.to_string())?;
    let names = serde_json::json!(files.keys().collect::<Vec<_>>());
    let server = Server::start(files);
    tab.goto(&server.url("index.html"));
    Ok(measured(tab, &format!("const FILES = {names}; const TEXT = {text};{PLAIN}"), queries))
}

/// The places of our index as a book of mdBook: what a card shows stands on
/// its page, too, so that both search through the very same words.
fn write_book(folder: &Path, edition: &str, index: &Value) -> std::io::Result<()> {
    let mut pages: BTreeMap<u64, String> = BTreeMap::new();
    for (number, place) in index["places"].as_array().into_iter().flatten().enumerate() {
        let part = |at: usize| place[at].as_str().unwrap_or_default();
        let page = pages.entry(place[0].as_u64().unwrap_or_default()).or_default();
        let mark = if page.is_empty() { "#" } else { "##" };
        let plain = |text: &str| {
            let escaped = text.chars().flat_map(|c| c.is_ascii_punctuation().then_some('\\').into_iter().chain([c]));
            escaped.collect::<String>().replace('\n', "\n\n")
        };
        writeln!(page, "{mark} {} {{#n{number}}}\n\n{}\n", plain(part(3)), plain(part(4))).ok();
        if !part(5).is_empty() {
            writeln!(page, "~~~~text\n{}\n~~~~\n", part(5)).ok();
        }
    }
    fs::create_dir(folder.join("src"))?;
    fs::write(folder.join("book.toml"), format!("[book]\ntitle = \"Sockets\"\nlanguage = \"{edition}\"\n"))?;
    let mut summary = "# Summary\n\n".to_string();
    for (number, text) in pages {
        writeln!(summary, "- [Page {number}](p{number}.md)").ok();
        fs::write(folder.join(format!("src/p{number}.md")), text)?;
    }
    fs::write(folder.join("src/SUMMARY.md"), summary)
}

/// `prepare` is JavaScript that defines `index` and `search`.
#[track_caller]
fn measured(tab: &Tab, prepare: &str, queries: &[&Query]) -> Vec<Row> {
    let measure = Value::from(include_str!("../../search/measure.js"));
    let queries = serde_json::json!(queries);
    let rows = tab.js(&format!(
        "(async () => {{
            const {{ measure }} = await import(URL.createObjectURL(new Blob([{measure}], {{ type: 'text/javascript' }})));
            {prepare}
            return measure(index, {queries}, search);
        }})()"
    ));
    serde_json::from_value(rows).expect("measure.js gives rows")
}

/// Means by kind of query: recall and precision in percent, how many of what
/// had to be among the first five were, the slowest warm answer.
#[must_use]
pub fn means(rows: &[Row], queries: &[&Query]) -> [String; 4] {
    let mean = |value: fn(&Row) -> Option<f64>| {
        let values: Vec<f64> = rows.iter().filter_map(value).collect();
        let sum: f64 = values.iter().sum();
        if values.is_empty() { "-".to_string() } else { format!("{:.1}", 100.0 * sum / values.len() as f64) }
    };
    let asked = queries.iter().filter(|query| query.first.is_some()).count();
    let firsts = rows.iter().zip(queries).filter(|(row, query)| query.first.is_some() && (0..5).contains(&row.at));
    let slowest = rows.iter().map(|row| row.ms).fold(0.0, f64::max);
    [mean(|row| row.recall), mean(|row| row.precision), format!("{}/{asked}", firsts.count()), format!("{slowest:.1}")]
}
