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

/// What a run came to, whatever its kind. What its report has to say is made of it when it is asked for.
#[must_use]
pub struct AnyOutcome {
    /// What the core knows.
    pub facts: Facts,
    /// Whether the run is closed: nothing will change any more.
    pub closed: bool,
    /// Whether it is worth something only as a whole: then whatever is missing makes it fail.
    pub must_be_whole: bool,
    /// Whether somebody is to be told where it fails, though nobody may wait for it.
    pub alerts: bool,
    report: Box<dyn ErasedReport>,
}

impl fmt::Debug for AnyOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyOutcome")
            .field("facts", &self.facts)
            .field("verdict", &self.verdict())
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

/// A report without its type.
trait ErasedReport {
    fn verdict(&self, facts: &Facts) -> Verdict;
    fn cases(&self, facts: &Facts) -> Vec<Case>;
    fn latency(&self) -> Option<&Histogram>;
    fn failed(&self) -> u64;
    fn counts(&self) -> serde_json::Value;
    fn summary(&self, facts: &Facts) -> Box<dyn AnySummary>;
}

/// A report of this type.
struct Typed<R>(R);

impl<R: Report> ErasedReport for Typed<R> {
    fn verdict(&self, facts: &Facts) -> Verdict {
        self.0.verdict(facts)
    }

    fn cases(&self, facts: &Facts) -> Vec<Case> {
        self.0.cases(facts)
    }

    fn latency(&self) -> Option<&Histogram> {
        self.0.latency()
    }

    fn failed(&self) -> u64 {
        self.0.failed()
    }

    fn counts(&self) -> serde_json::Value {
        self.0.counts()
    }

    fn summary(&self, facts: &Facts) -> Box<dyn AnySummary> {
        Box::new(self.0.summarize(facts))
    }
}

impl AnyOutcome {
    pub(crate) fn new<R: Report>(outcome: Outcome<R>, closed: bool, stakes: Stakes) -> Self {
        let Outcome { report, facts } = outcome;
        Self {
            facts,
            closed,
            must_be_whole: stakes.whole,
            alerts: stakes.alerts,
            report: Box::new(Typed(report)),
        }
    }

    /// What the run is worth.
    pub fn verdict(&self) -> Verdict {
        self.report.verdict(&self.facts)
    }

    /// What was tried out or should hold, one by one, once all is settled.
    pub fn cases(&self) -> Vec<Case> {
        if self.facts.settled {
            self.report.cases(&self.facts)
        } else {
            Vec::new()
        }
    }

    /// How long units waited for answers, in microseconds, from when they were due; none where the kind does not measure that.
    pub fn latency(&self) -> Option<&Histogram> {
        self.report.latency()
    }

    /// How many units failed, each by itself.
    pub fn failed(&self) -> u64 {
        self.report.failed()
    }

    /// All that must not depend on how the run was cut.
    pub fn counts(&self) -> serde_json::Value {
        self.report.counts()
    }

    /// What people and tools read.
    pub fn summary(&self) -> Box<dyn AnySummary> {
        self.report.summary(&self.facts)
    }

    /// The summary as JSON, in this format; in the first of its [formats](crate::AnyTask::formats) where there is none of that name.
    ///
    /// # Errors
    /// Where the kind's summary can't be written.
    pub fn summary_json(&self, format: Option<&str>) -> Result<serde_json::Value, String> {
        let summary = self.summary();
        if let Some(value) = format.and_then(|format| summary.in_format(format)) {
            return Ok(value);
        }
        erased_serde::serialize(&*summary, serde_json::value::Serializer)
            .map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::ledger::sample;
    use crate::settle::undelivered;

    thread_local! {
        /// What was asked of a report.
        static ASKED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
    }

    fn asked(what: &'static str) {
        ASKED.with_borrow_mut(|all| all.push(what));
    }

    #[derive(Clone, Default, Serialize, Deserialize)]
    struct Asked;

    impl Report for Asked {
        type Summary = String;

        fn merge(&mut self, _other: Self) {}

        fn summarize(&self, facts: &Facts) -> String {
            asked("summary");
            facts.run.to_string()
        }

        fn verdict(&self, _facts: &Facts) -> Verdict {
            asked("verdict");
            Verdict::NoAnswer
        }

        fn cases(&self, _facts: &Facts) -> Vec<Case> {
            asked("cases");
            Vec::new()
        }

        fn counts(&self) -> serde_json::Value {
            asked("counts");
            serde_json::Value::Null
        }
    }

    #[test]
    fn a_report_is_asked_for_nothing_that_nobody_wants_to_know() {
        let manifest = sample::manifest();
        let outcome = undelivered(&manifest, 5, Asked, None);
        let stakes = Stakes {
            whole: false,
            alerts: false,
        };
        let mut outcome = AnyOutcome::new(outcome, true, stakes);
        assert_eq!(ASKED.take(), [""; 0]);
        assert_eq!(outcome.verdict(), Verdict::NoAnswer);
        assert_eq!(outcome.summary().to_string(), manifest.run.as_str());
        assert_eq!(outcome.counts(), serde_json::Value::Null);
        assert!(outcome.cases().is_empty());
        assert_eq!(ASKED.take(), ["verdict", "summary", "counts", "cases"]);
        // What should hold is known when all is.
        outcome.facts.settled = false;
        assert!(outcome.cases().is_empty());
        assert_eq!(ASKED.take(), [""; 0]);
    }
}
