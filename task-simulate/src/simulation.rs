//! What came of a simulated run.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use star_core::job::Unfit;
use star_core::ledger::StartRecord;
use star_core::wire::Order;
use star_core::{AnyOutcome, Intervals, Limits, Slice};

/// A simulated run: what came of it, and how. All instants are counted from the launch.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Simulation {
    /// The seed of its chance and of the task's.
    pub seed: u64,
    /// What the run came to, as anybody who asks for its report is told. Its summary is that of the stand-in, which does nothing: the
    /// facts are what counts.
    #[serde(skip)]
    pub outcome: AnyOutcome,
    /// Why whoever followed the run could not read how it ended, and gave up; none where it could. The outcome is then what the ledger has
    /// for whoever asks later.
    pub unread: Option<String>,
    /// Under which limits it was cut.
    pub limits: Limits,
    /// How long its units are open, of a timed task.
    #[serde(with = "crate::span")]
    pub unit_life: Duration,
    /// How many units are to be expected at once in the fullest worker, by their rate and how long they are open. That it may have fewer is
    /// not simulated.
    pub expected_open: u64,
    /// How often its ledger was looked at.
    pub intervals: Intervals,
    /// When it started and how it was cut; none where it did not start.
    pub start: Option<StartRecord>,
    /// The run's zero, from the launch.
    #[serde(with = "crate::span::option")]
    pub zero: Option<Duration>,
    /// What happened, a line each, in order: the same for the same seed, to the byte.
    #[serde(skip)]
    pub log: Vec<String>,
    /// The workers, in the order of their birth.
    pub workers: Vec<WorkerLife>,
    /// What was asked of the ledger.
    pub ledger: LedgerUse,
    /// The most environments that were in use at once.
    pub peak: u32,
    /// For every second, the most that were in use at once in it.
    pub concurrency: Vec<u32>,
    /// For every window, when the last of its workers was ready to start units; none where one never was.
    pub ready: Vec<Option<Ready>>,
    /// For every second of the run's own time, what was due in it and what was started in it; empty for a batch.
    pub rates: Vec<SecondRate>,
    /// How often workers were sent for, as far as the API accepted it.
    pub invocations: u64,
    /// How often the API turned a call away.
    pub refusals: u64,
    /// How often an accepted event found no room and was tried again.
    pub requeued: u64,
    /// How many accepted events were dropped.
    pub dropped: u64,
    /// How many accepted events nobody ever ran.
    pub never_run: u64,
    /// Seconds that functions lived, times their memory in gigabytes; with what they took to start.
    pub gb_seconds: f64,
    /// How many units were cut off before they had ended, since their worker's time was over: a run that does them counts them as failed.
    pub cut_off: u64,
    /// Whether a batch was given up while its workers were still at it: it takes longer than it may.
    pub given_up: bool,
    /// Promises of the framework that were broken, a sentence each: none, unless the framework has a fault.
    pub broken: Vec<String>,
    /// Why units were missed or lost through no fault of the framework's, as far as that follows from how the world is: a sentence each.
    pub causes: Vec<String>,
    /// When all was over, from the launch.
    #[serde(with = "crate::span")]
    pub length: Duration,
}

/// When a window's workers were ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ready {
    /// When its first bundle was sent, from the launch.
    #[serde(with = "crate::span")]
    pub sent: Duration,
    /// When the last was ready, from then.
    #[serde(with = "crate::span")]
    pub after: Duration,
    /// When 99 of 100 were.
    #[serde(with = "crate::span")]
    pub most: Duration,
    /// How many there are.
    pub workers: u32,
    /// Through how many workers the last order came.
    pub depth: u32,
}

/// One second of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SecondRate {
    /// How many units were due in it.
    pub planned: u64,
    /// How many were started in it.
    pub achieved: u64,
}

/// The life of one worker.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkerLife {
    /// Who sent for it, by its place in the list of workers; none for the launcher.
    pub parent: Option<usize>,
    /// Through how many workers its order came.
    pub hop: u32,
    /// What it was to do.
    pub order: Order,
    /// Which of the functions it is.
    pub function: u32,
    /// When it was sent for.
    #[serde(with = "crate::span")]
    pub sent: Duration,
    /// When its environment began to start, or was handed to it.
    #[serde(with = "crate::span")]
    pub born: Duration,
    /// How long its environment took to start; none where it was there already.
    #[serde(with = "crate::span::option")]
    pub cold_start: Option<Duration>,
    /// The chunks that it executed.
    pub chunks: Vec<ChunkLife>,
    /// When it was over.
    #[serde(with = "crate::span::option")]
    pub ended: Option<Duration>,
    /// How.
    pub fate: Fate,
    /// How many nanoseconds its clock is ahead.
    pub skew: i64,
    /// Whether it is a slow one.
    pub slow: bool,
}

/// One chunk in a worker's life.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChunkLife {
    /// The chunk.
    pub slice: Slice,
    /// When the worker was ready to start its units.
    #[serde(with = "crate::span")]
    pub ready: Duration,
    /// When the last of its units had ended, or it was given up; none where the worker died before.
    #[serde(with = "crate::span::option")]
    pub ended: Option<Duration>,
    /// How many of its units were started.
    pub started: u64,
    /// How many of those were still open when its worker's time was over.
    pub cut_off: u64,
}

/// How a worker ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Fate {
    /// It did what it was sent for.
    Executed,
    /// Somebody else had claimed it.
    Duplicate,
    /// The run was stopped.
    Stopped,
    /// It came too late.
    Expired,
    /// It refused, and why.
    Refused(String),
    /// It failed, and why.
    Failed(String),
    /// It died.
    Died,
    /// Its function's time was over.
    TimedOut,
    /// It was still there when the simulation ended.
    Alive,
}

/// What was asked of the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerUse {
    /// Reads.
    pub gets: u64,
    /// Writes.
    pub puts: u64,
    /// Conditional writes.
    pub creates: u64,
    /// Of all: answered with an error.
    pub errors: u64,
    /// Of those: because a prefix had taken all that it takes in a second.
    pub beyond_rate: u64,
    /// By what was asked for (`claims`, `live`, `stop`, …): how often.
    pub kinds: BTreeMap<String, u64>,
    /// For every second, how many writes.
    pub writes_a_second: Vec<u32>,
    /// For every second, how many reads.
    pub reads_a_second: Vec<u32>,
}

impl LedgerUse {
    /// Writes of both kinds.
    pub fn writes(&self) -> u64 {
        self.puts + self.creates
    }
}

/// How a run is simulated.
#[derive(Clone, Debug)]
pub struct Options {
    /// The limits under which it is cut; by default those of the world, as the task narrows them.
    pub limits: Option<Limits>,
    /// How often the ledger is looked at; by default what so many workers need.
    pub intervals: Option<Intervals>,
    /// When the run is told to stop, from the launch.
    pub stop_at: Option<Duration>,
    /// Whether whoever launched the run follows it to its end, as the command line does; otherwise it is asked for once all is over.
    pub followed: bool,
    /// Whether to keep the log.
    pub logged: bool,
    /// A deliberate fault of the framework.
    #[doc(hidden)]
    pub sabotage: Option<crate::Sabotage>,
    /// Whether workers measure so much that their reports are told in parts.
    #[doc(hidden)]
    pub wordy: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limits: None,
            intervals: None,
            stop_at: None,
            followed: true,
            logged: true,
            sabotage: None,
            wordy: false,
        }
    }
}

/// Why a run can't be simulated.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// Functions would not take the task.
    #[error("functions would not take it: {0}")]
    Unfit(Box<Unfit>),
    /// It can't be cut.
    #[error(transparent)]
    Plan(#[from] star_core::PlanError),
    /// It could not be launched.
    #[error(transparent)]
    Launch(#[from] star_core::LaunchError),
    /// What the ledger has in the end is not what was written: a fault of the simulator's.
    #[error("what the simulated ledger has cannot be read: {0}")]
    Unreadable(#[from] star_core::ledger::LedgerError),
    /// The world stood still: nobody waits for an instant and nobody can go on. A fault of the simulator's.
    #[error(
        "the simulation stands still at {0}: nobody waits for anything, and the run is not over"
    )]
    Stuck(star_core::Time),
}
