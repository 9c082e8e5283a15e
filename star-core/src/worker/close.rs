//! The end of a run: settled, closed, and recorded, once.

use std::time::Duration;

use super::{Running, guarded};
use crate::gather::{ATTEMPTS, Gathered};
use crate::ledger::{ClaimKey, Claimed, Closed};
use crate::outcome::Fault;
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

impl Closer {
    fn turn(self) -> u32 {
        match self {
            Self::First => 0,
            Self::Second => 1,
            Self::Launcher => 2,
        }
    }
}

/// How long a ledger that can't be read is waited for at the end.
const PATIENCE: Duration = Duration::from_mins(1);

/// When a run is settled and closed at the latest.
fn late<T: Task>(running: &Running<T>) -> Time {
    running.end() + running.manifest.intervals.margin + running.manifest.limits.closing
}

/// Between two looks whether all is settled: at first short, since most of the time it soon is.
const SHORTEST_LOOK: Duration = Duration::from_millis(5);

/// Waits until the run is settled, then closes it, unless somebody else does.
pub(crate) async fn close<T: Task>(running: &Running<T>, closer: Closer) {
    let manifest = &running.manifest;
    if closer == Closer::Second && wait_for_record(running).await {
        return;
    }
    let claim = running
        .claim(ClaimKey::Close(closer.turn()), running.lease)
        .await;
    if claim == Claimed::Taken || matches!(running.book.is_closed().await, Ok(true)) {
        return;
    }
    let attempts = if T::IDEMPOTENT { ATTEMPTS } else { 1 };
    let mut gathered = Gathered::<T::Report>::new(&*running.task, &running.start, attempts);
    let mut pause = SHORTEST_LOOK;
    let mut outcome = loop {
        let now = running.now();
        let settled = gathered
            .settle(&running.book, manifest, &running.start, now)
            .await;
        match settled {
            Ok(outcome) if outcome.facts.settled => break outcome,
            Ok(_) | Err(_) => {}
        }
        // Long after everything must be settled only a ledger that can't be read keeps it from being.
        if now > running.lease.min(late(running) + PATIENCE) {
            return;
        }
        running.clock().sleep_until(now + pause).await;
        pause = (pause * 2).min(manifest.intervals.stop);
    };
    let cx = running.run_context();
    let closed = guarded(running.task.close(&mut outcome.report, &cx)).await;
    if let Err(failure) = closed {
        outcome.facts.faults.push(Fault {
            chunk: None,
            failure,
        });
    }
    let record = Closed {
        facts: outcome.facts,
        report: outcome.report,
    };
    let write = || running.book.write_closed(&record);
    running.patience(running.lease).ask(write).await;
}

/// Whether the close record appears in the time that the one who closes first may take.
async fn wait_for_record<T: Task>(running: &Running<T>) -> bool {
    let manifest = &running.manifest;
    let intervals = &manifest.intervals;
    loop {
        if matches!(running.book.is_closed().await, Ok(true)) {
            return true;
        }
        let over = match running.book.stop().await {
            Ok(Some(mark)) => running
                .end()
                .min(mark.at + intervals.stop * 2 + intervals.grace),
            Ok(None) | Err(_) => running.end(),
        };
        let late = over + intervals.margin + manifest.limits.closing;
        let now = running.now();
        if now >= late.min(running.lease) {
            return false;
        }
        running.clock().sleep_until(now + intervals.stop).await;
    }
}
