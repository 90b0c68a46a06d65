//! `lab test`: the checks of one lab, or of all, one after the other.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::command::{Answer, find, refuse};
use super::interrupt::Interrupt;
use super::list::tell_aside;
use super::progress::keep;
use super::record::{Is, Record};
use super::room::Room;
use super::run::{End, Event, Outcome, Request, Stop, run};
use super::style::Style;
use crate::manifest::Lab;
use crate::text::{Lang, say};

/// What a shell says of a program that Ctrl-C ended: 128 + SIGINT.
pub(super) const INTERRUPTED: u8 = 130;

/// Runs the lab `id`, or all of them. One that does not compile does not stop
/// the others.
pub(super) fn test(lang: Lang, room: &Room, id: Option<&str>, json: bool) -> Answer {
    let mut labs = Vec::new();
    let mut whole = true;
    match id {
        Some(id) => match find(lang, room, id) {
            Ok(lab) => labs.push(lab),
            Err(answer) => return answer,
        },
        None => {
            for lab in room.labs() {
                match lab {
                    Ok(lab) => labs.push(lab),
                    Err(error) => {
                        whole = false;
                        let message = say(lang, "lab.unreadable", &[("error", &error)]);
                        eprintln!("{}: {message}", say(lang, "cli.error", &[]));
                    }
                }
            }
            if labs.is_empty() {
                return refuse(lang, "lab.none", &[]);
            }
        }
    }
    let interrupt = Interrupt::listen()?;
    let mut ends = Vec::new();
    for lab in &labs {
        let stop = Stop::default();
        interrupt.ends(&stop);
        let outcome = run_shown(lang, room, lab, &stop, json)?;
        ends.push(outcome.end);
        if interrupt.came() {
            return Ok(ExitCode::from(INTERRUPTED));
        }
        if json {
            println!(
                "{}",
                serde_json::to_string(
                    &serde_json::json!({ "kind": "outcome", "lab": lab.id, "end": outcome.end, "ms": outcome.ms })
                )?
            );
        } else if id.is_some() {
            tell(lang, lab, &outcome);
        } else {
            println!("{}", line(lang, lab, &outcome));
        }
    }
    let passed = ends.iter().filter(|end| **end == End::Passed).count();
    if id.is_none() && !json {
        println!("\n{}", say(lang, "lab.test.sum", &[("passed", &passed), ("all", &ends.len())]));
    }
    Ok(if whole && passed == ends.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs a lab, showing that something is going on, and keeps its progress.
pub(super) fn run_shown(lang: Lang, room: &Room, lab: &Lab, stop: &Stop, json: bool) -> anyhow::Result<Outcome> {
    let request = Request { stop: stop.clone(), ..Request::new(room.dir(), lab, lang) };
    let bar = if json { ProgressBar::hidden() } else { spinner(lang, lab) };
    let mut over = 0;
    let outcome = run(&request, |event| {
        if json {
            // A reader that went away ends us at the next println.
            let line = serde_json::to_string(&event).unwrap_or_default();
            writeln!(std::io::stdout(), "{line}").ok();
        }
        match event {
            Event::Built { ok: true } => bar.set_message(count(lang, lab, 0)),
            Event::Record { record: Record::Verdict(_) } => {
                over += 1;
                bar.set_message(count(lang, lab, over));
            }
            Event::Built { ok: false } | Event::Building { .. } | Event::Record { .. } | Event::Output { .. } => {}
        }
    });
    bar.finish_and_clear();
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => anyhow::bail!("{}", say(lang, "lab.test.no-cargo", &[("error", &error)])),
    };
    match keep(room.dir(), lab, &outcome) {
        Ok(aside) => tell_aside(lang, aside.as_slice()),
        Err(error) => eprintln!("{}", say(lang, "lab.not-kept", &[("error", &error)])),
    }
    Ok(outcome)
}

fn spinner(lang: Lang, lab: &Lab) -> ProgressBar {
    let target =
        if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.set_prefix(lab.id.clone());
    bar.set_message(say(lang, "lab.test.building", &[]));
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

fn count(lang: Lang, lab: &Lab, over: usize) -> String {
    say(lang, "lab.test.running", &[("over", &over), ("all", &lab.check.len())])
}

/// A lab in one line.
fn line(lang: Lang, lab: &Lab, outcome: &Outcome) -> String {
    let style = Style::of_stdout();
    let text = sentence(lang, outcome);
    let text = match outcome.end {
        End::Passed => style.good(&text),
        End::NotRun | End::Stopped => style.warn(&text),
        End::Failed | End::NotCompiled | End::TimedOut | End::Broken => style.bad(&text),
    };
    format!("{}: {text}", lab.id)
}

/// How a run ended, in words.
fn sentence(lang: Lang, outcome: &Outcome) -> String {
    let (passed, all) = (outcome.count(Is::Pass), outcome.checks.len());
    let seconds = format!("{:.1}", std::time::Duration::from_millis(outcome.ms).as_secs_f64());
    match outcome.end {
        End::Passed => say(lang, "lab.test.passed", &[("all", &all), ("seconds", &seconds)]),
        End::Failed => say(lang, "lab.test.failed", &[("passed", &passed), ("all", &all), ("seconds", &seconds)]),
        End::NotRun => {
            let not_run = outcome.count(Is::NotRun);
            say(lang, "lab.test.not-run", &[("passed", &passed), ("not-run", &not_run), ("all", &all)])
        }
        End::NotCompiled => say(lang, "lab.test.not-compiled", &[]),
        End::TimedOut => say(lang, "lab.test.timed-out", &[("seconds", &seconds)]),
        End::Stopped => say(lang, "lab.test.stopped", &[]),
        End::Broken => {
            let silent = outcome.checks.iter().filter(|(_, verdict)| verdict.is_none());
            let silent = silent.map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
            if silent.is_empty() {
                say(lang, "lab.test.contradiction", &[])
            } else {
                say(lang, "lab.test.silent", &[("checks", &silent)])
            }
        }
    }
}

/// A lab in full: each check, and what the first failing one printed.
pub(super) fn tell(lang: Lang, lab: &Lab, outcome: &Outcome) {
    let style = Style::of_stdout();
    println!("{}", style.strong(&format!("{}: {}", lab.id, lab.title.get(lang))));
    if outcome.end == End::NotCompiled {
        print!("{}", outcome.build);
        println!("{}", line(lang, lab, outcome));
        return;
    }
    let mut checks: Vec<_> = lab.check.iter().collect();
    checks.sort_by_key(|check| check.stage);
    let width = checks.iter().map(|check| check.name.len()).max().unwrap_or(0);
    let mut first = None;
    for check in checks {
        let verdict = outcome.checks.iter().find(|(name, _)| *name == check.name).and_then(|(_, v)| v.as_ref());
        let (mark, ms) = match verdict {
            Some(verdict) => {
                let ms = format!("{:>5} ms", verdict.ms);
                match verdict.verdict {
                    Is::Pass => (style.good("  ok  "), ms),
                    Is::Fail => (style.bad(" FAIL "), ms),
                    Is::NotRun => (style.warn("not run"), String::new()),
                }
            }
            None => (style.warn("  ?   "), String::new()),
        };
        println!("{mark} {} {:width$} {}", check.stage, check.name, style.faint(&ms));
        if first.is_none() && verdict.is_none_or(|verdict| verdict.verdict != Is::Pass) {
            first = Some(check);
        }
    }
    if let Some(check) = first {
        let of = lab.check.iter().map(|check| check.stage).max().unwrap_or(1);
        let head = say(lang, "lab.test.first", &[("stage", &check.stage), ("of", &of)]);
        println!();
        if outcome.end == End::Failed {
            println!("{}", style.strong(&head));
        }
        match outcome.message(&check.name) {
            Some(message) => println!("{message}"),
            // The process ended before libtest could report.
            None => print!("{}", outcome.output),
        }
        println!();
    }
    println!("{}", line(lang, lab, outcome));
    if first.is_some() && outcome.end == End::Failed {
        println!("{}", style.faint(&say(lang, "lab.test.hint", &[("lab", &lab.id)])));
    }
}
