//! Addresses and answers.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::{Stream, StreamExt as _};

use super::board::{Board, News};
use super::guard::{Guard, Refused};
use super::labs::{self, Runs};
use crate::text::{self, Lang, say};

const LIVE_SCRIPT: &str = include_str!("live.js");
const LIVE_STYLE: &str = include_str!("live.css");

/// What every answer needs.
pub(super) struct Server {
    pub(super) runs: Runs,
    pub(super) board: Arc<Board>,
    pub(super) guard: Guard,
}

impl Server {
    /// Names a site for good: a page that holds another name is old.
    fn version(&self, site: u64) -> String {
        format!("{}-{site}", self.guard.session())
    }
}

/// All addresses of the server.
pub(super) fn router(board: Arc<Board>, guard: Guard, runs: Runs) -> Router {
    Router::new()
        .route("/_live/live.js", get(|| async { file("live.js", LIVE_SCRIPT.into()) }))
        .route("/_live/live.css", get(|| async { file("live.css", LIVE_STYLE.into()) }))
        .route("/_live/news", get(news))
        .route("/_live/labs", post(labs::standings))
        .route("/_live/start", post(labs::start))
        .route("/_live/run/{id}/{lang}", post(labs::run))
        .fallback(get(page))
        .with_state(Arc::new(Server { runs, board, guard }))
}

/// A file of the site. It is looked up among the files that were built, so
/// there is no path to leave it by.
async fn page(State(server): State<Arc<Server>>, headers: HeaderMap, uri: Uri) -> Response {
    let (site, version) = server.board.site();
    let version = server.version(version);
    let path = decode(uri.path());
    let path = path.trim_start_matches('/');
    let ours = server.guard.is_ours(&headers);
    for name in [path.to_string(), format!("{path}index.html")] {
        if let Some(bytes) = site.files.get(&name) {
            let bytes = match ours && name.ends_with(".html") {
                true => enliven(bytes, lang_of(&name), server.guard.token(), &version),
                false => bytes.clone(),
            };
            return file(&name, bytes);
        }
    }
    if site.files.contains_key(&format!("{path}/index.html")) {
        return Redirect::permanent(&format!("/{path}/")).into_response();
    }
    let mut answer = file("none.html", missing(&server, path, ours, &version).into_bytes());
    *answer.status_mut() = StatusCode::NOT_FOUND;
    answer
}

/// Puts the live parts into a page.
fn enliven(page: &[u8], lang: Lang, token: &str, version: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(page);
    let words: BTreeMap<&str, &str> =
        text::all("serve.live.").map(|(id, text)| (id.trim_start_matches("serve.live."), text.get(lang))).collect();
    // `</script>` in a text would end the element.
    let words = serde_json::to_string(&words).unwrap_or_default().replace('<', "\\u003c");
    let live = format!(
        "<script type=\"application/json\" id=\"live-words\">{words}</script><meta name=\"sockets-token\" content=\"{token}\"><meta name=\"sockets-version\" content=\"{version}\"><link rel=\"stylesheet\" href=\"/_live/live.css\">\
         <script type=\"module\" src=\"/_live/live.js\"></script></head>"
    );
    text.replacen("</head>", &live, 1).into_bytes()
}

/// The language of a page of the site.
fn lang_of(name: &str) -> Lang {
    name.split('/').next().and_then(Lang::from_tag).unwrap_or(Lang::En)
}

/// For an address without a page, or while there is no site at all. It is
/// live too, so that it goes away when the book is mended.
fn missing(server: &Server, path: &str, ours: bool, version: &str) -> String {
    let lang = server.board.lang;
    let path = path.replace(['<', '>', '&', '"'], "");
    let page = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>404</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\"></head>\
         <body style=\"font:1.1rem/1.7 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem\"><p>{}</p>\
         <p><a href=\"/en/index.html\" lang=\"en\">English</a> · <a href=\"/ko/index.html\" lang=\"ko\">한국어</a></p></body></html>",
        lang.code(),
        say(lang, "serve.missing", &[("path", &path)])
    );
    if ours {
        String::from_utf8_lossy(&enliven(page.as_bytes(), lang, server.guard.token(), version)).into_owned()
    } else {
        page
    }
}

/// The stream of news for open pages.
async fn news(State(server): State<Arc<Server>>, headers: HeaderMap) -> Response {
    if !server.guard.may_listen(&headers) {
        return refuse(Refused::Host);
    }
    Sse::new(tell(&server)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response()
}

fn tell(server: &Server) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
    let board = &server.board;
    // Listening first: what comes between is told twice rather than never.
    let later = BroadcastStream::new(board.listen()).filter_map(Result::ok).map(|news| to_event(&news));
    let hello = Event::default().event("hello").data(server.version(board.site().1));
    let first = board.broken().as_ref().map(to_event);
    tokio_stream::iter([Some(hello), first].into_iter().flatten()).chain(later).map(Ok)
}

fn to_event(news: &News) -> Event {
    Event::default().event("news").json_data(news).unwrap_or_default()
}

/// Says why nothing happens.
pub(super) fn refuse(why: Refused) -> Response {
    let message = match why {
        Refused::Host => "labs run only on this machine's own address (see --allow-host)",
        Refused::Origin => "only the book's own pages may ask for this",
        Refused::Token => "the token is missing or old: load the page again",
    };
    (StatusCode::FORBIDDEN, message).into_response()
}

/// An answer that holds a file.
fn file(name: &str, bytes: Vec<u8>) -> Response {
    let kind = match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "png" => "image/png",
        "wasm" => "application/wasm",
        "txt" | "sock" | "toml" | "rs" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
    let headers: [(HeaderName, &str); 5] = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        // No other site may load into the book, nor show it in a frame.
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
        ),
    ];
    (headers, bytes).into_response()
}

/// `%41` as `A`; what is not valid stays as it is.
fn decode(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|two| std::str::from_utf8(two).ok());
        match (bytes[at], hex.and_then(|two| u8::from_str_radix(two, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
