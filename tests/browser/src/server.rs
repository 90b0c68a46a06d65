//! A built site on 127.0.0.1, as a static host serves it: compressed, and from
//! a sub-path if wanted.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use flate2::Compression;
use flate2::write::GzEncoder;

/// A server; it ends when it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    files: Mutex<Arc<Files>>,
    /// Where the site lies, with a `/` at both ends.
    base: String,
    /// Open connections; `None` once the server has ended.
    open: Mutex<Option<Vec<TcpStream>>>,
}

type Files = BTreeMap<String, File>;

#[derive(Debug)]
struct File {
    bytes: Vec<u8>,
    packed: OnceLock<Vec<u8>>,
}

impl Server {
    /// Serves `files`, named by their paths, at the root of the server.
    ///
    /// # Panics
    ///
    /// There is no port left.
    #[must_use]
    pub fn start(files: BTreeMap<String, Vec<u8>>) -> Server {
        Server::start_below("/", files)
    }

    /// The same from a sub-path such as `/books/sockets/`.
    ///
    /// # Panics
    ///
    /// There is no port left.
    #[must_use]
    pub fn start_below(base: &str, files: BTreeMap<String, Vec<u8>>) -> Server {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port on 127.0.0.1");
        let address = listener.local_addr().expect("its address");
        let shared =
            Arc::new(Shared { files: Mutex::default(), base: base.to_string(), open: Mutex::new(Some(Vec::new())) });
        shared.publish(files);
        let serves = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let Ok(twin) = stream.try_clone() else { continue };
                match serves.open.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
                    Some(open) => open.push(twin),
                    None => return,
                }
                let serves = Arc::clone(&serves);
                std::thread::spawn(move || serves.talk(&stream));
            }
        });
        Server { address, shared }
    }

    /// Serves other files from now on: a new version of the site.
    pub fn publish(&self, files: BTreeMap<String, Vec<u8>>) {
        self.shared.publish(files);
    }

    /// The site as `path` holds it.
    ///
    /// # Errors
    ///
    /// A file cannot be read.
    pub fn folder(path: &Path) -> std::io::Result<BTreeMap<String, Vec<u8>>> {
        let mut files = BTreeMap::new();
        let mut open = vec![path.to_path_buf()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder)? {
                let entry = entry?.path();
                if entry.is_dir() {
                    open.push(entry);
                } else if let Ok(name) = entry.strip_prefix(path) {
                    files.insert(name.to_string_lossy().replace('\\', "/"), std::fs::read(&entry)?);
                }
            }
        }
        Ok(files)
    }

    /// The address of a file of the site.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{}{path}", self.address, self.shared.base)
    }

    /// Host and port.
    #[must_use]
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// Paths of all files that are pages.
    #[must_use]
    pub fn pages(&self) -> Vec<String> {
        self.shared.files().keys().filter(|path| path.ends_with(".html")).cloned().collect()
    }

    /// All files whose path begins with `begin`.
    #[must_use]
    pub fn files(&self, begin: &str) -> Vec<(String, Vec<u8>)> {
        let files = self.shared.files();
        let found = files.iter().filter(|(path, _)| path.starts_with(begin));
        found.map(|(path, file)| (path.clone(), file.bytes.clone())).collect()
    }

    /// Bytes of a file as they go over the network.
    #[must_use]
    pub fn weight(&self, path: &str) -> Option<usize> {
        self.shared.files().get(path).map(|file| file.packed(path).map_or(file.bytes.len(), <[u8]>::len))
    }

    /// Goes away: connections end, new ones are refused.
    pub fn stop(&self) {
        let open = self.shared.open.lock().unwrap_or_else(PoisonError::into_inner).take();
        for stream in open.into_iter().flatten() {
            // It may have ended already.
            stream.shutdown(Shutdown::Both).ok();
        }
        // Wakes the thread that accepts, which then ends.
        TcpStream::connect(self.address).ok();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn publish(&self, files: BTreeMap<String, Vec<u8>>) {
        let files = files.into_iter().map(|(path, bytes)| (path, File { bytes, packed: OnceLock::new() })).collect();
        *self.files.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(files);
    }

    fn files(&self) -> Arc<Files> {
        Arc::clone(&self.files.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Answers requests of one connection until it ends.
    fn talk(&self, stream: &TcpStream) -> Option<()> {
        stream.set_nodelay(true).ok()?;
        let mut reader = BufReader::new(stream);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let mut packs = false;
            loop {
                let mut header = String::new();
                if reader.read_line(&mut header).ok()? == 0 {
                    return None;
                }
                let header = header.trim().to_ascii_lowercase();
                packs |= header.starts_with("accept-encoding:") && header.contains("gzip");
                if header.is_empty() {
                    break;
                }
            }
            let mut words = line.split(' ');
            let (method, target) = (words.next()?, words.next()?);
            let answer = self.answer(method, target, packs);
            let mut stream = stream;
            stream.write_all(&answer).ok()?;
        }
    }

    fn answer(&self, method: &str, target: &str, packs: bool) -> Vec<u8> {
        let path = target.split('?').next().unwrap_or_default();
        let Some(path) = path.strip_prefix(&self.base).filter(|_| matches!(method, "GET" | "HEAD")) else {
            return response("404 Not Found", "text/plain", "", b"not here", method);
        };
        let path = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_string() };
        let files = self.files();
        let Some(file) = files.get(&path) else {
            return match files.contains_key(&format!("{path}/index.html")) {
                true => {
                    let to = format!("location: {}{path}/\r\n", self.base);
                    response("301 Moved Permanently", "text/plain", &to, b"", method)
                }
                false => response("404 Not Found", "text/plain", "", b"not here", method),
            };
        };
        match file.packed(&path).filter(|_| packs) {
            Some(packed) => response("200 OK", kind(&path), "content-encoding: gzip\r\n", packed, method),
            None => response("200 OK", kind(&path), "", &file.bytes, method),
        }
    }
}

impl File {
    /// Compressed as usual hosts do; `None` for what is compressed already.
    fn packed(&self, path: &str) -> Option<&[u8]> {
        if [".png", ".woff2", ".zip", ".pdf"].iter().any(|end| path.ends_with(end)) {
            return None;
        }
        Some(self.packed.get_or_init(|| {
            let mut packer = GzEncoder::new(Vec::new(), Compression::default());
            packer.write_all(&self.bytes).and_then(|()| packer.finish()).expect("a Vec takes everything")
        }))
    }
}

fn response(status: &str, kind: &str, more: &str, body: &[u8], method: &str) -> Vec<u8> {
    let mut out = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\ncache-control: max-age=600\r\n{more}\r\n",
        body.len()
    )
    .into_bytes();
    if method != "HEAD" {
        out.extend_from_slice(body);
    }
    out
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "webmanifest" => "application/json",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "pdf" => "application/pdf",
        "xml" => "application/xml",
        _ => "text/plain; charset=utf-8",
    }
}
