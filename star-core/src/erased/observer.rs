//! Watches a run of a task of any kind.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use async_trait::async_trait;

use super::outcome::{AnyOutcome, Stakes};
use crate::failure::Failure;
use crate::gather::{ATTEMPTS, Gathered};
use crate::ledger::{Begun, Book, ClaimKey, Heard, LedgerError, Manifest};
use crate::outcome::Outcome;
use crate::settle::undelivered;
use crate::task::Task;
use crate::time::Time;
use crate::wire::{Envelope, Order, VERSION};
use crate::worker::{Closer, Holder, Host, Running, Worker, close, holder};

/// Watches a run.
pub struct Observer {
    pub(super) observer: Box<dyn ErasedObserver>,
    pub(super) ledger: Arc<Heard>,
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

/// What watches, without the type of the task.
#[async_trait(?Send)]
pub(super) trait ErasedObserver {
    async fn look(&mut self) -> Result<AnyOutcome, LedgerError>;
    async fn close(&mut self);
    /// Lets the task know from now on.
    fn tell(&mut self);
}

/// What watches runs of one kind of task.
pub(super) struct TypedObserver<T: Task> {
    /// How many units there were before `open`.
    units: u64,
    /// What its report is as long as nothing was done.
    blank: T::Report,
    stakes: Stakes,
    host: Host,
    manifest: Rc<Manifest>,
    book: Book,
    joined: Option<(Running<T>, Gathered<T::Report>)>,
    /// Whether the task is told how it goes.
    tells: bool,
}

impl<T: Task> TypedObserver<T> {
    /// Of a run of this task, that was launched there with this manifest.
    pub(super) fn new(task: &T, host: Host, manifest: Rc<Manifest>) -> Self {
        Self {
            units: task.units(),
            blank: task.blank(),
            stakes: Stakes::of(task),
            book: Book::new(Arc::clone(&host.world.ledger), manifest.run.clone()),
            host,
            manifest,
            joined: None,
            tells: false,
        }
    }

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
            remote: false,
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
        let mut outcome = undelivered(&self.manifest, self.units, self.blank.clone(), failure);
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
        Ok(AnyOutcome::new(outcome, closed, self.stakes))
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
            return Ok(AnyOutcome::new(outcome, true, self.stakes));
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
        if self.tells && !outcome.facts.settled {
            let snapshots = manifest.intervals.snapshot * 2 + manifest.intervals.margin;
            let known = clock.now().since(start.zero).saturating_sub(snapshots);
            let cx = running.run_context().begun(start.zero);
            running.task.observed(&outcome.report, known, &cx).await;
        }
        Ok(AnyOutcome::new(outcome, false, self.stakes))
    }

    fn tell(&mut self) {
        self.tells = true;
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
