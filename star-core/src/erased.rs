//! Tasks whose type is known no more: where the command line and the registry meet them.
//!
//! What is behind it is generic over the task, so two unlike reports can't meet, and nothing is ever cast back.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::document::Blob;
use crate::failure::Failure;
use crate::gather::{ATTEMPTS, Gathered};
use crate::histogram::Histogram;
use crate::job::{Asked, Manner};
use crate::ledger::{Begun, Book, ClaimKey, Heard, Ledger, LedgerError, Manifest};
use crate::limits::Limits;
use crate::outcome::{Facts, Outcome};
use crate::plan::{Plan, PlanError, expected_open, plan};
use crate::report::{Case, Report, Summary, Verdict};
use crate::settle::undelivered;
use crate::split::{Rate, Splittable};
use crate::task::Task;
use crate::time::Time;
use crate::wire::{Envelope, Order, VERSION};
use crate::worker::{Closer, Holder, Host, Running, Worker, close, holder};

/// A task and the files that travel beside it.
#[derive(Debug)]
pub struct Job {
    /// The task.
    pub task: AnyTask,
    /// The files.
    pub blobs: Vec<Blob>,
}

/// A task of any kind.
pub struct AnyTask {
    task: Box<dyn ErasedTask>,
    /// What its job file asks of the framework; none where the kind sees to that itself.
    asked: Option<Asked>,
    /// In what manner its job file wants to be carried out.
    manner: Manner,
}

impl fmt::Debug for AnyTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnyTask({})", self.kind())
    }
}

impl Clone for AnyTask {
    fn clone(&self) -> Self {
        Self {
            task: self.task.copy(),
            asked: self.asked.clone(),
            manner: self.manner,
        }
    }
}

impl AnyTask {
    /// Forgets a task's type.
    pub fn new<T: Task>(task: T) -> Self {
        Self {
            task: Box::new(Typed(task)),
            asked: None,
            manner: Manner::default(),
        }
    }

    /// The same, with what its job file asks of the framework.
    #[must_use]
    pub(crate) fn asking(self, asked: Option<Asked>) -> Self {
        Self { asked, ..self }
    }

    /// The same, carried out in this manner.
    #[must_use]
    pub fn in_manner(self, manner: Manner) -> Self {
        Self { manner, ..self }
    }

    /// In what manner it is to be carried out.
    pub fn manner(&self) -> Manner {
        self.manner
    }

    /// The name of its kind.
    pub fn kind(&self) -> &'static str {
        self.task.kind()
    }

    /// What there is of it.
    pub fn timetable(&self) -> &dyn Splittable {
        self.task.timetable()
    }

    /// The limits under which it is cut in a place that has these.
    pub fn limits(&self, place: Limits) -> Limits {
        let limits = self.task.limits(place);
        match &self.asked {
            Some(asked) => asked.over(limits, self.timetable().extent()),
            None => limits,
        }
    }

    /// Whether functions would take it.
    ///
    /// # Errors
    /// One sentence.
    pub fn fits_functions(&self) -> Result<(), String> {
        self.task.fits_functions()?;
        match &self.asked {
            Some(asked) => asked.fits_functions(self.timetable()),
            None => Ok(()),
        }
    }

    /// Tells it the run's seed, before it is cut.
    pub fn seed(&mut self, seed: u64) {
        self.task.seed(seed);
    }

    /// The formats in which a run's summary can be written, that which is meant by default first.
    pub fn formats(&self) -> &'static [&'static str] {
        self.task.formats()
    }

    /// How long a unit is expected to be open.
    pub fn expected_life(&self) -> Duration {
        self.task.expected_life()
    }

    /// How many of a batch's units a worker has open at once.
    pub fn at_once(&self) -> u32 {
        self.task.at_once().max(1)
    }

    /// Whether a chunk of it may be tried twice.
    pub fn is_idempotent(&self) -> bool {
        self.task.is_idempotent()
    }

    /// Whether a run of it is worth something only as a whole ([`Task::must_be_whole`]).
    pub fn must_be_whole(&self) -> bool {
        self.task.must_be_whole()
    }

    /// Cuts it.
    ///
    /// # Errors
    /// Where the limits leave no way to.
    pub fn plan(&self, limits: &Limits) -> Result<Plan, PlanError> {
        plan(self.timetable(), self.task.expected_life(), limits)
    }

    /// The same work at another rate ([`Task::at_rate`]).
    pub fn at_rate(&self, rate: Rate, duration: Duration) -> Option<Self> {
        let task = self.task.at_rate(rate, duration)?;
        // How far it is cut is what is to be found out.
        Some(task.in_manner(self.manner))
    }

    /// How many of its units are expected to be open at once in one worker, cut like this.
    pub fn expected_open(&self, plan: &Plan) -> u64 {
        expected_open(self.timetable(), self.task.expected_life(), plan)
    }

    /// How many of its units a worker may have open at once that has room for so many connections.
    pub fn open_units(&self, connections: Option<u64>) -> Option<u64> {
        let most = connections?.checked_div(self.task.connections())?;
        Some(most.max(1))
    }

    /// Its wire form.
    ///
    /// # Errors
    /// Where the task can't be written, which is a fault of its kind.
    pub fn encode(&self) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let mut json = serde_json::Serializer::new(&mut bytes);
        erased_serde::serialize(self.task.as_serialize(), &mut json)
            .map_err(|error| error.to_string())?;
        Ok(bytes)
    }

    /// Watches a run of it.
    pub fn observe(&self, host: &Host, manifest: Rc<Manifest>) -> Observer {
        let ledger = Arc::new(Heard::new(Arc::clone(&host.world.ledger)));
        let mut host = host.clone();
        host.world.ledger = Arc::clone(&ledger) as Arc<dyn Ledger>;
        Observer {
            observer: self.task.observe(host, manifest),
            ledger,
        }
    }
}

#[async_trait(?Send)]
trait ErasedTask {
    fn kind(&self) -> &'static str;
    fn timetable(&self) -> &dyn Splittable;
    fn limits(&self, place: Limits) -> Limits;
    fn fits_functions(&self) -> Result<(), String>;
    fn seed(&mut self, seed: u64);
    fn formats(&self) -> &'static [&'static str];
    fn expected_life(&self) -> Duration;
    fn is_idempotent(&self) -> bool;
    fn must_be_whole(&self) -> bool;
    fn copy(&self) -> Box<dyn ErasedTask>;
    fn connections(&self) -> u64;
    fn at_once(&self) -> u32;
    fn at_rate(&self, rate: Rate, duration: Duration) -> Option<AnyTask>;
    fn as_serialize(&self) -> &dyn erased_serde::Serialize;
    fn observe(&self, host: Host, manifest: Rc<Manifest>) -> Box<dyn ErasedObserver>;
}

struct Typed<T>(T);

impl<T: Task> ErasedTask for Typed<T> {
    fn kind(&self) -> &'static str {
        T::KIND
    }

    fn timetable(&self) -> &dyn Splittable {
        &self.0
    }

    fn limits(&self, place: Limits) -> Limits {
        self.0.limits(place)
    }

    fn fits_functions(&self) -> Result<(), String> {
        self.0.fits_functions()
    }

    fn seed(&mut self, seed: u64) {
        self.0.seed(seed);
    }

    fn formats(&self) -> &'static [&'static str] {
        <T::Report as Report>::Summary::FORMATS
    }

    fn expected_life(&self) -> Duration {
        self.0.expected_life()
    }

    fn is_idempotent(&self) -> bool {
        T::IDEMPOTENT
    }

    fn must_be_whole(&self) -> bool {
        self.0.must_be_whole()
    }

    fn copy(&self) -> Box<dyn ErasedTask> {
        Box::new(Self(self.0.clone()))
    }

    fn connections(&self) -> u64 {
        self.0.connections()
    }

    fn at_once(&self) -> u32 {
        self.0.at_once()
    }

    fn at_rate(&self, rate: Rate, duration: Duration) -> Option<AnyTask> {
        self.0.at_rate(rate, duration).map(AnyTask::new)
    }

    fn as_serialize(&self) -> &dyn erased_serde::Serialize {
        &self.0
    }

    fn observe(&self, host: Host, manifest: Rc<Manifest>) -> Box<dyn ErasedObserver> {
        let book = Book::new(Arc::clone(&host.world.ledger), manifest.run.clone());
        Box::new(TypedObserver::<T> {
            units: self.0.units(),
            stakes: Stakes::of(&self.0),
            host,
            manifest,
            book,
            joined: None,
        })
    }
}

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

/// What a run came to, whatever its kind.
#[must_use]
pub struct AnyOutcome {
    /// What the core knows.
    pub facts: Facts,
    /// Whether the run is closed: nothing will change any more.
    pub closed: bool,
    /// What the run is worth.
    pub verdict: Verdict,
    /// Whether it is worth something only as a whole: then whatever is missing makes it fail.
    pub must_be_whole: bool,
    /// Whether somebody is to be told where it fails, though nobody may wait for it.
    pub alerts: bool,
    /// What was tried out or should hold, one by one, once all is settled.
    pub cases: Vec<Case>,
    /// How long units waited for answers, in microseconds, from when they were due; none where the kind does not measure that.
    pub latency: Option<Histogram>,
    /// How many units failed, each by itself.
    pub failed: u64,
    /// All that must not depend on how the run was cut.
    pub counts: serde_json::Value,
    /// What people and tools read.
    pub summary: Box<dyn AnySummary>,
}

impl fmt::Debug for AnyOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyOutcome")
            .field("facts", &self.facts)
            .field("verdict", &self.verdict)
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

impl AnyOutcome {
    pub(crate) fn new<R: Report>(outcome: &Outcome<R>, closed: bool, stakes: Stakes) -> Self {
        let Outcome { report, facts } = outcome;
        Self {
            facts: facts.clone(),
            closed,
            verdict: report.verdict(facts),
            must_be_whole: stakes.whole,
            alerts: stakes.alerts,
            cases: if facts.settled {
                report.cases(facts)
            } else {
                Vec::new()
            },
            latency: report.latency().cloned(),
            failed: report.failed(),
            counts: report.counts(),
            summary: Box::new(report.summarize(facts)),
        }
    }

    /// The summary as JSON, in this format; in the first of its [formats](AnyTask::formats) where there is none of that name.
    ///
    /// # Errors
    /// Where the kind's summary can't be written.
    pub fn summary_json(&self, format: Option<&str>) -> Result<serde_json::Value, String> {
        if let Some(value) = format.and_then(|format| self.summary.in_format(format)) {
            return Ok(value);
        }
        erased_serde::serialize(&*self.summary, serde_json::value::Serializer)
            .map_err(|error| error.to_string())
    }
}

/// Watches a run.
pub struct Observer {
    observer: Box<dyn ErasedObserver>,
    ledger: Arc<Heard>,
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

impl Observer {
    /// What the run has come to by now.
    ///
    /// # Errors
    /// Where the ledger can't be read.
    pub async fn look(&mut self) -> Result<AnyOutcome, LedgerError> {
        self.observer.look().await
    }

    /// How often the ledger answered so far, whatever came of the looks.
    pub(crate) fn answers(&self) -> u64 {
        self.ledger.answers()
    }

    /// Closes the run, when nobody where it ran has. One whose start was begun by a worker that is gone will not start any more.
    pub async fn close(&mut self) {
        self.observer.close().await;
    }
}

#[async_trait(?Send)]
trait ErasedObserver {
    async fn look(&mut self) -> Result<AnyOutcome, LedgerError>;
    async fn close(&mut self);
}

struct TypedObserver<T: Task> {
    /// How many units there were before `open`.
    units: u64,
    stakes: Stakes,
    host: Host,
    manifest: Rc<Manifest>,
    book: Book,
    joined: Option<(Running<T>, Gathered<T::Report>)>,
}

impl<T: Task> TypedObserver<T> {
    /// Reads what the run is about, once it has started.
    async fn join(&mut self) -> Result<bool, LedgerError> {
        if self.joined.is_some() {
            return Ok(true);
        }
        let Some(start) = self.book.start().await? else {
            return Ok(false);
        };
        let key = start.task.to_string();
        let unreadable = |why: String| LedgerError {
            what: "read",
            key: key.clone(),
            why,
            lasting: true,
        };
        let bytes = self.book.task(start.task).await?;
        let bytes = bytes.ok_or_else(|| unreadable("it is not there".to_owned()))?;
        let task: T =
            serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
        let attempts = if T::IDEMPOTENT { ATTEMPTS } else { 1 };
        let gathered = Gathered::new(&task, &start, attempts);
        let running = Running {
            worker: self.worker(),
            task: Rc::new(task),
            start: Rc::new(start),
        };
        self.joined = Some((running, gathered));
        Ok(true)
    }

    fn worker(&self) -> Worker {
        let forever = Time::from_nanos(u64::MAX);
        Worker {
            host: self.host.clone(),
            envelope: Envelope {
                version: VERSION,
                deployment: self.manifest.deployment.clone(),
                run: self.manifest.run.clone(),
                order: Order::Start,
                hop: 0,
                expires: forever,
            },
            manifest: Rc::clone(&self.manifest),
            book: self.book.clone(),
            born: self.host.world.clock.now(),
            lease: forever,
        }
    }

    async fn look_before_start(&self) -> Result<AnyOutcome, LedgerError> {
        let mut failure = match self.book.begun().await? {
            Some(Begun::Failed(failure)) => Some(failure),
            Some(Begun::Started(_)) | None => None,
        };
        let stop = self.book.stop().await?;
        let now = self.host.world.clock.now();
        let late = now > crate::launch::start_expires(&self.manifest);
        // Whoever has claimed the start sees a stop, and ends what it has begun.
        let starter = holder(&self.book, &self.manifest, ClaimKey::Start, now).await?;
        let closed = failure.is_some() || starter == Holder::Nobody && (late || stop.is_some());
        if starter == Holder::Gone {
            failure.get_or_insert_with(starter_gone);
        }
        let settled = closed || failure.is_some();
        let mut outcome = undelivered::<T::Report>(&self.manifest, self.units, failure);
        if stop.is_some() || !settled {
            // Nothing is lost: it was given up before it began, or is yet to begin.
            let facts = &mut outcome.facts;
            facts.tally.cancelled = if settled { self.units } else { 0 };
            facts.planned = if settled { self.units } else { 0 };
            facts.lost = 0;
            facts.losses.clear();
        }
        outcome.facts.stopped = stop.map(|mark| mark.at);
        outcome.facts.settled = settled;
        Ok(AnyOutcome::new(&outcome, closed, self.stakes))
    }
}

fn starter_gone() -> Failure {
    Failure::new(
        "starting the run was begun and not ended: its worker is gone; it is not begun again",
    )
}

#[async_trait(?Send)]
impl<T: Task> ErasedObserver for TypedObserver<T> {
    async fn look(&mut self) -> Result<AnyOutcome, LedgerError> {
        if let Some(closed) = self.book.closed::<T::Report>().await? {
            let outcome = Outcome {
                report: closed.report,
                facts: closed.facts,
            };
            return Ok(AnyOutcome::new(&outcome, true, self.stakes));
        }
        if !self.join().await? {
            return self.look_before_start().await;
        }
        let Some((running, gathered)) = &mut self.joined else {
            return self.look_before_start().await;
        };
        let clock = &*self.host.world.clock;
        let (book, manifest, start) = (&running.book, &running.manifest, &running.start);
        let outcome = gathered.settle(book, manifest, start, clock).await?;
        Ok(AnyOutcome::new(&outcome, false, self.stakes))
    }

    async fn close(&mut self) {
        if let Some((running, _)) = &self.joined {
            return close(running, Closer::Launcher).await;
        }
        let now = self.host.world.clock.now();
        let starter = holder(&self.book, &self.manifest, ClaimKey::Start, now).await;
        if matches!(starter, Ok(Holder::Gone)) {
            // From here on the run can't start any more. Where this can't be written either, the next who looks will.
            let begun = Begun::Failed(starter_gone());
            let _written = self.book.write_begun(&begun).await;
        }
    }
}
