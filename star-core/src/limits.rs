//! How far work is cut, and how long things may take.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::split::Rate;
use crate::time::as_nanos;

/// What one worker can do, and how long things may take. The place where a run takes place gives its own; a task has its say in them
/// ([`Task::limits`](crate::Task::limits), `_split` in a script).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The longest window of a chunk.
    #[serde(with = "as_nanos")]
    pub chunk: Duration,
    /// The most units that are due to one worker in a second; none where the place sets no bound.
    pub chunk_rate: Option<Rate>,
    /// The most units that one worker has open at once (a worker on Lambda has 1,024 descriptors).
    pub open_units: Option<u64>,
    /// Whether more workers have room for more open units; not where they share a process.
    pub open_by_worker: bool,
    /// Of a timed task, how many lanes every window is opened in, whatever its rate; of a batch, the most workers (by default one).
    pub workers: Option<u32>,
    /// Of a batch, the most units of a chunk; by default so many that each worker has some 64 chunks to claim.
    pub chunk_units: Option<u64>,
    /// How long before its window a worker is sent for. The least; what scale-out needs is added ([`lead_for`](Self::lead_for)).
    #[serde(with = "as_nanos")]
    pub lead: Duration,
    /// How many workers can become ready in a second, for the lead that many workers need; none where they are there at once.
    pub ready_rate: Option<Rate>,
    /// How long units may live on after their window.
    #[serde(with = "as_nanos")]
    pub tail: Duration,
    /// How long settling and closing may take at the end of a worker's life.
    #[serde(with = "as_nanos")]
    pub closing: Duration,
    /// How long a worker can live; none where it lives as long as it must.
    #[serde(with = "as_nanos::option")]
    pub life: Option<Duration>,
    /// How late a unit may be started; later, it is missed.
    #[serde(with = "as_nanos")]
    pub late: Duration,
    /// When a batch is given up.
    #[serde(with = "as_nanos")]
    pub batch_end: Duration,
    /// To how many workers at most a worker sends parts of its bundle.
    pub fan_out: u32,
    /// Of a batch, whether a chunk is given up whose worker publishes no snapshots, though its life may go on: its units leave room for that.
    #[serde(default, skip_serializing_if = "is_false")]
    pub give_up_silent: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Limits {
    /// Those of workers that live on this machine, in threads or processes: they start at once and live as long as they must.
    pub fn here(workers: u32) -> Self {
        Self {
            chunk: Duration::from_nanos(u64::MAX),
            chunk_rate: None,
            open_units: None,
            open_by_worker: true,
            workers: Some(workers.max(1)),
            chunk_units: None,
            lead: Duration::from_millis(10),
            ready_rate: Some(Rate::per_second(200)),
            tail: Duration::from_secs(10),
            closing: Duration::from_secs(2),
            life: None,
            late: Duration::from_millis(100),
            batch_end: Duration::from_hours(1),
            fan_out: 16,
            give_up_silent: false,
        }
    }

    /// How long before its start a window of so many workers is sent for.
    pub fn lead_for(&self, workers: u32) -> Duration {
        let scale_out = self.ready_rate.map_or(Duration::ZERO, |rate| {
            Duration::from_secs_f64(f64::from(workers) / rate.get().max(1) as f64)
        });
        self.lead.max(scale_out)
    }

    /// The longest window that a worker can live through: the chunk's length, or what a life leaves besides lead, tail and closing.
    pub fn longest_window(&self) -> Duration {
        let room = self.life.map_or(self.chunk, |life| {
            life.saturating_sub(self.lead + self.tail + self.closing)
        });
        self.chunk.min(room)
    }
}

/// How often workers and launchers look at the ledger. In the manifest, and growing with the number of workers, so that the ledger
/// can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intervals {
    /// Between two snapshots of a chunk.
    #[serde(with = "as_nanos")]
    pub snapshot: Duration,
    /// Between two looks for a stop mark.
    #[serde(with = "as_nanos")]
    pub stop: Duration,
    /// How long running units may go on after a stop.
    #[serde(with = "as_nanos")]
    pub grace: Duration,
    /// For how long a worker may be unable to read the ledger before it starts nothing more.
    #[serde(with = "as_nanos")]
    pub doubt: Duration,
    /// How long after all should be over a final report may still arrive.
    #[serde(with = "as_nanos")]
    pub margin: Duration,
}

impl Intervals {
    /// For a ledger on this machine.
    pub const HERE: Self = Self {
        snapshot: Duration::from_secs(1),
        stop: Duration::from_millis(200),
        grace: Duration::from_secs(1),
        doubt: Duration::from_secs(10),
        margin: Duration::from_secs(2),
    };

    /// For a ledger on an object store, which holds some thousands of requests a second: a stop takes less than two seconds up to 2,000
    /// workers, and six with 10,000.
    pub fn of_fleet(workers: u32) -> Self {
        const A_SECOND: u32 = 2_000;
        let stop = Duration::from_secs(1) * workers.div_ceil(A_SECOND).max(1);
        Self {
            snapshot: stop.max(Duration::from_secs(5)),
            stop,
            grace: Duration::from_millis(750),
            doubt: Duration::from_secs(10),
            margin: Duration::from_secs(5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fleet_looks_for_a_stop_as_often_as_its_ledger_can_answer() {
        let stop = |workers| Intervals::of_fleet(workers).stop;
        assert_eq!(stop(1), Duration::from_secs(1));
        assert_eq!(stop(2_000), Duration::from_secs(1));
        assert_eq!(stop(10_000), Duration::from_secs(5));
    }
}
