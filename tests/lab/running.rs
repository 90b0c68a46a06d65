//! `run`: the exit code and the record are the verdict, and everything that
//! was started is dead afterwards.

use std::time::{Duration, Instant};

use sockets::lab::{self, End, Event, Is, Outcome, Record, Request, Room};
use sockets::manifest::Lab;
use sockets::text::Lang;

use crate::fake::Project;

fn started() -> (Project, Room) {
    let project = Project::new();
    lab::start(&project.labs(), &project.copy()).unwrap();
    let room = Room::open(&project.copy()).unwrap();
    (project, room)
}

fn run(room: &Room, lab: &Lab) -> (Outcome, Vec<Event>) {
    let mut events = Vec::new();
    let outcome = lab::run(&Request::new(room.dir(), lab, Lang::En), |event| events.push(event)).unwrap();
    (outcome, events)
}

#[test]
fn the_record_arrives_while_the_checks_run_and_decides() {
    let (project, room) = started();
    project.solve("one", "speaks stops");
    let lab = room.lab("one").unwrap();
    let (outcome, events) = run(&room, &lab);
    assert_eq!(outcome.end, End::Failed, "{outcome:#?}");
    let verdicts: Vec<_> =
        outcome.checks.iter().map(|(name, v)| (name.as_str(), v.as_ref().unwrap().verdict)).collect();
    assert_eq!(verdicts, [("speaks", Is::Pass), ("repeats", Is::Fail), ("stops", Is::Pass)]);
    assert!(outcome.message("repeats").unwrap().contains("expected the word repeats, lang en"), "{}", outcome.output);
    assert_eq!(outcome.message("speaks"), None);
    let built = events.iter().position(|event| *event == Event::Built { ok: true }).expect("built");
    let record = |event: &Event| matches!(event, Event::Record { record: Record::Verdict(_) });
    assert!(events[..built].iter().all(|event| matches!(event, Event::Building { .. })));
    assert_eq!(events.iter().filter(|event| record(event)).count(), 3);

    project.solve("one", "speaks repeats stops");
    assert_eq!(run(&room, &lab).0.end, End::Passed);
}

#[test]
fn one_check_can_be_asked_for() {
    let (project, room) = started();
    project.solve("one", "repeats");
    let lab = room.lab("one").unwrap();
    let request = Request { check: Some("repeats"), ..Request::new(room.dir(), &lab, Lang::Ko) };
    let outcome = lab::run(&request, |_| {}).unwrap();
    assert_eq!((outcome.end, outcome.checks.len()), (End::Passed, 1));
}

#[test]
fn what_does_not_compile_is_said_to_not_compile() {
    let (project, room) = started();
    project.write("my-labs/one/src/main.rs", "fn main() { let x: u8 = \"no\"; }\n");
    let (outcome, _) = run(&room, &room.lab("one").unwrap());
    assert_eq!(outcome.end, End::NotCompiled);
    assert!(outcome.build.contains("mismatched types") && outcome.build.contains("src/main.rs:1"), "{}", outcome.build);
}

#[test]
fn a_success_that_left_no_record_is_no_success() {
    let (project, room) = started();
    let lab = room.lab("one").unwrap();
    project.write("my-labs/one/tests/one.rs", "#[test]\nfn speaks() {}\n");
    assert_eq!(run(&room, &lab).0.end, End::Broken);
    // All verdicts are there and say pass, but the process says otherwise.
    lab::reset(&project.labs(), &project.copy(), "one").unwrap();
    project.solve("one", "forge");
    assert_eq!(run(&room, &lab).0.end, End::Broken);
    project.solve("one", "speaks repeats stops silent");
    assert_eq!(run(&room, &lab).0.end, End::Broken);
}

#[test]
fn a_check_that_could_not_run_did_not_pass() {
    let (project, room) = started();
    project.solve("two", "absent");
    let (outcome, _) = run(&room, &room.lab("two").unwrap());
    assert_eq!((outcome.end, outcome.count(Is::NotRun)), (End::NotRun, 1));
}

#[test]
fn a_run_that_does_not_end_is_ended_with_all_it_started() {
    let (project, room) = started();
    project.solve("two", "escape hang");
    let lab = room.lab("two").unwrap();
    let request = Request { test_limit: Duration::from_millis(500), ..Request::new(room.dir(), &lab, Lang::En) };
    let outcome = lab::run(&request, |_| {}).unwrap();
    assert_eq!(outcome.end, End::TimedOut);
    assert_eq!(alive_in(room.dir()), Vec::<String>::new());
}

#[test]
fn a_run_can_be_stopped_from_another_thread_and_dies_with_a_panic() {
    let (project, room) = started();
    project.solve("two", "hang");
    let lab = room.lab("two").unwrap();
    let request = Request::new(room.dir(), &lab, Lang::En);
    let outcome = lab::run(&request, |event| {
        if let Event::Record { record: Record::Step(_) } = event {
            let stop = request.stop.clone();
            std::thread::spawn(move || stop.now());
        }
    })
    .unwrap();
    // Had it run into its limit instead, it would say so.
    assert_eq!(outcome.end, End::Stopped);
    assert_eq!(alive_in(room.dir()), Vec::<String>::new());

    let request = Request::new(room.dir(), &lab, Lang::En);
    let panicked = std::panic::catch_unwind(|| {
        lab::run(&request, |event| assert!(!matches!(event, Event::Record { record: Record::Step(_) }))).ok();
    });
    assert!(panicked.is_err());
    assert_eq!(alive_in(room.dir()), Vec::<String>::new());
}

#[test]
fn a_flood_of_output_is_cut_and_the_verdict_stands() {
    let (project, room) = started();
    project.solve("two", "flood");
    let (outcome, events) = run(&room, &room.lab("two").unwrap());
    assert_eq!(outcome.end, End::Failed);
    assert!(outcome.output.len() <= 512 * 1024 && events.len() < 20_000);
}

#[test]
fn a_lab_is_found_by_its_name_alone() {
    let (_project, room) = started();
    assert!(room.lab("one").is_ok());
    for name in ["", ".", "..", "../labs/one", "one/", "harness", "three"] {
        assert!(room.lab(name).is_err(), "{name}");
    }
}

/// The command lines of processes that were started from below `dir`. The
/// dying are given a moment: a signal is not waited for.
fn alive_in(dir: &std::path::Path) -> Vec<String> {
    let until = Instant::now() + Duration::from_secs(5);
    loop {
        let dir = dir.to_string_lossy().into_owned();
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let alive: Vec<String> = processes
            .filter_map(|process| std::fs::read(process.path().join("cmdline")).ok())
            .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
            .filter(|line| line.contains(&dir))
            .collect();
        if alive.is_empty() || Instant::now() > until {
            return alive;
        }
        std::thread::yield_now();
    }
}
