//! One Chromium: found, started with an empty profile, ended with the program
//! that started it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::tab::{Look, Tab};
use crate::wire::Wire;

/// What to say where there is none.
pub const MISSING: &str = "no Chromium: sudo apt install chromium (Debian), brew install --cask chromium (macOS), \
                           or CHROME=/path/to/chrome; BROWSER_TESTS=skip leaves out what needs one";

/// A running Chromium. It ends with the last of its tabs, and also if this
/// process is killed: its end of the pipe closes then.
#[derive(Debug)]
pub struct Chromium {
    pub(crate) wire: Arc<Wire>,
    child: Mutex<Child>,
    agent: String,
}

/// Whether `BROWSER_TESTS=skip` is set.
#[must_use]
pub fn skipped() -> bool {
    std::env::var_os("BROWSER_TESTS").is_some_and(|value| value == "skip")
}

/// Nothing here may go to another host, and no tab may sleep because another
/// one is in front of it. Only pages of our own are opened, so that the sandbox,
/// which containers rarely allow, is not needed.
const FLAGS: &[&str] = &[
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--metrics-recording-only",
    "--no-pings",
    "--mute-audio",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--password-store=basic",
    "--use-mock-keychain",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "about:blank",
];

/// Pipes as descriptors 3 and 4, where Chromium expects them; the profile goes
/// when it ends, however that comes about.
const LAUNCH: &str = "profile=$1; shift; \"$@\" --user-data-dir=\"$profile\" 3<&0 4>&1 </dev/null >/dev/null; \
                      rm -rf \"$profile\"";

impl Chromium {
    /// Starts the one that [`sockets::chromium::find`] finds.
    ///
    /// # Errors
    ///
    /// [`MISSING`], or what it said when it did not start.
    pub fn start() -> Result<Arc<Chromium>, String> {
        Chromium::start_as(&sockets::chromium::find().ok_or(MISSING)?)
    }

    fn start_as(program: &Path) -> Result<Arc<Chromium>, String> {
        // Chromium is still writing to it when we end: the shell removes it.
        let profile = tempfile::Builder::new().prefix("browser-").tempdir().map_err(|error| error.to_string())?.keep();
        let mut command = Command::new("sh");
        command.args(["-c", LAUNCH, "sh"]).arg(profile).arg(program).args(FLAGS);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Ctrl-C is for us: Chromium ends when the pipe does, and cleans up.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|error| format!("sh: {error}"))?;
        let (Some(to), Some(from), Some(said)) = (child.stdin.take(), child.stdout.take(), child.stderr.take()) else {
            return Err("no pipes".to_string());
        };
        let last = Arc::new(Mutex::new(Vec::new()));
        let lines = Arc::clone(&last);
        std::thread::spawn(move || {
            for line in BufReader::new(said).lines().map_while(Result::ok) {
                let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                lines.push(line);
                let more = lines.len().saturating_sub(20);
                lines.drain(..more);
            }
        });
        let wire = Wire::new(to, from);
        let version = wire.ask("", "Browser.getVersion", &json!({})).map_err(|error| {
            let said = last.lock().unwrap_or_else(PoisonError::into_inner).join("\n");
            format!("{} did not start: {error}\n{said}\n{MISSING}", program.display())
        })?;
        let agent = version["userAgent"].as_str().unwrap_or_default().to_string();
        Ok(Arc::new(Chromium { wire, child: Mutex::new(child), agent }))
    }

    /// Name and version.
    #[must_use]
    pub fn agent(&self) -> &str {
        &self.agent
    }

    /// A new visitor, without cookies, storage or cache: an empty tab.
    #[track_caller]
    #[must_use]
    pub fn tab(self: &Arc<Self>, look: Look) -> Tab {
        Tab::new(self, look)
    }

    /// A new visitor who goes to `url`.
    #[track_caller]
    #[must_use]
    pub fn open(self: &Arc<Self>, url: &str, look: Look) -> Tab {
        let tab = self.tab(look);
        tab.goto(url);
        tab
    }

    #[track_caller]
    pub(crate) fn ask(&self, session: &str, method: &str, params: &Value) -> Value {
        self.wire.ask(session, method, params).unwrap_or_else(|error| panic!("{error}"))
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        self.wire.ask("", "Browser.close", &json!({})).ok();
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        // It has answered that it closes, or it is gone.
        child.wait().ok();
    }
}
