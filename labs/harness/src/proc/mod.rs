//! What Linux's `/proc` says of the program, without tracing it.
//!
//! proc_pid_syscall(5), proc_pid_status(5), proc_pid_stat(5).

mod calls;
mod sockets;

use std::fs;

pub(crate) use calls::Call;
pub(crate) use sockets::{Flow, Table};

/// One look at a program and everything it started.
#[derive(Debug, Default)]
pub(crate) struct Look {
    /// Every thread sleeps, in a call that names no time limit.
    pub(crate) asleep: bool,
    /// Every thread sleeps, if only for a time.
    pub(crate) resting: bool,
    /// Sum of all context switches: it stands still while nothing runs.
    pub(crate) switches: u64,
    /// Processor time used so far, in milliseconds.
    pub(crate) cpu_ms: u64,
    /// Where each thread is.
    pub(crate) calls: Vec<Call>,
}

impl Look {
    /// Nothing but another's deed will wake the program, process `pid`: no
    /// timeout of a socket, and no timer. Costs more than a look.
    pub(crate) fn lasts(&self, pid: u32) -> bool {
        self.asleep && self.calls.iter().all(Call::lasts) && !family(pid).into_iter().any(has_timer)
    }
}

/// Looks at process `pid` and its descendants.
pub(crate) fn look(pid: u32) -> Look {
    let mut look = Look { asleep: true, resting: true, ..Look::default() };
    for pid in family(pid) {
        look.cpu_ms += cpu_ms(pid);
        for thread in threads(pid) {
            let path = format!("/proc/{pid}/task/{thread}");
            let state = state(&path);
            if matches!(state, Some('Z' | 'X') | None) {
                continue;
            }
            let mut call = Call::of(&path, pid);
            call.writes &= state == Some('S');
            look.asleep &= state == Some('S') && call.untimed;
            look.resting &= state == Some('S');
            look.switches += switches(&path);
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
            let children = fs::read_to_string(format!("/proc/{parent}/task/{thread}/children")).unwrap_or_default();
            family.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        }
        next += 1;
    }
    family
}

/// A raw socket of `pid` has packets that it has not read.
pub(crate) fn has_unread_packets(pid: u32) -> bool {
    let Ok(dir) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    let targets =
        dir.flatten().filter_map(|entry| fs::read_link(entry.path()).ok()?.into_os_string().into_string().ok());
    let inodes: Vec<String> =
        targets.filter_map(|to| Some(to.strip_prefix("socket:[")?.strip_suffix(']')?.to_string())).collect();
    sockets::has_unread_raw(&inodes)
}

/// Every thread of `pid` is stopped, as by SIGSTOP.
pub(crate) fn is_stopped(pid: u32) -> bool {
    threads(pid)
        .into_iter()
        .all(|thread| matches!(state(&format!("/proc/{pid}/task/{thread}")), Some('T' | 'Z') | None))
}

/// Thread ids of process `pid`.
pub(crate) fn threads(pid: u32) -> Vec<u32> {
    let Ok(dir) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    dir.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// Resident memory of process `pid` in kB.
pub(crate) fn memory_kb(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// The fields of `stat` behind the name, which may hold spaces and brackets.
fn stat(path: &str) -> Option<String> {
    let text = fs::read_to_string(format!("{path}/stat")).ok()?;
    Some(text.rsplit_once(") ")?.1.to_string())
}

fn state(path: &str) -> Option<char> {
    stat(path)?.chars().next()
}

fn cpu_ms(pid: u32) -> u64 {
    let Some(stat) = stat(&format!("/proc/{pid}")) else { return 0 };
    // utime and stime are the fields 14 and 15; the text begins with field 3.
    let ticks: u64 = stat.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    // SAFETY: sysconf takes a constant and touches no memory of ours.
    let per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) }.max(1) as u64;
    ticks * 1000 / per_second
}

fn switches(path: &str) -> u64 {
    let status = fs::read_to_string(format!("{path}/status")).unwrap_or_default();
    status.lines().filter_map(|line| line.split_once("ctxt_switches:")?.1.trim().parse::<u64>().ok()).sum()
}

/// A timer can end any wait, so a program that holds one is never called
/// asleep for good.
fn has_timer(pid: u32) -> bool {
    if fs::read_to_string(format!("/proc/{pid}/timers")).is_ok_and(|timers| !timers.is_empty()) {
        return true;
    }
    let Ok(dir) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    dir.flatten().any(|entry| fs::read_link(entry.path()).is_ok_and(|to| to.to_string_lossy().contains("[timerfd]")))
}
