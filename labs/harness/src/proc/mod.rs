//! What Linux's `/proc` says of the program, without tracing it.
//!
//! proc_pid_syscall(5), proc_pid_status(5), proc_pid_stat(5).

mod calls;
mod diag;
mod numbered;
mod owned;
mod sockets;

use std::fs::{self, File};
use std::io::Read as _;

pub(crate) use calls::{Call, take_patience};
pub(crate) use diag::{data_segments, faces_a_closed_window, listening, unacknowledged};
pub(crate) use numbered::{Numbered, numbered};
pub(crate) use owned::{owned, udp_address};
pub(crate) use sockets::{Ends, Flow, outside};

/// One look at a program and everything it started.
#[derive(Debug, Default)]
pub(crate) struct Look {
    /// Every thread sleeps, in a call that names no time limit.
    pub(crate) asleep: bool,
    /// Every thread sleeps, if only for a time.
    pub(crate) resting: bool,
    /// A thread runs, or could if it were given a processor.
    pub(crate) runs: bool,
    /// How often each thread has left a processor. Two looks that find the same
    /// numbers and all threads asleep show that nothing ran between them: a
    /// thread that had run would have left a processor once more.
    pub(crate) switches: Vec<(u32, u64)>,
    /// Where each thread is.
    pub(crate) calls: Vec<Call>,
}

impl Look {
    /// Nothing but another's deed will wake the program, process `pid`: no
    /// timeout of a socket, and no timer. Costs more than a look.
    pub(crate) fn lasts(&self, pid: u32) -> bool {
        self.asleep && self.calls.iter().all(Call::lasts) && !family(pid).into_iter().any(has_timer)
    }

    /// The same of a program that misses somebody who has vanished: not even
    /// its kernel gives up before the deadline.
    pub(crate) fn outlasts_the_deadline(&self, pid: u32) -> bool {
        let lasts = |call: &Call| call.lasts() || call.connects_for_long();
        let patient = |pid| !has_timer(pid) && calls::is_patient(pid);
        self.asleep && self.calls.iter().all(lasts) && family(pid).into_iter().all(patient)
    }

    /// Every thread sleeps, one of them at least for a time that it has chosen
    /// itself, and the others until another thread or somebody else wakes them.
    pub(crate) fn naps(&self) -> bool {
        let naps = |call: &Call| call.naps;
        self.resting && self.calls.iter().any(naps) && self.calls.iter().all(|call| naps(call) || call.untimed)
    }
}

/// Looks at process `pid` and its descendants.
pub(crate) fn look(pid: u32) -> Look {
    let mut look = Look { asleep: true, resting: true, ..Look::default() };
    let mut family = vec![pid];
    let mut next = 0;
    while let Some(&pid) = family.get(next) {
        next += 1;
        for thread in threads(pid) {
            let path = format!("/proc/{pid}/task/{thread}");
            family.extend(children(&path));
            // In this order: the kernel names a call only of a thread that has
            // left its processor, and the number is that of this sleep, or of
            // a later one that the next look tells apart.
            let mut call = Call::of(&path, pid);
            let Some((state, switches)) = status(&path).filter(|(state, _)| !matches!(state, 'Z' | 'X')) else {
                continue;
            };
            call.writes &= state == 'S';
            look.asleep &= state == 'S' && call.untimed;
            look.resting &= state == 'S';
            look.runs |= state == 'R';
            look.switches.push((thread, switches));
            look.calls.push(call);
        }
    }
    look.asleep &= !look.calls.is_empty();
    look
}

/// `pid` and its descendants.
pub(crate) fn family(pid: u32) -> Vec<u32> {
    let mut family = vec![pid];
    let mut next = 0;
    while let Some(&parent) = family.get(next) {
        for thread in threads(parent) {
            family.extend(children(&format!("/proc/{parent}/task/{thread}")));
        }
        next += 1;
    }
    family
}

/// Processes that a thread has started and that have not been waited for.
pub(crate) fn children(path: &str) -> Vec<u32> {
    let text = read(&format!("{path}/children")).unwrap_or_default();
    text.split_whitespace().filter_map(|child| child.parse::<u32>().ok()).collect()
}

/// A file of `/proc`. What stands there is short, but tells no length: asking
/// for it, as `fs::read_to_string` does, would double the price of a look.
fn read(path: &str) -> Option<String> {
    let mut text = Vec::with_capacity(4096);
    File::open(path).ok()?.take(u64::MAX).read_to_end(&mut text).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// A raw socket of `pid` has packets that it has not read.
pub(crate) fn has_unread_packets(pid: u32) -> bool {
    sockets::has_unread_raw(&inodes(pid))
}

/// The sockets of `pid`, one for each descriptor.
fn inodes(pid: u32) -> Vec<String> {
    numbers(pid).into_iter().map(|(_, socket)| socket).collect()
}

/// The descriptors of `pid` that are sockets, and which socket each is:
/// proc_pid_fd(5).
pub(crate) fn numbers(pid: u32) -> Vec<(i32, String)> {
    let Ok(dir) = fs::read_dir(format!("/proc/{pid}/fd")) else { return Vec::new() };
    let socket = |entry: fs::DirEntry| {
        let to = fs::read_link(entry.path()).ok()?.into_os_string().into_string().ok()?;
        let socket = to.strip_prefix("socket:[")?.strip_suffix(']')?.to_string();
        Some((entry.file_name().to_str()?.parse().ok()?, socket))
    };
    dir.flatten().filter_map(socket).collect()
}

/// The lowest number that is no descriptor of `pid`: the next one it would get.
pub(crate) fn first_free_number(pid: u32) -> u64 {
    let is_free = |n: &u64| fs::read_link(format!("/proc/{pid}/fd/{n}")).is_err();
    (0..).find(is_free).unwrap_or_default()
}

/// Every thread of `pid` is stopped, as by SIGSTOP.
pub(crate) fn is_stopped(pid: u32) -> bool {
    threads(pid)
        .into_iter()
        .all(|thread| matches!(status(&format!("/proc/{pid}/task/{thread}")), Some(('T' | 'Z', _)) | None))
}

/// Thread ids of process `pid`.
pub(crate) fn threads(pid: u32) -> Vec<u32> {
    let Ok(dir) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    dir.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// Resident memory of process `pid` in kB.
pub(crate) fn memory_kb(pid: u32) -> u64 {
    let status = read(&format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// State of a thread, and how often it has left a processor.
fn status(path: &str) -> Option<(char, u64)> {
    let text = read(&format!("{path}/status"))?;
    let mut state = None;
    let mut switches = 0;
    let number = |text: &str| text.trim().parse::<u64>().unwrap_or(0);
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("State:") {
            state = rest.trim_start().chars().next();
        } else if let Some(n) = line.strip_prefix("voluntary_ctxt_switches:") {
            switches += number(n);
        } else if let Some(n) = line.strip_prefix("nonvoluntary_ctxt_switches:") {
            switches += number(n);
        }
    }
    Some((state?, switches))
}

/// Processor time that process `pid` and its descendants have used, in
/// milliseconds.
pub(crate) fn cpu_ms(pid: u32) -> u64 {
    let ticks = |pid| {
        let text = read(&format!("/proc/{pid}/stat")).unwrap_or_default();
        // The name before the last `) ` may hold spaces and brackets. Behind
        // it the text goes on with field 3; utime and stime are 14 and 15.
        let fields = text.rsplit_once(") ").map_or("", |(_, fields)| fields);
        fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum::<u64>()
    };
    // SAFETY: sysconf takes a constant and touches no memory of ours.
    let per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) }.max(1) as u64;
    family(pid).into_iter().map(ticks).sum::<u64>() * 1000 / per_second
}

/// A timer can end any wait, so a program that holds one is never called
/// asleep for good.
fn has_timer(pid: u32) -> bool {
    if read(&format!("/proc/{pid}/timers")).is_some_and(|timers| !timers.is_empty()) {
        return true;
    }
    let Ok(dir) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    dir.flatten().any(|entry| fs::read_link(entry.path()).is_ok_and(|to| to.to_string_lossy().contains("[timerfd]")))
}
