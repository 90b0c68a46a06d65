//! Opening a page in the reader's browser.

use std::process::{Command, Stdio};

/// Opens `url`, if there is a browser to open it in.
pub(super) fn open(url: &str) {
    let Some(mut command) = command() else { return };
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // The address stands in the terminal, whatever happens here.
    if let Ok(mut child) = command.spawn() {
        std::thread::spawn(move || child.wait());
    }
}

fn command() -> Option<Command> {
    if let Some(browser) = std::env::var_os("BROWSER").filter(|name| !name.is_empty()) {
        return Some(Command::new(browser));
    }
    if cfg!(target_os = "macos") {
        return Some(Command::new("open"));
    }
    if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/C", "start", ""]);
        return Some(command);
    }
    // Over ssh or in a container there is no screen, and xdg-open would start
    // a text browser in the middle of our terminal.
    let has_screen =
        ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"].iter().any(|name| std::env::var_os(name).is_some());
    has_screen.then(|| Command::new("xdg-open"))
}
