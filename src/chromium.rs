//! Where Chromium is: it prints the PDFs, and reads the book in the tests.

use std::path::PathBuf;

/// `$CHROME`, or the first Chromium of the usual names. The one without windows
/// comes first: the same engine, and the tests take half the time.
#[must_use]
pub fn find() -> Option<PathBuf> {
    if let Some(chrome) = std::env::var_os("CHROME").filter(|chrome| !chrome.is_empty()) {
        return Some(PathBuf::from(chrome));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = [
        "chromium-headless-shell",
        "chrome-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome-stable",
        "google-chrome",
        "chrome",
        "microsoft-edge",
    ];
    let on_path = names.iter().flat_map(|name| std::env::split_paths(&path).map(move |dir| dir.join(name)));
    let bundles = ["Chromium", "Google Chrome"];
    let bundles = bundles.map(|name| PathBuf::from(format!("/Applications/{name}.app/Contents/MacOS/{name}")));
    on_path.chain(bundles).find(|path| path.is_file())
}
