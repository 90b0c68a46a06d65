//! A published site without a network, and when a newer version is there.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use browser::{Look, Server, Tab};
use sockets::site::{self, Site};
use sockets::text::Lang;

use crate::chromium;

const HOME: &str = "https://example.org/sub/";

/// The book for a host below `/sub/`, without a worker yet.
fn site() -> &'static Site {
    static SITE: OnceLock<Site> = OnceLock::new();
    SITE.get_or_init(|| site::build(Path::new(env!("CARGO_MANIFEST_DIR")), Some(HOME), Lang::En, &|_| {}).unwrap())
}

/// What `sockets build` would write for `site`.
fn published(site: &Site) -> BTreeMap<String, Vec<u8>> {
    let mut site = site.clone();
    site::keep(&mut site).expect("small enough");
    site.files
}

/// Another version: every file of text says so, and none has another name.
fn newer() -> Site {
    let mut site = site().clone();
    for (path, bytes) in &mut site.files {
        let more: &[u8] = match path.rsplit('.').next() {
            Some("html") => b"<!-- newer --><script>window.newer = true</script>",
            Some("js" | "rs") => b"\n// newer",
            _ => continue,
        };
        bytes.extend(more);
    }
    site
}

fn serve(files: BTreeMap<String, Vec<u8>>) -> Server {
    Server::start_below("/sub/", files)
}

/// Waits until the book is kept and looks after the page.
#[track_caller]
fn kept(tab: &Tab) {
    tab.until("navigator.serviceWorker.controller?.state === 'activated'");
}

/// Waits until the page has told the worker its version, which it does last. A
/// worker that hears of it while it is being replaced is woken again, and one
/// with a debugger does not end by itself: the new one would wait for minutes.
#[track_caller]
fn introduced(tab: &Tab) {
    let module = "document.querySelector('script[type=module]').src.replace('book.js', 'offline.js')";
    tab.js(&format!("import({module}).then(() => true)"));
}

#[track_caller]
fn run(tab: &Tab, script: &str) {
    let within = format!("[data-testid=experiment][data-script='{script}']");
    tab.click(&format!("{within} [data-testid=run]"));
    tab.until(&format!("document.querySelector(\"{within}\").dataset.ms"));
}

/// Whether what the page loads now is of the newer version.
#[track_caller]
fn loads_newer(tab: &Tab, path: &str) -> bool {
    let loads = format!("fetch('{path}').then(answer => answer.text())");
    tab.text(&loads).ends_with("// newer")
}

/// What becomes of the newest worker of the page's site. A page that was just
/// opened may have looked for it, too: then it is there already, and not found.
#[track_caller]
fn update(tab: &Tab) -> String {
    tab.text(
        "(async () => { \
           const one = await navigator.serviceWorker.getRegistration(); \
           let found; \
           one.addEventListener('updatefound', () => { found = one.installing; }); \
           await one.update(); \
           const worker = one.installing ?? found ?? one.waiting ?? one.active; \
           const ended = () => ['redundant', 'activated'].includes(worker.state); \
           while (!ended()) await new Promise(done => worker.addEventListener('statechange', done, { once: true })); \
           return worker.state; })()",
    )
}

#[test]
fn the_book_is_read_on_without_a_network() {
    let Some(chromium) = chromium() else { return };
    let server = serve(published(site()));
    let tab = chromium.open(&server.url("en/tcp/connection.html"), Look::default());
    kept(&tab);
    server.stop();

    // The page that is open, with parts that it had not loaded yet.
    run(&tab, "handshake");
    // Another chapter, the other edition, the root.
    tab.goto(&server.url("en/udp/datagrams.html"));
    assert_eq!(tab.js("document.querySelectorAll('article > h2').length > 5"), true);
    let script = tab.text("document.querySelector('[data-testid=experiment][data-mode=run]').dataset.script");
    run(&tab, &script);
    tab.turn(|tab| tab.click("[data-testid=language-switch]"));
    assert_eq!(tab.text("document.documentElement.lang"), "ko");
    tab.click("[data-testid=search-open]");
    tab.see("[data-testid=search-input]");
    tab.insert("소켓");
    tab.see("[data-testid=search-result]");
    tab.goto(&server.url(""));
    tab.until("location.pathname.startsWith('/sub/ko/') && document.querySelector('article')");
    assert_eq!(tab.errors(), Vec::<String>::new());
}

#[test]
fn a_page_never_gets_a_file_of_another_version() {
    let Some(chromium) = chromium() else { return };
    let server = serve(published(site()));
    let old = chromium.open(&server.url("en/tcp/connection.html"), Look::default());
    kept(&old);
    let script = old.text("document.querySelector('script[type=module]').src");
    let parts = ["../programs/handshake.rs", script.as_str()];

    // A host in the middle of an update: one file is not there yet.
    let mut half = published(&newer());
    half.remove("ko/programs/handshake.rs").expect("a file of the book");
    server.publish(half);
    assert_eq!(update(&old), "redundant");
    old.reload();
    introduced(&old);
    assert!(!old.is("window.newer"), "an update that failed leaves the version before");
    for part in parts {
        assert!(!loads_newer(&old, part), "{part}");
    }

    // Every open page hears of the whole one.
    let other = old.another(Look::default());
    other.goto(&server.url("en/udp/datagrams.html"));
    introduced(&other);
    server.publish(published(&newer()));
    assert_eq!(update(&old), "activated");
    for tab in [&old, &other] {
        tab.see("[data-testid=news]");
    }
    assert!(!old.is("window.newer"), "a page stays what it is until its reader loads it again");
    for part in parts {
        assert!(!loads_newer(&old, part), "{part}");
    }
    // Without a network, too: both versions are whole.
    server.stop();
    run(&old, "handshake");
    old.turn(|tab| tab.click("[data-testid=news-reload]"));
    assert!(old.is("window.newer"));
    for part in parts {
        assert!(loads_newer(&old, part), "{part}");
    }
    assert!(!old.is("document.querySelector('[data-testid=news]')"));
}

#[test]
fn the_version_before_goes_when_nobody_reads_it_any_more() {
    let Some(chromium) = chromium() else { return };
    let server = serve(published(site()));
    let tab = chromium.open(&server.url("en/index.html"), Look::default());
    kept(&tab);
    let versions = "caches.keys().then(names => names.filter(name => !name.endsWith('pages')).length)";
    assert_eq!(tab.js(versions), 1);
    server.publish(published(&newer()));
    assert_eq!(update(&tab), "activated");
    assert_eq!(tab.js(versions), 2);
    // A page counts as open for a minute after it was asked for.
    let later = "caches.open((await caches.keys()).find(name => name.endsWith('pages'))).then(async pages => { \
                   for (const key of await pages.keys()) { \
                     const note = await (await pages.match(key)).json(); \
                     await pages.put(key, new Response(JSON.stringify({ ...note, since: 0 }))); } })";
    tab.js(&format!("(async () => {later})()"));
    tab.reload();
    tab.goto(&server.url("en/labs.html"));
    tab.js(
        "(async () => { while ((await caches.keys()).length > 2) await new Promise(done => setTimeout(done, 10)); })()",
    );
    assert_eq!(tab.js(versions), 1);
    assert!(tab.is("window.newer"));
}

#[test]
fn nothing_stays_where_the_book_is_served_from_its_sources() {
    let Some(chromium) = chromium() else { return };
    let server = serve(published(site()));
    let tab = chromium.open(&server.url("en/tcp/connection.html"), Look::default());
    kept(&tab);
    // The same address, and now the files that `cargo run` would serve.
    server.publish(site().files.clone());
    tab.goto(&server.url("en/udp/datagrams.html"));
    tab.until("!document.querySelector('meta[name=sockets-offline]') && document.querySelector('article')");
    assert_eq!(tab.js("navigator.serviceWorker.getRegistrations().then(all => all.length)"), 0);
    assert_eq!(tab.js("caches.keys().then(names => names.length)"), 0);

    let fresh = chromium.open(&server.url("en/tcp/connection.html"), Look::default());
    fresh.settle();
    assert_eq!(fresh.js("navigator.serviceWorker.getRegistrations().then(all => all.length)"), 0);
}

#[test]
fn no_page_of_a_site_below_a_path_leads_out_of_it() {
    let Some(chromium) = chromium() else { return };
    let files = published(site());
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let page = std::str::from_utf8(bytes).unwrap();
        for attribute in ["href=\"", "src=\"", "content=\""] {
            for value in page.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(!value.starts_with('/'), "{path}: {attribute}{value}");
                assert!(!value.contains("example.org") || value.starts_with(HOME), "{path}: {attribute}{value}");
            }
        }
    }
    let server = serve(site().files.clone());
    let below = server.url("");
    for start in ["", "en/tcp/connection.html", "ko/bench.html"] {
        let tab = chromium.open(&server.url(start), Look::default());
        tab.until("document.querySelector('[data-testid=language-switch]')");
        tab.turn(|tab| tab.click("[data-testid=language-switch]"));
        tab.turn(|tab| tab.click(".turn a"));
        assert_eq!(tab.errors(), Vec::<String>::new());
        for request in tab.requests() {
            assert!(request.url.starts_with(&below) && request.status == 200, "{request:?}");
        }
        assert!(tab.address().starts_with(&below));
    }
}
