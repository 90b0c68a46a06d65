//! `watch`: a change starts another run, and Ctrl-C leaves nothing behind.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crate::fake::Project;

/// A `watch` that runs, and the lines it prints.
struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn start(project: &Project, line: &str) -> Watch {
        let mut child = project.command(line).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Watch { child, lines }
    }

    #[track_caller]
    fn waits_for(&self, part: &str) {
        let until = Instant::now() + Duration::from_secs(60);
        let mut seen = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            if line.contains(part) {
                return;
            }
            seen.push(line);
        }
        panic!("not printed: {part}\n{seen:#?}");
    }

    fn interrupt(mut self) -> Option<i32> {
        let pid = i32::try_from(self.child.id()).unwrap();
        // SAFETY: a plain system call on our own child, not yet waited for.
        unsafe { libc::kill(pid, libc::SIGINT) };
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < until, "Ctrl-C did not end it");
            std::thread::yield_now();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn edited_until_it_passes(line: &str) {
    let project = Project::new();
    project.run("lab start").says(0, &[]);
    let watch = Watch::start(&project, line);
    watch.waits_for("0 of 1 checks pass");
    watch.waits_for("Waiting for a change");
    project.solve("two", "hums");
    watch.waits_for("0 of 1 checks pass");
    project.solve("two", "sings");
    watch.waits_for("all 1 checks pass");
    watch.waits_for("Waiting for a change");
    assert_eq!(watch.interrupt(), Some(130));
}

#[test]
fn a_change_runs_the_checks_again() {
    edited_until_it_passes("lab watch two");
}

#[test]
fn a_change_is_also_found_by_looking() {
    edited_until_it_passes("lab watch two --poll");
}

/// Waits until the lab `two` of the copy has been compiled.
#[track_caller]
fn wait_until_built(project: &Project) {
    // The record of a step cannot be seen from outside; a built program can.
    let built = project.root().join("my-labs/target/debug/two");
    let until = Instant::now() + Duration::from_secs(60);
    while !built.exists() {
        assert!(Instant::now() < until, "not built");
        std::thread::yield_now();
    }
}

#[test]
fn ctrl_c_ends_a_test_that_hangs() {
    let project = Project::new();
    project.run("lab start").says(0, &[]);
    project.solve("two", "hang");
    let test = Watch::start(&project, "lab test two");
    wait_until_built(&project);
    assert_eq!(test.interrupt(), Some(130));
}

#[test]
fn a_change_ends_a_run_that_hangs() {
    let project = Project::new();
    project.run("lab start").says(0, &[]);
    project.solve("two", "hang");
    let watch = Watch::start(&project, "lab watch two");
    wait_until_built(&project);
    project.solve("two", "sings");
    watch.waits_for("all 1 checks pass");
    assert_eq!(watch.interrupt(), Some(130));
}
