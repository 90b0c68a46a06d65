//! A server of a small book, and a browser without manners.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::fake::Project;

/// How long anything may take before it counts as not happening.
const PATIENCE: Duration = Duration::from_secs(60);

/// `sockets` in a project.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
}

impl Server {
    /// Starts it and waits until it says where the book is.
    #[track_caller]
    pub(crate) fn start(project: &Project, arguments: &str) -> Server {
        let mut command = project.command(&format!("--no-open {arguments}"));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.by_ref().map(Result::unwrap).find_map(|line| {
            let (_, rest) = line.split_once("http://127.0.0.1:")?;
            rest.trim_end_matches('/').parse().ok()
        });
        // What it says later must find a reader.
        std::thread::spawn(move || lines.count());
        Server { child, port: port.expect("the address of the book") }
    }

    /// The name a browser on this machine uses.
    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Sends a request as it stands and returns the connection.
    pub(crate) fn send(&self, line: &str, headers: &[(&str, &str)]) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut request = format!("{line} HTTP/1.1\r\nconnection: close\r\ncontent-length: 0\r\n");
        if !headers.iter().any(|(name, _)| *name == "host") {
            request += &format!("host: {}\r\n", self.host());
        }
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        stream.write_all(format!("{request}\r\n").as_bytes()).unwrap();
        BufReader::new(stream)
    }

    /// The status and the rest of the answer to a request.
    pub(crate) fn ask(&self, line: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let mut answer = String::new();
        self.send(line, headers).read_to_string(&mut answer).unwrap();
        (status(&answer), answer)
    }

    /// A POST with the headers of one of the book's own pages.
    pub(crate) fn own(&self, path: &str) -> (u16, String) {
        self.ask(
            &format!("POST {path}"),
            &[("origin", &format!("http://{}", self.host())), ("x-sockets-token", &self.token())],
        )
    }

    /// The same, left open.
    pub(crate) fn own_open(&self, path: &str) -> BufReader<TcpStream> {
        let origin = format!("http://{}", self.host());
        self.send(&format!("POST {path}"), &[("origin", &origin), ("x-sockets-token", &self.token())])
    }

    /// The token, as a page holds it.
    pub(crate) fn token(&self) -> String {
        let (_, page) = self.ask("GET /en/index.html", &[]);
        let (_, rest) = page.split_once("name=\"sockets-token\" content=\"").expect("a page with a token");
        rest.split('"').next().unwrap().to_string()
    }

    /// Ctrl-C. Returns whether it ended well.
    pub(crate) fn interrupt(&mut self) -> bool {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        self.child.wait().unwrap().success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default()
}

/// Reads lines until one holds `part`, and returns all of them.
#[track_caller]
pub(crate) fn until(stream: &mut BufReader<TcpStream>, part: &str) -> String {
    let mut all = String::new();
    loop {
        let from = all.len();
        let n = stream.read_line(&mut all).unwrap_or_else(|error| panic!("{error} before {part} in\n{all}"));
        assert!(n > 0, "the stream ended before {part} in\n{all}");
        if all[from..].contains(part) {
            return all;
        }
    }
}
