//! The reference of the grammar is right: its scripts run, its lines can be read.

use netlab::run::{Options, run};
use netlab::script::{SockOpt, format, parse};

const README: &str = include_str!("../README.md");

#[test]
fn the_scripts_of_the_reference_do_what_they_say() {
    let scripts: Vec<&str> = README.split("```sock\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(scripts.len(), 2);
    for text in scripts {
        let run = run(&parse(text).unwrap(), Options::default());
        assert!(run.passed(), "{}: {:#?}\n{}", run.end, run.failures, run.transcript());
        assert_eq!(format(text).as_deref(), Ok(text));
    }
}

/// Every example in a table is a line of a script.
#[test]
fn the_examples_of_the_reference_can_be_read() {
    let head = "host a 10.0.0.1\nhost b 10.0.0.2\nrouter r 10.0.9.1\n";
    let body = "server on b:\n  s = socket(AF_INET, SOCK_STREAM)\na:\n  c = socket(AF_INET, SOCK_STREAM)\n  d = dup(c)\n  s = dup(c)\n  u = dup(c)\n";
    let mut read = 0;
    for row in README.lines().filter(|line| line.starts_with("| ") && line.matches('|').count() >= 3) {
        let Some((_, example)) = row.trim_end_matches(" |").rsplit_once("| ") else { continue };
        for line in example.split('`').skip(1).step_by(2) {
            let line = line.replace("\\|", "|");
            let text = match line.as_str() {
                "example" => continue,
                line if ["host", "router"].iter().any(|word| line.starts_with(word)) => line.to_owned(),
                line if ["link", "drop", "limit"].iter().any(|word| line.starts_with(word)) => format!("{head}{line}"),
                "end" => format!("{head}{body}repeat 2\nend"),
                line if line.starts_with("repeat") => format!("{head}{body}{line}\nend"),
                line if line.starts_with("src/") => continue,
                line => format!("{head}{body}{line}"),
            };
            parse(&text).unwrap_or_else(|error| panic!("`{line}`: {error}"));
            read += 1;
        }
    }
    assert!(read > 25, "only {read} examples were found");
}

#[test]
fn the_reference_names_every_option() {
    for (_, name) in SockOpt::ALL {
        assert!(README.contains(name), "{name}");
    }
}
