//! What a run came to.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::health::{ChunkHealth, Health, Trust};
use crate::histogram::Histogram;
use crate::ledger::RunId;
use crate::report::{Report, Tally};
use crate::slice::Slice;
use crate::time::{Time, as_nanos};

/// A run's results and what the core knows of how they came about. A lost worker neither ends a run nor vanishes from it.
#[derive(Clone, Debug)]
#[must_use]
pub struct Outcome<R: Report> {
    /// What the task measured, of all chunks.
    pub report: R,
    /// What the core knows.
    pub facts: Facts,
}

/// What the core knows of a run. Always: planned = started + skipped + missed + cancelled + lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Facts {
    /// The run.
    pub run: RunId,
    /// The kind of its task.
    pub kind: String,
    /// The seed of all its chance.
    pub seed: u64,
    /// When its time was zero; none if it never started.
    pub zero: Option<Time>,
    /// How long its task is; zero for a batch.
    #[serde(with = "as_nanos")]
    pub length: Duration,
    /// How many units there were to do.
    pub planned: u64,
    /// What became of them, as far as anybody counted.
    pub tally: Tally,
    /// How many units nobody counted.
    pub lost: u64,
    /// Units that were started and whose end nobody saw; a part of those started.
    pub unfinished: u64,
    /// How late units were started, in microseconds.
    pub lateness: Histogram,
    /// How the generator did.
    pub health: Health,
    /// The same of those chunks that did worst; of none where there is only one.
    pub worst: Vec<ChunkHealth>,
    /// Into how many chunks it was cut.
    pub chunks: u64,
    /// Where units were lost.
    pub losses: Vec<Loss>,
    /// What went wrong otherwise.
    pub faults: Vec<Fault>,
    /// When it was told to stop, if it was.
    pub stopped: Option<Time>,
    /// Whether all is accounted for; not while it runs.
    pub settled: bool,
}

impl Facts {
    /// Whether something is missing that was not given up on purpose: what was done is not all of the run that was asked for.
    pub fn is_partial(&self) -> bool {
        let in_doubt = self.stopped.is_none() && self.tally.cancelled > 0;
        let missing = self.lost + self.unfinished + self.tally.missed > 0;
        missing || in_doubt || self.unaccounted_for() > 0 || !self.faults.is_empty()
    }

    /// Units of which nothing became when all is over: none, but of a shape that breaks its law.
    fn unaccounted_for(&self) -> u64 {
        if !self.settled || self.stopped.is_some() {
            return 0;
        }
        let known = self.tally.counted() + self.lost;
        self.planned.saturating_sub(known)
    }

    /// Whether what was measured can be trusted.
    pub fn trust(&self) -> Trust {
        let trust = Trust::of(self.tally.missed, &self.health);
        if self.settled {
            trust.and_lost(self.lost + self.unaccounted_for(), self.unfinished)
        } else {
            trust
        }
    }

    /// What kept the run from beginning, where something did: then nothing of it was done.
    pub fn never_began(&self) -> Option<&Failure> {
        let over = self.settled && self.zero.is_none() && self.stopped.is_none();
        let fault = self.faults.first().filter(|_| over)?;
        Some(&fault.failure)
    }

    /// Whether the counts add up, as they always must.
    pub fn adds_up(&self) -> bool {
        self.planned == self.tally.counted() + self.lost && self.tally.ended <= self.tally.started
    }
}

/// Units of a chunk that nobody counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Loss {
    /// The chunk.
    pub chunk: Slice,
    /// How many.
    pub units: u64,
    /// Why.
    pub why: Why,
}

/// Why units are lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Why {
    /// Nobody ever claimed the chunk.
    Undelivered,
    /// A worker claimed it, and then was silent.
    Unreported,
    /// The worker reported that it could not go on.
    Failed(Failure),
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Undelivered => f.write_str("undelivered: no worker ever claimed it"),
            Self::Unreported => f.write_str("unreported: a worker claimed it, then was silent"),
            Self::Failed(failure) => write!(f, "failed: {failure}"),
        }
    }
}

/// Something that went wrong, and cost no unit of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// In which chunk; none where it was in none.
    pub chunk: Option<Slice>,
    /// What.
    pub failure: Failure,
}
