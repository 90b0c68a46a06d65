//! How long the network in the page takes for an experiment.

use serde::Deserialize;
use sockets::book::experiment::Bench;

use crate::{Tab, root};

/// How often each is played; the median counts.
const ROUNDS: usize = 9;

/// One experiment, as the page plays it: asked, played in the worker, answered.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs, reason = "the script below names them")]
pub struct Played {
    pub name: String,
    /// From the question to the answer, the median.
    pub ms: f64,
    pub packets: u64,
    pub events: u64,
    /// Why there is no answer.
    pub stopped: Option<String>,
}

impl Played {
    /// Packets on the wire for each second of the reader's.
    #[must_use]
    pub fn packets_a_second(&self) -> f64 {
        1000.0 * self.packets as f64 / self.ms
    }
}

/// All experiments of the book, the slowest first, on any page of an edition.
///
/// # Errors
///
/// The scripts cannot be read.
#[track_caller]
pub fn play(tab: &Tab) -> Result<Vec<Played>, String> {
    let bench = Bench::load(root()).map_err(|error| error.to_string())?;
    let scripts: Vec<(&String, String)> =
        bench.experiments.iter().map(|(name, experiment)| (name, experiment.shown())).collect();
    let played = tab.js(&format!(
        "(async () => {{
            const {{ Network }} = await import(new URL('../theme/experiment-client.js', location));
            const network = new Network((id) => id);
            const played = [];
            for (const [name, script] of {scripts}) {{
                let run;
                const times = [];
                for (let round = 0; round < {ROUNDS}; round += 1) {{
                    const before = performance.now();
                    run = await network.play(script, 1, 'p');
                    times.push(performance.now() - before);
                }}
                const events = run.events ?? [];
                const packets = events.filter(({{ event }}) => event === 'sent').length;
                const stopped = run.stopped ?? (run.events ? null : 'script');
                times.sort((a, b) => a - b);
                played.push({{ name, ms: times[{ROUNDS} >> 1], packets, events: events.length, stopped }});
            }}
            return played.sort((a, b) => b.ms - a.ms);
        }})()",
        scripts = serde_json::json!(scripts),
    ));
    serde_json::from_value(played).map_err(|error| error.to_string())
}
