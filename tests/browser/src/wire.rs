//! Messages to Chromium and back: JSON in a pair of pipes, a zero byte after
//! each (`--remote-debugging-pipe`).

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::{Value, json};

use crate::PATIENCE;

/// The two pipes.
#[derive(Debug)]
pub(crate) struct Wire {
    to: Mutex<ChildStdin>,
    next: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Who waits for the answer to which message.
    asking: HashMap<u64, Sender<Result<Value, String>>>,
    /// Whose events are those of a session.
    ears: HashMap<String, Arc<Ear>>,
    ended: bool,
}

/// What a tab and its workers told of themselves.
#[derive(Debug)]
pub(crate) struct Ear {
    /// Session of the tab; every other one is a worker's.
    tab: String,
    heard: Mutex<Heard>,
    news: Condvar,
}

/// Requests, errors and loads, as far as they have come.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) requests: Vec<Request>,
    /// From the id of a request to where it is in `requests`. A worker's script
    /// is asked for by the page and answered to the worker.
    known: HashMap<String, usize>,
    /// Requests under way.
    pub(crate) pending: HashMap<String, Asked>,
    pub(crate) errors: Vec<String>,
    pub(crate) loads: usize,
}

/// Who waits for an answer.
#[derive(Debug)]
pub(crate) struct Asked {
    session: String,
    /// The document that it belongs to.
    loader: String,
}

/// A request of a page or of a worker of it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Address, without what follows `#`.
    pub url: String,
    /// HTTP status; 0 if there was no answer.
    pub status: u64,
    /// Bytes that came, headers and compressed body.
    pub bytes: u64,
}

impl Request {
    /// Host and port.
    #[must_use]
    pub fn host(&self) -> &str {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        rest.split(['/', '?']).next().unwrap_or_default()
    }
}

impl Ear {
    pub(crate) fn of(tab: &str) -> Ear {
        Ear { tab: tab.to_string(), heard: Mutex::default(), news: Condvar::new() }
    }

    pub(crate) fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `is` holds of what was heard; false if it never does.
    pub(crate) fn wait(&self, until: Instant, is: impl Fn(&Heard) -> bool) -> bool {
        let left = until.saturating_duration_since(Instant::now());
        let (heard, _) = self
            .news
            .wait_timeout_while(self.heard(), left, |heard| !is(heard))
            .unwrap_or_else(PoisonError::into_inner);
        is(&heard)
    }

    /// A worker that lives has its script; one that ended waits for nothing.
    fn let_go(&self, session: &str, script: &str) {
        let mut heard = self.heard();
        let Heard { pending, known, requests, .. } = &mut *heard;
        pending
            .retain(|id, asked| asked.session != session && known.get(id).is_none_or(|&at| requests[at].url != script));
        drop(heard);
        self.news.notify_all();
    }

    fn hear(&self, session: &str, method: &str, params: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let key = text(&params["requestId"]);
        let mut heard = self.heard();
        match method {
            "Page.loadEventFired" => heard.loads += 1,
            "Network.requestWillBeSent" => {
                let url = text(&params["request"]["url"]);
                // Neither leaves the browser.
                if !url.starts_with("data:") && !url.starts_with("blob:") {
                    let at = heard.requests.len();
                    heard.requests.push(Request { url, ..Request::default() });
                    heard.known.insert(key.clone(), at);
                    // A stream of events never ends.
                    if params["type"] != "EventSource" {
                        let asked = Asked { session: session.to_string(), loader: text(&params["loaderId"]) };
                        heard.pending.insert(key, asked);
                    }
                }
            }
            // What the document before this one still waited for never comes,
            // and of some of it nothing is heard any more.
            "Page.frameNavigated" if params["frame"].get("parentId").is_none() => {
                let loader = text(&params["frame"]["loaderId"]);
                heard.pending.retain(|_, asked| asked.session != session || asked.loader == loader);
            }
            "Network.responseReceived" => {
                if let Some(&at) = heard.known.get(&key) {
                    heard.requests[at].status = params["response"]["status"].as_u64().unwrap_or_default();
                }
            }
            "Network.loadingFinished" | "Network.loadingFailed" => {
                if let Some(&at) = heard.known.get(&key) {
                    heard.requests[at].bytes = params["encodedDataLength"].as_f64().unwrap_or_default() as u64;
                }
                heard.pending.remove(&key);
            }
            "Runtime.exceptionThrown" => {
                let details = &params["exceptionDetails"];
                let what = details["exception"]["description"].as_str().or(details["text"].as_str());
                heard.errors.push(format!("{} ({})", what.unwrap_or("exception"), text(&details["url"])));
            }
            "Runtime.consoleAPICalled" if matches!(params["type"].as_str(), Some("error" | "assert")) => {
                let said = params["args"].as_array().into_iter().flatten();
                let said = said.filter_map(|one| one["description"].as_str().or(one["value"].as_str()));
                heard.errors.push(said.collect::<Vec<_>>().join(" "));
            }
            "Log.entryAdded" if params["entry"]["level"] == "error" => {
                let entry = &params["entry"];
                heard.errors.push(format!("{} ({})", text(&entry["text"]), text(&entry["url"])));
            }
            // Of a worker that was ended, Chromium says the same.
            "Inspector.targetCrashed" if session == self.tab => heard.errors.push("the page crashed".to_string()),
            _ => return,
        }
        drop(heard);
        self.news.notify_all();
    }
}

impl Wire {
    /// Joins both pipes; a thread hears what comes until Chromium ends.
    pub(crate) fn new(to: ChildStdin, from: ChildStdout) -> Arc<Wire> {
        let wire = Arc::new(Wire { to: Mutex::new(to), next: AtomicU64::new(1), state: Mutex::default() });
        let hears = Arc::clone(&wire);
        std::thread::spawn(move || {
            let mut from = BufReader::with_capacity(1 << 20, from);
            let mut message = Vec::new();
            while from.read_until(0, &mut message).is_ok_and(|n| n > 0) {
                message.pop();
                if let Ok(message) = serde_json::from_slice(&message) {
                    hears.arrived(&message);
                }
                message.clear();
            }
            let mut state = hears.state();
            state.ended = true;
            // Whoever waits hears that nobody answers any more.
            state.asking.clear();
        });
        wire
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn arrived(&self, message: &Value) {
        if let Some(id) = message["id"].as_u64() {
            let Some(asked) = self.state().asking.remove(&id) else { return };
            let answer = match message.get("error") {
                Some(error) => Err(error["message"].as_str().unwrap_or("error").to_string()),
                None => Ok(message["result"].clone()),
            };
            // Who asked may have lost patience.
            asked.send(answer).ok();
            return;
        }
        let (session, params) = (message["sessionId"].as_str().unwrap_or_default(), &message["params"]);
        let Some(ear) = self.state().ears.get(session).cloned() else { return };
        match message["method"].as_str().unwrap_or_default() {
            // A worker of the page: heard as the page, then let go.
            "Target.attachedToTarget" => {
                let Some(worker) = params["sessionId"].as_str() else { return };
                ear.let_go("", params["targetInfo"]["url"].as_str().unwrap_or_default());
                self.listen(worker, ear);
                // What a service worker fetches for later is no part of a page.
                let network = params["targetInfo"]["type"] != "service_worker";
                for method in network
                    .then_some("Network.enable")
                    .into_iter()
                    .chain(["Runtime.enable", "Runtime.runIfWaitingForDebugger"])
                {
                    self.tell(worker, method, &json!({}));
                }
            }
            "Target.detachedFromTarget" => ear.let_go(params["sessionId"].as_str().unwrap_or_default(), ""),
            // A dialog would stop everything.
            "Page.javascriptDialogOpening" => {
                ear.heard().errors.push(format!("a dialog: {}", params["message"]));
                self.tell(session, "Page.handleJavaScriptDialog", &json!({ "accept": true }));
            }
            method => ear.hear(session, method, params),
        }
    }

    /// Events of `session` go to `ear` from now on.
    pub(crate) fn listen(&self, session: &str, ear: Arc<Ear>) {
        self.state().ears.insert(session.to_string(), ear);
    }

    /// Forgets every session of `ear`.
    pub(crate) fn forget(&self, ear: &Arc<Ear>) {
        self.state().ears.retain(|_, one| !Arc::ptr_eq(one, ear));
    }

    /// Sends a message whose answer nobody needs.
    pub(crate) fn tell(&self, session: &str, method: &str, params: &Value) {
        self.send(self.next.fetch_add(1, Ordering::Relaxed), session, method, params);
    }

    fn send(&self, id: u64, session: &str, method: &str, params: &Value) {
        let mut message = json!({ "id": id, "method": method, "params": params });
        if !session.is_empty() {
            message["sessionId"] = session.into();
        }
        let mut to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        // If Chromium has ended, the other thread knows.
        to.write_all(format!("{message}\0").as_bytes()).ok();
    }

    /// Sends a message and waits for its answer; `session` is empty for the
    /// browser itself.
    pub(crate) fn ask(&self, session: &str, method: &str, params: &Value) -> Result<Value, String> {
        let (asked, answer) = channel();
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        {
            let mut state = self.state();
            if state.ended {
                return Err("Chromium has ended".to_string());
            }
            state.asking.insert(id, asked);
        }
        self.send(id, session, method, params);
        match answer.recv_timeout(PATIENCE) {
            Ok(answer) => answer.map_err(|error| format!("{method}: {error}")),
            Err(_) => Err(format!("{method}: no answer; {}", if self.state().ended { "it ended" } else { "it hangs" })),
        }
    }
}
