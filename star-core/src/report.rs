//! What is measured, and what is counted.

use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::health::Health;
use crate::histogram::Histogram;
use crate::outcome::Facts;

/// Results that add up: integers in ordered maps, so that merging is exactly associative and commutative. [`Default`] is nothing. Its
/// size is bounded, however long the run.
///
/// It holds what a task measured; what became of the units is counted by the core in a [`Tally`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a report",
    label = "this does not add up",
    note = "take one or several of `star_core::reports`, put them together by `star_core::report!`, or implement `Report`: `merge` and `summarize`"
)]
pub trait Report: Default + Clone + Serialize + DeserializeOwned + Send + 'static {
    /// What people and tools read of it. Never merged.
    type Summary: Summary;

    /// Adds another's results.
    fn merge(&mut self, other: Self);

    /// Takes in what it has only noted so far. It is called before a worker's report is read, copied or written, so a report that is changed
    /// often may put off a part of that.
    fn catch_up(&mut self) {}

    /// Splits off what will hardly change any more, such as stretches of time that are over; none where there is nothing of that, or it is not
    /// told apart. What is left and all that was ever split off, merged in any order, are what the report would be without this.
    ///
    /// A worker tells again and again all that it has measured. Where that grows with the time, what was split off is told once, and snapshots stay
    /// as small as they were. What changes all the same is counted anew in what is left: merging adds it.
    fn split_off(&mut self) -> Option<Self> {
        None
    }

    /// What to read of it, with the core's facts on the run.
    fn summarize(&self, facts: &Facts) -> Self::Summary;

    /// Whether the run passed.
    fn verdict(&self, facts: &Facts) -> Verdict {
        let _ = facts;
        Verdict::Passed
    }

    /// What was tried out or should hold, one by one, as test reports have it; nothing where that is not told apart.
    fn cases(&self, facts: &Facts) -> Vec<Case> {
        let _ = facts;
        Vec::new()
    }

    /// How long units waited for answers, in microseconds, from when they were due; none where that is not measured.
    fn latency(&self) -> Option<&Histogram> {
        None
    }

    /// How many units failed, each by itself; none where that is not counted.
    fn failed(&self) -> u64 {
        0
    }

    /// All that must not depend on how a run was cut: by default everything. A report of measured times leaves those out and keeps
    /// their numbers.
    fn counts(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// What is read of a report: text by [`Display`](fmt::Display), which may heed a width that it is written with, and a value by
/// [`Serialize`], which is what a report's file has unless another format is asked for.
pub trait Summary: Serialize + fmt::Display {
    /// The names of its formats; the first is that of [`Serialize`]. None where there is nothing to choose.
    const FORMATS: &'static [&'static str] = &[];

    /// The value in a format of that name other than the first; none where there is no such format.
    fn in_format(&self, format: &str) -> Option<serde_json::Value> {
        let _ = format;
        None
    }
}

impl Summary for String {}

/// Something that was tried out, or that should hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What it belongs to, such as `scenarios`.
    pub group: String,
    /// What it is called.
    pub name: String,
    /// How long it took, where that is measured.
    pub took: Option<Duration>,
    /// Why it failed; none where it did not.
    pub failed: Option<String>,
    /// All that is to be said of it, a line each.
    pub told: Vec<String>,
}

/// What a run is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// As it should be.
    Passed,
    /// Something that was asked for does not hold: one sentence each.
    Failed(Vec<String>),
    /// Something was asked of a target, and it never answered.
    NoAnswer,
}

/// What became of units. Always: planned = started + skipped + missed + cancelled + lost, where lost is what nobody counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Were begun when due.
    pub started: u64,
    /// Were due, and turned away by the task.
    pub skipped: u64,
    /// Were due, and could not be started in time.
    pub missed: u64,
    /// Were not started because of a stop, or in doubt.
    pub cancelled: u64,
    /// Of those started: have ended.
    pub ended: u64,
}

impl Tally {
    /// Adds another's counts.
    pub fn merge(&mut self, other: &Self) {
        self.started += other.started;
        self.skipped += other.skipped;
        self.missed += other.missed;
        self.cancelled += other.cancelled;
        self.ended += other.ended;
    }

    /// How many units these counts account for.
    pub fn counted(&self) -> u64 {
        self.started + self.skipped + self.missed + self.cancelled
    }
}

/// A chunk's report as it is on the wire: what the core counted and what the task measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct Measured<R: Report> {
    /// What became of the units.
    pub tally: Tally,
    /// How late units were started, in microseconds.
    pub lateness: Histogram,
    /// How the worker did.
    pub health: Health,
    /// What the task measured.
    pub report: R,
}

impl<R: Report> Default for Measured<R> {
    fn default() -> Self {
        Self {
            tally: Tally::default(),
            lateness: Histogram::default(),
            health: Health::default(),
            report: R::default(),
        }
    }
}

impl<R: Report> Measured<R> {
    /// Adds another chunk's.
    pub fn merge(&mut self, other: Self) {
        self.tally.merge(&other.tally);
        self.lateness.merge(&other.lateness);
        self.health.merge(&other.health);
        self.report.merge(other.report);
    }
}
