//! Labs that run from the page.
//!
//! Every request here is a POST: a browser then names the page it comes from,
//! and [`Guard::check`](super::guard::Guard::check) wants that and the token.
//! What runs is `cargo test` of a lab of the handout in the student's copy,
//! and nothing else: an id is looked up, never made into a path or a command.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep};
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::UnboundedReceiverStream;

use super::board::News;
use super::http::{Server, refuse};
use crate::lab::{self, Outcome, Request, Room, Stop};
use crate::manifest::Lab;
use crate::text::{Lang, say};

/// The runs that are going on, by lab, with the switch that ends each.
#[derive(Clone, Default)]
pub(super) struct Runs(Arc<Mutex<BTreeMap<String, Stop>>>);

impl Runs {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Stop>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the place of the one run that a lab may have.
    fn begin(&self, id: &str, stop: &Stop) -> Option<Place> {
        let mut runs = self.lock();
        if runs.contains_key(id) {
            return None;
        }
        runs.insert(id.to_string(), stop.clone());
        Some(Place { runs: self.clone(), id: id.to_string() })
    }

    /// Ends all runs and waits until what they started is dead, at most five
    /// seconds.
    pub(super) async fn stop(&self) {
        self.lock().values().for_each(Stop::now);
        let until = Instant::now() + Duration::from_secs(5);
        while !self.lock().is_empty() && Instant::now() < until {
            sleep(Duration::from_millis(10)).await;
        }
    }
}

/// The place of a run; given back when the run is over, however it ends.
struct Place {
    runs: Runs,
    id: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.runs.lock().remove(&self.id);
    }
}

/// Ends a run when the page that asked for it goes away.
struct Leash(Stop);

impl Drop for Leash {
    fn drop(&mut self) {
        self.0.now();
    }
}

impl Server {
    fn copy(&self) -> PathBuf {
        self.board.root.join(lab::DEFAULT)
    }

    /// Where the student stands with each lab; no labs if nothing was started.
    fn standings(&self) -> serde_json::Value {
        let Ok(room) = Room::open(&self.copy()) else { return json!({ "started": false, "labs": [] }) };
        let (standings, _) = lab::survey(&room);
        let labs: Vec<_> = standings.into_iter().flatten().collect();
        json!({ "started": true, "labs": labs })
    }
}

/// `POST /_live/labs`: where the student stands.
pub(super) async fn standings(State(server): State<Arc<Server>>, headers: HeaderMap) -> Response {
    match server.guard.check(&headers) {
        Ok(()) => Json(server.standings()).into_response(),
        Err(why) => refuse(why),
    }
}

/// `POST /_live/start`: makes the student's copy, or brings it up to date.
pub(super) async fn start(State(server): State<Arc<Server>>, headers: HeaderMap) -> Response {
    if let Err(why) = server.guard.check(&headers) {
        return refuse(why);
    }
    let (labs, copy) = (server.board.root.join("labs"), server.copy());
    let started = tokio::task::spawn_blocking(move || lab::start(&labs, &copy)).await;
    match started {
        Ok(Ok(_)) => {
            server.board.tell(News::Labs);
            Json(server.standings()).into_response()
        }
        Ok(Err(error)) => (StatusCode::CONFLICT, error.to_string()).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// What a page hears last of a run.
#[derive(Serialize)]
struct Over<'a> {
    kind: &'static str,
    end: lab::End,
    checks: &'a [(String, Option<lab::Verdict>)],
    ms: u64,
}

/// `POST /_live/run/{id}/{lang}`: the events of one run, as they come. The run
/// ends when the connection does.
pub(super) async fn run(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    Path((id, lang)): Path<(String, String)>,
) -> Response {
    if let Err(why) = server.guard.check(&headers) {
        return refuse(why);
    }
    let lang = Lang::from_tag(&lang).unwrap_or(server.board.lang);
    // The handout says which labs there are, the copy holds the work.
    if !lab::ids(&server.board.root.join("labs")).contains(&id) {
        return (StatusCode::NOT_FOUND, say(lang, "serve.no-lab", &[("id", &id)])).into_response();
    }
    let Ok(room) = Room::open(&server.copy()) else {
        return (StatusCode::CONFLICT, say(lang, "serve.not-started", &[])).into_response();
    };
    let lab = match room.lab(&id) {
        Ok(lab) => lab,
        Err(lab::NoLab::Unknown(..)) => {
            return (StatusCode::CONFLICT, say(lang, "serve.not-started", &[])).into_response();
        }
        Err(lab::NoLab::Broken(error)) => return (StatusCode::CONFLICT, error.to_string()).into_response(),
    };
    let stop = Stop::default();
    let Some(place) = server.runs.begin(&id, &stop) else {
        return (StatusCode::CONFLICT, say(lang, "serve.already-runs", &[])).into_response();
    };
    let (sender, receiver) = unbounded_channel();
    let leash = Leash(stop.clone());
    tokio::task::spawn_blocking(move || {
        execute(&room, &lab, lang, stop, &sender);
        drop(place);
        server.board.tell(News::Labs);
    });
    let events = UnboundedReceiverStream::new(receiver).map(move |event| {
        let _held = &leash;
        Ok::<_, Infallible>(event)
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(5))).into_response()
}

fn execute(room: &Room, lab: &Lab, lang: Lang, stop: Stop, sender: &UnboundedSender<Event>) {
    let send = |event: Event| sender.send(event).is_ok();
    let request = Request { stop: stop.clone(), ..Request::new(room.dir(), lab, lang) };
    let outcome = lab::run(&request, |event| {
        if !send(Event::default().json_data(told(lang, &event)).unwrap_or_default()) {
            stop.now();
        }
    });
    match outcome {
        Ok(outcome) => over(room, lab, &outcome, &send),
        Err(error) => {
            send(failed(&error));
        }
    }
}

/// An event for the page: a failure has its picture with it.
fn told(lang: Lang, event: &lab::Event) -> serde_json::Value {
    let mut told = serde_json::to_value(event).unwrap_or_default();
    if let lab::Event::Record { record: lab::Record::Verdict(verdict) } = event {
        let prefix = format!("picture-{}-{}", verdict.lab, verdict.check);
        if let Some(picture) = lab::picture(lang, &prefix, verdict) {
            told["picture"] = picture.into();
        }
    }
    told
}

fn over(room: &Room, lab: &Lab, outcome: &Outcome, send: &dyn Fn(Event) -> bool) {
    if let Err(error) = lab::keep(room.dir(), lab, outcome) {
        send(failed(&error));
    }
    let over = Over { kind: "over", end: outcome.end, checks: &outcome.checks, ms: outcome.ms };
    send(Event::default().json_data(&over).unwrap_or_default());
}

fn failed(error: &std::io::Error) -> Event {
    Event::default().json_data(json!({ "kind": "error", "message": error.to_string() })).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_has_one_run_at_a_time() {
        let runs = Runs::default();
        let place = runs.begin("a", &Stop::default());
        assert!(place.is_some());
        assert!(runs.begin("a", &Stop::default()).is_none());
        assert!(runs.begin("b", &Stop::default()).is_some());
        drop(place);
        assert!(runs.begin("a", &Stop::default()).is_some());
    }

    #[tokio::test]
    async fn stopping_asks_every_run() {
        let (runs, stop) = (Runs::default(), Stop::default());
        let place = runs.begin("a", &stop);
        let ender = {
            let stop = stop.clone();
            std::thread::spawn(move || {
                while !stop.asked() {
                    std::thread::yield_now();
                }
                drop(place);
            })
        };
        runs.stop().await;
        ender.join().unwrap();
        assert!(runs.lock().is_empty());
    }
}
