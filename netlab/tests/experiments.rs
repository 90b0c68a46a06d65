//! Every experiment of the book: it is written in the one way, it does what it
//! says, whatever the seed, and its transcript is the one beside it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use netlab::packet::{Header, checksum_is_good};
use netlab::run::{Event, Options, run};
use netlab::script::{format, parse};
use netlab::world::Happening;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../book/experiments")
}

/// Names of the files that end in `extension`, without it.
fn names(extension: &str) -> BTreeSet<String> {
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let wanted = files.filter(|path| path.extension().is_some_and(|found| found == extension));
    wanted.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

fn script(name: &str) -> String {
    std::fs::read_to_string(folder().join(format!("{name}.sock"))).unwrap()
}

#[test]
fn every_experiment_gives_the_transcript_beside_it_whatever_the_seed() {
    assert_eq!(names("sock"), names("txt"), "a transcript without script, or a script without transcript");
    for name in names("sock") {
        let script = parse(&script(&name)).unwrap_or_else(|error| panic!("{name}.sock:{error}"));
        let beside = std::fs::read_to_string(folder().join(format!("{name}.txt"))).unwrap();
        for seed in 1..=3 {
            let run = run(&script, Options { seed, ..Options::default() });
            assert!(run.passed(), "{name}.sock, seed {seed}: {}: {:#?}", run.end, run.failures);
            let again = format!("if it is right: cargo run -- net run book/experiments/{name}.sock --write");
            assert_eq!(run.transcript(), beside, "{name}.txt, seed {seed}; {again}");
        }
    }
}

/// What a capture shows has to be worth showing.
#[test]
fn every_packet_of_every_experiment_is_whole() {
    for name in names("sock") {
        let run = run(&parse(&script(&name)).unwrap(), Options::default());
        let (mut packets, mut damaged) = (0, 0);
        for record in &run.records {
            let packet = match &record.event {
                Event::Network(Happening::Wire(seen)) => &seen.packet,
                Event::Network(Happening::Loopback(_, _, packet)) => packet,
                _ => continue,
            };
            let header = Header::read(packet).unwrap_or_else(|| panic!("{name}: not an IP packet: {packet:02x?}"));
            let whole = header.fragment.is_some() || checksum_is_good(&header, header.payload(packet));
            assert!(header.total() == packet.len(), "{name}: {packet:02x?}");
            packets += 1;
            damaged += usize::from(!whole);
        }
        // Two write one packet with a wrong checksum by hand: it is what they are about.
        let by_hand = ["damaged", "swapped-words"].contains(&name.as_str());
        assert_eq!(damaged, usize::from(by_hand), "{name}: packets with a wrong checksum");
        let silent = [
            "numbers",
            "kinds",
            "buffer-sizes",
            "same-number",
            "reuseport",
            "v6only",
            "broadcast",
            "in-use-or-not-mine",
        ];
        let silent = silent.contains(&name.as_str());
        assert!(packets > 0 || silent, "{name}: nothing was sent");
    }
}

/// What a page takes out for the reader to write has to be missed: a script
/// that passes without it would tell nobody what is wanted.
#[test]
fn no_experiment_does_without_the_lines_that_are_the_readers() {
    let mut marked = 0;
    for name in names("sock") {
        let text = script(&name);
        let kept: Vec<&str> = text.lines().filter(|line| !line.ends_with("# yours")).collect();
        if kept.len() == text.lines().count() {
            continue;
        }
        marked += 1;
        let unsolved = parse(&kept.join("\n")).unwrap_or_else(|error| panic!("{name}.sock, unsolved:{error}"));
        assert!(!run(&unsolved, Options::default()).passed(), "{name}.sock passes without the lines marked yours");
    }
    assert!(marked >= 5, "{marked} experiments leave lines to the reader");
}

#[test]
fn every_experiment_is_written_in_the_one_way() {
    for name in names("sock") {
        let text = script(&name);
        assert_eq!(format(&text).as_deref(), Ok(text.as_str()), "cargo run -- net fmt book/experiments/{name}.sock");
    }
}

#[test]
fn most_experiments_agree_with_linux_without_a_declared_difference() {
    let all = names("sock");
    let differing = all.iter().filter(|name| script(name).contains("on sim ->")).count();
    assert!(differing * 10 <= all.len(), "{differing} of {} declare a difference", all.len());
}
