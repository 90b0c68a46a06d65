//! Looking at the system: each function answers one question.

use std::fs;
use std::io;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A version that a program says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(pub(super) u32, pub(super) u32);

impl Version {
    /// The first `MAJOR.MINOR` in `text`.
    pub(super) fn of(text: &str) -> Option<Version> {
        text.split(|c: char| !c.is_ascii_digit() && c != '.').find_map(|word| {
            let mut parts = word.split('.');
            Some(Version(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
        })
    }
}

/// What `program --version` prints in its first line.
pub(super) fn version(program: &str) -> io::Result<String> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_string();
        return Err(io::Error::other(said));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().trim().to_string())
}

/// Whether a TCP connection and a datagram get through over `address`
/// (`127.0.0.1`, `[::1]`).
pub(super) fn loopback(address: &str) -> io::Result<()> {
    let listener = TcpListener::bind(format!("{address}:0"))?;
    TcpStream::connect_timeout(&listener.local_addr()?, Duration::from_secs(2))?;
    let socket = UdpSocket::bind(format!("{address}:0"))?;
    socket.set_read_timeout(Some(Duration::from_secs(2)))?;
    socket.send_to(b"?", socket.local_addr()?)?;
    socket.recv_from(&mut [0; 1])?;
    Ok(())
}

/// A number in a file of `/proc/sys`.
pub(super) fn setting(name: &str) -> Option<u64> {
    fs::read_to_string(Path::new("/proc/sys").join(name.replace('.', "/"))).ok()?.trim().parse().ok()
}

/// Who may open ICMP datagram sockets: the first and the last group, or
/// nobody (the kernel's default, `1 0`).
pub(super) fn ping_groups() -> Option<String> {
    let range = fs::read_to_string("/proc/sys/net/ipv4/ping_group_range").ok()?;
    Some(range.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether the TUN driver can be opened.
pub(super) fn tun() -> io::Result<()> {
    fs::File::options().read(true).write(true).open("/dev/net/tun").map(drop)
}

/// Whether bubblewrap starts a program with nothing but a file system.
pub(super) fn sandbox(bwrap: &Path) -> io::Result<()> {
    let mut command = Command::new(bwrap);
    command.args(["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--unshare-all", "--die-with-parent"]);
    let output = command.arg("true").stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(said.lines().next().unwrap_or_default().to_string()))
}

/// Whether this is the Windows Subsystem for Linux, and which: 1 or 2.
pub(super) fn wsl() -> Option<u8> {
    wsl_of(&fs::read_to_string("/proc/sys/kernel/osrelease").ok()?)
}

/// WSL 2 runs a kernel of its own, named in lower case; WSL 1 imitates one.
fn wsl_of(release: &str) -> Option<u8> {
    if release.contains("microsoft") {
        Some(2)
    } else if release.contains("Microsoft") {
        Some(1)
    } else {
        None
    }
}

/// The kind of container we are in, if any.
pub(super) fn container() -> Option<String> {
    if Path::new("/.dockerenv").exists() {
        return Some("docker".to_string());
    }
    if Path::new("/run/.containerenv").exists() {
        return Some("podman".to_string());
    }
    // systemd-nspawn, LXC and others say so in the environment.
    std::env::var("container").ok().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_in_what_programs_say() {
        assert_eq!(Version::of("rustc 1.95.0 (59807616e 2026-04-14)"), Some(Version(1, 95)));
        assert_eq!(Version::of("rustc 1.100.0-nightly"), Some(Version(1, 100)));
        assert_eq!(Version::of("no version"), None);
        assert!(Version(1, 88) < Version(1, 100) && Version(1, 100) < Version(2, 0));
    }

    #[test]
    fn the_subsystems_are_told_apart() {
        assert_eq!(wsl_of("5.15.167.4-microsoft-standard-WSL2"), Some(2));
        assert_eq!(wsl_of("4.4.0-19041-Microsoft"), Some(1));
        assert_eq!(wsl_of("6.18.44-generic"), None);
    }
}
