//! What the program under test may do, and how it and its children end.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Heap and other private memory. RLIMIT_DATA, never RLIMIT_AS: each thread's
/// malloc arena reserves 64 MB of addresses, so that 61 threads die at 2 GB.
const DATA_BYTES: u64 = 1 << 30;
/// Processor seconds: a loop that outlives its check ends by itself.
const CPU_SECONDS: u64 = 60;

/// The mark by which a program's descendants are found again.
const MARK: &str = "LAB_CHILD_OF";

/// Prepares `command`: limits, no word of ours in its environment, and an end
/// when the thread that starts it ends.
pub(crate) fn confine(command: &mut Command, mark: &str) {
    let ours = |name: &OsString| name.to_string_lossy().starts_with("LAB_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| ours(name)) {
        command.env_remove(name);
    }
    command.env("RUST_BACKTRACE", "0").env(MARK, mark);
    hide();
    let in_child = || {
        #[cfg(target_os = "linux")]
        // SAFETY: prctl is async-signal-safe and gets constants. The signal
        // comes when the *thread* that forks here ends: that of the check.
        unsafe {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        }
        keep_ours();
        limit(libc::RLIMIT_DATA as i32, DATA_BYTES)?;
        limit(libc::RLIMIT_CPU as i32, CPU_SECONDS)?;
        limit(libc::RLIMIT_CORE as i32, 0)
    };
    // SAFETY: the closure only makes system calls that are async-signal-safe,
    // and allocates nothing.
    unsafe { command.pre_exec(in_child) };
}

/// What this process has inherited, from cargo or from a shell, is nothing to
/// the program: it begins with 0, 1 and 2. close_range(2); a kernel before 5.11
/// does not know it, and then the program has a number or two more.
fn keep_ours() {
    #[cfg(target_os = "linux")]
    // SAFETY: a system call with integers, which is async-signal-safe. Nothing
    // is closed before the exec.
    unsafe {
        libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC);
    }
}

/// Has `command` begin without CAP_NET_RAW: what has left the bounding set does
/// not come back with an exec, not even for root. capabilities(7).
pub(crate) fn take_raw_away(command: &mut Command) {
    #[cfg(target_os = "linux")]
    {
        const CAP_NET_RAW: libc::c_ulong = 13;
        let in_child = || {
            // SAFETY: prctl is async-signal-safe and gets integers.
            match unsafe { libc::prctl(libc::PR_CAPBSET_DROP, CAP_NET_RAW, 0, 0, 0) } {
                0 => Ok(()),
                _ => Err(io::Error::last_os_error()),
            }
        };
        // SAFETY: the closure makes one system call and allocates nothing.
        unsafe { command.pre_exec(in_child) };
    }
    #[cfg(not(target_os = "linux"))]
    let _ = command;
}

/// Has `command` begin with at most `most` descriptors at a time: one more, and
/// a call that would make it fails with EMFILE. getrlimit(2).
pub(crate) fn leave_descriptors(command: &mut Command, most: u64) {
    let in_child = move || limit(libc::RLIMIT_NOFILE as i32, most);
    // SAFETY: the closure makes one system call and allocates nothing.
    unsafe { command.pre_exec(in_child) };
}

/// Lets process `pid` have descriptors below `most` only, or as many as it may
/// ask for. Those that it has, it keeps. prlimit(2) asks for the same user.
#[cfg(target_os = "linux")]
pub(crate) fn most_descriptors(pid: u32, most: Option<u64>) {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the values outlive the calls. Of a process that has ended both
    // fail, and a later step sees that.
    unsafe {
        if libc::prlimit(pid as i32, libc::RLIMIT_NOFILE, std::ptr::null(), &raw mut limit) == 0 {
            limit.rlim_cur = most.unwrap_or(limit.rlim_max);
            libc::prlimit(pid as i32, libc::RLIMIT_NOFILE, &raw const limit, std::ptr::null_mut());
        }
    }
}

fn limit(resource: i32, most: u64) -> io::Result<()> {
    let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
    // SAFETY: the value outlives the call. A limit that is already lower stays.
    let result = unsafe { libc::setrlimit(resource as _, &limit) };
    if result == 0 || io::Error::last_os_error().raw_os_error() == Some(libc::EPERM) {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Makes this process undumpable and the parent of all orphans below it.
///
/// Undumpable: else the program could open `/proc/PPID/fd/1` and write
/// "test … ok", or write into our memory. prctl(2).
fn hide() {
    #[cfg(target_os = "linux")]
    // SAFETY: prctl with constants.
    unsafe {
        libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0);
        libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    }
}

/// Kills everything that carries `mark` or descends from `pid` (a child that
/// has not been waited for), until there is nothing left but `pid` itself.
#[cfg(target_os = "linux")]
pub(crate) fn kill_family(pid: Option<u32>, mark: &str) {
    let mark = format!("{MARK}={mark}\0");
    // A program that forks while it is being killed needs a few rounds.
    for _ in 0..100 {
        let mut victims = pid.map(crate::proc::family).unwrap_or_default();
        victims.extend(orphans(&mark));
        let mut alive = false;
        for victim in victims {
            // SAFETY: kill takes integers. `pid` has not been waited for, and
            // the others are its descendants or carry its mark.
            alive |= unsafe { libc::kill(victim as i32, libc::SIGKILL) } == 0 && Some(victim) != pid;
        }
        if !alive {
            return;
        }
        reap(pid, &mark);
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn kill_family(pid: Option<u32>, _mark: &str) {
    let Some(pid) = pid else { return };
    // SAFETY: kill takes integers, and `pid` has not been waited for.
    unsafe { libc::kill(pid as i32, libc::SIGKILL) };
}

/// Children of this process that carry `mark`: descendants whose parents have
/// ended, `setsid` or not, came to us.
#[cfg(target_os = "linux")]
fn orphans(mark: &str) -> Vec<u32> {
    let me = std::process::id();
    let threads = crate::proc::threads(me).into_iter();
    let children = threads.flat_map(|thread| crate::proc::children(&format!("/proc/{me}/task/{thread}")));
    let carries = |pid: &u32| {
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(mark)
    };
    children.filter(carries).collect()
}

/// Takes the exit status of dead orphans, so that they go away.
#[cfg(target_os = "linux")]
fn reap(pid: Option<u32>, mark: &str) {
    for orphan in orphans(mark).into_iter().filter(|&orphan| Some(orphan) != pid) {
        // SAFETY: waitpid on a child of ours that no `Child` value owns.
        unsafe { libc::waitpid(orphan as i32, std::ptr::null_mut(), libc::WNOHANG) };
    }
}
