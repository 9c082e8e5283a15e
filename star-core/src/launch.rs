//! Launches runs, and follows them to their end.

mod silence;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::erased::{AnyOutcome, Job, Observer};
use crate::ledger::{Begun, Book, ClaimKey, LedgerError, Manifest, RunId, StartRecord, StopMark};
use crate::limits::{Intervals, Limits};
use crate::time::Time;
use crate::transport::TransportError;
use crate::wire::{Envelope, Order, VERSION};
use crate::worker::{Holder, Host, Patience, Sender, first_order, holder, watch, watch_start};

use silence::Silence;

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

/// Sets a run's stop mark.
///
/// # Errors
/// Where the ledger does not answer.
pub async fn stop(host: &Host, run: &RunId) -> Result<(), LedgerError> {
    let book = Book::new(Arc::clone(&host.world.ledger), run.clone());
    let at = host.world.clock.now();
    book.write_stop(StopMark { at }).await
}

/// Looks at a run again and again until it is closed, telling of every look. Closes it where nobody else does.
///
/// # Errors
/// Where nothing at all could be read of the ledger for two minutes, or one and the same record could not; sooner where asking again is no use.
pub async fn follow(
    host: &Host,
    manifest: &Manifest,
    observer: &mut Observer,
    mut told: impl FnMut(&AnyOutcome),
) -> Result<AnyOutcome, LedgerError> {
    const LONGEST: Duration = Duration::from_millis(500);
    const CLOSINGS: u32 = 2;
    let clock = &host.world.clock;
    // More often than there are snapshots there is little to see.
    let longest = (manifest.intervals.snapshot / 2).max(LONGEST);
    let (begun, mut end) = (clock.now(), None);
    let mut settled_at = None;
    let mut silence = Silence::new(begun, observer);
    let mut closings = 0;
    loop {
        let began = clock.now();
        let looked = observer.look().await;
        let seen_at = clock.now();
        if let Some(outcome) = silence.after(looked, observer, seen_at)? {
            end = outcome.facts.zero.map(|zero| zero + outcome.facts.length);
            told(&outcome);
            if outcome.closed {
                return Ok(outcome);
            }
            if outcome.facts.settled {
                let since = *settled_at.get_or_insert(seen_at);
                // Whoever closes first is about to; only when no record appears is it the launcher's to do.
                let late = manifest.limits.closing + manifest.intervals.margin;
                if seen_at.since(since) > late && closings == CLOSINGS {
                    // It can't be recorded that the run is over: what is settled stands.
                    return Ok(outcome);
                }
                if seen_at.since(since) > late {
                    observer.close().await;
                    closings += 1;
                }
            }
        }
        let now = clock.now();
        // A look at a wide run takes long, and costs as much: until the end there is no hurry for another.
        let left = end.map_or(Duration::ZERO, |end| end.since(now));
        let rest = (seen_at.since(began) / 2).min(left);
        let next = now + pause(begun, end, now, longest).max(rest);
        clock.sleep_until(next).await;
    }
}

/// How long until a run is looked at again that has been followed since `begun` and whose last units are due until `end`: so long that
/// nobody waits much longer for a run than it took, and is never far from its end for long.
fn pause(begun: Time, end: Option<Time>, now: Time, longest: Duration) -> Duration {
    const SHORTEST: Duration = Duration::from_millis(5);
    let pause = now.since(begun) / 16;
    let pause = match end {
        Some(end) if end <= now => pause.min(now.since(end) / 8),
        Some(end) => pause.min(end.since(now) + SHORTEST),
        None => pause,
    };
    pause.clamp(SHORTEST, longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_looked_at_often_when_it_is_short_or_at_its_end() {
        let at = |millis: u64| Time::from_nanos(millis * 1_000_000);
        let longest = Duration::from_millis(500);
        let pause =
            |end: Option<u64>, now| pause(at(1_000), end.map(at), at(now), longest).as_millis();
        assert_eq!(pause(None, 1_000), 5);
        assert_eq!(pause(Some(2_000), 1_480), 30);
        assert_eq!(pause(Some(61_000), 31_000), 500);
        assert_eq!(pause(Some(61_000), 60_900), 105);
        assert_eq!(pause(Some(61_000), 61_010), 5);
        assert_eq!(pause(Some(61_000), 61_800), 100);
        assert_eq!(pause(Some(61_000), 90_000), 500);
    }
}
