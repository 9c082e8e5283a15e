//! An outcome without the type of its report.

use std::fmt;

use crate::histogram::Histogram;
use crate::outcome::{Facts, Outcome};
use crate::report::{Case, Report, Summary, Verdict};
use crate::task::Task;

/// What a run's outcome means, by its task.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stakes {
    /// Whether it is worth something only as a whole.
    whole: bool,
    /// Whether somebody is to be told where it fails.
    alerts: bool,
}

impl Stakes {
    pub(crate) fn of<T: Task>(task: &T) -> Self {
        Self {
            whole: task.must_be_whole(),
            alerts: task.alerts(),
        }
    }
}

/// What a run came to, whatever its kind.
#[must_use]
pub struct AnyOutcome {
    /// What the core knows.
    pub facts: Facts,
    /// Whether the run is closed: nothing will change any more.
    pub closed: bool,
    /// What the run is worth.
    pub verdict: Verdict,
    /// Whether it is worth something only as a whole: then whatever is missing makes it fail.
    pub must_be_whole: bool,
    /// Whether somebody is to be told where it fails, though nobody may wait for it.
    pub alerts: bool,
    /// What was tried out or should hold, one by one, once all is settled.
    pub cases: Vec<Case>,
    /// How long units waited for answers, in microseconds, from when they were due; none where the kind does not measure that.
    pub latency: Option<Histogram>,
    /// How many units failed, each by itself.
    pub failed: u64,
    /// All that must not depend on how the run was cut.
    pub counts: serde_json::Value,
    /// What people and tools read.
    pub summary: Box<dyn AnySummary>,
}

impl fmt::Debug for AnyOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyOutcome")
            .field("facts", &self.facts)
            .field("verdict", &self.verdict)
            .finish_non_exhaustive()
    }
}

/// A summary of any kind: text to read, and a value to write.
pub trait AnySummary: fmt::Display + erased_serde::Serialize {
    /// The value in a format of that name other than the first; none where there is no such format.
    fn in_format(&self, format: &str) -> Option<serde_json::Value>;
}

impl<S: Summary> AnySummary for S {
    fn in_format(&self, format: &str) -> Option<serde_json::Value> {
        Summary::in_format(self, format)
    }
}

impl AnyOutcome {
    pub(crate) fn new<R: Report>(outcome: &Outcome<R>, closed: bool, stakes: Stakes) -> Self {
        let Outcome { report, facts } = outcome;
        Self {
            facts: facts.clone(),
            closed,
            verdict: report.verdict(facts),
            must_be_whole: stakes.whole,
            alerts: stakes.alerts,
            cases: if facts.settled {
                report.cases(facts)
            } else {
                Vec::new()
            },
            latency: report.latency().cloned(),
            failed: report.failed(),
            counts: report.counts(),
            summary: Box::new(report.summarize(facts)),
        }
    }

    /// The summary as JSON, in this format; in the first of its [formats](crate::AnyTask::formats) where there is none of that name.
    ///
    /// # Errors
    /// Where the kind's summary can't be written.
    pub fn summary_json(&self, format: Option<&str>) -> Result<serde_json::Value, String> {
        if let Some(value) = format.and_then(|format| self.summary.in_format(format)) {
            return Ok(value);
        }
        erased_serde::serialize(&*self.summary, serde_json::value::Serializer)
            .map_err(|error| error.to_string())
    }
}
