//! A published site can be read without a network: a service worker keeps one
//! whole version of it.
//!
//! Both editions, not only the one that is read: the second adds about 2 MB
//! on the wire, as much as a photograph, and the language switch works without
//! a network, too. There is no worker under `cargo run`: it would go on
//! answering at that port for every other project.

use std::num::NonZero;

use sha2::{Digest as _, Sha256};

use super::Site;
use super::markdown::escape;
use crate::hex::hex;
use crate::text::{Lang, say};

/// Name of the worker, at the root of the site: its folder is its scope.
pub(super) const WORKER: &str = "worker.js";

/// The most that a browser is asked to keep of one version, in bytes. It holds
/// two while pages of an older version are open.
pub const MOST: usize = 32 * 1024 * 1024;

/// Ends a worker that an earlier build has left behind. What a site has unless
/// [`keep`] gives it a worker.
pub(super) const FAREWELL: &str = include_str!("offline/farewell.js");

const CODE: &str = include_str!("offline/worker.js");

/// What a browser keeps of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offline {
    /// How many files.
    pub files: usize,
    /// Bytes of all of them, not compressed.
    pub bytes: usize,
}

/// Gives `site` a service worker with the list of its files and their hashes,
/// and tells its pages of it. To be called once, when everything else is there.
///
/// # Errors
///
/// How much there is to keep, if that is more than [`MOST`].
pub fn keep(site: &mut Site) -> Result<Offline, Offline> {
    site.files.remove(WORKER);
    // SHA-256 is for the browser, which knows no quicker one.
    let mut whole = blake3::Hasher::new();
    whole.update(CODE.as_bytes());
    for (path, bytes) in &site.files {
        whole.update(path.as_bytes());
        whole.update(&[0]);
        whole.update(blake3::hash(bytes).as_bytes());
    }
    let version = hex(&whole.finalize().as_bytes()[..8]);
    for (path, bytes) in &mut site.files {
        tell(path, bytes, &version);
    }
    // A host shows its 404 page below any address: nobody goes there.
    let kept = || site.files.iter().filter(|(path, _)| *path != "404.html");
    let offline = Offline { files: kept().count(), bytes: kept().map(|(_, bytes)| bytes.len()).sum() };
    if offline.bytes > MOST {
        return Err(offline);
    }
    let files = serde_json::Value::Object(digests(&kept().collect::<Vec<_>>()));
    let worker =
        format!("const VERSION = \"{version}\";\nconst STAMP = \"{}\";\nconst FILES = {files};\n\n{CODE}", site.stamp);
    site.files.insert(WORKER.to_string(), worker.into_bytes());
    Ok(offline)
}

/// What the browser finds of each file, by its path.
fn digests(files: &[(&String, &Vec<u8>)]) -> serde_json::Map<String, serde_json::Value> {
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        let digest = |&(path, bytes): &(&String, &Vec<u8>)| (path.clone(), hex(&Sha256::digest(bytes)[..16]).into());
        let parts = files.chunks(files.len().div_ceil(threads).max(1));
        let threads = parts.map(|part| scope.spawn(move || part.iter().map(digest).collect::<Vec<_>>()));
        threads.collect::<Vec<_>>().into_iter().flat_map(super::joined).collect()
    })
}

/// Puts into a page of an edition where the worker is, and what to say of it.
fn tell(path: &str, bytes: &mut Vec<u8>, version: &str) {
    let lang = path.split_once('/').and_then(|(edition, _)| Lang::ALL.into_iter().find(|lang| lang.code() == edition));
    let (Some(lang), true) = (lang, path.ends_with(".html")) else { return };
    let Ok(html) = std::str::from_utf8(bytes) else { return };
    let say = |id: &str| escape(&say(lang, id, &[]));
    let meta = format!(
        "<meta name=\"sockets-offline\" content=\"{}{WORKER}\" data-version=\"{version}\" data-news=\"{}\" \
         data-reload=\"{}\" data-close=\"{}\"></head>",
        "../".repeat(path.matches('/').count()),
        say("site.offline.news"),
        say("site.offline.reload"),
        say("site.offline.close"),
    );
    *bytes = html.replacen("</head>", &meta, 1).into_bytes();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        let page = b"<html><head></head><body></body></html>";
        let mut site = Site::default();
        for path in ["index.html", "404.html", "en/tcp/connection.html", "ko/tcp/connection.html"] {
            site.files.insert(path.to_string(), page.to_vec());
        }
        site.files.insert(WORKER.to_string(), FAREWELL.into());
        site
    }

    fn text<'a>(site: &'a Site, path: &str) -> &'a str {
        std::str::from_utf8(&site.files[path]).unwrap()
    }

    #[test]
    fn the_same_site_has_the_same_worker_and_another_one_another() {
        let (mut one, mut same, mut other) = (site(), site(), site());
        other.files.insert("en/programs/a.rs".to_string(), b"fn main() {}".to_vec());
        assert_eq!(keep(&mut one).map(|offline| offline.files), Ok(3));
        keep(&mut same).unwrap();
        keep(&mut other).unwrap();
        assert_eq!(one.files, same.files);
        let first = |site: &Site| text(site, WORKER).lines().next().unwrap().to_string();
        assert_ne!(first(&one), first(&other));
    }

    #[test]
    fn the_worker_lists_what_is_served_and_pages_know_the_way_to_it() {
        let mut site = site();
        keep(&mut site).unwrap();
        let page = "ko/tcp/connection.html";
        let line = format!("\"{page}\":\"{}\"", hex(&Sha256::digest(&site.files[page])[..16]));
        assert!(text(&site, WORKER).contains(&line), "{line}");
        assert!(text(&site, page).contains("content=\"../../worker.js\""));
        assert!(!text(&site, "index.html").contains("sockets-offline"));
        assert!(!text(&site, WORKER).contains("404.html"));
    }

    #[test]
    fn a_site_that_is_too_large_to_keep_says_how_large() {
        let mut site = site();
        site.files.insert("en/film.bin".to_string(), vec![0; MOST]);
        assert!(keep(&mut site).is_err_and(|offline| offline.bytes > MOST));
    }
}
