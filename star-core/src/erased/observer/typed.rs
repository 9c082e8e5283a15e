//! Watches a run of one kind of task.

use std::rc::Rc;
use std::sync::Arc;

use async_trait::async_trait;

use super::{ErasedObserver, Glance};
use crate::erased::outcome::{AnyOutcome, Stakes};
use crate::failure::Failure;
use crate::gather::{ATTEMPTS, Gathered, Wanted};
use crate::ledger::{Begun, Book, ClaimKey, LedgerError, Manifest};
use crate::outcome::Outcome;
use crate::report::Report;
use crate::settle::undelivered;
use crate::task::Task;
use crate::time::Time;
use crate::unread::Unread;
use crate::wire::{Envelope, Order, VERSION};
use crate::worker::{Closer, Holder, Host, Running, Worker, close, holder};

/// What watches runs of one kind of task.
pub(in crate::erased) struct TypedObserver<T: Task> {
    /// How many units there were before `open`.
    units: u64,
    /// What its report is as long as nothing was done.
    blank: T::Report,
    stakes: Stakes,
    host: Host,
    manifest: Rc<Manifest>,
    book: Book,
    joined: Option<Joined<T>>,
    /// Whether the task wants to know how it goes.
    observes: bool,
    /// Whether it is told.
    tells: bool,
}

/// A run that has started.
struct Joined<T: Task> {
    running: Running<T>,
    /// What glances saw, once there was one.
    glances: Option<Gathered<Unread>>,
    /// What looks saw, once there was one.
    looks: Option<Gathered<T::Report>>,
}

impl<T: Task> TypedObserver<T> {
    /// Of a run of this task, that was launched there with this manifest.
    pub(in crate::erased) fn new(task: &T, host: Host, manifest: Rc<Manifest>) -> Self {
        Self {
            units: task.units(),
            blank: task.blank(),
            stakes: Stakes::of(task),
            observes: task.observes(),
            book: Book::new(Arc::clone(&host.world.ledger), manifest.run.clone()),
            host,
            manifest,
            joined: None,
            tells: false,
        }
    }

    /// Reads what the run is about, once it has started.
    async fn join(&mut self) -> Result<(), LedgerError> {
        if self.joined.is_some() {
            return Ok(());
        }
        let Some(start) = self.book.start().await? else {
            return Ok(());
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
        self.joined = Some(Joined {
            running: Running {
                worker: self.worker(),
                task: Rc::new(task),
                start: Rc::new(start),
            },
            glances: None,
            looks: None,
        });
        Ok(())
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

    /// What a run has come to that is closed.
    async fn closed<R: Report>(&self) -> Result<Option<Outcome<R>>, LedgerError> {
        let closed = self.book.closed::<R>().await?;
        Ok(closed.map(|closed| Outcome {
            report: closed.report,
            facts: closed.facts,
        }))
    }

    /// What one has come to that has not started, with the report that it has then; and whether it never will.
    async fn before_start<R: Report>(&self, blank: R) -> Result<(Outcome<R>, bool), LedgerError> {
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
        let mut outcome = undelivered(&self.manifest, self.units, blank, failure);
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
        Ok((outcome, closed))
    }
}

fn starter_gone() -> Failure {
    Failure::new(
        "starting the run was begun and not ended: its worker is gone; it is not begun again",
    )
}

/// What a run has come to by what was `gathered` of it before; what the `others` know that looked for something else, it knows too.
async fn settled<T: Task, R: Report, O: Report>(
    running: &Running<T>,
    gathered: &mut Option<Gathered<R>>,
    others: Option<&Gathered<O>>,
    wanted: Wanted,
) -> Result<Outcome<R>, LedgerError> {
    let (book, manifest, start) = (&running.book, &running.manifest, &running.start);
    let attempts = if T::IDEMPOTENT { ATTEMPTS } else { 1 };
    // Of a wide run it is large, and there is none where nobody looks for it.
    let gathered =
        gathered.get_or_insert_with(|| Gathered::new(&*running.task, start, attempts, wanted));
    if let Some(others) = others {
        gathered.informed_by(others);
    }
    gathered
        .settle(book, manifest, start, running.clock())
        .await
}

#[async_trait(?Send)]
impl<T: Task> ErasedObserver for TypedObserver<T> {
    async fn look(&mut self) -> Result<AnyOutcome, LedgerError> {
        let stakes = self.stakes;
        if let Some(outcome) = self.closed().await? {
            return Ok(AnyOutcome::new::<T::Report>(outcome, true, stakes));
        }
        self.join().await?;
        let Some(joined) = &mut self.joined else {
            let (outcome, closed) = self.before_start(self.blank.clone()).await?;
            return Ok(AnyOutcome::new(outcome, closed, stakes));
        };
        let running = &joined.running;
        let glances = joined.glances.as_ref();
        let outcome = settled(running, &mut joined.looks, glances, Wanted::Report).await?;
        if self.tells && !outcome.facts.settled {
            let (intervals, zero) = (&running.manifest.intervals, running.start.zero);
            let snapshots = intervals.snapshot * 2 + intervals.margin;
            let known = running.now().since(zero).saturating_sub(snapshots);
            let cx = running.run_context().begun(zero);
            running.task.observed(&outcome.report, known, &cx).await;
        }
        Ok(AnyOutcome::new(outcome, false, stakes))
    }

    async fn glance(&mut self) -> Result<Glance, LedgerError> {
        let glance = |outcome: Outcome<Unread>, closed| Glance {
            facts: outcome.facts,
            closed,
        };
        if let Some(outcome) = self.closed().await? {
            return Ok(glance(outcome, true));
        }
        self.join().await?;
        let Some(joined) = &mut self.joined else {
            let (outcome, closed) = self.before_start(Unread).await?;
            return Ok(glance(outcome, closed));
        };
        let looks = joined.looks.as_ref();
        let outcome = settled(&joined.running, &mut joined.glances, looks, Wanted::Counts).await?;
        Ok(glance(outcome, false))
    }

    async fn is_closed(&self) -> Result<bool, LedgerError> {
        self.book.is_closed().await
    }

    fn tell(&mut self) {
        self.tells = self.observes;
    }

    fn tells(&self) -> bool {
        self.tells
    }

    async fn close(&mut self) {
        if let Some(joined) = &self.joined {
            return close(&joined.running, Closer::Launcher).await;
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
