//! A fleet of workers on a driven clock.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use star_core::clock::{Clock as _, VirtualClock};
use star_core::laws::toys::{Items, Ticks};
use star_core::ledger::{Book, Ledger, LedgerError, Manifest, Memory};
use star_core::registry::{Kind, Kinds};
use star_core::transport::{Transport, TransportError};
use star_core::wire::{Envelope, Order};
use star_core::worker::{Host, Ids, World, work};
use star_core::{
    AnyOutcome, AnyTask, Bell, Intervals, Job, Launch, Limits, Task, Time, Voice, attend, follow,
    launch,
};
use tokio::task::{AbortHandle, LocalSet};

use crate::batch::{Costly, Harmful, Harmless};
use crate::crowd::Crowd;
use crate::glances::Watched;
use crate::once::Doors;
use crate::parts::{Journal, Tries};
use crate::{Late, Stuck};

pub(crate) const ZERO: Time = Time::from_nanos(1_000_000_000_000);

/// Workers that are local tasks of one runtime, and a ledger that can be away.
#[derive(Clone, Debug)]
pub(crate) struct Fleet {
    world: Arc<Mutex<Option<World>>>,
    started: Arc<Mutex<Vec<(Order, AbortHandle)>>>,
    refused: Arc<Mutex<Option<Refused>>>,
    apart: Arc<AtomicBool>,
    pub(crate) ledger: Arc<Flaky>,
}

/// Which orders a transport does not take.
type Refused = fn(Order) -> bool;

#[derive(Debug, Default)]
pub(crate) struct Flaky {
    memory: Mutex<Arc<Memory>>,
    /// How a key ends before whose creation all that there is is removed.
    pub(crate) removed_at: Mutex<Option<&'static str>>,
    /// From and until when it does not answer, in seconds after the beginning.
    pub(crate) away: Mutex<Option<(u64, u64)>>,
    /// How keys end that nothing can be created under.
    pub(crate) unwritable: Mutex<Option<&'static str>>,
    /// What becomes of writes of parts of reports.
    pub(crate) parting: Mutex<Parting>,
    /// How long snapshots were at most.
    pub(crate) longest: AtomicUsize,
    /// How often a part was read.
    pub(crate) parts_read: AtomicUsize,
    clock: Mutex<Option<VirtualClock>>,
    /// How often it was looked whether a run is closed.
    pub(crate) looks: AtomicU64,
    /// When a run's end was recorded.
    pub(crate) closed_at: Mutex<Option<Time>>,
}

/// What becomes of writes of parts of reports.
#[derive(Debug, Default)]
pub(crate) struct Parting {
    /// One after another, and again from the first; where there is none, all are written.
    pub(crate) fates: Vec<Fate>,
    /// How many there were.
    pub(crate) writes: usize,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    Written,
    /// They are refused.
    Refused,
    /// They are carried out, and answered with an error.
    Unanswered,
    /// They are carried out after so many seconds, whether or not somebody waits for it.
    Late(u64),
}

impl Flaky {
    fn now(&self) -> Time {
        self.clock.lock().unwrap().unwrap().now()
    }

    /// All keys that there are.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.memory().keys()
    }

    fn memory(&self) -> Arc<Memory> {
        Arc::clone(&self.memory.lock().unwrap())
    }

    async fn put_part(&self, key: &str, value: Bytes) -> Result<(), LedgerError> {
        let fate = {
            let mut parting = self.parting.lock().unwrap();
            let at = parting.writes % parting.fates.len().max(1);
            parting.writes += 1;
            parting.fates.get(at).copied().unwrap_or(Fate::Written)
        };
        let error = LedgerError {
            what: "write",
            key: key.to_owned(),
            why: "the connection was lost".to_owned(),
            lasting: false,
            remote: false,
        };
        match fate {
            Fate::Refused => return Err(error),
            Fate::Written | Fate::Unanswered => self.memory().put(key, value).await?,
            Fate::Late(seconds) => {
                let (memory, key) = (self.memory(), key.to_owned());
                let writing = tokio::task::spawn_local(async move {
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                    memory.put(&key, value).await
                });
                writing.await.unwrap()?;
            }
        }
        if matches!(fate, Fate::Unanswered) {
            return Err(error);
        }
        Ok(())
    }

    fn answer(&self, key: &str) -> Result<(), LedgerError> {
        let now = self.now().since(ZERO).as_secs();
        match *self.away.lock().unwrap() {
            Some((from, until)) if from <= now && now < until => Err(LedgerError {
                what: "read",
                key: key.to_owned(),
                why: "it is away".to_owned(),
                lasting: false,
                remote: false,
            }),
            _ => Ok(()),
        }
    }
}

#[async_trait(?Send)]
impl Ledger for Flaky {
    async fn create(&self, key: &str, value: Bytes) -> Result<bool, LedgerError> {
        self.answer(key)?;
        let unwritable = *self.unwritable.lock().unwrap();
        if unwritable.is_some_and(|end| key.ends_with(end)) {
            return Err(LedgerError {
                what: "write",
                key: key.to_owned(),
                why: "it is not to be written".to_owned(),
                lasting: false,
                remote: false,
            });
        }
        let removed = *self.removed_at.lock().unwrap();
        if removed.is_some_and(|end| key.ends_with(end)) {
            *self.memory.lock().unwrap() = Arc::default();
        }
        let created = self.memory().create(key, value).await?;
        if created && key.ends_with("/closed") {
            *self.closed_at.lock().unwrap() = Some(self.now());
        }
        Ok(created)
    }

    async fn put(&self, key: &str, value: Bytes) -> Result<(), LedgerError> {
        self.answer(key)?;
        if key.contains("/parts/") {
            return self.put_part(key, value).await;
        }
        if key.contains("/live/") {
            self.longest.fetch_max(value.len(), Ordering::SeqCst);
        }
        self.memory().put(key, value).await
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, LedgerError> {
        self.answer(key)?;
        if key.ends_with("/closed") {
            self.looks.fetch_add(1, Ordering::SeqCst);
        }
        if key.contains("/parts/") {
            self.parts_read.fetch_add(1, Ordering::SeqCst);
        }
        self.memory().get(key).await
    }
}

#[async_trait(?Send)]
impl Transport for Fleet {
    async fn send(&self, envelope: Vec<u8>) -> Result<(), TransportError> {
        let mut host = self.host();
        if self.apart.load(Ordering::SeqCst) {
            host.world.bell = Bell::default();
        }
        let order = Envelope::decode(&envelope).unwrap().order;
        if self
            .refused
            .lock()
            .unwrap()
            .is_some_and(|which| which(order))
        {
            return Err(TransportError::passing("it takes nothing"));
        }
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
    pub(crate) fn new() -> Self {
        let clock = VirtualClock::starting_at(ZERO);
        let ledger = Arc::new(Flaky::default());
        *ledger.clock.lock().unwrap() = Some(clock);
        let world = World {
            ledger: ledger.clone(),
            clock: Arc::new(clock),
            kinds: Kinds::new([
                Kind::of::<Ticks>("here"),
                Kind::of::<Items>("here"),
                Kind::of::<Stuck>("here"),
                Kind::of::<Late>("here"),
                Kind::of::<Doors>("here"),
                Kind::of::<Crowd>("here"),
                Kind::of::<Costly>("here"),
                Kind::of::<Harmless>("here"),
                Kind::of::<Harmful>("here"),
                Kind::of::<Watched>("here"),
                Kind::of::<Journal>("here"),
                Kind::of::<Tries>("here"),
            ])
            .unwrap(),
            ids: Arc::new(Counter::default()),
            voice: star_core::Voice::default(),
            ending: star_core::Ending::default(),
            bell: Bell::default(),
            deployment: "driven".to_owned(),
        };
        Self {
            world: Arc::new(Mutex::new(Some(world))),
            started: Arc::default(),
            refused: Arc::default(),
            apart: Arc::default(),
            ledger,
        }
    }

    pub(crate) fn host(&self) -> Host {
        Host {
            world: self.world.lock().unwrap().clone().unwrap(),
            transport: Arc::new(self.clone()),
            deadline: None,
        }
    }

    /// Keeps the lines that are said from now on.
    pub(crate) fn listen(&self) -> Arc<Mutex<Vec<String>>> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&lines);
        let voice = Voice::new(move |line| heard.lock().unwrap().push(line.to_owned()));
        if let Some(world) = &mut *self.world.lock().unwrap() {
            world.voice = voice;
        }
        lines
    }

    /// Workers that are sent for from now on hear nothing of each other, as in processes of their own.
    pub(crate) fn part(&self) {
        self.apart.store(true, Ordering::SeqCst);
    }

    /// Refuses to send these orders, from now on.
    pub(crate) fn refuse(&self, which: Refused) {
        *self.refused.lock().unwrap() = Some(which);
    }

    /// What was sent, in order.
    pub(crate) fn orders(&self) -> Vec<Order> {
        let started = self.started.lock().unwrap();
        started.iter().map(|(order, _)| *order).collect()
    }

    /// Whether all workers have left.
    pub(crate) fn is_idle(&self) -> bool {
        let started = self.started.lock().unwrap();
        started.iter().all(|(_, worker)| worker.is_finished())
    }

    /// Ends a worker as a machine that loses its power does.
    pub(crate) fn kill(&self, which: impl Fn(Order) -> bool) -> usize {
        let started = self.started.lock().unwrap();
        let doomed = started.iter().filter(|(order, _)| which(*order));
        doomed.map(|(_, worker)| worker.abort()).count()
    }

    pub(crate) async fn run<T: Task>(
        &self,
        task: T,
        limits: Limits,
        meanwhile: impl Future<Output = ()>,
    ) -> AnyOutcome {
        self.run_any(AnyTask::new(task), limits, meanwhile).await
    }

    pub(crate) async fn run_any(
        &self,
        task: AnyTask,
        limits: Limits,
        meanwhile: impl Future<Output = ()>,
    ) -> AnyOutcome {
        let host = self.host();
        let job = Job {
            task,
            blobs: Vec::new(),
        };
        let manifest: Rc<Manifest> = launch(&host, &job, launched(limits)).await.unwrap();
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
    pub(crate) async fn started_units(&self) -> (BTreeSet<u64>, usize) {
        let book = Book::new(self.ledger.clone(), "run".parse().unwrap());
        let mut units = Vec::new();
        for chunk in book.start().await.unwrap().unwrap().chunks() {
            units.extend(book.trace(chunk, 1).await.unwrap().unwrap_or_default());
        }
        (units.iter().map(|line| line.unit).collect(), units.len())
    }
}

pub(crate) fn launched(limits: Limits) -> Launch {
    Launch {
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
    }
}

pub(crate) fn driven<A>(work: impl Future<Output = A>) -> A {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, work)
}
