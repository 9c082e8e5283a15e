//! Signs of life of whoever does what is done once per run, so that others can tell whether to wait for it.

use std::convert::Infallible;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::Worker;
use crate::clock::Clock;
use crate::ledger::{Book, Claim, ClaimKey, LedgerError, Manifest};
use crate::settle::SIGNS_MISSED;
use crate::time::Time;

/// Who has claimed something, as far as others can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// Nobody has.
    Nobody,
    /// Somebody, who is at it.
    Alive,
    /// Somebody whose life is over, or who has given no sign of it for too long.
    Gone,
}

/// Who has claimed something.
pub(crate) async fn holder(
    book: &Book,
    manifest: &Manifest,
    key: ClaimKey,
    now: Time,
) -> Result<Holder, LedgerError> {
    let Some(claim) = book.claimed(key).await? else {
        return Ok(Holder::Nobody);
    };
    let sign = book.sign(key).await?;
    Ok(judge(manifest, claim, sign, now))
}

fn judge(manifest: &Manifest, claim: Claim, sign: Option<Time>, now: Time) -> Holder {
    let intervals = &manifest.intervals;
    let last = sign.map_or(claim.at, |sign| sign.max(claim.at));
    let silent = last + intervals.snapshot * SIGNS_MISSED;
    if now > silent.min(claim.lease) + intervals.margin {
        Holder::Gone
    } else {
        Holder::Alive
    }
}

/// Does what was claimed, giving signs of life beside.
pub(super) async fn with_signs<A>(
    worker: &Worker,
    key: ClaimKey,
    work: impl Future<Output = A>,
) -> A {
    let signs = async {
        loop {
            // A sign that can't be given is made up for by the next.
            let _given = worker.book.write_sign(key, worker.now()).await;
            let next = worker.now() + worker.manifest.intervals.snapshot;
            worker.clock().sleep_until(next).await;
        }
    };
    // What is done at once needs no sign.
    tokio::select! {
        biased;
        done = work => done,
        never = signs => {
            let never: Infallible = never;
            match never {}
        }
    }
}

/// Signs of life of a worker that takes one claim after another, given by a thread of its own: a unit that computes for long holds up
/// everything else that its worker does.
#[derive(Debug)]
pub(super) struct Pulse {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    beat: Mutex<Beat>,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct Beat {
    claimed: Option<ClaimKey>,
    ended: bool,
}

impl Pulse {
    /// Begins to give signs of what is [claimed](Self::of). Where no thread is to be had there are none: snapshots are signs as well.
    pub(super) fn start(worker: &Worker) -> Self {
        let shared = Arc::new(Shared::default());
        let given = Signs {
            shared: Arc::clone(&shared),
            book: worker.book.clone(),
            clock: Arc::clone(&worker.host.world.clock),
            interval: worker.manifest.intervals.snapshot,
        };
        let thread = thread::Builder::new().name("signs".to_owned());
        let _without = thread.spawn(move || given.give());
        Self { shared }
    }

    /// From now on the signs are of this.
    pub(super) fn of(&self, claimed: ClaimKey) {
        self.shared.set(|beat| beat.claimed = Some(claimed));
    }

    /// It is done; until something else is, there are none.
    pub(super) fn done(&self) {
        self.shared.set(|beat| beat.claimed = None);
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.shared.set(|beat| beat.ended = true);
        self.shared.ended.notify_all();
    }
}

impl Shared {
    fn set(&self, change: impl FnOnce(&mut Beat)) {
        change(&mut self.beat.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// What the thread has.
struct Signs {
    shared: Arc<Shared>,
    book: Book,
    clock: Arc<dyn Clock>,
    interval: Duration,
}

impl Signs {
    fn give(&self) {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
        else {
            return;
        };
        let beat = &self.shared.beat;
        let mut now = beat.lock().unwrap_or_else(PoisonError::into_inner);
        while !now.ended {
            let waited = self.shared.ended.wait_timeout(now, self.interval);
            now = waited.unwrap_or_else(PoisonError::into_inner).0;
            let Some(claimed) = now.claimed.filter(|_| !now.ended) else {
                continue;
            };
            drop(now);
            // A sign that can't be given is made up for by the next.
            let _given = runtime.block_on(self.book.write_sign(claimed, self.clock.now()));
            now = beat.lock().unwrap_or_else(PoisonError::into_inner);
        }
    }
}
