//! The world that a fleet is simulated in. Every number is a parameter; what is not said is AWS's own figure.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::{AnyTask, Limits, Rate};

use crate::delay::Delay;

/// All that can be said of a simulated world. The default is a quiet day on AWS Lambda and S3, in an account with the default quota.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct World {
    /// Among how many functions workers are shared out: each scales out on its own (`K`).
    pub functions: u32,
    /// So many environments each function may add at once, and again in every `scale_out_window`: refilled continuously, never saved up.
    pub scale_out: u32,
    /// In this time. AWS: 1,000 environments in ten seconds.
    #[serde(with = "crate::span")]
    pub scale_out_window: Duration,
    /// How many functions of the account may run at once. AWS: 1,000, until a greater quota is asked for; less in new accounts.
    pub concurrency: u32,
    /// How long a new environment takes until the worker in it begins. The figure is that of a Rust binary of 1 MB: 19 ms to initialize, and
    /// the platform's own part, which AWS does not tell.
    pub cold_start: Delay,
    /// How long an environment that is done is kept for another worker, which then has no cold start. AWS promises nothing; minutes are seen.
    #[serde(with = "crate::span")]
    pub keep_warm: Duration,
    /// How long the call takes that sends for a worker. An assumption as well.
    pub dispatch: Delay,
    /// How long an accepted event lies in the queue before it is tried. AWS tells no figure: an assumption.
    pub queue: Delay,
    /// How long an event that finds no room is tried again, from one second on with pauses that double, before it is dropped. AWS: at
    /// least one minute, which is what is asked for.
    #[serde(with = "crate::span")]
    pub event_age: Duration,
    /// The share of calls that the API turns away, beyond those over its rate of ten times the concurrency in a second.
    pub throttled: f64,
    /// The share of accepted events that nobody ever runs.
    pub never_run: f64,
    /// The share of events that are delivered a second time.
    pub duplicates: f64,
    /// How much later that is.
    pub duplicate_delay: Delay,
    /// After how many hops a chain of workers is cut. AWS does so after 16, unless the function allows itself to be called by itself,
    /// which a deployment must ask for: so by default none.
    pub hop_guard: Option<u32>,
    /// How long a function lives. AWS: 15 minutes at most.
    #[serde(with = "crate::span")]
    pub timeout: Duration,
    /// How much memory a function has, in megabytes.
    pub memory: u32,
    /// The share of workers that die at some moment of the time that they would have needed.
    pub deaths: f64,
    /// Deaths of many at one moment.
    pub disasters: Vec<Disaster>,
    /// The share of windows that lose one of their two carriers, at any moment after they claimed their chunk.
    pub dead_carriers: f64,
    /// How far a worker's clock is off, at most.
    #[serde(with = "crate::span")]
    pub clock_skew: Duration,
    /// The share of workers that are slow.
    pub slow: f64,
    /// So many times as long takes everything that a slow worker does.
    pub slowness: f64,
    /// Where runs are recorded.
    pub ledger: LedgerWorld,
    /// How long a unit of a timed task is open; by default what the task expects.
    #[serde(with = "crate::span::option")]
    pub unit_life: Option<Duration>,
    /// How long an item of a batch takes.
    pub item: Delay,
    /// The share of chunks that the task itself fails to carry out to their end.
    pub failing_chunks: f64,
    /// The limits of such a place, apart from what follows from the above.
    pub split: Split,
}

/// Many workers die at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Disaster {
    /// When, from the launch.
    #[serde(with = "crate::span")]
    pub at: Duration,
    /// Which share of those that live then.
    pub share: f64,
}

/// An object store that a run is recorded in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct LedgerWorld {
    /// How long a request takes. S3's small objects: some 10 to 30 ms, seldom more than 100; the greatest is an assumption.
    pub latency: Delay,
    /// How many writes a prefix takes in a second; what is beyond that is answered with 503. S3: 3,500.
    pub writes: u32,
    /// How many reads a prefix takes in a second. S3: 5,500.
    pub reads: u32,
    /// Over how many prefixes a run's keys are spread. A new prefix is split only after half an hour or more: one.
    pub prefixes: u32,
    /// The share of requests that are answered with 503 all the same.
    pub unavailable: f64,
    /// The share of writes that are carried out and answered with an error.
    pub lost_answers: f64,
    /// When it does not answer at all.
    pub outages: Vec<Outage>,
}

/// A time in which a ledger does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Outage {
    /// When it begins, from the launch.
    #[serde(with = "crate::span")]
    pub from: Duration,
    /// How long it is.
    #[serde(with = "crate::span")]
    pub length: Duration,
}

/// How a place of functions cuts: what [`Limits`] are made of, besides the functions' life and how fast they scale out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Split {
    /// The longest chunk.
    #[serde(with = "crate::span")]
    pub chunk: Duration,
    /// The most units of a chunk that are due in a second.
    pub chunk_rate: u64,
    /// The most units that a worker has open at once: it has 1,024 descriptors.
    pub open_units: u64,
    /// Of a batch, the most workers.
    pub workers: u32,
    /// How long before a window its workers are sent for, at least.
    #[serde(with = "crate::span")]
    pub lead: Duration,
    /// How long users may live on after their window.
    #[serde(with = "crate::span")]
    pub tail: Duration,
    /// How long settling and closing may take.
    #[serde(with = "crate::span")]
    pub closing: Duration,
    /// To how many others a worker sends.
    pub fan_out: u32,
}

impl Default for World {
    fn default() -> Self {
        Self {
            functions: 1,
            scale_out: 1_000,
            scale_out_window: Duration::from_secs(10),
            concurrency: 1_000,
            cold_start: Delay::millis(80, 150, 400, 1_000),
            keep_warm: Duration::from_mins(5),
            dispatch: Delay::millis(10, 25, 120, 500),
            queue: Delay::millis(5, 30, 200, 1_000),
            event_age: Duration::from_mins(1),
            throttled: 0.0,
            never_run: 0.0,
            duplicates: 0.0,
            duplicate_delay: Delay::millis(100, 2_000, 60_000, 120_000),
            hop_guard: None,
            timeout: Duration::from_mins(15),
            memory: 512,
            deaths: 0.0,
            disasters: Vec::new(),
            dead_carriers: 0.0,
            clock_skew: Duration::from_millis(1),
            slow: 0.0,
            slowness: 5.0,
            ledger: LedgerWorld::default(),
            unit_life: None,
            item: Delay::always(Duration::from_millis(100)),
            failing_chunks: 0.0,
            split: Split::default(),
        }
    }
}

impl Default for LedgerWorld {
    fn default() -> Self {
        Self {
            latency: Delay::millis(8, 20, 100, 500),
            writes: 3_500,
            reads: 5_500,
            prefixes: 1,
            unavailable: 0.0,
            lost_answers: 0.0,
            outages: Vec::new(),
        }
    }
}

impl Default for Split {
    fn default() -> Self {
        Self {
            chunk: Duration::from_mins(10),
            chunk_rate: 25,
            open_units: 1_000,
            workers: 64,
            lead: Duration::from_secs(15),
            tail: Duration::from_secs(30),
            closing: Duration::from_secs(30),
            fan_out: 32,
        }
    }
}

impl World {
    /// The limits of a place like this, before a task narrows them: those of a timed task, whose rate says how many workers it needs.
    pub fn limits(&self) -> Limits {
        let split = &self.split;
        let window = self.scale_out_window.as_secs_f64().max(0.001);
        let ready = f64::from(self.functions) * f64::from(self.scale_out) / window;
        Limits {
            chunk: split.chunk,
            chunk_rate: Some(Rate::per_second(split.chunk_rate)),
            open_units: Some(split.open_units),
            open_by_worker: true,
            workers: None,
            chunk_units: None,
            lead: split.lead,
            ready_rate: Some(Rate::per_second(ready as u64)),
            tail: split.tail,
            closing: split.closing,
            life: Some(self.timeout),
            late: Duration::from_millis(100),
            batch_end: Duration::from_hours(1),
            fan_out: split.fan_out,
            give_up_silent: false,
        }
    }

    /// The limits under which a task is cut in such a place.
    pub fn limits_of(&self, task: &AnyTask) -> Limits {
        let batch = task.timetable().extent().is_batch();
        let place = Limits {
            workers: batch.then_some(self.split.workers),
            ..self.limits()
        };
        task.limits(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_is_written_as_it_is_read_and_what_is_not_said_is_as_it_was() {
        let mut world = World::default();
        world.ledger.outages.push(Outage {
            from: Duration::from_millis(1_500),
            length: Duration::from_secs(30),
        });
        let written = serde_json::to_string(&world).unwrap();
        assert_eq!(serde_json::from_str::<World>(&written).unwrap(), world);
        let said = r#"{"coldStart": "2 s", "timeout": 60, "ledger": {"latency": {"least": 0.001, "median": "5ms", "p99": "1s", "most": "2s"}}}"#;
        let read: World = serde_json::from_str(said).unwrap();
        assert_eq!(read.cold_start, Delay::always(Duration::from_secs(2)));
        assert_eq!(read.timeout, Duration::from_mins(1));
        assert_eq!(read.ledger.latency, Delay::millis(1, 5, 1_000, 2_000));
        assert_eq!(read.concurrency, World::default().concurrency);
        assert!(serde_json::from_str::<World>(r#"{"coldstart": 1}"#).is_err());
    }
}
