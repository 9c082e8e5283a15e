//! Whole runs on a driven clock: hours in milliseconds, and a world that stands still when it is told to.
#![expect(clippy::unwrap_used, reason = "a world for tests may panic")]

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use star_core::clock::{Clock as _, VirtualClock};
use star_core::laws::toys::{Sums, Ticks};
use star_core::ledger::{Book, Ledger, LedgerError, Manifest, Memory};
use star_core::registry::{Kind, Kinds};
use star_core::transport::{Transport, TransportError};
use star_core::wire::{Envelope, Order};
use star_core::worker::{Host, Ids, World, work};
use star_core::{
    AnyOutcome, AnyTask, Context, Executable, Extent, Failure, Intervals, Job, Launch, Limits,
    Rate, Slice, Splittable, Task, Time, Why, attend, follow, launch,
};
use tokio::task::{AbortHandle, LocalSet};

const ZERO: Time = Time::from_nanos(1_000_000_000_000);

/// Workers that are local tasks of one runtime, and a ledger that can be away.
#[derive(Clone, Debug)]
struct Fleet {
    world: Arc<Mutex<Option<World>>>,
    started: Arc<Mutex<Vec<(Order, AbortHandle)>>>,
    ledger: Arc<Flaky>,
}

#[derive(Debug, Default)]
struct Flaky {
    memory: Memory,
    /// From and until when it does not answer, in seconds after the beginning.
    away: Mutex<Option<(u64, u64)>>,
    clock: Mutex<Option<VirtualClock>>,
}

impl Flaky {
    fn answer(&self, key: &str) -> Result<(), LedgerError> {
        let now = self
            .clock
            .lock()
            .unwrap()
            .unwrap()
            .now()
            .since(ZERO)
            .as_secs();
        match *self.away.lock().unwrap() {
            Some((from, until)) if from <= now && now < until => Err(LedgerError {
                what: "read",
                key: key.to_owned(),
                why: "it is away".to_owned(),
            }),
            _ => Ok(()),
        }
    }
}

#[async_trait(?Send)]
impl Ledger for Flaky {
    async fn create(&self, key: &str, value: Bytes) -> Result<bool, LedgerError> {
        self.answer(key)?;
        self.memory.create(key, value).await
    }

    async fn put(&self, key: &str, value: Bytes) -> Result<(), LedgerError> {
        self.answer(key)?;
        self.memory.put(key, value).await
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, LedgerError> {
        self.answer(key)?;
        self.memory.get(key).await
    }
}

#[async_trait(?Send)]
impl Transport for Fleet {
    async fn send(&self, envelope: Vec<u8>) -> Result<(), TransportError> {
        let host = self.host();
        let order = Envelope::decode(&envelope).unwrap().order;
        let worker = tokio::task::spawn_local(async move {
            work(&envelope, &host).await;
        });
        self.started
            .lock()
            .unwrap()
            .push((order, worker.abort_handle()));
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Counter(AtomicU64);

impl Ids for Counter {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

impl Fleet {
    /// To be made on a paused runtime.
    fn new() -> Self {
        let clock = VirtualClock::starting_at(ZERO);
        let ledger = Arc::new(Flaky::default());
        *ledger.clock.lock().unwrap() = Some(clock);
        let world = World {
            ledger: ledger.clone(),
            clock: Arc::new(clock),
            kinds: Kinds::new([
                Kind::of::<Ticks>("here"),
                Kind::of::<Stuck>("here"),
                Kind::of::<Late>("here"),
            ])
            .unwrap(),
            ids: Arc::new(Counter::default()),
            deployment: "driven".to_owned(),
            voice: star_core::Voice::default(),
        };
        Self {
            world: Arc::new(Mutex::new(Some(world))),
            started: Arc::default(),
            ledger,
        }
    }

    fn host(&self) -> Host {
        Host {
            world: self.world.lock().unwrap().clone().unwrap(),
            transport: Arc::new(self.clone()),
            deadline: None,
        }
    }

    /// Ends a worker as a machine that loses its power does.
    fn kill(&self, which: impl Fn(Order) -> bool) -> usize {
        let started = self.started.lock().unwrap();
        let doomed = started.iter().filter(|(order, _)| which(*order));
        doomed.map(|(_, worker)| worker.abort()).count()
    }

    async fn run<T: Task>(
        &self,
        task: T,
        limits: Limits,
        meanwhile: impl Future<Output = ()>,
    ) -> AnyOutcome {
        let host = self.host();
        let job = Job {
            task: AnyTask::new(task),
            blobs: Vec::new(),
        };
        let how = Launch {
            run: "run".parse().unwrap(),
            seed: 1,
            limits,
            intervals: Intervals {
                stop: Duration::from_secs(1),
                snapshot: Duration::from_secs(5),
                ..Intervals::HERE
            },
            rehearsal: false,
            traced: true,
        };
        let manifest: Rc<Manifest> = launch(&host, &job, how).await.unwrap();
        let mut observer = job.task.observe(&host, Rc::clone(&manifest));
        let beside = async {
            tokio::join!(attend(&host, &manifest), meanwhile);
            std::future::pending::<std::convert::Infallible>().await
        };
        tokio::select! {
            outcome = follow(&host, &manifest, &mut observer, |_| {}) => outcome.unwrap(),
            never = beside => match never {},
        }
    }

    /// The units that started, and how often in all.
    async fn started_units(&self) -> (BTreeSet<u64>, usize) {
        let book = Book::new(self.ledger.clone(), "run".parse().unwrap());
        let mut units = Vec::new();
        for chunk in book.start().await.unwrap().unwrap().chunks() {
            units.extend(book.trace(chunk, 1).await.unwrap().unwrap_or_default());
        }
        (units.iter().map(|line| line.unit).collect(), units.len())
    }
}

fn driven<A>(work: impl Future<Output = A>) -> A {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, work)
}

/// As on a function: a life of fifteen minutes, chunks of two.
fn function() -> Limits {
    Limits {
        chunk: Duration::from_mins(2),
        chunk_rate: Some(Rate::per_second(25)),
        workers: None,
        lead: Duration::from_secs(15),
        life: Some(Duration::from_mins(15)),
        ..Limits::here(1)
    }
}

async fn seconds(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

#[test]
fn a_run_of_one_unit_in_five_seconds_is_handed_on_for_hours() {
    driven(async {
        let fleet = Fleet::new();
        let task = Ticks {
            units: 2 * 720,
            gap: 5_000,
        };
        let outcome = fleet.run(task, function(), async {}).await;
        assert!(
            outcome.facts.adds_up() && !outcome.facts.is_partial(),
            "{:?}",
            outcome.facts
        );
        assert_eq!(
            (outcome.facts.tally.started, outcome.facts.chunks),
            (1440, 60 * 2)
        );
        let late = outcome.facts.lateness.max();
        assert!(
            late <= 1_000,
            "instants are absolute, so hand-overs do not drift: {late} µs"
        );
    });
}

#[test]
fn a_pause_longer_than_a_workers_life_is_handed_on() {
    driven(async {
        let fleet = Fleet::new();
        let outcome = fleet.run(Late {}, function(), async {}).await;
        assert_eq!(outcome.facts.tally.ended, 2, "{:?}", outcome.facts);
        assert!(!outcome.facts.is_partial(), "{:?}", outcome.facts);
        assert_eq!(
            outcome.facts.chunks,
            31 * 2,
            "two carriers through all of the pause"
        );
    });
}

#[test]
fn one_dead_carrier_does_not_end_a_run_whichever_it_is() {
    for doomed in [0, 1] {
        driven(async {
            let fleet = Fleet::new();
            let task = Ticks {
                units: 720,
                gap: 1_000,
            };
            let second_window = |order: Order| {
                let Order::Carry(slice) = order else {
                    return false;
                };
                let lane = slice.lanes.first() == doomed;
                lane && slice.window.from() == Duration::from_mins(2)
            };
            let outcome = fleet
                .run(task, function(), async {
                    seconds(160).await;
                    assert_eq!(fleet.kill(second_window), 1);
                })
                .await;
            let facts = &outcome.facts;
            assert!(facts.adds_up() && facts.is_partial(), "{facts:?}");
            assert_eq!(facts.losses.len(), 1, "only its own chunk: {facts:?}");
            assert_eq!(facts.losses[0].why, Why::Unreported);
            assert_eq!(facts.losses[0].chunk.lanes.first(), doomed);
            let (units, times) = fleet.started_units().await;
            assert_eq!(units.len(), times, "no unit starts twice");
            assert!(facts.tally.started >= 660, "{facts:?}");
        });
    }
}

#[test]
fn a_ledger_that_is_away_for_half_a_minute_ends_no_run() {
    driven(async {
        let fleet = Fleet::new();
        *fleet.ledger.away.lock().unwrap() = Some((100, 130));
        let task = Ticks {
            units: 400,
            gap: 1_000,
        };
        let outcome = fleet.run(task, function(), async {}).await;
        let facts = &outcome.facts;
        assert!(facts.adds_up() && facts.lost == 0, "{facts:?}");
        // In doubt from ten seconds of silence on; what is due then is cancelled, not started.
        assert!((15..=25).contains(&facts.tally.cancelled), "{facts:?}");
        assert_eq!(
            facts.tally.started + facts.tally.cancelled,
            400,
            "{facts:?}"
        );
    });
}

#[test]
fn a_stop_is_seen_at_the_next_look_and_nothing_starts_after_it() {
    driven(async {
        let fleet = Fleet::new();
        let task = Ticks {
            units: 3_000,
            gap: 100,
        };
        let host = fleet.host();
        let outcome = fleet
            .run(task, function(), async {
                seconds(60).await;
                star_core::stop(&host, &"run".parse().unwrap())
                    .await
                    .unwrap();
            })
            .await;
        let facts = &outcome.facts;
        assert!(
            facts.adds_up() && facts.lost + facts.unfinished == 0,
            "{facts:?}"
        );
        let until_stop = facts
            .stopped
            .unwrap()
            .since(facts.zero.unwrap())
            .as_millis()
            / 100;
        let started = u128::from(facts.tally.started);
        assert!(
            (until_stop..=until_stop + 11).contains(&started),
            "{started} for {until_stop}"
        );
    });
}

/// A worker that stands still for a while in the middle of its units.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Stuck {
    for_millis: u64,
}

impl Splittable for Stuck {
    fn extent(&self) -> Extent {
        Extent::Timed(Duration::from_secs(4))
    }

    fn units(&self) -> u64 {
        400
    }

    fn due(&self, unit: u64) -> Duration {
        Duration::from_millis(10 * unit)
    }
}

impl Executable for Stuck {
    type Report = Sums;

    async fn execute(&self, slice: Slice, cx: &Context<Sums>) -> Result<(), Failure> {
        let mut units = cx.units(&slice);
        while let Some(unit) = units.next().await {
            cx.record(|sums| sums.ended += 1);
            if unit.index() == 100 {
                tokio::time::advance(Duration::from_millis(self.for_millis)).await;
            }
        }
        Ok(())
    }
}

impl Task for Stuck {
    const KIND: &'static str = "stuck";
}

/// A unit at the beginning, and one an hour later.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Late {}

impl Splittable for Late {
    fn extent(&self) -> Extent {
        Extent::Timed(Duration::from_mins(61))
    }

    fn units(&self) -> u64 {
        2
    }

    fn due(&self, unit: u64) -> Duration {
        Duration::from_hours(unit)
    }
}

impl Executable for Late {
    type Report = Sums;

    async fn execute(&self, slice: Slice, cx: &Context<Sums>) -> Result<(), Failure> {
        let mut units = cx.units(&slice);
        while units.next().await.is_some() {}
        Ok(())
    }
}

impl Task for Late {
    const KIND: &'static str = "late";
}

#[test]
fn a_worker_that_stood_still_misses_units_and_does_not_bunch_them() {
    driven(async {
        let fleet = Fleet::new();
        // With the late limit as it is by default: 100 ms.
        let outcome = fleet
            .run(Stuck { for_millis: 2_000 }, Limits::here(1), async {})
            .await;
        let facts = &outcome.facts;
        assert!(facts.adds_up(), "{facts:?}");
        // Of the 200 units due meanwhile, those of the last 100 ms are started late; the others are missed.
        assert!((188..=191).contains(&facts.tally.missed), "{facts:?}");
        assert_eq!(facts.tally.started + facts.tally.missed, 400);
        assert!(facts.lateness.max() <= 101_000, "{facts:?}");
        assert_eq!(
            facts.lost, 0,
            "missed units are counted, not lost: {facts:?}"
        );
        assert!(
            facts.is_partial(),
            "and still the run is not all that was asked for"
        );
    });
}

#[test]
fn a_worker_that_stood_still_for_less_than_the_late_limit_misses_nothing() {
    driven(async {
        let fleet = Fleet::new();
        let outcome = fleet
            .run(Stuck { for_millis: 90 }, Limits::here(1), async {})
            .await;
        assert_eq!(
            (outcome.facts.tally.started, outcome.facts.tally.missed),
            (400, 0)
        );
    });
}

#[test]
fn a_unit_that_outlives_its_worker_is_cut_off_and_named() {
    driven(async {
        let fleet = Fleet::new();
        // Each unit lives for a gap of ten minutes; the tail is ten seconds.
        let outcome = fleet.run(
            Ticks {
                units: 1,
                gap: 600_000,
            },
            Limits::here(1),
            async {
                seconds(1).await;
            },
        );
        let outcome = outcome.await;
        let facts = &outcome.facts;
        assert!(facts.adds_up(), "{facts:?}");
        assert_eq!(
            (facts.tally.started, facts.unfinished),
            (1, 0),
            "the window is as long as its life: {facts:?}"
        );
        let limits = Limits {
            chunk: Duration::from_mins(1),
            life: Some(Duration::from_mins(2)),
            ..Limits::here(2)
        };
        let fleet = Fleet::new();
        let outcome = fleet
            .run(
                Ticks {
                    units: 2,
                    gap: 600_000,
                },
                limits,
                async {},
            )
            .await;
        let facts = &outcome.facts;
        assert_eq!((facts.tally.started, facts.unfinished), (2, 2), "{facts:?}");
        assert!(facts.is_partial());
    });
}
