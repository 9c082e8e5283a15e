//! A world for whole runs: workers in threads, a ledger in memory, and what can go wrong between them.

#![expect(clippy::unwrap_used, reason = "a world for tests may panic")]

mod tasks;

use std::collections::HashSet;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use star_core::clock::SystemClock;
use star_core::context::Traced;
use star_core::ledger::{Book, Ledger, LedgerError, Memory};
use star_core::registry::{Kind, Kinds};
use star_core::transport::{Threads, Transport, TransportError};
use star_core::wire::{Envelope, Order};
use star_core::worker::{Host, SystemIds, World};
use star_core::{
    AnyOutcome, AnyTask, Ending, Facts, Intervals, Job, Launch, LaunchError, Limits, Told, attend,
    follow, launch, laws::toys,
};
use tokio::sync::Notify;

pub(crate) use tasks::{Brittle, Flaky, Opened, Slow};

pub(crate) fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// How a run is launched.
pub(crate) struct Run {
    pub(crate) limits: Limits,
    /// After how many units have started it is stopped.
    pub(crate) stop_when: Option<u64>,
}

impl Run {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            stop_when: None,
        }
    }
}

/// What came of it.
pub(crate) struct Done {
    pub(crate) outcome: AnyOutcome,
    ends: Arc<Ends>,
    pub(crate) trace: Vec<Traced>,
    pub(crate) ledger: Arc<dyn Ledger>,
    task: AnyTask,
}

impl Done {
    /// Whether one worker was told of the end, and no other: it is told once the end is recorded, which others may see before.
    pub(crate) fn one_is_told(&self) -> bool {
        let told = || self.ends.0.load(Ordering::SeqCst);
        let deadline = Instant::now() + Duration::from_secs(10);
        while told() == 0 && Instant::now() < deadline {
            std::thread::park_timeout(millis(5));
        }
        told() == 1
    }
}

/// What goes wrong on the way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fleet {
    faults: Arc<Faults>,
}

type Drops = fn(Order) -> bool;

#[derive(Debug, Default)]
struct Faults {
    drops: Mutex<Option<Drops>>,
    first_dropped: AtomicU64,
    seen: Mutex<HashSet<String>>,
    times: AtomicU64,
    forgetful: AtomicU64,
}

impl Fleet {
    pub(crate) fn drop_orders(&self, which: Drops) {
        *self.faults.drops.lock().unwrap() = Some(which);
    }

    pub(crate) fn drop_first_of_each(&self) {
        self.faults.first_dropped.store(1, Ordering::SeqCst);
    }

    pub(crate) fn deliver_times(&self, times: u64) {
        self.faults.times.store(times, Ordering::SeqCst);
    }

    /// Every first write under a key is carried out and answered with an error.
    pub(crate) fn forget_first_writes(&self) {
        self.faults.forgetful.store(1, Ordering::SeqCst);
    }
}

/// Counts the ends that workers are told of.
#[derive(Debug, Default)]
struct Ends(AtomicU64);

#[async_trait(?Send)]
impl Told for Ends {
    async fn ended(&self, _: AnyOutcome) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Threads, with faults before them.
#[derive(Clone, Debug)]
struct Faulty {
    world: World,
    faults: Arc<Faults>,
}

#[async_trait(?Send)]
impl Transport for Faulty {
    async fn send(&self, envelope: Vec<u8>) -> Result<(), TransportError> {
        let order = Envelope::decode(&envelope).unwrap().order;
        if self
            .faults
            .drops
            .lock()
            .unwrap()
            .is_some_and(|drops| drops(order))
        {
            return Ok(());
        }
        let first = self
            .faults
            .seen
            .lock()
            .unwrap()
            .insert(format!("{order:?}"));
        if first && self.faults.first_dropped.load(Ordering::SeqCst) > 0 && order != Order::Start {
            return Ok(());
        }
        for _ in 0..self.faults.times.load(Ordering::SeqCst).max(1) {
            let host = self.host();
            let envelope = envelope.clone();
            std::thread::spawn(move || star_core::transport::run_here(&envelope, &host));
        }
        Ok(())
    }
}

impl Faulty {
    fn host(&self) -> Host {
        Host {
            transport: Arc::new(self.clone()),
            ..Threads::new(self.world.clone()).host()
        }
    }
}

/// Memory that may answer a carried out write with an error.
#[derive(Debug, Default)]
struct Unsure {
    memory: Memory,
    faults: Arc<Faults>,
    written: Mutex<HashSet<String>>,
}

#[async_trait(?Send)]
impl Ledger for Unsure {
    async fn create(&self, key: &str, value: Bytes) -> Result<bool, LedgerError> {
        let created = self.memory.create(key, value).await?;
        let first = self.written.lock().unwrap().insert(key.to_owned());
        if first && key.contains("/claims/") && self.faults.forgetful.load(Ordering::SeqCst) > 0 {
            return Err(LedgerError {
                what: "write",
                key: key.to_owned(),
                why: "the connection was lost before the answer came".to_owned(),
                lasting: false,
                remote: false,
            });
        }
        Ok(created)
    }

    async fn put(&self, key: &str, value: Bytes) -> Result<(), LedgerError> {
        self.memory.put(key, value).await
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, LedgerError> {
        self.memory.get(key).await
    }
}

fn kinds() -> Kinds {
    Kinds::new([
        Kind::of::<toys::Ticks>("toys"),
        Kind::of::<toys::Items>("toys"),
        Kind::of::<Slow>("here"),
        Kind::of::<Flaky>("here"),
        Kind::of::<Brittle>("here"),
        Kind::of::<Opened>("here"),
    ])
    .unwrap()
}

fn world(ledger: Arc<dyn Ledger>) -> World {
    World {
        ledger,
        clock: Arc::new(SystemClock::new()),
        kinds: kinds(),
        ids: Arc::new(SystemIds),
        deployment: "test".to_owned(),
        voice: star_core::Voice::default(),
        ending: star_core::Ending::default(),
        bell: star_core::Bell::default(),
    }
}

pub(crate) fn run(task: AnyTask, how: Run) -> Done {
    run_on(Fleet::default(), task, how)
}

fn here<A>(work: impl Future<Output = A>) -> A {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        tokio::time::timeout(Duration::from_mins(1), work)
            .await
            .expect("a run ends in a minute")
    })
}

fn plain_launch(limits: Limits) -> Launch {
    Launch {
        run: "run".parse().unwrap(),
        seed: 7,
        limits,
        intervals: Intervals {
            snapshot: millis(50),
            stop: millis(50),
            grace: millis(200),
            margin: millis(300),
            ..Intervals::HERE
        },
        rehearsal: false,
        traced: true,
    }
}

pub(crate) fn run_on(fleet: Fleet, task: AnyTask, how: Run) -> Done {
    let ledger: Arc<dyn Ledger> = Arc::new(Unsure {
        faults: Arc::clone(&fleet.faults),
        ..Unsure::default()
    });
    let mut faulty = Faulty {
        world: world(Arc::clone(&ledger)),
        faults: fleet.faults,
    };
    // Whoever launches a run reads how it ended, and is told nothing.
    let world = faulty.world.clone();
    let ends = Arc::new(Ends::default());
    faulty.world.ending = Ending::new(Arc::clone(&ends) as Arc<dyn Told>);
    let host = Host {
        world,
        ..faulty.host()
    };
    let job = Job {
        task,
        blobs: Vec::new(),
    };
    let (outcome, trace) = here(async {
        let manifest = launch(&host, &job, plain_launch(how.limits)).await.unwrap();
        let mut observer = job.task.observe(&host, Rc::clone(&manifest));
        let attending = tokio::task::spawn_local({
            let (host, manifest) = (host.clone(), Rc::clone(&manifest));
            async move { attend(&host, &manifest).await }
        });
        let enough = Rc::new(Notify::new());
        tokio::task::spawn_local({
            let (host, run, enough) = (host.clone(), manifest.run.clone(), Rc::clone(&enough));
            async move {
                enough.notified().await;
                star_core::stop(&host, &run).await.unwrap();
            }
        });
        let told = |facts: &Facts| {
            if how
                .stop_when
                .is_some_and(|units| facts.tally.started >= units)
            {
                enough.notify_one();
            }
        };
        let outcome = follow(&host, &manifest, &mut observer, told).await.unwrap();
        attending.abort();
        let trace = trace(&ledger, &outcome).await;
        (outcome, trace)
    });
    Done {
        outcome,
        ends,
        trace,
        ledger,
        task: job.task,
    }
}

async fn trace(ledger: &Arc<dyn Ledger>, outcome: &AnyOutcome) -> Vec<Traced> {
    let book = Book::new(Arc::clone(ledger), outcome.facts.run.clone());
    let Some(start) = book.start().await.unwrap() else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for chunk in start.chunks() {
        all.extend(book.trace(chunk, 1).await.unwrap().unwrap_or_default());
    }
    all.sort_by_key(|line| line.unit);
    all
}

/// What the ledger alone says of a run.
pub(crate) fn report(done: &Done) -> AnyOutcome {
    let host = Threads::new(world(Arc::clone(&done.ledger))).host();
    here(async {
        let book = Book::new(Arc::clone(&done.ledger), done.outcome.facts.run.clone());
        let manifest = Rc::new(book.manifest().await.unwrap().unwrap());
        done.task.observe(&host, manifest).look().await.unwrap()
    })
}

pub(crate) fn launched_twice(ledger: Arc<Memory>, task: &AnyTask) {
    let host = Threads::new(world(ledger)).host();
    let job = || Job {
        task: kinds()
            .get(task.kind())
            .unwrap()
            .decode(&task.encode().unwrap())
            .unwrap(),
        blobs: Vec::new(),
    };
    here(async {
        launch(&host, &job(), plain_launch(Limits::here(1)))
            .await
            .unwrap();
        let again = launch(&host, &job(), plain_launch(Limits::here(1))).await;
        assert!(matches!(again, Err(LaunchError::Exists(_))), "{again:?}");
    });
}
