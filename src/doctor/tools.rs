//! Programs by others that the book and the labs use when they are there.

use std::path::{Path, PathBuf};

/// How this system installs programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manager {
    Apt,
    Dnf,
    Pacman,
    Apk,
    Zypper,
    Brew,
}

impl Manager {
    /// The one of the system we run on, if we know it.
    pub(super) fn here() -> Option<Manager> {
        if cfg!(target_os = "macos") {
            return Some(Manager::Brew);
        }
        Manager::of(&std::fs::read_to_string("/etc/os-release").ok()?)
    }

    /// By `ID` and `ID_LIKE` of an os-release(5) file, the nearest first.
    fn of(os_release: &str) -> Option<Manager> {
        let value = |key: &str| {
            let line = os_release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
            line.unwrap_or_default().trim_matches('"').to_string()
        };
        let names = format!("{} {}", value("ID"), value("ID_LIKE"));
        names.split_whitespace().find_map(|name| match name {
            "debian" | "ubuntu" => Some(Manager::Apt),
            "fedora" | "rhel" | "centos" => Some(Manager::Dnf),
            "arch" => Some(Manager::Pacman),
            "alpine" => Some(Manager::Apk),
            "suse" | "opensuse" => Some(Manager::Zypper),
            _ => None,
        })
    }

    fn install(self) -> &'static str {
        match self {
            Manager::Apt => "sudo apt install",
            Manager::Dnf => "sudo dnf install",
            Manager::Pacman => "sudo pacman -S",
            Manager::Apk => "sudo apk add",
            Manager::Zypper => "sudo zypper install",
            Manager::Brew => "brew install",
        }
    }
}

/// A program, and the package that has it, per system: apt, dnf, pacman, apk,
/// zypper, brew; empty where the system has none.
#[derive(Debug)]
pub(super) struct Tool {
    /// Its name on the PATH.
    pub(super) program: &'static str,
    find: fn(&str) -> Option<PathBuf>,
    packages: [&'static str; 6],
}

/// All of them, in the order in which the book meets them.
pub(super) const TOOLS: &[Tool] = &[
    tool("nc", ["netcat-openbsd", "nmap-ncat", "openbsd-netcat", "netcat-openbsd", "netcat-openbsd", "netcat"]),
    tool("ncat", ["ncat", "nmap-ncat", "nmap", "nmap-ncat", "ncat", "nmap"]),
    tool("socat", ["socat", "socat", "socat", "socat", "socat", "socat"]),
    tool("curl", ["curl", "curl", "curl", "curl", "curl", "curl"]),
    tool("dig", ["bind9-dnsutils", "bind-utils", "bind", "bind-tools", "bind-utils", "bind"]),
    tool("ping", ["iputils-ping", "iputils", "iputils", "iputils", "iputils", ""]),
    tool("ss", ["iproute2", "iproute", "iproute2", "iproute2", "iproute2", ""]),
    tool("strace", ["strace", "strace", "strace", "strace", "strace", ""]),
    tool("tshark", ["tshark", "wireshark-cli", "wireshark-cli", "tshark", "wireshark", "wireshark"]),
    Tool {
        program: "chromium",
        find: |_| crate::chromium::find(),
        packages: ["chromium", "chromium", "chromium", "chromium", "chromium", "--cask chromium"],
    },
];

/// The sandbox that judging untrusted programs would use.
pub(super) const BWRAP: Tool =
    tool("bwrap", ["bubblewrap", "bubblewrap", "bubblewrap", "bubblewrap", "bubblewrap", ""]);

const fn tool(program: &'static str, packages: [&'static str; 6]) -> Tool {
    Tool { program, find, packages }
}

impl Tool {
    /// Where it is, if it is here.
    pub(super) fn find(&self) -> Option<PathBuf> {
        (self.find)(self.program)
    }

    /// The command that installs it here, if there is one.
    pub(super) fn install(&self, manager: Option<Manager>) -> Option<String> {
        let manager = manager?;
        let package = self.packages[manager as usize];
        (!package.is_empty()).then(|| format!("{} {package}", manager.install()))
    }
}

/// The first `program` on the PATH that can be executed.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| executable(file))
}

#[cfg(unix)]
fn executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn executable(file: &Path) -> bool {
    file.is_file() || file.with_extension("exe").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_known_by_itself_or_by_what_it_is_like() {
        assert_eq!(Manager::of("ID=debian\n"), Some(Manager::Apt));
        assert_eq!(Manager::of("NAME=x\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"), Some(Manager::Apt));
        assert_eq!(Manager::of("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"), Some(Manager::Dnf));
        assert_eq!(Manager::of("ID=opensuse-leap\nID_LIKE=\"suse opensuse\"\n"), Some(Manager::Zypper));
        assert_eq!(Manager::of("ID=plan9\n"), None);
    }

    #[test]
    fn the_command_is_that_of_the_system() {
        let ss = TOOLS.iter().find(|tool| tool.program == "ss").unwrap();
        assert_eq!(ss.install(Some(Manager::Dnf)).unwrap(), "sudo dnf install iproute");
        assert_eq!(ss.install(Some(Manager::Brew)), None);
        assert_eq!(ss.install(None), None);
    }
}
