//! A process and everything it starts, which dies with its owner.

use std::io;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus};
use std::time::{Duration, Instant};

/// A child in a process group of its own. Dropping it kills the group and, on
/// Linux, also the descendants that left the group.
#[derive(Debug)]
pub(crate) struct Group {
    child: Child,
    ended: bool,
}

impl Group {
    /// Starts `command` as the leader of a new group.
    ///
    /// # Errors
    ///
    /// As for [`Command::spawn`].
    pub(crate) fn spawn(command: &mut Command) -> io::Result<Group> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        Ok(Group { child: command.spawn()?, ended: false })
    }

    /// The child's standard input, once, if it is a pipe.
    pub(crate) fn stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// The child's standard output, once, if it is a pipe.
    pub(crate) fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// The child's standard error, once, if it is a pipe.
    pub(crate) fn stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// How the child ended, if it has.
    ///
    /// # Errors
    ///
    /// As for [`Child::try_wait`].
    pub(crate) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        // What it left behind in its group dies before its id is given back:
        // afterwards the id could be another group's.
        if !self.ended && has_ended(self.child.id()) {
            kill_group(self.child.id());
        }
        let status = self.child.try_wait()?;
        self.ended |= status.is_some();
        Ok(status)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        kill_tree(self.child.id());
        kill_group(self.child.id());
        // It may have ended by itself in between.
        self.child.kill().ok();
        let until = Instant::now() + Duration::from_secs(5);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Whether our child has ended; it can still be waited for.
#[cfg(unix)]
fn has_ended(pid: u32) -> bool {
    // SAFETY: siginfo_t is plain data for which all zeros is a value.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    // SAFETY: `info` lives as long as the call, which only looks (WNOWAIT).
    let done = unsafe { libc::waitid(libc::P_PID, pid, &mut info, libc::WEXITED | libc::WNOHANG | libc::WNOWAIT) };
    // SAFETY: waitid(2) fills the field, or leaves the zero if none has ended.
    done == 0 && unsafe { info.si_pid() } != 0
}

#[cfg(not(unix))]
fn has_ended(_pid: u32) -> bool {
    false
}

#[cfg(unix)]
fn kill_group(leader: u32) {
    if let Ok(group) = i32::try_from(leader) {
        // SAFETY: a plain system call. The group has the id of our child, which
        // was not waited for yet, so the id is nobody else's.
        unsafe { libc::kill(-group, libc::SIGKILL) };
    }
}

#[cfg(not(unix))]
fn kill_group(_leader: u32) {}

/// Kills `root` and its descendants. They are stopped first, round by round,
/// so that none can start another while we look.
#[cfg(target_os = "linux")]
fn kill_tree(root: u32) {
    let mut stopped: Vec<u32> = Vec::new();
    for _ in 0..64 {
        let new: Vec<u32> = descendants(root).into_iter().filter(|pid| !stopped.contains(pid)).collect();
        if new.is_empty() {
            break;
        }
        for pid in new {
            signal(pid, libc::SIGSTOP);
            stopped.push(pid);
        }
    }
    // Children first: a parent that is still stopped cannot be replaced as
    // their parent by anything that would save them.
    for pid in stopped.into_iter().rev() {
        signal(pid, libc::SIGKILL);
    }
}

#[cfg(not(target_os = "linux"))]
fn kill_tree(root: u32) {
    kill_group(root);
}

#[cfg(target_os = "linux")]
fn signal(pid: u32, signal: i32) {
    if let Ok(pid) = i32::try_from(pid) {
        // SAFETY: a plain system call; it fails if the process is gone.
        unsafe { libc::kill(pid, signal) };
    }
}

/// `root` and everything below it, as `/proc` shows it now.
#[cfg(target_os = "linux")]
fn descendants(root: u32) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return vec![root] };
    let parents: Vec<(u32, u32)> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|pid: u32| {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            // The name, in parentheses, may hold anything, also parentheses.
            let parent = stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?;
            Some((pid, parent))
        })
        .collect();
    let mut tree = vec![root];
    let mut next = 0;
    while next < tree.len() {
        let parent = tree[next];
        next += 1;
        tree.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
    }
    tree
}
