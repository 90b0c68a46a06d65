//! Playing a script on simulated hosts.

mod names;
mod plan;
mod player;
mod record;
#[cfg(test)]
mod tests;
mod transcript;
mod verdict;

use std::fmt;

pub use names::Names;
pub use plan::{Plan, Planned, Program, USUAL_LIMIT, fd_name};
pub(crate) use record::write_json;
pub use record::{Event, Record, json, pcap};
pub use transcript::{Line, lines, transcript};
pub use verdict::{Platform, Verdict, expected, fits, has_result, judge, may_block};

use crate::host::Listing;
use crate::script::ast::{Action, Outcome, Pos, Script};
use crate::script::{expect_text, head_text, outcome_text};
use crate::time::{Micros, SECOND};
use crate::world::{Happening, World};
use player::{Player, Tried};

/// The most that read_to_end and read_exact bring.
const MOST_READ: usize = 1 << 24;
/// After the last step, packets on their way may arrive for so long.
const AFTERWARDS: Micros = SECOND;

/// What bounds a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Attempts of steps, and moments at which anything happens.
    pub steps: u64,
    /// Things recorded.
    pub records: usize,
    /// Bytes of the packets recorded.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { steps: 5_000_000, records: 400_000, bytes: 128 << 20 }
    }
}

/// How a script is to be played.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The seed of everything random.
    pub seed: u64,
    /// Whether calls and packets are kept.
    pub record: bool,
    /// What bounds the run.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Options {
        Options { seed: 1, record: true, limits: Limits::default() }
    }
}

/// What became of a step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Played {
    /// What it gave; nothing if it was not reached. In a repeat, the first time.
    pub outcome: Option<Outcome>,
    /// In a repeat: whether a later round gave something else.
    pub varied: bool,
    /// What the steps of a repeat gave.
    pub body: Vec<Played>,
}

impl Played {
    /// Nothing yet, for a step that is still to come.
    #[must_use]
    pub fn blank(planned: &Planned) -> Played {
        Played { body: planned.body.iter().map(Played::blank).collect(), ..Played::default() }
    }

    /// Takes note of what a step gave.
    pub fn note(&mut self, outcome: Outcome) {
        match &self.outcome {
            None => self.outcome = Some(outcome),
            Some(first) => self.varied |= *first != outcome,
        }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Every program did all of its steps.
    Finished,
    /// Programs wait for something that will not come.
    Blocked,
    /// The virtual time of the script was over.
    OutOfTime(Micros),
    /// Too many steps.
    TooManySteps(u64),
    /// Too many things to record.
    TooManyRecords(usize),
    /// Too many bytes to record.
    TooManyBytes(usize),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Finished => f.write_str("finished"),
            End::Blocked => f.write_str("waits for something that will not come"),
            End::OutOfTime(limit) => write!(f, "not finished after {} of virtual time", crate::time::spell(*limit)),
            End::TooManySteps(limit) => write!(f, "more than {limit} steps"),
            End::TooManyRecords(limit) => write!(f, "more than {limit} records"),
            End::TooManyBytes(limit) => write!(f, "more than {limit} bytes of packets"),
        }
    }
}

/// Something that was not as the script says.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The step.
    pub pos: Pos,
    /// Its program.
    pub program: String,
    /// The step as written.
    pub step: String,
    /// What was expected; nothing means "success".
    pub expected: Option<String>,
    /// What came; nothing means that it never ended.
    pub got: Option<String>,
    /// A declared difference is gone.
    pub difference_gone: bool,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { pos, program, step, .. } = self;
        write!(f, "{}:{}: {program}: {step}: ", pos.line, pos.column)?;
        if self.difference_gone {
            f.write_str("the declared difference from Linux is gone: ")?;
        }
        write!(f, "expected {}, ", self.expected.as_deref().unwrap_or("success"))?;
        match &self.got {
            Some(got) => write!(f, "got {got}"),
            None => f.write_str("still waiting"),
        }
    }
}

/// A run that is over.
pub struct Run {
    /// What was played.
    pub plan: Plan,
    /// What each step of each program gave.
    pub played: Vec<Vec<Played>>,
    /// Everything that happened, if it was recorded.
    pub records: Vec<Record>,
    /// How it ended.
    pub end: End,
    /// Everything that was not as the script says.
    pub failures: Vec<Failure>,
    /// When it ended.
    pub now: Micros,
    /// The world at the end.
    pub world: World,
}

impl Run {
    /// Whether everything was as the script says.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.end == End::Finished && self.failures.is_empty()
    }

    /// The script with its results filled in.
    #[must_use]
    pub fn transcript(&self) -> String {
        transcript(&self.plan, &self.played, Platform::Sim)
    }
}

/// A failure of a step, if it is one.
#[must_use]
pub fn failure(program: &str, planned: &Planned, outcome: &Outcome, platform: Platform) -> Option<Failure> {
    let verdict = judge(&planned.step, outcome, platform);
    (verdict != Verdict::Fits).then(|| Failure {
        pos: planned.pos,
        program: program.to_owned(),
        step: head_text(&planned.step),
        expected: expected(&planned.step, platform).map(expect_text),
        got: Some(outcome_text(outcome, &mut |address| address.to_string())),
        difference_gone: verdict == Verdict::DifferenceGone,
    })
}

/// The failure of a step that never ended.
#[must_use]
pub fn waiting(program: &str, planned: &Planned, platform: Platform) -> Failure {
    Failure {
        pos: planned.pos,
        program: program.to_owned(),
        step: head_text(&planned.step),
        expected: expected(&planned.step, platform).map(expect_text),
        got: None,
        difference_gone: false,
    }
}

/// Plays a script. The same script, seed and limits give the same run.
#[must_use]
pub fn run(script: &Script, options: Options) -> Run {
    stage(script, options).play()
}

/// Plays the script of `run` again, with the same options, up to record `n`,
/// and lists the sockets of each host as they were then. `None` if there is no
/// such record.
#[must_use]
pub fn listing_after(script: &Script, options: Options, run: &Run, n: usize) -> Option<Vec<Vec<Listing>>> {
    let happened = |record: &&Record| matches!(record.event, Event::Network(_));
    let mut stage = stage(script, options);
    stage.until = match run.records.get(n)?.event {
        Event::Network(_) => {
            stage.world.watch(run.records[..=n].iter().filter(happened).count());
            None
        }
        _ => Some(n),
    };
    if stage.until_end() == End::Finished {
        stage.afterwards();
    }
    stage.listed
}

fn stage(script: &Script, options: Options) -> Stage {
    let plan = Plan::new(script);
    let mut world = World::new(&plan.hosts, &plan.routers, &plan.links, &plan.drops, options.seed);
    if !options.record {
        world.forget_packets();
    }
    let players = plan.programs.iter().map(|program| {
        let process = world.hosts[program.host].spawn();
        Player::new(program.host, process)
    });
    let players = players.collect();
    let played = plan.programs.iter().map(|program| program.steps.iter().map(Played::blank).collect()).collect();
    Stage {
        plan,
        world,
        players,
        played,
        records: Vec::new(),
        bytes: 0,
        failures: Vec::new(),
        steps: 0,
        options,
        until: None,
        listed: None,
    }
}

struct Stage {
    plan: Plan,
    world: World,
    players: Vec<Player>,
    played: Vec<Vec<Played>>,
    records: Vec<Record>,
    bytes: usize,
    failures: Vec<Failure>,
    steps: u64,
    options: Options,
    /// After this record of a call, the sockets are to be listed.
    until: Option<usize>,
    /// The sockets of each host, if somebody asked for them.
    listed: Option<Vec<Vec<Listing>>>,
}

impl Stage {
    fn play(mut self) -> Run {
        let end = self.until_end();
        if end == End::Finished {
            self.afterwards();
        }
        if end != End::Finished {
            self.name_the_waiting();
        }
        let Stage { plan, world, played, records, failures, .. } = self;
        let now = world.now();
        Run { plan, played, records, end, failures, now, world }
    }

    fn until_end(&mut self) -> End {
        loop {
            while self.turn() {
                if let Some(end) = self.beyond() {
                    return end;
                }
            }
            if let Some(end) = self.beyond() {
                return end;
            }
            let finished = |(index, player): (usize, &Player)| player.done >= self.plan.programs[index].steps.len();
            if self.players.iter().enumerate().all(finished) {
                return End::Finished;
            }
            let wakes = self.players.iter().filter_map(|player| player.wakes).min();
            let Some(next) = [self.world.due(), wakes].into_iter().flatten().min() else { return End::Blocked };
            if next > self.plan.limit {
                return End::OutOfTime(self.plan.limit);
            }
            self.move_on(next);
        }
    }

    /// Moves time, at least by a little, so that no run stands still.
    fn move_on(&mut self, next: Micros) {
        self.steps += 1;
        let now = self.world.now();
        self.world.advance(next.max(now));
        if next <= now && self.world.due().is_some_and(|due| due <= now) {
            self.world.advance(now + 1);
        }
        self.collect();
    }

    fn beyond(&self) -> Option<End> {
        let limits = self.options.limits;
        if self.steps > limits.steps {
            Some(End::TooManySteps(limits.steps))
        } else if self.records.len() > limits.records {
            Some(End::TooManyRecords(limits.records))
        } else if self.bytes > limits.bytes {
            Some(End::TooManyBytes(limits.bytes))
        } else if self.listed.is_some() {
            Some(End::Blocked)
        } else {
            None
        }
    }

    /// Gives every program the chance to do one step; says whether any did.
    fn turn(&mut self) -> bool {
        let mut moved = false;
        for index in 0..self.players.len() {
            moved |= self.step(index);
        }
        moved
    }

    fn step(&mut self, index: usize) -> bool {
        let player = &self.players[index];
        let Some(planned) = self.plan.programs[index].steps.get(player.done) else { return false };
        // A repeat: its steps one by one.
        if let Action::Repeat(times, _) = planned.step.action {
            if planned.body.is_empty() || player.round.0 >= times {
                return self.finish(index, Outcome::Done);
            }
            let at = player.round.1;
            let inner = planned.body[at].clone();
            let last = at + 1 == planned.body.len();
            let Some(outcome) = self.attempt(index, &inner) else { return false };
            let done = self.players[index].done;
            self.played[index][done].body[at].note(outcome);
            let round = &mut self.players[index].round;
            *round = if last { (round.0 + 1, 0) } else { (round.0, at + 1) };
            return true;
        }
        let planned = planned.clone();
        match self.attempt(index, &planned) {
            Some(outcome) => self.finish(index, outcome),
            None => false,
        }
    }

    fn finish(&mut self, index: usize, outcome: Outcome) -> bool {
        let player = &mut self.players[index];
        self.played[index][player.done].note(outcome);
        player.done += 1;
        player.round = (0, 0);
        true
    }

    fn attempt(&mut self, index: usize, planned: &Planned) -> Option<Outcome> {
        self.steps += 1;
        if let Some((other, steps)) = planned.after
            && self.players[other].done < steps
        {
            return None;
        }
        let now = self.world.now();
        let (line, first) = (planned.pos.line, self.players[index].began.is_none());
        if first {
            self.record(now, || Event::Call { program: index, line, text: head_text(&planned.step) });
        }
        let host = self.players[index].host;
        // Twice: over the loopback interface a call may have finished what it began.
        let mut blocked = false;
        loop {
            let player = &mut self.players[index];
            let World { hosts, network, .. } = &mut self.world;
            let tried = player.attempt(&self.plan, planned, &mut hosts[host], network, now);
            self.world.settle(host);
            self.collect();
            match tried {
                Tried::Waits(wakes) => {
                    self.players[index].wakes = wakes;
                    if blocked || !first {
                        if first {
                            self.record(now, || Event::Blocks { program: index, line });
                        }
                        return None;
                    }
                    blocked = true;
                }
                Tried::Done(outcome) => {
                    let program = &self.plan.programs[index].name;
                    if has_result(&planned.step) {
                        let failed = failure(program, planned, &outcome, Platform::Sim);
                        // Of a repeat that fails in every round, the first is enough.
                        if let Some(failed) = failed.filter(|new| !self.failures.iter().any(|old| old.pos == new.pos)) {
                            self.failures.push(failed);
                        }
                    }
                    self.record(now, || Event::Result {
                        program: index,
                        line,
                        text: outcome_text(&outcome, &mut |address| address.to_string()),
                    });
                    return Some(outcome);
                }
            }
        }
    }

    fn record(&mut self, at: Micros, event: impl FnOnce() -> Event) {
        if self.options.record {
            self.records.push(Record { at, event: event() });
            if self.until.is_some_and(|n| n < self.records.len()) {
                self.until = None;
                self.listed = Some(self.world.listing());
            }
        }
    }

    fn collect(&mut self) {
        for happening in self.world.take_happenings() {
            let at = match &happening {
                Happening::Wire(seen) => seen.at,
                Happening::Loopback(at, ..) | Happening::Arrival(at, ..) => *at,
                Happening::State(_, change) => change.at,
            };
            self.bytes += match &happening {
                Happening::Wire(seen) => seen.packet.len(),
                Happening::Loopback(_, _, packet) | Happening::Arrival(_, _, packet) => packet.len(),
                Happening::State(..) => 0,
            };
            self.records.push(Record { at, event: Event::Network(happening) });
        }
        if let Some(listed) = self.world.take_listed() {
            self.listed = Some(listed);
        }
    }

    /// What is on its way may still arrive, so that the record shows the ends.
    fn afterwards(&mut self) {
        let until = self.world.now() + AFTERWARDS;
        while let Some(next) = self.world.due().filter(|next| *next <= until) {
            if self.beyond().is_some() {
                break;
            }
            self.move_on(next);
        }
    }

    /// Who still waits, for the report.
    fn name_the_waiting(&mut self) {
        for (index, player) in self.players.iter().enumerate() {
            let Some(planned) = self.plan.programs[index].steps.get(player.done) else { continue };
            let inner = planned.body.get(player.round.1).unwrap_or(planned);
            self.failures.push(waiting(&self.plan.programs[index].name, inner, Platform::Sim));
        }
    }
}
