//! A worker's world, as the task sees it.
//!
//! Time, chance, pacing, accounting, and the report all come from here, so that a task can neither forget to count nor depend on who
//! carries it out.

#[cfg(feature = "laws")]
mod made;
mod run;
mod signal;
mod still;
mod sweep;
mod trace;
mod units;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use tokio::task::{JoinError, JoinSet};

#[cfg(feature = "laws")]
pub(crate) use made::Made;
pub use run::RunContext;
pub use sweep::Sweep;
pub use trace::{TraceLine, Traced};
pub use units::{Unit, Units};

use signal::Signal;
use still::Still;
use sweep::Sweeping;

use crate::clock::Clock;
use crate::document::BlobRef;
use crate::draw::Draws;
use crate::failure::Failure;
use crate::health::{BEAT, Fill, Scarce, Watch};
use crate::ledger::{Book, RunId, check_artifact};
use crate::report::{Measured, Report};
use crate::slice::Slice;
use crate::split::Splittable;
use crate::time::Time;
use crate::voice::Voice;

/// What a task has while a slice of it is executed. Cloning it is cheap; every clone is the same context.
pub struct Context<R: Report> {
    shared: Rc<Shared<R>>,
}

/// How a chunk is to be carried out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// The run's zero.
    pub(crate) zero: Time,
    /// The run's seed.
    pub(crate) seed: u64,
    /// How late a unit may be started.
    pub(crate) late: Duration,
    /// How many units may be open at once; none where there is no bound.
    pub(crate) open: Option<u64>,
    /// Whether units are only walked through, with no effect on the world.
    pub(crate) rehearsal: bool,
    /// Whether to note what every unit did.
    pub(crate) traced: bool,
}

/// What comes from outside while a chunk is executed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signals {
    /// No unit is to be started any more.
    pub(crate) stop: Signal,
    /// Units that are still open are to end now.
    pub(crate) cut_off: Signal,
    /// Whether it is unknown if there is a stop mark.
    pub(crate) doubt: Rc<Cell<bool>>,
}

struct Shared<R: Report> {
    measured: RefCell<Measured<R>>,
    trace: Option<RefCell<Vec<Rc<TraceLine>>>>,
    timetable: Rc<dyn Splittable>,
    clock: Arc<dyn Clock>,
    book: Book,
    voice: Voice,
    terms: Terms,
    signals: Signals,
    /// Units that are counted by their numbers only.
    sweeping: RefCell<Option<Sweeping>>,
    spawned: RefCell<JoinSet<()>>,
    panicked: RefCell<Option<Failure>>,
    /// Set when everything is dropped: what ends then has not ended by itself.
    aborted: Cell<bool>,
    watch: RefCell<Option<Watch>>,
    /// When the worker last stood still.
    still: Cell<Still>,
    /// When the ports were last looked at for a refused connection.
    ports_seen: Cell<Option<Time>>,
    /// What is made in a rehearsal, for those who ask for it.
    #[cfg(feature = "laws")]
    made: made::Making,
}

impl<R: Report> Clone for Context<R> {
    fn clone(&self) -> Self {
        Self {
            shared: Rc::clone(&self.shared),
        }
    }
}

impl<R: Report> fmt::Debug for Context<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("terms", &self.shared.terms)
            .finish_non_exhaustive()
    }
}

impl<R: Report> Context<R> {
    pub(crate) fn new(
        timetable: Rc<dyn Splittable>,
        clock: Arc<dyn Clock>,
        book: Book,
        voice: Voice,
        terms: Terms,
        signals: Signals,
    ) -> Self {
        Self {
            shared: Rc::new(Shared {
                measured: RefCell::default(),
                trace: terms.traced.then(RefCell::default),
                timetable,
                clock,
                book,
                voice,
                terms,
                signals,
                sweeping: RefCell::default(),
                spawned: RefCell::default(),
                panicked: RefCell::default(),
                aborted: Cell::new(false),
                watch: RefCell::default(),
                still: Cell::new(Still::NEVER),
                ports_seen: Cell::default(),
                #[cfg(feature = "laws")]
                made: made::Making::default(),
            }),
        }
    }

    /// The units of a slice: each handed out when it is due, and counted.
    pub fn units(&self, slice: &Slice) -> Units<R> {
        Units::new(self.clone(), *slice)
    }

    /// Changes the report.
    pub fn record<T>(&self, change: impl FnOnce(&mut R) -> T) -> T {
        change(&mut self.shared.measured.borrow_mut().report)
    }

    /// The run's own time: how long it is since the run's zero; zero before that.
    pub fn now(&self) -> Duration {
        self.shared.clock.now().since(self.shared.terms.zero)
    }

    /// The world's time.
    pub fn time(&self) -> Time {
        self.shared.clock.now()
    }

    /// The instant at which the run's time is zero.
    pub fn zero(&self) -> Time {
        self.shared.terms.zero
    }

    /// The run's name.
    pub fn run(&self) -> &RunId {
        self.shared.book.run()
    }

    /// The run's seed.
    pub fn seed(&self) -> u64 {
        self.shared.terms.seed
    }

    /// Whether this is a rehearsal: units walk through what they would do, without any effect on the world.
    pub fn rehearsal(&self) -> bool {
        self.shared.terms.rehearsal
    }

    /// Says a line to people. In a rehearsal nothing is said.
    pub fn say(&self, line: &str) {
        if !self.rehearsal() {
            self.shared.voice.say(line);
        }
    }

    /// Waits for a length of time. While a worker stands still for longer than a unit may be late, because its process was stopped or its machine
    /// suspended, no time passes: those who waited do not go on all at once.
    pub async fn sleep(&self, span: Duration) {
        let clock = &self.shared.clock;
        let mut until = clock.now() + span;
        loop {
            clock.sleep_until(until).await;
            let mut still = self.shared.still.get();
            let more = still.until(until, clock.now(), self.shared.terms.late);
            self.shared.still.set(still);
            match more {
                Some(more) => until = more,
                None => return,
            }
        }
    }

    /// How many units may be open at once in this worker; none where there is no bound.
    pub fn most_open(&self) -> Option<u64> {
        self.shared.terms.open
    }

    /// Returns when nothing is to be begun any more, because of a stop.
    pub async fn stopping(&self) {
        self.shared.signals.stop.given().await;
    }

    /// Returns when units that are still open are to end at once: the worker's life is over, or a stop's grace is.
    pub async fn cut_off(&self) {
        self.shared.signals.cut_off.given().await;
    }

    /// Tells of an error of the operating system that a unit came upon. Where it says that the machine has run out of something, that is
    /// counted, and the report names it; anything else is left to the task. A task that bounds its memory says so as
    /// [`OutOfMemory`](std::io::ErrorKind::OutOfMemory).
    pub fn refused(&self, error: &std::io::Error) {
        match Scarce::of(error) {
            Some(Scarce::Descriptors) => {
                self.shared.measured.borrow_mut().health.no_descriptor += 1;
            }
            Some(Scarce::Ports) if self.is_out_of_ports() => {
                self.shared.measured.borrow_mut().health.no_port += 1;
            }
            Some(Scarce::Memory) => self.shared.measured.borrow_mut().health.no_memory += 1,
            Some(Scarce::Ports) | None => {}
        }
    }

    /// Whether the machine's ports are used up, as far as is known: once they were, they are held to be.
    fn is_out_of_ports(&self) -> bool {
        const PAUSE: Duration = Duration::from_millis(100);
        if self.shared.measured.borrow().health.no_port > 0 {
            return true;
        }
        let now = self.time();
        let seen = self.shared.ports_seen.replace(Some(now));
        if seen.is_some_and(|seen| now.since(seen) < PAUSE) {
            self.shared.ports_seen.set(seen);
            return false;
        }
        let reading = self.shared.clock.reading();
        reading.is_some_and(|reading| reading.is_out_of_ports())
    }

    /// Begins to watch the worker: from here on it may have units to start.
    pub(crate) fn watch(&self) {
        let timed = !self.shared.timetable.extent().is_batch();
        *self.shared.watch.borrow_mut() = Watch::begin(&self.shared.clock, timed);
    }

    /// Sees for ever whether the worker is woken when it is to be. Returns at once where that says nothing: of a batch, and where time is made up.
    pub(crate) async fn beat(&self) {
        let clock = &self.shared.clock;
        loop {
            {
                let mut watch = self.shared.watch.borrow_mut();
                let Some(watch) = watch.as_mut().filter(|watch| watch.is_timed()) else {
                    return;
                };
                watch.beat(&mut self.shared.measured.borrow_mut().health);
            }
            clock.sleep_until(clock.now() + BEAT).await;
        }
    }

    /// Notes how many units are open.
    fn note_open(&self) {
        let mut measured = self.shared.measured.borrow_mut();
        let open = measured.tally.started - measured.tally.ended;
        let most = self.shared.terms.open.unwrap_or_default();
        measured.health.open = measured.health.open.fuller(Fill::new(open, most));
    }

    /// Notes how the worker is doing, if it is watched.
    pub(crate) fn look(&self) {
        if self.shared.sweeping.borrow().is_none() {
            self.note_open();
        }
        let mut measured = self.shared.measured.borrow_mut();
        let Measured {
            lateness, health, ..
        } = &mut *measured;
        health.late = lateness.quantile(0.99);
        if let Some(watch) = &mut *self.shared.watch.borrow_mut() {
            watch.look(health);
        }
    }

    /// Does something beside. The worker waits for it before it reports.
    pub fn spawn(&self, work: impl Future<Output = ()> + 'static) {
        let mut spawned = self.shared.spawned.borrow_mut();
        // What has ended keeps its memory until it is joined.
        while let Some(joined) = spawned.try_join_next() {
            self.note_panic(joined);
        }
        spawned.spawn_local(work);
    }

    /// The bytes of a file that travels beside the task.
    ///
    /// # Errors
    /// Where the ledger does not have it, or can't be read.
    pub async fn blob(&self, blob: &BlobRef) -> Result<Bytes, Failure> {
        self.shared.book.blob(blob).await
    }

    /// Keeps something that was made, as a whole, beside the run's records, under a name such as `tiles/3-4.png`. The name must depend on
    /// what was made, and not on who made it; of several under one name the last stays. In a rehearsal nothing is kept.
    ///
    /// # Errors
    /// Where the name is none, or it can't be written.
    pub async fn artifact(&self, name: &str, bytes: impl Into<Bytes>) -> Result<(), Failure> {
        let bytes = bytes.into();
        if self.rehearsal() {
            let named = check_artifact(name);
            #[cfg(feature = "laws")]
            self.shared.made.add(name, &bytes, named.as_ref().err());
            return named;
        }
        self.shared.book.write_artifact(name, bytes).await
    }

    pub(crate) fn with_measured<A>(&self, read: impl FnOnce(&Measured<R>) -> A) -> A {
        self.catch_up();
        self.shared.measured.borrow_mut().report.catch_up();
        read(&self.shared.measured.borrow())
    }

    pub(crate) fn measured(&self) -> Measured<R> {
        self.with_measured(Measured::clone)
    }

    pub(crate) fn trace(&self) -> Vec<Traced> {
        let lines = self.shared.trace.iter().flat_map(|lines| {
            let lines = lines.borrow();
            lines.iter().map(|line| line.traced()).collect::<Vec<_>>()
        });
        lines.collect()
    }

    /// Waits until nothing is spawned any more. Tells of a panic.
    pub(crate) async fn idle(&self) -> Result<(), Failure> {
        poll_fn(|cx| {
            loop {
                let joined = self.shared.spawned.borrow_mut().poll_join_next(cx);
                match joined {
                    Poll::Ready(Some(joined)) => self.note_panic(joined),
                    Poll::Ready(None) => return Poll::Ready(()),
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
        .await;
        match self.shared.panicked.borrow().clone() {
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }

    fn note_panic(&self, joined: Result<(), JoinError>) {
        let Err(error) = joined else { return };
        if error.is_panic() {
            let failure = Failure::panicked(&*error.into_panic());
            self.shared.panicked.borrow_mut().get_or_insert(failure);
        }
    }

    /// Ends all that is spawned; units that are open then are never counted as ended.
    pub(crate) fn abort(&self) {
        self.shared.aborted.set(true);
        self.shared.spawned.borrow_mut().abort_all();
    }

    fn draws(&self, unit: u64, step: u64, iteration: u64) -> Draws {
        Draws::new(self.shared.terms.seed, unit, step, iteration)
    }
}
