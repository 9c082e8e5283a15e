//! Launches runs, and follows them to their end.

mod follow;
mod silence;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::erased::Job;
use crate::ledger::{Begun, Book, ClaimKey, LedgerError, Manifest, RunId, StartRecord, StopMark};
use crate::limits::{Intervals, Limits};
use crate::time::Time;
use crate::transport::TransportError;
use crate::wire::{Envelope, Order, VERSION};
use crate::worker::{Holder, Host, Patience, Sender, first_order, holder, watch, watch_start};

pub use follow::follow;

/// How a run is launched.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The run's name.
    pub run: RunId,
    /// The seed of all its chance.
    pub seed: u64,
    /// How it is cut: the place's limits, as the task narrowed them.
    pub limits: Limits,
    /// How often the ledger is looked at.
    pub intervals: Intervals,
    /// Whether units are only walked through.
    pub rehearsal: bool,
    /// Whether workers note what every unit did.
    pub traced: bool,
}

/// Why a run could not be launched.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The ledger does not answer.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// There is such a run.
    #[error("there is a run called `{0}` already")]
    Exists(RunId),
    /// The task can't be written.
    #[error("the task cannot be written: {0}")]
    Unwritable(String),
}

/// Until when somebody must have claimed the start.
pub(crate) fn start_expires(manifest: &Manifest) -> Time {
    const EVENT_AGE: Duration = Duration::from_secs(10);
    manifest.launched + manifest.limits.lead * 2 + EVENT_AGE
}

/// How long a ledger that does not answer is asked again for each of what is written before a run is.
const WRITE_PATIENCE: Duration = Duration::from_mins(1);

/// Records a run in the ledger: files, task, and last the manifest, from which on the run exists. Nothing is sent yet. What the ledger turns
/// away is written again for up to a minute.
///
/// # Errors
/// Where that can't be done. Then there is no such run, unless the ledger carried out what it did not answer; nobody is sent for it.
pub async fn launch(host: &Host, job: &Job, launch: Launch) -> Result<Rc<Manifest>, LaunchError> {
    let book = Book::new(Arc::clone(&host.world.ledger), launch.run.clone());
    let clock = &*host.world.clock;
    let patience = || Patience::until(clock, clock.now() + WRITE_PATIENCE);
    for blob in &job.blobs {
        patience().ask_why(|| book.write_blob(blob)).await?;
    }
    let bytes = job.task.encode().map_err(LaunchError::Unwritable)?;
    let manifest = Manifest {
        version: VERSION,
        run: launch.run,
        kind: job.task.kind().to_owned(),
        job: patience().ask_why(|| book.write_task(&bytes)).await?,
        blobs: job
            .blobs
            .iter()
            .map(|blob| blob.reference.clone())
            .collect(),
        seed: launch.seed,
        deployment: host.world.deployment.clone(),
        limits: launch.limits,
        intervals: launch.intervals,
        rehearsal: launch.rehearsal,
        traced: launch.traced,
        manner: job.task.manner(),
        launched: clock.now(),
    };
    write_manifest(&book, manifest, clock).await.map(Rc::new)
}

/// Writes the manifest, with the instant at which that succeeds: from then on its start is waited for. One that is there is ours where it is
/// that of an earlier try whose answer was lost.
async fn write_manifest(
    book: &Book,
    manifest: Manifest,
    clock: &dyn Clock,
) -> Result<Manifest, LaunchError> {
    let tried = RefCell::new(Vec::new());
    let write = async || {
        let manifest = Manifest {
            launched: clock.now(),
            ..manifest.clone()
        };
        tried.borrow_mut().push(manifest.launched);
        if book.write_manifest(&manifest).await? {
            return Ok(Some(manifest));
        }
        let there = book.manifest().await?;
        Ok(there.filter(|there| {
            let launched = tried.borrow().contains(&there.launched);
            launched
                && *there
                    == Manifest {
                        launched: there.launched,
                        ..manifest
                    }
        }))
    };
    let patience = Patience::until(clock, clock.now() + WRITE_PATIENCE);
    let written = patience.ask_why(write).await?;
    written.ok_or(LaunchError::Exists(manifest.run))
}

/// The order to start a launched run, for a launcher that is a worker itself.
pub fn start_envelope(manifest: &Manifest) -> Envelope {
    Envelope {
        version: VERSION,
        deployment: manifest.deployment.clone(),
        run: manifest.run.clone(),
        order: Order::Start,
        hop: 0,
        expires: start_expires(manifest),
    }
}

/// Sends a launched run's first order, and looks after it and after the first window's bundle until both are claimed.
pub async fn attend(host: &Host, manifest: &Rc<Manifest>) {
    let _nobody_started_it = try_attend(host, manifest).await;
}

/// The same, telling where no worker will start it.
///
/// # Errors
/// Where the order was refused for good. Then nothing was started.
pub async fn try_attend(host: &Host, manifest: &Rc<Manifest>) -> Result<(), TransportError> {
    let clock = &host.world.clock;
    let sender = Sender {
        transport: Arc::clone(&host.transport),
        clock: Arc::clone(clock),
        book: Book::new(Arc::clone(&host.world.ledger), manifest.run.clone()),
        manifest: Rc::clone(manifest),
        hop: 0,
        tale: None,
    };
    let expires = start_expires(manifest);
    // The bundle must be looked at half-way to its start: whoever still watched the order before it would come too late.
    let watching = async {
        match watch_start(&sender, expires).await {
            Ok(()) => std::future::pending::<TransportError>().await,
            Err(refused) => refused,
        }
    };
    let start = tokio::select! {
        biased;
        start = wait_for_start(&sender, expires) => start,
        refused = watching => return Err(refused),
    };
    let Some(start) = start else { return Ok(()) };
    if let Some(first) = first_order(&start) {
        let end = start.zero + first.window().to().min(start.end);
        watch(&sender, vec![first], clock.now(), start.zero, end).await;
    }
    Ok(())
}

/// Waits for the start record; none when the run does not start. Whoever has claimed the start may take long.
async fn wait_for_start(sender: &Sender, expires: Time) -> Option<StartRecord> {
    let clock = &sender.clock;
    let mut pause = Duration::from_millis(5);
    loop {
        match sender.book.begun().await {
            Ok(Some(Begun::Started(start))) => return Some(start),
            Ok(Some(Begun::Failed(_))) => return None,
            Ok(None) | Err(_) => {}
        }
        let now = clock.now();
        if now > expires {
            let starter = holder(&sender.book, &sender.manifest, ClaimKey::Start, now).await;
            if matches!(starter, Ok(Holder::Nobody | Holder::Gone)) {
                return None;
            }
        }
        clock.sleep_until(clock.now() + pause).await;
        pause = (pause * 2).min(sender.manifest.intervals.stop);
    }
}

/// Sets a run's stop mark. Workers of this process see it at once, others at their next look.
///
/// # Errors
/// Where the ledger does not answer.
pub async fn stop(host: &Host, run: &RunId) -> Result<(), LedgerError> {
    let book = Book::new(Arc::clone(&host.world.ledger), run.clone());
    let at = host.world.clock.now();
    book.write_stop(StopMark { at }).await?;
    host.world.bell.ring_stop();
    Ok(())
}
