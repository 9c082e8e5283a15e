//! The end of a run: settled, closed, and recorded, once.
//!
//! Settling reads; whoever comes may do it. What the task does at the end has an effect on the world, so it is claimed, immediately
//! before, and nobody else does it however long it takes: others wait for the record. Where whoever claimed it is gone, they write the
//! record without doing it again, and say so.

use std::time::Duration;

use super::{Holder, Running, guarded, holder, signs};
use crate::erased::{AnyOutcome, Stakes};
use crate::failure::Failure;
use crate::gather::{ATTEMPTS, Gathered, Wanted};
use crate::ledger::{ClaimKey, Claimed, Closed, LedgerError};
use crate::outcome::{Fault, Outcome};
use crate::task::Task;
use crate::time::Time;

/// Who closes: the first of these that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closer {
    /// The last window's first carrier.
    First,
    /// Its second, when no close record appears in time.
    Second,
    /// The launcher, or whoever asks for the report.
    Launcher,
}

/// How long a ledger that can't be read is waited for at the end.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a worker whose life ends keeps of it to record how the run ended.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// How long what the task does at the end may still take once the run was told to stop.
const AFTER_STOP: Duration = Duration::from_secs(10);

/// Between two looks whether all is settled: at first short, since most of the time it soon is.
const SHORTEST_LOOK: Duration = Duration::from_millis(5);

/// When a run is settled and closed at the latest, unless closing it takes longer.
fn late<T: Task>(running: &Running<T>) -> Time {
    running.end() + running.manifest.intervals.margin + running.manifest.limits.closing
}

/// Waits until the run is settled, then closes it, unless somebody else does.
pub(crate) async fn close<T: Task>(running: &Running<T>, closer: Closer) {
    if closer == Closer::Second && wait_for_first(running).await {
        return;
    }
    // One look at a wide run may take longer than what is left of a life.
    let outcome = tokio::select! {
        biased;
        outcome = settled(running) => outcome,
        () = running.clock().sleep_until(running.lease - LAST_WORDS) => None,
    };
    let Some((mut outcome, mut gathered)) = outcome else {
        return;
    };
    if is_closed(running).await {
        return;
    }
    let known_by = running.lease.min(running.now() + PATIENCE);
    match running.claim(ClaimKey::Close, known_by).await {
        Claimed::Won => {
            // What somebody told too late, in the meantime, counts all the same.
            if outcome.facts.is_partial()
                && let Ok(newer) = look(running, &mut gathered).await
                && newer.facts.settled
            {
                outcome = newer;
            }
            end(running, outcome).await;
        }
        Claimed::Taken => wait_for_record(running, outcome, known_by).await,
    }
}

/// What the run has come to by now.
async fn look<T: Task>(
    running: &Running<T>,
    gathered: &mut Gathered<T::Report>,
) -> Result<Outcome<T::Report>, LedgerError> {
    let (manifest, start) = (&running.manifest, &running.start);
    let clock = running.clock();
    gathered.settle(&running.book, manifest, start, clock).await
}

/// What the run came to, and what is known of its chunks; none where that can't be known.
async fn settled<T: Task>(
    running: &Running<T>,
) -> Option<(Outcome<T::Report>, Gathered<T::Report>)> {
    let manifest = &running.manifest;
    let attempts = if T::IDEMPOTENT { ATTEMPTS } else { 1 };
    let (task, start) = (&*running.task, &running.start);
    let mut gathered = Gathered::<T::Report>::new(task, start, attempts, Wanted::Report);
    let mut pause = SHORTEST_LOOK;
    loop {
        let now = running.now();
        match look(running, &mut gathered).await {
            Ok(outcome) if outcome.facts.settled => return Some((outcome, gathered)),
            Ok(_) | Err(_) => {}
        }
        // Long after everything must be settled only a ledger that can't be read keeps it from being.
        let last = (running.lease - LAST_WORDS).min(late(running) + PATIENCE);
        if now >= last {
            return None;
        }
        running.clock().sleep_until(last.min(now + pause)).await;
        pause = (pause * 2).min(manifest.intervals.stop);
    }
}

/// Does what the task does at the end, which is claimed, and records it.
async fn end<T: Task>(running: &Running<T>, mut outcome: Outcome<T::Report>) {
    let cx = running.run_context().begun(running.start.zero);
    let in_time = async {
        tokio::select! {
            biased;
            closed = guarded(running.task.close(&mut outcome.report, &cx)) => closed,
            () = running.clock().sleep_until(running.lease - LAST_WORDS) => Err(Failure::new(
                "closing the run was not ended: its worker's life was over",
            )),
            stopped = told_to_stop(running) => Err(stopped),
        }
    };
    let closed = signs::with_signs(running, ClaimKey::Close, in_time).await;
    if let Ok(Some(mark)) = running.book.stop().await {
        outcome.facts.stopped.get_or_insert(mark.at);
    }
    record(running, outcome, closed.err()).await;
}

/// Returns when the run was told to stop, and what is done at its end has had its time since.
async fn told_to_stop<T: Task>(running: &Running<T>) -> Failure {
    let begun = running.now();
    let mut told = running.host.world.bell.stops();
    loop {
        if let Ok(Some(mark)) = running.book.stop().await {
            let until = mark.at.max(begun) + AFTER_STOP;
            running.clock().sleep_until(until).await;
            let seconds = AFTER_STOP.as_secs();
            return Failure::new(format!(
                "closing the run was not ended: the run was stopped, and it may take {seconds} seconds from then on"
            ));
        }
        let next = running.now() + running.manifest.intervals.stop;
        told.heard_until(running.clock(), next).await;
    }
}

async fn record<T: Task>(
    running: &Running<T>,
    mut outcome: Outcome<T::Report>,
    failure: Option<Failure>,
) {
    outcome.facts.faults.extend(failure.map(|failure| Fault {
        chunk: None,
        failure,
    }));
    let record = Closed {
        facts: outcome.facts,
        report: outcome.report,
    };
    let write = || running.book.write_closed(&record);
    running.last_patience().ask(write).await;
    let outcome = Outcome {
        report: record.report,
        facts: record.facts,
    };
    let stakes = Stakes::of(&*running.task);
    let ending = &running.host.world.ending;
    ending.tell(AnyOutcome::new(outcome, true, stakes)).await;
    if let Some(tale) = running.tale() {
        tale.done();
    }
    // Last: whoever hears it may end this process.
    running.host.world.bell.ring_end();
}

async fn is_closed<T: Task>(running: &Running<T>) -> bool {
    matches!(running.book.is_closed().await, Ok(true))
}

/// Waits for the record of whoever claimed the end; where that one is gone, writes one that says so. Where the ledger can't tell who it
/// is, waits no longer than this.
async fn wait_for_record<T: Task>(
    running: &Running<T>,
    outcome: Outcome<T::Report>,
    known_by: Time,
) {
    loop {
        if is_closed(running).await {
            return;
        }
        let now = running.now();
        match holder(&running.book, &running.manifest, ClaimKey::Close, now).await {
            Ok(Holder::Alive) if now < running.lease - LAST_WORDS => {}
            Ok(Holder::Nobody) | Err(_) if now < known_by => {}
            Ok(Holder::Gone) => {
                let failure = Failure::new(
                    "closing the run was begun and not ended: its worker is gone; it is not begun again",
                );
                return record(running, outcome, Some(failure)).await;
            }
            Ok(_) | Err(_) => return,
        }
        let next = now + running.manifest.intervals.stop;
        let last = running.lease - LAST_WORDS;
        running.clock().sleep_until(next.min(last)).await;
    }
}

/// Whether the run is closed in the time in which the one who closes first has settled it and claimed the end. Where that one only takes
/// long to close, it has claimed, and is waited for further.
async fn wait_for_first<T: Task>(running: &Running<T>) -> bool {
    let manifest = &running.manifest;
    let intervals = &manifest.intervals;
    loop {
        if is_closed(running).await {
            return true;
        }
        let over = match running.book.stop().await {
            Ok(Some(mark)) => running
                .end()
                .min(mark.at + intervals.stop * 2 + intervals.grace),
            Ok(None) | Err(_) => running.end(),
        };
        let late = over + intervals.margin * 2;
        let now = running.now();
        if now >= late.min(running.lease - manifest.limits.closing) {
            return false;
        }
        running.clock().sleep_until(now + intervals.stop).await;
    }
}
