//! A tab: going somewhere, waiting for what is seen, asking the page.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};

use crate::chromium::Chromium;
use crate::wire::{Ear, Request};
use crate::{PATIENCE, root};

/// How a reader looks at pages.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Width of the window in CSS pixels.
    pub width: u32,
    /// Whether the system is dark.
    pub dark: bool,
    /// Languages of the browser, as in `Accept-Language`.
    pub languages: &'static str,
    /// Whether the pages may run scripts.
    pub scripts: bool,
}

impl Default for Look {
    fn default() -> Look {
        Look { width: 1280, dark: false, languages: "en", scripts: true }
    }
}

/// The telephone of the tests.
pub const NARROW: u32 = 390;

/// The desk of the tests.
pub const WIDE: u32 = 1280;

/// A tab of a visitor of its own.
#[derive(Debug)]
pub struct Tab {
    pub(crate) browser: Arc<Chromium>,
    pub(crate) session: String,
    visitor: Arc<Visitor>,
    ear: Arc<Ear>,
    scripts: bool,
}

/// Storage, cache and downloads of a visitor.
#[derive(Debug)]
struct Visitor {
    browser: Arc<Chromium>,
    context: String,
    downloads: tempfile::TempDir,
}

impl Drop for Visitor {
    fn drop(&mut self) {
        self.browser.wire.tell("", "Target.disposeBrowserContext", &json!({ "browserContextId": self.context }));
    }
}

impl Tab {
    #[track_caller]
    pub(crate) fn new(browser: &Arc<Chromium>, look: Look) -> Tab {
        let made = browser.ask("", "Target.createBrowserContext", &json!({}));
        let context = string(&made["browserContextId"]);
        let downloads = tempfile::tempdir().expect("a temporary folder");
        let allowed = json!({ "behavior": "allow", "browserContextId": context, "downloadPath": downloads.path() });
        browser.ask("", "Browser.setDownloadBehavior", &allowed);
        let permissions = json!(["clipboardReadWrite", "clipboardSanitizedWrite"]);
        browser.ask(
            "",
            "Browser.grantPermissions",
            &json!({ "permissions": permissions, "browserContextId": context }),
        );
        Tab::of(Arc::new(Visitor { browser: Arc::clone(browser), context, downloads }), look)
    }

    #[track_caller]
    fn of(visitor: Arc<Visitor>, look: Look) -> Tab {
        let browser = Arc::clone(&visitor.browser);
        let made = json!({ "url": "about:blank", "browserContextId": visitor.context, "newWindow": true });
        let target = browser.ask("", "Target.createTarget", &made);
        let attached = json!({ "targetId": target["targetId"], "flatten": true });
        let session = string(&browser.ask("", "Target.attachToTarget", &attached)["sessionId"]);
        let ear = Arc::new(Ear::of(&session));
        browser.wire.listen(&session, Arc::clone(&ear));
        let tab = Tab { browser, session, visitor, ear, scripts: look.scripts };
        for domain in ["Page", "Runtime", "Network", "Log"] {
            tab.ask(&format!("{domain}.enable"), json!({}));
        }
        let workers = json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true });
        tab.ask("Target.setAutoAttach", workers);
        // A tab behind another one has the focus, too.
        tab.ask("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }));
        let languages = json!({ "userAgent": tab.browser.agent(), "acceptLanguage": look.languages });
        tab.ask("Emulation.setUserAgentOverride", languages);
        tab.ask("Emulation.setScriptExecutionDisabled", json!({ "value": !look.scripts }));
        tab.look(look);
        tab
    }

    /// Another tab of the same visitor.
    #[track_caller]
    #[must_use]
    pub fn another(&self, look: Look) -> Tab {
        Tab::of(Arc::clone(&self.visitor), look)
    }

    /// Sends one message of Chromium's protocol.
    #[track_caller]
    pub fn ask(&self, method: &str, params: Value) -> Value {
        self.browser.ask(&self.session, method, &params)
    }

    /// Changes width and theme; languages and scripts stay.
    #[track_caller]
    pub fn look(&self, look: Look) {
        let size = json!({ "width": look.width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.ask("Emulation.setDeviceMetricsOverride", size);
        let theme = if look.dark { "dark" } else { "light" };
        // Nothing moves: what a test sees is where it stays.
        let features = json!([
            { "name": "prefers-color-scheme", "value": theme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.ask("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// Goes to an address and waits until the page has what it loads by itself.
    #[track_caller]
    pub fn goto(&self, url: &str) {
        let before = self.ear.heard().loads;
        let answer = self.ask("Page.navigate", json!({ "url": url }));
        if let Some(error) = answer["errorText"].as_str() {
            panic!("{url}: {error}");
        }
        // Without a new document only the section has changed.
        if answer.get("loaderId").is_some() {
            self.loaded(before, url);
        }
        self.settle();
    }

    /// Loads the page again.
    #[track_caller]
    pub fn reload(&self) {
        let before = self.ear.heard().loads;
        self.ask("Page.reload", json!({}));
        self.loaded(before, "reload");
        self.settle();
    }

    /// Does what leads to another page, and waits until it is there.
    #[track_caller]
    pub fn turn(&self, does: impl FnOnce(&Tab)) {
        let before = self.ear.heard().loads;
        does(self);
        self.loaded(before, "another page");
        self.settle();
    }

    #[track_caller]
    fn loaded(&self, before: usize, what: &str) {
        let there = self.ear.wait(Instant::now() + PATIENCE, |heard| heard.loads > before);
        assert!(there, "{what} was not loaded");
    }

    /// Waits until nothing is under way: no request, and nothing new after the
    /// page was idle twice.
    #[track_caller]
    pub fn settle(&self) {
        let until = Instant::now() + PATIENCE;
        let mut seen = usize::MAX;
        loop {
            let quiet = self.ear.wait(until, |heard| heard.pending.is_empty());
            assert!(quiet, "still loading: {:?}", self.ear.heard().requests);
            if !self.scripts {
                return;
            }
            self.js("new Promise(idle => requestIdleCallback(() => setTimeout(idle), { timeout: 500 }))");
            let heard = self.ear.heard();
            if heard.pending.is_empty() && seen == heard.requests.len() {
                return;
            }
            seen = heard.requests.len();
        }
    }

    /// The value of an expression, or of what it promises.
    #[track_caller]
    pub fn js(&self, expression: &str) -> Value {
        self.eval(expression).unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    pub(crate) fn eval(&self, expression: &str) -> Result<Value, String> {
        let asked = json!({
            "expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true,
        });
        let mut answer = self.browser.wire.ask(&self.session, "Runtime.evaluate", &asked)?;
        match answer.get("exceptionDetails") {
            Some(details) => Err(details["exception"]["description"].as_str().unwrap_or("an exception").to_string()),
            None => Ok(answer["result"]["value"].take()),
        }
    }

    /// The value of an expression as text.
    #[track_caller]
    pub fn text(&self, expression: &str) -> String {
        match self.js(expression) {
            Value::String(text) => text,
            other => panic!("{expression} is no text: {other}"),
        }
    }

    /// Whether an expression is true.
    #[track_caller]
    pub fn is(&self, expression: &str) -> bool {
        self.js(&format!("Boolean({expression})")) == Value::Bool(true)
    }

    /// Waits until an expression is true. A page that is being left, or that
    /// has no such element yet, counts as "not yet".
    #[track_caller]
    pub fn until(&self, expression: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let got = self.eval(&format!("Boolean({expression})"));
            if got == Ok(Value::Bool(true)) {
                return;
            }
            assert!(Instant::now() < end, "waited for {expression}: {got:?} on {:?}", self.eval("location.href"));
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until an element that fits `selector` can be seen.
    #[track_caller]
    pub fn see(&self, selector: &str) {
        self.until(&format!(
            "document.querySelector({})?.checkVisibility({{ visibilityProperty: true }})",
            json!(selector)
        ));
    }

    /// What an element says, as a reader sees it.
    #[track_caller]
    pub fn read(&self, selector: &str) -> String {
        self.see(selector);
        self.text(&format!("document.querySelector({}).innerText", json!(selector)))
    }

    /// The address, with its section.
    #[track_caller]
    pub fn address(&self) -> String {
        self.text("location.href")
    }

    /// Cuts the page off from every network, or joins it again. Workers keep
    /// theirs: who tests a service worker ends the [`crate::Server`] instead.
    #[track_caller]
    pub fn offline(&self, offline: bool) {
        let none = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.ask("Network.emulateNetworkConditions", none);
    }

    /// Every request of the page and its workers so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.ear.heard().requests.clone()
    }

    /// What went wrong in the page so far: exceptions, console errors, failed
    /// requests, dialogs.
    #[must_use]
    pub fn errors(&self) -> Vec<String> {
        self.ear.heard().errors.clone()
    }

    /// How many pixels the page is wider than the window.
    #[track_caller]
    pub fn overflow(&self) -> i64 {
        self.js("document.documentElement.scrollWidth - document.documentElement.clientWidth").as_i64().unwrap_or(-1)
    }

    /// Waits for a file that the page gave the reader.
    #[track_caller]
    #[must_use]
    pub fn download(&self, name: &str) -> Vec<u8> {
        let (path, end) = (self.visitor.downloads.path().join(name), Instant::now() + PATIENCE);
        // It has its name once it is whole.
        while !path.is_file() {
            assert!(Instant::now() < end, "{name} was not saved");
            std::thread::sleep(Duration::from_millis(10));
        }
        std::fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Writes a picture of the window.
    ///
    /// # Errors
    ///
    /// Chromium does not answer, or the file cannot be written.
    pub fn picture(&self, path: &Path) -> Result<(), String> {
        let shot = self.browser.wire.ask(&self.session, "Page.captureScreenshot", &json!({ "format": "png" }))?;
        let png = base64::prelude::BASE64_STANDARD.decode(string(&shot["data"])).map_err(|error| error.to_string())?;
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| error.to_string())?;
        }
        std::fs::write(path, png).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// A PDF of the page.
    #[track_caller]
    #[must_use]
    pub fn pdf(&self, options: Value) -> Vec<u8> {
        let printed = self.ask("Page.printToPDF", options);
        base64::prelude::BASE64_STANDARD.decode(string(&printed["data"])).expect("base64")
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let name = std::thread::current().name().unwrap_or("tab").replace("::", "-");
            let path: PathBuf = root().join("target/screenshots").join(format!("{name}.png"));
            let errors = self.errors();
            match self.picture(&path) {
                Ok(()) => eprintln!("picture: target/screenshots/{name}.png; errors of the page: {errors:?}"),
                Err(error) => eprintln!("no picture: {error}; errors of the page: {errors:?}"),
            }
        }
        self.browser.wire.forget(&self.ear);
    }
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}
