//! From a saved edit to the page that shows it, under `sockets serve`.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use super::cold::first_address;
use crate::cli::Context;
use crate::lab::handed;
use crate::site::sources;

/// A chapter with every kind of card.
const CHAPTER: &str = "book/en/tcp/connection.md";
/// Longer than this is no build.
const PATIENCE: Duration = Duration::from_secs(60);

/// One time a run: a line is added to a chapter in a copy of the book, and the
/// browser told that there is a new site.
pub(super) fn measure(context: &Context, program: &Path, runs: usize) -> anyhow::Result<Vec<Duration>> {
    let copy = tempfile::tempdir()?;
    copy_book(&context.root, copy.path())?;
    let mut server = Command::new(program);
    server.current_dir(copy.path()).args(["serve", "--no-open", "--port", "0"]);
    let mut server = server.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let times = edits(&mut server, &copy.path().join(CHAPTER), runs);
    server.kill().context("cannot end the server")?;
    server.wait()?;
    times
}

fn edits(server: &mut Child, chapter: &Path, runs: usize) -> anyhow::Result<Vec<Duration>> {
    let host = first_address(server)?;
    let mut stream = TcpStream::connect(&host).with_context(|| host.clone())?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET /_live/news HTTP/1.1\r\nHost: {host}\r\n\r\n")?;
    let mut news = BufReader::new(stream).lines();
    let mut until = |part: &str| -> anyhow::Result<()> {
        for line in news.by_ref() {
            let line = line?;
            ensure!(!line.contains("\"kind\":\"broken\""), "{line}");
            if line.contains(part) {
                return Ok(());
            }
        }
        anyhow::bail!("the server ended before {part}")
    };
    until("event: hello")?;
    let text = fs::read_to_string(chapter)?;
    let mut times = Vec::new();
    for run in 0..runs {
        let begun = Instant::now();
        fs::write(chapter, format!("{text}\n{run}.\n"))?;
        until("\"kind\":\"built\"")?;
        times.push(begun.elapsed());
    }
    Ok(times)
}

/// What a build reads, without what building left beside it.
fn copy_book(root: &Path, to: &Path) -> anyhow::Result<()> {
    for file in sources::files(root) {
        handed::replace(&to.join(file.strip_prefix(root)?), &fs::read(&file)?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prove::table::Verdicts;

    #[test]
    fn the_copy_is_a_book_and_no_build() {
        let (root, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let read = ["book.toml", CHAPTER, "labs/one/lab.toml", "tests/subjects/ideas.ko.toml", Verdicts::FILE];
        for path in read.into_iter().chain(["labs/target/x", "src/main.rs"]) {
            handed::replace(&root.path().join(path), path.as_bytes()).unwrap();
        }
        copy_book(root.path(), copy.path()).unwrap();
        assert_eq!(fs::read_to_string(copy.path().join(CHAPTER)).unwrap(), CHAPTER);
        assert!(read.iter().all(|path| copy.path().join(path).is_file()));
        assert!(!copy.path().join("labs/target").exists() && !copy.path().join("src").exists());
    }
}
