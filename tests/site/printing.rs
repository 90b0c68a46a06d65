//! Each edition on paper.

use std::io::Read as _;
use std::process::Command;

use crate::small;

fn build(project: &crate::fake::Project, out: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockets"));
    command.current_dir(project.root()).args(["--lang", "en", "build", "--pdf", "--out"]).arg(out);
    command
}

/// What the streams of a PDF hold, and everything around them.
fn unpacked(pdf: &[u8]) -> String {
    let find =
        |from: usize, what: &[u8]| pdf[from..].windows(what.len()).position(|one| one == what).map(|at| from + at);
    let mut out = String::from_utf8_lossy(pdf).into_owned();
    let mut at = 0;
    while let Some(start) = find(at, b"stream\n") {
        let Some(end) = find(start, b"endstream") else { break };
        let mut text = Vec::new();
        // A font is no text, and not every stream is compressed.
        if flate2::read::ZlibDecoder::new(&pdf[start + 7..end]).read_to_end(&mut text).is_ok() {
            out.push_str(&String::from_utf8_lossy(&text));
        }
        at = end + 9;
    }
    out
}

#[test]
fn each_edition_is_printed_with_outline_links_and_text() {
    if browser::chromium::skipped() {
        eprintln!("not run: BROWSER_TESTS=skip");
        return;
    }
    assert!(sockets::chromium::find().is_some(), "{}", browser::chromium::MISSING);
    let project = small::project();
    let dir = tempfile::tempdir().unwrap();
    let built = build(&project, dir.path()).output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    for (edition, letter) in [("en", 'A'..='z'), ("ko", '가'..='힣')] {
        let pdf = std::fs::read(dir.path().join(format!("sockets.{edition}.pdf"))).unwrap();
        let text = unpacked(&pdf);
        for part in ["/Outlines", "/Dests", "/FontFile", "beginbfchar"] {
            assert!(text.contains(part), "{edition}: no {part}");
        }
        // Its letters can be copied and searched: a line of a ToUnicode table
        // ends with the letter that a glyph stands for.
        let letters = text.lines().filter_map(|line| line.trim().strip_suffix('>')?.rsplit_once('<'));
        let mut letters = letters.filter_map(|(_, code)| char::from_u32(u32::from_str_radix(code, 16).ok()?));
        assert!(letters.any(|one| letter.contains(&one)), "{edition}: no letter of {letter:?}");
    }
    // What can be read on paper is nothing to keep in every browser.
    let worker = std::fs::read_to_string(dir.path().join("worker.js")).unwrap();
    assert!(worker.contains("\"en/index.html\"") && !worker.contains(".pdf"));
}

#[test]
fn without_chromium_it_says_how_to_get_one() {
    let project = small::project();
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("site");
    let built = build(&project, &out).env("PATH", "").env_remove("CHROME").output().unwrap();
    if cfg!(target_os = "macos") && built.status.success() {
        return; // One is in /Applications.
    }
    let said = String::from_utf8_lossy(&built.stderr).into_owned();
    assert!(!built.status.success() && said.contains("apt install chromium"), "{said}");
    assert!(!out.exists());
}
