//! `sockets net page`: builds the WebAssembly of the book's pages, and marks it
//! with its sources.
//!
//! `book/theme/netlab.wasm` is checked in, so that nobody needs a WebAssembly
//! target to build the book. A file carries a section `sources` with the hash of
//! everything it is made from; a test compares it, and runs the file.

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitCode};

use anyhow::{Context as _, bail, ensure};
use clap::Command;
use sha2::{Digest, Sha256};

use crate::cli::Context;
use crate::hex::hex;
use crate::text::{Lang, say};

/// What a file is compiled for.
const TARGET: &str = "wasm32-unknown-unknown";
/// Name of the section with the hash.
const SECTION: &str = "sources";

/// The files in `book/theme/`, and the feature of `netlab-page` that makes each.
pub const FILES: &[(&str, &str)] = &[("netlab.wasm", "play"), ("netlab-rust.wasm", "rust")];

/// The command line of `net page`.
pub(super) fn command(lang: Lang) -> Command {
    Command::new("page").about(say(lang, "net.page.about", &[]))
}

/// Builds the files.
pub(super) fn run(context: &Context) -> anyhow::Result<ExitCode> {
    let (root, lang) = (context.root.as_path(), context.lang);
    if !has_target()? {
        eprintln!("{}", say(lang, "net.page.no-target", &[("target", &TARGET)]));
        return Ok(ExitCode::FAILURE);
    }
    let sources = sources(root)?;
    for (file, feature) in FILES {
        let mut wasm = build(root, feature)?;
        append(&mut wasm, &format!("sha256 {sources}\n{}\n", toolchain()?));
        let path = root.join("book/theme").join(file);
        std::fs::write(&path, &wasm).with_context(|| path.display().to_string())?;
        let (bytes, gzip) = (wasm.len(), gzip_size(&wasm)?);
        println!("{}", say(lang, "net.page.wrote", &[("file", file), ("bytes", &bytes), ("gzip", &gzip)]));
    }
    Ok(ExitCode::SUCCESS)
}

/// The hash of everything the files are made from: the sources of netlab and of
/// its page without their tests, the versions of what they depend on, and how
/// they are compiled. Not the compiler: another one makes other bytes that do
/// the same.
///
/// # Errors
///
/// A file cannot be read.
pub fn sources(root: &Path) -> anyhow::Result<String> {
    let mut paths = vec![PathBuf::from("netlab/Cargo.toml"), PathBuf::from("netlab/page/Cargo.toml")];
    for folder in ["netlab/src", "netlab/page/src"] {
        for entry in walkdir::WalkDir::new(root.join(folder)) {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy();
            if entry.file_type().is_file() && name.ends_with(".rs") && name != "tests.rs" {
                paths.push(entry.path().strip_prefix(root)?.to_owned());
            }
        }
    }
    paths.sort();
    let mut hash = Sha256::new();
    for path in paths {
        let name: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        let text = std::fs::read_to_string(root.join(&path)).with_context(|| path.display().to_string())?;
        // A checkout on Windows may have other ends of lines.
        hash.update(format!("{}\n{}\n", name.join("/"), text.replace("\r\n", "\n")));
    }
    for line in dependencies(&toml_of(&root.join("Cargo.lock"))?) {
        hash.update(format!("{line}\n"));
    }
    let manifest = toml_of(&root.join("Cargo.toml"))?;
    for part in [["profile", "page"], ["workspace", "package"]] {
        let value = manifest.get(part[0]).and_then(|table| table.get(part[1]));
        hash.update(format!("{value:?}\n"));
    }
    Ok(hex(&hash.finalize()))
}

fn toml_of(path: &Path) -> anyhow::Result<toml::Table> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    text.parse().with_context(|| path.display().to_string())
}

/// Name, version and checksum of everything that `netlab-page` depends on.
fn dependencies(lock: &toml::Table) -> Vec<String> {
    let packages = lock.get("package").and_then(toml::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |package: &toml::Value, key: &str| {
        package.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned()
    };
    let mut open = vec!["netlab-page".to_owned()];
    let mut found: Vec<String> = Vec::new();
    while let Some(wanted) = open.pop() {
        // `name`, or `name version` where there are several.
        let (name, version) = wanted.split_once(' ').unwrap_or((&wanted, ""));
        for package in packages {
            if text(package, "name") != name || !text(package, "version").starts_with(version) {
                continue;
            }
            let line = format!("{name} {} {}", text(package, "version"), text(package, "checksum"));
            if found.contains(&line) {
                continue;
            }
            found.push(line);
            let needs = package.get("dependencies").and_then(toml::Value::as_array);
            open.extend(needs.into_iter().flatten().filter_map(toml::Value::as_str).map(str::to_owned));
        }
    }
    found.sort();
    found
}

/// Whether the compiler has the standard library for the target.
fn has_target() -> anyhow::Result<bool> {
    let folder = ask("rustc", &["--print", "target-libdir", "--target", TARGET])?;
    Ok(Path::new(folder.trim()).is_dir())
}

fn toolchain() -> anyhow::Result<String> {
    Ok(ask("rustc", &["--version"])?.trim().to_owned())
}

fn ask(program: &str, args: &[&str]) -> anyhow::Result<String> {
    let output = Process::new(program).args(args).output().with_context(|| program.to_owned())?;
    ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(String::from_utf8(output.stdout)?)
}

/// Compiles one file. The same sources and compiler give the same bytes on any
/// machine: paths of this one are taken out.
fn build(root: &Path, feature: &str) -> anyhow::Result<Vec<u8>> {
    let folder = root.join("target");
    let mut flags = vec![format!("--remap-path-prefix={}=.", root.display())];
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    if let Some(home) = home {
        flags.push(format!("--remap-path-prefix={}=", home.display()));
        // Of several prefixes the last that fits counts: the registry has a
        // folder with a name of this machine's choice.
        for entry in std::fs::read_dir(home.join("registry/src")).into_iter().flatten().flatten() {
            flags.push(format!("--remap-path-prefix={}=", entry.path().display()));
        }
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Process::new(cargo)
        .current_dir(root)
        .args(["build", "--quiet", "--locked", "--profile", "page", "--target", TARGET, "--package", "netlab-page"])
        .args(["--no-default-features", "--features", feature, "--target-dir"])
        .arg(&folder)
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .status()
        .context("cargo")?;
    if !status.success() {
        bail!("cargo build --package netlab-page: {status}");
    }
    let path = folder.join(TARGET).join("page/netlab_page.wasm");
    std::fs::read(&path).with_context(|| path.display().to_string())
}

/// Appends a custom section (WebAssembly Core Specification, section 5.5.3).
fn append(wasm: &mut Vec<u8>, text: &str) {
    let mut section = length(SECTION.len());
    section.extend(SECTION.bytes());
    section.extend(text.bytes());
    wasm.push(0);
    wasm.extend(length(section.len()));
    wasm.extend(section);
}

/// An unsigned LEB128 number.
fn length(mut number: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

/// The hash of the sources that a file says it was made from.
#[must_use]
pub fn made_from(wasm: &[u8]) -> Option<String> {
    // The section is the last one and small, so that it can be found from behind.
    let mark = format!("{}{SECTION}sha256 ", char::from(SECTION.len() as u8));
    let at = wasm.windows(mark.len()).rposition(|window| window == mark.as_bytes())? + mark.len();
    let hash = wasm.get(at..at + 64)?;
    String::from_utf8(hash.to_vec()).ok()
}

/// How many bytes a server sends that compresses with gzip.
///
/// # Errors
///
/// None is known: everything happens in memory.
pub fn gzip_size(bytes: &[u8]) -> anyhow::Result<u64> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .compression_level(Some(9));
    zip.start_file("file", options)?;
    zip.write_all(bytes)?;
    let mut archive = zip::ZipArchive::new(zip.finish()?)?;
    // gzip puts 18 bytes around the same deflated data (RFC 1952).
    Ok(archive.by_index(0)?.compressed_size() + 18)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_what_it_was_made_from() {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        assert_eq!(made_from(&wasm), None);
        let hash = "0123456789abcdef".repeat(4);
        append(&mut wasm, &format!("sha256 {hash}\nrustc 1\n"));
        assert_eq!(made_from(&wasm).as_deref(), Some(hash.as_str()));
        assert_eq!(wasm[8..11], [0, 88, 7]);
        assert_eq!(length(300), [0xac, 2]);
    }

    #[test]
    fn a_lockfile_tells_what_a_page_depends_on() {
        let lock = "[[package]]\nname = 'netlab-page'\nversion = '1'\ndependencies = ['netlab']\n[[package]]\nname = 'netlab'\nversion = '1'\ndependencies = ['x 2.0']\n[[package]]\nname = 'x'\nversion = '1.0'\n[[package]]\nname = 'x'\nversion = '2.0'\nchecksum = 'c'\n[[package]]\nname = 'y'\nversion = '1'\n";
        assert_eq!(dependencies(&lock.parse().unwrap()), ["netlab 1 ", "netlab-page 1 ", "x 2.0 c"]);
    }

    #[test]
    fn compressed_sizes_are_those_of_gzip() {
        assert!(gzip_size(&[0; 100_000]).unwrap() < 300);
    }
}
