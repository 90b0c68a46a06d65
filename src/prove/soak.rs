//! Very many executions on a busy machine: a check that fails once in a
//! thousand times teaches a student that tests lie.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use crate::cli::Context;
use crate::prove::build::Built;
use crate::prove::command::one;
use crate::prove::judge::{at_once, each};
use crate::prove::subject::Subject;
use crate::prove::table::Verdicts;
use crate::text::say;

/// How much is to be run, and under what load.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// Executions of single checks, of all labs together.
    pub(super) executions: u64,
    /// Executions of each lab, whatever its share would be.
    pub(super) at_least: u64,
    /// Threads that do nothing but keep a processor busy.
    pub(super) hogs: usize,
}

/// Threads in an endless loop, until this is dropped.
struct Hogs(Arc<AtomicBool>);

impl Hogs {
    fn start(n: usize) -> Hogs {
        let stop = Arc::new(AtomicBool::new(false));
        for _ in 0..n {
            let stop = Arc::clone(&stop);
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        Hogs(stop)
    }
}

impl Drop for Hogs {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Carries out `plan`, prints every failure with its seed; whether there was none.
pub(super) fn run(context: &Context, built: &Built, plan: &Plan) -> anyhow::Result<bool> {
    let say = |id: &str, values: &[(&str, &dyn std::fmt::Display)]| say(context.lang, id, values);
    println!("{}", say("prove.soak.plan", &[("executions", &plan.executions), ("hogs", &plan.hogs)]));
    let verdicts = Verdicts::load(&context.root)?;
    let _hogs = Hogs::start(plan.hogs);
    let (mut all, mut failures) = (0, 0);
    for lab in &built.labs {
        let start = Instant::now();
        let share = (plan.executions / built.labs.len().max(1) as u64).max(plan.at_least);
        let subjects = Subject::of(&context.root, &lab.id)?;
        let (mut done, mut failed) = (0, 0);
        // Whole rounds: each program has the same number of turns.
        while done < share {
            let results = each(&subjects, at_once() / 2, |subject| -> anyhow::Result<_> {
                let known = verdicts.of(&lab.id, &subject.name)?;
                Ok((subject, one(built, lab, known, context.lang)?))
            });
            for result in results {
                let (subject, outcome) = result?;
                done += lab.check.len() as u64;
                if let Err(fault) = outcome {
                    failed += 1;
                    println!("  ✗ {} {}: {fault}", lab.id, subject.name);
                }
            }
        }
        let mark = if failed == 0 { "✓" } else { "✗" };
        let s = start.elapsed().as_secs();
        println!(
            "  {mark} {}",
            say("prove.soak.lab", &[("lab", &lab.id), ("n", &done), ("failed", &failed), ("s", &s)])
        );
        all += done;
        failures += failed;
    }
    println!("\n{}", say("prove.soak.all", &[("n", &all), ("failed", &failures)]));
    Ok(failures == 0)
}
