//! The record of a check: what the harness writes down, one JSON object a
//! line, into the file that `LAB_RECORD` names. Terminal, live card and
//! reports all render this and nothing else.

use serde::{Deserialize, Serialize};

/// One line of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Record {
    /// A check has begun.
    Start(Start),
    /// Something happened between the harness and the program.
    Step(Step),
    /// The check is over.
    Verdict(Box<Verdict>),
}

impl Record {
    /// The check this line belongs to.
    #[must_use]
    pub fn check(&self) -> &str {
        match self {
            Record::Start(start) => &start.check,
            Record::Step(step) => &step.check,
            Record::Verdict(verdict) => &verdict.check,
        }
    }
}

/// A check has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// Id of the lab.
    pub lab: String,
    /// Name of the check.
    pub check: String,
    /// What the payloads are drawn from; `LAB_SEED` repeats them.
    pub seed: u64,
}

/// One step of the transcript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Id of the lab.
    pub lab: String,
    /// Name of the check.
    pub check: String,
    /// Which step of the check, from 1.
    pub n: u32,
    /// The step as a line of the transcript.
    pub line: String,
    /// Who acts.
    pub from: String,
    /// On whom.
    pub to: String,
    /// The kind of step: `connect`, `send`, …
    pub what: String,
    /// What was carried, in hex; the first 256 bytes at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<String>,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Id of the lab.
    pub lab: String,
    /// Name of the check.
    pub check: String,
    /// Pass, fail or not run.
    pub verdict: Is,
    /// The transcript as it has to be.
    #[serde(default)]
    pub expected: Vec<String>,
    /// The transcript as it was.
    #[serde(default)]
    pub observed: Vec<String>,
    /// The first line, from 1, in which the two differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_difference: Option<u32>,
    /// [`Verdict::expected`], taken apart; of a failure only, and not in the
    /// records of older harnesses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expected_steps: Vec<Line>,
    /// [`Verdict::observed`] in the same way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observed_steps: Vec<Line>,
    /// Bytes around the first that differs, if they are what differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Bytes>,
    /// The first thing to look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Where the program says that it is unfinished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub todo: Option<String>,
    /// Why it could not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How long the check took, in milliseconds.
    #[serde(default)]
    pub ms: u64,
}

/// A line of a transcript, taken apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// `program` or a peer; empty for what happened, or did not, at `to`.
    pub from: String,
    /// The same; empty for what concerns `from` alone.
    pub to: String,
    /// What happened, in the language of the record.
    pub text: String,
}

/// Both sides around the first byte that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bytes {
    /// The offset of the first byte here.
    pub from: usize,
    /// The offset of the first that differs.
    pub at: usize,
    /// In hex.
    pub expected: String,
    /// In hex.
    pub observed: String,
}

/// The three verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Is {
    /// What had to be observed was observed.
    Pass,
    /// It was not.
    Fail,
    /// The system does not allow the check; nothing was observed.
    NotRun,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_each_kind_is_read_back_as_it_was_written() {
        let lines = [
            r#"{"event":"start","lab":"tcp-echo","check":"survives_a_reset","seed":1234}"#,
            r#"{"event":"step","lab":"l","check":"c","n":1,"line":"a: connect","from":"a","to":"program","what":"connect"}"#,
            r#"{"event":"verdict","lab":"l","check":"c","verdict":"not-run","expected":[],"observed":[],"reason":"no","ms":12}"#,
        ];
        for line in lines {
            let record: Record = serde_json::from_str(line).unwrap();
            assert_eq!(serde_json::to_string(&record).unwrap(), line);
        }
    }

    #[test]
    fn a_line_may_say_more_than_we_know() {
        let line = r#"{"event":"verdict","lab":"l","check":"c","verdict":"pass","new":true}"#;
        let record: Record = serde_json::from_str(line).unwrap();
        assert_eq!(record.check(), "c");
    }
}
