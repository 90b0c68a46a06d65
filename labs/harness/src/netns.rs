//! A private network for one check, as an ordinary user.
//!
//! The test runs itself again as a child that owns a new user namespace and a
//! new network namespace: user_namespaces(7), network_namespaces(7). In there
//! it is root over an empty network with nothing but a loopback: raw sockets,
//! any port, and nobody else's traffic.

use std::io;
use std::process::{Command, Stdio};

use crate::check::{Check, Failed};
use crate::lab::Lab;
use crate::record::{Outcome, Record, Verdict};
use crate::words::{Lang, Words, say};

/// Set in the child; its value is the name of the check.
const INSIDE: &str = "LAB_INSIDE";

/// The network that a check runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Net {
    /// Its own: empty, and only of this check.
    Private,
    /// The machine's, with CAP_NET_RAW: others' packets pass here too.
    Shared,
}

impl Lab {
    /// [`Lab::check`] in a private network; where none can be made, in the
    /// machine's own if raw sockets are allowed there.
    ///
    /// # Panics
    ///
    /// As [`Lab::check`]; also with `NOT RUN: …` where neither is possible,
    /// unless `LAB_ALLOW_SKIP=1`. A test that returned early would be printed
    /// as `ok`, and that would be a lie.
    pub fn check_in_private_network(&self, name: &str, script: impl FnOnce(&Check, Net)) {
        if std::env::var(INSIDE).is_ok_and(|inside| inside == name) {
            return self.check(name, |check| script(check, Net::Private));
        }
        match again_inside(name) {
            Ok(report) => report.pass_on(),
            Err(_) if raw_is_allowed() => self.check(name, |check| script(check, Net::Shared)),
            Err(error) => self.not_run(name, &error),
        }
    }

    /// [`Lab::check_in_private_network`] for a check that changes the network:
    /// that of the machine will not do.
    ///
    /// # Panics
    ///
    /// As [`Lab::check_in_private_network`].
    pub fn check_in_own_network(&self, name: &str, script: impl FnOnce(&Check, Net)) {
        if std::env::var(INSIDE).is_ok_and(|inside| inside == name) {
            return self.check(name, |check| script(check, Net::Private));
        }
        match again_inside(name) {
            Ok(report) => report.pass_on(),
            Err(error) => self.not_run(name, &error),
        }
    }

    fn not_run(&self, name: &str, error: &io::Error) {
        let (setting, command) = obstacle(error);
        let words = say("net.not-run", &[("setting", &setting), ("command", &command)]);
        not_run(&Record::start(self.id, name, 0), name, &words);
    }
}

/// Ends a check that cannot run here: `words` say why.
pub(crate) fn not_run(record: &Record, name: &str, words: &Words) {
    let lang = Lang::of_reader();
    let reason = words.get(lang).to_string();
    record.verdict(&Outcome {
        verdict: Verdict::NotRun,
        expected: Vec::new(),
        observed: Vec::new(),
        expected_steps: Vec::new(),
        observed_steps: Vec::new(),
        bytes: None,
        hint: None,
        first_difference: None,
        todo: None,
        reason: Some(reason.clone()),
    });
    // Past libtest's capture: a line that shows although the test counts as
    // passed. Inside, the parent shows it.
    let shown = |text: &str| drop(io::Write::write_all(&mut io::stderr(), text.as_bytes()));
    if std::env::var("LAB_ALLOW_SKIP").is_ok_and(|allow| allow == "1") {
        return shown(&format!("{name}: {reason}\n"));
    }
    let text = format!("{reason}\n{}\n", say("net.allow", &[]).get(lang));
    if is_inside() {
        shown(&text)
    } else {
        print!("{text}")
    }
    std::panic::resume_unwind(Box::new(Failed));
}

/// What the child had to say.
struct Report {
    passed: bool,
    text: String,
}

impl Report {
    /// Passes, or fails with the child's report.
    fn pass_on(self) {
        if self.passed {
            // Nothing, unless the check was allowed not to run.
            return drop(io::Write::write_all(&mut io::stderr(), self.text.as_bytes()));
        }
        print!("{}", self.text);
        std::panic::resume_unwind(Box::new(Failed));
    }
}

/// Runs this very test again, inside.
fn again_inside(name: &str) -> io::Result<Report> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--exact", name, "--nocapture", "--test-threads=1"]).env(INSIDE, name);
    // With --nocapture libtest's words and ours share the standard output; the
    // child prints its report on standard error instead.
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    enter(&mut command)?;
    let output = command.output()?;
    Ok(Report { passed: output.status.success(), text: String::from_utf8_lossy(&output.stderr).into_owned() })
}

/// This is the child of [`again_inside`].
pub(crate) fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

#[cfg(not(target_os = "linux"))]
fn enter(_command: &mut Command) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn new_network() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(target_os = "linux"))]
fn raw_is_allowed() -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
fn obstacle(_error: &io::Error) -> (Words, Words) {
    (say("net.only-linux", &[]), say("net.use-linux", &[]))
}

#[cfg(target_os = "linux")]
pub(crate) use linux::new_network;
#[cfg(target_os = "linux")]
use linux::{enter, obstacle, raw_is_allowed};

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::io::{Error, Result, Write};
    use std::os::unix::process::CommandExt;
    use std::path::Path;

    use socket2::{Domain, Protocol, Socket, Type};

    use super::*;

    /// Whether CAP_NET_RAW is there, by trying: packet(7), raw(7).
    pub(super) fn raw_is_allowed() -> bool {
        Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::ICMPV4)).is_ok()
    }

    /// The setting that is in the way, and the command that changes it.
    pub(super) fn obstacle(error: &Error) -> (Words, Words) {
        let is = |path: &str, value: &str| fs::read_to_string(path).is_ok_and(|text| text.trim() == value);
        if is("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1") {
            let command = Words::same("sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
            return (say("net.apparmor", &[]), command);
        }
        if is("/proc/sys/user/max_user_namespaces", "0") {
            return (say("net.limit", &[]), Words::same("sudo sysctl -w user.max_user_namespaces=10000"));
        }
        if Path::new("/.dockerenv").exists() || Path::new("/run/.containerenv").exists() {
            return (say("net.container", &[]), Words::same("docker run --cap-add NET_RAW …"));
        }
        (say("net.other", &[("error", &error.to_string())]), say("net.ask-admin", &[]))
    }

    /// Takes this thread, alone, to a new network with the loopback up.
    pub(crate) fn new_network() -> Result<()> {
        // SAFETY: unshare takes an integer; what the other threads have open
        // stays where it is.
        if unsafe { libc::unshare(libc::CLONE_NEWNET) } != 0 {
            return Err(Error::last_os_error());
        }
        loopback_up()
    }

    /// Has `command` begin in namespaces of its own, with the loopback up.
    pub(super) fn enter(command: &mut Command) -> Result<()> {
        // SAFETY: getuid and getgid cannot fail and touch nothing.
        let (uid, gid) = unsafe { (libc::getuid(), libc::getgid()) };
        let map = |id: u32| format!("0 {id} 1");
        let (users, groups) = (map(uid), map(gid));
        let begin = move || {
            // SAFETY: prctl and unshare are async-signal-safe; the process has
            // one thread here, which CLONE_NEWUSER asks for.
            unsafe {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                // An undumpable process may not write its own uid_map.
                libc::prctl(libc::PR_SET_DUMPABLE, 1, 0, 0, 0);
                if libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET) != 0 {
                    return Err(Error::last_os_error());
                }
            }
            for (path, text) in [("setgroups", "deny"), ("uid_map", &users), ("gid_map", &groups)] {
                write(path, text)?;
            }
            loopback_up()
        };
        // SAFETY: the closure makes system calls on memory that was there
        // before the fork, and allocates nothing.
        unsafe { command.pre_exec(begin) };
        Ok(())
    }

    /// Writes one of the process's own files in `/proc/self`.
    fn write(name: &str, text: &str) -> Result<()> {
        let mut path = [0u8; 32];
        write!(&mut path[..31], "/proc/self/{name}")?;
        // SAFETY: the path ends with a zero, and each pointer is valid for the
        // length that is given with it.
        unsafe {
            let fd = libc::open(path.as_ptr().cast(), libc::O_WRONLY | libc::O_CLOEXEC);
            if fd < 0 {
                return Err(Error::last_os_error());
            }
            let n = libc::write(fd, text.as_ptr().cast(), text.len());
            let error = Error::last_os_error();
            libc::close(fd);
            if n < 0 { Err(error) } else { Ok(()) }
        }
    }

    /// netdevice(7), SIOCSIFFLAGS.
    fn loopback_up() -> Result<()> {
        // SAFETY: an ifreq is plain data; `lo` fits its name with the zeros
        // behind it, and it outlives the call.
        unsafe {
            let fd = libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0);
            if fd < 0 {
                return Err(Error::last_os_error());
            }
            let mut request: libc::ifreq = std::mem::zeroed();
            request.ifr_name[0] = b'l' as libc::c_char;
            request.ifr_name[1] = b'o' as libc::c_char;
            request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
            let result = libc::ioctl(fd, libc::SIOCSIFFLAGS, &request);
            let error = Error::last_os_error();
            libc::close(fd);
            if result < 0 { Err(error) } else { Ok(()) }
        }
    }
}
