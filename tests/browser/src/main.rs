//! `cargo run -p browser`: opens every page of both editions in Chromium, in
//! both themes and at both widths, and prints what it measured. Ends with 1 if
//! a budget is broken.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Instant;

use browser::search::{Query, Row, suite};
use browser::survey::{REQUESTS, Seen, WEIGHT, survey};
use browser::{Chromium, Look, Server, root};

/// How often the first paint of each book is timed; the median counts.
const ROUNDS: usize = 7;

/// What a page-sized experiment may take: a frame of the screen.
const FRAME_MS: f64 = 16.0;

const USAGE: &str = "cargo run -p browser -- [picture|search|experiments] [--site DIR] [--mdbook PATH]

Opens every page in Chromium at 390 and 1280 px, light and dark, and measures.
  picture        instead: writes the pictures of the README, .github/page.en.png and page.ko.png
  search         instead: what the search finds of tests/search/queries.toml
  experiments    instead: how long the network in the page plays each of them
  --site DIR     a site that `cargo run -- build --out DIR` wrote; else it is built
  --mdbook PATH  mdBook 0.5.4, to compare with; else the one on PATH, if there is one";

/// What to do with the site.
enum Task {
    Survey,
    Picture,
    Search,
    Experiments,
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool, String> {
    let (mut site, mut mdbook, mut task) = (None, None, Task::Survey);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "picture" => task = Task::Picture,
            "search" => task = Task::Search,
            "experiments" => task = Task::Experiments,
            "--site" => site = Some(PathBuf::from(arguments.next().ok_or(USAGE)?)),
            "--mdbook" => mdbook = Some(PathBuf::from(arguments.next().ok_or(USAGE)?)),
            _ => return Err(USAGE.to_string()),
        }
    }
    if matches!(task, Task::Survey) {
        browser::axe::source()?;
    }
    let chromium = Chromium::start()?;
    let temporary = tempfile::tempdir().map_err(|error| error.to_string())?;
    let site = match site {
        Some(site) => site,
        None => build(temporary.path())?,
    };
    let files = Server::folder(&site).map_err(|error| format!("{}: {error}", site.display()))?;
    let server = Server::start(files);
    if server.pages().is_empty() {
        return Err(format!("{}: no pages", site.display()));
    }
    if !matches!(task, Task::Picture) {
        println!("{}\n", chromium.agent());
    }
    match task {
        Task::Survey => measure(&chromium, &server, mdbook, temporary.path()),
        Task::Picture => pictures(&chromium, &server).map(|()| true),
        Task::Search => search(&chromium, &server, mdbook.as_deref()).map(|()| true),
        Task::Experiments => experiments(&chromium, &server),
    }
}

/// Every page, and whether none breaks a budget; then the first paint beside
/// plain mdBook's.
fn measure(
    chromium: &Arc<Chromium>,
    server: &Server,
    mdbook: Option<PathBuf>,
    temporary: &Path,
) -> Result<bool, String> {
    let begun = Instant::now();
    let seen = survey(chromium, server, &server.pages());
    table(&seen, begun);
    let breaches: Vec<String> = seen.iter().flat_map(Seen::breaches).collect();
    for breach in &breaches {
        println!("{breach}");
    }
    let given = mdbook.is_some();
    match plain(&mdbook.unwrap_or_else(|| "mdbook".into()), temporary) {
        Ok(plain) => paint(chromium, server, &Server::start(plain)),
        Err(error) if given => return Err(error),
        Err(error) => println!("\nNot compared with plain mdBook: {error}; --mdbook PATH names one."),
    }
    Ok(breaches.is_empty())
}

/// Both editions, as `sockets build` writes them.
fn build(temporary: &Path) -> Result<PathBuf, String> {
    let out = temporary.join("site");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        // A service worker would load the whole book for each of the visitors.
        .args(["run", "--quiet", "--package", "sockets", "--", "build", "--no-offline", "--out"])
        .arg(&out)
        .current_dir(root())
        .status()
        .map_err(|error| format!("cargo: {error}"))?;
    if built.success() { Ok(out) } else { Err("the site was not built".to_string()) }
}

/// What the READMEs begin with: an experiment, once it has run.
fn pictures(chromium: &Arc<Chromium>, server: &Server) -> Result<(), String> {
    for edition in ["en", "ko"] {
        let look = Look { width: 1180, languages: edition, ..Look::default() };
        let tab = chromium.open(&server.url(&format!("{edition}/tcp/connection.html")), look);
        let card = "section.experiment[data-mode=run]";
        tab.click(&format!("{card} [data-testid=run]"));
        tab.see(&format!("{card} [data-testid=packets] svg"));
        // The end of the script, and below it what came of it.
        tab.js(&format!(
            "const figure = document.querySelector('{card} [data-testid=packets]').getBoundingClientRect();\
             scrollTo({{ top: scrollY + figure.top - 420, behavior: 'instant' }})"
        ));
        tab.settle();
        let path = root().join(format!(".github/page.{edition}.png"));
        tab.picture(&path)?;
        let bytes = std::fs::metadata(&path).map_err(|error| error.to_string())?.len();
        println!("{} ({} KB)", path.display(), bytes / 1024);
    }
    Ok(())
}

/// Every experiment in the network of the page, the slowest in lines of their own.
fn experiments(chromium: &Arc<Chromium>, server: &Server) -> Result<bool, String> {
    let tab = chromium.open(&server.url("en/index.html"), Look::default());
    let played = browser::experiments::play(&tab)?;
    println!("| experiment | ms | packets | events | packets a second |");
    println!("|---|--:|--:|--:|--:|");
    for one in played.iter().filter(|one| one.ms > FRAME_MS) {
        let each = one.packets_a_second();
        println!("| {} | {:.1} | {} | {} | {each:.0} |", one.name, one.ms, one.packets, one.events);
    }
    let within = played.iter().filter(|one| one.ms <= FRAME_MS).count();
    let median = played.get(played.len() / 2).map_or(0.0, |one| one.ms);
    println!("\n{within} of {} within {FRAME_MS:.0} ms; half of them within {median:.1} ms", played.len());
    let stopped: Vec<&str> = played.iter().filter(|one| one.stopped.is_some()).map(|one| one.name.as_str()).collect();
    if !stopped.is_empty() {
        println!("No answer from {}", stopped.join(", "));
    }
    Ok(stopped.is_empty())
}

/// What the search finds, a line for each kind of query, beside plain mdBook's
/// if there is one.
fn search(chromium: &Arc<Chromium>, server: &Server, mdbook: Option<&Path>) -> Result<(), String> {
    let suite = suite()?;
    let mut ours: Vec<(&Query, Row)> = Vec::new();
    let mut plain: Vec<(&Query, Row)> = Vec::new();
    let mut missing = None;
    for edition in ["ko", "en"] {
        let queries: Vec<&Query> = suite.iter().filter(|query| query.edition == edition).collect();
        let tab = chromium.open(&server.url(&format!("{edition}/index.html")), Look::default());
        ours.extend(queries.iter().copied().zip(browser::search::ours(&tab, &queries)));
        let program = mdbook.unwrap_or(Path::new("mdbook"));
        match browser::search::plain(server, edition, &queries, program, &tab) {
            Ok(rows) => plain.extend(queries.iter().copied().zip(rows)),
            Err(error) if mdbook.is_some() => return Err(error),
            Err(error) => missing = Some(error),
        }
    }
    println!(
        "| kind | queries | recall % | precision % | first five | slowest, ms | mdBook: recall % | precision % | first five | slowest, ms |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    let mut kinds: Vec<&str> = Vec::new();
    for query in &suite {
        if !kinds.contains(&query.kind.as_str()) {
            kinds.push(&query.kind);
        }
    }
    for kind in kinds.into_iter().map(Some).chain([None]) {
        let of = |rows: &[(&Query, Row)]| {
            let rows = rows.iter().filter(|(query, _)| kind.is_none_or(|kind| query.kind == kind));
            let (queries, rows): (Vec<&Query>, Vec<Row>) = rows.cloned().unzip();
            (queries.len(), browser::search::means(&rows, &queries).join(" | "))
        };
        let (n, means) = of(&ours);
        println!("| {} | {n} | {means} | {} |", kind.unwrap_or("all"), of(&plain).1);
    }
    if let Some(error) = missing {
        println!("\nNot compared with plain mdBook: {error}; --mdbook PATH names one.");
    }
    Ok(())
}

/// One line for each edition, theme and width.
fn table(seen: &[Seen], begun: Instant) {
    let mut rows: BTreeMap<(String, bool, u32), Vec<&Seen>> = BTreeMap::new();
    for one in seen {
        let edition = one.page.split_once('/').map_or("/", |(edition, _)| edition).to_string();
        rows.entry((edition, one.dark, one.width)).or_default().push(one);
    }
    println!(
        "| edition | theme | width | pages | axe | weight, most (of {} KB) | requests, most (of {REQUESTS}) | other hosts | errors | overflow |",
        WEIGHT / 1024
    );
    println!("|---|---|--:|--:|--:|---|---|--:|--:|--:|");
    for ((edition, dark, width), seen) in rows {
        let heaviest = seen.iter().max_by_key(|one| one.weight);
        let busiest = seen.iter().max_by_key(|one| one.requests);
        println!(
            "| {edition} | {} | {width} | {} | {} | {} | {} | {} | {} | {} px |",
            if dark { "dark" } else { "light" },
            seen.len(),
            seen.iter().map(|one| one.violations.iter().flatten().count()).sum::<usize>(),
            heaviest.map_or(String::new(), |one| format!("{:.1} KB {}", one.weight as f64 / 1024.0, one.page)),
            busiest.map_or(String::new(), |one| format!("{} {}", one.requests, one.page)),
            seen.iter().map(|one| one.others.len()).sum::<usize>(),
            seen.iter().map(|one| one.errors.len()).sum::<usize>(),
            seen.iter().map(|one| one.overflow).max().unwrap_or_default(),
        );
    }
    println!("\n{} views in {:.0?}", seen.len(), begun.elapsed());
}

/// The same text by plain mdBook, both editions.
fn plain(mdbook: &Path, temporary: &Path) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut files = BTreeMap::new();
    for edition in ["en", "ko"] {
        let out = temporary.join("plain").join(edition);
        let built = Command::new(mdbook)
            .arg("build")
            .arg("--dest-dir")
            .arg(&out)
            .arg(root())
            .env("MDBOOK_BOOK__SRC", format!("book/{edition}"))
            .env("MDBOOK_BOOK__LANGUAGE", edition)
            .output()
            .map_err(|error| format!("{}: {error}", mdbook.display()))?;
        if !built.status.success() {
            return Err(format!("{}: {}", mdbook.display(), String::from_utf8_lossy(&built.stderr)));
        }
        let built = Server::folder(&out).map_err(|error| error.to_string())?;
        files.extend(built.into_iter().map(|(path, bytes)| (format!("{edition}/{path}"), bytes)));
    }
    Ok(files)
}

/// When something is first seen, beside plain mdBook, in turns so that
/// whatever else the machine does meets both.
fn paint(chromium: &Arc<Chromium>, ours: &Server, plain: &Server) {
    println!("\n| page | width | ours, first paint | plain mdBook | ratio | weight | plain | requests | plain |");
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    for page in ["en/index.html", "ko/index.html", "en/tcp/connection.html", "ko/tcp/connection.html"] {
        for width in [browser::tab::NARROW, browser::tab::WIDE] {
            let mut times = [Vec::new(), Vec::new()];
            let mut loads = [(0, 0); 2];
            for _ in 0..ROUNDS {
                for (at, server) in [ours, plain].into_iter().enumerate() {
                    let tab = chromium.open(&server.url(page), Look { width, ..Look::default() });
                    let painted = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime";
                    tab.until(painted);
                    times[at].push(tab.js(painted).as_f64().unwrap_or_default());
                    let requests = tab.requests();
                    loads[at] = (requests.iter().map(|one| one.bytes).sum::<u64>(), requests.len());
                }
            }
            let [ours, plain] = times.map(|mut times| {
                times.sort_by(f64::total_cmp);
                times[times.len() / 2]
            });
            println!(
                "| {page} | {width} | {ours:.0} ms | {plain:.0} ms | {:.2} | {:.1} KB | {:.1} KB | {} | {} |",
                ours / plain,
                loads[0].0 as f64 / 1024.0,
                loads[1].0 as f64 / 1024.0,
                loads[0].1,
                loads[1].1
            );
        }
    }
}
