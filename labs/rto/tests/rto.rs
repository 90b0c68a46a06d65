//! What the program must do: a line in, a line out.
//!
//! The lines of the checks are the same in every run, so that you can work them
//! out by hand. Two checks also draw a row of `table/mod.rs`: samples and what comes
//! of them. `tests/snapshots/NAME.snap` holds what must have happened: read it
//! first, it is the specification.

mod table;

use harness::{Check, Question};

harness::lab!("rto");

/// Each line is answered as it stands beside it, and then a row of the table is.
fn plays(check: &Check, asked: &[(&str, &str)], row: Option<&[(u64, &str)]>) {
    let plain = asked.iter().map(|(line, want)| (Question::plain(line), *want, (*want).to_string()));
    let drawn = row.into_iter().flatten().enumerate().map(|(n, (r, want))| {
        // No number of it stands in the snapshot.
        let name = format!("R{}", n + 1);
        (
            Question::new(format!("sample {r}"), format!("sample {name}")),
            *want,
            format!("as the table has it for {name}"),
        )
    });
    let new = row.map(|_| (Question::plain("new"), "rto 1000 timer off", "rto 1000 timer off".to_string()));
    let all: Vec<_> = plain.chain(new).chain(drawn).collect();
    check.keeps_input();
    let mut program = check.ask(&all.iter().map(|(question, ..)| question).collect::<Vec<_>>());
    for (question, want, name) in &all {
        program.answers(question, want, name);
    }
    program.ends();
}

/// A row of the table.
fn row(check: &Check) -> &'static [(u64, &'static str)] {
    table::ROWS[check.below(table::ROWS.len())]
}

#[test]
fn computes_the_first_sample() {
    LAB.check("computes_the_first_sample", |check| {
        plays(
            check,
            &[
                ("new", "rto 1000 timer off"),
                ("sample 800", "srtt 800 rttvar 400 rto 2400"),
                ("new", "rto 1000 timer off"),
                ("sample 1501", "srtt 1501 rttvar 750 rto 4501"),
                ("new", "rto 1000 timer off"),
                ("sample 9999", "srtt 9999 rttvar 4999 rto 29995"),
            ],
            Some(&row(check)[..1]),
        );
    });
}

#[test]
fn follows_further_samples() {
    LAB.check("follows_further_samples", |check| {
        plays(
            check,
            &[
                ("sample 800", "srtt 800 rttvar 400 rto 2400"),
                ("sample 800", "srtt 800 rttvar 300 rto 2000"),
                ("sample 1600", "srtt 900 rttvar 425 rto 2600"),
                ("sample 400", "srtt 837 rttvar 443 rto 2609"),
                ("sample 403", "srtt 782 rttvar 440 rto 2542"),
                ("sample 9000", "srtt 1809 rttvar 2384 rto 11345"),
                ("sample 1201", "srtt 1733 rttvar 1940 rto 9493"),
            ],
            Some(row(check)),
        );
    });
}

#[test]
fn stays_within_its_limits() {
    LAB.check("stays_within_its_limits", |check| {
        plays(
            check,
            &[
                ("sample 20", "srtt 20 rttvar 10 rto 1000"),
                ("sample 21", "srtt 20 rttvar 7 rto 1000"),
                ("sample 0", "srtt 17 rttvar 10 rto 1000"),
                ("sample 0", "srtt 14 rttvar 11 rto 1000"),
                ("sample 3000", "srtt 387 rttvar 754 rto 3403"),
                ("new", "rto 1000 timer off"),
                ("sample 50000", "srtt 50000 rttvar 25000 rto 60000"),
                ("sample 50000", "srtt 50000 rttvar 18750 rto 60000"),
                ("sample 10", "srtt 43751 rttvar 26560 rto 60000"),
                ("new", "rto 1000 timer off"),
                ("sample 2000", "srtt 2000 rttvar 1000 rto 6000"),
                ("sample 2000", "srtt 2000 rttvar 750 rto 5000"),
                ("sample 2000", "srtt 2000 rttvar 562 rto 4248"),
                ("sample 2000", "srtt 2000 rttvar 421 rto 3684"),
                ("sample 2000", "srtt 2000 rttvar 315 rto 3260"),
                ("sample 2000", "srtt 2000 rttvar 236 rto 2944"),
                ("sample 2000", "srtt 2000 rttvar 177 rto 2708"),
                ("sample 2000", "srtt 2000 rttvar 132 rto 2528"),
                ("sample 2000", "srtt 2000 rttvar 99 rto 2396"),
                ("sample 2000", "srtt 2000 rttvar 74 rto 2296"),
                ("sample 2000", "srtt 2000 rttvar 55 rto 2220"),
                ("sample 2000", "srtt 2000 rttvar 41 rto 2164"),
                ("sample 2000", "srtt 2000 rttvar 30 rto 2120"),
                ("sample 2000", "srtt 2000 rttvar 22 rto 2088"),
                ("sample 2000", "srtt 2000 rttvar 16 rto 2064"),
                ("sample 2000", "srtt 2000 rttvar 12 rto 2048"),
                ("sample 2000", "srtt 2000 rttvar 9 rto 2036"),
                ("sample 2000", "srtt 2000 rttvar 6 rto 2024"),
                ("sample 2000", "srtt 2000 rttvar 4 rto 2016"),
                ("sample 2000", "srtt 2000 rttvar 3 rto 2012"),
                ("sample 2000", "srtt 2000 rttvar 2 rto 2008"),
                ("sample 2000", "srtt 2000 rttvar 1 rto 2004"),
                ("sample 2000", "srtt 2000 rttvar 0 rto 2001"),
                ("sample 2000", "srtt 2000 rttvar 0 rto 2001"),
                ("new", "rto 1000 timer off"),
                ("sample 0", "srtt 0 rttvar 0 rto 1000"),
                ("sample 4000", "srtt 500 rttvar 1000 rto 4500"),
                ("new", "rto 1000 timer off"),
                ("sample 4294967295", "srtt 4294967295 rttvar 2147483647 rto 60000"),
                ("sample 4294967295", "srtt 4294967295 rttvar 1610612735 rto 60000"),
            ],
            None,
        );
    });
}

#[test]
fn changes_nothing_at_nonsense() {
    /// The last two are times before that of the line that went before.
    const NONSENSE: [&str; 11] = [
        "",
        "fly",
        "new 1",
        "sample",
        "sample -1",
        "sample 4294967296",
        "sent 1",
        "sent one at 100",
        "acked 1 at noon",
        "sent 1 at 99",
        "acked 1 at 99",
    ];
    LAB.check("changes_nothing_at_nonsense", |check| {
        let before = [("sample 800", "srtt 800 rttvar 400 rto 2400"), ("sent 0 at 100", "rto 2400 timer 2500")];
        let after = [("sample 800", "srtt 800 rttvar 300 rto 2000"), ("acked 1 at 100", "sample 0 rto 2400 timer off")];
        let plain = |(line, want): (&str, &'static str)| (Question::plain(line), want);
        let nonsense = NONSENSE.into_iter().map(Question::plain);
        // A byte that is no letter of any text.
        let nonsense = nonsense.chain([Question::new(*b"sample \xff", "sample ff")]).map(|line| (line, "error: "));
        let (before, after) = (before.map(plain), after.map(plain));
        let all: Vec<_> = before.into_iter().chain(nonsense).chain(after).collect();
        check.keeps_input();
        let mut program = check.ask(&all.iter().map(|(question, _)| question).collect::<Vec<_>>());
        check.main_point();
        for (question, want) in &all {
            if *want == "error: " {
                program.answers_beginning(question, want);
            } else {
                program.answers(question, want, want);
            }
        }
        program.ends();
    });
}

#[test]
fn doubles_what_was_in_vain() {
    LAB.check("doubles_what_was_in_vain", |check| {
        plays(
            check,
            &[
                ("timeout", "rto 2000 timer off"),
                ("timeout", "rto 4000 timer off"),
                ("timeout", "rto 8000 timer off"),
                ("timeout", "rto 16000 timer off"),
                ("timeout", "rto 32000 timer off"),
                ("timeout", "rto 60000 timer off"),
                ("timeout", "rto 60000 timer off"),
                ("sample 800", "srtt 800 rttvar 400 rto 2400"),
                ("timeout", "rto 4800 timer off"),
                ("timeout", "rto 9600 timer off"),
                ("sample 800", "srtt 800 rttvar 300 rto 2000"),
                ("timeout", "rto 4000 timer off"),
                ("sample 1600", "srtt 900 rttvar 425 rto 2600"),
            ],
            None,
        );
    });
}

#[test]
fn measures_only_what_was_sent_once() {
    LAB.check("measures_only_what_was_sent_once", |check| {
        plays(
            check,
            &[
                ("sent 0 at 0", "rto 1000 timer 1000"),
                ("acked 1 at 900", "sample 900 rto 2700 timer off"),
                ("sent 1 at 1500", "rto 2700 timer 4200"),
                ("timeout", "rto 5400 timer off"),
                ("sent 1 at 4200", "rto 5400 timer 9600"),
                ("acked 2 at 4300", "no sample rto 5400 timer off"),
                ("sent 2 at 4500", "rto 5400 timer 9900"),
                ("acked 3 at 5800", "sample 1300 rto 2698 timer off"),
                ("sent 3 at 7000", "rto 2698 timer 9698"),
                ("sent 4 at 7010", "rto 2698 timer 9698"),
                ("sent 5 at 7020", "rto 2698 timer 9698"),
                ("sent 3 at 7900", "rto 2698 timer 9698"),
                ("acked 4 at 8600", "no sample rto 2698 timer 11298"),
                ("acked 6 at 8700", "sample 1680 rto 3081 timer off"),
                ("sent 6 at 9000", "rto 3081 timer 12081"),
                ("sent 7 at 9010", "rto 3081 timer 12081"),
                ("sent 8 at 9020", "rto 3081 timer 12081"),
                ("sent 6 at 9500", "rto 3081 timer 12081"),
                ("acked 9 at 10500", "no sample rto 3081 timer off"),
                ("acked 9 at 10600", "no sample rto 3081 timer off"),
                ("sent 9 at 11000", "rto 3081 timer 14081"),
                ("sent 10 at 11200", "rto 3081 timer 14081"),
                ("acked 11 at 12500", "sample 1300 rto 2861 timer off"),
                ("sent 200000000 at 13000", "rto 2861 timer 15861"),
                ("acked 200000001 at 14100", "sample 1100 rto 2444 timer off"),
                // Sent three times, and nothing has been measured before.
                ("new", "rto 1000 timer off"),
                ("acked 0 at 0", "no sample rto 1000 timer off"),
                ("sent 0 at 0", "rto 1000 timer 1000"),
                ("sent 1 at 300", "rto 1000 timer 1000"),
                ("timeout", "rto 2000 timer off"),
                ("sent 0 at 1000", "rto 2000 timer 3000"),
                ("timeout", "rto 4000 timer off"),
                ("sent 0 at 3000", "rto 4000 timer 7000"),
                ("acked 1 at 3800", "no sample rto 4000 timer 7800"),
                // Of this one there was no copy.
                ("acked 2 at 3900", "sample 3600 rto 10800 timer off"),
            ],
            None,
        );
    });
}

#[test]
fn runs_its_timer() {
    LAB.check("runs_its_timer", |check| {
        plays(
            check,
            &[
                ("sent 0 at 0", "rto 1000 timer 1000"),
                ("sent 1 at 300", "rto 1000 timer 1000"),
                ("sent 2 at 600", "rto 1000 timer 1000"),
                ("acked 1 at 900", "sample 900 rto 2700 timer 3600"),
                ("acked 1 at 1000", "no sample rto 2700 timer 3600"),
                ("acked 2 at 1200", "sample 900 rto 2248 timer 3448"),
                ("acked 3 at 1300", "sample 700 rto 2083 timer off"),
                ("acked 3 at 1400", "no sample rto 2083 timer off"),
                ("sent 3 at 5000", "rto 2083 timer 7083"),
                ("timeout", "rto 4166 timer off"),
                ("sent 3 at 7083", "rto 4166 timer 11249"),
                ("sent 4 at 7200", "rto 4166 timer 11249"),
                ("acked 4 at 7600", "no sample rto 4166 timer 11766"),
                ("acked 5 at 7700", "sample 500 rto 2108 timer off"),
            ],
            None,
        );
    });
}
